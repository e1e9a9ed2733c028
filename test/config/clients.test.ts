import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientIds, clientOf, telling } from '../../src/config/clients.ts'

test('a client is known by the id it was installed with, else by the name it gives', () => {
  assert.equal(clientOf({ name: 'whatever' }, 'codex').id, 'codex')
  for (const [name, id] of Object.entries({
    'claude-ai': 'claude-desktop',
    'claude-code': 'claude-code',
    'cursor-vscode': 'cursor',
    'Visual Studio Code': 'vscode',
    'Visual-Studio-Code': 'vscode',
    'codex-mcp-client': 'codex',
    'gemini-cli-mcp-client': 'gemini',
    Zed: 'zed',
    'inspector-cli': 'inspector',
    __proto__: 'unknown',
    toString: 'unknown',
    '': 'unknown',
  }))
    assert.equal(clientOf({ name }).id, id, name)
  assert.equal(clientOf(undefined, 'constructor').id, 'unknown')
})

test('only clients that ask once wait long for a first list, and none over five seconds', () => {
  const graces = Object.fromEntries(clientIds.map(id => [id, clientOf(undefined, id).listGraceMs]))
  assert.deepEqual(
    Object.keys(graces).filter(id => graces[id] !== undefined),
    ['claude-desktop', 'codex', 'inspector'],
  )
  assert.ok(Object.values(graces).every(grace => (grace ?? 0) <= 5000))
})

test('every public name of ours is short enough for every client', () => {
  for (const id of clientIds) assert.ok(clientOf(undefined, id).longestName >= 50, id)
})

test('who is known to wait longer for an answer has its calls held longer; nobody else is trusted with more than a minute', () => {
  const minutes = (name: string, id?: string) => clientOf({ name }, id).holdMs / 60_000
  assert.equal(minutes('claude-code'), 30)
  assert.equal(minutes('Visual Studio Code'), 30)
  assert.equal(minutes('whoever', 'gemini'), 9)
  for (const name of ['claude-ai', 'codex-mcp-client', 'cursor-vscode', 'Zed', 'nobody-knows']) assert.ok(minutes(name) < 1, name)
})

test('what a client tells in the environment that it starts us in is its own; who else was started there has inherited it', () => {
  const env = { CLAUDE_PROJECT_DIR: '/home/me/app', CLAUDE_CODE_SESSION_ID: 'b7a1' }
  const all = { project: '/home/me/app', clientSession: 'b7a1' }
  const told = (name: string, id?: string, given: Record<string, string> = env) => telling(given, id)?.({ name, version: '1' })
  assert.deepEqual(told('claude-code'), all)
  assert.deepEqual(told('whatever', 'claude-code'), all)
  for (const name of ['cursor-vscode', 'codex-mcp-client', 'unknown', '']) assert.deepEqual(told(name), {}, name)
  assert.deepEqual(told('claude-code', undefined, { CLAUDE_PROJECT_DIR: '', CLAUDE_CODE_SESSION_ID: 'b7a1' }), { clientSession: 'b7a1' })
  assert.deepEqual(told('claude-code', undefined, { ...env, CLAUDE_PROJECT_DIR: 'x'.repeat(5000) }), { clientSession: 'b7a1' })
  assert.equal(telling({ HOME: '/home/me' }, undefined), undefined)
})

// Claude Code's own command line connects to mcpgw.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { added, behindKey, launched, run, said, some } from './clients.ts'
import { leavesNothing } from './leaves.ts'
import { Home } from '../launch.ts'

const add = (home: Home, wire?: string) =>
  run(home, 'claude-code', 'mcp', 'add', 'mcpgw', '-e', `MCPGW_HOME=${home.mcpgw}`, '--', ...launched('claude-code', wire))

test('claude mcp list says that mcpgw is connected', async t => {
  const home = await added(t)
  await add(home)
  const { stdout } = await run(home, 'claude-code', 'mcp', 'list')
  t.diagnostic(stdout.trim().split('\n').at(-1)!)
  assert.match(stdout, /^mcpgw: .* - .*Connected$/m)
  await leavesNothing(home)
})

test('claude mcp list says that mcpgw serve is connected beside a stdio entry, both with a key; without one it is not', async t => {
  const home = await added(t)
  const { url, key, end } = await behindKey(home)
  for (const [name, header] of [
    ['with', ['--header', `Authorization: Bearer ${key}`]],
    ['another', ['--header', 'Authorization: Bearer mgw_of-nobody']],
    ['without', []],
  ] as const)
    await run(home, 'claude-code', 'mcp', 'add', '--transport', 'http', name, url, ...header)
  await run(home, 'claude-code', 'mcp', 'add', 'stdio', '-e', `MCPGW_HOME=${home.mcpgw}`, `MCPGW_KEY=${key}`, '--', ...launched('claude-code'))
  const { stdout } = await run(home, 'claude-code', 'mcp', 'list')
  t.diagnostic(stdout.trim().split('\n').slice(-4).join(' | ').replaceAll(key, 'KEY'))
  for (const name of ['with', 'stdio']) assert.match(stdout, new RegExp(`^${name}: .* - .*Connected$`, 'm'))
  assert.match(stdout, /^without: .*mcpgw keys create/m, 'what it is shown says what to do')
  for (const name of ['another', 'without']) assert.match(stdout, new RegExp(`^${name}: .* - (?!.*Connected)`, 'm'))
  await end()
  await leavesNothing(home)
})

test('Claude Code begins with server/discover, gets an answer to each question, and all tools', async t => {
  const home = await added(t)
  const file = join(home.dir, 'wire')
  await add(home, file)
  await run(home, 'claude-code', 'mcp', 'get', 'mcpgw')
  const wire = said(file)
  const asked = wire.flatMap(({ from, message }) => (from === 'client' && message.id !== undefined ? [message] : []))
  t.diagnostic(`it asked ${asked.map(({ id, method }) => `${method} (id ${JSON.stringify(id)})`).join(', ')}`)
  assert.equal(asked[0].method, 'server/discover')
  const results = asked.map(({ id, method }) => {
    const answered = wire.find(({ from, message }) => from === 'mcpgw' && message.id === id && message.method === undefined)?.message
    const subscription = wire.find(({ message }) => message.params?._meta?.['io.modelcontextprotocol/subscriptionId'] === id)
    assert.ok(method === 'subscriptions/listen' ? subscription : answered?.result, `${method}: ${JSON.stringify(answered)}`)
    return answered?.result
  })
  assert.ok(results[0].supportedVersions.includes('2026-07-28'))
  const names = results.findLast(result => result?.tools).tools.map(({ name }: { name: string }) => name)
  assert.deepEqual(
    some.filter(name => !names.includes(name)),
    [],
  )
  await leavesNothing(home)
})

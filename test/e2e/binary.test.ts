// The built binary as a client finds it: alone in a folder, with next to no environment.

import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import about from '../../package.json' with { type: 'json' }

const root = resolve(import.meta.dirname, '../..')
const exe = process.platform === 'win32' ? 'mcpgw.exe' : 'mcpgw'
const folder = mkdtempSync(join(tmpdir(), 'mcpgw-binary-'))
const binary = join(folder, 'alone', exe)
const home = join(folder, 'home')
const env = { MCPGW_HOME: home, PATH: '' }

interface Message {
  readonly jsonrpc: string
  readonly id?: number
  readonly result?: Record<string, unknown>
}

/** Says the lines to the binary, ends its stdin once `answers` of them are answered, and gives everything that came of it. */
async function bridge(lines: readonly unknown[], answers: number, more: Record<string, string> = {}) {
  const child = spawn(binary, [], { cwd: join(folder, 'alone'), env: { ...env, ...more } })
  const stderr = text(child.stderr)
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
    if (stdout.split('"id":').length > answers) child.stdin.end()
  })
  for (const line of lines) child.stdin.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`)
  const code = await new Promise<number | null>(done => child.once('close', done))
  const messages = stdout
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as Message)
  return { code, messages, stderr: await stderr }
}

const initialize = (version: string) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: version, capabilities: {}, clientInfo: { name: 'test', version: '1' } },
})

describe('the binary', () => {
  before(() => {
    mkdirSync(join(folder, 'alone'))
    mkdirSync(home)
    copyFileSync(join(root, 'dist', exe), binary)
    const backend = { command: process.execPath, args: [join(root, 'scripts/build/backend.mjs')] }
    writeFileSync(join(home, 'config.json'), JSON.stringify({ version: 1, mcpServers: { one: backend } }), { mode: 0o600 })
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  test('says its version, and nothing else', () => {
    const { status, stdout, stderr } = spawnSync(binary, ['--version'], { cwd: join(folder, 'alone'), env, encoding: 'utf8' })
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: `mcpgw ${about.version}\n`, stderr: '' })
  })

  test('answers initialize with stdout pure and stderr quiet, and ends with its client', async () => {
    const { code, messages, stderr } = await bridge([initialize('2025-11-25')], 1)
    assert.equal(messages.length, 1)
    assert.equal(messages[0]!.id, 1)
    assert.equal(messages[0]!.result!['protocolVersion'], '2025-11-25')
    assert.deepEqual(messages[0]!.result!['serverInfo'], { name: 'mcpgw', version: about.version })
    assert.equal(stderr, '')
    assert.equal(code, 0)
  })

  test('lists and calls a tool of a backend that it starts, without a PATH', async () => {
    const { messages, stderr } = await bridge(
      [
        initialize('2025-11-25'),
        { jsonrpc: '2.0', method: 'notifications/initialized' },
        { jsonrpc: '2.0', id: 2, method: 'tools/list' },
        { jsonrpc: '2.0', id: 3, method: 'tools/call', params: { name: 'one__echo', arguments: { text: 'hello' } } },
      ],
      3,
    )
    const answer = (id: number) => messages.find(message => message.id === id)!.result!
    assert.deepEqual(
      (answer(2)['tools'] as { name: string }[]).map(tool => tool.name),
      ['one__echo'],
    )
    assert.deepEqual(answer(3)['content'], [{ type: 'text', text: '{"text":"hello"}' }])
    assert.equal(stderr, '')
  })

  test('takes no orders from NODE_OPTIONS', async () => {
    const { messages, stderr } = await bridge([initialize('2025-06-18')], 1, { NODE_OPTIONS: '--inspect=0 --no-such-option' })
    assert.equal(messages.length, 1)
    assert.equal(stderr, '')
  })

  test('leaves nothing where it runs', () => {
    assert.deepEqual(readdirSync(join(folder, 'alone')), [exe])
  })
})

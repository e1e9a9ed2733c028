// Keys over the binary: a client presents one, another process takes it away, and nothing of it is to be found anywhere.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fault, Home } from './launch.ts'
import { waiting, window } from './person.ts'
import { commandOf } from './processes.ts'

const UNAUTHENTICATED = -32011

test('a key that is revoked in another process is refused at the next call, and what it had under way ends', async t => {
  const home = new Home(t, { a: fault(), b: fault() })
  const made = await home.run('keys', 'create', 'ci', '--allow', 'a__*')
  assert.equal(made.code, 0)
  const key = made.stdout.trim()
  const gateway = home.launch(['stdio'], { MCPGW_KEY: key })
  assert.ok((await gateway.greet({}, ['a'])).every(name => name.startsWith('a__')))
  assert.ok((await gateway.call('a__echo', { key: 'x' })).result.content)
  assert.equal((await gateway.call('b__echo', { key: 'x' })).error.code, -32602)
  const under = gateway.call('a__hang', {}, 'under way')
  await gateway.until(() => home.living().length > 1, 'the backend')
  assert.equal((await home.run('keys', 'revoke', 'ci')).code, 0)
  const { error } = await gateway.call('a__echo', { key: 'x' })
  assert.deepEqual([error.code, error.data.code], [UNAUTHENTICATED, 'unauthenticated'])
  assert.equal((await under).error.code, UNAUTHENTICATED)
  await gateway.end()
  const last = (await home.log()).at(-1)!
  assert.match(JSON.stringify(last.outcome), /"unauthenticated"/)
})

test('a key that is revoked while its client is silent ends what that has under way', async t => {
  const home = new Home(t, { a: fault() })
  const key = (await home.run('keys', 'create', 'ci')).stdout.trim()
  const gateway = home.launch(['stdio'], { MCPGW_KEY: key })
  await gateway.greet()
  const under = gateway.call('a__hang')
  await gateway.ask('tools/list')
  await home.run('keys', 'revoke', 'ci')
  assert.equal((await under).error.code, UNAUTHENTICATED)
  await gateway.end()
})

test('a key comes by its file too, and is seen in no command line, no backend and no file of ours', async t => {
  const seen =
    "import{writeFileSync}from'node:fs';writeFileSync(process.argv[1],JSON.stringify(process.env));process.stdin.resume().on('end',()=>process.exit())"
  const home = new Home(t)
  const env = join(home.dir, 'env')
  home.settings({ a: fault({}, { inheritEnv: true }), spy: { command: process.execPath, args: ['--input-type=module', '-e', seen, env], inheritEnv: true } })
  const key = (await home.run('keys', 'create', 'ci')).stdout.trim()
  const file = join(home.dir, 'the-key')
  writeFileSync(file, `${key}\n`, { mode: 0o600 })
  for (const [args, more] of [
    [['stdio'], { MCPGW_KEY: key }],
    [['--key-file', file], {}],
    [['stdio', `--key-file=${file}`], { MCPGW_KEY: 'mgw_of-somebody-else' }],
  ] as const) {
    const gateway = home.launch(args, more)
    await gateway.greet({}, ['a'])
    assert.ok((await gateway.call('a__echo', { key: 'x' })).result.content)
    assert.ok(!home.living().map(commandOf).join('\n').includes(key))
    assert.doesNotMatch(readFileSync(env, 'utf8'), /mgw_|MCPGW_KEY/)
    await gateway.end()
  }
  for (const entry of readdirSync(home.mcpgw, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) assert.ok(!readFileSync(join(entry.parentPath, entry.name)).includes(key.slice(0, 16)), entry.name)
})

test('who presents none where one is required, or one that is none, is greeted and refused; no backend starts', async t => {
  const home = new Home(t, { a: fault() }, { auth: { required: true } })
  for (const env of [{}, { MCPGW_KEY: '' }, { MCPGW_KEY: 'mgw_guessed' }] as Record<string, string>[]) {
    const gateway = home.launch(['stdio'], env)
    assert.ok((await gateway.ask('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'e2e', version: '1' } })).result)
    assert.equal((await gateway.ask('tools/list')).error.code, UNAUTHENTICATED)
    assert.equal((await gateway.call('a__echo')).error.code, UNAUTHENTICATED)
    assert.equal(home.living().length, 1)
    await gateway.end()
  }
  assert.equal((await home.log()).length, 3)
})

test('a call that a person is asked about does not run after a yes where its key was revoked meanwhile', async t => {
  const home = new Home(t)
  const seen = join(home.dir, 'seen')
  home.settings({ a: fault({ seen }) }, { permissions: { rules: [{ effect: 'ask', tools: ['a__echo'] }] } })
  const key = (await home.run('keys', 'create', 'ci')).stdout.trim()
  const gateway = home.launch(['stdio'], { MCPGW_KEY: key })
  await gateway.greet({}, ['a'])
  const close = await window(home)
  const held = gateway.call('a__echo', { key: 'never' })
  const { id } = await waiting(home)
  assert.equal((await home.run('keys', 'revoke', 'ci')).code, 0)
  await home.run('approve', id)
  assert.equal((await held).error.code, UNAUTHENTICATED)
  close()
  await gateway.end()
  assert.ok(!existsSync(seen) || readFileSync(seen, 'utf8') === '')
})

test('a call over HTTP with a key that holds no more is on record, and a client tells only of itself', async t => {
  const home = new Home(t, { a: fault() })
  const key = (await home.run('keys', 'create', 'ci')).stdout.trim()
  const project = { CLAUDE_PROJECT_DIR: '/home/me/app', CLAUDE_CODE_SESSION_ID: 'b7a1' }
  Object.assign(home.env, project)
  const serving = await home.serve()
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
  const post = (message: object) => fetch(serving.url, { method: 'POST', headers, body: JSON.stringify({ jsonrpc: '2.0', ...message }) })
  const meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} }
  const modern = { id: 1, method: 'tools/call', params: { name: 'a__echo', arguments: { key: 'x' }, _meta: meta } }
  Object.assign(headers, { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'a__echo' })
  assert.equal((await post(modern)).status, 200)
  assert.equal((await home.run('keys', 'revoke', 'ci')).code, 0)
  assert.equal((await post(modern)).status, 401)
  serving.kill('SIGTERM')
  await serving.exited
  const gateway = home.launch()
  await gateway.greet({}, ['a'])
  await gateway.call('a__echo', { key: 'x' })
  await gateway.end()
  const told = home.launch(['stdio', '--client', 'claude-code'])
  await told.greet({}, ['a'])
  await told.call('a__echo', { key: 'x' })
  await told.end()
  const calls = (await home.log()) as unknown as { principal: { id: string }; project?: string; clientSession?: string; outcome: { fault?: string } }[]
  assert.deepEqual(
    calls.map(call => [call.principal.id, call.outcome.fault, call.project, call.clientSession]),
    [
      ['ci', undefined, undefined, undefined],
      ['nobody', 'unauthenticated', undefined, undefined],
      ['local', undefined, undefined, undefined],
      ['local', undefined, '/home/me/app', 'b7a1'],
    ],
  )
})

// Codex connects to mcpgw, shows all its tools and calls one. Its app server does so for any program that asks, without a model and a login.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Home } from '../launch.ts'
import { added, behindKey, command, envOf, launched, run, some } from './clients.ts'
import { leavesNothing } from './leaves.ts'
import { Peer } from './peer.ts'

async function appServer(t: TestContext): Promise<{ home: Home; codex: Peer }> {
  const home = await added(t)
  await run(home, 'codex', 'mcp', 'add', 'mcpgw', '--env', `MCPGW_HOME=${home.mcpgw}`, '--', ...launched('codex'))
  const [file, main] = command('codex')
  const codex = new Peer(file, [main, 'app-server'], envOf(home), home.dir)
  assert.ok((await codex.ask('initialize', { clientInfo: { name: 'e2e', version: '1' } })).result)
  codex.tell('initialized')
  return { home, codex }
}

test('codex mcp get knows mcpgw as an enabled server', async t => {
  const home = await added(t)
  await run(home, 'codex', 'mcp', 'add', 'mcpgw', '--env', `MCPGW_HOME=${home.mcpgw}`, '--', ...launched('codex'))
  assert.match((await run(home, 'codex', 'mcp', 'get', 'mcpgw')).stdout, /enabled: true/)
  await leavesNothing(home)
})

test('Codex lists every tool of mcpgw, by the same name and with the same schema', async t => {
  const { home, codex } = await appServer(t)
  const { result } = await codex.ask('mcpServerStatus/list')
  const [status] = result.data
  t.diagnostic(`${status.name}: ${JSON.stringify(status.serverInfo)}, ${Object.keys(status.tools).length} tools`)
  assert.equal(status.toolsError, null)
  const { stdout } = await home.run('tools', '--json')
  const tools: { name: string; inputSchema: unknown }[] = JSON.parse(stdout)
  assert.ok(some.every(name => name in status.tools))
  for (const { name, inputSchema } of tools) assert.deepEqual(status.tools[name]?.inputSchema, inputSchema, name)
  await codex.end()
  await leavesNothing(home)
})

test('Codex calls a tool through mcpgw, and the call is on record as its own', async t => {
  const { home, codex } = await appServer(t)
  const { result: started, error } = await codex.ask('thread/start', { cwd: home.dir, ephemeral: true })
  assert.ok(started, JSON.stringify(error))
  const { result } = await codex.ask('mcpServer/tool/call', {
    threadId: started.thread.id,
    server: 'mcpgw',
    tool: 'everything__echo',
    arguments: { message: 'from Codex' },
  })
  assert.deepEqual(result.content, [{ type: 'text', text: 'Echo: from Codex' }])
  await codex.end()
  const [call] = await home.log()
  assert.deepEqual([call!.backend, call!.target], ['everything', 'everything__echo'])
  await leavesNothing(home)
})

test('Codex calls a tool at mcpgw serve with a key, and the call is on record as that key’s', async t => {
  const home = await added(t)
  const { url, key, end } = await behindKey(home)
  await run(home, 'codex', 'mcp', 'add', 'mcpgw', '--url', url, '--bearer-token-env-var', 'PEER_KEY')
  const [file, main] = command('codex')
  const codex = new Peer(file, [main, 'app-server'], { ...envOf(home), PEER_KEY: key }, home.dir)
  assert.ok((await codex.ask('initialize', { clientInfo: { name: 'e2e', version: '1' } })).result)
  codex.tell('initialized')
  const { result: started, error } = await codex.ask('thread/start', { cwd: home.dir, ephemeral: true })
  assert.ok(started, JSON.stringify(error))
  const called = { threadId: started.thread.id, server: 'mcpgw', tool: 'everything__echo', arguments: { message: 'from Codex' } }
  const { result } = await codex.ask('mcpServer/tool/call', called)
  assert.deepEqual(result.content, [{ type: 'text', text: 'Echo: from Codex' }])
  await codex.end()
  const [call] = await home.log()
  assert.deepEqual([call!.target, call!.principal.id], ['everything__echo', 'peer'])
  await end()
  await leavesNothing(home)
})

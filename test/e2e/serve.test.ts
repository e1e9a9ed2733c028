// `mcpgw serve`, the program itself: its start, its clients of both eras, its end.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { commandOf, lives } from './processes.ts'
import { fault, Home, root, server } from './launch.ts'

const hello = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
}
const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }

/** A client of the 1.x SDK. */
async function connect(url: string, name = 'sdk1'): Promise<{ client: Client; transport: StreamableHTTPClientTransport }> {
  const client = new Client({ name, version: '1' })
  const transport = new StreamableHTTPClientTransport(new URL(url))
  await client.connect(transport)
  return { client, transport }
}

describe('mcpgw serve', () => {
  test('says where it listens, is seen by mcpgw status, and gives each client its own backends', async t => {
    const home = new Home(t, { a: fault() })
    const { url } = await home.serve()
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/mcp$/)
    const [one, two] = await Promise.all([connect(url, 'one'), connect(url, 'two')])
    const before = home.living().length
    await Promise.all([one, two].map(async ({ client }) => assert.equal((await client.listTools()).tools.length > 0, true)))
    await Promise.all([one, two].map(({ client }) => client.callTool({ name: 'a__echo', arguments: { text: 'x' } })))
    assert.equal(home.living().length, before + 2, 'a process of its own for each')
    const { stdout } = await home.run('status', '--json')
    const [gateway] = JSON.parse(stdout).gateways
    assert.equal(gateway.url, url)
    assert.deepEqual(gateway.sessions.map((session: { client: { name: string } }) => session.client.name).sort(), ['one', 'two'])
    await one.transport.terminateSession()
    await one.client.close()
    for (const end = performance.now() + 3000; home.living().length > before + 1 && performance.now() < end;) await sleep(10)
    assert.equal(home.living().length, before + 1, 'with its session its backend is gone')
    await two.client.close()
  })

  test('ends with SIGTERM within two seconds, and leaves nothing behind, calls in flight and open streams included', async t => {
    const home = new Home(t, { a: fault(), stubborn: fault({ stubborn: 1 }) })
    const serving = await home.serve()
    const { client } = await connect(serving.url)
    await client.listTools()
    await client.callTool({ name: 'stubborn__echo', arguments: {} })
    const calling = client.callTool({ name: 'a__hang' }).catch(() => undefined)
    while (JSON.parse((await home.run('status', '--json')).stdout).gateways[0].calls.length === 0);
    const began = performance.now()
    serving.kill('SIGTERM')
    assert.equal(await serving.exited, 0)
    assert.ok(performance.now() - began < 3000)
    assert.deepEqual(home.living().map(commandOf), [])
    await client.close()
    await calling
  })

  test('takes nobody else’s port; beyond this machine it serves nobody without a key', async t => {
    const home = new Home(t)
    const { url } = await home.serve()
    const taken = await home.run('serve', '--port', new URL(url).port)
    assert.deepEqual([taken.code, /listens there already/.test(taken.stderr)], [1, true], taken.stderr)
    const open = await home.serve('--host', '0.0.0.0')
    for (const more of [{}, { authorization: 'Bearer mgw_made-up' }]) {
      const refused = await fetch(open.url, { method: 'POST', headers: { ...headers, ...more }, body: JSON.stringify(hello) })
      assert.equal(refused.status, 401)
      assert.match(refused.headers.get('www-authenticate')!, /^Bearer /)
    }
    assert.equal((await home.run('serve', '--bare', 'nobody')).code, 4)
  })

  test('beyond this machine a key lets its client in, as long as it lasts; an operator’s opens the control API too', async t => {
    const home = new Home(t, { a: fault() })
    const serving = await home.serve('--host', '0.0.0.0')
    const url = serving.url.replace('0.0.0.0', '127.0.0.1')
    const key = (await home.run('keys', 'create', 'ann')).stdout.trim()
    const operator = (await home.run('keys', 'create', 'op', '--operator')).stdout.trim()
    assert.match(key, /^mgw_/)
    const requestInit = { headers: { authorization: `Bearer ${key}` } }
    const client = new Client({ name: 'ann', version: '1' })
    await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }))
    assert.ok((await client.listTools()).tools.length > 0)
    const status = (bearer: string) => fetch(new URL('/status', url), { headers: { authorization: `Bearer ${bearer}` } }).then(({ status }) => status)
    assert.deepEqual([await status(operator), await status('mgw_made-up'), (await status(key)) === 200], [200, 401, false])
    assert.equal((await home.run('keys', 'revoke', 'ann')).code, 0)
    await assert.rejects(client.callTool({ name: 'a__echo', arguments: {} }), /revoked/)
    await client.close()
  })

  test('answers the control API beside it, for who has the token', async t => {
    const home = new Home(t, { a: fault() })
    const { url, pid } = await home.serve()
    assert.equal((await fetch(new URL('/healthz', url))).status, 200)
    assert.equal((await fetch(new URL('/status', url))).status, 401)
    const [entry] = readdirSync(join(home.mcpgw, 'run')).flatMap(name => (name.endsWith('.json') ? [readFileSync(join(home.mcpgw, 'run', name), 'utf8')] : []))
    const { token } = JSON.parse(entry!) as { token: string }
    const status = await fetch(new URL('/status', url), { headers: { authorization: `Bearer ${token}` } })
    assert.equal(((await status.json()) as { pid: number }).pid, pid)
    assert.match((await home.run('log', '--changes')).stdout, /turned away at the door: GET \/status from 127\.0\.0\.1: the request carries no token/)
  })

  test('lives on when a client goes in the middle of its request', async t => {
    const home = new Home(t, { a: fault() })
    const serving = await home.serve()
    for (let n = 0; n < 20; n++) {
      const stop = new AbortController()
      const asking = fetch(serving.url, { method: 'POST', headers, body: JSON.stringify(hello), signal: stop.signal }).catch(() => undefined)
      setTimeout(() => stop.abort(), n / 4)
      await asking
    }
    assert.ok(lives(serving.pid))
    const { client } = await connect(serving.url)
    await client.ping()
    await client.close()
  })

  for (const era of ['legacy', 'modern', 'auto'])
    test(`serves the official inspector (${era}), which comes with a key`, async t => {
      const home = new Home(t, { everything: server('mcp-server-everything') }, { auth: { required: true } })
      const key = (await home.run('keys', 'create', 'inspector')).stdout.trim()
      const { url } = await home.serve()
      const cli = [join(root, 'node_modules/.bin/mcp-inspector'), '--cli', '-q', '--server-url', url, '--transport', 'http', '--protocol-era', era]
      const inspect = async (...args: string[]) => {
        const { code, stdout, stderr } = await home.exec(process.execPath, [...cli, '--header', `Authorization: Bearer ${key}`, ...args])
        assert.equal(code, 0, stderr)
        return JSON.parse(stdout)
      }
      assert.ok((await inspect('--method', 'tools/list')).tools.some((tool: { name: string }) => tool.name === 'everything__get-sum'))
      const called = await inspect('--method', 'tools/call', '--tool-name', 'everything__get-sum', '--tool-args-json', '{"a":19,"b":23}')
      assert.deepEqual(called.content, [{ type: 'text', text: 'The sum of 19 and 23 is 42.' }])
      const [call] = await home.log()
      assert.deepEqual([call?.target, call?.principal.id, call?.era], ['everything__get-sum', 'inspector', era === 'legacy' ? 'legacy' : 'modern'])
    })
})

// Clients of 2026-07-28 at the HTTP door: every request stands alone and says in its headers what it is.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { settled } from '../fixtures/clock.ts'
import { LOCAL } from '../../src/gateway/principals.ts'
import { meta, MODERN, openDoor } from '../fixtures/http-door.ts'
import { echoing, server, type Script } from '../scenes/stage.ts'

const until = async (done: () => boolean): Promise<void> => {
  while (!done()) await settled(1)
}

describe('a modern request', () => {
  test('is answered without a session, and no session comes of it', async t => {
    const client = (await openDoor(t, { a: echoing('t') })).client()
    const discovered = await client.modern('d', 'server/discover')
    assert.equal(discovered.status, 200)
    assert.deepEqual(discovered.messages[0].result.supportedVersions, [MODERN])
    assert.equal(discovered.headers['mcp-session-id'], undefined)
    const { messages } = await client.modern(1, 'tools/list')
    assert.equal(messages[0].result.tools[0].name, 'a__t')
    const called = await client.modern(2, 'tools/call', { name: 'a__t', arguments: { x: 1 } })
    assert.equal(called.headers['content-type'], 'application/json')
    assert.deepEqual(called.messages[0].result, { resultType: 'complete', content: [{ type: 'text', text: 't {"x":1}' }] })
  })

  test('whose headers say anything else than its body is refused with -32020', async t => {
    const { client: open, got } = await openDoor(t, { a: echoing('t') })
    const client = open()
    await client.modern(0, 'tools/list')
    const refused = async (headers: Record<string, string>) => {
      const { status, messages } = await client.modern(1, 'tools/call', { name: 'a__t' }, headers)
      return [status, messages[0].error?.code, messages[0].id]
    }
    const wrong: Record<string, string>[] = [
      { 'mcp-method': 'tools/list' },
      { 'mcp-method': 'TOOLS/CALL' },
      { 'mcp-method': '' },
      { 'mcp-name': 'b__t' },
      { 'mcp-name': '=?base64?YV9fdA?=' },
      { 'mcp-name': '=?base64?%%%?=' },
      { 'mcp-protocol-version': '2025-11-25' },
    ]
    for (const headers of wrong) assert.deepEqual(await refused(headers), [400, -32020, 1], JSON.stringify(headers))
    const body = { id: 1, method: 'tools/call', params: { name: 'a__t', _meta: meta() } }
    for (const missing of ['mcp-method', 'mcp-name', 'mcp-protocol-version']) {
      const headers: Record<string, string> = { 'mcp-method': 'tools/call', 'mcp-name': 'a__t', 'mcp-protocol-version': MODERN }
      delete headers[missing]
      assert.equal((await client.post(body, headers)).messages[0].error?.code, -32020, missing)
    }
    assert.equal(got['a']!.filter(one => one.method === 'tools/call').length, 0)
    assert.equal((await client.modern(2, 'tools/call', { name: 'a__t' }, { 'mcp-name': '=?base64?YV9fdA==?=' })).status, 200)
    assert.equal((await client.modern(3, 'tools/call', { name: 'a__t' }, { 'mcp-name': '  a__t  ' })).status, 200)
  })

  test('that names no text where a text belongs is refused, and the door stays open', async t => {
    const client = (await openDoor(t, { a: echoing('t') })).client()
    const none = { toString: 1, valueOf: 1 }
    const headers = { 'mcp-method': 'tools/call', 'mcp-protocol-version': MODERN }
    const named = await client.post({ id: 1, method: 'tools/call', params: { name: none, _meta: meta() } }, headers)
    assert.equal(named.messages[0].error.code, -32602)
    const versioned = meta({ 'io.modelcontextprotocol/protocolVersion': none })
    const spoken = await client.post({ id: 2, method: 'tools/call', params: { name: 'a__t', _meta: versioned } }, headers)
    assert.deepEqual([spoken.status, spoken.messages[0].error.code], [400, -32020])
    assert.equal((await client.modern(3, 'tools/call', { name: 'a__t' })).status, 200)
  })

  test('to a tool whose schema is nested without end is answered like any other', async t => {
    const deep = `${'{"properties":{"a":'.repeat(20_000)}{"x-mcp-header":"A","type":"string"}${'}}'.repeat(20_000)}`
    const script: Script = (message, say, hangUp) => {
      if (message.method !== 'tools/list') return server([], ({ id }) => say({ id, result: { content: [] } }))(message, say, hangUp)
      say(`{"jsonrpc":"2.0","id":${String(message.id)},"result":{"tools":[{"name":"t","inputSchema":${deep}}]}}`)
    }
    const client = (await openDoor(t, { a: script })).client()
    await client.modern(1, 'tools/list')
    assert.deepEqual((await client.modern(2, 'tools/call', { name: 'a__t' })).messages[0].result.content, [])
  })

  test('says in headers the arguments that the tool wants there', async t => {
    const inputSchema = {
      type: 'object',
      properties: { region: { type: 'string', 'x-mcp-header': 'Region' }, in: { type: 'object', properties: { n: { type: 'integer', 'x-mcp-header': 'N' } } } },
    }
    const backend = server([{ name: 't', inputSchema }], ({ id, method }, say) => method === 'tools/call' && say({ id, result: { content: [] } }))
    const client = (await openDoor(t, { a: backend })).client()
    await client.modern(0, 'tools/list')
    const status = async (args: object, headers: Record<string, string>) =>
      (await client.modern(1, 'tools/call', { name: 'a__t', arguments: args }, headers)).status
    assert.equal(await status({ region: 'é', in: { n: 42 } }, { 'mcp-param-region': '=?base64?w6k=?=', 'mcp-param-n': '42.0' }), 200)
    assert.equal(await status({ region: null }, {}), 200)
    assert.equal(await status({}, {}), 200)
    assert.equal(await status({ region: 'us' }, {}), 400)
    assert.equal(await status({ region: 'us' }, { 'mcp-param-region': 'eu' }), 400)
    assert.equal(await status({ region: 'us', in: { n: 1 } }, { 'mcp-param-region': 'us', 'mcp-param-n': '2' }), 400)
    assert.equal(await status({}, { 'mcp-param-region': 'us' }), 400)
  })

  test('of an unknown method is 404 with -32601, of an unknown revision 400 with -32022, without abilities 400 with -32602', async t => {
    const client = (await openDoor(t, {})).client()
    const unknown = await client.modern(1, 'nobody/knows')
    assert.deepEqual([unknown.status, unknown.messages[0].error.code], [404, -32601])
    const old = { _meta: meta({ 'io.modelcontextprotocol/protocolVersion': '2030-01-01' }) }
    const revision = await client.modern(2, 'tools/list', old, { 'mcp-protocol-version': '2030-01-01' })
    assert.deepEqual([revision.status, revision.messages[0].error.code, revision.messages[0].error.data.supported], [400, -32022, [MODERN]])
    const bare = await client.modern(3, 'tools/list', { _meta: meta({ 'io.modelcontextprotocol/clientCapabilities': undefined }) })
    assert.deepEqual([bare.status, bare.messages[0].error.code], [400, -32602])
    const none = await client.modern(4, 'tools/list', { _meta: undefined })
    assert.deepEqual([none.status, none.messages[0].error.code], [400, -32602])
    assert.equal((await client.modern(5, 'tools/call', { name: 'nobody' })).status, 200)
    assert.equal((await client.say('GET', undefined, { 'mcp-protocol-version': MODERN })).status, 405)
  })

  test('that the client leaves is cancelled, that one alone', async t => {
    const waiting: { id: unknown; say: (message: object) => void }[] = []
    const heard: any[] = []
    const backend = server(['t'], (message, say) => {
      heard.push(message)
      if (message.method === 'tools/call') waiting.push({ id: message.id, say })
    })
    const client = (await openDoor(t, { a: backend })).client()
    await client.modern(0, 'tools/list')
    const opening = client.modernFlow(1, 'tools/call', { name: 'a__t', _meta: meta({ progressToken: 'p' }) })
    const staying = client.modern(1, 'tools/call', { name: 'a__t' })
    await until(() => waiting.length === 2)
    const first = heard.find(one => one.params?._meta?.progressToken !== undefined)
    waiting[0]!.say({ method: 'notifications/progress', params: { progressToken: first.params._meta.progressToken, progress: 1 } })
    ;(await opening).leave()
    await until(() => heard.some(one => one.method === 'notifications/cancelled'))
    assert.deepEqual(
      heard.filter(one => one.method === 'notifications/cancelled').map(one => one.params.requestId),
      [first.id],
    )
    for (const { id, say } of waiting) say({ id, result: { content: [] } })
    assert.equal((await staying).status, 200)
  })

  test('that listens is a stream of what it asked for, until the gateway ends', async t => {
    let tools = ['t']
    let told = (_: object): void => {}
    const backend: Parameters<typeof openDoor>[1][string] = (message, say, hangUp) => {
      told = say
      server(tools)(message, say, hangUp)
    }
    const { client: open, door, clock } = await openDoor(t, { a: backend })
    const client = open()
    await client.modern(0, 'tools/list')
    const flow = await client.modernFlow('l', 'subscriptions/listen', { notifications: { toolsListChanged: true } })
    await flow.until(one => one.messages.length === 1)
    assert.equal(flow.messages[0].method, 'notifications/subscriptions/acknowledged')
    tools = ['t', 'u']
    told({ method: 'notifications/tools/list_changed' })
    await clock.pass(1000)
    await flow.until(one => one.messages.length === 2)
    assert.deepEqual(flow.messages[1], {
      jsonrpc: '2.0',
      method: 'notifications/tools/list_changed',
      params: { _meta: { 'io.modelcontextprotocol/subscriptionId': 'l' } },
    })
    await door.close('the end')
    assert.deepEqual((await flow.end()).messages[2], {
      jsonrpc: '2.0',
      id: 'l',
      result: { resultType: 'complete', _meta: { 'io.modelcontextprotocol/subscriptionId': 'l' } },
    })
  })
})

describe('backends of modern clients', () => {
  test('are shared by the requests of one key and one client, and by nobody else', async t => {
    const { client: open, starts, sessions } = await openDoor(t, { a: echoing('t') }, { admit: key => ({ ...LOCAL, id: key ?? 'ann' }) })
    const [client, other] = [open(), open()]
    const call = (id: number, headers: Record<string, string> = {}, more: object = {}) =>
      client.modern(id, 'tools/call', { name: 'a__t', _meta: meta(more) }, headers)
    await Promise.all([call(1), call(1), other.modern(1, 'tools/call', { name: 'a__t' })])
    assert.deepEqual([starts['a'], sessions.length], [1, 1])
    await call(2, { authorization: 'Bearer bob' })
    assert.deepEqual([starts['a'], sessions.length], [2, 2])
    await call(3, {}, { 'io.modelcontextprotocol/clientInfo': { name: 'another', version: '1' } })
    await call(4, {}, { 'io.modelcontextprotocol/clientCapabilities': { sampling: {} } })
    assert.deepEqual([starts['a'], sessions.length], [4, 4])
  })

  test('ask each its own client, however many are being served', async t => {
    const backend = server(['t'], ({ id, method, params }, say) => {
      if (method === 'tools/call') say({ id: 'q', method: 'elicitation/create', params: { message: params.arguments.of } })
      else if (id === 'q') say({ id: 1, result: { content: [] } })
    })
    const { client: open, starts } = await openDoor(t, { a: backend }, { admit: key => ({ ...LOCAL, id: key ?? 'ann' }) })
    const asked = await Promise.all(
      ['ann', 'bob', 'cid'].map(async of => {
        const _meta = meta({ 'io.modelcontextprotocol/clientCapabilities': { elicitation: {} } })
        const { messages } = await open().modern(1, 'tools/call', { name: 'a__t', arguments: { of }, _meta }, { authorization: `Bearer ${of}` })
        return messages[0].result.inputRequests.q1.params.message
      }),
    )
    assert.deepEqual(asked, ['ann', 'bob', 'cid'])
    assert.equal(starts['a'], 3)
  })

  test('end when nobody has asked for anything for half an hour', async t => {
    const { client: open, sessions, clock } = await openDoor(t, { a: echoing('t') })
    await open().modern(1, 'tools/call', { name: 'a__t' })
    await clock.pass(31 * 60_000)
    assert.equal(sessions.length, 0)
  })
})

import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { headerValue } from '../../src/backends/headers.ts'
import { connect, serve } from '../fixtures/http-client.ts'
import { request, until } from '../fixtures/http-receiver.ts'
import { event, json, result, stream, type HttpServer } from '../fixtures/http-server.ts'

const modern = (t: TestContext, server: HttpServer) => {
  const connected = connect(t, server.url)
  connected.link.revision('2026-07-28')
  return connected
}

describe('a modern request', () => {
  test('says its revision, method and name in headers', async t => {
    const server = await serve(t, ({ message }, response) => json(response, result(message.id), 200, { 'Mcp-Session-Id': 'x' }))
    const { answered } = modern(t, server)
    await answered(1, 'tools/call', {}, 'create issue')
    await answered(2, 'resources/read', {}, 'file:///é')
    await answered(3, 'tools/list')
    const said = (name: string) => server.asked.map(({ headers }) => headers[name])
    assert.deepEqual(said('mcp-protocol-version'), ['2026-07-28', '2026-07-28', '2026-07-28'])
    assert.deepEqual(said('mcp-method'), ['tools/call', 'resources/read', 'tools/list'])
    assert.deepEqual(said('mcp-name'), ['create issue', '=?base64?ZmlsZTovLy/DqQ==?=', undefined])
    assert.deepEqual(said('mcp-session-id'), [undefined, undefined, undefined])
  })

  test('says the arguments that its tool wants there, none of which can break out of its header', async t => {
    const server = await serve(t, ({ message }, response) => json(response, result(message.id)))
    const { link, seen } = modern(t, server)
    link.send([request(1, 'tools/call')], { id: '1', method: 'tools/call', name: 't', params: { region: 'us-west1', text: 'line1\r\nX: y', odd: ' é' } })
    await until(() => seen.answered('1'))
    const [{ headers }] = server.asked as [(typeof server.asked)[0]]
    assert.equal(headers['mcp-param-region'], 'us-west1')
    assert.equal(headers['mcp-param-text'], '=?base64?bGluZTENClg6IHk=?=')
    assert.equal(headers['mcp-param-odd'], '=?base64?IMOp?=')
    assert.equal(headers['x'], undefined)
  })

  test('is what the probe is, before any revision is settled', async t => {
    const server = await serve(t, ({ message }, response) => json(response, result(message.id)))
    const { answered } = connect(t, server.url)
    await answered(1, 'server/discover')
    await answered(2, 'initialize')
    assert.deepEqual(
      server.asked.map(({ headers }) => [headers['mcp-protocol-version'], headers['mcp-method']]),
      [
        ['2026-07-28', 'server/discover'],
        [undefined, undefined],
      ],
    )
  })

  test('is cancelled by ending its exchange, not by a notification', async t => {
    const server = await serve(t, (_, response) => void stream(response).write(': working\n\n'))
    const { ask, tell, seen } = modern(t, server)
    const { end } = ask(1, 'tools/call')
    await until(() => server.asked.length === 1)
    tell('notifications/cancelled')
    end()
    await until(() => server.aborted() === 1)
    assert.deepEqual([server.asked.length, seen.failures], [1, []])
  })

  test('whose stream is cut off is not resumed: it failed', async t => {
    const server = await serve(t, (_, response) => {
      stream(response).write(`retry: 1\n${event('{"jsonrpc":"2.0","method":"a"}', '1')}`)
      setTimeout(() => response.socket!.destroy(), 10)
    })
    assert.equal(await modern(t, server).answered(1, 'tools/call'), 'failed: the stream was cut off before the answer')
    assert.equal(server.asked.length, 1)
  })

  test('that the server refuses in MCP terms is answered with that error', async t => {
    for (const [status, code] of [
      [400, -32020],
      [400, -32022],
      [404, -32601],
      [500, -32603],
    ] as const) {
      const error = JSON.stringify({ jsonrpc: '2.0', id: 1, error: { code, message: 'm', data: { supported: ['2026-07-28'] } } })
      const server = await serve(t, (_, response) => json(response, error, status))
      assert.equal(await modern(t, server).answered(1, 'tools/call'), error)
    }
  })

  test('has a stream of its own, which may stay open: subscriptions/listen', async t => {
    const notification = '{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged"}'
    const server = await serve(t, ({ message }, response) =>
      message.method === 'subscriptions/listen' ? void stream(response).write(event(notification)) : json(response, result(message.id)),
    )
    const { ask, answered, seen } = modern(t, server)
    ask(1, 'subscriptions/listen')
    await until(() => seen.frames.length === 1)
    assert.equal(await answered(2, 'tools/list'), result(2))
    assert.deepEqual(seen.frames[0], { text: notification, to: '1' })
  })

  test('has no session and no stream beside it: nothing is opened and nothing deleted', async t => {
    const server = await serve(t, ({ message }, response) => json(response, result(message.id), 200, { 'mcp-session-id': 'x' }))
    const { answered, tell, link } = modern(t, server)
    await answered(1, 'server/discover')
    tell('notifications/initialized')
    await answered(2, 'tools/list')
    await link.close()
    assert.ok(server.asked.every(one => one.method === 'POST'))
  })
})

test('a header carries plain values as they are and all others in base64', () => {
  const wrapped = (value: string) => `=?base64?${Buffer.from(value).toString('base64')}?=`
  for (const plain of ['a', 'get weather', 'a\tb', 'x=?base64?']) assert.equal(headerValue(plain), plain)
  for (const odd of ['', ' a', 'a ', 'é', 'a\nb', '日本', '=?base64?YQ==?=', '\u007f']) assert.equal(headerValue(odd), wrapped(odd))
})

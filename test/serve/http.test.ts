// The HTTP door: who may come in, and what a client of the handshake era gets there.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { settled } from '../fixtures/clock.ts'
import { LOCAL } from '../../src/gateway/principals.ts'
import { meta, MODERN, openDoor } from '../fixtures/http-door.ts'
import { posted, Raw } from '../fixtures/raw-http.ts'
import { echoing, server, type Script } from '../scenes/stage.ts'

const call = (id: unknown, name: string, more: object = {}) => ({ id, method: 'tools/call', params: { name, ...more } })
const hello = { id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'scene', version: '1' } } }

/** Tools that answer when the test lets them. */
function held(): { script: Script; release: () => void } {
  const waiting: (() => void)[] = []
  const script = server(['t'], ({ id, method }, say) => {
    if (method === 'tools/call') waiting.push(() => say({ id, result: { content: [] } }))
  })
  return { script, release: () => waiting.splice(0).forEach(one => one()) }
}

describe('a session', () => {
  test('begins with initialize, which gives it an id; calls are answered as JSON, byte for byte', async t => {
    const odd = server(['t'], ({ id }, say) => say(`{"jsonrpc":"2.0","id":${String(id)},"result":{"content":[],"x":1.0,"y":9007199254740993,"z":"\\u00e9"}}`))
    const client = (await openDoor(t, { a: odd })).client()
    const { status, headers, messages } = await client.post(hello)
    assert.equal(status, 200)
    assert.equal(messages[0].result.protocolVersion, '2025-11-25')
    client.session = headers['mcp-session-id'] as string
    assert.equal((await client.post({ method: 'notifications/initialized' })).status, 202)
    await client.post({ id: 1, method: 'tools/list' })
    const answer = await client.post(call('é"', 'a__t'))
    assert.equal(answer.headers['content-type'], 'application/json')
    assert.equal(answer.text, '{"jsonrpc":"2.0","id":"é\\"","result":{"content":[],"x":1.0,"y":9007199254740993,"z":"\\u00e9"}}')
  })

  test('keeps what its client says of itself, so that has a bound, in both eras', async t => {
    const { client: open, sessions } = await openDoor(t, {})
    const long = { name: 'x'.repeat(70_000), version: '1' }
    const greeted = await open().post({ ...hello, params: { ...hello.params, clientInfo: long } })
    assert.deepEqual([greeted.status, greeted.messages[0].error.code, greeted.messages[0].id], [400, -32600, 0])
    const _meta = meta({ 'io.modelcontextprotocol/clientInfo': long })
    const listed = await open().post({ id: 1, method: 'tools/list', params: { _meta } }, { 'mcp-method': 'tools/list', 'mcp-protocol-version': MODERN })
    assert.deepEqual([listed.status, listed.messages[0].error.code, listed.messages[0].id], [400, -32600, 1])
    assert.deepEqual(sessions, [])
  })

  test('is known by its id alone: without one 400, with an unknown one 404', async t => {
    const client = (await openDoor(t, {})).client()
    assert.equal((await client.post({ id: 1, method: 'tools/list' })).status, 400)
    client.session = '00000000-0000-4000-8000-000000000000'
    assert.equal((await client.post({ id: 1, method: 'tools/list' })).status, 404)
    assert.equal((await client.say('GET', undefined)).status, 404)
  })

  test('ends with DELETE, and its backends with it', async t => {
    const { client: open, sessions, got } = await openDoor(t, { a: echoing('t') })
    const client = await open().greet()
    await client.post(call(1, 'a__t'))
    const [session] = sessions
    assert.equal(session!.backends.get('a')!.status().state, 'ready')
    assert.equal((await client.say('DELETE', undefined)).status, 204)
    await settled()
    assert.equal(session!.backends.get('a')!.status().state, 'stopped')
    assert.deepEqual(sessions, [])
    assert.equal((await client.post(call(2, 'a__t'))).status, 404)
    assert.equal(got['a']!.filter(one => one.method === 'tools/call').length, 1)
  })

  test('that nobody uses for half an hour ends; one that listens does not', async t => {
    const { client: open, sessions, clock } = await openDoor(t, { a: echoing('t') })
    await open().greet()
    const listening = await (await open().greet()).listen()
    await clock.pass(31 * 60_000)
    assert.equal(sessions.length, 1)
    listening.leave()
    while (sessions.length > 0) await clock.pass(60_000)
  })

  test('belongs to its key: for another it does not exist', async t => {
    const { client: open } = await openDoor(t, {}, { admit: key => ({ ...LOCAL, id: key ?? 'nobody' }) })
    const [client, other] = [open(), open()]
    const { headers } = await client.post(hello, { authorization: 'Bearer ann' })
    client.session = other.session = headers['mcp-session-id'] as string
    assert.equal((await client.post({ id: 1, method: 'ping' }, { authorization: 'Bearer ann' })).status, 200)
    assert.equal((await other.post({ id: 1, method: 'ping' }, { authorization: 'Bearer bob' })).status, 404)
    assert.equal((await other.say('DELETE', undefined, { authorization: 'Bearer bob' })).status, 404)
    assert.equal((await client.post({ id: 2, method: 'ping' }, { authorization: 'Bearer ann' })).status, 200)
  })

  test('knows the revisions of its era; another one in the header is refused', async t => {
    const client = await (await openDoor(t, {})).client().greet()
    assert.equal((await client.post({ id: 1, method: 'ping' }, { 'mcp-protocol-version': '2025-06-18' })).status, 200)
    assert.equal((await client.post({ id: 2, method: 'ping' }, { 'mcp-protocol-version': '1900-01-01' })).status, 400)
  })

  test('has one backend with its own names at /mcp/NAME', async t => {
    const { client: open } = await openDoor(t, { 'My Files': echoing('read'), b: echoing('t') })
    const client = await open('/My%20Files').greet()
    const { messages } = await client.post({ id: 1, method: 'tools/list' })
    assert.deepEqual(
      messages[0].result.tools.map((tool: { name: string }) => tool.name),
      ['read'],
    )
    assert.equal((await open('/nobody').post(hello)).status, 404)
    assert.equal((await client.post({ id: 2, method: 'ping' }, {}, '/mcp')).status, 404, 'the session is of that address')
  })

  test('two clients at once, with the same ids, get only their own', async t => {
    const { client: open } = await openDoor(t, { a: echoing('t') })
    const clients = await Promise.all(['x', 'y', 'z'].map(async who => ({ who, client: await open().greet() })))
    await Promise.all(
      clients.map(async ({ who, client }) => {
        await client.post({ id: 0, method: 'tools/list' })
        for (let id = 1; id < 20; id++) {
          const { messages } = await client.post(call(id, 'a__t', { arguments: { who } }))
          assert.deepEqual(messages, [{ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: `t {"who":"${who}"}` }] } }])
        }
      }),
    )
  })

  test('takes no second request with an id that is under way', async t => {
    const { script, release } = held()
    const client = await (await openDoor(t, { a: script })).client().greet()
    const first = client.post(call(7, 'a__t'))
    while ((await client.post({ id: 8, method: 'ping' })).status !== 200);
    await settled()
    assert.equal((await client.post(call(7, 'a__t'))).status, 400)
    release()
    assert.deepEqual((await first).messages[0].result, { content: [] })
  })

  test('of 2025-03-26 sends batches and gets their answers in one; no other does', async t => {
    const { client: open } = await openDoor(t, { a: echoing('t') })
    const batch = [
      { jsonrpc: '2.0', id: 1, method: 'ping' },
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { jsonrpc: '2.0', ...call('1', 'a__t') },
    ]
    const client = await open().greet({}, '2025-03-26')
    await client.post({ id: 0, method: 'tools/list' })
    const { messages } = await client.post(batch)
    assert.deepEqual(
      messages.map(one => one.id),
      [1, '1'],
    )
    assert.equal((await client.post('[]')).status, 400)
    assert.equal((await client.post('[1]')).status, 400)
    assert.equal((await client.post('[{')).messages[0].error.code, -32700)
    assert.equal((await (await open().greet()).post(batch)).status, 400)
  })

  test('gets as many answers to a batch as it has requests, however many; notifications alone are accepted, ids that stand twice are not', async t => {
    const { client: open } = await openDoor(t, { a: echoing('t') }, { settings: { a: { concurrency: 1000 } } })
    const client = await open().greet({}, '2025-03-26')
    await client.post({ id: 0, method: 'tools/list' })
    const post = (...messages: unknown[]) => client.post(JSON.stringify(messages))
    const one = (id: number) => ({ jsonrpc: '2.0', ...call(id, 'a__t') })
    const { messages } = await post(...Array.from({ length: 1000 }, (_, id) => one(id)))
    assert.deepEqual(
      messages.map(({ id, result }) => result && id).sort((a, b) => a - b),
      Array.from({ length: 1000 }, (_, id) => id),
    )
    const notice = { jsonrpc: '2.0', method: 'notifications/initialized' }
    assert.deepEqual([(await post(notice, notice)).status, (await post(notice, notice)).text], [202, ''])
    for (const wrong of [[one(1), one(1)], [[one(1)]], [one(1), null]]) assert.equal((await post(...wrong)).status, 400)
    assert.equal((await post(one(1))).messages.length, 1)
  })

  test('outlives those that somebody else begins without end', async t => {
    const { client: open, sessions } = await openDoor(t, {})
    const [one, many] = [{ authorization: 'Bearer one' }, { authorization: 'Bearer many' }]
    const client = open()
    const begin = async (who: Record<string, string>) => (await client.post(hello, who)).headers['mcp-session-id'] as string
    const its = await begin(one)
    const first = await begin(many)
    for (let n = 0; n < 1050; n++) await begin(many)
    assert.equal(sessions.length, 1000)
    const ping = { id: 1, method: 'ping' }
    assert.equal((await client.post(ping, { ...one, 'mcp-session-id': its })).status, 200)
    assert.equal((await client.post(ping, { ...many, 'mcp-session-id': first })).status, 404)
  })

  test('that cancels one of a batch gets the answers to the others', async t => {
    const { script, release } = held()
    const client = await (await openDoor(t, { a: script })).client().greet({}, '2025-03-26')
    const batch = client.post(JSON.stringify([1, 2].map(id => ({ jsonrpc: '2.0', ...call(id, 'a__t') }))))
    while ((await client.post({ id: 8, method: 'ping' })).status !== 200);
    await settled()
    assert.equal((await client.post({ method: 'notifications/cancelled', params: { requestId: 1 } })).status, 202)
    release()
    assert.deepEqual(
      (await batch).messages.map(({ id }) => id),
      [2],
    )
  })
})

describe('the door', () => {
  test('refuses what a foreign page may have sent: another host, another origin', async t => {
    const client = (await openDoor(t, {})).client()
    const port = new URL((await openDoor(t, {})).url).port
    for (const host of ['evil.example.com', 'localhost.evil.example.com', '127.0.0.1.evil.example.com:80', '10.0.0.1', '0.0.0.0', '[::]'])
      assert.equal((await client.post(hello, { host })).status, 403, host)
    // No host at all, although something that reads addresses finds ours in it.
    for (const host of [
      'evil.example@localhost',
      'localhost/evil',
      'localhost?evil',
      'localhost#evil',
      'localhost\\evil',
      '%6cocalhost',
      'localhost:80:80',
      'a b',
    ])
      assert.equal((await client.post(hello, { host })).status, 403, host)
    for (const host of ['localhost', `127.0.0.1:${port}`, '[::1]:9']) assert.equal((await client.post(hello, { host })).status, 200, host)
    for (const origin of [
      'https://evil.example.com',
      'null',
      'file://',
      'http://localhost.evil.example.com',
      'http://evil@localhost',
      'http:localhost',
      'http://localhost/x',
    ])
      assert.equal((await client.post(hello, { origin })).status, 403, origin)
    for (const origin of ['http://localhost:6274', 'https://[::1]', 'tauri://localhost'])
      assert.equal((await client.post(hello, { origin })).status, 200, origin)
  })

  test('refuses who says twice which host he means, or who he is', async t => {
    const { url } = await openDoor(t, {})
    for (const again of ['Host: evil.example', 'Host: localhost', 'Authorization: Bearer a\r\nAuthorization: Bearer b']) {
      const raw = new Raw(t, url)
      await raw.send(posted(JSON.stringify({ jsonrpc: '2.0', ...hello })).replace('Host: localhost\r\n', `Host: localhost\r\n${again}\r\n`))
      assert.equal((await raw.answer()).status, 400, again)
    }
  })

  test('takes JSON alone, and only from who can read what it may answer', async t => {
    const client = (await openDoor(t, {})).client()
    assert.equal((await client.post(hello, { 'content-type': 'text/plain' })).status, 415)
    assert.equal((await client.post(hello, { 'content-encoding': 'gzip' })).status, 415)
    assert.equal((await client.post(hello, { accept: 'application/json' })).status, 406)
    assert.equal((await client.post(hello, { accept: '*/*' })).status, 200)
    assert.deepEqual(await client.say('PUT', undefined).then(({ status, headers }) => [status, headers.allow]), [405, 'POST, GET, DELETE'])
    for (const [body, code] of [
      ['', -32700],
      ['{', -32700],
      ['1', -32600],
      ['{"jsonrpc":"2.0","id":{},"method":"ping"}', -32600],
    ] as const) {
      const { status, messages } = await client.post(body)
      assert.deepEqual([status, messages[0].error.code], [400, code], body)
    }
  })

  test('breaks off a request that there is no memory for, and goes on', async t => {
    const { client: open } = await openDoor(t, { a: echoing('t') }, { maxFrameBytes: 1e8 })
    const client = await open().greet()
    const none = t.mock.method(Buffer, 'allocUnsafeSlow', () => {
      throw new RangeError('Array buffer allocation failed')
    })
    await assert.rejects(client.post(call(1, 'a__t', { arguments: { x: 'x'.repeat(5e6) } })))
    assert.ok(none.mock.callCount() > 0)
    none.mock.restore()
    assert.equal((await client.post(call(2, 'a__t'))).status, 200)
  })

  test('holds only so much of what is still on its way; what is over that is broken off, and small requests are served', async t => {
    const { url, client: open } = await openDoor(t, { a: echoing('t') }, { maxFrameBytes: 1000 })
    const client = await open().greet()
    const slow = Array.from({ length: 6 }, () => new Raw(t, url))
    const head = 'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: */*\r\nTransfer-Encoding: chunked\r\n\r\n'
    for (const one of slow) await one.send(`${head}384\r\n${' '.repeat(900)}`)
    while (slow.filter(one => one.ended).length < 2) await settled()
    assert.equal((await client.post(call(1, 'a__t'))).status, 200)
    const rest = slow.filter(one => !one.ended)
    assert.equal(rest.length, 4)
    for (const one of rest) await one.send('\r\n2\r\n{}\r\n0\r\n\r\n')
    for (const one of rest) assert.equal((await one.answer()).status, 400)
    const late = new Raw(t, url)
    await late.send(`${head}384\r\n${' '.repeat(900)}\r\n0\r\n\r\n`)
    assert.equal((await late.answer()).status, 400)
  })

  test('reads no body over the limit, announced or not', async t => {
    const { client: open } = await openDoor(t, {}, { maxFrameBytes: 1000 })
    const large = JSON.stringify({ ...hello, jsonrpc: '2.0', pad: 'x'.repeat(2000) })
    assert.equal((await open().post(large)).status, 413)
    const client = open()
    assert.equal((await client.say('POST', large, { 'transfer-encoding': 'chunked' })).status, 413)
    assert.equal((await client.post(hello)).status, 200)
  })

  test('asks for a key as MCP prescribes, and says no more', async t => {
    const fault = { code: 'unauthenticated', message: 'A key is needed.' } as const
    const admit = async (key: string | undefined) => (key === 'good' ? LOCAL : fault)
    const { client: open, sessions } = await openDoor(t, {}, { admit })
    const client = open()
    const none = await client.post(hello)
    assert.deepEqual([none.status, none.headers['www-authenticate'], none.messages[0].error.code], [401, 'Bearer realm="mcpgw"', -32011])
    const bad = await client.post(hello, { authorization: 'Bearer bad' })
    assert.deepEqual([bad.status, bad.headers['www-authenticate']], [401, 'Bearer realm="mcpgw", error="invalid_token"'])
    assert.equal((await client.post(hello, { authorization: 'Basic good' })).status, 401)
    assert.deepEqual(sessions, [])
    assert.equal((await client.post(hello, { authorization: 'bearer good' })).status, 200)
  })

  test('has no login, and says so wherever a client that was refused looks for one', async t => {
    const client = (await openDoor(t, {}, { admit: () => ({ code: 'unauthenticated', message: 'A key is needed.' }) })).client()
    const known = ['oauth-protected-resource/mcp', 'oauth-protected-resource', 'oauth-authorization-server', 'openid-configuration']
    for (const path of [...known.map(one => `/.well-known/${one}`), '/register', '/authorize?x=1']) {
      const { status, text } = await client.say(path === '/register' ? 'POST' : 'GET', undefined, {}, path)
      assert.equal(status, 404, path)
      assert.match(JSON.parse(text).error_description, /key.*mcpgw keys create/, path)
    }
  })

  test('says that it lives, and hands every other address to the control API', async t => {
    const client = (await openDoor(t, {})).client()
    assert.equal((await client.say('GET', undefined, {}, '/healthz')).text, '{"ok":true}')
    const response = await client.raw('GET', undefined, {}, '/status')
    assert.equal(
      await response
        .setEncoding('utf8')
        .toArray()
        .then(parts => parts.join('')),
      'the control API',
    )
  })

  test('has room for so many sessions: the one that nobody has used for longest makes way', async t => {
    const { client: open, sessions, clock } = await openDoor(t, {})
    const first = await open().greet()
    await clock.pass(1000)
    const client = open()
    for (let n = 1; n < 1000; n++) await client.post({ ...hello, id: n })
    assert.equal(sessions.length, 1000)
    assert.equal((await client.post(hello)).status, 200)
    assert.equal(sessions.length, 1000)
    assert.equal((await first.post({ id: 1, method: 'ping' })).status, 404)
  })

  test('ends every session when it closes, and every stream', async t => {
    const { script } = held()
    const { client: open, sessions, door, journal } = await openDoor(t, { a: script })
    const client = await open().greet()
    const listening = await client.listen()
    const calling = client.post(call(1, 'a__t'))
    while (sessions[0]!.inFlight === 0) await settled()
    await door.close('the end')
    await listening.end()
    assert.deepEqual((await calling).messages, [])
    assert.deepEqual(sessions, [])
    await settled()
    assert.deepEqual(journal.outcomes, ['cancelled'])
  })
})

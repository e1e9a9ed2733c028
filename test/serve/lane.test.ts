// The short way of a connection: it is answered there as Node's server answers it, and what Node must see Node sees from its first byte.

import assert from 'node:assert/strict'
import { connect, createServer, type AddressInfo } from 'node:net'
import { describe, test, type TestContext } from 'node:test'
import { LOCAL } from '../../src/gateway/principals.ts'
import { Lane } from '../../src/serve/lane.ts'
import type { Reply } from '../../src/serve/reply.ts'
import { settled, VirtualClock } from '../fixtures/clock.ts'
import { meta, MODERN, openDoor } from '../fixtures/http-door.ts'
import { posted, Raw } from '../fixtures/raw-http.ts'
import { echoing, server } from '../scenes/stage.ts'

const message = (more: object) => JSON.stringify({ jsonrpc: '2.0', ...more })
const call = (id: number, name = 'a__t', more: object = {}) => message({ id, method: 'tools/call', params: { name, ...more } })
const hello = message({ id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'scene', version: '1' } } })

/** A header that is said twice means nothing here, and sends a request the long way. */
const twice = { 'X-Long': '1\r\nX-Long: 2' }

async function greeted(t: TestContext, url: string, long: Record<string, string> = {}) {
  const raw = new Raw(t, url)
  await raw.send(posted(hello, long))
  const { headers } = await raw.answer()
  const session = { 'Mcp-Session-Id': headers['mcp-session-id']! }
  const say = (body: string, more: Record<string, string> = {}, path?: string) => raw.send(posted(body, { ...session, ...long, ...more }, path))
  await say(message({ method: 'notifications/initialized' }))
  assert.equal((await raw.answer()).status, 202)
  return { raw, session, say }
}

/** Tools that answer when the test lets them, and say how far they are where they are asked to. */
function held() {
  const waiting: (() => void)[] = []
  const script = server(['t'], ({ id, method, params }, say) => {
    if (method !== 'tools/call') return
    const progressToken = params?._meta?.progressToken
    if (progressToken !== undefined) say({ method: 'notifications/progress', params: { progressToken, progress: 1 } })
    waiting.push(() => say({ id, result: { content: [{ type: 'text', text: 'é'.repeat(10) }] } }))
  })
  return { script, waiting, release: () => waiting.splice(0).forEach(one => one()) }
}

describe('what is said the short way and the long way is answered alike', () => {
  const modern = { 'Mcp-Protocol-Version': MODERN, 'Mcp-Method': 'tools/call', 'Mcp-Name': 'a__t' }
  const asked: Record<string, [body: string, headers?: Record<string, string>, path?: string]> = {
    'a call': [call(7)],
    'an unknown tool': [call(7, 'a__no')],
    'a modern call': [call(7, 'a__t', { _meta: meta() }), modern],
    'a modern call whose headers say something else': [call(7, 'a__t', { _meta: meta() }), { ...modern, 'Mcp-Name': 'b' }],
    'a notification': [message({ method: 'notifications/cancelled', params: { requestId: 99 } })],
    'no JSON': ['{'],
    nothing: [''],
    'line ends between tokens': [call(7).replaceAll(',', ',\r\n')],
    'no session': [call(7), { 'Mcp-Session-Id': 'x' }],
    'another revision': [call(7), { 'Mcp-Protocol-Version': '1900-01-01' }],
    'another media type': [call(7), { 'Content-Type': 'text/plain' }],
    'an answer that nobody gives': [call(7), { Accept: 'text/html' }],
    'a name that is not ours': [call(7), { Host: 'evil.example' }],
    'a page of the open web': [call(7), { Origin: 'https://evil.example' }],
    'a backend that is not there': [call(7), {}, '/mcp/nobody'],
    'more than a message may have': [call(7, 'a__t', { arguments: { x: 'x'.repeat(30_000) } })],
  }
  for (const [what, [body, headers, path]] of Object.entries(asked))
    test(what, async t => {
      const { url } = await openDoor(t, { a: echoing('t') }, { maxFrameBytes: 20_000 })
      const [short, long] = await Promise.all([greeted(t, url), greeted(t, url, twice)])
      await Promise.all([short, long].map(({ say }) => say(body, headers, path)))
      assert.deepEqual(await short.raw.answer(), await long.raw.answer())
    })

  test('an answer that becomes a stream', async t => {
    const { script, waiting, release } = held()
    const { url } = await openDoor(t, { a: script })
    const both = await Promise.all([greeted(t, url), greeted(t, url, twice)])
    for (const { say } of both) await say(call(7, 'a__t', { _meta: { progressToken: 'p' } }))
    while (waiting.length < 2) await settled()
    release()
    const [short, long] = await Promise.all(both.map(({ raw }) => raw.answer()))
    assert.deepEqual(short, long)
    assert.match(short!.body, /"progress":1[^]*\xc3\xa9/)
  })
})

/** A lane without a door before it, whose client has little time; and its end. */
async function alone(t: TestContext, knock: (reply: Reply) => void) {
  let over = (): void => {}
  const closed = new Promise<void>(done => (over = done))
  const limits = { headersMs: 60_000, requestMs: 50, keepMs: 60_000 }
  const options = { clock: new VirtualClock(), longest: 1000, limits, knock: (_: unknown, reply: Reply) => knock(reply), pass: () => {}, onclosed: over }
  const listening = createServer({ allowHalfOpen: true }, socket => void new Lane(socket, options))
  await new Promise<void>(done => listening.listen(0, '127.0.0.1', done))
  t.after(() => listening.close())
  return { url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}/mcp`, closed }
}

describe('a connection', () => {
  test('is for one request after the other: those that come before their time wait, and each is answered once', async t => {
    const { script, waiting, release } = held()
    const { url, got } = await openDoor(t, { a: script })
    const { raw, session } = await greeted(t, url)
    await raw.send([1, 2, 3].map(id => posted(call(id), session)).join(''))
    for (const id of [1, 2, 3]) {
      while (waiting.length === 0) await settled()
      assert.equal(got['a']!.filter(one => one.method === 'tools/call').length, id)
      release()
      assert.equal(JSON.parse((await raw.answer()).body).id, id)
    }
  })

  test('may bring a request in pieces, wherever they are cut', async t => {
    const { url } = await openDoor(t, { a: echoing('t') })
    const { session } = await greeted(t, url)
    const text = posted(call(1), session)
    for (const at of [1, 30, text.indexOf('\r\n\r\n') + 2, text.indexOf('{'), text.indexOf('{') + 1, text.length - 1]) {
      const raw = new Raw(t, url)
      await raw.send(text.slice(0, at), text.slice(at))
      assert.equal(JSON.parse((await raw.answer()).body).id, 1, `cut at ${at}`)
      await raw.send(text.slice(0, -9), text.slice(-9, -3), text.slice(-3) + posted(call(2), session))
      assert.equal((await raw.answer()).status, 200)
      assert.equal((await raw.answer()).status, 200)
    }
  })

  test('goes on after a request that was refused before its body was there', async t => {
    const { url } = await openDoor(t, { a: echoing('t') })
    const { raw, session } = await greeted(t, url)
    const text = posted(call(1), { ...session, Accept: 'text/html' })
    await raw.send(text.slice(0, -20))
    assert.equal((await raw.answer()).status, 406)
    await raw.send(text.slice(-20) + posted(call(2), session))
    assert.equal(JSON.parse((await raw.answer()).body).id, 2)
  })

  test('brings a body to who is let in late', async t => {
    let admit = (): void => {}
    const asked = new Promise<void>(done => (admit = done))
    const { url } = await openDoor(t, { a: echoing('t') }, { admit: () => asked.then(() => LOCAL) })
    const raw = new Raw(t, url)
    await raw.send(posted(hello).slice(0, -10), posted(hello).slice(-10, -5), posted(hello).slice(-5))
    admit()
    assert.equal((await raw.answer()).status, 200)
  })

  test('is Node’s with the first request that is not plain, and serves as before', async t => {
    const { url } = await openDoor(t, { a: echoing('t') })
    const { raw, session, say } = await greeted(t, url)
    await raw.send(`GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n${posted(call(1), session)}`)
    assert.equal((await raw.answer()).body, '{"ok":true}')
    assert.equal(JSON.parse((await raw.answer()).body).id, 1)
    const body = call(2)
    const plain = posted(body, { ...session, 'Transfer-Encoding': 'chunked' }).replace(/Content-Length: \d+\r\n/, '')
    await raw.send(plain.slice(0, -body.length) + `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`)
    assert.equal(JSON.parse((await raw.answer()).body).id, 2)
    await say(call(3), { Connection: 'close' })
    assert.equal(JSON.parse((await raw.answer()).body).id, 3)
    await raw.closed()
  })

  test('that ends takes the modern call with it that it waits for', async t => {
    const { script, waiting, release } = held()
    const { url, got, journal } = await openDoor(t, { a: script })
    const raw = new Raw(t, url)
    await raw.send(posted(call(1, 'a__t', { _meta: meta() }), { 'Mcp-Protocol-Version': MODERN, 'Mcp-Method': 'tools/call', 'Mcp-Name': 'a__t' }))
    while (waiting.length === 0) await settled()
    raw.socket.end()
    await raw.closed()
    while (!got['a']!.some(one => one.method === 'notifications/cancelled')) await settled()
    release()
    assert.deepEqual(journal.outcomes, ['cancelled'])
  })

  test('is not kept for who says nothing, nor for who says half of it, nor for long without a request', async t => {
    const { url, clock } = await openDoor(t, { a: echoing('t') })
    const silent = new Raw(t, url)
    const slow = new Raw(t, url)
    const { raw: idle, session } = await greeted(t, url)
    await slow.send(posted(call(1), session).slice(0, -1))
    await settled()
    await clock.pass(30_000)
    await silent.closed()
    assert.equal(idle.ended, false)
    await clock.pass(60_000)
    await idle.closed()
    assert.equal(slow.ended, false)
    await clock.pass(60_000)
    await slow.closed()
  })

  test('is kept while its stream goes on, however long that is', async t => {
    const { script, waiting, release } = held()
    const { url, clock } = await openDoor(t, { a: script })
    const { raw, say } = await greeted(t, url)
    await say(call(1))
    while (waiting.length === 0) await settled()
    await clock.pass(10 * 60_000)
    release()
    const { headers, body } = await raw.answer()
    assert.equal(headers['content-type'], 'text/event-stream')
    assert.match(body, /"id":1/)
  })

  test('is kept for who takes an answer slowly, and nothing of it is lost', async t => {
    const text = 'x'.repeat(12 * 1024 * 1024)
    const script = server(['t'], ({ id, method }, say) => {
      if (method === 'tools/call') say({ id, result: { content: [{ type: 'text', text }] } })
    })
    const { url, clock, journal } = await openDoor(t, { a: script })
    const { raw, say } = await greeted(t, url)
    raw.socket.pause()
    await say(call(1))
    while (journal.outcomes.length === 0) await settled()
    await clock.pass(10 * 60_000)
    raw.socket.resume()
    assert.equal(JSON.parse((await raw.answer()).body).result.content[0].text.length, text.length)
    await say(message({ id: 2, method: 'ping' }))
    assert.equal((await raw.answer()).status, 200)
  })

  test('is not kept for who takes nothing of an answer', async t => {
    const { url, closed } = await alone(t, reply => reply.writeHead(200, {}).end('x'.repeat(64 * 1024 * 1024)))
    const raw = new Raw(t, url)
    raw.socket.pause()
    await raw.send(posted('{}'))
    await closed
  })

  test('is not kept for who does not leave when he is told to', async t => {
    const { url, closed } = await alone(t, reply => reply.writeHead(200, { connection: 'close' }).end('{}'))
    const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true }).resume()
    t.after(() => socket.destroy())
    socket.write(posted('{}'), 'latin1')
    await closed
  })

  test('ends with the door', async t => {
    const { url, door } = await openDoor(t, { a: echoing('t') })
    const { raw } = await greeted(t, url)
    await door.close('the test is over')
    await raw.closed()
  })
})

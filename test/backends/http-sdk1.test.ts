import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { connect } from '../fixtures/http-client.ts'
import { until } from '../fixtures/http-receiver.ts'
import { streamable } from '../fixtures/http-sdk1.ts'
import { listenerServer } from '../fixtures/http-server.ts'

async function greeted(t: TestContext, options?: { json?: boolean }) {
  const { listener, forget } = streamable(options)
  const server = await listenerServer(listener)
  t.after(() => server.close())
  const connected = connect(t, server.url)
  await connected.greet()
  return { ...connected, forget }
}

const answer = (id: number, text = 'é') => JSON.stringify({ result: { content: [{ type: 'text', text }] }, jsonrpc: '2.0', id })

describe('the 1.x SDK as a Streamable HTTP server', () => {
  test('answers on streams, and as JSON', async t => {
    for (const json of [false, true]) {
      const { answered } = await greeted(t, { json })
      assert.equal(await answered(2, 'tools/call', { name: 'echo' }), answer(2))
    }
  })

  test('sends progress on the stream of its request, before the answer', async t => {
    const { answered, seen } = await greeted(t)
    await answered(2, 'tools/call', { name: 'progress' })
    assert.deepEqual(
      seen.frames.slice(1).map(({ text, to }) => [(JSON.parse(text) as { method?: string }).method, to]),
      [
        ['notifications/progress', '2'],
        [undefined, '2'],
      ],
    )
  })

  test('asks during a call, on its stream, and gets our response', async t => {
    const { answered, link, seen } = await greeted(t)
    seen.onframe = text => {
      const { id, method } = JSON.parse(text) as { id: number; method?: string }
      if (method !== 'sampling/createMessage') return
      link.send([JSON.stringify({ jsonrpc: '2.0', id, result: { model: 'm', role: 'assistant', content: { type: 'text', text: 'yes' } } })])
    }
    assert.equal(await answered(2, 'tools/call', { name: 'ask' }), answer(2, 'yes'))
    assert.equal(seen.frames[1]!.to, '2')
  })

  test('says what changed on the GET stream', async t => {
    const { ask, seen } = await greeted(t)
    await new Promise(done => setTimeout(done, 50))
    ask(2, 'tools/call', { name: 'changes' })
    await until(() => seen.frames.length === 3)
    assert.ok(seen.frames.some(({ text, to }) => text.includes('tools/list_changed') && to === undefined))
  })

  test('closes the stream of a call, and the call is answered where it is resumed', async t => {
    const { answered, seen } = await greeted(t)
    assert.equal(await answered(2, 'tools/call', { name: 'polling' }), answer(2))
    assert.deepEqual(seen.frames[1]!.to, '2')
  })

  test('is restarted: the link is closed, the request is known to be unsent', async t => {
    const { answered, forget, seen } = await greeted(t)
    forget()
    assert.equal(await answered(2, 'tools/call', { name: 'echo' }), 'unsent: the server ended the session')
    assert.deepEqual(seen.closes, ['the server ended the session'])
  })

  test('refuses the probe of a modern client in a way that is an answer', async t => {
    const { listener } = streamable()
    const server = await listenerServer(listener)
    t.after(() => server.close())
    assert.match(await connect(t, server.url).answered(1, 'server/discover'), /^\{"jsonrpc":"2.0","id":1,"error":\{"code":-32000,/)
  })
})

import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { connect } from '../fixtures/http-client.ts'
import { until } from '../fixtures/http-receiver.ts'
import { dualEra } from '../fixtures/http-sdk2.ts'
import { listenerServer } from '../fixtures/http-server.ts'

const meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} }

async function served(t: TestContext) {
  const { listener, handler, cancelled } = dualEra()
  const server = await listenerServer(listener)
  t.after(async () => {
    await handler.close()
    await server.close()
  })
  return { ...connect(t, server.url), handler, cancelled }
}

async function modern(t: TestContext) {
  const connected = await served(t)
  const found = JSON.parse(await connected.answered(1, 'server/discover', { _meta: meta })) as { result: { supportedVersions: string[] } }
  assert.ok(found.result.supportedVersions.includes('2026-07-28'))
  connected.link.revision('2026-07-28')
  return connected
}

const text = (answer: string) => (JSON.parse(answer) as { result: { content: { text: string }[] } }).result.content[0]!.text

describe('the 2.x SDK as a modern HTTP server', () => {
  test('accepts our headers, also for a name that no header carries as it is', async t => {
    const { answered } = await modern(t)
    assert.equal(text(await answered(2, 'tools/call', { name: 'echo', _meta: meta }, 'echo')), 'echo')
    assert.equal(text(await answered(3, 'tools/call', { name: ' é', _meta: meta }, ' é')), ' é')
  })

  test('sends progress on the stream of its request, before the answer', async t => {
    const { answered, seen } = await modern(t)
    await answered(2, 'tools/call', { name: 'progress', _meta: { ...meta, progressToken: 7 } }, 'progress')
    assert.deepEqual(
      seen.frames.slice(1).map(({ text, to }) => [(JSON.parse(text) as { method?: string }).method, to]),
      [
        ['notifications/progress', '2'],
        [undefined, '2'],
      ],
    )
  })

  test('hears that a request is cancelled when its exchange is ended', async t => {
    const { ask, seen, cancelled } = await modern(t)
    const { end } = ask(2, 'tools/call', { name: 'slow', _meta: { ...meta, progressToken: 7 } }, 'slow')
    await until(() => seen.frames.length === 2)
    end()
    await until(() => cancelled() === 1)
    assert.deepEqual(seen.failures, [])
  })

  test('answers a mismatch between headers and body with -32020, which is an answer', async t => {
    const { answered } = await modern(t)
    assert.match(await answered(2, 'tools/call', { name: 'echo', _meta: meta }, 'other'), /"code":-32020/)
  })

  test('answers an unknown method with 404 and -32601, which is an answer', async t => {
    const { answered } = await modern(t)
    assert.match(await answered(2, 'nothing/here', { _meta: meta }), /"code":-32601/)
  })

  test('says what changed to who listens', async t => {
    const { ask, seen, handler } = await modern(t)
    ask(2, 'subscriptions/listen', { notifications: { toolsListChanged: true }, _meta: meta })
    await until(() => seen.frames.length === 2)
    handler.notify.toolsChanged()
    await until(() => seen.frames.length === 3)
    assert.match(seen.frames[1]!.text, /notifications\/subscriptions\/acknowledged/)
    assert.match(seen.frames[2]!.text, /notifications\/tools\/list_changed/)
    assert.deepEqual([seen.frames[1]!.to, seen.frames[2]!.to], ['2', '2'])
  })

  test('serves legacy requests too, without a session', async t => {
    const { greet, answered } = await served(t)
    await greet()
    assert.equal(text(await answered(2, 'tools/call', { name: 'echo' })), 'echo')
  })
})

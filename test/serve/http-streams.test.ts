// Streams at the HTTP door: what goes where, coming back to a stream that broke, and readers that don't read.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { settled } from '../fixtures/clock.ts'
import { openDoor, type Flow } from '../fixtures/http-door.ts'
import { server, type Script } from '../scenes/stage.ts'

type Say = Parameters<Script>[1]

const call = (id: unknown, more: object = {}) => ({ id, method: 'tools/call', params: { name: 'a__t', ...more } })
const capabilities = { tools: { listChanged: true }, logging: {} }
const result = { content: [] }

/** A backend whose tool the test speaks for. */
function spoken(): { script: Script; calls: { id: unknown; token: unknown; say: Say }[]; heard: any[] } {
  const calls: { id: unknown; token: unknown; say: Say }[] = []
  const heard: any[] = []
  const script = server(
    ['t'],
    (message, say) => {
      heard.push(message)
      if (message.method === 'tools/call') calls.push({ id: message.id, token: message.params._meta?.progressToken, say })
    },
    capabilities,
  )
  return { script, calls, heard }
}

async function until<T>(get: () => T | undefined): Promise<T> {
  for (let turn = 0; turn < 100_000; turn++) {
    const found = get()
    if (found !== undefined) return found
    await settled(1)
  }
  assert.fail('it never came')
}

const progress = (token: unknown, n: number) => ({ method: 'notifications/progress', params: { progressToken: token, progress: n } })
const steps = (flow: Flow) => flow.messages.flatMap(one => (one.params?.progress === undefined ? [] : [one.params.progress]))

describe('a call that takes its time', () => {
  test('is a stream from its first progress on, under the token of the client, and ends with the answer', async t => {
    const { script, calls } = spoken()
    const client = await (await openDoor(t, { a: script })).client().greet()
    const opening = client.flow(call(1, { _meta: { progressToken: 0 } }))
    const { id, token, say } = await until(() => calls[0])
    say(progress(token, 1))
    const flow = await opening
    assert.equal(flow.headers['content-type'], 'text/event-stream')
    say(progress(token, 2))
    say({ id, result })
    await flow.end()
    assert.deepEqual(steps(flow), [1, 2])
    assert.ok(flow.messages.slice(0, 2).every(one => one.params.progressToken === 0))
    assert.deepEqual(flow.messages[2], { jsonrpc: '2.0', id: 1, result })
  })

  test('is a stream after a while without progress too, and says at once how to come back', async t => {
    const { script, calls } = spoken()
    const { client: open, clock } = await openDoor(t, { a: script })
    const client = await open().greet()
    const opening = client.flow(call(1))
    const { id, say } = await until(() => calls[0])
    await clock.pass(100)
    const flow = await (await opening).until(one => one.events.length > 0)
    assert.match(flow.events[0]!.id!, /^\d+\.0$/)
    assert.equal(flow.events[0]!.retry, '1000')
    assert.equal(flow.events[0]!.data, '')
    say({ id, result })
    assert.deepEqual((await flow.end()).messages, [{ jsonrpc: '2.0', id: 1, result }])
  })

  test('sends no empty event to a client that is too old for it', async t => {
    const { script, calls } = spoken()
    const { client: open, clock } = await openDoor(t, { a: script })
    const client = await open().greet({}, '2025-06-18')
    const opening = client.flow(call(1))
    const { id, say } = await until(() => calls[0])
    await clock.pass(100)
    say({ id, result })
    const flow = await (await opening).end()
    assert.equal(flow.events.length, 1)
  })

  test('that the client cancels ends without an answer, and its backend hears it', async t => {
    const { script, calls, heard } = spoken()
    const client = await (await openDoor(t, { a: script })).client().greet()
    const opening = client.flow(call('x'))
    await until(() => calls[0])
    assert.equal((await client.post({ method: 'notifications/cancelled', params: { requestId: 'x' } })).status, 202)
    assert.deepEqual((await (await opening).end()).messages, [])
    await until(() => heard.find(one => one.method === 'notifications/cancelled'))
  })
})

describe('what belongs to no call', () => {
  test('goes to the stream that the client opened, and waits for one', async t => {
    const { script, calls } = spoken()
    const client = await (await openDoor(t, { a: script })).client().greet()
    const opening = client.post(call(1))
    const { id, say } = await until(() => calls[0])
    say({ id, result })
    await opening
    say({ method: 'notifications/message', params: { level: 'info', data: 'early' } })
    await settled()
    const flow = await client.listen()
    say({ method: 'notifications/message', params: { level: 'info', data: 'late' } })
    await flow.until(one => one.messages.length === 2)
    assert.deepEqual(
      flow.messages.map(one => one.params.data),
      ['early', 'late'],
    )
  })

  test('is told once: a second stream takes over from the first', async t => {
    const { script, calls } = spoken()
    const client = await (await openDoor(t, { a: script })).client().greet()
    const opening = client.post(call(1))
    const { id, say } = await until(() => calls[0])
    say({ id, result })
    await opening
    const first = await client.listen()
    const second = await client.listen()
    await first.end()
    say({ method: 'notifications/message', params: { level: 'info', data: 'x' } })
    await second.until(one => one.messages.length === 1)
    assert.deepEqual(first.messages, [])
  })

  test('what a backend asks comes with the call that it asks for; the response comes back by a POST of its own', async t => {
    const { script, calls, heard } = spoken()
    const client = await (await openDoor(t, { a: script })).client().greet({ elicitation: {} })
    const listening = await client.listen()
    const opening = client.flow(call(1))
    const { id, say } = await until(() => calls[0])
    say({ id: 0, method: 'elicitation/create', params: { message: '?' } })
    const flow = await (await opening).until(one => one.messages.length === 1)
    const asked = flow.messages[0]
    assert.equal(asked.method, 'elicitation/create')
    assert.equal((await client.post({ id: asked.id, result: { action: 'accept', content: { n: 1 } } })).status, 202)
    assert.deepEqual(await until(() => heard.find(one => one.id === 0 && one.result)?.result), { action: 'accept', content: { n: 1 } })
    say({ id, result })
    await flow.end()
    assert.deepEqual(listening.messages, [])
  })
})

describe('what a backend asks when the client can hardly hear it', () => {
  const question = { id: 'q', method: 'elicitation/create', params: { message: '?' } }
  const answered = (heard: any[]) => heard.find(one => one.id === 'q' && one.method === undefined)

  /** A client that can be asked, after one call: its backend runs, and nothing is under way. */
  async function quiet(t: Parameters<typeof openDoor>[0]) {
    const { script, calls, heard } = spoken()
    const on = await openDoor(t, { a: script })
    const client = await on.client().greet({ elicitation: {} })
    const opening = client.post(call(1))
    const { id, say } = await until(() => calls[0])
    say({ id, result })
    await opening
    return { ...on, client, say, heard, calls }
  }

  test('no request under way, no stream open: the backend is told so at once', async t => {
    const { say, heard } = await quiet(t)
    say({ method: 'notifications/message', params: { level: 'info', data: 'nobody hears this yet' } })
    say(question)
    const { error } = await until(() => answered(heard))
    assert.equal(error.code, -32603)
    assert.match(error.message, /the client can not be asked: .*no request under way.*GET/)
  })

  test('a stream open: it comes there', async t => {
    const { client, say, heard } = await quiet(t)
    const listening = await client.listen()
    say(question)
    const [asked] = (await listening.until(one => one.messages.length === 1)).messages
    await client.post({ id: asked.id, result: { action: 'decline' } })
    assert.deepEqual(await until(() => answered(heard)?.result), { action: 'decline' })
  })

  test('another request under way: it comes with that', async t => {
    const { client, say, calls } = await quiet(t)
    const opening = client.flow(call(2))
    await until(() => calls[1])
    say(question)
    await (await opening).until(one => one.messages[0]?.method === 'elicitation/create')
  })

  for (const [what, begin] of [
    ['its stream', async ({ client }: { client: any }) => client.listen()],
    [
      'the stream of its call',
      async ({ client, calls }: { client: any; calls: any[] }) => {
        const opening = client.flow(call(2, { _meta: { progressToken: 1 } }))
        const { token, say } = await until(() => calls[1])
        say(progress(token, 1))
        return (await opening).until((one: Flow) => one.messages.length === 1)
      },
    ],
  ] as const) {
    const broke = async (t: Parameters<typeof openDoor>[0]) => {
      const on = await quiet(t)
      const flow: Flow = await begin(on)
      flow.leave()
      await settled(20)
      on.say(question)
      await settled()
      return { ...on, last: flow.events.at(-1)?.id }
    }

    test(`${what} broke off: it waits for the client to come back`, async t => {
      const { client, last, clock, heard } = await broke(t)
      await clock.pass(20_000)
      const again = await client.listen(last ? { 'last-event-id': last } : {})
      const [asked] = (await again.until(one => one.messages.length === 1)).messages
      await clock.pass(100_000)
      assert.equal(answered(heard), undefined)
      await client.post({ id: asked.id, result: { action: 'decline' } })
      assert.deepEqual(await until(() => answered(heard)?.result), { action: 'decline' })
    })

    test(`${what} broke off, and the client does not come back: the backend is told so after a minute`, async t => {
      const { clock, heard } = await broke(t)
      await clock.pass(59_000)
      assert.equal(answered(heard), undefined)
      await clock.pass(1000)
      assert.match((await until(() => answered(heard))).error.message, /did not come back/)
    })
  }

  test('nobody is connected any more, and nobody comes: the session ends, with what is under way', async t => {
    const { client, say, calls, clock, sessions, journal } = await quiet(t)
    const opening = client.flow(call(2))
    await until(() => calls[1])
    say(question)
    const flow = await (await opening).until(one => one.messages.length === 1)
    flow.leave()
    await settled(20)
    for (let minute = 0; minute < 31; minute++) await clock.pass(60_000)
    assert.equal(sessions.length, 0)
    assert.deepEqual(journal.outcomes, ['answered', 'cancelled'])
  })
})

describe('a stream that broke off', () => {
  /** A call with three steps of progress, whose connection breaks after the first. */
  async function broken(t: Parameters<typeof openDoor>[0]) {
    const { script, calls, heard } = spoken()
    const on = await openDoor(t, { a: script })
    const client = await on.client().greet()
    const opening = client.flow(call(1, { _meta: { progressToken: 'p' } }))
    const { id, token, say } = await until(() => calls[0])
    say(progress(token, 1))
    const flow = await (await opening).until(one => steps(one).length === 1)
    flow.leave()
    return { client, flow, id, token, say, heard, open: on.client }
  }

  test('goes on where it was: nothing is lost, nothing comes twice, and the call was not disturbed', async t => {
    const { client, flow, id, token, say, heard } = await broken(t)
    say(progress(token, 2))
    await settled()
    const again = await client.listen({ 'last-event-id': flow.events.at(-1)!.id! })
    say(progress(token, 3))
    say({ id, result })
    await again.end()
    assert.deepEqual(steps(again), [2, 3])
    assert.deepEqual(again.messages.at(-1), { jsonrpc: '2.0', id: 1, result })
    assert.equal(heard.filter(one => one.method === 'notifications/cancelled').length, 0)
  })

  test('is told to its end also when all of it has happened meanwhile', async t => {
    const { client, flow, id, token, say } = await broken(t)
    say(progress(token, 2))
    say({ id, result })
    await settled()
    const again = await (await client.listen({ 'last-event-id': flow.events.at(-1)!.id! })).end()
    assert.deepEqual(steps(again), [2])
    assert.deepEqual(again.messages.at(-1).result, result)
  })

  test('is nobody else’s: another session can not ask for it, and made-up ids are refused', async t => {
    const { client, flow, open } = await broken(t)
    const other = await open().greet()
    const id = flow.events.at(-1)!.id!
    assert.equal((await other.say('GET', undefined, { 'last-event-id': id })).status, 400)
    for (const made of ['0.99', '99.0', 'x', '-1.0', `${id}0`]) assert.equal((await client.say('GET', undefined, { 'last-event-id': made })).status, 400, made)
  })

  test('whose events are forgotten is refused, not told with a gap; what is kept is bounded', async t => {
    const { client, flow, id, token, say } = await broken(t)
    const large = 'x'.repeat(100_000)
    for (let n = 2; n < 200; n++) say({ ...progress(token, n), params: { progressToken: token, progress: n, message: large } })
    say({ id, result })
    await settled(300)
    assert.equal((await client.say('GET', undefined, { 'last-event-id': flow.events.at(-1)!.id! })).status, 400)
  })
})

describe('a client that does not read', () => {
  test('holds up its own backends, not our memory; what it missed it can have when it comes back', async t => {
    const { script, calls } = spoken()
    const { client: open, clock, sessions } = await openDoor(t, { a: script })
    const client = await open().greet()
    const opening = client.flow(call(1, { _meta: { progressToken: 'p' } }))
    const { id, token, say } = await until(() => calls[0])
    say(progress(token, 0))
    const flow = await opening
    await flow.until(one => steps(one).length === 1)
    flow.stall()
    const paused: boolean[] = []
    const backend = sessions[0]!.backends.get('a')!
    backend.pause = on => void paused.push(on)
    const message = 'x'.repeat(500_000)
    for (let n = 1; paused.length === 0; n++) {
      assert.ok(n < 60, 'it is never held up')
      say({ ...progress(token, n), params: { progressToken: token, progress: n, message } })
      await settled()
    }
    assert.deepEqual(paused, [true])
    await clock.pass(30_000)
    await until(() => (paused.length > 1 ? true : undefined))
    assert.deepEqual(paused, [true, false], 'after half a minute it is cut off')
    say({ id, result })
    await settled()
    const again = await (await client.listen({ 'last-event-id': flow.events.at(-1)!.id! })).end()
    assert.deepEqual(again.messages.at(-1), { jsonrpc: '2.0', id: 1, result })
  })
})

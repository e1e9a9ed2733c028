// A backend's life, where a link says what no scripted server can.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lifecycle } from '../../src/backends/lifecycle.ts'
import { Stop } from '../../src/lib/signal.ts'
import type { Listener, Origin } from '../../src/gateway/types.ts'
import type { Fault } from '../../src/gateway/faults.ts'
import { parse, type Frame } from '../../src/rpc/frame.ts'
import type { Link, Receiver } from '../../src/rpc/link.ts'
import { replyOf } from '../../src/rpc/reply.ts'
import { join } from '../../src/rpc/splice.ts'
import { settled, VirtualClock } from '../fixtures/clock.ts'

const origin = { era: 'legacy', capabilities: {} } as Origin
const listener: Listener = { lists: (_, lists) => lists, changed() {}, origin, notification() {}, request: () => new Promise(() => {}) }

/** A lifecycle whose server answers the handshake; everything else is up to `act`. */
function living(act: (id: string, method: string, to: Receiver) => void, open?: () => Promise<Link | Fault>, hears: Listener = listener) {
  const clock = new VirtualClock()
  const link = (): Link => {
    let to: Receiver
    let deaf = false
    return {
      start: receiver => void (to = receiver),
      send(parts) {
        const { id, method } = JSON.parse(String(join(parts))) as { id?: number; method: string }
        if (id === undefined) return
        queueMicrotask(() => {
          if (method === 'initialize')
            to.frame(`{"jsonrpc":"2.0","id":${id},"result":{"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{"name":"s","version":"1"}}}`)
          else if (method === 'ping' && !deaf) to.frame(`{"jsonrpc":"2.0","id":${id},"result":{}}`)
          else if (method !== 'ping') act(String(id), method, to)
        })
      },
      pause: on => void (deaf = on),
      drained: () => undefined,
      close: async () => to.closed('it was closed'),
    }
  }
  const backend = new Lifecycle({
    settings: {
      name: 'b',
      command: 'b',
      args: [],
      env: {},
      inheritEnv: false,
      type: 'stdio',
      headers: {},
      tags: [],
      timeoutMs: 1000,
      startTimeoutMs: 1000,
      concurrency: 10,
      idleMs: 5000,
      enabled: true,
    },
    clock,
    random: () => 0,
    listener: hears,
    client: { name: 'mcpgw', version: '0' },
    open: open ?? (async () => link()),
    era: 'legacy',
    onlists() {},
    onchange() {},
    log() {},
  })
  const frame = parse('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}') as Frame
  const call = async () => {
    const answer = await backend.call({ frame, edits: [] }, { stop: new Stop() })
    return answer.kind === 'failure' ? answer.fault.code : answer.kind
  }
  return { backend, clock, call }
}

const result = (id: string, to: Receiver) => to.frame(`{"jsonrpc":"2.0","id":${id},"result":{}}`)

test('an answer that is too large is a sign of life: a breaker that tries it is not stuck', async () => {
  let say: 'nothing' | 'too much' | 'a result' = 'nothing'
  const { clock, call, backend } = living((id, _, to) => {
    if (say === 'too much') to.oversize(`{"jsonrpc":"2.0","id":${id},"result":{`, '}}', 1e9)
    if (say === 'a result') result(id, to)
  })
  const late = Promise.all(Array.from({ length: 5 }, call))
  await clock.pass(1000)
  assert.deepEqual(new Set(await late), new Set(['backend_timeout']))
  assert.equal(backend.status().state, 'open')
  await clock.pass(30_000)
  say = 'too much'
  assert.equal(await call(), 'too_large')
  say = 'a result'
  assert.equal(await call(), 'reply')
})

test('a link that can not even be made is a failure of that backend, whatever is thrown', async () => {
  const { call, backend, clock } = living(
    () => {},
    () => Promise.reject(new TypeError('Invalid URL')),
  )
  assert.equal(await call(), 'backend_unavailable')
  assert.match(backend.status().lastError!, /Invalid URL/)
  const lists = backend.lists()
  await clock.pass(1000)
  assert.ok('code' in (await lists))
})

test('what is stopped by us has not crashed', async () => {
  const { clock, call, backend } = living((id, _, to) => result(id, to))
  assert.equal(await call(), 'reply')
  await clock.pass(12_000)
  const { state, restarts, retryAt } = backend.status()
  assert.deepEqual({ state, restarts, retryAt }, { state: 'stopped', restarts: 0, retryAt: undefined })
  await settled()
})

test('one that we do not listen to, because the client can take no more, is not taken for dead', async () => {
  const { clock, call, backend } = living((id, _, to) => result(id, to))
  assert.equal(await call(), 'reply')
  backend.pause(true)
  await clock.pass(100_000)
  assert.equal(backend.status().restarts, 0)
  backend.pause(false)
  await clock.pass(10_000)
  assert.equal(backend.status().state, 'stopped')
})

test('a call that waited while the settings changed was not executed, and is told so', async () => {
  const { call, backend } = living(() => {})
  void Array.from({ length: 10 }, call)
  const waiting = backend.call(
    { frame: parse('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}') as Frame, edits: [] },
    { stop: new Stop() },
  )
  await settled()
  await backend.close()
  const answer = await waiting
  assert.ok(answer.kind === 'failure' && !answer.sent)
  assert.match(answer.fault.message, /settings have just been changed\. The call was not executed/)
})

test('a backend tells how its last calls went, since when nobody needs it, and when it is stopped', async () => {
  let takes = 0
  const ended = (id: string, to: Receiver) => to.frame(`{"jsonrpc":"2.0","id":${id},"result":{"isError":${takes === 40}}}`)
  const { backend, clock, call } = living((id, method, to) => (method === 'tools/call' ? void clock.after(takes, () => ended(id, to)) : result(id, to)))
  assert.deepEqual([backend.status().recent, backend.status().idleSinceAt], [undefined, undefined])
  for (takes of [10, 20, 30, 40]) {
    const answer = call()
    await settled()
    assert.equal(backend.status().idleSinceAt, undefined, 'a call is at work')
    await clock.pass(takes)
    await answer
  }
  assert.deepEqual(backend.status().recent, { calls: 4, bad: 1, p50: 20, p95: 40 })
  const idleSinceAt = clock.now()
  await clock.pass(1000)
  const status = backend.status()
  assert.deepEqual([status.idleSinceAt, status.stopsAt], [idleSinceAt, idleSinceAt + 5000])
  await clock.pass(10_000)
  assert.deepEqual([backend.status().state, backend.status().stopsAt], ['stopped', undefined])
})

test('a backend whose breaker is open tells when it is tried again, and looking tries nothing', async () => {
  const { backend, clock, call } = living((id, method, to) => (method === 'tools/call' ? undefined : result(id, to)))
  for (let failures = 0; failures < 5; failures++) {
    const answer = call()
    await settled()
    await clock.pass(1000)
    assert.equal(await answer, 'backend_timeout')
  }
  const { state, retryAt, recent } = backend.status()
  assert.deepEqual([state, retryAt! - clock.now(), recent?.bad], ['open', 30_000, 5])
  await clock.pass(30_000)
  assert.equal(backend.status().state, 'open')
})

test('a request of its own over which we fail is answered, and its id is free again', async () => {
  const answers: { error?: { code: number; message: string }; result?: unknown }[] = []
  let failing = true
  let to: Receiver
  const link = async (): Promise<Link> => ({
    start: receiver => void (to = receiver),
    send(parts) {
      const message = JSON.parse(String(join(parts))) as { id?: unknown; method?: string }
      if (message.method === 'initialize')
        queueMicrotask(() =>
          to.frame(
            `{"jsonrpc":"2.0","id":${message.id as number},"result":{"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{"name":"s","version":"1"}}}`,
          ),
        )
      else if (message.id === 'own') answers.push(message as (typeof answers)[number])
    },
    pause() {},
    drained: () => undefined,
    close: async () => {},
  })
  const { backend } = living(() => {}, link, {
    ...listener,
    request: async () => (failing ? Promise.reject(new Error('nobody foresaw it')) : replyOf(parse('{"jsonrpc":"2.0","id":0,"result":{}}') as Frame)!),
  })
  await backend.start()
  const ask = async () => {
    to.frame('{"jsonrpc":"2.0","id":"own","method":"roots/list"}')
    await settled()
    return answers.at(-1)!
  }
  assert.equal((await ask()).error?.code, -32603)
  failing = false
  assert.deepEqual((await ask()).result, {})
})

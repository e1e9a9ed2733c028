// The way of requests to one backend, where something on it fails that nobody foresaw.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Forwarding } from '../../src/backends/forwarding.ts'
import type { Running } from '../../src/backends/running.ts'
import type { BackendSettings } from '../../src/config/settings.ts'
import { Stop } from '../../src/lib/signal.ts'
import { parse, type Frame } from '../../src/rpc/frame.ts'
import { replyOf } from '../../src/rpc/reply.ts'
import { VirtualClock } from '../fixtures/clock.ts'

const frame = parse('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}') as Frame
const reply = replyOf(parse('{"jsonrpc":"2.0","id":1,"result":{}}') as Frame)!

test('a trial of the breaker that nobody foresaw how it failed is not the last one', async () => {
  const clock = new VirtualClock()
  let answers = false
  let broken = false
  const running = {
    greeting: { era: 'legacy' },
    send: async () => (answers ? { kind: 'reply', reply } : { kind: 'timeout', ms: 1 }),
  } as unknown as Running
  const forwarding = new Forwarding({ name: 'b', timeoutMs: 1000, concurrency: 10 } as BackendSettings, clock, {
    running: () => running,
    ready: async () => running,
    stands: () => (broken ? Promise.reject(new Error('nobody foresaw it')) : undefined),
    park: () => ({ code: 'backend_auth', message: '' }),
    lastError: () => undefined,
    onerror() {},
  })
  const call = () => forwarding.call({ frame, edits: [] }, { stop: new Stop() })
  for (let n = 0; n < 5; n++) await call()
  assert.equal(forwarding.breaker.open, true)
  await clock.pass(30_000)
  broken = true
  await assert.rejects(call())
  broken = false
  answers = true
  assert.equal((await call()).kind, 'reply')
})

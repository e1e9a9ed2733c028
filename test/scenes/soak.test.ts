// A session of days: what a call needs is gone with it. Objects are counted after a full collection, by what they are.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import v8 from 'node:v8'
import { Stop } from '../../src/lib/signal.ts'
import { Frame } from '../../src/rpc/frame.ts'
import { settled } from '../fixtures/clock.ts'
import { server, stage, type Script } from './stage.ts'

const KINDS = { Stop, Frame, Promise, Map, Set, Function }

test('20,000 calls, some cancelled, some lost with their backend, leave nothing behind', { timeout: 300_000 }, async () => {
  let asked = 0
  const mixed: Script = server(['x'], ({ id, method, params }, say, hangUp) => {
    if (method !== 'tools/call') return
    const n = asked++
    if (n % 997 === 0) return hangUp()
    if (n % 11 === 0) return
    if (n % 7 === 0) say({ method: 'notifications/progress', params: { progressToken: params._meta?.progressToken, progress: 1 } })
    if (n % 5 === 0) say({ id: `q${n}`, method: 'roots/list' })
    if (n % 13 === 0) return say({ id, error: { code: -1, message: 'no' } })
    say({ id, result: { content: [{ type: 'resource_link', uri: `x:${n % 50}`, name: 'x' }] } })
  })
  const { client, clock, journal, session, events, got, starts } = stage({ a: mixed, b: mixed }, { settings: { a: { concurrency: 3 } } })
  await client.greet({ roots: {} })
  let sent = 0
  let cancelled = 0
  const round = async () => {
    const ids = Array.from({ length: 20 }, () => ++sent)
    for (const id of ids)
      client.say({ id, method: 'tools/call', params: { name: `${id % 2 ? 'a' : 'b'}__x`, arguments: { id }, _meta: { progressToken: id } } })
    await settled(40)
    for (const { id, method } of client.messages) if (method === 'roots/list') client.say({ id, result: { roots: [] } })
    const answered = new Set(client.messages.map(({ id }) => id))
    for (const id of ids) if (!answered.has(id)) cancelled += (client.say({ method: 'notifications/cancelled', params: { requestId: id } }), 1)
    await clock.pass(40)
    for (const kept of [client.heard, client.sent, journal.lines, journal.legs, journal.asked, got['a']!, got['b']!]) kept.length = 0
  }
  const counts = async () => {
    await clock.pass(120_000)
    for (const kept of [client.heard, client.sent, journal.lines, journal.legs, journal.asked, got['a']!, got['b']!]) kept.length = 0
    return Object.fromEntries(Object.entries(KINDS).map(([name, kind]) => [name, v8.queryObjects(kind as never, { format: 'count' }) as unknown as number]))
  }
  while (sent < 2000) await round()
  const before = await counts()
  while (sent < 22_000) await round()
  const after = await counts()
  assert.ok(cancelled > 100 && starts['a']! > 5, 'some were cancelled, some lost')
  assert.equal(session.inFlight, 0)
  assert.deepEqual(events.state().calls, {})
  for (const [name, count] of Object.entries(after)) assert.ok(count - before[name]! < 200, `${count - before[name]!} more of ${name}, after ${count}`)
})

// A session under stress: a thousand calls in flight, cancelled at random, backends that crash and come back, storms of lists. Each request has its
// answer, each call settles once, and memory returns to where it was.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import v8 from 'node:v8'
import { Stop } from '../../src/lib/signal.ts'
import { Flight } from '../../src/gateway/flight.ts'
import { Frame } from '../../src/rpc/frame.ts'
import { settled } from '../fixtures/clock.ts'
import { busy, dice } from './busy.ts'
import { ERAS } from './peers.ts'
import { stage } from './stage.ts'

const KINDS = { Stop, Flight, Frame, Promise, Map, Set, Function }
const NAMES = ['a', 'b', 'c', 'd']
const IN_FLIGHT = 1000
const PREFIX = 'io.modelcontextprotocol/'

for (const front of ERAS)
  describe(`a ${front} client under stress`, () => {
    test('each call settles once, each request has one answer, nothing is left behind', { timeout: 300_000 }, async () => {
      const roll = dice(7)
      const peers = Object.fromEntries(NAMES.map((name, index) => [name, busy(ERAS[index % 2]!, roll)]))
      const on = stage(Object.fromEntries(NAMES.map(name => [name, peers[name]!.script])), {
        settings: Object.fromEntries(NAMES.map(name => [name, { concurrency: IN_FLIGHT }])),
      })
      const { client, clock, journal, session, events, got, lines } = on
      const modern = front === 'modern'
      if (!modern) await client.greet({ roots: {} })
      const _meta = modern ? { [`${PREFIX}protocolVersion`]: '2026-07-28', [`${PREFIX}clientCapabilities`]: { roots: {} } } : {}
      let sent = 0
      const tally = { answered: 0, failed: 0, cancelled: 0, asked: 0, abandoned: 0, crashes: 0 }
      const say = (id: number, n: number, name: string, more: object = {}) =>
        client.say({ id, method: 'tools/call', params: { name: `${name}__x`, arguments: { n }, _meta: { ..._meta, progressToken: id }, ...more } })

      async function round(): Promise<void> {
        const calls = new Map<number, { n: number; name: string; cancelled: boolean }>()
        for (let count = 0; count < IN_FLIGHT; count++) {
          const id = ++sent
          const name = NAMES[roll(NAMES.length)]!
          calls.set(id, { n: id, name, cancelled: false })
          say(id, id, name)
        }
        await settled(10)
        assert.ok(session.inFlight >= IN_FLIGHT, `${session.inFlight} are in flight`)
        for (const [id, call] of calls)
          if (roll(10) === 0) {
            client.say({ method: 'notifications/cancelled', params: { requestId: id } })
            call.cancelled = true
            tally.cancelled++
          }
        for (let list = 0; list < 20; list++) client.say({ id: `list${sent}-${list}`, method: 'tools/list', params: { _meta } })
        for (const name of NAMES) peers[name]!.storm()
        peers[NAMES[tally.crashes++ % NAMES.length]!]!.crash()
        await clock.pass(200)
        for (const name of NAMES) peers[name]!.release()
        // What it is asked, the client answers; some it never comes back to.
        for (let turn = 0; turn < 4; turn++) {
          await settled(10)
          for (const message of client.messages.splice(0)) {
            const call = calls.get(message.id as number)
            if (message.method === 'roots/list') {
              tally.asked++
              client.say({ id: message.id, result: { roots: [] } })
            } else if (message.result?.resultType === 'input_required') {
              tally.asked++
              const { inputRequests, requestState } = message.result
              const inputResponses = Object.fromEntries(Object.keys(inputRequests).map(key => [key, { roots: [] }]))
              calls.delete(message.id as number)
              if (roll(10) === 0) tally.abandoned++
              else {
                calls.set(++sent, { ...call!, cancelled: false })
                say(sent, call!.n, call!.name, { inputResponses, requestState })
              }
            } else if (call) {
              // A cancellation may come too late; what it comes in time for has no answer (scenes/interleaved).
              if (message.result.isError) tally.failed++
              else assert.equal(message.result.n, call.n)
              tally.answered++
              calls.delete(message.id as number)
            } else assert.ok(message.method || String(message.id).startsWith('list'), `a second answer to ${JSON.stringify(message)}`)
          }
          client.heard.length = 0
          // A crashed backend comes back by itself with the next call, after a pause.
          await clock.pass(3000)
          for (const name of NAMES) peers[name]!.release()
        }
        // A question that nobody comes back to ends at last, and whichever call it was for goes on.
        await clock.pass(modern ? 11 * 60_000 : 1000)
        for (const message of client.messages) calls.delete(message.id as number)
        assert.deepEqual(
          [...calls].filter(([, { cancelled }]) => !cancelled),
          [],
          'these have no answer',
        )
        forget()
      }
      function forget(): void {
        const ids = (kind: 'open' | 'settle') => journal.lines.flatMap(line => (line.kind === kind ? [line.call.id] : []))
        opened.push(...ids('open'))
        closed.push(...ids('settle'))
        for (const kept of [client.heard, client.sent, journal.lines, journal.legs, ...NAMES.flatMap(name => [got[name] ?? [], lines[name] ?? []])])
          kept.length = 0
      }
      const opened: string[] = []
      const closed: string[] = []
      const counts = async () => {
        await clock.pass(20 * 60_000)
        forget()
        return Object.fromEntries(Object.entries(KINDS).map(([name, kind]) => [name, v8.queryObjects(kind as never, { format: 'count' }) as unknown as number]))
      }

      forget()
      for (let times = 0; times < 2; times++) await round()
      const before = await counts()
      for (let times = 0; times < 3; times++) await round()
      const after = await counts()
      assert.ok(tally.cancelled > 300 && tally.failed > 10 && tally.asked > 100 && tally.crashes === 5, JSON.stringify(tally))
      assert.ok(!modern || tally.abandoned > 5, JSON.stringify(tally))
      assert.deepEqual([...closed].sort(), [...opened].sort())
      assert.equal(new Set(opened).size, opened.length)
      assert.equal(session.inFlight, 0)
      assert.deepEqual(events.state().calls, {})
      for (const [name, count] of Object.entries(after)) assert.ok(count - before[name]! < 300, `${count - before[name]!} more of ${name}, after ${count}`)
    })
  })

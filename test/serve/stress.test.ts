// The HTTP door under stress: a thousand calls in flight, each by a request of its own, some cancelled, their backends asking, crashing and coming back,
// lists that change all the time. Each call settles once, each request has its own answer, and nothing is left behind.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import v8 from 'node:v8'
import { Flight } from '../../src/gateway/flight.ts'
import { Stop } from '../../src/lib/signal.ts'
import { Frame } from '../../src/rpc/frame.ts'
import { EventStream } from '../../src/serve/events.ts'
import { Exchange } from '../../src/serve/exchange.ts'
import { settled } from '../fixtures/clock.ts'
import { meta, openDoor, type Client } from '../fixtures/http-door.ts'
import { busy, dice } from '../scenes/busy.ts'
import { ERAS } from '../scenes/peers.ts'

const KINDS = { Stop, Flight, Frame, Exchange, EventStream }
const NAMES = ['a', 'b', 'c', 'd']
const IN_FLIGHT = 1000

/** One POST whose response is read as it comes; gives the answers to it, and the way to go away from it. */
function exchange(client: Client, message: { id: number; method: string; params: any }, headers: Record<string, string>, asked: (message: any) => void) {
  const answers: any[] = []
  let leave = () => {}
  const over = client.raw('POST', JSON.stringify({ jsonrpc: '2.0', ...message }), headers).then(
    response =>
      new Promise<any[]>(done => {
        let text = ''
        const hear = (one: any) => (one.method === undefined ? answers.push(one) : one.id !== undefined && asked(one))
        leave = () => response.destroy()
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part
          if (!response.headers['content-type']!.startsWith('text/event-stream')) return
          const events = text.split('\n\n')
          text = events.pop()!
          for (const event of events) {
            const data = /^data: (.+)$/m.exec(event)?.[1]
            if (data) hear(JSON.parse(data))
          }
        })
        response.on('end', () => text.startsWith('{') && hear(JSON.parse(text)))
        response.on('close', () => done(answers)).on('error', () => {})
      }),
  )
  return { over, leave: () => leave() }
}

for (const front of ERAS)
  describe(`a ${front} client at the door, under stress`, () => {
    test('each call settles once, each request has one answer, nothing is left behind', { timeout: 300_000 }, async t => {
      const modern = front === 'modern'
      const roll = dice(11)
      const peers = Object.fromEntries(NAMES.map((name, index) => [name, busy(ERAS[index % 2]!, roll)]))
      const {
        client: open,
        clock,
        journal,
        events,
        got,
        lines,
        sessions,
      } = await openDoor(t, Object.fromEntries(NAMES.map(name => [name, peers[name]!.script])), {
        settings: Object.fromEntries(NAMES.map(name => [name, { concurrency: IN_FLIGHT }])),
      })
      const tally = { answered: 0, failed: 0, cancelled: 0, asked: 0, crashes: 0 }
      const opened: string[] = []
      const closed: string[] = []
      let last = 0
      const _meta = modern ? meta({ 'io.modelcontextprotocol/clientCapabilities': { roots: {} } }) : {}

      async function round(many: number): Promise<void> {
        const client = modern ? open() : await open().greet({ roots: {} })
        let pending = 0
        const said: Promise<unknown>[] = []
        const give = (asked: any) => {
          tally.asked++
          said.push(client.post({ id: asked.id, result: { roots: [] } }))
        }
        const send = (name: string, n: number, more: object = {}): { id: number; leave: () => void; mayFail: { cancelled: boolean } } => {
          const id = ++last
          const mayFail = { cancelled: false }
          const params = { name: `${name}__x`, arguments: { n }, _meta: { ..._meta, progressToken: id }, ...more }
          const headers: Record<string, string> = modern ? { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': params.name } : {}
          pending++
          const { over, leave } = exchange(client, { id, method: 'tools/call', params }, headers, give)
          void over.then(answers => {
            pending--
            if (mayFail.cancelled) return assert.ok(answers.length <= 1)
            assert.equal(answers.length, 1, `${id} has ${answers.length} answers`)
            const [{ id: own, result }] = answers
            assert.equal(own, id)
            if (result.resultType === 'input_required') {
              tally.asked++
              const inputResponses = Object.fromEntries(Object.keys(result.inputRequests).map(key => [key, { roots: [] }]))
              return void send(name, n, { inputResponses, requestState: result.requestState })
            }
            tally.answered++
            if (result.isError) tally.failed++
            else assert.equal(result.n, n)
          })
          return { id, leave, mayFail }
        }
        const calls = Array.from({ length: many }, (_, n) => send(NAMES[roll(NAMES.length)]!, n))
        const inFlight = () => sessions.reduce((all, session) => all + session.inFlight, 0)
        while (inFlight() < many) await settled(5)
        await clock.pass(modern ? 10_000 : 200)
        for (const { id, leave, mayFail } of calls)
          if (roll(10) === 0) {
            tally.cancelled++
            mayFail.cancelled = true
            if (modern) leave()
            else said.push(client.post({ method: 'notifications/cancelled', params: { requestId: id } }))
          }
        for (const name of NAMES) peers[name]!.storm()
        await settled(20)
        peers[NAMES[tally.crashes++ % NAMES.length]!]!.crash()
        for (let turn = 0; pending > 0; turn++) {
          assert.ok(turn < 5000, `${pending} have no answer`)
          await clock.pass(100)
          for (const name of NAMES) peers[name]!.release()
          await settled(5)
        }
        await Promise.all(said)
        if (!modern) await client.say('DELETE', undefined)
        client.hangUp()
        forget()
      }

      function forget(): void {
        const ids = (kind: 'open' | 'settle') => journal.lines.flatMap(line => (line.kind === kind ? [line.call.id] : []))
        opened.push(...ids('open'))
        closed.push(...ids('settle'))
        for (const kept of [journal.lines, journal.legs, ...NAMES.flatMap(name => [got[name] ?? [], lines[name] ?? []])]) kept.length = 0
      }
      const counts = async () => {
        for (let minute = 0; minute < 40; minute++) await clock.pass(60_000)
        forget()
        assert.equal(sessions.length, 0, 'every session is over')
        return Object.fromEntries(Object.entries(KINDS).map(([name, kind]) => [name, v8.queryObjects(kind as never, { format: 'count' }) as unknown as number]))
      }

      await round(100)
      const before = await counts()
      await round(IN_FLIGHT)
      const after = await counts()
      assert.ok(tally.cancelled > 70 && tally.failed > 10 && tally.asked > 15 && tally.answered > 800, JSON.stringify(tally))
      assert.deepEqual([...closed].sort(), [...opened].sort())
      assert.equal(new Set(opened).size, opened.length)
      assert.deepEqual(events.state().calls, {})
      for (const [name, count] of Object.entries(after)) assert.ok(count - before[name]! < 100, `${count - before[name]!} more of ${name}, after ${count}`)
    })
  })

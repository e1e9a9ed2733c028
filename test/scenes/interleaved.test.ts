// Whatever happens at once: calls, cancels, progress, crashes, restarts, changed lists, changed settings. One answer each, everybody his own.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { SessionBackends } from '../../src/backends/open.ts'
import { settled } from '../fixtures/clock.ts'
import { ERAS, type Era } from './peers.ts'
import { server, stage, type Script } from './stage.ts'

const META = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} }

const BACKENDS = ['a', 'b'] as const
type Name = (typeof BACKENDS)[number]
type How = 'now' | 'held' | 'twice' | 'then progress' | 'with progress' | 'crash' | 'error'

type Step =
  | { do: 'call'; backend: Name; how: How; text: boolean; token: boolean }
  | { do: 'cancel' | 'release' | 'progress'; which: number }
  | { do: 'crash' | 'restart' | 'stop' | 'change' | 'update' | 'disable' | 'ping'; backend: Name }
  | { do: 'list' }
  | { do: 'pass'; ms: number }

const backend = fc.constantFrom(...BACKENDS)
const which = fc.nat(1000)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('call' as const),
      backend,
      how: fc.constantFrom<How>('now', 'held', 'held', 'twice', 'then progress', 'with progress', 'crash', 'error'),
      text: fc.boolean(),
      token: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('cancel' as const, 'release' as const, 'progress' as const), which }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('crash' as const, 'restart' as const, 'stop' as const, 'change' as const, 'update' as const, 'disable' as const, 'ping' as const),
      backend,
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'list' as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1, 100, 600, 3000, 31_000, 70_000) }) },
)
/** Each step, and whether all that follows from it happens before the next one. */
const steps = fc.array(fc.tuple(step, fc.boolean()), { minLength: 5, maxLength: 60, size: 'max' })

/** Backends that do what each call says, and what the play says. */
function players() {
  const held: { answer: () => void; progress: () => void }[] = []
  const more = { a: false, b: false }
  /** Which of their pings were answered. */
  const pongs: unknown[] = []
  const running: Record<string, { say: (message: object) => void; hangUp: () => void }> = {}
  const script =
    (name: Name): Script =>
    (message, say, hangUp) => {
      running[name] = { say, hangUp }
      const act: Script = ({ id, method, params }) => {
        if (method === undefined && String(id).startsWith('ping')) pongs.push(id)
        if (method !== 'tools/call') return
        const { n, how } = params.arguments as { n: number; how: How }
        const answer = () => say({ id, result: { content: [{ type: 'text', text: `${name} ${n}` }] } })
        const progress = () => say({ method: 'notifications/progress', params: { progressToken: params._meta?.progressToken ?? 'none', progress: n } })
        if (how === 'crash') return hangUp()
        if (how === 'error') return say({ id, error: { code: -32000, message: `${name} ${n}` } })
        if (how === 'held') return void held.push({ answer, progress })
        if (how === 'with progress') progress()
        answer()
        if (how === 'twice') answer()
        if (how === 'then progress') progress()
      }
      server(more[name] ? ['x', 'more'] : ['x'], act)(message, say, hangUp)
    }
  return { script, held, more, running, pongs }
}

async function play(front: Era, all: readonly (readonly [Step, boolean])[]): Promise<void> {
  const modern = front === 'modern'
  const eraMeta = modern ? META : {}
  const { script, held, more, running, pongs } = players()
  const { client, clock, journal, session, events, settings: first } = stage({ a: script('a'), b: script('b') }, { settings: { a: { concurrency: 2 } } })
  const backends = session.backends as SessionBackends
  let settings = first
  const asked: { id: number | string; n: number; backend: Name; cancelled?: 'surely' | 'perhaps' }[] = []
  const answersTo = (id: number | string) => client.messages.filter(message => message.id === id && message.method === undefined)
  let lists = 0
  let pings = 0
  const call = (backend: Name, how: How, text: boolean, token: boolean) => {
    const n = asked.length
    const id = text ? `${n}` : n
    asked.push({ id, n, backend })
    const _meta = token || modern ? { ...eraMeta, ...(token && { progressToken: n % 2 ? n : `t${n}` }) } : undefined
    client.say({ id, method: 'tools/call', params: { name: `${backend}__x`, arguments: { n, how }, _meta } })
  }
  const change = (to: typeof settings) => void session.reorder(backends.update((settings = to)))
  const act = (one: Step, wait: boolean): unknown => {
    switch (one.do) {
      case 'call':
        return call(one.backend, one.how, one.text, one.token)
      case 'cancel': {
        const target = asked[one.which % asked.length]
        if (!target || target.cancelled) return
        if (answersTo(target.id).length === 0) target.cancelled = calm && wait ? 'surely' : 'perhaps'
        return client.say({ method: 'notifications/cancelled', params: { requestId: target.id } })
      }
      case 'release':
        return held.length > 0 && held.splice(one.which % held.length, 1)[0]!.answer()
      case 'progress':
        return held[one.which % held.length]?.progress()
      case 'crash':
        return running[one.backend]?.hangUp()
      case 'restart':
        return void backends.get(one.backend)?.restart()
      case 'stop':
        return void backends.get(one.backend)?.stop()
      case 'ping': {
        const id = `ping${++pings}`
        running[one.backend]?.say({ id, method: 'ping' })
        return modern || client.say({ id, method: 'ping' })
      }
      case 'change':
        more[one.backend] = !more[one.backend]
        return running[one.backend]?.say({ method: 'notifications/tools/list_changed' })
      case 'update':
        return change(settings.map(each => (each.name === one.backend ? { ...each, timeoutMs: each.timeoutMs + 1, enabled: true } : each)))
      case 'disable':
        return change(settings.map(each => (each.name === one.backend ? { ...each, enabled: false } : each)))
      case 'list':
        return client.say({ id: `list${lists++}`, method: 'tools/list', params: { _meta: eraMeta } })
      case 'pass':
        return clock.pass(one.ms)
    }
  }
  let calm = true
  if (!modern) await client.greet()
  for (const [one, wait] of all) {
    const acted = act(one, wait)
    if (acted instanceof Promise) await acted
    calm = wait || one.do === 'pass'
    if (calm) await settled()
  }
  await clock.pass(400_000)

  // Each request has one answer, its own; none where it was cancelled.
  for (const { id, n, backend, cancelled } of asked) {
    const [answer, ...others] = answersTo(id)
    assert.deepEqual(others, [], `${id} was answered twice`)
    if (cancelled === 'surely') assert.equal(answer, undefined, `${id} was cancelled`)
    else if (!cancelled) assert.ok(answer, `${id} has no answer`)
    const said = answer?.error?.message ?? answer?.result?.content[0].text
    if (answer && !answer.result?.isError && answer.error?.code !== -32602) assert.equal(said, `${backend} ${n}`)
  }
  // Both sides' pings are answered, once; a backend's may be lost with it.
  assert.equal(new Set(pongs).size, pongs.length)
  for (let n = 1; n <= pings && !modern; n++) assert.equal(answersTo(`ping${n}`).length, 1)
  // Progress is told while the call is under way, and never after.
  const over = new Set<unknown>()
  for (const message of client.messages) {
    if (message.method === 'notifications/progress')
      assert.ok(!over.has(message.params.progressToken), `progress of ${message.params.progressToken} after its answer`)
    else if (message.method === undefined) for (const token of [Number(message.id), `t${message.id}`]) over.add(token)
  }
  // Every call that began is settled, once.
  const ids = (kind: 'open' | 'settle') => journal.lines.flatMap(line => (line.kind === kind ? [line.call.id] : []))
  assert.deepEqual(ids('settle').sort(), ids('open').sort())
  assert.equal(new Set(ids('open')).size, ids('open').length)
  // Nothing is left.
  assert.equal(session.inFlight, 0)
  assert.deepEqual(events.state().calls, {})
  for (const each of backends.all()) assert.deepEqual([each.status().inFlight, each.status().queued], [0, 0])

  // And everything works: both backends answer, and the list is what they offer.
  change(settings.map(each => ({ ...each, enabled: true })))
  for (const name of BACKENDS) void backends.get(name)!.start()
  await clock.pass(10_000)
  client.say({ id: 'last list', method: 'tools/list', params: { _meta: eraMeta } })
  await clock.pass(10_000)
  const seen = client.messages.length
  for (const name of BACKENDS) call(name, 'now', true, false)
  await clock.pass(60_000)
  for (const { id, n, backend } of asked.slice(-2)) assert.equal(client.answer(id)?.result?.content[0].text, `${backend} ${n}`)
  const offered = BACKENDS.flatMap(name => (more[name] ? [`${name}__x`, `${name}__more`] : [`${name}__x`]))
  const names = (id: string) => client.answer(id)!.result.tools.map((tool: { name: string }) => tool.name)
  const told = client.messages.slice(seen).some(message => message.method === 'notifications/tools/list_changed')
  // A modern client that listens to nothing hears of nothing.
  if (!told && !modern) assert.deepEqual(names('last list'), offered)
  client.say({ id: 'very last list', method: 'tools/list', params: { _meta: eraMeta } })
  await clock.pass(1000)
  assert.deepEqual(names('very last list'), offered)
}

describe('whatever happens at once', () => {
  for (const front of ERAS)
    test(
      `to a ${front} client: each request has one answer, its own; each call settles once; nothing is left; everything works afterwards`,
      {
        timeout: 300_000,
      },
      () =>
        fc.assert(
          fc.asyncProperty(steps, all => play(front, all)),
          { numRuns: Number(process.env['RUNS'] ?? 40) },
        ),
    )
})

// An answer for a session, on a clock that a test moves, with several processes on one store: it ends with its session, after ten minutes without use and
// after twelve hours, whoever tidies up, answers late or looks at the same instant.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Approver } from '../../src/gateway/approve.ts'
import { Attendance } from '../../src/gateway/attendance.ts'
import type { Decision } from '../../src/gateway/types.ts'
import { Seal } from '../../src/lib/seal.ts'
import { Stop } from '../../src/lib/signal.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { openStore } from '../../src/store/sqlite.ts'
import type { Store } from '../../src/store/store.ts'
import { VirtualClock } from '../fixtures/clock.ts'
import { MemoryJournal } from '../scenes/stage.ts'
import { aCall, folder, origin } from '../store/calls.ts'

const MINUTE = 60_000
const HOURS_12 = 12 * 60 * MINUTE
const PROCESSES = 3
const question: Decision & { kind: 'ask' } = { kind: 'ask', by: 'rule:r1', reason: 'why' }

/** One that was given: when, and when a call last used it. */
interface Given {
  readonly session: string
  readonly at: number
  usedAt: number
}

class Processes {
  readonly clock: VirtualClock
  readonly #stores: readonly Store[]
  readonly #approvers: readonly Approver[]
  readonly #turns: number[] = Array.from({ length: PROCESSES }, () => 1)
  #given: Given[] = []
  #calls = 0

  constructor(stores: readonly Store[], clock = new VirtualClock()) {
    this.clock = clock
    this.#stores = stores
    const seal = new Seal(Buffer.alloc(32, 7))
    this.#approvers = stores.map(
      store =>
        new Approver({
          approvals: async () => store.approvals,
          seal: async () => seal,
          configOf: async name => name,
          settings: () => ({ via: [], expireMs: 15 * MINUTE }),
          decide: () => question,
          take: () => ({ kind: 'allow', by: 'limits' }),
          holdMs: () => 5000,
          watch: () => () => {},
          auditRequired: true,
          emit: () => {},
          ...{ clock, journal: new MemoryJournal(), attendance: new Attendance() },
        }),
    )
  }

  session(process: number): string {
    return `p${process}.${this.#turns[process]}`
  }

  /** A call with arguments that no other has: only a remembered answer lets it through. */
  async call(process: number): Promise<void> {
    const session = this.session(process)
    const n = ++this.#calls
    const call = aCall(`c-${n}`, { startedAt: this.clock.now(), argumentsText: `{"n":${n}}`, arguments: { n }, origin: { ...origin, session } })
    const { decision } = await this.#approvers[process]!.ask(call, question, { stop: new Stop(), definition: () => '', patient: false })
    const now = this.clock.now()
    const mine = this.#given.filter(one => one.session === session)
    const holding = mine.filter(({ at, usedAt }) => now < at + HOURS_12 && now < usedAt + 10 * MINUTE)
    if (decision.kind === 'allow') assert.ok(holding.length > 0, `allowed by ${decision.by}, and nothing holds`)
    // A use is noted twice a minute at most.
    else assert.ok(!(mine.length === 1 && holding.some(({ usedAt }) => now < usedAt + 9 * MINUTE)), 'asked, though the answer holds')
    if (decision.kind === 'allow') for (const one of holding) one.usedAt = now
  }

  /** Somebody answers a question of that process in another one: also one of a session that is over. */
  async give(process: number, by: number): Promise<void> {
    const open = (await this.#stores[by]!.approvals.approvals()).find(one => !one.answer && one.session.startsWith(`p${process}.`))
    if (!open) return
    const replied = await this.#approvers[by]!.reply(open, {
      ...{ decision: 'allow', argumentsHash: open.argumentsHash, by: 'local:x', via: 'command' },
      remember: { span: 'session', pins: [] },
    })
    if (replied === 'won') this.#given.push({ session: open.session, at: this.clock.now(), usedAt: this.clock.now() })
  }

  /** The client goes, and another one comes. */
  async leave(process: number): Promise<void> {
    const session = this.session(process)
    this.#turns[process]!++
    await this.#approvers[process]!.leave(session)
    this.#given = this.#given.filter(one => one.session !== session)
  }

  async revoke(by: number): Promise<void> {
    const { approvals } = this.#stores[by]!
    for (const { id } of await approvals.answers(this.clock.now())) await approvals.revoke(id)
    this.#given = []
  }

  async tend(by: number): Promise<void> {
    await this.#stores[by]!.approvals.tend(this.clock.now())
  }
}

const process = fc.nat(PROCESSES - 1)
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ what: fc.constant('call' as const), process }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('give' as const), process, by: process }) },
  {
    weight: 5,
    arbitrary: fc.record({
      what: fc.constant('pass' as const),
      ms: fc.constantFrom(0, 1, 29_999, 30_000, 9 * MINUTE - 1, 10 * MINUTE - 1, 10 * MINUTE, 10 * MINUTE + 1, HOURS_12 - 1, HOURS_12),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('leave' as const), process }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('tend' as const), by: process }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('revoke' as const), by: process }) },
)

async function play(on: Processes, steps: readonly (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[]): Promise<void> {
  for (const one of steps) {
    if (one.what === 'call') await on.call(one.process)
    else if (one.what === 'give') await on.give(one.process, one.by)
    else if (one.what === 'pass') await on.clock.pass(one.ms)
    else if (one.what === 'leave') await on.leave(one.process)
    else if (one.what === 'tend') await on.tend(one.by)
    else await on.revoke(one.by)
  }
}

describe('an answer for a session', () => {
  test('holds as long as it should and no longer, in every order, in memory', async () => {
    const steps = fc.array(step, { minLength: 5, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(steps, async all => {
        const store = memoryStore()
        await play(new Processes(Array.from({ length: PROCESSES }, () => store)), all)
      }),
      { numRuns: 200 },
    )
  })

  test('and in one file', async t => {
    const steps = fc.array(step, { minLength: 5, maxLength: 30 })
    let runs = 0
    await fc.assert(
      fc.asyncProperty(steps, async all => {
        const path = join(folder(t), `${++runs}.db`)
        const stores = await Promise.all(Array.from({ length: PROCESSES }, () => openStore(path)))
        await play(new Processes(stores), all)
        for (const store of stores) await store.close()
      }),
      { numRuns: 15 },
    )
  })

  test('used all the time ends after twelve hours all the same', async () => {
    const store = memoryStore()
    const on = new Processes([store, store, store])
    await on.call(0)
    await on.give(0, 1)
    for (let passed = 0; passed < HOURS_12 - 5 * MINUTE; passed += 5 * MINUTE) {
      await on.clock.pass(5 * MINUTE)
      await on.call(0)
    }
    assert.equal((await store.approvals.answers(on.clock.now())).length, 1)
    await on.clock.pass(5 * MINUTE)
    await on.call(0)
    assert.equal((await store.approvals.answers(on.clock.now())).length, 0)
  })

  test('that is given when its session has just ended holds for nobody', async () => {
    const store = memoryStore()
    const on = new Processes([store, store, store])
    await on.call(0)
    await on.leave(0)
    await on.give(0, 1)
    await on.call(0)
    assert.equal((await store.approvals.approvals()).filter(one => !one.answer).length, 1, 'it was asked again')
    await on.clock.pass(10 * MINUTE)
    assert.deepEqual(await store.approvals.answers(on.clock.now()), [])
  })
})

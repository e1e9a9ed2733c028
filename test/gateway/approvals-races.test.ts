// Approvals under races: several processes on one store, every interleaving that fast-check finds, and failures at every step. Whatever happens, a yes
// lets one call through at most, nothing runs without one, and every call settles once.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Approval } from '../../src/gateway/approval.ts'
import type { Approvals } from '../../src/gateway/approvals.ts'
import { Approver } from '../../src/gateway/approve.ts'
import { Attendance } from '../../src/gateway/attendance.ts'
import { run, type Pipeline } from '../../src/gateway/call.ts'
import type { Answer, Call, Decision } from '../../src/gateway/types.ts'
import { Seal } from '../../src/lib/seal.ts'
import { Stop } from '../../src/lib/signal.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { Watch } from '../../src/store/watch.ts'
import { settled, VirtualClock } from '../fixtures/clock.ts'
import { MemoryJournal } from '../scenes/stage.ts'
import { aCall } from '../store/calls.ts'

const EXPIRE_MS = 10_000
const question: Decision = { kind: 'ask', by: 'rule:r1', reason: 'why' }
const ran: Answer = {
  kind: 'reply',
  era: 'legacy',
  reply: { error: false, value: {}, wire: '{}', body: { start: 0, end: 2 }, id: { start: 0, end: 0 }, to: '1' },
}

/** Does something with each operation of a store before it is done: lets others go first, or fails. */
const through = (approvals: Approvals, around: (name: string, act: () => unknown) => unknown): Approvals =>
  new Proxy(approvals, {
    get(target, name: keyof Approvals) {
      const act = target[name] as ((...given: unknown[]) => unknown) | undefined
      // A promise asks what it is given whether it is one.
      return act && ((...given: unknown[]) => around(name, () => act.apply(target, given)))
    },
  })

class World {
  readonly clock = new VirtualClock()
  readonly store = memoryStore()
  readonly seal = new Seal(Buffer.alloc(32, 7))
  /** Which approvals let a call through, and whether it ran. */
  readonly executed: string[] = []
  won = 0
  #calls = 0

  process(around: (name: string, act: () => unknown) => unknown, { attended = false } = {}) {
    const { clock, store, seal } = this
    const journal = new MemoryJournal()
    const attendance = new Attendance()
    if (attended) attendance.enter()
    const watch = new Watch(async () => store, clock)
    const approver = new Approver({
      approvals: async () => through(store.approvals, around),
      seal: async () => seal,
      configOf: async name => name,
      settings: () => ({ via: ['window'], expireMs: EXPIRE_MS }),
      decide: () => question,
      take: () => ({ kind: 'allow', by: 'limits' }),
      holdMs: () => 5000,
      watch: act => watch.follow(act, true),
      auditRequired: true,
      emit: () => {},
      ...{ clock, journal, attendance },
    })
    const pipeline: Pipeline = {
      policies: [() => question],
      approve: (...given) => approver.ask(...given),
      journal,
      auditRequired: true,
      clock,
      emit: () => {},
    }
    const call = (more: Partial<Call> = {}, crashes = false): Promise<Answer> => {
      const one = aCall(`c-${++this.#calls}`, { startedAt: clock.now(), ...more })
      const forward = async (): Promise<Answer> => {
        const opened = journal.lines.find(line => line.kind === 'open' && line.call === one)
        assert.ok(opened, 'recorded before forwarded')
        if (crashes) throw new Error('crashed')
        this.executed.push(opened.decision.by)
        return ran
      }
      return run(pipeline, one, { forward, caller: () => ({ stop: new Stop(), definition: () => '', patient: false }) })
    }
    const answer = async (decision: 'allow' | 'deny'): Promise<void> => {
      const open = (await store.approvals.approvals()).find(one => !one.answer)
      if (!open) return
      const replied = await approver.reply(open, { decision, argumentsHash: open.argumentsHash, by: 'local:x', via: 'window' }).catch(() => 'failed')
      if (replied === 'won' && decision === 'allow') this.won++
    }
    return { journal, call, answer }
  }

  /** What must be, whatever has happened. A yes whose giver was told nothing may be one all the same. */
  holds(): void {
    const all = this.store.approvals.approvals() as readonly Approval[]
    const yes = all.filter(one => one.answer?.decision === 'allow')
    assert.ok(this.won <= yes.length)
    assert.equal(new Set(this.executed).size, this.executed.length, 'a yes was used twice')
    for (const by of this.executed)
      assert.ok(
        yes.some(one => `approval:${one.id}` === by && one.used),
        `${by} was no yes`,
      )
  }
}

const settledOnce = ({ lines }: MemoryJournal): void => {
  const ids = lines.flatMap(line => (line.kind === 'settle' ? [line.call.id] : []))
  assert.equal(new Set(ids).size, ids.length)
}

describe('several processes on one store', () => {
  const act = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        what: fc.constant('call' as const),
        process: fc.nat(2),
        crashes: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ what: fc.constantFrom('allow' as const, 'allow' as const, 'deny' as const), process: fc.nat(2) }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('time' as const), process: fc.nat(2), ms: fc.constantFrom(1, 1000, EXPIRE_MS - 1, EXPIRE_MS) }) },
  )
  /** What is done at once, one round after the other. */
  const rounds = fc.array(fc.array(act, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 5 })
  const failure = fc.oneof({ weight: 9, arbitrary: fc.constant('none') }, { weight: 1, arbitrary: fc.constantFrom('before', 'after') })
  const failures = fc.oneof(fc.constant(undefined), fc.infiniteStream(failure))

  for (const attended of [false, true])
    test(`${attended ? 'held' : 'pending'}: in every order, with whatever fails, a yes is used once and nothing runs without one`, async () => {
      let [executed, refused] = [0, 0]
      await fc.assert(
        fc.asyncProperty(fc.scheduler(), rounds, failures, async (s, all, fails) => {
          const world = new World()
          const around = async (name: string, work: () => unknown): Promise<unknown> => {
            await s.schedule(Promise.resolve(), name)
            const fail = fails?.next().value
            if (fail === 'before') throw Object.assign(new Error('busy'), { busy: true })
            const result = await work()
            if (fail === 'after') throw new Error('the connection is lost')
            return result
          }
          const processes = [0, 1, 2].map(() => world.process(around, { attended }))
          const idle = async () => {
            for (let turn = 0; turn < 3; turn++) {
              while (s.count() > 0) await s.waitOne()
              await settled(2)
            }
          }
          const under: Promise<unknown>[] = []
          for (const round of all) {
            for (const one of round) {
              const { call, answer } = processes[one.process]!
              if (one.what === 'call') under.push(call({}, one.crashes))
              else if (one.what === 'time') under.push(s.schedule(Promise.resolve(), 'time').then(() => world.clock.pass(one.ms)))
              else under.push(answer(one.what))
            }
            await idle()
          }
          let over = false
          void Promise.all(under).then(() => (over = true))
          for (let turn = 0; !over; turn++) {
            assert.ok(turn < 100, 'a call that does not end')
            await idle()
            await world.clock.pass(1000)
          }
          world.holds()
          for (const { journal } of processes) settledOnce(journal)
          executed += world.executed.length
          refused += under.length - world.executed.length
        }),
        { numRuns: 100 },
      )
      assert.ok(executed > 10 && refused > 10, `${executed} ran, ${refused} did not`)
    })

  test('two who answer at once: one of them has, and the call does what that one said', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.boolean(), async (s, first) => {
        const world = new World()
        const around = async (name: string, work: () => unknown) => {
          await s.schedule(Promise.resolve(), name)
          return work()
        }
        const [one, two] = [world.process((_, work) => work()), world.process(around)]
        await one.call()
        const answers = [two.answer(first ? 'allow' : 'deny'), two.answer(first ? 'deny' : 'allow')]
        await s.waitIdle()
        await Promise.all(answers)
        await one.call()
        const [{ answer }] = world.store.approvals.approvals() as [Approval]
        assert.equal(world.executed.length, answer!.decision === 'allow' ? 1 : 0)
        world.holds()
      }),
    )
  })
})

describe('the n-th operation fails', () => {
  /** A question, an answer and the call again, twice: as a person and a client do. */
  async function story(world: World, around: (name: string, work: () => unknown) => unknown, broken: MemoryJournal['broken']) {
    const process = world.process(around)
    process.journal.broken = broken
    await process.call()
    await process.answer('allow')
    await process.call()
    await process.call()
    return process
  }

  for (const when of ['before it is done', 'after it is done'] as const)
    test(`of the store, ${when}: for every n nothing runs twice, and nothing without a yes`, async () => {
      let count = 0
      await story(
        new World(),
        (_, work) => (count++, work()),
        () => false,
      )
      assert.ok(count > 8, String(count))
      for (let n = 0; n < count; n++) {
        const world = new World()
        let at = 0
        const around = (_: string, work: () => unknown): unknown => {
          if (at++ !== n) return work()
          if (when === 'after it is done') work()
          throw Object.assign(new Error('broken'), { busy: n % 2 === 0 })
        }
        const { journal } = await story(world, around, () => false)
        world.holds()
        settledOnce(journal)
        assert.ok(world.executed.length <= 1, `n = ${n}`)
        assert.equal(journal.outcomes.length, 3, 'every call is settled')
      }
    })

  test('of the journal: for every n nothing runs that is not on record, and no answer counts that is not', async () => {
    let count = 0
    await story(
      new World(),
      (_, work) => work(),
      () => (count++, false),
    )
    for (let n = 0; n < count; n++) {
      const world = new World()
      let at = 0
      const { journal } = await story(
        world,
        (_, work) => work(),
        () => at++ === n,
      )
      world.holds()
      for (const one of world.store.approvals.approvals() as readonly Approval[])
        if (one.answer) assert.ok(journal.notes.some(({ kind, detail }) => kind === 'approvals.answered' && detail['approval'] === one.id))
      const opened = journal.lines.flatMap(line => (line.kind === 'open' ? [line.decision.by] : []))
      for (const by of world.executed) assert.ok(opened.includes(by))
      assert.ok(world.executed.length <= 1)
    }
  })
})

test('a process that dies between its yes and its backend: nobody knows, and the same call asks anew and says so', async () => {
  const world = new World()
  const { call, answer } = world.process((_, work) => work())
  await call()
  await answer('allow')
  // It dies as soon as it has used the yes: nothing of it comes back.
  const dies = world.process((name, work) => (name === 'use' ? (work(), new Promise(() => {})) : work()))
  void dies.call()
  await settled()
  await world.clock.pass(1)
  const after = world.process((_, work) => work())
  const answered = await after.call()
  assert.equal(answered.kind === 'failure' && answered.fault.code, 'approval_pending')
  const [open, used] = world.store.approvals.approvals() as [Approval, Approval]
  assert.equal(open.earlier, used.id)
  assert.equal(used.used!.settledAt, undefined)
  assert.deepEqual(world.executed, [])
})

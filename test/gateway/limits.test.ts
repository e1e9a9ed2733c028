// Limits on a clock that a test moves: whatever happens, whoever asks, in whichever process, a budget in calls is never exceeded.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { limitOf, type RawLimit } from '../../src/config/limits.ts'
import { standing } from '../../src/gateway/budgets.ts'
import { run } from '../../src/gateway/call.ts'
import { offered } from '../../src/gateway/decide.ts'
import { Limits, type Limit, type Purse } from '../../src/gateway/limits.ts'
import type { Answer, Call, Policy, Principal, Rate } from '../../src/gateway/types.ts'
import { VirtualClock } from '../fixtures/clock.ts'
import type { Clock } from '../../src/lib/clock.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { Stop } from '../../src/lib/signal.ts'
import { MemoryJournal } from '../scenes/stage.ts'

const limit = (scope: string, rate: string, burst?: number): Limit => limitOf({ scope, rate, burst } as RawLimit) as Limit

let made = 0
const aCall = (target: string, client = 'cursor', id?: string): Call => ({
  id: `c${++made}`,
  origin: {
    principal: { id: 'local', kind: 'local', org: 'default', roles: [], scopes: [] },
    client: { name: client, version: '1', ...(id !== undefined && { id }) },
    era: 'legacy',
    revision: '2025-11-25',
    capabilities: {},
    session: 's',
  },
  method: 'tools/call',
  backend: target.split('__')[0]!,
  target,
  name: target.split('__')[1] ?? '',
  arguments: {},
  argumentsText: '{}',
  startedAt: 0,
})

const clockOf = (now: () => number, real = now): Clock => ({ now, tick: real, after: () => ({ cancel() {} }) })

/** A process: its own limits, over a store that it may share. `forward` stands for the backend. */
function gateway(purse: Purse, limits: readonly Limit[], now: () => number, policies: readonly Policy[] = [], real = now) {
  const own = new Limits(async () => purse, clockOf(now, real))
  own.use(limits)
  const journal = new MemoryJournal()
  const clock = new VirtualClock()
  const pipeline = { policies: [offered, ...policies], take: own.take, charge: own.charge, journal, auditRequired: true, clock, emit: () => {} }
  return {
    own,
    journal,
    call: (call: Call, forward: () => Promise<Answer> = async () => replied(8)) =>
      run(pipeline, call, { forward, caller: () => ({ stop: new Stop(), definition: () => '', patient: false }) }),
  }
}

const replied = (bytes: number): Answer =>
  ({ kind: 'reply', era: 'legacy', reply: { error: false, value: {}, wire: 'x'.repeat(bytes), body: { start: 0, end: bytes } } }) as unknown as Answer

const faultOf = (answer: Answer) => (answer.kind === 'failure' ? answer.fault : undefined)

describe('which budgets a call takes from', () => {
  const limits = new Limits(
    async () => memoryStore(),
    clockOf(() => 0),
  )
  limits.use(['all', 'client', 'client:cursor', 'backend:a', 'tool:a__get_*'].map(scope => limit(scope, '9/1m')))
  const keys = (call: Call) => limits.budgets(call).map(({ key, taker }) => [key.split(' ')[0], taker].filter(Boolean).join(' of '))

  test('are those of the scopes that it is in', () => {
    assert.deepEqual(keys(aCall('a__get_x')), ['all', 'client of cursor', 'client:cursor', 'backend:a', 'tool:a__get_*'])
    assert.deepEqual(keys(aCall('b__get_x', 'claude')), ['all', 'client of claude'])
    assert.deepEqual(keys(aCall('a__put', 'Cursor 1.2', 'cursor')), ['all', 'client of cursor', 'client:cursor', 'backend:a'])
  })

  test('do not depend on how a URI is written', () => {
    limits.use([limit('tool:file:///data/*', '9/1m')])
    for (const uri of ['file:///data/x', 'file:///tmp/../data/x', 'file:///./data/x', 'mcpgw+files:file:///data/x'])
      assert.deepEqual(keys(aCall(uri)), ['tool:file:///data/*'], uri)
    assert.deepEqual(keys(aCall('file:///tmp/x')), [])
  })
})

describe('a key', () => {
  const by = (name: string, limit?: Rate, target = 'a__x', client = 'cursor'): Call => {
    const call = aCall(target, client)
    const principal: Principal = { id: name, kind: 'key', org: 'default', roles: [], scopes: [], ...(limit && { limit }) }
    return { ...call, origin: { ...call.origin, principal } }
  }
  const two: Rate = { unit: 'calls', amount: 2, periodMs: 60_000 }

  test('is limited by what is said of keys, and who has none is not', () => {
    const limits = new Limits(
      async () => memoryStore(),
      clockOf(() => 0),
    )
    limits.use(['key', 'key:ci', 'client'].map(scope => limit(scope, '9/1m')))
    const keys = (call: Call) => limits.budgets(call).map(({ key, taker }) => [key.split(' ')[0], taker].filter(Boolean).join(' of '))
    assert.deepEqual(keys(by('ci')), ['key of ci', 'key:ci', 'client of cursor'])
    assert.deepEqual(keys(by('cd', two)), ['key of cd', 'client of cursor', 'own of cd'])
    assert.deepEqual(keys(aCall('a__x', 'ci')), ['client of ci'])
  })

  test('has its own budget, in every process, whatever its clients are called', async () => {
    const store = memoryStore()
    const [one, other] = [gateway(store, [limit('key', '2/1m')], () => 0), gateway(store, [limit('key', '2/1m')], () => 0)]
    assert.equal((await one.call(by('ci'))).kind, 'reply')
    assert.equal((await other.call(by('ci', undefined, 'b__x', 'claude'))).kind, 'reply')
    const fault = faultOf(await one.call(by('ci', undefined, 'c__x', 'zed')))!
    assert.match(fault.message, /each key may have 2 calls in 1m, and that is spent/)
    assert.equal((await one.call(by('cd'))).kind, 'reply')
    for (let n = 0; n < 3; n++) assert.equal((await one.call(aCall('a__x'))).kind, 'reply')
  })

  test('carries its own limit, also where the settings have none; other keys and who has none are free of it', async () => {
    const store = memoryStore()
    const [one, other] = [gateway(store, [], () => 0), gateway(store, [], () => 0)]
    assert.equal((await one.call(by('ci', two))).kind, 'reply')
    assert.equal((await other.call(by('ci', two, 'b__x'))).kind, 'reply')
    const answer = await other.call(by('ci', two))
    assert.match(faultOf(answer)!.message, /the key "ci" may have 2 calls in 1m, and that is spent/)
    assert.ok(faultOf(answer)!.retryAfterMs)
    assert.equal((await one.call(by('cd', two))).kind, 'reply')
    assert.equal((await one.call(by('free'))).kind, 'reply')
    assert.equal((await one.call(aCall('a__x'))).kind, 'reply')
  })

  test('pays for what its results cost, where its limit is in tokens', async () => {
    const store = memoryStore()
    const tokens: Rate = { unit: 'tokens', amount: 10, periodMs: 60_000 }
    const { call } = gateway(store, [], () => 0)
    assert.equal((await call(by('ci', tokens), async () => replied(400))).kind, 'reply')
    assert.equal(faultOf(await call(by('ci', tokens)))?.code, 'rate_limited')
  })

  test('does not spend what the settings give to keys by its own limit, nor the other way', async () => {
    const store = memoryStore()
    const { call } = gateway(store, [limit('key', '3/1m')], () => 0)
    for (let n = 0; n < 2; n++) assert.equal((await call(by('ci', two))).kind, 'reply')
    assert.match(faultOf(await call(by('ci', two)))!.message, /the key "ci"/)
    const spent = (await store.budgets()).map(({ key, taker }) => `${key} of ${taker}`)
    assert.deepEqual(spent.sort(), ['key calls/1m of ci', 'own calls/1m of ci'])
  })
})

describe('a call over a limit', () => {
  test('is refused with which limit, how much, and when to come back', async () => {
    let now = 0
    const { call, journal } = gateway(memoryStore(), [limit('backend:a', '2/1m')], () => now)
    for (let n = 0; n < 2; n++) assert.equal((await call(aCall('a__x'))).kind, 'reply')
    now = 30_000
    const fault = faultOf(await call(aCall('a__x')))!
    assert.equal(fault.code, 'rate_limited')
    assert.equal(fault.retryAfterMs, 31_000)
    assert.match(fault.message, /the backend "a" may have 2 calls in 1m, and that is spent.*Repeat it in 31s, not sooner/)
    assert.equal((await call(aCall('b__x'))).kind, 'reply')
    const [, , , , opened] = journal.lines
    assert.equal(opened!.decision.by, `limit:${limit('backend:a', '2/1m').id}`)
    now = 61_000
    assert.equal((await call(aCall('a__x'))).kind, 'reply')
  })

  test('takes nothing where a rule denies it, or nobody offers it', async () => {
    const store = memoryStore()
    const no: Policy = () => ({ kind: 'deny', by: 'rule', reason: 'no', code: 'denied' })
    const denied = gateway(store, [limit('all', '1/1m')], () => 0, [no])
    assert.equal(faultOf(await denied.call(aCall('a__x')))!.code, 'denied')
    const unknown = gateway(store, [limit('all', '1/1m')], () => 0)
    assert.equal(faultOf(await unknown.call({ ...aCall('a__x'), backend: '' }))!.code, 'unknown_tool')
    assert.equal((await unknown.call(aCall('a__x'))).kind, 'reply')
  })

  test('without a limit makes no trip to the store', async () => {
    const limits = new Limits(
      async () => assert.fail('the store was opened'),
      clockOf(() => 0),
    )
    limits.use([limit('backend:b', '1/1m'), limit('backend:b', '9 tokens/1m')])
    assert.equal((await limits.take(aCall('a__x'))).kind, 'allow')
    await limits.charge(aCall('a__x'), 1000)
  })

  test('follows new settings, and goes on counting', async () => {
    const { own, call } = gateway(memoryStore(), [limit('all', '1/1m')], () => 0)
    assert.equal((await call(aCall('a__x'))).kind, 'reply')
    assert.equal(faultOf(await call(aCall('a__x')))!.code, 'rate_limited')
    own.use([limit('all', '2/1m')])
    assert.equal((await call(aCall('a__x'))).kind, 'reply')
    assert.equal(faultOf(await call(aCall('a__x')))!.code, 'rate_limited')
    own.use([])
    assert.equal((await call(aCall('a__x'))).kind, 'reply')
  })

  test('in tokens is the one after that which spent them', async () => {
    const { call } = gateway(memoryStore(), [limit('client', '100 tokens/1m')], () => 0)
    assert.equal((await call(aCall('a__x'), async () => replied(396))).kind, 'reply')
    assert.equal((await call(aCall('a__x'), async () => replied(4000))).kind, 'reply')
    assert.equal(faultOf(await call(aCall('a__x')))!.code, 'rate_limited')
    assert.equal((await call(aCall('a__x', 'claude'))).kind, 'reply', 'another client has its own')
  })
})

/** A store whose n-th operation fails: before it has done anything, or after. */
function failing(purse: Purse, n: number, acts: boolean, busy: boolean): Purse {
  let operations = 0
  const guarded = <T>(act: () => T): T => {
    if (operations++ !== n) return act()
    if (acts) act()
    throw Object.assign(new Error('broken'), { busy })
  }
  return {
    take: (...of) => guarded(() => purse.take(...of)),
    charge: (...of) => guarded(() => purse.charge(...of)),
    giveBack: (...of) => guarded(() => purse.giveBack(...of)),
  }
}

describe('a store that fails', () => {
  for (const acts of [false, true])
    for (const busy of [false, true])
      test(`at whichever operation${acts ? ', after it has acted' : ''}${busy ? ', busy' : ''}: the call is refused, nothing is forwarded, no limit is exceeded`, async () => {
        for (let n = 0; n < 12; n++) {
          const purse = failing(memoryStore(), n, acts, busy)
          const { call, journal } = gateway(purse, [limit('all', '4/1m'), limit('all', '100 tokens/1m')], () => 0)
          let forwarded = 0
          for (let turn = 0; turn < 8; turn++) {
            const before = forwarded
            const answer = await call(aCall('a__x'), async () => (forwarded++, replied(60)))
            const fault = faultOf(answer)
            if (!fault) continue
            assert.ok(['store_busy', 'rate_limited'].includes(fault.code), fault.code)
            assert.ok(fault.retryAfterMs! > 0)
            assert.equal(forwarded, before)
          }
          assert.ok(forwarded <= 4 && forwarded >= 3, `${n}: ${forwarded}`)
          assert.equal(journal.outcomes.length, 8)
        }
      })

  test('when a result is to be charged: the answer goes out, and the debt is paid before the next call', async () => {
    const store = memoryStore()
    const purse = failing(store, 1, false, true)
    const { call } = gateway(purse, [limit('all', '10 tokens/1m')], () => 0)
    assert.equal((await call(aCall('a__x'), async () => replied(400))).kind, 'reply')
    assert.equal((await store.budgets()).length, 0)
    assert.equal(faultOf(await call(aCall('a__x')))!.code, 'rate_limited')
  })

  test('when it is opened: no', async () => {
    const limits = new Limits(
      async () => Promise.reject(new Error('no disk')),
      clockOf(() => 0),
    )
    limits.use([limit('all', '1/1m')])
    const decision = await limits.take(aCall('a__x'))
    assert.ok(decision.kind === 'deny' && decision.code === 'store_busy' && /no disk.*mcpgw doctor/.test(decision.reason))
  })
})

describe('what was taken ahead', () => {
  /** Two calls right after the other, and how much is left when nobody uses the rest; the first `fails` times nothing can be given back. */
  async function leftAfter(fails: number, busy: boolean, waitMs: number, scope: Limit): Promise<number> {
    const clock = new VirtualClock()
    const store = memoryStore()
    const purse: Purse = {
      take: (...of) => store.take(...of),
      charge: (...of) => store.charge(...of),
      giveBack(...of) {
        if (fails-- > 0) throw Object.assign(new Error('not now'), { busy })
        return store.giveBack(...of)
      },
    }
    const limits = new Limits(async () => purse, clock)
    limits.use([scope])
    const call = aCall('a__x')
    for (let n = 0; n < 2; n++) assert.equal((await limits.take(call)).kind, 'allow')
    const [budget] = limits.budgets(call)
    await clock.pass(waitMs)
    return standing(budget!, (await store.budgets())[0]!.spent, clock.now()).left
  }
  const window = limit('all', '320/1h')

  test('goes back when nobody has used it, and a moment later where the store was busy', async () => {
    assert.equal(await leftAfter(0, true, 100, window), 318)
    assert.equal(await leftAfter(1, true, 100, window), 311)
    assert.equal(await leftAfter(1, true, 1500, window), 318)
  })

  test('is not given back twice: not where it may have been given back, not without end, and to a bucket not late', async () => {
    assert.equal(await leftAfter(1, false, 1500, window), 311)
    assert.equal(await leftAfter(2, true, 60_000, window), 311)
    const bucket = limit('all', '320/1h', 320)
    assert.equal(await leftAfter(0, true, 1500, bucket), 318)
    assert.equal(await leftAfter(1, true, 1500, bucket), 311)
  })
})

describe('whatever happens', () => {
  const processes = 3
  const seldom = <T>(usual: T, other: fc.Arbitrary<T>) => fc.oneof({ weight: 40, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other })
  const step = fc.record({
    process: fc.nat(processes - 1),
    client: fc.constantFrom('a', 'b', 'c'),
    tool: fc.constantFrom('x__one', 'x__two', 'y__one'),
    afterMs: fc.oneof(fc.constant(0), fc.nat(900), fc.nat(20_000), fc.nat(150_000), fc.constantFrom(6999, 59_999, 89_999, 3_599_999)),
    /** So many calls, one right after the other. */
    times: fc.oneof(fc.constant(1), fc.constant(1), fc.integer({ min: 2, max: 60 })),
    /** Killed between taking and forwarding: the call is never made. */
    dies: seldom(false, fc.constant(true)),
    /** The store fails, before or after it has acted. */
    fails: seldom('no', fc.constantFrom('before', 'after')),
    /** The clock is set back. */
    backMs: seldom(0, fc.constantFrom(1, 500, 7000, 50_000, 1e9)),
  })
  const rate = fc.tuple(
    fc.oneof(fc.constantFrom(1, 2), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 60, max: 300 })),
    fc.constantFrom('7s', '1m', '90s', '1h'),
    fc.oneof(fc.constant(undefined), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 60, max: 300 })),
  )

  test('no budget in calls is exceeded, by several processes, with crashes, a failing store and a clock that is set back', async () => {
    let ahead = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('all', 'client', 'backend:x', 'tool:*one'), rate), { minLength: 1, maxLength: 4 }),
        fc.array(step, { maxLength: 120, size: 'max' }),
        async (rates, steps) => {
          const limits = [
            ...new Map(rates.map(([scope, [amount, time, burst]]) => limit(scope, `${amount}/${time}`, burst)).map(one => [one.id, one])).values(),
          ]
          const store = memoryStore()
          let [now, back, fails, failed] = [1e12, 0, 'no', false]
          const purse: Purse = {
            take: (...of) => {
              failed = fails !== 'no'
              if (fails === 'before') throw new Error('broken')
              const taken = store.take(...of)
              if (fails === 'after') throw new Error('broken')
              if (!(taken instanceof Promise) && taken.kind === 'taken' && taken.many > 1) ahead++
              return taken
            },
            charge: (...of) => store.charge(...of),
            giveBack: (...of) => store.giveBack(...of),
          }
          const gateways = Array.from({ length: processes }, () =>
            gateway(
              purse,
              limits,
              () => now - back,
              [],
              () => now,
            ),
          )
          const forwarded: { readonly at: number; readonly call: Call }[] = []
          for (const one of steps) {
            now += one.afterMs
            back += one.backMs
            fails = one.fails
            for (let time = 0; time < one.times; time++) {
              now += time % 3 === 1 ? 1 : 0
              const call = aCall(one.tool, one.client)
              const before = forwarded.length
              failed = false
              const answer = await gateways[one.process]!.call(call, async () => {
                if (!one.dies) forwarded.push({ at: now, call })
                return replied(4)
              })
              if (failed || answer.kind === 'failure') assert.equal(forwarded.length, before)
            }
          }
          for (const one of limits) for (const mine of groups(one, forwarded)) within(one, mine)
        },
      ),
      { numRuns: 300 },
    )
    assert.ok(ahead > 100, 'calls were taken ahead')
  })

  test('what is taken ahead is not one call more, at the end of a slot, at the brim of a bucket, given back in time or late', async () => {
    const quick = fc.record({
      process: fc.nat(1),
      tool: fc.constantFrom('x__one', 'x__two'),
      afterMs: fc.oneof(fc.constant(0), fc.nat(12)),
      times: fc.integer({ min: 1, max: 40 }),
    })
    const much = fc.integer({ min: 64, max: 400 })
    await fc.assert(
      fc.asyncProperty(much, fc.option(much, { nil: undefined, freq: 2 }), fc.array(quick, { maxLength: 60, size: 'max' }), async (amount, burst, steps) => {
        const one = limit('all', `${amount}/1s`, burst)
        const store = memoryStore()
        let now = 1e12
        const gateways = Array.from({ length: 2 }, () => gateway(store, [one], () => now).own)
        const granted: number[] = []
        for (const { process, tool, afterMs, times } of steps) {
          now += afterMs
          for (let time = 0; time < times; time++) {
            now += time % 10 === 9 ? 1 : 0
            if ((await gateways[process]!.take(aCall(tool))).kind === 'allow') granted.push(now)
          }
        }
        within(one, granted)
      }),
      { numRuns: 400 },
    )
  })

  test('a client that is alone and comes back when it was told to is never refused twice, and never told to wait longer than it must', async () => {
    await fc.assert(
      fc.asyncProperty(rate, fc.array(fc.nat(30_000), { minLength: 1, maxLength: 60, size: 'max' }), async ([amount, time, burst], pauses) => {
        const one = limit('all', `${amount}/${time}`, burst)
        let now = 1_000_000_007
        const { own } = gateway(memoryStore(), [one], () => now)
        const granted: number[] = []
        for (const pause of pauses) {
          now += pause
          let decision = await own.take(aCall('x__one'))
          if (decision.kind === 'deny') {
            // One slot of a window at most, and a millisecond of rounding, is what it may wait in vain.
            const slack = burst === undefined ? one.periodMs / 60 : 0
            const wait = decision.retryAfterMs!
            assert.ok(wait <= neededMs(one, granted, now) + slack + 1, `${wait} > ${neededMs(one, granted, now)}`)
            now += wait
            decision = await own.take(aCall('x__one'))
          }
          assert.equal(decision.kind, 'allow')
          granted.push(now)
        }
      }),
      { numRuns: 300 },
    )
  })
})

function groups({ about, scope }: Limit, all: readonly { readonly at: number; readonly call: Call }[]): number[][] {
  const of = (is: (call: Call) => boolean) => all.filter(({ call }) => is(call)).map(({ at }) => at)
  if (scope === 'client') return ['a', 'b', 'c'].map(client => of(call => call.origin.client.name === client))
  if (about.kind === 'backend') return [of(call => call.backend === 'x')]
  return [of(call => about.kind === 'all' || call.target.endsWith('one'))]
}

/** Counted by hand: in no stretch of the period are there more, or for a bucket more than its burst and what has flowed in. */
function within({ amount, periodMs, burst }: Limit, at: readonly number[]): void {
  if (burst === undefined) {
    for (const [index, first] of at.entries()) assert.ok((at[index + amount] ?? Infinity) - first >= periodMs, `more than ${amount} in ${periodMs} ms`)
    return
  }
  let [level, last] = [burst * periodMs, 0]
  for (const one of at) {
    level = Math.min(burst * periodMs, level + (one - last) * amount) - periodMs
    last = one
    assert.ok(level >= 0, `${-level / periodMs} more than flowed in`)
  }
}

/** How long a call must wait, by the letter. */
function neededMs({ amount, periodMs, burst }: Limit, granted: readonly number[], now: number): number {
  if (burst === undefined) return Math.max(0, (granted.at(-amount) ?? -Infinity) + periodMs - now)
  let [level, last] = [burst, granted[0] ?? now]
  for (const at of granted) {
    level = Math.min(burst, level + ((at - last) * amount) / periodMs) - 1
    last = at
  }
  return Math.max(0, ((1 - level) * periodMs) / amount - (now - last))
}

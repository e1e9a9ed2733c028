// What every store promises of budgets, whatever it is made of, to however many processes.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { standing, type Budget } from '../../src/gateway/budgets.ts'
import type { Store } from '../../src/store/store.ts'

type Context = { after(act: () => void): void }

const MINUTE = 60_000
/** In the middle of a slot. */
const START = 1_700_000_000_000 - (1_700_000_000_000 % MINUTE) + 500

export const window = (amount: number, more: Partial<Budget> = {}): Budget => ({ key: 'w', taker: '', unit: 'calls', amount, periodMs: MINUTE, ...more })
export const bucket = (amount: number, burst: number, more: Partial<Budget> = {}): Budget => ({ ...window(amount), key: 'b', burst, ...more })
const tokens = (amount: number, more: Partial<Budget> = {}): Budget => ({ ...window(amount), key: 't', unit: 'tokens', ...more })

/** `open` gives so many stores over one and the same data, as so many processes have them. */
export function budgetsContract(name: string, open: (t: Context, many: number) => Promise<readonly Store[]>): void {
  const one = async (t: Context): Promise<Store> => (await open(t, 1))[0]!
  const grants = async (store: Store, budgets: readonly Budget[], at: number, who = 'a'): Promise<boolean> =>
    (await store.take(budgets, who, at)).kind === 'taken'
  const retryAfter = async (store: Store, budgets: readonly Budget[], at: number, who = 'a'): Promise<number> => {
    const taken = await store.take(budgets, who, at)
    assert.equal(taken.kind, 'spent')
    return taken.kind === 'spent' ? taken.retryAfterMs : 0
  }

  describe(`budgets: ${name}`, () => {
    test('the last call goes to one taker', async t => {
      const [a, b] = await open(t, 2)
      const budgets = [window(1)]
      const taken = await Promise.all([a!.take(budgets, 'a', START), b!.take(budgets, 'b', START)])
      assert.deepEqual(taken.map(({ kind }) => kind).sort(), ['spent', 'taken'])
    })

    test('a call takes from all of its budgets, or from none', async t => {
      const store = await one(t)
      const [wide, narrow] = [window(10, { key: 'wide' }), window(1, { key: 'narrow' })]
      assert.ok(await grants(store, [wide, narrow], START))
      for (let turn = 0; turn < 5; turn++) assert.ok(!(await grants(store, [wide, narrow], START)))
      for (let turn = 0; turn < 9; turn++) assert.ok(await grants(store, [wide], START), `${turn}: what was refused took nothing`)
      assert.ok(!(await grants(store, [wide], START)))
    })

    test('of several that refuse, the one that takes longest says when to come back', async t => {
      const store = await one(t)
      const both = [window(1), window(1, { key: 'd', periodMs: 60 * MINUTE })]
      await store.take(both, 'a', START)
      const taken = await store.take(both, 'a', START + 1000)
      assert.ok(taken.kind === 'spent' && taken.budget.key === 'd' && taken.retryAfterMs > 59 * MINUTE)
    })

    test('in a sliding window a place is free again a period later, or one slot after that', async t => {
      const store = await one(t)
      for (let n = 0; n < 3; n++) assert.ok(await grants(store, [window(3)], START + n * 10_000))
      const wait = await retryAfter(store, [window(3)], START + 30_000)
      assert.ok(wait >= 30_000 && wait <= 31_000, `${wait}`)
      assert.ok(!(await grants(store, [window(3)], START + 30_000 + wait - 1)))
      assert.ok(await grants(store, [window(3)], START + 30_000 + wait))
      assert.ok(!(await grants(store, [window(3)], START + 30_000 + wait)))
    })

    test('a bucket gives its burst at once, then what flows in', async t => {
      const store = await one(t)
      const wanted = [bucket(60, 10)]
      for (let n = 0; n < 10; n++) assert.ok(await grants(store, wanted, START))
      assert.equal(await retryAfter(store, wanted, START), 1000)
      assert.ok(!(await grants(store, wanted, START + 999)))
      assert.ok(await grants(store, wanted, START + 1000))
      assert.ok(!(await grants(store, wanted, START + 1999)))
      for (let n = 0; n < 10; n++) assert.ok(await grants(store, wanted, START + 3600_000), 'full again, and not fuller')
      assert.ok(!(await grants(store, wanted, START + 3600_000)))
    })

    test('tokens refuse the next call once they are spent, in a window and in a bucket', async t => {
      const store = await one(t)
      for (const wanted of [[tokens(100)], [tokens(100, { key: 'tb', burst: 100 })]]) {
        assert.ok(await grants(store, wanted, START))
        await store.charge(wanted, 'a', 99, START)
        assert.ok(await grants(store, wanted, START), 'asking takes nothing')
        await store.charge(wanted, 'a', 151, START)
        const wait = await retryAfter(store, wanted, START)
        assert.ok(!(await grants(store, wanted, START + wait - 1)))
        assert.ok(await grants(store, wanted, START + wait))
      }
    })

    test('a clock that goes back frees nothing, and stops nobody for longer than it must', async t => {
      const store = await one(t)
      assert.ok(await grants(store, [window(1)], START))
      for (const back of [1, 30_000, 59_000, MINUTE, 10 * MINUTE, 1e9]) assert.ok(!(await grants(store, [window(1)], START - back)), `${back} ms`)
      assert.ok(!(await grants(store, [window(1)], START)), 'one that was behind for a moment has changed nothing')
      const { nextAt } = standing(window(1), (await store.budgets())[0]!.spent, START - 1e9)
      assert.ok(nextAt! <= START - 1e9 + MINUTE, 'and whoever asks how it stands is told so')
      for (const later of [0, 59_000, 62_000]) assert.ok(!(await grants(store, [window(1)], START - 1e9 + later)))
      assert.ok(await grants(store, [window(1)], START - 1e9 + 124_000), 'the one that was ahead was wrong')
      const full = bucket(60, 2)
      for (let n = 0; n < 2; n++) assert.ok(await grants(store, [full], START))
      assert.ok(!(await grants(store, [full], START - 30_000)))
      assert.ok(!(await grants(store, [full], START + 999)))
      assert.ok(await grants(store, [full], START + 1000))
    })

    test('another amount goes on counting', async t => {
      const store = await one(t)
      for (let n = 0; n < 3; n++) assert.ok(await grants(store, [window(3)], START))
      assert.ok(!(await grants(store, [window(3)], START)))
      assert.ok(await grants(store, [window(4)], START))
      assert.ok(!(await grants(store, [window(2)], START)))
      assert.ok(!(await grants(store, [window(4, { burst: 4 })], START)), 'a window that becomes a bucket')
      assert.ok(await grants(store, [window(5, { burst: 5 })], START + MINUTE))
    })

    test('each taker has a budget of its own', async t => {
      const store = await one(t)
      assert.ok(await grants(store, [window(1, { taker: 'a' })], START))
      assert.ok(!(await grants(store, [window(1, { taker: 'a' })], START)))
      assert.ok(await grants(store, [window(1, { taker: 'b' })], START, 'b'))
    })

    test('a hungry client gets one place, not two, before one that comes back when it was told to', async t => {
      const [hungry, modest] = await open(t, 2)
      for (const wanted of [[window(1)], [window(5, { key: 'w5' })], [bucket(5, 1)], [bucket(60, 5, { key: 'b5' })]]) {
        let [backAt, refused, inRow] = [START + 20_000, 0, 0]
        for (let at = START; at < START + 10 * MINUTE; at += 250) {
          await grants(hungry!, wanted, at, 'hungry')
          if (at < backAt) continue
          const taken = await modest!.take(wanted, 'modest', at)
          inRow = taken.kind === 'taken' ? 0 : inRow + 1
          refused += inRow > 0 ? 1 : 0
          assert.ok(inRow <= 2, `${JSON.stringify(wanted)} at ${at - START}`)
          backAt = at + (taken.kind === 'taken' ? 15_000 : taken.retryAfterMs + Math.min(2000, taken.retryAfterMs))
        }
        assert.ok(refused > 5, `${JSON.stringify(wanted)}: ${refused}`)
      }
    })

    test('two hungry clients get as much as each other', async t => {
      const [a, b] = await open(t, 2)
      for (const wanted of [[window(6)], [bucket(6, 2)]]) {
        let [first, second] = [0, 0]
        for (let at = START; at < START + 20 * MINUTE; at += 100) {
          if (await grants(a!, wanted, at, 'a')) first++
          if (await grants(b!, wanted, at, 'b')) second++
        }
        assert.ok(first + second >= 100 && second >= first * 0.8, `${first} and ${second}`)
      }
    })

    const ahead = async (store: Store, budgets: readonly Budget[], at: number) => {
      const taken = await store.take(budgets, 'a', at, 8)
      assert.ok(taken.kind === 'taken')
      return taken
    }
    const drained = async (store: Store, budgets: readonly Budget[], at: number): Promise<number> => {
      for (let n = 0; ; n++) if (!(await grants(store, budgets, at))) return n
    }

    test('who asks for calls ahead gets few: next to nothing of what is left, of the scarcest of its budgets', async t => {
      const store = await one(t)
      assert.equal((await ahead(store, [window(1000)], START)).many, 8)
      assert.equal((await ahead(store, [window(1000), window(100, { key: 'scarce' })], START)).many, 3)
      assert.equal((await ahead(store, [window(1000), window(40, { key: 'scarcer' })], START)).many, 1)
      assert.equal(await drained(store, [window(1000)], START), 1000 - 8 - 3 - 1)
    })

    test('calls taken ahead end with their slot', async t => {
      const store = await one(t)
      const endsAt = START + 500
      assert.equal((await ahead(store, [window(1000)], START)).untilAt, START + 10)
      assert.equal((await ahead(store, [window(1000)], endsAt - 3)).untilAt, endsAt)
    })

    test('calls taken ahead go back to their own slot, as long as that counts', async t => {
      const store = await one(t)
      await ahead(store, [window(1000)], START)
      await store.giveBack([window(1000)], 'a', 7, START, START + 5000)
      assert.equal(await drained(store, [window(1000)], START + 5000), 999)
      await store.giveBack([window(1000)], 'a', 999, START + 5000, START + 70_000)
      assert.equal(await drained(store, [window(1000)], START + 70_000), 1000)
    })

    test('a bucket keeps room for calls taken ahead, and takes them back in time only', async t => {
      const store = await one(t)
      const brim = [bucket(60_000, 300)]
      const { many } = await ahead(store, brim, START)
      assert.equal(many, 8)
      assert.equal(await drained(store, brim, START + 15), 300 - many, 'what flowed in meanwhile had no room')
      await store.giveBack(brim, 'a', 7, START, START + 15)
      assert.equal(await drained(store, brim, START + 15), 7)
      const later = START + 60_000
      await ahead(store, brim, later)
      assert.equal(await drained(store, brim, later + 30), 300, 'room for all again')
      await store.giveBack(brim, 'a', 7, later, later + 30)
      await store.giveBack(brim, 'a', 7, later, later + 1)
      assert.equal(await drained(store, brim, later + 30), 0, 'too late')
    })

    test('nobody takes ahead while somebody waits', async t => {
      const store = await one(t)
      for (let n = 0; n < 500; n++) await grants(store, [window(500)], START)
      await store.take([window(500)], 'b', START + 1000)
      const [a, b] = [await store.take([window(500)], 'a', START + 61_000, 8), await store.take([window(500)], 'b', START + 61_000, 8)]
      assert.deepEqual([a.kind === 'taken' && a.many, b.kind === 'taken' && b.many], [1, 1])
    })

    test('a place is not kept for long for who does not come back', async t => {
      const store = await one(t)
      assert.ok(await grants(store, [window(1)], START, 'a'))
      await store.take([window(1)], 'b', START + 1000)
      assert.ok(!(await grants(store, [window(1)], START + 61_000, 'a')), 'it is for b')
      assert.ok(await grants(store, [window(1)], START + 72_000, 'a'))
    })

    test('what is kept of a budget has a bound, and is forgotten when it is over', async t => {
      const store = await one(t)
      for (let n = 0; n < 2000; n++) await store.take([window(100_000)], `client ${n % 100}`, START + n * 97)
      const [row] = await store.budgets()
      const slots = [...row!.spent.past, ...row!.spent.recent]
      assert.ok(slots.length > 100 && slots.length <= 61 * 17, `${slots.length}`)
      assert.ok(new Set(slots.map(([, who]) => who)).size <= 17)
      for (let n = 0; n < 300; n++) await store.take([window(1, { taker: `${n}` })], 'x', START)
      for (let n = 0; n < 300; n++) await store.take([window(100_000, { key: 'later' })], 'x', START + 60 * MINUTE)
      assert.deepEqual(
        (await store.budgets()).map(({ key }) => key),
        ['later'],
      )
    })
  })
}

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { openStore } from '../../src/store/sqlite.ts'
import { Watch } from '../../src/store/watch.ts'
import { VirtualClock } from '../fixtures/clock.ts'
import { folder } from './calls.ts'

const row = { config: 'c1', capabilities: 'k1', backend: 'files', era: 'legacy', revision: '2025-11-25', at: 1, text: 'x' } as const

/** A version that a test counts up, and how often it was looked at. */
function watched() {
  const clock = new VirtualClock()
  const store = { now: 1, looks: 0, broken: false }
  const version = () => {
    store.looks++
    if (store.broken) throw new Error('the disk is gone')
    return store.now
  }
  return { clock, store, watch: new Watch(async () => ({ version }), clock) }
}

describe('what others write is noticed', () => {
  test('within two seconds, and within a fifth of one while something waits', async () => {
    const { clock, store, watch } = watched()
    let calm = 0
    watch.follow(() => calm++)
    await clock.pass(0)
    const first = calm
    store.now++
    await clock.pass(1999)
    assert.equal(calm, first)
    await clock.pass(1)
    assert.equal(calm, first + 1)
    const stop = watch.follow(() => {}, true)
    store.now++
    await clock.pass(200)
    assert.equal(calm, first + 2)
    stop()
    const { looks } = store
    await clock.pass(1999)
    assert.equal(store.looks, looks)
  })

  test('by those alone who follow; while nobody does, nobody looks', async () => {
    const { clock, store, watch } = watched()
    let heard = 0
    const stop = watch.follow(() => heard++)
    await clock.pass(2000)
    stop()
    const before = [heard, store.looks]
    store.now++
    await clock.pass(10_000)
    assert.deepEqual([heard, store.looks], before)
  })

  test('also what was written while the store could not be asked', async () => {
    const { clock, store, watch } = watched()
    let heard = 0
    watch.follow(() => heard++)
    await clock.pass(2000)
    store.broken = true
    await clock.pass(2000)
    const before = heard
    store.now++
    store.broken = false
    await clock.pass(2000)
    assert.equal(heard, before + 1)
  })

  test('in a SQLite file', async t => {
    const path = join(folder(t), 'mcpgw.db')
    const [ours, theirs] = [await openStore(path), await openStore(path)]
    t.after(() => void (ours.close(), theirs.close()))
    const clock = new VirtualClock()
    let heard = 0
    new Watch(async () => ours, clock).follow(() => heard++)
    await clock.pass(2000)
    const before = heard
    await clock.pass(4000)
    assert.equal(heard, before)
    await theirs.remember(row)
    await clock.pass(2000)
    assert.equal(heard, before + 1)
  })
})

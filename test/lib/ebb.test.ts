// Memory goes back in calm alone, and only where there is something to give.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import vm from 'node:vm'
import { ebb, giveBack } from '../../src/lib/ebb.ts'
import { VirtualClock } from '../fixtures/clock.ts'

const MB = 1024 * 1024

/** A process whose memory is given back down to 60 MB. */
function machine() {
  const clock = new VirtualClock()
  const now = { inFlight: 0, over: 0, spare: 1, held: 64 * MB, given: 0 }
  ebb(clock, {
    calls: () => now,
    spare: () => now.spare,
    held: () => now.held,
    giveBack: () => {
      now.given++
      now.held = 60 * MB
    },
  })
  return { clock, now }
}

test('what a start has needed goes back in the first calm, once', async () => {
  const { clock, now } = machine()
  await clock.pass(2400)
  assert.equal(now.given, 0)
  await clock.pass(1600)
  assert.equal(now.given, 1)
  await clock.pass(60_000)
  assert.equal(now.given, 1)
})

test('nothing is done while calls come, are on their way, or are over, or anything else takes time', async () => {
  const { clock, now } = machine()
  for (let n = 0; n < 40; n++) {
    now.over++
    await clock.pass(1000)
  }
  now.inFlight = 1
  await clock.pass(10_000)
  now.inFlight = 0
  now.spare = 0.9
  await clock.pass(10_000)
  assert.equal(now.given, 0)
  now.spare = 1
  await clock.pass(4000)
  assert.equal(now.given, 1)
})

test('what calls have needed goes back when they are over, and little of it waits for more', async () => {
  const { clock, now } = machine()
  await clock.pass(4000)
  for (const [held, given] of [[62, 1] as const, [67, 1] as const, [95, 2] as const, [68, 3] as const]) {
    now.over += 1000
    now.held = held * MB
    await clock.pass(20_000)
    assert.equal(now.given, given, `${held} MB`)
  }
})

test('it is done soon after the first calls, and then at most once in a while', async () => {
  const { clock, now } = machine()
  await clock.pass(4000)
  now.held = 95 * MB
  await clock.pass(4000)
  assert.equal(now.given, 2)
  for (let seconds = 0; seconds < 60; seconds++) {
    now.held = 95 * MB
    await clock.pass(1000)
  }
  assert.ok(now.given > 4 && now.given <= 2 + 4, `${now.given}`)
})

test('memory that went by itself is no longer counted as held', async () => {
  const { clock, now } = machine()
  await clock.pass(4000)
  now.held = 50 * MB
  await clock.pass(4000)
  now.held = 58 * MB
  await clock.pass(4000)
  assert.equal(now.given, 2)
})

test('what can not be given back is not tried for again and again', async () => {
  const { clock, now } = machine()
  await clock.pass(4000)
  const given = now.given
  Object.defineProperty(now, 'held', { get: () => 200 * MB, set: () => {} })
  await clock.pass(60_000)
  assert.equal(now.given, given + 1)
})

test('garbage goes, nothing is said, and a code cache fits as before', async () => {
  const source = '(function(){ return 1 })'
  const cachedData = new vm.Script(source, { filename: 'before' }).createCachedData()
  let garbage: object[] | undefined = Array.from({ length: 300_000 }, (_, n) => ({ n }))
  assert.equal(garbage.length, 300_000)
  garbage = undefined
  const said: unknown[] = []
  const hear = (warning: Error) => said.push(warning)
  process.on('warning', hear)
  const before = process.memoryUsage().heapTotal
  giveBack()
  assert.ok(process.memoryUsage().heapTotal < before - 8 * MB, `${before} before, ${process.memoryUsage().heapTotal} after`)
  assert.equal(new vm.Script(source, { filename: 'before', cachedData }).cachedDataRejected, false)
  await new Promise(setImmediate)
  assert.deepEqual(said, [])
  process.off('warning', hear)
})

// A lull comes when nobody was heard for a moment, at the latest after a while, and at once at the end.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lull } from '../../src/lib/lull.ts'
import { VirtualClock } from '../fixtures/clock.ts'

function lull(busy?: () => boolean) {
  const clock = new VirtualClock()
  const one = new Lull(clock, 100, 1000, busy)
  const come: string[] = []
  const wait = (name: string) => void one.heard().then(() => come.push(name))
  return { clock, one, come, wait }
}

test('it comes for all at once, when nobody was heard for a moment', async () => {
  const { clock, come, wait } = lull()
  wait('a')
  await clock.pass(60)
  wait('b')
  await clock.pass(60)
  assert.deepEqual(come, [])
  await clock.pass(60)
  assert.deepEqual(come, ['a', 'b'])
})

test('it comes although somebody always speaks, and again for who speaks afterwards', async () => {
  const { clock, come, wait } = lull()
  for (let ms = 0; ms < 1000; ms += 50) {
    wait('all the time')
    assert.equal(come.length, 0)
    await clock.pass(50)
  }
  assert.equal(come.length, 20)
  wait('later')
  await clock.pass(90)
  assert.equal(come.length, 20)
  await clock.pass(20)
  assert.equal(come.at(-1), 'later')
})

test('nobody waits for it once it is over with it', async () => {
  const { one, come, wait, clock } = lull()
  wait('before')
  one.end()
  wait('after')
  await clock.pass(0)
  assert.deepEqual(come, ['before', 'after'])
})

test('while somebody waits for those who speak, quiet alone is none; but it comes in time', async () => {
  let busy = true
  const { clock, come, wait } = lull(() => busy)
  wait('a')
  await clock.pass(250)
  assert.deepEqual(come, [])
  busy = false
  await clock.pass(100)
  assert.deepEqual(come, ['a'])
  busy = true
  wait('b')
  await clock.pass(990)
  assert.deepEqual(come, ['a'])
  await clock.pass(20)
  assert.deepEqual(come, ['a', 'b'])
})

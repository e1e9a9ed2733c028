import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Flood } from '../../src/lib/flood.ts'
import { VirtualClock } from '../fixtures/clock.ts'

test('of a flood the first are heard out, then one for each minute; of the others it is told once a minute, and at the end', async () => {
  const clock = new VirtualClock()
  const told: number[] = []
  const flood = new Flood(clock, many => told.push(many))
  const heard = (many: number) => Array.from({ length: many }, () => flood.hears()).filter(Boolean).length
  assert.equal(heard(30), 20)
  assert.deepEqual(told, [])
  await clock.pass(60_000)
  assert.deepEqual(told, [10])
  assert.equal(heard(3), 1)
  await clock.pass(10 * 60_000)
  assert.deepEqual(told, [10, 2])
  assert.equal(heard(11), 10)
  flood.tell()
  flood.tell()
  assert.deepEqual(told, [10, 2, 1])
})

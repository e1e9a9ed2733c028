import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytes, roughly } from '../../src/lib/amounts.ts'
import { percentile } from '../../src/lib/percentile.ts'

test('amounts are as people read them', () => {
  assert.deepEqual([0, 999, 1000, 1234567, 99_960, 1e9].map(bytes), ['0 B', '999 B', '1.0 kB', '1.2 MB', '100 kB', '1.0 GB'])
  assert.deepEqual([0.42, 12.3, 999, 1500, 59_000, 100_000, 7_200_000, 200_000_000].map(roughly), [
    '0.4 ms',
    '12 ms',
    '999 ms',
    '1.5 s',
    '59 s',
    '2 min',
    '2 h',
    '2 d',
  ])
})

test('a percentile is a value that occurred', () => {
  assert.equal(percentile([5], 0.95), 5)
  assert.equal(percentile([4, 1, 3, 2], 0.5), 2)
  assert.equal(
    percentile(
      Array.from({ length: 100 }, (_, n) => n + 1),
      0.95,
    ),
    95,
  )
})

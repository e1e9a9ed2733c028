import assert from 'node:assert/strict'
import { test } from 'node:test'
import { duration, parseDuration } from '../../src/lib/durations.ts'

test('a duration is a number and its unit', () => {
  for (const [text, ms] of [
    ['500ms', 500],
    ['60s', 60_000],
    ['1.5m', 90_000],
    ['10 min', 600_000],
    ['2H', 7_200_000],
    ['1d', 86_400_000],
    ['1w', 604_800_000],
    ['0s', 0],
  ] as const)
    assert.equal(parseDuration(text), ms, text)
})

test('what is none is none', () => {
  for (const text of ['', '60', 's', '-1s', '1x', '1s2', '1e3s', 'Infinity', '1 year', '१s']) assert.equal(parseDuration(text), undefined, text)
})

test('a duration is written in the largest unit that says it exactly', () => {
  assert.deepEqual([0, 1, 1500, 90_000, 600_000, 7_200_000, 172_800_000].map(duration), ['0ms', '1ms', '1500ms', '90s', '10m', '2h', '2d'])
})

// Frames: never more than fifteen in any second, and a key is not kept waiting by what happens without one.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Pace } from '../../src/tui/pace.ts'

/** Frames are asked for at these times; when they are drawn. */
function frames(wanted: readonly { readonly at: number; readonly isAsked: boolean }[]): number[] {
  const pace = new Pace()
  const drawn: number[] = []
  for (const { at, isAsked } of wanted) {
    const from = Math.max(at, drawn.at(-1) ?? 0)
    drawn.push(from + pace.dueMs(isAsked, from))
    pace.drawn(drawn.at(-1)!)
  }
  return drawn
}

const every = (ms: number, forMs: number, isAsked: boolean) => Array.from({ length: Math.floor(forMs / ms) }, (_, n) => ({ at: n * ms, isAsked }))
const most = (drawn: readonly number[]) => Math.max(...drawn.map(from => drawn.filter(at => at >= from && at < from + 1000).length))

describe('in no second are more than fifteen frames drawn', () => {
  const flood = every(1, 5000, false)
  const typing = every(1, 5000, true)
  const late = typing.map(({ at }) => ({ at: at + 10_000, isAsked: true }))
  for (const [what, wanted] of Object.entries({ 'events alone': flood, 'keys alone': typing, 'keys after a rest': [{ at: 0, isAsked: false }, ...late] }))
    test(what, () => {
      const drawn = frames(wanted.slice(0, 60))
      assert.ok(most(drawn) <= 15, `${most(drawn)}`)
      assert.ok(most(drawn) >= 12, `${most(drawn)}`)
    })
})

test('two keys, one right behind the other, are drawn at once where events alone keep the screen busy', () => {
  for (const keyAt of [0, 1, 40, 82]) {
    const pace = new Pace()
    let now = 0
    for (let frame = 0; frame < 50; frame++) {
      now += pace.dueMs(false, now)
      pace.drawn(now)
    }
    now += keyAt
    for (let key = 0; key < 2; key++) {
      assert.equal(pace.dueMs(true, now), 0)
      pace.drawn(now)
    }
    assert.ok(pace.dueMs(true, now) > 0 && pace.dueMs(true, now) <= 83, 'the next one waits for its share of a second')
    assert.ok(pace.dueMs(false, now) > pace.dueMs(true, now), 'what happens by itself waits longer')
  }
})

test('the first frame waits for nothing', () => assert.equal(new Pace().dueMs(false, 0), 0))

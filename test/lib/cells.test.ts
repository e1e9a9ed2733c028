import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cells } from '../../src/lib/cells.ts'
import { safe } from '../../src/lib/safe.ts'

test('what fits is whole; what does not ends in an ellipsis and never half a character', async () => {
  for (const { fit } of [await cells(['abc']), await cells(['日'])]) {
    assert.equal(fit('abc', 3), 'abc')
    assert.equal(fit('abcd', 3), 'ab…')
    assert.equal(fit('abc', 0), '')
  }
  const { fit, width } = await cells(['日'])
  assert.equal(width('日本'), 4)
  assert.equal(width('👩\u200d👩\u200d👧'), 2)
  assert.equal(fit('日本語', 5), '日本…')
  assert.equal(fit('👩\u200d👩\u200d👧x', 2), '…')
})

test('no text is wider than it may be', async () => {
  const { fit, width } = await cells(['日'])
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 20 }), (text, columns) => assert.ok(width(fit(safe(text), columns)) <= columns)),
  )
})

test('what no font draws as one takes the room of its parts, and so does what is one when it must be seen whole', async () => {
  const { width, room } = await cells(['日'])
  const family = '👩\u200d👩\u200d👧\u200d👦'
  assert.deepEqual([width(family), room(family)], [2, 8])
  assert.equal(width('🍎\u200d🍎\u200d🍎'), 6)
  assert.equal(width('한'), 2)
  for (const flood of ['🍎\u200d'.repeat(99), 'ᄀ'.repeat(99), 'ᅡ'.repeat(99), 'ᆨ'.repeat(99), 'क्'.repeat(99), 'ൎ'.repeat(99), 'ำ'.repeat(99)])
    assert.ok(width(safe(flood)) >= 99, JSON.stringify(flood).slice(0, 20))
})

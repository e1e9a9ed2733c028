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

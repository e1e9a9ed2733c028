import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import picomatch from 'picomatch'
import { globbing, globs, wrongGlob } from '../../src/gateway/globs.ts'

const text = fc.string({ unit: fc.constantFrom(...'aaabc1_-:**?[]{},|()!+@^$\\/ \n.'), maxLength: 12 })

test('a glob matches what picomatch says it does, however it begins', () => {
  const some = fc.tuple(
    text.filter(source => source !== ''),
    text,
  )
  const near = some.map(([source, more]): [string, string] => [source, source.replaceAll('*', more).replaceAll('?', 'a')])
  const begun = some.map(([source, more]): [string, string] => [`${more}*`, more + source])
  fc.assert(
    fc.property(fc.oneof(some, near, begun), ([source, found]) => {
      // What else a path may mean is said elsewhere.
      fc.pre(!/[.\\]|\/\//.test(found) && !/^\*+$/.test(source) && wrongGlob(source) === undefined)
      const expected = picomatch(source, globbing)(found)
      for (const strict of [true, false]) assert.equal(globs([source], strict)(found), expected)
    }),
    { numRuns: 2000 },
  )
})

test('of several globs one is enough, and the empty one is about nothing', () => {
  assert.equal(globs(['a__x', 'b__*'], true)('b__y'), true)
  assert.equal(globs(['a__x', 'b__*'], true)('c__y'), false)
  assert.equal(globs([''], true)('a'), false)
})

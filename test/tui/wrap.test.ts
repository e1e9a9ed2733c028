// Texts in rows: between words where that can be, and all of them, however they are.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { room, width, wrapped, plainOf } from '../../src/tui/line.ts'
import { rowsOf } from '../../src/tui/wrap.ts'
import { hostile } from './corpus.ts'

const rows = (text: string, columns: number) => rowsOf(text, columns, room)

describe('rows end after a word', () => {
  for (const [what, text, columns, expected] of [
    ['words', 'remove all of it now', 10, ['remove ', 'all of it ', 'now']],
    ['a word that ends where the row does keeps its space: it moves', 'one two three', 7, ['one ', 'two ', 'three']],
    ['a word as long as a row', 'a 1234567 b', 7, ['a 12345', '67 b']],
    ['the last word needs no space behind it', 'a 1234567', 7, ['a ', '1234567']],
    ['a word that fits nowhere fills its rows', 'rm /a/b/c/d/e/f/g', 8, ['rm /a/b/', 'c/d/e/f/', 'g']],
    ['what moves a line to the right is no row of its own', '    "aaaaaaaaaa"', 12, ['    "aaaaaaa', 'aaa"']],
    ['spaces alone are kept', 'a          b', 4, ['a   ', '    ', '   b']],
    ['wide characters end wherever the row does', '漢字漢字漢', 4, ['漢字', '漢字', '漢']],
    ['wide characters and words', 'see 漢字 there', 8, ['see 漢字', ' there']],
    ['letters that are no ASCII', 'größer wäre schöner', 8, ['größer ', 'wäre ', 'schöner']],
    ['nothing', '', 8, ['']],
  ] as const)
    test(what, () => assert.deepEqual(rows(text, columns), expected))
})

test('nothing is left out, nothing is too wide, and what is no ASCII is wrapped like what is', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '  ', 'long', 'é', '漢', '👋🏽', 'שלום', '\\'), maxLength: 60 })
  fc.assert(
    fc.property(text, fc.integer({ min: 8, max: 30 }), (text, columns) => {
      const found = rows(text, columns)
      assert.equal(found.join(''), text)
      for (const row of found) assert.ok(room(row) <= columns)
      const ascii = text.replaceAll(/[^\x20-\x7e]/gu, 'x')
      assert.deepEqual(
        rows(ascii.replaceAll('a', 'é'), columns),
        rows(ascii, columns).map(row => row.replaceAll('a', 'é')),
      )
    }),
  )
})

test('what is hostile is escaped first, and stands there whole', () => {
  for (const text of hostile) {
    const all = wrapped(text, 40, undefined, Infinity).map(one => plainOf(one, 1000))
    for (const row of all) assert.ok(width(row) <= 40)
    assert.equal(
      all.join(''),
      wrapped(text, 1e9, undefined, Infinity)
        .map(one => plainOf(one, 1e9))
        .join(''),
    )
  }
})

test('a long text without a space is wrapped as fast as one with them', () => {
  assert.equal(rows('x'.repeat(1_000_000), 80).length, 12_500)
  assert.equal(rows('é'.repeat(100_000), 80).length, 1250)
})

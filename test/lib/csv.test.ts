import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { csvLine } from '../../src/lib/csv.ts'

test('quotes what must be quoted, and ends with CR LF', () => {
  assert.equal(csvLine(['a', 'b,c', 'say "hi"', null, 1.5, false, ' x']), 'a,"b,c","say ""hi""",,1.5,false," x"\r\n')
})

test('lets nothing be computed', () => {
  for (const start of ['=', '+', '-', '@']) assert.equal(csvLine([`${start}1`]), `'${start}1\r\n`)
  assert.equal(csvLine(['\t=1', '\r=1', '=HYPERLINK("x")']), `'\\t=1,'\\r=1,"'=HYPERLINK(""x"")"\r\n`)
})

test('is one line of harmless characters, whatever the text, with as many cells as were given', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), texts => {
      const line = csvLine(texts)
      assert.doesNotMatch(line.slice(0, -2), /[\x00-\x1f\x7f-\x9f\u202a-\u202e]/)
      const cells = [...`,${line.slice(0, -2)}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,"]*))/g)].map(([, quoted, plain]) => quoted ?? plain!)
      assert.equal(cells.length, texts.length)
      for (const cell of cells) assert.doesNotMatch(cell, /^[=+\-@\t\r]/)
    }),
  )
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { outline } from '../../src/rpc/outline.ts'

const of = (text: string | Buffer) => outline(Buffer.from(text), 0, Buffer.from(text).length)

/** What JSON.parse says of it: its members, or undefined where it is no object or no JSON. */
function parsed(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

function same(bytes: Buffer): void {
  const [ours, theirs] = [outline(bytes, 0, bytes.length), parsed(bytes)]
  assert.deepEqual(ours && Object.entries(ours), theirs && Object.entries(theirs), JSON.stringify(bytes.toString('latin1')))
}

describe('an outline', () => {
  test('is what JSON.parse says, of anything that is JSON, however it is spaced', () =>
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), fc.constantFrom('', ' ', '\t'), (value, space) =>
        same(Buffer.from(` ${JSON.stringify(value, null, space)}\r\n `)),
      ),
      { numRuns: 2000 },
    ))

  test('is none where JSON.parse finds none: of JSON with a byte changed, put in or left out', () => {
    const byte = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(...Buffer.from('{}[]",:\\/bfnrtu0123456789.-+eE \n\u0000truefalsn')))
    const change = fc.tuple(fc.nat(), byte, fc.constantFrom('set', 'insert', 'drop'))
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), change, (value, [at, code, how]) => {
        const bytes = [...Buffer.from(JSON.stringify(value))]
        bytes.splice(at % bytes.length, how === 'insert' ? 0 : 1, ...(how === 'drop' ? [] : [code]))
        same(Buffer.from(bytes))
      }),
      { numRuns: 20_000 },
    )
  })

  test('is what JSON.parse says of long texts too, whatever byte stands in them, wherever they begin and it stands', () => {
    const inside = '{"a":"'.length
    for (let start = 0; start < 4; start++) {
      for (let code = 0; code < 256; code++) {
        for (const at of [0, 7, 8, 9, 10, 11, 30, 31]) {
          const bytes = Buffer.concat([Buffer.alloc(start, ' '), Buffer.from(`{"a":"${'é x!#~'.repeat(6)}","b":1}`)])
          bytes[start + inside + at] = code
          same(bytes)
          const apart = Buffer.allocUnsafeSlow(bytes.length + 1).subarray(1)
          bytes.copy(apart)
          same(apart)
        }
      }
    }
  })

  test('takes numbers, words and escapes as the grammar has them', () => {
    const good = [
      '0',
      '-0',
      '10',
      '1.5',
      '-1.5e10',
      '1E+2',
      '1e-2',
      '0.0',
      'true',
      'false',
      'null',
      '""',
      '"\\u00e4\\ud800\\"\\\\\\/\\b\\f\\n\\r\\t"',
      '"\u007f\u2028"',
    ]
    const bad = [
      '',
      '-',
      '01',
      '1.',
      '.5',
      '+1',
      '1e',
      '1e+',
      '0x1',
      'NaN',
      'Infinity',
      'tru',
      'nul',
      'True',
      '"',
      '"\\x"',
      '"\\u12g4"',
      '"\\u123',
      "'a'",
      '1 2',
      '"\t"',
      '[1,]',
      '{"a":1,}',
      '[,1]',
      '{,}',
      '{"a"}',
      '{a:1}',
      '{1:1}',
      '[1}',
      '{"a":[}',
    ]
    for (const value of [...good, ...bad])
      for (const text of [`{"a":${value}}`, `{"a":[${value}]}`, `{"a":{"b":${value}}}`, `{"a":${value}`, `{"a":${value}}}`]) same(Buffer.from(text))
  })

  test('names what is large without reading it', () => {
    const found = of(`{"isError":true,"content":[${'{},'.repeat(50_000)}{}],"nextCursor":"é","__proto__":1}`)
    assert.deepEqual(Object.entries(found!), [
      ['isError', true],
      ['content', []],
      ['nextCursor', 'é'],
      ['__proto__', 1],
    ])
  })

  test('costs no stack: a million levels are checked to the last', () => {
    const deep = '[{"a":'.repeat(500_000) + '1' + '}]'.repeat(500_000)
    assert.deepEqual(Object.keys(of(`{"deep":${deep}}`)!), ['deep'])
    assert.equal(of(`{"deep":${deep.slice(0, -1)}}`), undefined)
  })
})

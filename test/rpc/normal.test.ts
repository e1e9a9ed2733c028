import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { normal } from '../../src/rpc/normal.ts'
import { encode, fromWire, toWire } from '../../src/rpc/wire.ts'

describe('the one form of a JSON text', () => {
  const same = (one: string, other: string) => assert.equal(normal(toWire(one)), normal(toWire(other)), `${one} and ${other}`)
  const differs = (one: string, other: string) => assert.notEqual(normal(toWire(one)), normal(toWire(other)), `${one} and ${other}`)

  test('knows no white space, no order of members and no needless escape', () => {
    same('{ "b" : [1, {"d":2,"c":3}],\n"a":null}', '{"a":null,"b":[1,{"c":3,"d":2}]}')
    same('{"\\u0061":"\\u00e9\\/"}', '{"a":"é/"}')
    same('"\\ud83e\\udd89"', '"🦉"')
    same(' {} ', '{}')
  })

  test('takes a number as its text', () => {
    differs('[1]', '[1.0]')
    differs('[9007199254740993]', '[9007199254740992]')
  })

  test('keeps what means something: the order of elements, an empty thing, a text that looks like another value', () => {
    differs('[1,2]', '[2,1]')
    differs('[]', '{}')
    differs('[[],1]', '[[1]]')
    differs('["1"]', '[1]')
    differs('{"a":"b\\"c"}', '{"a":"b","c":""}')
  })

  test('of a text in which a key stands twice does not exist, however the key is written', () => {
    assert.equal(normal('{"a":[{"b":1,"\\u0062":2}]}'), undefined)
    assert.ok(normal('[{"b":1},{"b":2}]'))
    assert.ok(normal('{"__proto__":{"a":1},"a":{"__proto__":1}}')!.includes('__proto__'))
  })

  test('needs no stack for a deep nest', () => {
    assert.equal(normal('[ '.repeat(200_000) + ']'.repeat(200_000))!.length, 400_000)
  })

  test('means what the text means', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        const text = normal(encode(value))!
        assert.deepEqual(JSON.parse(fromWire(text)), JSON.parse(JSON.stringify(value)))
        assert.equal(normal(toWire(JSON.stringify(value, undefined, 3))), text)
        assert.equal(normal(text), text)
      }),
    )
  })
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { duplicate, elements, member, members, repeatedKey, valueEnd } from '../../src/rpc/spans.ts'
import { dropMember, join, setMember, splice } from '../../src/rpc/splice.ts'
import { encode, fromWire, read, toWire } from '../../src/rpc/wire.ts'

const json = fc.jsonValue({ maxDepth: 4 })
/** JSON text with the white space that people and servers write. */
const written = (value: unknown) => fc.constantFrom(0, 2, '\t').map(indent => Buffer.from(JSON.stringify(value, null, indent)).toString('latin1'))

describe('spans', () => {
  test('find every member of any object, where it stands', () =>
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), json).chain(value => written(value).map(text => ({ value, text }))),
        ({ value, text }) => {
          const found = members(text, 0)
          assert.deepEqual(Object.fromEntries(found.map(one => [fromWire(one.key), read(text.slice(one.start, one.end))])), JSON.parse(JSON.stringify(value)))
          assert.equal(valueEnd(text, 0), text.length)
        },
      ),
    ))

  test('find every element of any array', () =>
    fc.assert(
      fc.property(
        fc.array(json).chain(value => written(value).map(text => ({ value, text }))),
        ({ value, text }) =>
          assert.deepEqual(
            elements(text, 0).map(one => read(text.slice(one.start, one.end))),
            JSON.parse(JSON.stringify(value)),
          ),
      ),
    ))

  test('read escaped keys as JSON.parse does, so none hides', () => {
    const found = members('{"a":1,"\\u0061":2}', 0)
    assert.equal(duplicate(found), 'a')
    assert.equal(member(found, 'a')!.start, 16)
  })

  test('and so with keys beyond ASCII, however they are written', () => {
    for (const text of ['{"é":1,"\\u00e9":2}', '{"é\\n":1,"\\u00e9\\u000a":2}']) assert.ok(duplicate(members(toWire(text), 0)), text)
    assert.equal(duplicate(members(toWire('{"é":1,"è":2}'), 0)), undefined)
  })

  test('cost no stack, however deep the nest', () => {
    const deep = `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)},"b":1}`
    assert.equal(member(members(deep, 0), 'b')!.end, deep.length - 1)
  })
})

describe('a key that stands twice', () => {
  test('is found wherever it stands, and nowhere else', () => {
    for (const text of ['{"a":1,"a":2}', '[{"b":[{"a":1,"x":{},"a":2}]}]', '{"a":{"b":1},"a":0}', '{"a" :"{\\"",\n"\\u0061":1}'])
      assert.equal(repeatedKey(text), 'a', text)
    for (const text of ['', '"a"', '{"a":"a","b":"a"}', '[{"a":1},{"a":2}]', '{"a":{"a":{"a":1}}}', '{"a":"\\"a\\":1,","b":1}'])
      assert.equal(repeatedKey(text), undefined, text)
  })

  test('is in no text that was written from a value', () => fc.assert(fc.property(json.chain(written), text => assert.equal(repeatedKey(text), undefined))))

  test('is looked for in one pass, however deep the nest', () => {
    const deep = '{"a":['.repeat(100_000) + ']}'.repeat(100_000)
    assert.equal(repeatedKey(deep), undefined)
  })
})

describe('splice', () => {
  test('changes what it is told to and nothing else', () =>
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json, { minKeys: 1 }), fc.nat(), json, (value, which, put) => {
        const text = encode(value)
        const keys = Object.keys(value)
        const key = keys[which % keys.length]!
        const at = members(text, 0).find(one => fromWire(one.key) === key)!
        const changed = join(splice(text, [{ start: at.start, end: at.end, text: encode(put) }]))
        assert.deepEqual(read(changed), JSON.parse(JSON.stringify({ ...value, [key]: put })))
      }),
    ))

  test('of bytes gives the same as of text', () => {
    const text = encode({ a: 'ä', b: [1, 2] })
    const edits = [
      { start: 0, end: 0, text: ' ' },
      { start: 5, end: 6, text: 'xyz' },
    ]
    assert.equal((join(splice(Buffer.from(text, 'latin1'), edits)) as Buffer).toString('latin1'), join(splice(text, edits)))
  })

  test('sets a member where it stands, or first', () => {
    for (const [text, expected] of [
      ['{}', '{"k":1}'],
      ['{"a":0}', '{"k":1,"a":0}'],
      ['{"a":0,"k":{"x":2}}', '{"a":0,"k":1}'],
    ] as const)
      assert.equal(join(splice(text, [setMember(0, members(text, 0), 'k', '1')])), expected)
  })

  test('drops a member with its comma, wherever it stands', () => {
    for (const text of ['{"k":1}', '{ "k" : 1 , "a":2}', '{"a":2,"k":1}', '{"a":2, "k":1 ,"b":3}']) {
      const { k, ...rest } = JSON.parse(text) as Record<string, unknown>
      assert.ok(k)
      assert.deepEqual(read(join(splice(text, [dropMember(text, 0, 'k')!]))), rest)
    }
  })
})

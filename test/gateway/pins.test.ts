import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { definition, definitions } from '../../src/gateway/definition.ts'
import { lookOf } from '../../src/gateway/looks.ts'
import { decide, heldBy, sight, updateId, type Pin, type PinMode } from '../../src/gateway/pins.ts'
import { encode, toWire } from '../../src/rpc/wire.ts'

const tool = (description: string, more: object = {}) => definition('read', encode({ name: 'read', description, inputSchema: { type: 'object' }, ...more }))

describe('a definition', () => {
  test('is the same whatever no model reads of it, and however it is written', () => {
    const one = definition('a', toWire('{"name":"a","inputSchema":{"type":"object","properties":{}},"description":"é"}'))
    for (const text of [
      '{ "description" : "\\u00e9", "name":"a", "inputSchema":{"properties":{ },"type":"object"} }',
      '{"name":"a","description":"é","inputSchema":{"type":"object","properties":{}},"icons":[{"src":"x"}],"_meta":{"v":2},"execution":{}}',
    ])
      assert.equal(definition('a', toWire(text)).hash, one.hash, text)
  })

  test('is another one with any other word, schema, hint or title', () => {
    const all = [{}, { title: 't' }, { annotations: { readOnlyHint: true } }, { outputSchema: {} }, { inputSchema: { type: 'object', required: [] } }]
    const hashes = new Set([...all.map(more => tool('d', more).hash), tool('e').hash])
    assert.equal(hashes.size, all.length + 1)
  })

  test('that says a thing twice is odd, at whatever depth', () => {
    for (const text of ['{"name":"a","name":"b"}', '{"name":"a","inputSchema":{"x":{"y":1,"\\u0079":2}}}'])
      assert.match(definition('a', text).odd!, /says a thing twice/)
    assert.equal(definition('a', '{"name":"a","_meta":{"x":1,"x":2}}').odd, undefined)
  })

  test('with a character that nobody sees is odd, in a key or a value', () => {
    assert.match(tool('a\u200bb').odd!, /U\+200B/)
    assert.match(tool('d', { inputSchema: { properties: { 'a\u202e': {} } } }).odd!, /U\+202E/)
    assert.equal(tool('größe 👨‍👩‍👧 "quoted"\r\nand\ttabbed \\u200b').odd, undefined)
  })

  test('nested beyond measure is read all the same', () => {
    const deep = `{"name":"a","inputSchema":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`
    assert.match(definition('a', deep).hash, /^[0-9a-f]{64}$/)
  })

  test('is read once: who is offered the same text again is told what was found before', () => {
    const items = [{ key: 'a', text: '{"name":"a"}' }]
    const before = definitions(
      items,
      () => undefined,
      () => false,
    )
    const again = definitions(
      items,
      () => before.get('a'),
      () => false,
    )
    assert.equal(again.get('a'), before.get('a'))
  })
})

test('what is seen for the first time is let through, and seen again, before anybody has made its hash', () => {
  let made = 0
  const one = {
    tool: 'read',
    text: '{"name":"read"}',
    get hash() {
      made++
      return 'h'
    },
  }
  const { pin } = sight(undefined, one, false, 0)!
  assert.equal(heldBy('quarantine', pin, one), undefined)
  assert.equal(sight(pin, { ...tool('d'), text: one.text }, false, 1), undefined)
  assert.equal(made, 0)
  assert.equal(pin.accepted!.hash, 'h')
})

describe('names that look like each other', () => {
  for (const [one, other] of [
    ['list_all', 'Iist_all'],
    ['list_all', '1ist_all'],
    ['read_file', 'rеad_file'],
    ['read_file', 'READ_FILE'],
    ['book', 'b00k'],
    ['read', 'r\u200bead'],
    ['read', 'ｒｅａｄ'],
    ['cafe', 'café'],
    ['a-b', 'a–b'],
  ] as const)
    test(`${one} and ${encode(other)}`, () => assert.equal(lookOf(one), lookOf(other)))

  for (const [one, other] of [
    ['read_file', 'read_files'],
    ['read_file', 'readfile'],
    ['read-file', 'read_file'],
    ['get_a', 'get_b'],
    ['v1', 'v2'],
  ] as const)
    test(`are not ${one} and ${other}`, () => assert.notEqual(lookOf(one), lookOf(other)))
})

test('an update has an id of what it says, in whatever order its tools come', () => {
  const changes = [tool('a'), { ...tool('b'), tool: 'write' }].map(is => ({ tool: is.tool, is }))
  assert.equal(updateId(changes), updateId([...changes].reverse()))
  assert.notEqual(updateId(changes), updateId(changes.slice(1)))
})

test('whatever a backend offers, in whatever order people decide: what is not held was seen first or accepted, and nothing that a person banned passes', () => {
  const offers = ['a', 'b', 'c', 'd\u200b'].map(text => tool(text))
  const step = fc.oneof(
    fc.record({ kind: fc.constant('offer' as const), of: fc.nat(offers.length - 1) }),
    fc.record({ kind: fc.constantFrom('accept' as const, 'refuse' as const) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), fc.constantFrom<PinMode>('ask', 'quarantine'), (steps, mode) => {
      let pin: Pin | undefined
      let now = offers[0]!
      const fine = new Set<string>()
      let banned: string | undefined
      steps.forEach((one, at) => {
        if (one.kind === 'offer') {
          now = offers[one.of]!
          const seen = sight(pin, now, heldBy(mode, pin, now) !== undefined, at)
          if (seen?.kind === 'first') fine.add(now.hash)
          pin = seen?.pin ?? pin
        } else if (pin) {
          const meant = (pin.offered ?? pin.accepted)!.hash
          if (one.kind === 'accept') fine.add(meant)
          banned = one.kind === 'refuse' ? meant : undefined
          pin = decide(pin, one.kind, 'ann', at)
        } else return
        const held = heldBy(mode, pin, now)
        if (!held) assert.ok(fine.has(now.hash), 'it passes, and nobody has accepted it')
        if (!held) assert.notEqual(now.hash, banned, 'it passes, and a person has refused it')
        if (held?.kind === 'changed') assert.ok(mode === 'ask' && now.odd === undefined && fine.has(held.was.hash), 'it is listed as nobody has accepted it')
      })
    }),
    { numRuns: 2000 },
  )
})

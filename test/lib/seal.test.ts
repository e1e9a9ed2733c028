import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Seal } from '../../src/lib/seal.ts'

const seal = new Seal(randomBytes(32))

describe('a sealed text', () => {
  test('opens where it was sealed for, whatever it says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, about) => {
        assert.equal(seal.open(seal.seal(text, about), about), text.toWellFormed())
      }),
    )
  })

  test('does not open in another place, nor with another key', () => {
    const sealed = seal.seal('secret', 'logins linear')
    assert.equal(seal.open(sealed, 'logins github'), undefined)
    assert.equal(new Seal(randomBytes(32)).open(sealed, 'logins linear'), undefined)
  })

  test('does not open when any bit of it differs, or its end is missing', () => {
    const bytes = Buffer.from(seal.seal('secret', 'here'), 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3]! ^= 1 << (bit & 7)
      assert.equal(seal.open(changed.toString('base64url'), 'here'), undefined, `bit ${bit}`)
    }
    for (let length = 0; length < bytes.length; length++) assert.equal(seal.open(bytes.subarray(0, length).toString('base64url'), 'here'), undefined)
  })

  test('is another each time, and holds nothing of the text', () => {
    const sealed = Array.from({ length: 200 }, () => seal.seal('secret', 'here'))
    assert.equal(new Set(sealed).size, 200)
    assert.ok(sealed.every(text => !Buffer.from(text, 'base64url').includes('secret')))
  })

  test('names its version in its first byte', () => assert.equal(Buffer.from(seal.seal('', ''), 'base64url')[0], 1))
})

test('a fingerprint tells keys apart and is not the key', () => {
  const key = randomBytes(32)
  assert.equal(new Seal(key).fingerprint, new Seal(key).fingerprint)
  assert.notEqual(new Seal(key).fingerprint, seal.fingerprint)
  assert.ok(!key.toString('hex').includes(new Seal(key).fingerprint))
})

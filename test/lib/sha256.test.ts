import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { keyed, sha256 } from '../../src/lib/sha256.ts'

test('a text has the hash that node:crypto gives it', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), text => assert.equal(sha256(text), createHash('sha256').update(text).digest('hex'))))
})

test('under one key any number of texts have the hashes that node:crypto gives them', () => {
  const salt = 'ab'.repeat(32)
  const hash = keyed(salt)
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), text => assert.equal(hash(text), createHmac('sha256', salt).update(text).digest('hex'))),
  )
})

test('a key longer than a block is no other key than node:crypto takes it for', () => {
  const long = 'k'.repeat(200)
  assert.equal(keyed(long)('text'), createHmac('sha256', long).update('text').digest('hex'))
})

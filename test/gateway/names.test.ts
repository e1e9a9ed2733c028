import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { prefixOf, publicName } from '../../src/gateway/names.ts'

const key = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 64 })

describe('a public name', () => {
  test('is prefix and name where both fit', () => {
    assert.equal(publicName('github', 'create_issue'), 'github__create_issue')
  })

  test('fits what every client takes, whatever a person and a backend write', () =>
    fc.assert(
      fc.property(key, fc.string({ unit: 'binary', maxLength: 300 }), (backend, name) => assert.match(publicName(backend, name), /^[A-Za-z0-9_-]{1,50}$/)),
    ))

  test('of what does not fit is cut to 43 and ends in six digits of a hash, so two long names differ', () => {
    const long = (end: string) => publicName('github', 'a'.repeat(60) + end)
    assert.match(long('x'), /^github__a{35}_[0-9a-f]{6}$/)
    assert.notEqual(long('x'), long('y'))
    assert.notEqual(publicName('a', 'b.c'), publicName('a', 'b/c'))
  })

  test('never changes: these are in the memories of clients', () => {
    assert.equal(prefixOf('files'), 'files')
    assert.equal(prefixOf('My Server'), 'my-server-c2d9')
    assert.equal(publicName('My Server', 'read.file'), 'my-server-c2d9__read_file_871a67')
    assert.equal(publicName('github', 'a'.repeat(60)), `github__${'a'.repeat(35)}_5204ba`)
  })
})

describe('a prefix', () => {
  test('holds no underscore, so the first two in a name are where it ends', () =>
    fc.assert(fc.property(key, backend => assert.match(prefixOf(backend), /^[a-z0-9-]{1,16}$/))))

  test('differs for backends that differ only in case', () => {
    assert.notEqual(prefixOf('GitHub'), prefixOf('github'))
    assert.notEqual(prefixOf('GitHub'), prefixOf('gitHub'))
  })
})

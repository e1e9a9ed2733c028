import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Passing } from '../../src/lib/passing.ts'

test('what is set is there until it is taken, once', () => {
  const passing = new Passing<string>()
  passing.set('1', 'one')
  passing.set('1', 'uno')
  assert.equal(passing.size, 1)
  assert.equal(passing.get('1'), 'uno')
  assert.equal(passing.take('1'), 'uno')
  assert.equal(passing.take('1'), undefined)
  assert.equal(passing.has('1'), false)
  assert.equal(passing.size, 0)
})

test('no key is special', () => {
  const passing = new Passing<number>()
  for (const key of ['__proto__', 'constructor', 'toString', '']) {
    assert.equal(passing.get(key), undefined)
    passing.set(key, 1)
  }
  assert.deepEqual(
    passing
      .entries()
      .map(([key]) => key)
      .sort(),
    ['', '__proto__', 'constructor', 'toString'],
  )
  assert.deepEqual(passing.values(), [1, 1, 1, 1])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closest } from '../../src/lib/closest.ts'

const known = ['list', 'get', 'github', 'command', 'timeoutMs']

test('a slip of the fingers is understood', () => {
  for (const [word, meant] of [
    ['lsit', 'list'],
    ['lst', 'list'],
    ['gihtub', 'github'],
    ['Comand', 'command'],
    ['TIMEOUTMS', 'timeoutMs'],
    ['gett', 'get'],
  ] as const)
    assert.equal(closest(word, known), meant, word)
})

test('another word is not', () => {
  for (const word of ['', 'x', 'zzz', 'permissions', 'a'.repeat(10_000)]) assert.equal(closest(word, known), undefined)
})

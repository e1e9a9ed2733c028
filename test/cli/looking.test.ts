// What a window that only looks may run.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onlyLooks } from '../../src/cli/looking.ts'

const words = (text: string) => onlyLooks(text.split(' '))

test('what looks may be run by who only looks', () => {
  for (const text of [
    'log --tool x',
    'log remove',
    'rules',
    'limits --json',
    'backends',
    'backends logs files',
    'pins diff a',
    'keys list',
    'approvals 3f9a',
    'approve --help',
    'keys create --help',
  ])
    assert.equal(words(text), true, text)
})

test('what changes anything may not, however it is written', () => {
  for (const text of [
    ...[
      'approve 3f9a',
      'refuse 3f9a --reason --help',
      'deny x',
      'rules remove 3f9a',
      'rules rm 3f9a',
      'rules --json rm 3f9a',
      'limits rm 3f9a',
      'limit all 1/1m',
    ],
    ...[
      'pins accept a',
      'pins -a accept a',
      'backends stop files',
      'keys create x',
      'keys',
      'config edit',
      'call a__b',
      'replay x',
      'add x',
      'remove x',
      'login x',
      '',
    ],
  ])
    assert.equal(words(text), false, text)
})

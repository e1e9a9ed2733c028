// Where a backend may send us while we log in there.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allowed } from '../../src/backends/oauth/fetch.ts'

const outside = new URL('https://mcp.example.com/mcp')
const here = new URL('http://127.0.0.1:3000/mcp')

const own = [
  'localhost',
  'LOCALHOST',
  'localhost.',
  'a.localhost',
  'a.localhost.',
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0.0.0.0',
  '0',
  '127.255.255.254',
  '[::1]',
]
const odd = ['[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::ffff:0.0.0.0]', '[0:0:0:0:0:0:0:1]']

test('one from outside sends us to no address of this machine, however that is written', () => {
  for (const host of [...own, ...odd])
    for (const scheme of ['https', 'http']) assert.equal(allowed(new URL(`${scheme}://${host}/token`), outside), false, `${scheme}://${host}`)
  assert.equal(allowed(new URL('https://login.example.com/token'), outside), true)
  assert.equal(allowed(new URL('http://login.example.com/token'), outside), false)
})

test('one on this machine may, over either scheme', () => {
  for (const host of [...own, ...odd]) assert.equal(allowed(new URL(`http://${host}:4000/token`), here), true, host)
  assert.equal(allowed(new URL('ftp://localhost/token'), here), false)
})

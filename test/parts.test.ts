// The binary's parts, run from text: what they require comes from here.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { run, wrapper } from '../scripts/build/parts.ts'

/** Runs this as the first part: what it hands over, and what it has asked to be loaded. */
function part(body: string): { exported: Record<string, unknown>; loaded: string[] } {
  const loaded: string[] = []
  const real = createRequire(import.meta.url)
  const watched = Object.assign((id: string) => (loaded.push(id), real(id)), real)
  const exported: Record<string, unknown> = {}
  Object.assign(globalThis, { handed: exported })
  run(file => (file === 'stdio.js' ? Buffer.from(wrapper.plain + body + wrapper.end) : undefined), watched)
  return { exported, loaded }
}

test('node:crypto is not loaded by who only names it', () => {
  const { loaded } = part(`const crypto = require('node:crypto'), path = require('node:path'); handed.sep = path.sep`)
  assert.deepEqual(loaded, ['node:path'])
})

test('node:crypto is loaded at its first use, once however often it is used, and does what it always does', () => {
  const { exported, loaded } = part(`
    const one = require('node:crypto')
    handed.hashes = ['a', 'b', 'a'].map(text => (0, one.hash)('sha256', text))
    handed.random = one.randomBytes(4).length
    handed.other = one.createHash('sha256').update('a').digest('hex')`)
  const [a, b, again] = exported['hashes'] as string[]
  assert.equal(a, again)
  assert.notEqual(a, b)
  assert.equal(exported['other'], a)
  assert.equal(exported['random'], 4)
  assert.deepEqual(loaded, ['node:crypto'])
})

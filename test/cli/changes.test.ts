import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { changeSentence, known } from '../../src/cli/changes.ts'

const said = (note: string, detail: Record<string, unknown> = {}): string => changeSentence({ journal: 'a', seq: 1, hash: '', at: 1, note, detail })

describe('a change on record, as a sentence', () => {
  test('of a key', () => {
    const whole = { name: 'ci', shown: 'mgw_abcdef', roles: ['build', 'ops'], allow: ['a__*'], backends: ['a'], limit: '60/1m', operator: true, expiresAt: 0 }
    assert.equal(
      said('keys.created', whole),
      'made the key ci (mgw_abcdef...), with the role build, ops, for a__*, for the backend a, at most 60/1m, it may answer questions, until 1970-01-01 00:00',
    )
    assert.equal(
      said('keys.created', { name: 'ci', shown: 'mgw_abcdef', roles: [], allow: [], backends: [], operator: false }),
      'made the key ci (mgw_abcdef...)',
    )
    assert.equal(said('keys.rotated', { name: 'ci', shown: 'mgw_x' }), 'made another key for ci (mgw_x...), the one before is worth nothing any more')
    assert.match(said('keys.rotated', { name: 'ci', shown: 'mgw_x', expires: '2027-01-01T00:00:00.000Z' }), /, until 2027-01-01 00:00, the one/)
    assert.equal(said('keys.revoked', { name: 'ci' }), 'revoked the key ci: it is worth nothing any more')
    assert.equal(said('keys.failed', { name: 'ci', because: 'somebody was faster' }), 'the change of the key ci was not made: somebody was faster')
  })

  test('of who was turned away', () => {
    const one = { because: 'The key has expired.', from: '10.0.0.7', asked: 'initialize', shown: 'mgw_abcdef' }
    assert.equal(said('keys.refused', one), 'turned away at the door: initialize from 10.0.0.7 with the key mgw_abcdef...: The key has expired.')
    assert.equal(
      said('keys.refused', { many: 312, because: ['Unknown.', 'Revoked.'], from: ['10.0.0.7', '::1'] }),
      'turned away 312 more requests at the door, from 10.0.0.7, ::1: Unknown., Revoked.',
    )
  })

  test('of a gateway that failed', () => {
    const detail = { by: 'gateway', because: 'x is no function', where: 'run (a.ts:1:2)' }
    assert.equal(
      said('gateway.failed', { ...detail, ends: true }),
      'failed over something that nobody had foreseen, and ended: x is no function (run (a.ts:1:2))',
    )
    assert.equal(
      said('gateway.failed', { ...detail, ends: false, where: undefined }),
      'failed over something that nobody had foreseen, and went on: x is no function',
    )
  })

  test('of what a tool is', () => {
    const tools = Object.fromEntries('abcdefg'.split('').map(name => [name, 'sha256:1']))
    assert.equal(said('pins.first', { backend: 'files', tools }), 'pinned a, b, c, d, e and 2 more of files as first seen')
    const hashes = { tool: 'read', backend: 'files', from: 'sha256:aaaaaaaaaa', to: 'sha256:bbbbbbbbbb' }
    assert.equal(said('pins.changed', { ...hashes, because: 'read of files' }), 'read of files is another one than was accepted (mcpgw pins diff)')
    assert.equal(said('pins.changed', { because: 'read of files: it is again what was accepted' }), 'read of files: it is again what was accepted')
    assert.equal(said('pins.quarantined', { because: 'read of files: hidden characters' }), 'hides what looks like an attack: read of files: hidden characters')
    assert.equal(said('pins.accepted', { because: 'read of files' }), 'accepted what has changed: read of files')
  })

  test('of a login', () => {
    const at = { backend: 'linear', issuer: 'https://linear.app' }
    assert.equal(said('login.made', { ...at, scope: 'read write' }), 'logged in at linear (https://linear.app), for read write')
    assert.equal(said('login.dropped', at), 'logged out at linear (https://linear.app)')
    assert.equal(said('login.renewed', at), 'renewed the login at linear')
    assert.equal(said('login.refused', { ...at, because: 'its time is over' }), 'the login at linear has ended: its time is over')
  })

  test('of what a newer version has noted is its facts', () => {
    assert.equal(said('moon.landed', { by: 'gateway', on: 'the moon', feet: [1], no: false }), 'moon.landed: on the moon, feet [1]')
    assert.equal(said('toString.x'), 'toString.x: nothing more')
  })

  test('stands for whatever the line has lost, and breaks at nothing', () => {
    for (const kind of kinds())
      for (const odd of [undefined, null, 1, {}, [], [null], 'x', Number.NaN, 1e300])
        assert.equal(typeof said(kind, new Proxy({}, { get: () => odd, ownKeys: () => [] })), 'string', kind)
  })

  test('is there for every kind that is noted anywhere', () => {
    const all = kinds()
    assert.ok(all.includes('keys.refused') && all.includes('pins.first') && all.length > 20)
    assert.deepEqual(
      all.filter(kind => !known(kind)),
      [],
    )
  })
})

/** The kinds of notes that the source names. */
function kinds(): string[] {
  const src = join(import.meta.dirname, '../../src')
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(file => /\.tsx?$/.test(file) && !file.endsWith('cli/changes.ts'))
  const text = files.map(file => readFileSync(join(src, file), 'utf8')).join('\n')
  const found = [...text.matchAll(/'((?:settings|keys|pins|approvals|login|payloads)\.[a-z]+)'/g)].map(([, kind]) => kind!)
  return [...new Set(found)]
}

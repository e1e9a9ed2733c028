// Who is refused at the HTTP door: what is on record of it, and that a flood leaves little.

import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { Fault } from '../../src/gateway/faults.ts'
import { LOCAL } from '../../src/gateway/principals.ts'
import { META_VERSION } from '../../src/rpc/eras.ts'
import { openDoor } from '../fixtures/http-door.ts'
import { echoing } from '../scenes/stage.ts'

const MINUTE_MS = 60_000
const KEY = `mgw_${'abcdefghij'.repeat(5).slice(0, 43)}`
const fault: Fault = { code: 'unauthenticated', message: 'The key that was presented has been revoked. Nothing was done. Tell the person: no.' }
const call = (name: unknown, id: unknown = 1) => ({ id, method: 'tools/call', params: { name, arguments: { secret: 'hunter2' } } })
const hello = { id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'scene', version: '1' } } }
const bad = { authorization: `Bearer ${KEY}` }

async function door(t: TestContext) {
  let revoked = false
  const admit = (key: string | undefined) => (key === KEY && !revoked ? { ...LOCAL, id: 'ci' } : fault)
  const made = await openDoor(t, { a: echoing('t') }, { admit })
  const { journal } = made
  const opened = () => journal.lines.flatMap(line => (line.kind === 'open' ? [line] : []))
  return { ...made, opened, revoke: () => (revoked = true) }
}

describe('who is refused at the door', () => {
  test('leaves its call on record as a refused one of nobody, whichever era it speaks, and nothing of what it carried', async t => {
    const { client: open, opened, journal, sessions, revoke } = await door(t)
    revoke()
    const client = open()
    assert.equal((await client.post(call('a__t'), bad)).status, 401)
    assert.equal((await client.modern(2, 'tools/call', { name: 'a__u' }, bad)).status, 401)
    assert.equal((await client.post({ id: 3, method: 'resources/read', params: { uri: 'x:y' } })).status, 401)
    assert.deepEqual(
      opened().map(({ call: { method, target, backend, origin }, decision }) => [
        method,
        target,
        backend,
        origin.principal.id,
        origin.era,
        origin.client.name,
        decision.by,
      ]),
      [
        ['tools/call', 'a__t', '', 'nobody', 'legacy', 'unknown', 'key'],
        ['tools/call', 'a__u', '', 'nobody', 'modern', 'scene', 'key'],
        ['resources/read', 'x:y', '', 'nobody', 'legacy', 'unknown', 'key'],
      ],
    )
    assert.deepEqual(journal.outcomes, ['refused', 'refused', 'refused'])
    assert.deepEqual([journal.kept, journal.notes, sessions], [[], [], []])
  })

  test('whose key was good a moment ago is on record with the client that it is', async t => {
    const { client: open, opened, revoke } = await door(t)
    const client = open()
    const { headers } = await client.post(hello, bad)
    client.session = headers['mcp-session-id'] as string
    revoke()
    assert.equal((await client.post(call('a__t'), bad)).status, 401)
    const [{ call: called }] = opened() as [ReturnType<typeof opened>[number]]
    assert.deepEqual([called.origin.client.name, called.origin.session, called.origin.principal.id], ['scene', 's0', 'nobody'])
  })

  test('whose key was good a moment ago has no session any more, and no stream that was open', async t => {
    const { client: open, sessions, clock, revoke } = await door(t)
    const client = open()
    const { headers } = await client.post(hello, bad)
    client.session = headers['mcp-session-id'] as string
    const stream = await client.listen(bad)
    await clock.pass(15_000)
    assert.deepEqual([stream.ended, sessions.length], [false, 1])
    revoke()
    await clock.pass(15_000)
    await stream.end()
    assert.deepEqual(sessions, [])
  })

  test('and wanted something else is noted: why, from where, what, and how its key begins; never the key', async t => {
    const { client: open, journal, opened, revoke } = await door(t)
    revoke()
    const client = open()
    await client.post(hello, bad)
    await client.post(hello)
    await client.post(hello, { authorization: 'Bearer ghp_notours' })
    await client.say('GET', undefined, bad)
    await client.post('{"jsonrpc":', bad)
    await client.post(call(7), bad)
    await client.post('x'.repeat(200_000), bad)
    const because = 'The key that was presented has been revoked.'
    const from = '127.0.0.1'
    assert.deepEqual(
      journal.notes.map(({ kind, detail }) => [kind, detail]),
      [
        ['keys.refused', { because, from, asked: 'initialize', shown: 'mgw_abcdef' }],
        ['keys.refused', { because, from, asked: 'initialize' }],
        ['keys.refused', { because, from, asked: 'initialize' }],
        ['keys.refused', { because, from, asked: 'GET /mcp', shown: 'mgw_abcdef' }],
        ['keys.refused', { because, from, asked: 'POST /mcp', shown: 'mgw_abcdef' }],
        ['keys.refused', { because, from, asked: 'tools/call', shown: 'mgw_abcdef' }],
        ['keys.refused', { because, from, asked: 'POST /mcp', shown: 'mgw_abcdef' }],
      ],
    )
    assert.deepEqual(opened(), [])
  })

  test('in a flood is counted, a note each minute; later ones are told apart again', async t => {
    const { client: open, clock, journal, opened, revoke } = await door(t)
    revoke()
    const client = open()
    for (let n = 0; n < 120; n++) assert.equal((await client.post(call('a__t', n), bad)).status, 401)
    assert.deepEqual([opened().length, journal.notes.length], [20, 0])
    await clock.pass(MINUTE_MS)
    const many = { many: 100, because: ['The key that was presented has been revoked.'], from: ['127.0.0.1'] }
    assert.deepEqual(journal.notes, [{ kind: 'keys.refused', detail: many }])
    for (let n = 0; n < 3; n++) await client.post(call('a__t', n), bad)
    assert.equal(opened().length, 21, 'one more for a minute')
    await clock.pass(MINUTE_MS)
    assert.deepEqual(journal.notes.at(-1)!.detail['many'], 2)
    await clock.pass(20 * MINUTE_MS)
    for (let n = 0; n < 25; n++) await client.post(call('a__t', n), bad)
    assert.equal(opened().length, 41)
    assert.equal(journal.notes.length, 2)
  })

  test('at the control API is one more of them', async t => {
    const { client: open, door: served, clock, journal, revoke } = await door(t)
    revoke()
    const client = open()
    for (let n = 0; n < 19; n++) await client.post(call('a__t', n), bad)
    for (const asked of ['GET /status', 'POST /backends/a/stop']) served.refused({ key: KEY, fault, from: '10.0.0.9', asked })
    const because = 'The key that was presented has been revoked.'
    assert.deepEqual(
      journal.notes.map(({ detail }) => detail),
      [{ because, from: '10.0.0.9', asked: 'GET /status', shown: 'mgw_abcdef' }],
    )
    await clock.pass(MINUTE_MS)
    assert.deepEqual(journal.notes.at(-1)!.detail, { many: 1, because: [because], from: ['10.0.0.9'] })
  })

  test('is counted to the end', async t => {
    const { client: open, door: served, journal, revoke } = await door(t)
    revoke()
    const client = open()
    for (let n = 0; n < 21; n++) await client.post(call('a__t', n), bad)
    await served.close('the end')
    assert.deepEqual(journal.notes.at(-1)?.detail['many'], 1)
  })

  test('is no business of the record where only the store is busy', async t => {
    const { client: open, journal } = await openDoor(t, {}, { admit: () => ({ code: 'store_busy', message: 'Later.', retryAfterMs: 1000 }) })
    assert.equal((await open().post({ ...hello, params: { ...hello.params, _meta: { [META_VERSION]: 1 } } }, bad)).status, 503)
    assert.deepEqual([journal.notes, journal.lines], [[], []])
  })
})

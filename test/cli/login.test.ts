// Claims about `mcpgw login` and `logout`, and about what other commands say of a login.

import assert from 'node:assert/strict'
import { chmodSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { test, type TestContext } from 'node:test'
import { openStore } from '../../src/store/sqlite.ts'
import type { StoredNote } from '../../src/store/store.ts'
import { authorization, browse, type Authorization, type Wishes } from '../fixtures/authorization.ts'
import { offering, person, type Person } from './running.ts'

async function guarded(t: TestContext, wishes: Wishes = {}, server: Record<string, unknown> = {}): Promise<{ server: Authorization; someone: Person }> {
  const remote = await authorization(wishes)
  t.after(() => remote.close())
  const someone = person(t, { check: async () => offering(['read', 'write']) })
  writeFileSync(someone.context.places.settings, JSON.stringify({ version: 1, mcpServers: { guarded: { url: remote.url, ...server } } }))
  const { err } = someone.context
  const { write } = err
  err.write = text => {
    write(text)
    const [, address] = /^ {2}(http\S+)$/m.exec(text) ?? []
    if (address) void browse(new URL(address))
  }
  return { server: remote, someone }
}

const logIn = (someone: Person, ...more: string[]) => someone.mcpgw('login', 'guarded', '--no-browser', '--timeout', '10s', ...more)

async function notes({ context }: Person): Promise<StoredNote[]> {
  const store = await openStore(context.places.database)
  const found = await store.notes()
  await store.close()
  return found.toReversed()
}

test('a login is told, on record, and taken back', async t => {
  const { server, someone } = await guarded(t, { scope: 'read' })
  const told = await logIn(someone)
  assert.equal(told.exit, 0, told.err)
  assert.equal(told.out, `guarded lets us in (${server.issuer}; scopes: read; renewed by itself)\nit offers 2 tools\n`)
  const listed = await someone.mcpgw('list')
  assert.match(listed.out, /^NAME +STATE +TYPE +LOGIN +WHAT\nguarded +enabled +http +logged in/)
  assert.match((await someone.mcpgw('get', 'guarded')).out, /^login +since .*\ntoken until /m)
  assert.deepEqual(await someone.mcpgw('doctor'), { exit: 0, out: 'all is well\n', err: '' })
  assert.match((await someone.mcpgw('remove', 'guarded')).err, /mcpgw logout guarded/)

  const out = await someone.mcpgw('logout', 'guarded')
  assert.deepEqual([out.exit, out.out], [0, 'logged out of guarded\n'], 'also where the backend is gone from the settings')
  assert.equal(server.refresh.size, 0)
  const kinds = (await notes(someone)).map(({ note, detail }) => [note, detail['backend']])
  assert.deepEqual(kinds, [
    ['login.made', 'guarded'],
    ['settings.changed', undefined],
    ['login.dropped', 'guarded'],
  ])
  const all = JSON.stringify(await notes(someone))
  assert.ok(!/access-|refresh-|code-/.test(all), all)
})

test('what can not be recorded is not kept, and given back', async t => {
  const { server, someone } = await guarded(t)
  writeFileSync(someone.context.places.journal, 'a file where the folder should be')
  const told = await logIn(someone)
  assert.deepEqual([told.exit, server.access.size + server.refresh.size], [1, 0])
  assert.match(told.err, /it can not be recorded, so it was not done/)
  rmSync(someone.context.places.journal)
  assert.match((await someone.mcpgw('logout', 'guarded')).err, /Nobody is logged in/)
})

test('doctor tells what is wrong with logins and their key', async t => {
  const { someone } = await guarded(t)
  const before = await someone.mcpgw('doctor')
  assert.match(before.out, /guarded: .* wants to know who we are \(401\)\n +log in: mcpgw login guarded/)
  assert.equal((await logIn(someone, '--json')).exit, 0)
  const store = await openStore(someone.context.places.database)
  const [login] = await store.logins.all()
  await store.logins.want(login!.id, 'write')
  await store.logins.put({ ...login!, version: 2, state: 'refused', reason: 'invalid_grant', wanted: 'write' })
  await store.close()
  const { masterKey } = someone.context.places
  assert.equal(statSync(masterKey).mode & 0o777, 0o600)
  chmodSync(masterKey, 0o644)
  const { exit, out } = await someone.mcpgw('doctor')
  assert.equal(exit, 1)
  assert.match(out, /guarded: its login has ended: invalid_grant\n +log in again: mcpgw login guarded/)
  assert.match(out, /guarded: a call wanted more than its login allows \(write\)/)
  assert.match(out, /master key: .*may be read by others .*chmod 600/)
  assert.match((await someone.mcpgw('list')).out, /login ended/)
})

test('a server that can not be told is no reason to keep a login', async t => {
  const { server, someone } = await guarded(t)
  await logIn(someone)
  await server.close()
  const told = await someone.mcpgw('logout', 'guarded')
  assert.deepEqual([told.exit, told.out], [0, 'logged out of guarded\n'])
  assert.match(told.err, /could not be told .*can not be reached.*its token ends by itself/)
  assert.ok(!(await someone.mcpgw('list')).out.includes('logged in'))
})

test('"oauth" goes with a URL, and not with a header that says who we are', async t => {
  for (const [entry, say] of [
    [{ command: 'x', oauth: {} }, /"oauth" goes with a "url"/],
    [{ url: 'https://x.example/mcp', oauth: {}, headers: { authorization: 'x' } }, /only one can say who you are/],
    [{ url: 'https://x.example/mcp', oauth: { clientSecret: 'x' } }, /goes with a "clientId"/],
    [{ url: 'https://x.example/mcp', oauth: { clientMetadataUrl: 'http://x.example/y' } }, /clientMetadataUrl/],
  ] as const) {
    const someone = person(t)
    writeFileSync(someone.context.places.settings, JSON.stringify({ version: 1, mcpServers: { a: entry } }))
    const { exit, err } = await someone.mcpgw('list')
    assert.equal(exit, 2)
    assert.match(err, say)
  }
})

test('the secret of a client is not shown', async t => {
  const { someone } = await guarded(t, {}, { oauth: { clientId: 'mine', clientSecret: 'hunter2' } })
  for (const args of [
    ['get', 'guarded'],
    ['get', 'guarded', '--json'],
    ['list', '--json'],
  ])
    assert.ok(!(await someone.mcpgw(...args)).out.includes('hunter2'))
})

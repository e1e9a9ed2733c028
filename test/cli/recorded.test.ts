// A change that a command makes is on record before it is made.

import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { openStore } from '../../src/store/sqlite.ts'
import type { StoredNote } from '../../src/store/store.ts'
import { person, type Person } from './running.ts'

async function notes({ context }: Person): Promise<readonly StoredNote[]> {
  const store = await openStore(context.places.database)
  const found = await store.notes()
  await store.close()
  return [...found].reverse()
}

test('each command that changes settings leaves a record of its keys, and no secret; nothing is left in the journal', async test => {
  const someone = person(test)
  await someone.mcpgw('add', 'files', '--no-check', '--env', 'TOKEN=S3CRET', '--', 'backend', '--key', 'S3CRET')
  await someone.mcpgw('disable', 'files')
  await someone.mcpgw('enable', 'files')
  await someone.mcpgw('deny', 'files__*', '--when', '/token=S3CRET')
  await someone.mcpgw('rules', 'remove', JSON.parse((await someone.mcpgw('rules', '--json')).out).rules[0].id)
  await someone.mcpgw('limit', 'all', '60/1m')
  await someone.mcpgw('remove', 'files')
  const found = await notes(someone)
  assert.deepEqual(
    found.map(({ note, detail }) => [note, detail.command]),
    ['add', 'disable', 'enable', 'deny', 'rules remove', 'limit', 'remove'].map(command => ['settings.changed', command]),
  )
  assert.deepEqual(found[1]!.detail.changes, [{ key: 'mcpServers.files.enabled', how: 'added', to: false }])
  assert.match(JSON.stringify(found[3]!.detail.changes), /"how":"added","to":"deny files__\*"/)
  assert.ok(found.every(({ detail }) => detail.by === 'local' && typeof detail.user === 'string' && detail.file === someone.context.places.settings))
  assert.doesNotMatch(JSON.stringify(found), /S3CRET/)
  assert.deepEqual(readdirSync(someone.context.places.journal), [])
  assert.equal((await someone.mcpgw('log', 'verify')).exit, 0)
})

test('what changes nothing is no change', async test => {
  const someone = person(test)
  await someone.mcpgw('deny', 'a__*')
  await someone.mcpgw('deny', 'a__*')
  assert.equal((await someone.mcpgw('remove', 'nobody')).exit, 4)
  assert.equal((await notes(someone)).length, 1)
})

const blocked = ({ context }: Person): void => {
  mkdirSync(dirname(context.places.journal), { recursive: true })
  writeFileSync(context.places.journal, 'a file where the folder should be')
}

test('what can not be recorded is not done', async test => {
  const someone = person(test)
  blocked(someone)
  const { exit, err } = await someone.mcpgw('deny', 'a__*')
  assert.equal(exit, 1)
  assert.match(err, /the change can not be recorded, so it was not made\n.*Nothing can be written to /)
  assert.deepEqual(JSON.parse((await someone.mcpgw('rules', '--json')).out).rules, [])
})

test('where records are not required it is done, and said', async test => {
  const someone = person(test)
  mkdirSync(dirname(someone.context.places.settings), { recursive: true })
  writeFileSync(someone.context.places.settings, '{"audit": {"required": false}}')
  blocked(someone)
  const { exit, err } = await someone.mcpgw('deny', 'a__*')
  assert.equal(exit, 0)
  assert.match(err, /warning: the change is not on record/)
  assert.match(readFileSync(someone.context.places.settings, 'utf8'), /a__\*/)
})

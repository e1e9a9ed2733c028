// A change that a command makes is on record before it is made.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
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

test('a running gateway records what it took into use, and what it refused', async test => {
  const someone = person(test)
  await someone.mcpgw('add', 'files', '--no-check', '--disabled', '--', 'backend')
  const main = new URL('../../src/main.ts', import.meta.url).pathname
  const child = spawn(process.execPath, ['--import', 'tsx', main, 'stdio'], {
    env: { ...process.env, MCPGW_HOME: someone.home, HOME: someone.home },
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  test.after(() => child.kill('SIGKILL'))
  const { places } = someone.context
  const wrote = async (change: () => unknown, what: RegExp): Promise<void> => {
    await change()
    for (let text = ''; !what.test(text); await pause(20)) text = gatewaysText(places.journal) + JSON.stringify(await notes(someone))
  }
  while (!existsSync(places.run) || readdirSync(places.run).length < 2) await pause(20)
  await wrote(() => someone.mcpgw('deny', 'a__*'), /settings\.taken/)
  await wrote(() => writeFileSync(places.settings, '{ "mcpServers": 1 }'), /settings\.refused/)
  child.stdin!.end()
  await once(child, 'exit')
  const { out } = await someone.mcpgw('log', '--changes')
  assert.match(out, /gateway [0-9a-f]{8} +in use: added permissions\.rules\.[0-9a-f]{6} \(deny a__\*\)\n/)
  assert.match(out, /gateway [0-9a-f]{8} +refused: .*mcpServers must be an object/)
  assert.equal((await someone.mcpgw('log', 'verify')).exit, 0)
})

/** What stands in the journals. */
function gatewaysText(dir: string): string {
  return existsSync(dir)
    ? readdirSync(dir)
        .map(name => readFileSync(join(dir, name), 'latin1'))
        .join('')
    : ''
}

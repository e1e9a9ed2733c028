import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { backend, set } from './backend.ts'
import { person, type Given, type Person } from './running.ts'

interface Finding {
  readonly kind: string
  readonly where: string
  readonly what: string
  readonly todo?: string
}

/** Without a shell to ask, what is not on PATH is nowhere. */
const alone: Given = { env: { SHELL: '/bin/false' } }

async function found(someone: Person, ...args: string[]): Promise<{ exit: number; wrong: readonly Finding[]; notes: readonly Finding[] }> {
  const { exit, out } = await someone.mcpgw('doctor', '--json', ...args)
  const all = JSON.parse(out) as Finding[]
  return { exit, wrong: all.filter(one => one.kind === 'wrong'), notes: all.filter(one => one.kind === 'note') }
}

async function http(test: TestContext, status: number, onlyPost = false): Promise<string> {
  const server = createServer((request, response) => response.writeHead(onlyPost && request.method === 'POST' ? 400 : status).end())
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  test.after(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`
}

test('where all is well nothing is wrong, and nothing is started', async test => {
  const someone = person(test)
  set(someone, { one: backend() })
  const { exit, wrong } = await found(someone)
  assert.deepEqual([exit, wrong], [0, []])
  const told = await someone.mcpgw('doctor')
  assert.equal(told.out.trimEnd().split('\n').at(-1), 'all is well')
})

test('before the first backend it says how to begin', async test => {
  const { exit, notes } = await found(person(test))
  assert.equal(exit, 0)
  assert.match(notes[0]!.todo!, /mcpgw add/)
})

test('settings that can not be read are told with every line that is wrong', async test => {
  const someone = person(test)
  writeFileSync(someone.context.places.settings, '{\n "mcpServers": {\n  "a": {"comand": "x"},\n  "b": {}\n }\n}')
  const { exit, wrong } = await found(someone)
  assert.equal(exit, 1)
  assert.ok(wrong.some(one => one.where.endsWith('config.json:3') && /did you mean "command"/.test(one.what)))
  assert.ok(wrong.some(one => one.where.endsWith('config.json:4') && /neither/.test(one.what)))
  writeFileSync(someone.context.places.settings, '{')
  assert.equal((await found(someone)).exit, 1)
})

test('a command that is nowhere, a folder that is not there, a variable that is not set: each with its backend', async test => {
  const someone = person(test, alone)
  set(someone, {
    nowhere: { command: 'no-such-command-at-all' },
    folder: { ...backend(), cwd: '/no/such/folder' },
    variable: { command: 'node', env: { TOKEN: '${NO_SUCH_VARIABLE}' } },
    off: { command: 'no-such-command-at-all', enabled: false },
  })
  const { exit, wrong } = await found(someone)
  assert.equal(exit, 1)
  assert.deepEqual(
    wrong.map(one => [one.where, /no-such-command-at-all|\/no\/such\/folder|NO_SUCH_VARIABLE/.exec(one.what)?.[0]]),
    [
      ['nowhere', 'no-such-command-at-all'],
      ['folder', '/no/such/folder'],
      ['variable', 'NO_SUCH_VARIABLE'],
    ],
  )
})

test('an address that nobody answers at, one where nothing is, one that refuses us', async test => {
  const someone = person(test)
  set(someone, {
    gone: { url: 'http://127.0.0.1:1/mcp' },
    nothing: { url: await http(test, 404) },
    refusing: { url: await http(test, 401) },
    broken: { url: await http(test, 502) },
    fine: { url: await http(test, 405) },
    posting: { url: await http(test, 404, true) },
  })
  const { wrong } = await found(someone)
  assert.deepEqual(
    wrong.map(one => one.where),
    ['gone', 'nothing', 'refusing', 'broken'],
  )
  assert.match(wrong[0]!.what, /can not be reached: ECONNREFUSED/)
})

test('names that clients will not see as they are', async test => {
  const someone = person(test)
  const long = 'a_tool_whose_name_is_much_longer_than_any_client_would_ever_show_it'
  set(someone, { one: backend('--tools', `${long},short`) })
  await someone.mcpgw('tools')
  const { exit, notes } = await found(someone)
  const name = notes.find(one => one.where === 'one' && one.what.includes(long))
  assert.match(name!.what, /is shown as one__a_tool_whose_name/)
  assert.match(name!.todo!, /--bare one .* too long for .*cursor/)
  assert.equal(exit, 0)
})

test('with --start every backend is started, and what does not start is told', async test => {
  const someone = person(test)
  set(someone, { good: backend(), bad: { command: process.execPath, args: ['-e', 'process.exit(3)'] } })
  assert.deepEqual((await found(someone)).wrong, [])
  const { exit, wrong } = await found(someone, '--start')
  assert.equal(exit, 1)
  assert.deepEqual([wrong.length, wrong[0]!.where], [1, 'bad'])
})

test('a folder of ours that is a file, and a store that is none', async test => {
  const someone = person(test)
  const { logs, database } = someone.context.places
  writeFileSync(logs, '')
  writeFileSync(database, 'this is no database, and long enough to be none: '.repeat(10))
  const { exit, wrong } = await found(someone)
  assert.equal(exit, 1)
  assert.ok(wrong.some(one => one.where === logs))
  assert.ok(wrong.some(one => one.where === database && /can't be used/.test(one.what)))
})

test('a store that a newer mcpgw has written', async test => {
  const someone = person(test)
  await someone.mcpgw('status')
  const db = new DatabaseSync(someone.context.places.database)
  db.exec('pragma user_version = 99')
  db.close()
  const { exit, notes } = await found(someone)
  assert.equal(exit, 0)
  assert.ok(notes.some(one => /newer mcpgw/.test(one.what)))
})

test('what stands in the way of several folders is said once', async test => {
  const someone = person(test)
  const { state } = someone.context.places
  rmSync(state, { recursive: true })
  writeFileSync(state, '')
  const { wrong } = await found(someone)
  assert.deepEqual(
    wrong.filter(one => /folder is needed/.test(one.what)).map(one => one.where),
    [state],
  )
})

test('folders and files that others may look into', { skip: process.platform === 'win32' && 'modes are of POSIX' }, async test => {
  const someone = person(test)
  const { run, settings } = someone.context.places
  mkdirSync(run, { mode: 0o755 })
  chmodSync(run, 0o755)
  set(someone, { one: { ...backend(), env: { TOKEN: 'secret' } } })
  chmodSync(settings, 0o644)
  const { notes } = await found(someone)
  assert.ok(notes.some(one => one.where === run && one.todo === `chmod 700 ${run}`))
  assert.ok(notes.some(one => one.where === settings && one.todo === `chmod 600 ${settings}`))
})

test('a gateway that was killed, and what is kept from backends', async test => {
  const someone = person(test, { env: { MY_TOKEN: 'x', LANG: 'C' } })
  set(someone, { one: backend() })
  const { run } = someone.context.places
  mkdirSync(run)
  const entry = { v: 1, id: '0000aaaa', pid: 2 ** 22 - 1, startedAt: 0, version: '0', socket: join(run, '0000aaaa.sock'), token: 't', groups: [] }
  writeFileSync(join(run, '0000aaaa.json'), JSON.stringify(entry))
  const { notes } = await found(someone)
  assert.ok(notes.some(one => one.where === '0000aaaa' && /was killed/.test(one.what)))
  assert.ok(notes.some(one => one.where === 'one' && /: MY_TOKEN$/.test(one.what)))
})

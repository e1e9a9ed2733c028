import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { person, type Person } from './running.ts'

const settings = (someone: Person, value: unknown): void => {
  const file = someone.context.places.settings
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value))
}

const secretive = {
  mcpServers: {
    local: {
      command: 'npx',
      args: ['-y', '--api-key', 'S3CRET', '--token=S3CRET', 'postgres://me:S3CRET@host/db?sslmode=x'],
      env: { TOKEN: 'S3CRET', REF: '${GITHUB_TOKEN}', MIXED: 'S3CRET${X}' },
    },
    remote: {
      url: 'https://user:S3CRET@example.com/mcp?key=S3CRET&v=${V}',
      headers: { Authorization: 'Bearer S3CRET', 'X-Ref': 'Bearer ${TOKEN}' },
      tags: ['work'],
      enabled: false,
    },
  },
}

for (const command of [['list'], ['list', '--json'], ['get', 'local'], ['get', 'remote'], ['get', 'local', '--json'], ['get', 'remote', '--json']])
  test(`mcpgw ${command.join(' ')} shows no secret`, async test => {
    const someone = person(test)
    settings(someone, secretive)
    const { exit, out } = await someone.mcpgw(...command)
    assert.equal(exit, 0)
    assert.doesNotMatch(out, /S3CRET/)
  })

test('names of variables, and references to them, are no secret', async test => {
  const someone = person(test)
  settings(someone, secretive)
  assert.match((await someone.mcpgw('get', 'local')).out, /env +TOKEN=\*\*\*\nenv +REF=\$\{GITHUB_TOKEN\}\nenv +MIXED=\*\*\*\n/)
  assert.match((await someone.mcpgw('get', 'remote')).out, /header +Authorization: \*\*\*\nheader +X-Ref: Bearer \$\{TOKEN\}\n/)
})

test('list is a table for people and data for programs', async test => {
  const someone = person(test)
  settings(someone, secretive)
  const { out } = await someone.mcpgw('list')
  assert.deepEqual(
    out.split('\n').map(line => line.split(/ {2,}/)),
    [
      ['NAME', 'STATE', 'TYPE', 'TAGS', 'WHAT'],
      ['local', 'enabled', 'stdio', 'npx -y --api-key *** --token=*** "postgres://***@host/db?sslmode=***"'],
      ['remote', 'disabled', 'http', 'work', 'https://***@example.com/mcp?key=***&v=${V}'],
      [''],
    ],
  )
  const data = JSON.parse((await someone.mcpgw('list', '--json')).out) as { name: string }[]
  assert.deepEqual(
    data.map(one => one.name),
    ['local', 'remote'],
  )
})

test('a file that somebody names must be there', async test => {
  const someone = person(test)
  const file = join(someone.home, 'typo.json')
  for (const command of ['list', 'serve'])
    assert.deepEqual(await someone.mcpgw('--config', file, command), {
      exit: 2,
      out: '',
      err: `mcpgw: there is no file ${file}\n  To begin one: mcpgw --config ${file} add --help\n`,
    })
})

test('no backend is no error', async test => {
  const someone = person(test)
  assert.deepEqual(await someone.mcpgw('list'), { exit: 0, out: '', err: 'There is no backend yet. To add one: mcpgw add --help\n' })
  assert.equal((await someone.mcpgw('list', '--json')).out, '[]\n')
})

test('a table fits the terminal, whatever stands in it', async test => {
  const someone = person(test, { columns: 60 })
  settings(someone, { mcpServers: { ['name '.repeat(12)]: { command: '日本語'.repeat(30) }, short: { command: 'x', args: ['\x1b[31m', 'a'.repeat(200)] } } })
  const { out } = await someone.mcpgw('list')
  for (const line of out.split('\n')) assert.ok(line.length <= 60, line)
  assert.match(out, /…/)
  assert.doesNotMatch(out, /\x1b/)
})

test('hostile names stay on their line, in tables, sentences and data', async test => {
  const someone = person(test)
  const name = 'a\x1b]0;x\x07\n\u202eb'
  settings(someone, { mcpServers: { [name]: { command: 'x\r' } } })
  for (const command of [['list'], ['list', '--json'], ['get', name], ['get', `${name}c`], ['disable', name], ['remove', name]]) {
    const { out, err } = await someone.mcpgw(...command)
    assert.doesNotMatch(out + err, /[\x1b\x07\r\u202e]/)
  }
})

test('data means the same after it was made harmless', async test => {
  const someone = person(test)
  const name = '\u202e\x9b😀日'
  settings(someone, { mcpServers: { [name]: { command: 'x' } } })
  assert.equal((JSON.parse((await someone.mcpgw('list', '--json')).out) as { name: string }[])[0]!.name, name)
})

test('disable and enable are one setting; comments stay', async test => {
  const someone = person(test)
  settings(someone, '{ // mine\n  "mcpServers": { "a": { "command": "x" } }\n}')
  assert.equal((await someone.mcpgw('disable', 'a')).err, 'disabled a\n')
  assert.equal(readFileSync(someone.context.places.settings, 'utf8'), '{ // mine\n  "mcpServers": { "a": { "command": "x", "enabled": false } }\n}')
  assert.equal((await someone.mcpgw('disable', 'a')).err, 'a is disabled already\n')
  assert.equal((await someone.mcpgw('enable', 'a')).exit, 0)
  assert.match((await someone.mcpgw('list')).out, /a +enabled/)
})

test('a removed backend is gone', async test => {
  const someone = person(test)
  settings(someone, secretive)
  assert.deepEqual(await someone.mcpgw('remove', 'local'), { exit: 0, out: '', err: 'removed local\n' })
  assert.doesNotMatch((await someone.mcpgw('list')).out, /local/)
})

for (const command of ['get', 'enable', 'disable', 'remove'])
  test(`${command}: a name that nobody has is not found, and the nearest one is offered`, async test => {
    const someone = person(test)
    settings(someone, { mcpServers: { github: { command: 'x' }, files: { command: 'y' } } })
    assert.deepEqual(await someone.mcpgw(command, 'gihtub'), { exit: 4, out: '', err: 'mcpgw: there is no backend "gihtub"\n  Did you mean github?\n' })
    assert.match((await someone.mcpgw(command, 'zzzzz')).err, /There are: github, files/)
  })

test('config path, schema and validate', async test => {
  const someone = person(test)
  const file = someone.context.places.settings
  assert.equal((await someone.mcpgw('config', 'path')).out, `${file}\n`)
  const schema = JSON.parse((await someone.mcpgw('config', 'schema')).out) as { properties: Record<string, unknown> }
  for (const key of ['version', 'mcpServers', 'audit', 'maxFrameBytes']) assert.ok(key in schema.properties, key)
  assert.match((await someone.mcpgw('config', 'validate')).out, /not there, which is valid/)
  settings(someone, '{\n"mcpServers": {\n"a": {"command": 1},\n"b": {"url": "http://x", "autoApprove": []}}}')
  const told = await someone.mcpgw('config', 'validate')
  assert.equal(told.exit, 2)
  assert.equal(told.out.split('\n')[0], `${file}:3: mcpServers.a.command must be a text in double quotes, not a number`)
  assert.match(told.out.split('\n')[1]!, /:4: unknown key mcpServers\.b\.autoApprove: who may call/)
  const data = JSON.parse((await someone.mcpgw('config', 'validate', '--json')).out) as { valid: boolean; problems: { line: number }[] }
  assert.deepEqual([data.valid, data.problems.map(one => one.line)], [false, [3, 4]])
})

test('validate finds a name that is there twice', async test => {
  const someone = person(test)
  settings(someone, '{"mcpServers": {\n"a": {"command": "x"},\n"a": {"command": "y"}}}')
  const told = await someone.mcpgw('config', 'validate')
  assert.deepEqual([told.exit, told.out.endsWith(':3: "a" is there twice: keep one of them\n')], [2, true])
})

test('config edit opens the editor with the file, made if need be, and checks what was saved', async test => {
  const someone = person(test, { env: { EDITOR: `${process.execPath} edit.mjs --wait` } })
  const script = (text: string) =>
    writeFileSync(
      join(someone.home, 'edit.mjs'),
      `import { writeFileSync } from 'node:fs'; if (process.argv[2] === '--wait') writeFileSync(process.argv[3], ${JSON.stringify(text)})`,
    )
  const before = process.cwd()
  process.chdir(someone.home)
  test.after(() => process.chdir(before))
  script('{"mcpServers": {"a": {"command": "x"}}}')
  assert.deepEqual(await someone.mcpgw('config', 'edit'), { exit: 0, out: '', err: `${someone.context.places.settings} is valid\n` })
  script('{"mcpServers": []}')
  const told = await someone.mcpgw('config', 'edit')
  assert.equal(told.exit, 2)
  assert.match(told.out, /config\.json:1: mcpServers must be an object/)
  assert.match(told.err, /Running gateways keep the settings they have/)
})

test('an editor that fails is told', async test => {
  const someone = person(test, { env: { VISUAL: 'false' } })
  const told = await someone.mcpgw('config', 'edit')
  assert.deepEqual([told.exit, /the editor "false" ended with code 1/.test(told.err)], [1, true])
})

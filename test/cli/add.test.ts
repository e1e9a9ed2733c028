import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { load } from '../../src/config/load.ts'
import type { BackendSettings } from '../../src/config/settings.ts'
import { offering, person, type Person } from './running.ts'

const added = ({ context }: Person, name: string): BackendSettings => {
  const loaded = load(context.places.settings)
  assert.ok('settings' in loaded)
  return loaded.settings.backends.find(one => one.name === name)!
}

test('what stands behind -- is the command, whatever it looks like', async test => {
  const someone = person(test)
  const told = await someone.mcpgw('add', 'a', '--no-check', '--', 'npx', '-y', '--help', '--', '--url', 'x y')
  assert.deepEqual([told.exit, added(someone, 'a').command, added(someone, 'a').args], [0, 'npx', ['-y', '--help', '--', '--url', 'x y']])
})

test('every option finds its setting', async test => {
  const someone = person(test)
  const options = [
    '--env',
    'A=b=c',
    '-e',
    'B=',
    '--cwd',
    'sub',
    '--tag',
    'x',
    '--tag',
    'y',
    '--timeout',
    '90s',
    '--concurrency',
    '3',
    '--idle',
    '0',
    '--disabled',
  ]
  assert.equal((await someone.mcpgw('add', 'a', ...options, '--', 'x')).exit, 0)
  const { env, cwd, tags, timeoutMs, concurrency, idleMs, enabled } = added(someone, 'a')
  assert.deepEqual(
    { env, cwd, tags, timeoutMs, concurrency, idleMs, enabled },
    { env: { A: 'b=c', B: '' }, cwd: join(someone.home, 'sub'), tags: ['x', 'y'], timeoutMs: 90_000, concurrency: 3, idleMs: 0, enabled: false },
  )
})

test('a URL is http unless it is said to be sse; it may stand where claude takes it', async test => {
  const someone = person(test)
  await someone.mcpgw('add', 'one', '--no-check', '--url', 'https://example.com/mcp', '--header', 'Authorization: Bearer ${T}', '-H', 'X-A:b')
  await someone.mcpgw('add', '--no-check', '--transport', 'sse', 'two', 'https://example.com/sse')
  assert.deepEqual([added(someone, 'one').type, added(someone, 'one').headers], ['http', { Authorization: 'Bearer ${T}', 'X-A': 'b' }])
  assert.deepEqual([added(someone, 'two').type, added(someone, 'two').url], ['sse', 'https://example.com/sse'])
})

for (const [what, args, say] of [
  ['nothing to add', ['a'], /neither a command nor a URL/],
  ['both', ['a', '--url', 'http://x', '--', 'x'], /not both/],
  ['a header for a command', ['a', '-H', 'A: b', '--', 'x'], /--header goes with a URL/],
  ['a variable for a URL', ['a', '--url', 'http://x', '-e', 'A=b'], /--env goes with a command/],
  ['a variable without value', ['a', '-e', 'A', '--', 'x'], /NAME=value/],
  ['a header without value', ['a', '--url', 'http://x', '-H', 'A'], /"Name: value"/],
  ['a header of two lines', ['a', '--url', 'http://x', '-H', 'A: b\r\nC: d'], /"Name: value"/],
  ['a time without unit', ['a', '--timeout', '60', '--', 'x'], /with its unit/],
  ['a transport that is none', ['a', '--transport', 'ws', '--url', 'http://x'], /Allowed choices/],
  ['an address that is none', ['a', '--url', 'ftp://x', '--no-check'], /must start with http/],
  ['a name of 65 characters', ['x'.repeat(65), '--no-check', '--', 'x'], /1 to 64 characters/],
  ['an empty name', ['', '--no-check', '--', 'x'], /1 to 64 characters/],
  ['options of the command before --', ['a', 'npx', '-y', 'x'], /go behind --/],
] as const)
  test(`${what} is wrong usage, and nothing is added`, async test => {
    const someone = person(test)
    const told = await someone.mcpgw('add', ...args)
    assert.equal(told.exit, 2, told.err)
    assert.match(told.err, say)
    assert.equal(told.out, '')
    assert.equal('text' in load(someone.context.places.settings) && added(someone, args[0]), undefined)
  })

test('a name that is taken stays as it is', async test => {
  const someone = person(test)
  await someone.mcpgw('add', 'a', '--no-check', '--', 'one')
  const told = await someone.mcpgw('add', 'a', '--no-check', '--', 'two')
  assert.deepEqual([told.exit, added(someone, 'a').command], [1, 'one'])
  assert.match(told.err, /already\n.*mcpgw get a\n.*mcpgw remove a/)
})

test('it is started once and shows what it offers, by public names, escaped', async test => {
  const someone = person(test, {
    check: async () => offering(['read_file', 'rm\x1b[2J'], { prompts: [{ key: 'p', text: '{}' }], problems: ['tool "x" is there twice'] }),
  })
  const told = await someone.mcpgw('add', 'files', '--', 'x')
  assert.equal(told.exit, 0)
  assert.match(told.out, /^files offers 2 tools and 1 prompt \(some-server 1\.0\.0\)\n {2}files__read_file\n {2}files__rm__2J_[0-9a-f]{6}\n$/)
  assert.match(told.err, /note: tool "x" is there twice/)
})

test('what it offers is data with --json', async test => {
  const someone = person(test, { check: async () => offering(['t']) })
  const told = await someone.mcpgw('add', 'files', '--json', '--', 'x')
  assert.deepEqual(JSON.parse(told.out), {
    name: 'files',
    server: { name: 'some-server', version: '1.0.0' },
    tools: ['files__t'],
    prompts: [],
    resources: [],
    templates: [],
    problems: [],
  })
})

test('one that does not start stays added; the exit code and the hints say so', async test => {
  const someone = person(test, { check: async () => ({ code: 'backend_unavailable', message: 'the command "x" was not found' }) })
  const told = await someone.mcpgw('add', 'a', '--', 'x')
  assert.equal(told.exit, 1)
  assert.match(told.err, /^mcpgw: the command "x" was not found\n.*stays added.*\n.*mcpgw backends logs a\n.*mcpgw remove a/m)
  assert.equal(added(someone, 'a').command, 'x')
})

test('what is elsewhere prints nothing here: nobody is sent to look at that', async test => {
  const someone = person(test, { check: async () => ({ code: 'backend_unavailable', message: 'nobody answers there' }) })
  const { exit, err } = await someone.mcpgw('add', 'far', '--url', 'http://127.0.0.1:1/mcp')
  assert.equal(exit, 1)
  assert.match(err, /It stays added/)
  assert.doesNotMatch(err, /printed/)
})

test('a command from here gets its whole path; an argument from here is warned of', async test => {
  const someone = person(test)
  writeFileSync(join(someone.home, 'server.js'), '')
  await someone.mcpgw('add', 'a', '--no-check', '--', './bin/server')
  assert.equal(added(someone, 'a').command, join(someone.home, 'bin/server'))
  assert.match((await someone.mcpgw('add', 'b', '--no-check', '--', 'node', 'server.js')).err, /"server\.js" is found from here/)
  assert.doesNotMatch((await someone.mcpgw('add', 'c', '--no-check', '--cwd', '.', '--', 'node', 'server.js')).err, /found from here/)
})

test('settings that can not be read are not added to', async test => {
  const someone = person(test)
  mkdirSync(someone.home, { recursive: true })
  writeFileSync(someone.context.places.settings, '{\n  "mcpServers": [],\n}')
  const told = await someone.mcpgw('add', 'a', '--no-check', '--', 'x')
  assert.equal(told.exit, 2)
  assert.match(told.err, /config\.json:2: mcpServers must be an object/)
  assert.equal(readFileSync(someone.context.places.settings, 'utf8'), '{\n  "mcpServers": [],\n}')
})

test('--config names the file to add to, wherever it stands', async test => {
  const someone = person(test)
  const file = join(someone.home, 'other.jsonc')
  await someone.mcpgw('--config', file, 'add', 'a', '--no-check', '--', 'x')
  await someone.mcpgw('add', 'b', '--config', file, '--no-check', '--', 'x')
  assert.deepEqual(Object.keys((JSON.parse(readFileSync(file, 'utf8')) as { mcpServers: object }).mcpServers), ['a', 'b'])
})

test('how to log in at a URL finds its setting', async test => {
  const someone = person(test)
  const options = ['--client-id', 'Iv1.8a', '--client-secret', '${SECRET}', '--callback-port', '8765', '--scopes', 'read write']
  assert.equal((await someone.mcpgw('add', 'a', '--no-check', '--url', 'https://example.com/mcp', ...options)).exit, 0)
  assert.deepEqual(added(someone, 'a').oauth, { clientId: 'Iv1.8a', clientSecret: '${SECRET}', callbackPort: 8765, scopes: 'read write' })
  const document = ['--client-metadata-url', 'https://example.com/mcpgw.json']
  assert.equal((await someone.mcpgw('add', 'b', '--no-check', '-t', 'http', 'https://example.com/mcp', ...document)).exit, 0)
  assert.deepEqual(added(someone, 'b').oauth, { clientMetadataUrl: 'https://example.com/mcpgw.json' })
  assert.equal((await someone.mcpgw('add', 'c', '--no-check', '--url', 'https://example.com/mcp')).exit, 0)
  assert.equal(added(someone, 'c').oauth, undefined)
})

test('what can not be a login is refused, and nothing is written', async test => {
  const someone = person(test)
  const url = ['--url', 'https://example.com/mcp']
  for (const [wrong, why] of [
    [[...url, '--client-id', 'x', '--client-secret', 'hunter2'], /a secret does not belong on a command line/],
    [[...url, '--client-secret', '${SECRET}'], /a client secret needs its client: add --client-id ID/],
    [[...url, '--callback-port', '70000'], /a port is a number up to 65535/],
    [[...url, '--callback-port', 'x'], /a port is a number up to 65535/],
    [[...url, '--client-metadata-url', 'http://example.com/x'], /clientMetadataUrl/],
    [[...url, '--client-id', 'x', '-H', 'Authorization: Bearer y'], /only one can say who you are/],
    [['--client-id', 'x', '--', 'npx'], /--client-id goes with a URL/],
    [['--scopes', 'x', '--', 'npx'], /--scopes goes with a URL/],
  ] as const) {
    const { exit, err } = await someone.mcpgw('add', 'a', '--no-check', ...wrong)
    assert.deepEqual([exit, why.test(err)], [2, true], err)
    assert.doesNotMatch(err, /hunter2/)
  }
  assert.equal((await someone.mcpgw('list', '--json')).out, '[]\n')
})

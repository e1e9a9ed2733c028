import assert from 'node:assert/strict'
import { test } from 'node:test'
import { childEnvironment, expand, withheld } from '../../src/config/expand.ts'
import { settle } from '../../src/config/load.ts'
import type { BackendSettings } from '../../src/config/settings.ts'

function backend(entry: object): BackendSettings {
  const read = settle('f', JSON.stringify({ mcpServers: { b: entry } }))
  assert.ok('settings' in read, JSON.stringify(read))
  return read.settings.backends[0]!
}

const filled = (text: string, env: Record<string, string> = {}): string | readonly string[] => {
  const expanded = expand(backend({ command: 'x', args: [text] }), env)
  return 'missing' in expanded ? expanded.missing : expanded.backend.args[0]!
}

test('variables are filled in wherever the contract says', () => {
  const env = { V: 'v' }
  const local = expand(backend({ command: '${V}/c', args: ['a${V}', '${env:V}'], env: { A: '${V}' }, cwd: '/${V}' }), env)
  assert.ok('backend' in local)
  assert.deepEqual([local.backend.command, local.backend.args, local.backend.env, local.backend.cwd], ['v/c', ['av', 'v'], { A: 'v' }, '/v'])
  const remote = expand(backend({ url: 'https://${V}/mcp', headers: { A: 'Bearer ${V}' } }), env)
  assert.ok('backend' in remote)
  assert.deepEqual([remote.backend.url, remote.backend.headers], ['https://v/mcp', { A: 'Bearer v' }])
})

test('a default counts when the variable is not set, or empty', () => {
  assert.equal(filled('${A:-d}'), 'd')
  assert.equal(filled('${A:-d}', { A: '' }), 'd')
  assert.equal(filled('${A:-d}', { A: 'a' }), 'a')
  assert.equal(filled('${A:-}'), '')
  assert.equal(filled('${A:-${B:-c}}', { B: 'b' }), 'b')
  assert.equal(filled('${A:-${B:-c}}'), 'c')
  assert.deepEqual(filled('${A:-${B}}'), ['B'])
  assert.equal(filled('${A:-{"a": 1}}'), '{"a": 1}')
  assert.equal(filled('${A:-http://x:1}'), 'http://x:1')
})

test('a variable that is empty is set', () => assert.equal(filled('[${A}]', { A: '' }), '[]'))

test('values are not looked through again, and may hold what a replacement would take for its own', () => {
  assert.equal(filled('${A}', { A: '${B} $& $1' }), '${B} $& $1')
})

test('what is no reference stays', () => {
  for (const text of ['$HOME', '${}', '${1}', '${a b}', '$${', '{A}', '${A', '${A:d}']) assert.equal(filled(text), text)
})

test('every missing variable is named once, and what to do', () => {
  const expanded = expand(backend({ command: 'x', args: ['${A}', '${A}', '${env:B}'] }), {})
  assert.ok('missing' in expanded)
  assert.deepEqual(expanded.missing, ['A', 'B'])
  assert.match(expanded.message, /^"b" can not be started: the variables A, B are not set.*This client passes no such variable.*\$\{A:-default\}/)
})

test('variables of other programs are told for what they are', () => {
  for (const text of ['${workspaceFolder}', '${input:token}']) {
    const expanded = expand(backend({ command: 'x', args: [text] }), {})
    assert.match('missing' in expanded ? expanded.message : '', /another program's settings/)
  }
})

const plain = { env: { OWN: '1' }, inheritEnv: false }
const ours = {
  HOME: '/h',
  PATH: '/p',
  USER: 'u',
  SHELL: '/s',
  LANG: 'C',
  LC_ALL: 'C',
  TZ: 'UTC',
  TMPDIR: '/t',
  HTTPS_PROXY: 'p',
  no_proxy: 'n',
  SSL_CERT_FILE: 'c',
  SSH_AUTH_SOCK: 's',
  DOCKER_HOST: 'd',
}

test('a child gets what the contract lists and its own, and nothing else', () => {
  const env = {
    ...ours,
    AWS_SECRET_ACCESS_KEY: 'x',
    GITHUB_TOKEN: 'x',
    NODE_OPTIONS: '--inspect',
    LD_PRELOAD: 'x',
    MCPGW_KEY: 'k',
    MCPGW_MASTER_KEY: 'm',
    EMPTY: undefined,
  }
  assert.deepEqual(childEnvironment(plain, env, 'linux'), { ...ours, OWN: '1' })
  assert.deepEqual(withheld(plain, env, 'linux'), ['AWS_SECRET_ACCESS_KEY', 'GITHUB_TOKEN', 'NODE_OPTIONS', 'LD_PRELOAD', 'MCPGW_KEY', 'MCPGW_MASTER_KEY'])
})

test('functions that bash has exported are code, not values', () => {
  assert.deepEqual(childEnvironment({ env: {}, inheritEnv: false }, { PATH: '() { :; }' }, 'linux'), {})
})

test('inheritEnv passes everything but our own keys', () => {
  assert.deepEqual(childEnvironment({ ...plain, inheritEnv: true }, { X: 'x', MCPGW_KEY: 'k', MCPGW_MASTER_KEY: 'm', MCPGW_HOME: 'h' }, 'linux'), {
    X: 'x',
    MCPGW_HOME: 'h',
    OWN: '1',
  })
})

test('its own variables win, on Windows whatever their case', () => {
  assert.deepEqual(childEnvironment({ env: { PATH: 'mine' }, inheritEnv: false }, { Path: 'theirs', SystemRoot: 'C:\\Windows', SECRET: 'x' }, 'win32'), {
    SystemRoot: 'C:\\Windows',
    PATH: 'mine',
  })
})

test("a backend does not get mcpgw's own keys, whatever its settings name", () => {
  for (const name of ['MCPGW_KEY', 'env:MCPGW_KEY', 'MCPGW_MASTER_KEY']) {
    const found = expand(backend({ command: 'x', env: { TOKEN: `\${${name}}` } }), { MCPGW_KEY: 'k', MCPGW_MASTER_KEY: 'm' })
    assert.match('message' in found ? found.message : '', /own keys go to no backend/)
    const otherwise = expand(backend({ command: 'x', env: { TOKEN: `\${${name}:-none}` } }), { MCPGW_KEY: 'k', MCPGW_MASTER_KEY: 'm' })
    assert.equal('backend' in otherwise && otherwise.backend.env['TOKEN'], 'none')
  }
})

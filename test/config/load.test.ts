import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { check, load, settle } from '../../src/config/load.ts'

const settings = (text: string) => {
  const read = settle('f.json', text)
  assert.ok('settings' in read, JSON.stringify(read))
  return read.settings
}

test('no file means no backends, and every default', () => {
  const read = load('/nowhere/config.json')
  assert.deepEqual('settings' in read && read.settings, {
    version: 1,
    backends: [],
    permissions: { default: 'allow', rules: [] },
    limits: [],
    pins: 'ask',
    auth: { required: false },
    approvals: { via: ['window', 'client'], expireMs: 900_000 },
    audit: { required: true, sync: false, payloads: 'redacted', maxBytes: 65_536, retentionDays: 30, maxTotalBytes: 2 ** 30 },
    maxFrameBytes: 2 ** 28,
  })
})

test('what stands twice is wrong, with comments or without: rules of the one or the other would be lost', () => {
  const rules = '"permissions": {"rules": [{"effect": "deny", "tools": ["*"]}]}'
  for (const text of [`{${rules},\n"permissions": {}}`, `{${rules}, // all\n"permissions": {}}`, `{${rules},\n"\\u0070ermissions": {}}`]) {
    const read = settle('f.json', text)
    assert.deepEqual('problem' in read && [read.problem.line, read.problem.message], [2, '"permissions" is there twice: keep one of them'], text)
  }
  assert.ok('problem' in settle('f.json', '{"mcpServers": {"é": {"command": "a"}, "\\u00e9": {"command": "b"}}}'))
  assert.ok('settings' in settle('f.json', '{"mcpServers": {"a": {"command": "a"}, "b": {"command": "a"}}}'))
})

test('a glob that is none is wrong: nobody could tell what it denies', () => {
  const wrong = (text: string) => {
    const read = settle('f.json', text)
    return 'problem' in read && [read.problem.line, read.problem.key]
  }
  for (const glob of ['github__{drop,delete', 'github__[z-a]', 'x\\\\', 'x'.repeat(70_000)]) {
    assert.deepEqual(wrong(`{"permissions": {"rules": [\n{"effect": "deny", "tools": ["a",\n"${glob}"]}]}}`), [3, 'permissions.rules[0].tools[1]'], glob)
    const when = `{"path": "/p", "op": "glob", "value": "${glob}"}`
    assert.deepEqual(wrong(`{"permissions": {"rules": [{"effect": "deny",\n"when": [${when}]}]}}`), [2, 'permissions.rules[0].when[0]'], glob)
    assert.deepEqual(wrong(`{"limits": [\n{"scope": "tool:${glob}", "rate": "1/1m"}]}`), [2, 'limits[0].scope'], glob)
  }
  for (const glob of ['github__{drop,delete}', 'x[', 'x(y', '[a-z]*', '*'])
    assert.ok('settings' in settle('f.json', `{"permissions": {"rules": [{"effect": "deny", "tools": ["${glob}"]}]}}`), glob)
})

test('settings nested without end are wrong, and no mistake of ours', () => {
  for (const text of [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, `// x\n${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`]) {
    const read = settle('f.json', text)
    assert.match('problem' in read ? read.problem.message : '', /nested/)
  }
})

test('bytes that are no text are wrong: what they name would be another name', t => {
  const folder = mkdtempSync(join(tmpdir(), 'mcpgw-load-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'config.json')
  writeFileSync(file, Buffer.from('{"mcpServers": {"\xe9": {"command": "x"}}}', 'latin1'))
  const read = load(file)
  assert.match('problem' in read ? read.problem.message : '', /UTF-8/)
})

test('a backend has every default, and its order', () => {
  const { backends } = settings('{"mcpServers": {"z": {"command": "npx"}, "a": {"url": "https://x/mcp"}}}')
  const defaults = {
    args: [],
    env: {},
    inheritEnv: false,
    headers: {},
    tags: [],
    timeoutMs: 60_000,
    startTimeoutMs: 30_000,
    concurrency: 10,
    idleMs: 600_000,
    enabled: true,
  }
  assert.deepEqual(backends, [
    { name: 'z', command: 'npx', type: 'stdio', ...defaults },
    { name: 'a', url: 'https://x/mcp', type: 'http', ...defaults },
  ])
})

test('blocks of Claude and Cursor are taken as they are', () => {
  const { backends } = settings(`{"mcpServers": {
    "claude": { "type": "stdio", "command": "npx", "args": ["-y", "x"], "env": {} },
    "claude remote": { "type": "http", "url": "https://x/mcp", "headers": { "A": "b" } },
    "old": { "type": "sse", "url": "https://x/sse" },
    "streamable": { "type": "streamable-http", "url": "http://localhost:1/mcp" },
    "cursor": { "command": "node", "args": ["\${workspaceFolder}/x.js"], "env": { "K": "\${env:K}" } },
    "cursor remote": { "url": "\${URL}" }
  }}`)
  assert.deepEqual(
    backends.map(one => one.type),
    ['stdio', 'http', 'sse', 'http', 'stdio', 'http'],
  )
})

test('comments, trailing commas and a byte order mark are fine; no member gets lost', context => {
  const folder = mkdtempSync(join(tmpdir(), 'mcpgw-load-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const text = '// mine\n{ "mcpServers": { /* one */ "a": { "command": "x", }, "__proto__": { "command": "y" } }, }'
  for (const bytes of [Buffer.from(text), Buffer.from(`\ufeff${text}`), Buffer.from(`\ufeff${text}`, 'utf16le')]) {
    writeFileSync(join(folder, 'c.json'), bytes)
    const read = load(join(folder, 'c.json'))
    assert.deepEqual('settings' in read && read.settings.backends.map(one => one.name), ['a', '__proto__'])
  }
})

for (const [text, line, key, say] of [
  ['{\n  "mcpServers": {\n    "a": { "command" "x" }\n  }\n}', 3, undefined, /a colon is missing here/],
  ['{ "version": 1\n  "mcpServers": {} }', 2, undefined, /a comma is missing here/],
  ['{\n"mcpServers": {', 2, undefined, /a closing \} is missing/],
  ["{ 'mcpServers': {} }", 1, undefined, /double quotes/],
  ['{ "mcpServers": { "a": { "command": "C:\\dir" } } }', 1, undefined, /backslash itself is written/],
  ['{}\nx', 2, undefined, /too much|no JSON/],
  ['{\n\n"version": 2}', 3, 'version', /newer/],
  ['[]', 1, '', /must be an object/],
  ['{"mcpServers": {\n"a": {}\n}}', 2, 'mcpServers.a', /neither "command" nor "url"/],
  ['{"mcpServers": {"a": {"command": "x",\n"url": "http://x"}}}', 2, 'mcpServers.a.url', /both "command" and "url"/],
  ['{"mcpServers": {"a": {"command": "x",\n"type": "http"}}}', 2, 'mcpServers.a.type', /its "type" is "stdio"/],
  ['{"mcpServers": {"a": {"url": "http://x",\n"type": "stdio"}}}', 2, 'mcpServers.a.type', /"http" or "sse"/],
  ['{"mcpServers": {"a": {"command": "x",\n"type": "ws"}}}', 2, 'mcpServers.a.type', /"stdio", "http", "streamable-http" or "sse", not "ws"/],
  ['{"mcpServers": {"a": {"command": "x",\n"headers": {"A": "b"}}}}', 2, 'mcpServers.a.headers', /go with a "url"/],
  ['{"mcpServers": {"a": {"url": "http://x",\n"args": ["b"]}}}', 2, 'mcpServers.a.args', /go with a "command"/],
  ['{"mcpServers": {"a": {"url":\n"localhost:3000"}}}', 1, 'mcpServers.a.url', /start with http/],
  ['{"mcpServers": {"a": {"url":\n"https://a b"}}}', 1, 'mcpServers.a.url', /a "url" that is none/],
  ['{"mcpServers": {"a b": {"command": "x", "args": ["y",\n1]}}}', 2, 'mcpServers["a b"].args[1]', /a text in double quotes, not a number/],
  ['{"mcpServers": {"a": {"command": "x", "env": {"A":\ntrue}}}}', 1, 'mcpServers.a.env.A', /not true or false/],
  ['{"mcpServers": {"a": {"command": "x", "timeoutMs": 0}}}', 1, 'mcpServers.a.timeoutMs', /at least 1/],
  ['{"mcpServers": {"a": {"command": "x", "timeoutMs": 3000000000}}}', 1, 'mcpServers.a.timeoutMs', /at most 2147483647/],
  ['{"mcpServers": {"a": {"command": "x", "timeoutMs": 1.5}}}', 1, 'mcpServers.a.timeoutMs', /a whole number/],
  ['{"mcpServers": {"a": {"command": ""}}}', 1, 'mcpServers.a.command', /not be empty/],
  ['{"mcpServers": {"": {"command": "x"}}}', 1, 'mcpServers[""]', /1 to 64 characters/],
  ['{"mcpServers": {"a": {"comand": "x", "command": "x"}}}', 1, 'mcpServers.a.comand', /did you mean "command"\?/],
  ['{"mcpServers": {"a": {"command": "x", "toString": 1}}}', 1, 'mcpServers.a.toString', /known here: command, args/],
  ['{"audit": {"payloads": "some"}}', 1, 'audit.payloads', /"none", "redacted" or "full", not "some"/],
  ['{"audit": {"maxBytes": 200000}}', 1, 'audit.maxBytes', /at most 131072/],
] as const)
  test(`${JSON.stringify(text)} is refused, with its place`, () => {
    const read = settle('f.json', text)
    assert.ok('problem' in read)
    assert.deepEqual([read.problem.file, read.problem.line, read.problem.key], ['f.json', line, key])
    assert.match(read.problem.message, say)
  })

for (const key of ['mode', 'profiles'])
  test(`${key} is not enforced yet, so it is refused by name`, () => {
    const read = settle('f.json', JSON.stringify({ [key]: {} }))
    assert.match('problem' in read ? read.problem.message : '', new RegExp(`^unknown key ${key}: this version of mcpgw .* Take it out$`))
  })

for (const [key, say] of [
  ['disabled', /"enabled": false/],
  ['serverUrl', /"url"/],
  ['httpUrl', /"url"/],
  ['alwaysAllow', /settings of the client/],
  ['envFile', /\$\{VAR\}/],
  ['timeout', /"timeoutMs", in milliseconds/],
] as const)
  test(`${key}, which other clients have, is refused with what to write instead`, () => {
    const read = settle('f.json', JSON.stringify({ mcpServers: { a: { command: 'x', [key]: 1 } } }))
    assert.match('problem' in read ? read.problem.message : '', say)
  })

test('all that is wrong is told, in the order of the lines', () => {
  const [problems] = check('f', '{\n"mode": "auto",\n"mcpServers": {\n"a": {"command": 1, "args": "x"},\n"b": 2}}')
  assert.deepEqual(
    problems.map(({ line, key }) => [line, key]),
    [
      [2, 'mode'],
      [4, 'mcpServers.a.command'],
      [4, 'mcpServers.a.args'],
      [5, 'mcpServers.b'],
    ],
  )
})

test('what can not be read says why', context => {
  const folder = mkdtempSync(join(tmpdir(), 'mcpgw-load-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const problem = (file: string) => {
    const read = load(file)
    return 'problem' in read ? read.problem.message : undefined
  }
  assert.match(problem(folder)!, /a folder/)
  writeFileSync(join(folder, 'file'), '{}')
  assert.match(problem(join(folder, 'file', 'config.json'))!, /not a folder/)
  chmodSync(join(folder, 'file'), 0)
  // Nothing is forbidden to root.
  if (process.getuid!() !== 0) assert.match(problem(join(folder, 'file'))!, /may not read/)
})

test('no text whatever makes it throw, and what is wrong always has a message', () => {
  const near = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"mcpServers"',
    ':',
    ',',
    '"a"',
    '{"command":"x"}',
    '//',
    '/*',
    '*/',
    '\n',
    'null',
    '1e999',
    '"\\',
    '"__proto__"',
    '"version"',
    '1',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(near, { maxLength: 12 }).map(parts => parts.join('')),
        fc.json(),
      ),
      text => {
        const read = settle('f', text)
        if ('problem' in read) assert.ok(read.problem.message.length > 0 && (read.problem.line ?? 1) >= 1)
      },
    ),
    { numRuns: 2000 },
  )
})

test('a start never writes', context => {
  const folder = mkdtempSync(join(tmpdir(), 'mcpgw-load-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'config.json')
  for (const text of ['{"mcpServers": {}}', '{ broken', '']) {
    writeFileSync(file, text)
    load(file)
    assert.equal(readFileSync(file, 'utf8'), text)
  }
})

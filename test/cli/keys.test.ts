import assert from 'node:assert/strict'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { backend, set } from './backend.ts'
import { person } from './running.ts'

const KEY = /^mgw_[\w-]{43}\n$/

test('a key is printed once, alone on stdout; what it is for is listed, and of the key only how it begins', async test => {
  const someone = person(test)
  set(someone, { github: backend() })
  const options = ['--role', 'build', '--role', 'dev', '--allow', 'github__get_*', '--backend', 'github', '--limit', '60/1m', '--expires', '90d', '--operator']
  const { exit, out, err } = await someone.mcpgw('keys', 'create', 'ci', ...options)
  assert.equal(exit, 0)
  assert.match(out, KEY)
  assert.match(err, /^made the key ci\nIt is shown this once\. .*"MCPGW_KEY": "<the key>"/)
  const listed = await someone.mcpgw('keys', 'list')
  assert.match(
    listed.out,
    new RegExp(`ci +${out.slice(0, 10)}\\.\\.\\. +active, operator +build, dev +github__get_\\* of github +60/1m +20\\d\\d-\\d\\d-\\d\\d +never`),
  )
  const [{ createdAt, expiresAt, ...data }] = JSON.parse((await someone.mcpgw('keys', 'list', '--json')).out)
  assert.equal(expiresAt - createdAt, 90 * 24 * 60 * 60 * 1000)
  assert.deepEqual(data, {
    name: 'ci',
    org: 'default',
    shown: out.slice(0, 10),
    roles: ['build', 'dev'],
    allow: ['github__get_*'],
    backends: ['github'],
    limit: '60/1m',
    operator: true,
    state: 'active',
  })
})

test('a key stands in no file, and every change of it is on record', async test => {
  const someone = person(test)
  const first = (await someone.mcpgw('keys', 'create', 'ci', '--role', 'build')).out.trim()
  const second = JSON.parse((await someone.mcpgw('keys', 'rotate', 'ci', '--json')).out).key
  assert.notEqual(first, second)
  await someone.mcpgw('keys', 'revoke', 'ci')
  const { out } = await someone.mcpgw('log', '--changes')
  assert.match(
    out,
    /\(mcpgw keys create\) +made the key ci \(mgw_.*with the role build\n.*\(mcpgw keys rotate\) +made another key for ci.*\n.*\(mcpgw keys revoke\) +revoked the key ci/,
  )
  assert.equal((await someone.mcpgw('log', 'verify')).exit, 0)
  for (const file of readdirSync(someone.home, { recursive: true, withFileTypes: true }))
    if (file.isFile()) {
      const bytes = readFileSync(join(file.parentPath, file.name))
      for (const key of [first, second]) assert.ok(!bytes.includes(key.slice(0, 16)), file.name)
    }
})

test('a name is given once, and what is revoked stays so', async test => {
  const someone = person(test)
  await someone.mcpgw('keys', 'create', 'ci')
  assert.match((await someone.mcpgw('keys', 'create', 'ci')).err, /there is a key ci, or was one/)
  assert.match((await someone.mcpgw('keys', 'revoke', 'ci')).err, /^revoked ci/)
  assert.deepEqual(await someone.mcpgw('keys', 'revoke', 'ci'), { exit: 0, out: '', err: 'ci is revoked already\n' })
  assert.equal((await someone.mcpgw('keys', 'create', 'ci')).exit, 1)
  const told = await someone.mcpgw('keys', 'rotate', 'ci')
  assert.deepEqual([told.exit, told.out], [1, ''])
  assert.match((await someone.mcpgw('keys', 'list')).out, /ci +mgw_\S+ +revoked/)
})

test('what is no name, rate, time or backend is refused, and no key is made', async test => {
  const someone = person(test)
  for (const [args, exit, say] of [
    [['create', 'a b'], 2, /letters, digits/],
    [['create', 'local'], 2, /have no key/],
    [['create', 'ci', '--limit', 'often'], 2, /write 60\/1m/],
    [['create', 'ci', '--expires', 'soon'], 2, /12h or 90d/],
    [['create', 'ci', '--backend', 'github'], 4, /there is no backend "github"/],
    [['revoke', 'ci'], 4, /there is no key ci/],
    [['rotate', 'ci'], 4, /mcpgw keys create/],
  ] as const) {
    const told = await someone.mcpgw('keys', ...args)
    assert.deepEqual([told.exit, told.out], [exit, ''], args.join(' '))
    assert.match(told.err, say)
  }
  assert.match((await someone.mcpgw('keys', 'list')).err, /no key yet/)
})

test('where nothing can be recorded no key is made', async test => {
  const someone = person(test)
  writeFileSync(join(someone.home, 'journal'), 'a file where the folder would be')
  const told = await someone.mcpgw('keys', 'create', 'ci')
  assert.deepEqual([told.exit, told.out], [1, ''])
  assert.match(told.err, /it can not be recorded, so it was not done/)
  assert.equal((await someone.mcpgw('keys', 'list', '--json')).out, '[]\n')
})

test('the names of keys that are not revoked are completed', async test => {
  const someone = person(test)
  for (const name of ['ci', 'cd', 'old']) await someone.mcpgw('keys', 'create', name)
  await someone.mcpgw('keys', 'revoke', 'old')
  assert.equal((await someone.mcpgw('__complete', '--', 'keys', 'revoke', '')).out, 'cd\nci\n')
  assert.equal((await someone.mcpgw('__complete', '--', 'keys', 'create', '')).out, '')
})

test('a command presents the key in MCPGW_KEY, and is served as its principal or not at all', async test => {
  const env: Record<string, string> = {}
  const someone = person(test, { env })
  const call = async (key?: string) => {
    if (key === undefined) delete someone.context.env['MCPGW_KEY']
    else someone.context.env['MCPGW_KEY'] = key
    return someone.mcpgw('call', 'a__echo')
  }
  set(someone, { a: backend() })
  const key = (await someone.mcpgw('keys', 'create', 'ci', '--allow', 'a__e*')).out
  assert.equal((await call(key)).exit, 0)
  assert.equal(JSON.parse((await someone.mcpgw('log', '--json')).out)[0].principal.id, 'ci')
  assert.match((await someone.mcpgw('keys', 'list')).out, /ci .* \d\d:\d\d:\d\d\n/)
  for (const wrong of ['', 'mgw_x', key.trim().slice(0, -2)]) {
    const told = await call(wrong)
    assert.equal(told.exit, 3)
    assert.match(told.err, /is not known here/)
  }
  await someone.mcpgw('keys', 'revoke', 'ci')
  assert.match((await call(key)).err, /has been revoked/)
  writeFileSync(someone.context.places.settings, JSON.stringify({ mcpServers: { a: backend() }, auth: { required: true } }))
  const keyless = await call()
  assert.equal(keyless.exit, 3)
  assert.match(keyless.err, /serves nobody without one/)
})

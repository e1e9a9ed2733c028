import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { backend, set } from './backend.ts'
import { person, type Person } from './running.ts'

test('a rule is written, listed, and taken out again by the beginning of its id; comments stay', async test => {
  const someone = person(test)
  const { exit, err } = await someone.mcpgw('deny', 'github__delete_*', '--client', 'cursor', '--when', '/repo=acme/*')
  assert.equal(exit, 0)
  const [, id] = /^([0-9a-f]{6}): deny github__delete_\* for cursor when \/repo glob "acme\/\*"\n$/.exec(err)!
  assert.match((await someone.mcpgw('rules')).out, new RegExp(`${id} +deny +deny github__delete_\\*`))
  assert.equal((await someone.mcpgw('rules', 'remove', id!.slice(0, 4))).exit, 0)
  assert.deepEqual(JSON.parse((await someone.mcpgw('rules', '--json')).out), { default: 'allow', rules: [], answers: [] })
})

test('the same rule twice is one rule', async test => {
  const someone = person(test)
  for (let turn = 0; turn < 2; turn++) await someone.mcpgw('allow', 'a__*')
  assert.equal(JSON.parse(readFileSync(someone.context.places.settings, 'utf8')).permissions.rules.length, 1)
})

test('a value that is JSON is compared as such, one with a star is a glob', async test => {
  const someone = person(test)
  await someone.mcpgw('deny', 'a__*', '--when', '/n=5', '--when', '/s=plain', '--when', '/g=x*')
  const [rule] = JSON.parse((await someone.mcpgw('rules', '--json')).out).rules
  assert.deepEqual(rule.when, [
    { path: '/n', op: 'eq', value: 5 },
    { path: '/s', op: 'eq', value: 'plain' },
    { path: '/g', op: 'glob', value: 'x*' },
  ])
})

test('what is no condition and no duration is refused, and nothing is written', async test => {
  const someone = person(test)
  assert.equal((await someone.mcpgw('deny', 'a__*', '--when', 'repo=x')).exit, 2)
  assert.equal((await someone.mcpgw('deny', 'a__*', '--for', 'soon')).exit, 2)
  assert.equal((await someone.mcpgw('rules', 'remove', 'ffffff')).exit, 4)
  assert.deepEqual(JSON.parse((await someone.mcpgw('rules', '--json')).out).rules, [])
})

test('a rule may ask, and may be for a role; explain says what holds for whom', async test => {
  const someone = person(test)
  set(someone, { a: backend('--tools', 'read') })
  assert.match((await someone.mcpgw('ask', 'a__*', '--role', 'ops')).err, /: ask a__\* for the role ops\n$/)
  await someone.mcpgw('deny', 'a__*')
  const [asking, denying] = JSON.parse((await someone.mcpgw('rules', '--json')).out).rules
  assert.deepEqual([asking.effect, asking.roles, denying.effect], ['ask', ['ops'], 'deny'])
  assert.match((await someone.mcpgw('explain', 'a__read')).out, /^denied by/)
  const { out } = await someone.mcpgw('explain', 'a__read', '--role', 'ops', '--role', 'dev')
  assert.match(out, new RegExp(`^asks a person by ${asking.id}: ask a__\\* for the role ops\n`))
  assert.match(out, new RegExp(`${denying.id} .* rules that name a role of the caller come first`))
})

test('a default by annotations is shown, and explained by what the backend says of the tool', async test => {
  const someone = person(test)
  writeFileSync(someone.context.places.settings, JSON.stringify({ mcpServers: { a: backend('--tools', 'read') }, permissions: { default: 'annotations' } }))
  assert.match((await someone.mcpgw('rules')).err, /allowed if its backend says that it only reads, else it asks a person/)
  assert.match((await someone.mcpgw('explain', 'a__read')).out, /^asks a person: no rule is about it, and its backend does not say that it only reads/)
})

describe('explain for a key', () => {
  const key = async (someone: Person, ...args: string[]) => assert.equal((await someone.mcpgw('keys', 'create', ...args)).exit, 0)
  const explain = (someone: Person, ...args: string[]) => someone.mcpgw('explain', 'a__read', '--key', ...args)

  test('judges by its roles, and says in each line for whom', async test => {
    const someone = person(test)
    set(someone, { a: backend('--tools', 'read') })
    await someone.mcpgw('deny', 'a__*')
    await someone.mcpgw('allow', 'a__read', '--role', 'build')
    await someone.mcpgw('ask', 'a__read', '--role', 'ops')
    await key(someone, 'ci', '--role', 'build')
    await key(someone, 'plain')
    const { out, exit } = await explain(someone, 'ci')
    assert.equal(exit, 0)
    assert.match(out, /^allowed to the key ci \(role build\) by [0-9a-f]{6}: allow a__read for the role build\n/)
    assert.match(out, /ask a__read for the role ops +another role than those of the key ci\n/)
    assert.match((await explain(someone, 'plain')).out, /^denied to the key plain \(no role\) by [0-9a-f]{6}: deny a__\*\n/)
    assert.deepEqual(JSON.parse((await explain(someone, 'ci', '--json')).out).key, { name: 'ci', state: 'active', roles: ['build'], covers: true })
  })

  test('says what it is not for, and what it is worth', async test => {
    const someone = person(test)
    set(someone, { a: backend('--tools', 'read'), b: backend('--tools', 'read') })
    await key(someone, 'narrow', '--allow', 'a__list_*', '--allow', 'b__*')
    await key(someone, 'other', '--backend', 'b')
    await key(someone, 'gone')
    await someone.mcpgw('keys', 'revoke', 'gone')
    assert.match(
      (await explain(someone, 'narrow')).out,
      /^denied to the key narrow \(no role\): it is only for a__list_\*, b__\*\. To the key narrow it is not listed, and answers as unknown\.\n$/,
    )
    assert.match((await explain(someone, 'other')).out, /^denied to the key other \(no role\): it is only for the backend b\./)
    assert.match(
      (await explain(someone, 'gone')).out,
      /^denied to the key gone \(no role\): it is revoked, so who presents it is refused whatever it calls\.\n$/,
    )
    assert.deepEqual(JSON.parse((await explain(someone, 'narrow', '--json')).out).effect, 'deny')
    assert.deepEqual(JSON.parse((await explain(someone, 'gone', '--json')).out).key, { name: 'gone', state: 'revoked', roles: [], covers: true })
  })

  test('says what is left of its own limit', async test => {
    const someone = person(test)
    set(someone, { a: backend('--tools', 'read') })
    await key(someone, 'ci', '--limit', '60/1h')
    const { out } = await explain(someone, 'ci')
    assert.match(out, /^allowed to the key ci \(no role\): no rule is about it\nThe key ci has a limit of its own, 60\/1h: 60 of 60 left\.\n$/)
    assert.deepEqual(JSON.parse((await explain(someone, 'ci', '--json')).out).key.limit, { rate: '60/1h', left: 60, of: 60 })
  })

  test('there must be one, and its roles are its own', async test => {
    const someone = person(test)
    set(someone, { a: backend('--tools', 'read') })
    await key(someone, 'ci')
    const none = await explain(someone, 'cj')
    assert.deepEqual([none.exit, /there is no key cj/.test(none.err)], [4, true])
    assert.equal((await explain(someone, 'ci', '--role', 'ops')).exit, 2)
  })
})

test('a rule with a pattern that needs an engine of its own holds from the first call on', async t => {
  const { mcpgw, context } = person(t)
  const rule = (value: string) => ({ effect: 'deny', tools: ['*'], when: [{ path: '/text', op: 'regex', value }] })
  const write = (value: string) =>
    writeFileSync(context.places.settings, JSON.stringify({ mcpServers: { a: backend() }, permissions: { rules: [rule(value)] } }))
  write('^(rm|mv)( .*)+$')
  assert.equal((await mcpgw('call', 'a__echo', '{"text":"rm -rf /"}')).exit, 3)
  assert.equal((await mcpgw('call', 'a__echo', '{"text":"ls /"}')).exit, 0)
  assert.match((await mcpgw('explain', 'a__echo', '{"text":"mv a b"}')).out, /deny/)
  write('^(?!ls)')
  const { exit, err } = await mcpgw('rules')
  assert.equal(exit, 2)
  assert.match(err, /permissions\.rules\[0\]\.when\[0\] has a regex with \(\?!, which could take for ever.*Write two conditions, or two rules, instead/s)
})

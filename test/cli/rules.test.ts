import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { backend, set } from './backend.ts'
import { person } from './running.ts'

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

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { backend } from './backend.ts'
import { person, type Person } from './running.ts'

const names = { mcpServers: { github: { command: 'x' }, 'git-local': { command: 'x' }, 'two words': { command: 'x' }, '$(rm)': { command: 'x' } } }

function settled(someone: Person): Person {
  writeFileSync(someone.context.places.settings, JSON.stringify(names))
  return someone
}

for (const [words, found] of [
  [['en'], ['enable']],
  [
    ['get', ''],
    ['github', 'git-local'],
  ],
  [['get', 'gith'], ['github']],
  [
    ['remove', 'github', ''],
    ['github', 'git-local'],
  ],
  [
    ['config', ''],
    ['path', 'schema', 'validate', 'edit'],
  ],
  [['completion', 'z'], ['zsh']],
  [['add', '--tr'], ['--transport']],
  [
    ['add', '--transport', ''],
    ['http', 'sse', 'stdio'],
  ],
  [['add', 'g'], []],
  [['tools', '--backend', 'github'], ['github']],
  [['backends', 'restart', 'gith'], ['github']],
  [['list', '--c'], ['--config']],
  [['add', 'a', '--', ''], []],
  [['--config', 'x', 'get', 'gith'], ['github']],
] as const)
  test(`mcpgw ${words.join(' ')}<Tab>`, async test => {
    const { exit, out } = await settled(person(test)).mcpgw('__complete', '--', ...words)
    assert.deepEqual([exit, out.split('\n').filter(Boolean)], [0, found])
  })

test('ids and names of what is stored are completed, as they are now', async t => {
  const someone = person(t)
  const { context, mcpgw } = someone
  const tab = async (...words: string[]) => (await mcpgw('__complete', '--', ...words)).out.split('\n').filter(Boolean)
  for (const words of [['approve'], ['replay'], ['log', 'show'], ['keys', 'revoke'], ['log', '--key']])
    assert.deepEqual(await tab(...words, ''), [], words.join(' '))
  for (const command of ['call', 'deny']) assert.deepEqual(await tab(command, ''), [])
  assert.equal(existsSync(context.places.database), false, 'nothing is made for looking')
  const permissions = { rules: [{ effect: 'ask', tools: ['a__echo'] }] }
  writeFileSync(context.places.settings, JSON.stringify({ mcpServers: { a: backend() }, permissions, limits: [{ scope: 'backend:a', rate: '60/1m' }] }))
  await mcpgw('call', 'a__echo', '{"text":"1"}')
  await mcpgw('call', 'a__echo', '{"text":"2"}')
  const tools = (JSON.parse((await mcpgw('tools', '--json')).out) as { name: string }[]).map(one => one.name)
  assert.ok(tools.includes('a__echo'))
  for (const words of [['call'], ['explain'], ['deny'], ['log', '--tool']]) assert.deepEqual(await tab(...words, ''), tools, words.join(' '))
  assert.deepEqual(await tab('call', 'a__ec'), ['a__echo'])
  assert.deepEqual(await tab('log', '--outcome', 'refu'), ['refused'])
  const ids = (JSON.parse((await mcpgw('approvals', '--json')).out) as { id: string }[]).map(one => one.id)
  assert.equal(ids.length, 2)
  assert.deepEqual(await tab('approve', ''), ids)
  assert.deepEqual(await tab('approve', ids[0]!.slice(0, 6)), [ids[0]])
  await mcpgw('approve', ids[0]!, '--for', 'always')
  for (const command of ['approve', 'refuse']) assert.deepEqual(await tab(command, '--reason', 'x', ''), [ids[1]])
  assert.deepEqual(await tab('approvals', ''), ids)
  const calls = (JSON.parse((await mcpgw('log', '--json')).out) as { id: string }[]).map(one => one.id).reverse()
  for (const words of [['replay'], ['log', 'show']]) assert.deepEqual(await tab(...words, ''), calls)
  const { rules, answers } = JSON.parse((await mcpgw('rules', '--json')).out)
  assert.deepEqual(await tab('rules', 'remove', ''), [rules[0].id, answers[0].id])
  assert.deepEqual(await tab('limits', 'remove', ''), ['backend:a'])
  await mcpgw('keys', 'create', 'ci')
  await mcpgw('keys', 'create', 'gone')
  await mcpgw('keys', 'revoke', 'gone')
  for (const words of [
    ['keys', 'revoke'],
    ['keys', 'rotate'],
    ['explain', 'a__echo', '--key'],
  ])
    assert.deepEqual(await tab(...words, ''), ['ci'])
  assert.deepEqual(await tab('log', '--key', ''), ['local', 'ci', 'gone'])
  assert.deepEqual(await tab('keys', 'create', ''), [])
  assert.deepEqual(await tab('pins', 'diff', ''), ['a', ...tools])
  assert.deepEqual(await tab('log', '--client', 'claude-c'), ['claude-code'])
})

test('what a shell asks is not in the help', async test => {
  assert.doesNotMatch((await person(test).mcpgw('--help')).out, /__complete/)
})

test('settings that can not be read complete nothing, and say nothing', async test => {
  const someone = person(test)
  writeFileSync(someone.context.places.settings, '{')
  assert.deepEqual(await someone.mcpgw('__complete', '--', 'get', ''), { exit: 0, out: '', err: '' })
})

test('the script for bash asks for each word and takes the answer', async test => {
  const someone = person(test)
  const { out } = await someone.mcpgw('completion', 'bash')
  const bin = join(someone.home, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'mcpgw'), '#!/bin/sh\nprintf "%s|" "$@" > "$ASKED"\nprintf "one\\ntwo\\n"\n')
  chmodSync(join(bin, 'mcpgw'), 0o755)
  const script = `${out}\nCOMP_WORDS=(mcpgw get "gi"); COMP_CWORD=2; _mcpgw; printf '%s,' "\${COMPREPLY[@]}"; cat "$ASKED"`
  const env = { PATH: `${bin}${delimiter}${process.env['PATH']}`, ASKED: join(someone.home, 'asked') }
  assert.equal(execFileSync('bash', ['--norc', '-c', script], { env, encoding: 'utf8' }), 'one,two,__complete|--|get|gi|')
})

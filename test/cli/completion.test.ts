import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
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

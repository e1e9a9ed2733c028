import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Command } from 'commander'
import { Failure } from '../../src/cli/failure.ts'
import { tree } from '../../src/cli/program.ts'
import { coloured } from '../../src/cli/context.ts'
import { complain, table } from '../../src/cli/print.ts'
import { person } from './running.ts'

test('every command has help with an example that fits 80 columns', async test => {
  const someone = person(test)
  const every = (command: Command, path: readonly string[]): (readonly string[])[] => [
    path,
    ...command.commands.filter(one => !one.name().startsWith('__')).flatMap(one => every(one, [...path, one.name()])),
  ]
  for (const path of every(tree(someone.context), [])) {
    const { exit, out, err } = await someone.mcpgw(...path, '--help')
    assert.deepEqual([exit, err], [0, ''], path.join(' '))
    for (const line of out.split('\n')) assert.ok(line.length <= 80, `${path.join(' ')}: ${line}`)
    assert.match(out, /Examples?(?:, in the settings of a client)?:\n/, path.join(' '))
  }
})

test('no command at all is help', async test => {
  const { exit, out } = await person(test).mcpgw()
  assert.equal(exit, 0)
  assert.match(out, /^Usage: mcpgw/)
})

test('--version says which one', async test => {
  assert.deepEqual(await person(test).mcpgw('--version'), { exit: 0, out: 'mcpgw 0.1.0\n', err: '' })
})

for (const [args, say] of [
  [['lsit'], /unknown command 'lsit'\n\(Did you mean list\?\)\nSee: mcpgw --help/],
  [['list', '--jsn'], /unknown option '--jsn'\n\(Did you mean --json\?\)\nSee: mcpgw list --help/],
  [['get'], /missing required argument 'name'\nSee: mcpgw get --help/],
  [['get', 'a', 'b'], /too many arguments/],
  [['config', 'nope'], /unknown command 'nope'\nSee: mcpgw config --help/],
  [['config'], /Usage: mcpgw config/],
  [['completion', 'tcsh'], /Allowed choices are bash, zsh, fish/],
] as const)
  test(`mcpgw ${args.join(' ')} is wrong usage`, async test => {
    const { exit, out, err } = await person(test).mcpgw(...args)
    assert.deepEqual([exit, out], [2, ''])
    assert.match(err, say)
  })

test('what should not happen is told, with its place when asked for', async test => {
  const someone = person(test, { check: () => Promise.reject(new Error('boom')) })
  const told = await someone.mcpgw('add', 'a', '--', 'x')
  assert.deepEqual([told.exit, /this should not have happened: boom\n {2}With MCPGW_LOG=debug/.test(told.err)], [1, true])
})

test('colours are for whoever wants them', () => {
  assert.equal(coloured({}, true), true)
  assert.equal(coloured({}, false), false)
  assert.equal(coloured({ NO_COLOR: '1' }, true), false)
  assert.equal(coloured({ NO_COLOR: '' }, true), true)
  assert.equal(coloured({ FORCE_COLOR: '1' }, false), true)
  assert.equal(coloured({ FORCE_COLOR: '0' }, true), false)
  assert.equal(coloured({ TERM: 'dumb' }, true), false)
})

test('a failure is a sentence and what to do next, escaped', test => {
  const someone = person(test)
  let err = ''
  complain({ ...someone.context, err: { ...someone.context.err, write: text => (err += text) } }, new Failure(1, 'no \x1b[2J', 'first', 'second'))
  assert.equal(err, 'mcpgw: no \\x1b[2J\n  first\n  second\n')
})

test('colours of a table are never counted as room', async test => {
  const someone = person(test, { colours: true, columns: 20 })
  let out = ''
  const context = { ...someone.context, out: { ...someone.context.out, write: (text: string) => (out += text) } }
  await table(
    context,
    ['A', 'B'],
    [
      [
        { text: 'x'.repeat(30), style: 'red' },
        { text: 'end', style: 'green' },
      ],
    ],
  )
  assert.equal(out.split('\n')[1], `\x1b[31m${'x'.repeat(14)}…\x1b[39m  \x1b[32mend\x1b[39m`)
})

test('what was typed and is none comes back escaped', async test => {
  const { exit, err } = await person(test).mcpgw('\x1b]0;title\x07')
  assert.equal(exit, 2)
  assert.match(err, /unknown command '\\x1b\]0;title\\x07'/)
})

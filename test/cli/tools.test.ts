import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backend, set } from './backend.ts'
import { person } from './running.ts'

test('a backend that nobody has seen is started once, and remembered then', async test => {
  const someone = person(test)
  set(someone, { one: backend('--tools', 'read,write') })
  const first = await someone.mcpgw('tools')
  assert.deepEqual([first.exit, first.err], [0, 'starting one ...\n'])
  assert.deepEqual(first.out.split('\n').slice(0, 3), ['TOOL        DESCRIPTION', 'one__read   does read', 'one__write  does write'])
  const second = await someone.mcpgw('tools')
  assert.deepEqual([second.out, second.err], [first.out, ''])
})

test('as JSON there is all of a tool, under its public name', async test => {
  const someone = person(test)
  set(someone, { 'My Files': backend('--tools', 'read') })
  const [tool] = JSON.parse((await someone.mcpgw('tools', '--json')).out)
  assert.match(tool.name, /^my-files-[0-9a-f]{4}__read$/)
  assert.deepEqual([tool.backend, tool.tool, tool.description, tool.inputSchema.type], ['My Files', 'read', 'does read', 'object'])
})

test('only the tools of one backend are shown, and only that one is started', async test => {
  const someone = person(test)
  set(someone, { one: backend('--tools', 'a'), two: backend('--tools', 'b') })
  const { out, err } = await someone.mcpgw('tools', '--backend', 'two')
  assert.match(out, /^TOOL +DESCRIPTION\ntwo__b +does b\n$/)
  assert.equal(err, 'starting two ...\n')
})

test('a backend that does not start is told of, and the others are shown', async test => {
  const someone = person(test)
  set(someone, { bad: { command: 'no-such-command-at-all' }, good: backend('--tools', 'a') })
  const { exit, out, err } = await someone.mcpgw('tools')
  assert.equal(exit, 0)
  assert.match(out, /good__a/)
  assert.match(err, /bad: "bad" can not be started: the command "no-such-command-at-all" was not found/)
})

test('nothing but a backend that does not start is a failure', async test => {
  const someone = person(test)
  set(someone, { bad: { command: 'no-such-command-at-all' } })
  assert.equal((await someone.mcpgw('tools')).exit, 1)
})

test('an unknown backend is not found, a disabled one says how to enable it', async test => {
  const someone = person(test)
  set(someone, { one: { ...backend(), enabled: false } })
  assert.equal((await someone.mcpgw('tools', '--backend', 'two')).exit, 4)
  const off = await someone.mcpgw('tools', '--backend', 'one')
  assert.deepEqual([off.exit, /mcpgw enable one/.test(off.err)], [1, true])
})

test('with no backends at all it says how to begin', async test => {
  const { exit, out, err } = await person(test).mcpgw('tools')
  assert.deepEqual([exit, out], [0, ''])
  assert.match(err, /mcpgw add --help/)
})

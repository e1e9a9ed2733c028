// Gemini's own command line connects to mcpgw.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { added, behindKey, command, envOf, launched, run, said } from './clients.ts'
import { leavesNothing } from './leaves.ts'

test('gemini mcp list says that mcpgw is connected', async t => {
  const home = await added(t)
  const [file, ...args] = launched('gemini-cli')
  await run(home, 'gemini-cli', 'mcp', 'add', '--scope', 'user', 'mcpgw', '-e', `MCPGW_HOME=${home.mcpgw}`, file!, '--', ...args)
  const { stdout, stderr } = await run(home, 'gemini-cli', 'mcp', 'list')
  t.diagnostic(`${stdout}${stderr}`.trim().split('\n').at(-1)!)
  assert.match(`${stdout}${stderr}`, /mcpgw: .* - Connected/)
  await leavesNothing(home)
})

// Under Node 26 this Gemini sees no headers of any server's HTTP answers; it runs with the Node that npm runs with, where that is an older one.
const older = process.env['npm_node_execpath']
const major = older === undefined ? Infinity : Number(/^v(\d+)/.exec(execFileSync(older, ['--version'], { encoding: 'utf8' }))?.[1])
const skip = major < 26 ? false : 'needs to be run by the npm of a Node older than 26: under that, Gemini connects to no HTTP server at all'

test('gemini mcp list says that mcpgw serve is connected, for a key', { skip }, async t => {
  const home = await added(t)
  const { url, key, end } = await behindKey(home)
  for (const [name, bearer] of Object.entries({ with: key, another: 'mgw_of-nobody' }))
    await run(home, 'gemini-cli', 'mcp', 'add', '--scope', 'user', '--transport', 'http', name, url, '-H', `Authorization: Bearer ${bearer}`)
  const { stdout, stderr } = await home.exec(older!, [command('gemini-cli')[1], 'mcp', 'list'], envOf(home))
  assert.match(`${stdout}${stderr}`, /with: .* - Connected/)
  assert.match(`${stdout}${stderr}`, /another: .* - Disconnected/)
  await end()
  await leavesNothing(home)
})

test('Gemini gets an answer to each question', async t => {
  const home = await added(t)
  const wire = join(home.dir, 'wire')
  const [file, ...args] = launched('gemini-cli', wire)
  await run(home, 'gemini-cli', 'mcp', 'add', '--scope', 'user', 'mcpgw', '-e', `MCPGW_HOME=${home.mcpgw}`, file!, '--', ...args)
  await run(home, 'gemini-cli', 'mcp', 'list')
  const lines = said(wire)
  const asked = lines.flatMap(({ from, message }) => (from === 'client' && message.id !== undefined ? [message] : []))
  t.diagnostic(`it asked ${asked.map(({ id, method }) => `${method} (id ${JSON.stringify(id)})`).join(', ')}`)
  assert.equal(asked[0].method, 'initialize')
  for (const { id, method } of asked)
    assert.ok(
      lines.some(({ from, message }) => from === 'mcpgw' && message.id === id && message.result),
      `${method} got no result`,
    )
  await leavesNothing(home)
})

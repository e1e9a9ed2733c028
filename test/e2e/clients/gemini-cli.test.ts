// Gemini's own command line connects to mcpgw.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { added, launched, run, said } from './clients.ts'
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

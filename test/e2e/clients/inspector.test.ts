// The protocol's own inspector, on its command line, sees and calls tools through mcpgw in either era.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { program, root, type Home } from '../launch.ts'
import { added, some } from './clients.ts'
import { leavesNothing } from './leaves.ts'

async function inspect(home: Home, era: string, ...args: string[]): Promise<any> {
  const cli = [join(root, 'node_modules/.bin/mcp-inspector'), '--cli', '-q', '-e', `MCPGW_HOME=${home.mcpgw}`, '--protocol-era', era, ...args]
  const { code, stdout, stderr } = await home.exec(process.execPath, [...cli, '--', ...program, 'stdio'])
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}

describe('the inspector', () => {
  for (const era of ['legacy', 'modern', 'auto'])
    test(`speaks ${era}: lists all tools, calls two, reads a resource and gets a prompt`, async t => {
      const home = await added(t)
      const { tools } = await inspect(home, era, '--method', 'tools/list')
      const names: string[] = tools.map(({ name }: { name: string }) => name)
      assert.ok(some.every(name => names.includes(name)))
      const echo = await inspect(home, era, '--method', 'tools/call', '--tool-name', 'everything__echo', '--tool-arg', 'message=hi')
      assert.deepEqual(echo.content, [{ type: 'text', text: 'Echo: hi' }])
      const graph = await inspect(home, era, '--method', 'tools/call', '--tool-name', 'memory__read_graph')
      assert.deepEqual(graph.structuredContent, { entities: [], relations: [] })
      const { resources } = await inspect(home, era, '--method', 'resources/list')
      const { contents } = await inspect(home, era, '--method', 'resources/read', '--uri', resources[0].uri)
      assert.equal(contents[0].uri, resources[0].uri)
      const { messages } = await inspect(home, era, '--method', 'prompts/get', '--prompt-name', 'everything__simple-prompt')
      assert.equal(messages[0].role, 'user')
      await leavesNothing(home)
    })
})

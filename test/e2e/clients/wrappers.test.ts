// Servers are mostly started through something else: npx, a shell. Ending them ends what those have started.

import assert from 'node:assert/strict'
import { chmodSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { Home } from '../launch.ts'
import { commandOf } from '../processes.ts'
import { leavesNothing } from './leaves.ts'
import { packages } from './servers.ts'

const main = join(packages, '@modelcontextprotocol/server-sequential-thinking/dist/index.js')
const thought = { thought: 'one', nextThoughtNeeded: false, thoughtNumber: 1, totalThoughts: 1 }

/** A script as people write them: it starts the server, and waits. */
function script(home: Home): string {
  const file = join(home.dir, 'start.sh')
  writeFileSync(file, `#!/bin/sh\necho starting >&2\n'${process.execPath}' '${main}'\necho ended >&2\n`)
  chmodSync(file, 0o755)
  return file
}

const wrappers: Record<string, (home: Home) => string[]> = {
  npx: () => ['npx', '--no-install', 'mcp-server-sequential-thinking'],
  'npx -y': () => ['npx', '-y', '@modelcontextprotocol/server-sequential-thinking'],
  'npm exec': () => ['npm', 'exec', '--offline', '--', 'mcp-server-sequential-thinking'],
  'sh -c': () => ['sh', '-c', `'${process.execPath}' '${main}'; true`],
  'sh -c with a pipe': () => ['sh', '-c', `'${process.execPath}' '${main}' | cat`],
  'a script': home => [script(home)],
}

describe('a server behind a wrapper is added, called, and leaves nothing', () => {
  for (const [name, of] of Object.entries(wrappers))
    test(name, async t => {
      const home = new Home(t)
      Object.assign(home.env, { PATH: `${dirname(process.execPath)}:${home.env['PATH']}` })
      // npx finds what is installed where it runs
      symlinkSync(packages, join(home.dir, 'node_modules'))
      const wrapper = of(home)

      const added = await home.run('add', 'thinking', '--', ...wrapper)
      assert.equal(added.code, 0, `${added.stdout}${added.stderr}`)
      await leavesNothing(home)

      const client = home.launch()
      assert.deepEqual(await client.greet(), ['thinking__sequentialthinking'])
      const { result } = await client.call('thinking__sequentialthinking', thought)
      assert.equal(result.structuredContent.thoughtNumber, 1)
      t.diagnostic(`${home.living().length} processes: ${home.living().map(commandOf).join(' | ').slice(0, 300)}`)
      assert.ok(home.living().length > 2, 'the wrapper, the server and mcpgw')
      await client.end()

      const killed = home.launch()
      await killed.greet()
      await killed.call('thinking__sequentialthinking', thought)
      killed.kill('SIGKILL')
      await killed.exited()
      await leavesNothing(home)
    })
})

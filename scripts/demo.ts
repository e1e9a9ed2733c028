// `npm run demo`: the window over something that lives. Two chatty clients, each with its own gateway, and three real servers behind them, in a
// folder of its own that is gone afterwards. In a terminal the window opens at once; elsewhere it says what to type, and goes on until it is ended.
// `--home DIR` keeps everything in DIR instead, for scripts that look at it.

import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'

const root = resolve(import.meta.dirname, '..')
const binary = join(root, 'dist', process.platform === 'win32' ? 'mcpgw.exe' : 'mcpgw')
const named = process.argv.indexOf('--home') + 1
const home = named > 0 ? resolve(process.argv[named]!) : mkdtempSync(join(tmpdir(), 'mcpgw-demo-'))
const env = { ...process.env, MCPGW_HOME: join(home, 'mcpgw') } as Record<string, string>
const files = join(home, 'files')
const server = (name: string) => join(root, `node_modules/@modelcontextprotocol/server-${name}/dist/index.js`)
const backend = (name: string, ...args: string[]) => ({ command: process.execPath, args: [server(name), ...args] })

function settle(): void {
  mkdirSync(env['MCPGW_HOME']!, { recursive: true })
  mkdirSync(files, { recursive: true })
  for (const name of ['groceries', 'ideas', 'travel']) writeFileSync(join(files, `${name}.md`), `# ${name}\n\n- one\n- two\n`)
  const settings = {
    mcpServers: {
      everything: backend('everything'),
      files: backend('filesystem', files),
      memory: { ...backend('memory'), env: { MEMORY_FILE_PATH: join(home, 'memory.json') } },
      broken: { command: process.execPath, args: ['-e', 'console.error("no such database: /var/lib/nothing.db"); process.exit(1)'] },
    },
    permissions: {
      rules: [
        { effect: 'ask', tools: ['files__edit_file'] },
        { effect: 'deny', tools: ['files__move_file'], when: [{ path: '/destination', op: 'glob', value: '/etc/*' }] },
      ],
    },
    limits: [
      { scope: 'backend:memory', rate: '20/1m' },
      { scope: 'client', rate: '2000/1h' },
      { scope: 'all', rate: '200000 tokens/1d' },
    ],
  }
  writeFileSync(join(env['MCPGW_HOME']!, 'config.json'), JSON.stringify(settings, null, 2), { mode: 0o600 })
}

type Ask = [name: string, args: () => Record<string, unknown>, often: number]

const of = <T>(...those: readonly T[]): T => those[Math.floor(Math.random() * those.length)]!
const asks: readonly Ask[] = [
  ['files__read_text_file', () => ({ path: join(files, `${of('groceries', 'ideas', 'travel')}.md`) }), 6],
  ['files__list_directory', () => ({ path: files }), 4],
  ['files__write_file', () => ({ path: join(files, 'notes.md'), content: `# Notes\n\nWritten at ${new Date().toISOString()}\n` }), 3],
  ['files__edit_file', () => ({ path: join(files, 'ideas.md'), edits: [{ oldText: '- one', newText: `- one, at ${Date.now()}` }] }), 1],
  ['files__read_text_file', () => ({ path: '/etc/shadow' }), 1],
  ['files__move_file', () => ({ source: join(files, 'notes.md'), destination: '/etc/motd' }), 1],
  ['memory__search_nodes', () => ({ query: of('mcpgw', 'groceries', 'Zürich', '東京') }), 4],
  ['memory__create_entities', () => ({ entities: [{ name: `note ${Date.now()}`, entityType: 'note', observations: ['made by the demo'] }] }), 2],
  ['everything__echo', () => ({ message: of('hello', 'こんにちは', 'שלום', '👋🏽') }), 4],
  ['everything__get-sum', () => ({ a: Math.floor(Math.random() * 100), b: 7 }), 3],
  ['everything__trigger-long-running-operation', () => ({ duration: 4, steps: 8 }), 1],
  ['broken__query', () => ({ sql: 'select 1' }), 1],
]
const lot = asks.flatMap(ask => Array.from({ length: ask[2] }, () => ask))

let over = false

/** A client that asks for something again and again, as its model might. */
async function chat(name: string, version: string, everyMs: number): Promise<void> {
  const client = new Client({ name, version })
  await client.connect(new StdioClientTransport({ command: binary, args: ['stdio'], env, cwd: home, stderr: 'ignore' }))
  await client.listTools()
  while (!over) {
    const [tool, args] = of(...lot)
    const asked = client.callTool({ name: tool, arguments: args() }).catch(() => undefined)
    if (Math.random() < 0.8) await asked
    await pause(everyMs * (0.3 + 1.4 * Math.random()))
  }
  await client.close()
}

async function look(): Promise<void> {
  if (process.stdout.isTTY && named === 0) {
    const window = spawn(binary, ['tui'], { env, stdio: 'inherit' })
    await new Promise(done => window.once('exit', done))
  } else {
    process.stdout.write(`demo: two clients are calling. In another terminal:\n\n  MCPGW_HOME=${env['MCPGW_HOME']} ${binary} tui\n\n`)
    await new Promise(done => ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(signal => process.once(signal, done)))
  }
}

if (spawnSync(process.execPath, [join(root, 'scripts/build.ts')], { stdio: ['ignore', 'inherit', 'inherit'] }).status !== 0) process.exit(1)
settle()
const chats = [chat('claude-code', '2.1.0', 700), chat('cursor', '1.7.3', 1100)]
await Promise.race([look(), Promise.all(chats)])
over = true
await Promise.race([Promise.allSettled(chats), pause(5000)])
if (named === 0) rmSync(home, { recursive: true, force: true, maxRetries: 5 })
process.exit(0)

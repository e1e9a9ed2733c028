// `npm start`: builds the binary, launches it as a client does, with three real servers behind it, and ends with what to paste into a client.
// Everything happens in a folder of its own: nobody's settings are read or written.

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'

const root = resolve(import.meta.dirname, '..')
const binary = join(root, 'dist', process.platform === 'win32' ? 'mcpgw.exe' : 'mcpgw')
const home = mkdtempSync(join(tmpdir(), 'mcpgw-demo-'))
const env = { ...process.env, MCPGW_HOME: join(home, 'mcpgw'), NO_COLOR: '1' } as Record<string, string>

const say = (text = '') => process.stdout.write(`${text}\n`)
const step = (text: string) => say(`\n── ${text}`)
const indented = (text: string) => say(text.trimEnd().replace(/^/gm, '   '))

/** Runs the binary as a person does, and shows the command and the first lines of what it says. */
function mcpgw(args: readonly string[], lines = Infinity): void {
  say(`$ mcpgw ${args.map(arg => (arg === process.execPath ? 'node' : relative(root, arg).startsWith('node_modules') ? relative(root, arg) : arg)).join(' ')}`)
  const { status, stdout, stderr, error } = spawnSync(binary, args, { env, cwd: home, encoding: 'utf8' })
  indented([...stderr.trimEnd().split('\n'), ...stdout.trimEnd().split('\n').slice(0, lines)].filter(Boolean).join('\n'))
  if (status !== 0) throw error ?? new Error(`mcpgw ${args[0]} ended with ${status}`)
}

const server = (name: string) => join(root, `node_modules/@modelcontextprotocol/server-${name}/dist/index.js`)
const files = join(home, 'files')

const calls: [name: string, args: Record<string, unknown>][] = [
  ['everything__echo', { message: 'hello through mcpgw' }],
  ['everything__get-sum', { a: 19, b: 23 }],
  ['files__list_directory', { path: files }],
  ['files__read_text_file', { path: join(files, 'note.txt') }],
  ['memory__create_entities', { entities: [{ name: 'mcpgw', entityType: 'program', observations: ['has one entry in every client'] }] }],
  ['memory__search_nodes', { query: 'program' }],
  ['files__read_text_file', { path: '/etc/shadow' }],
]

/** One line of a result. */
function short(content: unknown): string {
  const [first] = content as { type: string; text?: string }[]
  const text = (first?.text ?? `(${first?.type ?? 'nothing'})`).replace(/\s+/g, ' ').replace(/[^\x20-\x7e]/g, '?')
  return text.length > 100 ? `${text.slice(0, 99)}…` : text
}

async function asClient(): Promise<void> {
  const client = new Client({ name: 'npm-start', version: '1.0.0' })
  const started = performance.now()
  await client.connect(new StdioClientTransport({ command: binary, args: [], env, cwd: home, stderr: 'inherit' }))
  say(`   connected in ${Math.round(performance.now() - started)} ms, to ${JSON.stringify(client.getServerVersion())}`)

  const { tools } = await client.listTools()
  const byBackend = Map.groupBy(tools, tool => tool.name.split('__')[0]!)
  say(`   ${tools.length} tools behind one entry:`)
  for (const [backend, its] of byBackend)
    say(`   ${backend.padEnd(10)} ${String(its.length).padStart(2)}  ${short([{ text: its.map(tool => tool.name.slice(backend.length + 2)).join(', ') }])}`)

  step('calling some of them (a server starts with its first call)')
  for (const [name, args] of calls) {
    const from = performance.now()
    const result = await client.callTool({ name, arguments: args })
    say(`   ${name} → ${result.isError ? 'error: ' : ''}${short(result.content)}  (${(performance.now() - from).toFixed(1)} ms)`)
  }
  await client.close()
}

function toPaste(): void {
  const entry = JSON.stringify({ mcpServers: { mcpgw: { command: binary } } }, null, 2)
  const desktop = {
    darwin: '~/Library/Application Support/Claude/claude_desktop_config.json',
    win32: '%APPDATA%\\Claude\\claude_desktop_config.json',
    linux: '~/.config/Claude/claude_desktop_config.json',
  }[process.platform as string]
  say('Claude Code:')
  say(`\n  claude mcp add mcpgw -- ${/^[\w./-]+$/.test(binary) ? binary : JSON.stringify(binary)}\n`)
  say(`Claude Desktop (${desktop}) and Cursor (~/.cursor/mcp.json):\n`)
  say(entry.replace(/^/gm, '  '))
  say('\nThen your own servers, once for all clients:\n')
  say(`  ${relative(process.cwd(), binary)} add NAME -- COMMAND ARGS...`)
}

let code = 0
try {
  step('building dist/mcpgw, the single binary')
  if (spawnSync(process.execPath, [join(root, 'scripts/build.ts')], { stdio: ['ignore', 'inherit', 'inherit'] }).status !== 0)
    throw new Error('the build failed')

  step(`adding three servers, for this demonstration alone (MCPGW_HOME=${env['MCPGW_HOME']})`)
  mkdirSync(files)
  writeFileSync(join(files, 'note.txt'), 'A file that only the filesystem server can read.\n')
  mcpgw(['add', 'everything', '--', process.execPath, server('everything')], 1)
  mcpgw(['add', 'files', '--', process.execPath, server('filesystem'), files], 1)
  mcpgw(['add', 'memory', '--env', `MEMORY_FILE_PATH=${join(home, 'memory.json')}`, '--', process.execPath, server('memory')], 1)

  step('launching dist/mcpgw as a client launches it: its only stdio server')
  await asClient()

  step('what the audit holds of it')
  mcpgw(['log'])

  step('to use it, paste this')
  toPaste()
} catch (error) {
  process.stderr.write(`start: ${error instanceof Error ? error.message : String(error)}\n`)
  code = 1
} finally {
  rmSync(home, { recursive: true, force: true })
}
process.exit(code)

// V8 caches that hold what a start really runs: the program is run as its users run it, each run from the cache of the one before, and the
// caches are taken when it ends. (A cache taken before the first run knows only the outermost functions.)

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { v8Options } from './parts.ts'

const asked = [
  {
    jsonrpc: '2.0',
    id: 0,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: { roots: {} }, clientInfo: { name: 'build', version: '1' } },
  },
  { jsonrpc: '2.0', method: 'notifications/initialized' },
  { jsonrpc: '2.0', id: 1, method: 'tools/list' },
  { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'build__echo', arguments: { text: 'x' }, _meta: { progressToken: 1 } } },
]
const commands = [['--help'], ['list'], ['tools'], ['call', 'build__echo', '{}'], ['log'], ['status'], ['backends']]

/** Takes the caches of the parts in `folder`, beside them. Throws when the bridge doesn't answer as it should: then it is broken. */
export async function train(folder: string): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'mcpgw-build-'))
  try {
    const backend = { command: process.execPath, args: [join(import.meta.dirname, 'backend.mjs')] }
    await mkdir(home, { recursive: true })
    await writeFile(join(home, 'config.json'), JSON.stringify({ version: 1, mcpServers: { build: backend } }), { mode: 0o600 })
    for (const _round of ['never seen before', 'remembered']) await bridge(folder, home)
    if (existsSync(join(folder, 'serve.js'))) await door(folder, home)
    if (existsSync(join(folder, 'rest.js'))) for (const command of commands) await program(folder, home, command).ended
    if (existsSync(join(folder, 'window.js'))) await window(folder, home)
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

function program(folder: string, home: string, args: readonly string[]) {
  const child = spawn(process.execPath, [...v8Options, join(import.meta.dirname, 'trainee.ts'), folder, ...args], { env: { ...process.env, MCPGW_HOME: home } })
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000)
  const errors = text(child.stderr)
  const ended = new Promise<string>(done => child.once('close', async () => (clearTimeout(timer), done(await errors))))
  return { child, ended }
}

/** The window, looked at for a moment. Throws when it draws nothing. */
async function window(folder: string, home: string): Promise<void> {
  const { child, ended } = program(folder, home, ['tui'])
  let drawn = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (drawn += chunk))
  const over = ended.then(() => true)
  /** Until this stands there, or it is over. */
  const until = async (there: () => boolean): Promise<void> => {
    while (!there() && !(await Promise.race([over, pause(20)])));
  }
  await until(() => drawn.includes('Overview'))
  for (const key of ['3', '4', '5', '6', '1', '?', 'q', 'q']) {
    const before = drawn.length
    child.stdin.write(key)
    await until(() => drawn.length > before)
    await pause(100)
  }
  child.stdin.end()
  const errors = await ended
  if (!drawn.includes('Overview')) throw new Error(`the window has drawn nothing. It said:\n${errors || '(nothing)'}`)
}

/** The same questions over HTTP. Throws when they are not answered as they should be. */
async function door(folder: string, home: string): Promise<void> {
  const { child, ended } = program(folder, home, ['serve', '--port', '0'])
  const url = await Promise.race([new Promise<string>(done => child.stdout.once('data', (said: Buffer) => done(said.toString().trim()))), ended])
  const headers: Record<string, string> = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
  try {
    for (const { params, ...message } of asked) {
      // Without a token for progress: then an answer is what most answers are, JSON and no stream.
      const { _meta, ...rest } = { _meta: undefined, ...params }
      const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ ...message, params: rest }) })
      headers['mcp-session-id'] ??= answer.headers.get('mcp-session-id')!
      const said = await answer.text()
      if (message.id !== undefined && !said.includes('"result"')) throw new Error(`the door has not answered ${message.method}: ${answer.status} ${said}`)
    }
    await pause(300)
  } finally {
    child.kill('SIGTERM')
    await ended
  }
}

const pause = (ms: number): Promise<undefined> => new Promise(done => setTimeout(done, ms, undefined))

async function bridge(folder: string, home: string): Promise<void> {
  const { child, ended } = program(folder, home, ['stdio'])
  const waiting = new Set(asked.flatMap(({ id }) => id ?? []))
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()!
    for (const line of lines) {
      const { id, result } = JSON.parse(line) as { id?: number; result?: { isError?: boolean } }
      if (result && !result.isError) waiting.delete(id!)
    }
    // What it does right after an answer belongs to a start as well.
    if (waiting.size === 0) setTimeout(() => child.stdin.end(), 300)
  })
  for (const message of asked) child.stdin.write(`${JSON.stringify(message)}\n`)
  const errors = await ended
  if (waiting.size)
    throw new Error(
      `the bridge has not answered ${asked.filter(one => waiting.has(one.id!)).map(one => one.method)}. It said:\n${errors || rest || '(nothing)'}`,
    )
}

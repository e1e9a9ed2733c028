// The real clients as programs, without anyone's login: each has a home folder of its own, and nothing but this machine within its reach.

import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { program, server, Home, type Ran } from '../launch.ts'
import { offline, packages } from './servers.ts'

const mains = {
  'claude-code': '@anthropic-ai/claude-code/cli-wrapper.cjs',
  codex: '@openai/codex/bin/codex.js',
  'gemini-cli': '@google/gemini-cli/bundle/gemini.js',
}

export type Client = keyof typeof mains

/** A home with two real backends in its settings, which mcpgw has met before, as after `mcpgw add`. */
export async function added(t: TestContext): Promise<Home> {
  const home = new Home(t)
  home.settings({
    everything: server('mcp-server-everything'),
    memory: server('mcp-server-memory', [], { env: { MEMORY_FILE_PATH: join(home.dir, 'memory') } }),
  })
  mkdirSync(codexHome(home))
  const { code, stderr } = await home.run('tools')
  assert.equal(code, 0, stderr)
  return home
}

/** The same backends behind `mcpgw serve`, for who has a key. */
export async function behindKey(home: Home): Promise<{ readonly url: string; readonly key: string; end(): Promise<unknown> }> {
  const file = join(home.mcpgw, 'config.json')
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), auth: { required: true } }))
  const { code, stdout, stderr } = await home.run('keys', 'create', 'peer')
  assert.equal(code, 0, stderr)
  const serving = await home.serve()
  return { url: serving.url, key: stdout.trim(), end: () => (serving.kill('SIGTERM'), serving.exited) }
}

/** Some of their tools. */
export const some = ['everything__echo', 'everything__get-sum', 'memory__read_graph', 'memory__create_entities']

const codexHome = (home: Home) => join(home.dir, '.codex')

export const envOf = (home: Home): Record<string, string> => ({
  ...home.env,
  ...offline,
  NO_PROXY: '127.0.0.1,localhost',
  PATH: `${dirname(process.execPath)}:${home.env['PATH']}`,
  CODEX_HOME: codexHome(home),
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  DISABLE_AUTOUPDATER: '1',
  GEMINI_CLI_TRUST_WORKSPACE: 'true',
  NO_COLOR: '1',
})

/** How a client is started. */
export const command = (client: Client): [file: string, arg: string] => [process.execPath, join(packages, mains[client])]

/** Runs a command of a client to its end. */
export async function run(home: Home, client: Client, ...args: string[]): Promise<Ran> {
  const [file, main] = command(client)
  const ran = await home.exec(file, [main, ...args], envOf(home))
  assert.equal(ran.code, 0, `${client} ${args.join(' ')}: ${ran.stdout}${ran.stderr}`)
  return ran
}

/** What a client is told to launch: mcpgw. With a file name, everything both say to each other is written there. */
export const launched = (client: Client, wire?: string): string[] => [
  ...(wire ? [process.execPath, join(import.meta.dirname, 'tap.mjs'), wire] : []),
  ...program,
  'stdio',
  '--client',
  client,
]

export interface Said {
  readonly from: 'client' | 'mcpgw'
  readonly message: any
}

/** What was said over a tapped wire. */
export const said = (wire: string): Said[] =>
  readFileSync(wire, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line))

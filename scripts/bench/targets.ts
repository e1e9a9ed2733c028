// What is measured and how it is launched: the gateway as a client launches it, with a home of its own in a temporary folder; the same backend
// directly; a bare relay before it. Whoever opens a target closes it; a process that is still there at the end loses its stdin and ends.

import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Client, type Launch } from './client.ts'
import { HttpClient } from './http.ts'
import { forgetCached } from './processes.ts'

const root = resolve(import.meta.dirname, '../..')
const backendFile = join(import.meta.dirname, 'backend.mjs')
const relayFile = join(import.meta.dirname, 'relay.mjs')

/** Wider than any measure needs: the default of 10 calls at once to a backend would be what is measured. */
const CONCURRENCY = 128
/** What a gateway has learnt is written behind its answers. */
const REMEMBERING_MS = 400

const rooms: string[] = []
process.on('exit', () => {
  for (const room of rooms) rmSync(room, { recursive: true, force: true, maxRetries: 3 })
})

/** A temporary folder, gone at the end. */
export function room(): string {
  const made = mkdtempSync(join(tmpdir(), 'mcpgw-bench-'))
  rooms.push(made)
  return made
}

/** The options of a backend, as its arguments: see backend.mjs. */
export type BackendOptions = Readonly<Record<string, string | number>>

const argsOf = (options: BackendOptions): string[] => [backendFile, ...Object.entries(options).map(([key, value]) => `${key}=${value}`)]

/** What a client passes to what it launches: little. */
const environment = (home: string): Record<string, string> => ({ HOME: home, PATH: process.env['PATH'] ?? '' })

let binary = join(root, 'dist', process.platform === 'win32' ? 'mcpgw.exe' : 'mcpgw')

export const binaryFile = (): string => binary

/** Measures another binary than dist/mcpgw. */
export const useBinary = (file: string): void => void (binary = resolve(file))

export const nodeAlone = (): Launch => ({ command: process.execPath, args: ['-e', '0'], env: environment(tmpdir()) })

export const direct = (options: BackendOptions = {}): Client => new Client({ command: process.execPath, args: argsOf(options), env: environment(tmpdir()) })

export const relayed = (options: BackendOptions = {}): Client =>
  new Client({ command: process.execPath, args: [relayFile, process.execPath, ...argsOf(options)], env: environment(tmpdir()) })

/** The name of a backend's tool behind the gateway. */
export const publicName = (backend: number, tool: string): string => `b${backend}__${tool}`

/** A home with these backends: b0, b1, ...; and with these settings. */
export function home(backends: readonly BackendOptions[], settings: object = {}): string {
  const made = room()
  const servers = backends.map((options, index) => [`b${index}`, { command: process.execPath, args: argsOf(options), concurrency: CONCURRENCY }])
  writeFileSync(join(made, 'config.json'), JSON.stringify({ version: 1, mcpServers: Object.fromEntries(servers), ...settings }), { mode: 0o600 })
  return made
}

export const gateway = (at: string, file = binary): Client => new Client({ command: file, args: ['stdio'], env: { ...environment(at), MCPGW_HOME: at } })

/** Who prints every event of every gateway of this home. */
export const watching = (at: string): Launch => ({ command: binary, args: ['watch', '--json'], env: { ...environment(at), MCPGW_HOME: at } })

/** The same behind an HTTP port. */
export const served = (at: string, file = binary): HttpClient =>
  new HttpClient({ command: file, args: ['serve', '--port', '0'], env: { ...environment(at), MCPGW_HOME: at } })

/** A copy of the binary as it is after a start of the machine: what other gateways here have in use of it can't be forgotten. */
export function freshBinary(): string {
  const file = join(room(), 'mcpgw')
  copyFileSync(binary, file)
  forgetCached(file)
  return file
}

/** A home whose backends have been seen before. */
export async function remembered(backends: readonly BackendOptions[], tools: number): Promise<string> {
  const made = home(backends)
  const client = gateway(made)
  await client.initialize()
  await client.list(tools)
  await pause(REMEMBERING_MS)
  await client.close()
  return made
}

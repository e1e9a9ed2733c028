// The official suites against our remote link and our login: every client scenario of both versions. What does not pass stands in
// client-failures.json with its reason, and fails here when it passes after all.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { drive, type Task } from './drive.ts'

interface Check {
  readonly id: string
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO'
  readonly description?: string
  readonly errorMessage?: string
}

const root = join(import.meta.dirname, '../..')
const failures = JSON.parse(readFileSync(join(import.meta.dirname, 'client-failures.json'), 'utf8')) as Record<string, Record<string, string>>
const folder = mkdtempSync(join(tmpdir(), 'mcpgw-conformance-'))
const socket = join(folder, 'socket')
let server: Server

/** Runs one suite to its end: what each scenario has checked. */
async function suite(name: string, ...args: string[]): Promise<Map<string, Check[]>> {
  const results = mkdtempSync(join(folder, 'results-'))
  const command = `${process.execPath} ${join(import.meta.dirname, 'stub.mjs')}`
  const cli = join(root, 'node_modules', name, 'dist/index.js')
  const child = spawn(process.execPath, [cli, 'client', '--command', command, '--output-dir', results, '--timeout', '60000', ...args], {
    cwd: folder,
    env: { ...process.env, MCPGW_CONFORMANCE: socket, NODE_OPTIONS: '' },
    stdio: 'ignore',
  })
  await once(child, 'close')
  const found = new Map<string, Check[]>()
  for (const entry of readdirSync(results, { recursive: true, encoding: 'utf8' })) {
    if (!entry.endsWith('checks.json')) continue
    const scenario = entry.replace(/-\d{4}-\d\d-\d\dT.*$/, '')
    found.set(scenario, JSON.parse(readFileSync(join(results, entry), 'utf8')) as Check[])
  }
  return found
}

/** The suite starts a process for every scenario at once; while those start, a small machine is too slow for whoever waits for an answer. */
const CALM_MS = 400
const AT_ONCE = 3
const waiting: (() => void)[] = []
let running = 0
let calm: NodeJS.Timeout | undefined

function next(): void {
  while (running < AT_ONCE && waiting.length > 0) {
    running++
    waiting.shift()!()
  }
}

async function inTurn(act: () => Promise<void>): Promise<void> {
  clearTimeout(calm)
  calm = setTimeout(next, CALM_MS)
  await new Promise<void>(done => waiting.push(done))
  try {
    await act()
  } finally {
    running--
    next()
  }
}

before(async () => {
  await import('../../src/backends/oauth/login.ts') // takes its time the first time
  server = createServer({ allowHalfOpen: true }, stub => {
    let said = ''
    stub.setEncoding('utf8').on('error', () => {})
    stub.on('data', text => (said += String(text)))
    stub.on('end', () => {
      inTurn(() => drive(JSON.parse(said) as Task)).then(
        () => stub.end('done'),
        (error: Error) => stub.end(error.message),
      )
    })
  })
  await new Promise<void>(done => server.listen(socket, done))
})

after(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

const failed = (checks: readonly Check[]): readonly Check[] => checks.filter(one => one.status === 'FAILURE')

const suites = [
  ['0.1.16', 'conformance', ['--suite', 'all'], [], 20],
  ['0.2.0-alpha.12, 2025-11-25', 'conformance-next', ['--requirements', '2025-11-25'], ['--spec-version', '2025-11-25'], 20],
  ['0.2.0-alpha.12, 2026-07-28', 'conformance-next', ['--requirements', '2026-07-28'], ['--spec-version', '2026-07-28'], 30],
] as const

describe('the client scenarios of the official suite', () => {
  for (const [version, name, args, alone, least] of suites)
    test(version, { timeout: 120_000 }, async () => {
      const expected = failures[version] ?? {}
      const found = await suite(name, ...args)
      // In a crowd one that waits for an answer may give up too early: what fails there is looked at alone before it is believed.
      for (const [scenario, checks] of found) {
        if (scenario in expected || failed(checks).length === 0) continue
        for (const [, again] of await suite(name, '--scenario', scenario, ...alone)) found.set(scenario, again)
      }
      assert.ok(found.size >= least, `only ${found.size} scenarios ran`)
      const wrong: string[] = []
      for (const [scenario, checks] of found) {
        const told = failed(checks)
          .map(one => `${one.id}: ${one.errorMessage ?? one.description}`)
          .join('; ')
        if (failed(checks).length > 0 && !(scenario in expected)) wrong.push(`${scenario} fails: ${told}`)
        if (failed(checks).length === 0 && scenario in expected) wrong.push(`${scenario} passes: take it out of client-failures.json`)
        if (checks.length === 0) wrong.push(`${scenario} checked nothing`)
      }
      for (const scenario of Object.keys(expected)) if (!found.has(scenario)) wrong.push(`${scenario} did not run: take it out of client-failures.json`)
      assert.deepEqual(wrong, [])
    })
})

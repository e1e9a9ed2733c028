// The official conformance suites, run against an address, and what came of it: how many checks of each scenario had which end.

import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

export const suites = {
  '0.1.16': ['conformance', '--suite', 'all'],
  '2025-11-25': ['conformance-next', '--requirements', '2025-11-25'],
  '2026-07-28': ['conformance-next', '--requirements', '2026-07-28'],
} as const satisfies Record<string, readonly [string, ...string[]]>
export type Suite = keyof typeof suites

/** Checks by how they ended, "3 SUCCESS, 1 WARNING"; what only informs is not counted. */
export type Counts = Record<string, string>

/** Runs one suite to its end, or one scenario of it. */
export async function run(suite: Suite, url: string, scenario?: string): Promise<Counts> {
  const [name, ...whole] = suites[suite]
  const args = scenario === undefined ? whole : ['--scenario', scenario, ...(suite === '0.1.16' ? [] : ['--spec-version', suite])]
  const dir = mkdtempSync(join(tmpdir(), 'mcpgw-conformance-'))
  try {
    const child = spawn(process.execPath, [join(root, 'node_modules', name, 'dist/index.js'), 'server', '--url', url, ...args, '-o', dir], {
      cwd: dir,
      stdio: 'ignore',
    })
    await new Promise(done => child.once('exit', done))
    return Object.fromEntries(
      readdirSync(dir)
        .map(run => [scenarioOf(run), countsOf(join(dir, run, 'checks.json'))] as const)
        .sort(),
    )
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

const scenarioOf = (folder: string): string => folder.replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT.*$/, '')

function countsOf(file: string): string {
  const counts = new Map<string, number>()
  for (const { status } of JSON.parse(readFileSync(file, 'utf8')) as { status: string }[])
    if (status !== 'INFO') counts.set(status, (counts.get(status) ?? 0) + 1)
  return [...counts]
    .sort()
    .map(([status, count]) => `${count} ${status}`)
    .join(', ')
}

/** Starts a program that says its address first; gives that. */
export function address(file: string, args: readonly string[], onstart: (child: ChildProcess) => void, env = process.env): Promise<string> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, file), ...args], { stdio: ['ignore', 'pipe', 'inherit'], env })
    onstart(child)
    child.stdout!.once('data', (text: Buffer) => done(text.toString().trim()))
    child.once('exit', code => failed(new Error(`${file} ended with ${code}`)))
  })
}

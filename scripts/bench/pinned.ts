// A measure's rows from a process of its own that is held on one core, as is what it starts, where the system can do that.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Row, Rounds } from './measure.ts'
import { onOneCore } from './processes.ts'

/** Measures in rounds; `on` says where, in words. */
export type OneCore = (rounds: Rounds, on: string) => Promise<Row[]>

/** `name`: what `--on-one-core` calls it. */
export async function pinned(name: string, measure: OneCore, rounds: Rounds): Promise<Row[]> {
  const prefix = onOneCore()
  if (!prefix) return measure(rounds, 'all cores (no taskset here)')
  const [command, ...rest] = [...prefix, process.execPath, join(import.meta.dirname, 'run.ts'), ...process.argv.slice(2), '--on-one-core', name]
  const { stdout } = await promisify(execFile)(command!, rest)
  return JSON.parse(stdout) as Row[]
}

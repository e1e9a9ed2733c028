// What is held on one core: a process of its own and all that it starts, where the system can do that. So a latency is that of the work, and not of
// who waits for which core.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Measure, Row, Rounds } from './measure.ts'
import { onOneCore } from './processes.ts'

/** What of a measure is taken on one core. */
export async function pinned({ name, oneCore }: Measure, rounds: Rounds): Promise<Row[]> {
  if (!oneCore) return []
  const prefix = onOneCore()
  if (!prefix) return oneCore(rounds, 'all cores (no taskset here)')
  const [command, ...rest] = [...prefix, process.execPath, join(import.meta.dirname, 'run.ts'), ...process.argv.slice(2), '--on-one-core', name]
  const { stdout } = await promisify(execFile)(command!, rest)
  return JSON.parse(stdout) as Row[]
}

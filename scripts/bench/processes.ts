// What the system says of a process: its memory and its own time on a processor. Linux only: elsewhere these measures are left out.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'

export const linux = process.platform === 'linux'

const MIB = 1024 * 1024
/** USER_HZ, the same on every Linux we know. */
const TICK_US = 10_000

const field = (pid: number, name: string): number =>
  (Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024) / MIB

/** Who has done nothing for so long is idle, ms. */
export const CALM_MS = 6000

/** Resident memory, MiB. */
export const residentMiB = (pid: number): number => field(pid, 'VmRSS')

/** The most that it ever was, MiB. */
export const peakMiB = (pid: number): number => field(pid, 'VmHWM')

/** User and system time of the process with all its threads, without its children, µs. */
export function cpuUs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_US
}

/**
 * Lets the system forget what it holds of a file, as after a start of the machine. A binary that was just built lies in the page cache in large
 * pieces, and maps a third more of itself than one that is read as it runs.
 */
export function forgetCached(file: string): void {
  spawnSync('sync', [file])
  spawnSync('dd', [`if=${file}`, 'iflag=nocache', 'count=0'], { stdio: 'ignore' })
}

/** How to hold a process and what it starts on one core: a command to put before. Undefined where that can't be done. */
export function onOneCore(): readonly string[] | undefined {
  if (!linux) return undefined
  const allowed = /^Cpus_allowed_list:\s+(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  const core = allowed?.match(/\d+/g)?.at(-1)
  return core === undefined ? undefined : on(core)
}

/** For who is held on one core: how to hold a process on another. */
export function onAnotherCore(): readonly string[] | undefined {
  const own = onOneCore()?.at(-1)
  if (own === undefined) return undefined
  const other = cpus().findIndex((_, core) => String(core) !== own && on(String(core)))
  return other < 0 ? undefined : on(String(other))
}

const on = (core: string): readonly string[] | undefined => (spawnSync('taskset', ['-c', core, 'true']).status === 0 ? ['taskset', '-c', core] : undefined)

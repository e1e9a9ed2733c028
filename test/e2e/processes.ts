// Processes as /proc shows them; where there is none, nothing is seen and nothing claimed. A zombie is dead: whoever should reap it may never do so.

import { existsSync, readdirSync, readFileSync } from 'node:fs'

const shown = existsSync('/proc/self/status')

/** What /proc says of a process, or '' when it is gone. */
function proc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1')
  } catch {
    return ''
  }
}

export const lives = (pid: number): boolean => /^State:\s+[^ZX]/m.test(proc(pid, 'status'))

/** The processes whose HOME is that folder. */
export const livingIn = (dir: string): number[] =>
  (shown ? readdirSync('/proc') : [])
    .flatMap(name => (/^\d+$/.test(name) ? [Number(name)] : []))
    .filter(pid => proc(pid, 'environ').split('\0').includes(`HOME=${dir}`) && lives(pid))

export const commandOf = (pid: number): string => `${pid}: ${proc(pid, 'cmdline').replaceAll('\0', ' ')}`

/** Memory in MB. */
export const memoryOf = (pid: number, of: 'VmHWM' | 'VmRSS'): number =>
  !shown ? 0 : Number(new RegExp(`${of}:\\s+(\\d+)`).exec(proc(pid, 'status'))?.[1]) / 1000

/** Ends one process, whatever it does about it. */
export function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // gone already
  }
}

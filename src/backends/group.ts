// A backend's process group: started as one, ended as one, so that wrappers (npx, uvx, sh) leave nothing behind.

import type { ChildProcess } from 'node:child_process'

/** What an ending may take, in all: the client kills us two seconds after it closed our stdin. */
const AFTER_STDIN_MS = 500
const AFTER_TERM_MS = 700

const windows = process.platform === 'win32'

const pause = (ms: number) => new Promise<void>(done => setTimeout(done, ms))

/** The groups that are not ended yet. Whatever ends this process, an error of ours too, ends them: nothing may outlive us. */
const groups = new Set<number>()
process.on('exit', () => {
  for (const pid of groups) signalGroup(pid, 'SIGKILL')
})

/** A group was started; `endGroup` ends it. */
export const startedGroup = (pid: number): void => void groups.add(pid)

/** Whether any process of the group is there; zombies count until somebody reaps them. */
export function groupLives(pid: number): boolean {
  try {
    process.kill(windows ? pid : -pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Sends a signal to every process of the group. On Windows the tree is ended, whatever the signal. */
export function signalGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    if (windows) process.getBuiltinModule('node:child_process').spawn('taskkill', ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore', windowsHide: true })
    else process.kill(-pid, signal)
  } catch {
    // gone already
  }
}

async function gone(pid: number, withinMs: number): Promise<boolean> {
  for (const end = performance.now() + withinMs; performance.now() < end; await pause(15)) if (!groupLives(pid)) return true
  return !groupLives(pid)
}

/** Ends a group whose stdin has been closed: waits, then SIGTERM, then SIGKILL. Settles within 1.4 s. */
export async function endGroup(pid: number): Promise<void> {
  if (!(await gone(pid, AFTER_STDIN_MS))) {
    signalGroup(pid, 'SIGTERM')
    if (!(await gone(pid, AFTER_TERM_MS))) {
      signalGroup(pid, 'SIGKILL')
      await gone(pid, 200)
    }
  }
  groups.delete(pid)
}

/** Whether the process itself is over, its remains reaped by us. */
export const exited = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

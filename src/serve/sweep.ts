// Sweeping: entries of gateways that are dead are taken away, and what they left running is ended. Dead means that the socket refuses; silence is
// no refusal. A process is signalled only if it is the very one that was noted, by its start time. Sweeping twice at once is harmless.

import { connect } from 'node:net'
import { lstatSync, readdirSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Places } from '../config/paths.ts'
import { lives } from '../lib/lives.ts'
import { processes, processOf, variableOf } from './processes.ts'
import { entries, entryFile, MARK, type Entry, type Group } from './run.ts'

/** A process that has lost its socket is given so long. One that never had one (no token) is there as long as it runs. */
const YOUNG_MS = 60_000
/** What has lost its stdin may need so long to end by itself. */
const AFTER_STDIN_MS = 500
const AFTER_TERM_MS = 700
const AFTER_KILL_MS = 500
const CONNECT_MS = 1000

const pause = (ms: number) => new Promise<void>(done => setTimeout(done, ms))

/** Whether a gateway listens there. `silent`: it neither takes the connection nor refuses it. */
export function knock(socket: string): Promise<'open' | 'refused' | 'silent'> {
  return new Promise(settle => {
    const client = connect(socket)
    const done = (answer: 'open' | 'refused' | 'silent') => {
      clearTimeout(timer)
      client.destroy()
      settle(answer)
    }
    const timer = setTimeout(() => done('silent'), CONNECT_MS)
    client.on('connect', () => done('open'))
    client.on('error', (error: NodeJS.ErrnoException) => done(error.code === 'ECONNREFUSED' || error.code === 'ENOENT' ? 'refused' : 'silent'))
  })
}

/** Whether the process of an entry is gone. */
async function isGone({ pid, start }: Entry): Promise<boolean> {
  const found = await processOf(pid)
  if (found && start !== undefined) return found.start !== start
  return found ? false : process.platform !== 'win32' || !lives(pid)
}

/** Sweeps the run folder, but for our `own` entry; gives the ids of the gateways that were dead. Never fails. */
export async function sweep({ run }: Pick<Places, 'run'>, own?: string): Promise<string[]> {
  const others = entries(run).filter(one => one.id !== own)
  const swept = await Promise.all(others.map(async entry => ((await sweepOne(run, entry).catch(() => false)) ? [entry.id] : [])))
  for (const name of leftovers(run)) remove(join(run, name))
  return swept.flat()
}

async function sweepOne(run: string, entry: Entry): Promise<boolean> {
  if ((await knock(entry.socket)) !== 'refused') return false
  const gone = await isGone(entry)
  if (!gone && (entry.token === '' || Date.now() - entry.startedAt < YOUNG_MS)) return false
  if (gone) await Promise.all([...entry.groups, ...(await unnoted(entry))].map(end))
  removeSocket(entry.socket)
  remove(entryFile(run, entry.id))
  return true
}

/** Groups that a gateway started and, killed in that very moment, did not note. */
async function unnoted({ id, noted }: Entry): Promise<Group[]> {
  if (noted === undefined) return []
  const late = (await processes()).filter(({ pid }) => {
    const [gateway, number] = (variableOf(pid, MARK) ?? '').split('.')
    return gateway === id && Number(number) >= noted
  })
  return [...Map.groupBy(late, one => one.group)].map(([pid, members]) => ({ pid, start: members.find(one => one.pid === pid)?.start, members }))
}

/** Ends a group that a dead gateway left: given time to end by itself, then SIGTERM, then SIGKILL. */
async function end(group: Group): Promise<void> {
  if (!Number.isInteger(group?.pid) || group.pid < 2 || !(await isStill(group))) return
  if (await over(group, AFTER_STDIN_MS)) return
  if (await isStill(group)) signal(group.pid, 'SIGTERM')
  if (await over(group, AFTER_TERM_MS)) return
  signal(group.pid, 'SIGKILL')
  // Nobody outlives that, but the system may take a moment.
  await over(group, AFTER_KILL_MS)
}

async function over(group: Group, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs
  while (await isStill(group)) {
    if (performance.now() > until) return false
    await pause(30)
  }
  return true
}

/** Whether any of the processes that were noted still runs in that group: as long as one does, the number means this group. */
async function isStill({ pid, start, members = [] }: Group): Promise<boolean> {
  const leader = await processOf(pid)
  if (leader && leader.start === start) return true
  // Its number given to another process: the group is over, for a number is free only when nobody is left in its group.
  if (leader || members.length === 0) return false
  const noted = new Map(members.map(one => [one.pid, one.start]))
  return (await processes()).some(one => one.group === pid && noted.get(one.pid) === one.start)
}

function signal(group: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-group, name)
  } catch {
    // gone already
  }
}

/** Files that a process was killed over: half-written entries, sockets without one. */
function leftovers(run: string): string[] {
  try {
    return readdirSync(run).filter(name => /^\.[0-9a-f]{8}\.tmp$/.test(name) && Date.now() - lstatSync(join(run, name)).mtimeMs > YOUNG_MS)
  } catch {
    return []
  }
}

function removeSocket(path: string): void {
  try {
    if (lstatSync(path).isSocket()) unlinkSync(path)
  } catch {
    // gone already, or a pipe of Windows, which goes by itself
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // gone already
  }
}

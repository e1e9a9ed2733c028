// Processes as the system knows them. A pid alone names nobody for long: with the time at which it was started it does. Zombies are gone.
// Nothing here fails: what the system does not tell is absent. On Windows it tells nothing here, and nothing is signalled by what was noted.

export interface Process {
  readonly pid: number
  /** Its process group. */
  readonly group: number
  /** When it was started, in the system's own words; equal only for the same process. */
  readonly start: string
}

const linux = process.platform === 'linux'

/** Whether variables of other processes can be seen here. */
export const showsVariables = linux
const windows = process.platform === 'win32'

const fs = () => process.getBuiltinModule('node:fs')

let boot: string | undefined

/** Times in /proc count from the start of the machine, so that belongs to them. */
function bootId(): string {
  try {
    return (boot ??= fs().readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8))
  } catch {
    return (boot = '')
  }
}

/** One process by its entry in /proc: field 3 is its state, 5 its group, 22 its start. Its name, in brackets, may hold anything. */
function entry(pid: string): Process | undefined {
  try {
    // As utf8 it comes in one step; in any other encoding it takes 64 KB, of each of hundreds of processes.
    const stat = fs().readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined
    return { pid: Number(pid), group: Number(fields[2]), start: `${bootId()}-${fields[19]}` }
  } catch {
    return undefined
  }
}

async function ps(...args: string[]): Promise<Process[]> {
  const { execFile } = process.getBuiltinModule('node:child_process')
  const text = await new Promise<string>(done => {
    const options = { env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' }, timeout: 2000 }
    execFile('/bin/ps', [...args, '-o', 'pid=,pgid=,state=,lstart='], options, (_error, stdout) => done(stdout))
  })
  return text.split('\n').flatMap(line => {
    const [, pid, group, state, start] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line) ?? []
    return start === undefined || state!.startsWith('Z') ? [] : [{ pid: Number(pid), group: Number(group), start }]
  })
}

/** What can be told of this pid without waiting for anything. */
export const knownOf = (pid: number): Process | undefined => (linux ? entry(String(pid)) : undefined)

/** The process of this pid, unless it is gone. */
export async function processOf(pid: number): Promise<Process | undefined> {
  if (linux) return knownOf(pid)
  return windows ? undefined : (await ps('-p', String(pid)))[0]
}

/** Every process that runs. */
export async function processes(): Promise<Process[]> {
  if (windows) return []
  if (!linux) return ps('-A')
  const found: Process[] = []
  for (const [index, name] of fs().readdirSync('/proc').entries()) {
    const one = /^\d+$/.test(name) ? entry(name) : undefined
    if (one) found.push(one)
    if (index % 64 === 63) await new Promise(setImmediate)
  }
  return found
}

/** A variable of a process as it was when that was started; undefined where the system does not tell. */
export function variableOf(pid: number, name: string): string | undefined {
  if (!linux) return undefined
  try {
    const all = fs().readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
    return all.find(one => one.startsWith(`${name}=`))?.slice(name.length + 1)
  } catch {
    return undefined
  }
}

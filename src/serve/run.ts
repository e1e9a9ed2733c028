// The run folder: who runs on this machine. Each gateway keeps one entry there, with what is needed to reach it and, should it be killed, to end
// what it left. An entry is written whole or not at all. Invariant: a gateway without an entry still serves; it only can't be seen.

import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Places } from '../config/paths.ts'
import { knownOf, processes, processOf, showsVariables } from './processes.ts'

/** A backend's process group, by its leader's pid; `start` and `members` tell it from one that got its number later. */
export interface Group {
  readonly pid: number
  readonly start?: string
  readonly members?: readonly { readonly pid: number; readonly start: string }[]
}

/** One gateway, as it says of itself in run/<id>.json. */
export interface Entry {
  readonly v: 1
  readonly id: string
  readonly pid: number
  /** When its process was started, in the system's own words; see processes.ts. */
  readonly start?: string
  readonly startedAt: number
  readonly version: string
  readonly client?: { readonly name: string; readonly version: string; readonly id?: string }
  /** Where clients reach it over HTTP, when they do. */
  readonly url?: string
  readonly socket: string
  /** What requests must carry; empty before the socket listens. */
  readonly token: string
  readonly groups: readonly Group[]
  /** How many groups were noted so far; see MARK. */
  readonly noted?: number
}

/** A variable of every backend's process: its gateway and its number there. One that was started and not noted any more is known by it. */
export const MARK = 'MCPGW_BACKEND'

/** The system would not say, for want of files or memory: the entry stays as it is. */
const untold = (): void => {}

/** Backends that start, one after the other, are one write for so long. */
const TOGETHER_MS = 25

/** What a backend needs to have all its processes up; then they are noted. */
const MEMBERS_AFTER_MS = 2000

export const entryFile = (run: string, id: string): string => join(run, `${id}.json`)

/** The entries of the run folder. Junk is passed over; what a newer version added is left alone. */
export function entries(run: string): Entry[] {
  let names: string[]
  try {
    names = readdirSync(run)
  } catch {
    return []
  }
  return names.flatMap(name => {
    const id = /^([0-9a-f]{8})\.json$/.exec(name)?.[1]
    const entry = id === undefined ? undefined : readEntry(run, id)
    return entry ? [entry] : []
  })
}

/** The entry of one gateway; undefined when there is none that can be read. */
export function readEntry(run: string, id: string): Entry | undefined {
  try {
    const entry = JSON.parse(readFileSync(entryFile(run, id), 'utf8')) as Entry
    const { pid, socket, token, groups, startedAt } = entry
    const usable = Number.isInteger(pid) && pid > 0 && typeof socket === 'string' && typeof token === 'string' && typeof startedAt === 'number'
    return entry.id === id && usable && Array.isArray(groups) ? entry : undefined
  } catch {
    return undefined
  }
}

/** Makes a folder that is ours alone. Throws when somebody else made it, or when others may enter it. */
export function privateFolder(dir: string): void {
  if (process.platform === 'win32') return
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const found = lstatSync(dir)
  if (!found.isDirectory() || found.uid !== process.getuid!()) throw new Error(`${dir} is not a folder of this user`)
  if ((found.mode & 0o077) !== 0) chmodSync(dir, 0o700)
}

/** What the entry of this process is made of. */
export type About = Pick<Entry, 'id' | 'startedAt' | 'version' | 'client' | 'url'>

/** This process's own entry. Nothing here throws but the first write, when it is made. */
export class Registration {
  readonly socket: string
  readonly #run: string
  readonly #groups = new Map<number, Group>()
  #about: About
  #token = ''
  #noted = 0
  #start = knownOf(process.pid)?.start
  #looking: NodeJS.Timeout | undefined
  #over = false
  #scheduled = false
  readonly #remove = (): void => this.remove()

  constructor(places: Places, about: About) {
    this.#run = places.run
    this.#about = about
    this.socket = places.socket(about.id)
    privateFolder(places.run)
    this.#write()
    process.on('exit', this.#remove)
    if (this.#start === undefined) void this.#lookUp().catch(untold)
  }

  get token(): string {
    return this.#token
  }

  /** The socket listens: from now on there is a token, and whoever reads the entry may come. */
  open(): void {
    this.#token ||= process.getBuiltinModule('node:crypto').randomBytes(32).toString('hex')
    this.#writeQuietly()
  }

  /** Clients reach it at this address. */
  at(url: string): void {
    this.#about = { ...this.#about, url }
    this.#changed()
  }

  /** Who the client is, once it has said so. */
  meet(client: Entry['client']): void {
    this.#about = { ...this.#about, client }
    this.#changed()
  }

  /** What the next backend's process carries. */
  get mark(): Record<string, string> {
    return { [MARK]: `${this.#about.id}.${this.#noted}` }
  }

  /**
   * A backend's process group was started, or is over. Many that start at once are one write: who is killed before it has MARK on them. Where the
   * system shows nobody's variables they are on record before this returns.
   */
  group(pid: number, starts: boolean): void {
    if (!starts) {
      this.#groups.delete(pid)
      return this.#changed()
    }
    const group = { pid, start: knownOf(pid)?.start }
    this.#groups.set(pid, group)
    this.#noted++
    if (showsVariables) this.#changed()
    else this.#writeQuietly()
    if (group.start === undefined) void this.#lookUp().catch(untold)
    clearTimeout(this.#looking)
    this.#looking = setTimeout(() => void this.#members().catch(untold), MEMBERS_AFTER_MS).unref()
  }

  /** Takes the entry back: at the end of the process at the latest. */
  remove(): void {
    if (this.#over) return
    this.#over = true
    process.off('exit', this.#remove)
    try {
      unlinkSync(entryFile(this.#run, this.#about.id))
    } catch {
      // gone already
    }
  }

  /** Start times, where the system takes its time to tell. */
  async #lookUp(): Promise<void> {
    this.#start ??= (await processOf(process.pid))?.start
    for (const { pid, start } of [...this.#groups.values()]) {
      const found = start ?? (await processOf(pid))?.start
      const group = this.#groups.get(pid)
      if (group) this.#groups.set(pid, { ...group, start: found })
    }
    this.#changed()
  }

  /** Notes who is in the groups, so that a group whose leader has ended is still known for what it is. */
  async #members(): Promise<void> {
    const all = this.#groups.size > 0 ? await processes() : []
    for (const group of this.#groups.values()) {
      const members = all.flatMap(({ pid, group: of, start }) => (of === group.pid && pid !== group.pid ? [{ pid, start }] : []))
      this.#groups.set(group.pid, { ...group, members })
    }
    this.#changed()
  }

  #changed(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setTimeout(() => {
      this.#scheduled = false
      this.#writeQuietly()
    }, TOGETHER_MS).unref()
  }

  #writeQuietly(): void {
    try {
      if (!this.#over) this.#write()
    } catch {
      // a full disk: the entry stays as it was
    }
  }

  #write(): void {
    const { id, startedAt, version, client, url } = this.#about
    const groups = [...this.#groups.values()]
    const entry: Entry = {
      v: 1,
      id,
      pid: process.pid,
      start: this.#start,
      startedAt,
      version,
      client,
      url,
      socket: this.socket,
      token: this.#token,
      groups,
      noted: this.#noted,
    }
    const written = join(this.#run, `.${id}.tmp`)
    writeFileSync(written, JSON.stringify(entry), { mode: 0o600 })
    renameSync(written, entryFile(this.#run, id))
  }
}

/** Enters this process into the run folder. Throws when that can't be written. */
export const register = (places: Places, about: About): Registration => new Registration(places, about)

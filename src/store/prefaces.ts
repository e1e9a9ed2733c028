// What backends say of themselves, in a small file beside the store: for a greeting that can't wait until that is open. It is a copy of what the
// store remembers, written behind an answer, whole or not at all. It holds for one settings file in one state and for one store; a start that finds
// another one, or can't tell, does without. That is told by what the system says of both files, which costs a start nothing; what is carried over into
// a new copy is found by the keyed hash that remembered lists are found by.

import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fingerprint } from '../config/fingerprint.ts'
import { load } from '../config/load.ts'
import type { Places } from '../config/paths.ts'
import type { BackendSettings, Settings } from '../config/settings.ts'
import { isKept, kept, type KeptPreface } from '../gateway/prefaces.ts'
import type { Lists } from '../gateway/types.ts'
import type { Clock, Timer } from '../lib/clock.ts'

/** A start reads no more than this. */
const MOST_BYTES = 64 * 1024
/** Behind the first answers, and once for many backends that speak one after the other. */
const AFTER_MS = 1000
/** A file that was changed so short a time ago can be changed again without the system telling the difference. */
const QUIET_MS = 100

interface Copy {
  readonly v: 2
  /** What the setting `pins` was: what may be passed on hangs on it. */
  readonly pins: Settings['pins']
  /** The state of the settings and the store that it holds for. */
  readonly of: string
  readonly prefaces: readonly (KeptPreface & { readonly config: string; readonly at: number })[]
}

interface Heard {
  readonly settings: BackendSettings
  readonly preface: KeptPreface | undefined
  readonly at: number
}

export interface PrefacesOptions {
  readonly places: Places
  readonly clock: Clock
  readonly settings: () => Settings
  readonly salt: () => Promise<string>
  /** What of a backend's instructions may be passed on. */
  readonly passing: (backend: string, instructions: string) => Promise<string | undefined>
  /** What no other process of this machine is called. */
  readonly who: string
  readonly log: (line: string) => void
}

export class Prefaces {
  readonly #options: PrefacesOptions
  readonly #heard = new Map<string, Heard>()
  /** Backends of which something else may be passed on than before. */
  #others = new Set<string>()
  #timer: Timer | undefined
  #writing: Promise<void> | undefined

  constructor(options: PrefacesOptions) {
    this.#options = options
  }

  /** What is kept, if it holds for the settings and the store that are there. */
  read = (): readonly KeptPreface[] => {
    const copy = this.#copy()
    return copy !== undefined && copy.of === this.#state()?.text ? copy.prefaces : []
  }

  /** What is remembered of a backend has been read or written. */
  remembered(settings: BackendSettings, lists: Lists): void {
    const before = this.#heard.get(settings.name)
    if (before && before.settings === settings && before.at >= lists.at) return
    this.#heard.set(settings.name, { settings, preface: kept(settings.name, lists), at: lists.at })
    this.outdated()
  }

  /** It is written soon, if it is not what is there already; of `backend` something else may be passed on than before. */
  outdated(backend?: string): void {
    if (backend !== undefined) this.#others.add(backend)
    if (this.#heard.size > 0) this.#timer ??= this.#options.clock.after(AFTER_MS, () => void this.#write())
  }

  /** A person has decided on what it says of this backend: nothing of it is said until it is written anew. */
  forget(backend: string): void {
    rmSync(this.#options.places.prefaces, { force: true })
    this.outdated(backend)
  }

  /** What is still to be written is written now. */
  async close(): Promise<void> {
    if (this.#timer) await this.#write()
    await this.#writing
  }

  #write(): Promise<void> {
    this.#timer?.cancel()
    this.#timer = undefined
    return (this.#writing = this.#written().catch(error => this.#options.log(`what backends say of themselves can't be kept: ${String(error)}`)))
  }

  async #written(): Promise<void> {
    const { places, settings, salt, clock, who } = this.#options
    const { backends, pins } = settings()
    const salted = await salt()
    const others = this.#others
    this.#others = new Set()
    const copy = this.#copy()
    const before = copy?.pins === pins ? copy : undefined
    const chosen = backends.map(async one => {
      const config = fingerprint(one, salted)
      const heard = this.#heard.get(one.name)
      const own = heard && fingerprint(heard.settings, salted) === config ? heard : undefined
      const other = before?.prefaces.find(preface => preface.config === config && preface.name === one.name)
      if (!own || (other && (other.at > own.at || (other.at === own.at && !others.has(one.name))))) return other ?? []
      const { instructions, ...rest } = own.preface ?? { extensions: {} }
      const passed = instructions && (await this.#options.passing(one.name, instructions))
      if (!own.preface || (passed === undefined && Object.keys(rest.extensions).length === 0)) return []
      return { ...own.preface, instructions: passed, config, at: own.at }
    })
    const prefaces = (await Promise.all(chosen)).flat()
    const state = this.#state()
    // The file may say something else by now than what is in use here.
    const now = load(places.settings)
    if (!state || 'problem' in now || JSON.stringify(now.settings) !== JSON.stringify(settings())) return
    if (clock.now() - state.changedAt < QUIET_MS) return this.outdated()
    if (prefaces.length === 0) return rmSync(places.prefaces, { force: true })
    const text = fitting({ v: 2, pins, of: state.text, prefaces })
    if (copy === undefined || text !== JSON.stringify(copy)) replace(places.prefaces, `${places.prefaces}.${who}`, text)
  }

  #copy(): Copy | undefined {
    try {
      const { size, uid, mode } = statSync(this.#options.places.prefaces)
      const isOurs = process.getuid === undefined || (uid === process.getuid() && (mode & 0o077) === 0)
      if (!isOurs || size > MOST_BYTES) return undefined
      const copy = JSON.parse(readFileSync(this.#options.places.prefaces, 'utf8')) as Copy
      return copy.v === 2 && Array.isArray(copy.prefaces) && copy.prefaces.every(isKept) ? copy : undefined
    } catch {
      return undefined
    }
  }

  /** The settings file and the store as the system knows them; undefined where one is not there. */
  #state(): { readonly text: string; readonly changedAt: number } | undefined {
    const { places } = this.#options
    try {
      const { dev, ino, size, ctimeNs, ctimeMs } = statSync(places.settings, { bigint: true })
      const store = statSync(places.database, { bigint: true })
      return { text: [dev, ino, size, ctimeNs, store.dev, store.ino].join(' '), changedAt: Number(ctimeMs) }
    } catch {
      return undefined
    }
  }
}

/** As much of it as a start reads. */
function fitting(copy: Copy): string {
  for (let count = copy.prefaces.length; ; count--) {
    const text = JSON.stringify({ ...copy, prefaces: copy.prefaces.slice(0, count) })
    if (Buffer.byteLength(text) <= MOST_BYTES || count === 0) return text
  }
}

function replace(file: string, written: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  try {
    writeFileSync(written, text, { mode: 0o600, flag: 'wx' })
    renameSync(written, file)
  } catch (error) {
    rmSync(written, { force: true })
    throw error
  }
}

// All backends of one session: one instance of each, made from the settings, remembered between processes. When the settings change, only what
// changed is closed and opened again.

import type { Clock } from '../lib/clock.ts'
import type { BackendSettings } from '../config/settings.ts'
import type { Fault } from '../gateway/faults.ts'
import type { Backend, Backends, Era, Listener, Lists } from '../gateway/types.ts'
import type { Link } from '../rpc/link.ts'
import { declared } from './handshake.ts'
import { Lifecycle } from './lifecycle.ts'
import { eraOf, fromRow, keyOf, keysOf, toRow, type Memory } from './remembered.ts'

export interface OpenOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly client: { readonly name: string; readonly version: string }
  readonly memory: () => Promise<Memory>
  /** Whether there is one yet: making it takes as long as a backend's start, and nothing is remembered in a new one. */
  readonly remembers?: () => boolean
  /** When what was said may be kept: whoever waits for a list goes first. */
  readonly lull?: () => Promise<void>
  /** Opens the link to one backend; a fault when that can't even be tried. */
  readonly link: (settings: BackendSettings) => Promise<Link | Fault>
  /** Hears once when somebody has logged in at a backend; gives the way to hear no more. */
  readonly onlogin?: (settings: BackendSettings, act: () => void) => () => void
  /** Hears what is remembered of a backend, when that is read or written. */
  readonly onremembered?: (settings: BackendSettings, lists: Lists) => void
  readonly log: (backend: string, line: string) => void
}

export class SessionBackends implements Backends {
  readonly #options: OpenOptions
  readonly #listener: Listener
  #settings: readonly BackendSettings[]
  readonly #only: string | undefined
  readonly #open = new Map<string, Lifecycle>()
  readonly #eras = new Map<string, Era>()
  /** Closings and rememberings that are not over yet. */
  readonly #pending = new Set<Promise<void>>()

  /** `only`: the one backend that this session may see. */
  constructor(options: OpenOptions, listener: Listener, settings: readonly BackendSettings[], only?: string) {
    this.#options = options
    this.#listener = listener
    this.#only = only
    this.#settings = this.#chosen(settings)
  }

  /** The session whose they are. */
  get session(): string {
    return this.#listener.origin.session
  }

  /** Enabled backends, in the order of the settings. */
  names(): readonly string[] {
    return this.#settings.flatMap(one => (one.enabled ? [one.name] : []))
  }

  get(name: string): Backend | undefined {
    const settings = this.#settings.find(one => one.name === name)
    if (!settings) return undefined
    let backend = this.#open.get(name)
    if (!backend) this.#open.set(name, (backend = this.#make(settings)))
    return backend
  }

  /** Every backend, disabled ones too. */
  all(): readonly Backend[] {
    return this.#settings.map(one => this.get(one.name)!)
  }

  /** What is remembered of them. A store that can't be read is no reason not to serve: nothing is remembered then. */
  async recall(): Promise<ReadonlyMap<string, Lists>> {
    try {
      return await this.#recall()
    } catch (error) {
      this.#options.log('mcpgw', `remembered lists can't be read: ${String(error)}`)
      return new Map()
    }
  }

  async #recall(): Promise<ReadonlyMap<string, Lists>> {
    if (this.#options.remembers?.() === false) return new Map()
    const memory = await this.#options.memory()
    const salt = await memory.salt()
    const keys = keysOf(this.#settings, declared(this.#listener), salt)
    const configured = new Map(keys.map(({ config }, index) => [config, this.#settings[index]!]))
    const rows = await memory.recall(keys)
    const found = new Map<string, Lists>()
    for (const row of rows) {
      const settings = configured.get(row.config)
      const lists = fromRow(row)
      const era = eraOf(row, this.#options.clock.now())
      if (!settings || !lists) continue
      if (era) this.#eras.set(settings.name, era)
      found.set(settings.name, lists)
      this.#options.onremembered?.(settings, lists)
    }
    return found
  }

  /** New settings: backends that are gone or different are closed; the rest go on. Gives the names of those that are not what they were. */
  update(settings: readonly BackendSettings[]): readonly string[] {
    const before = new Map(this.#settings.map(one => [one.name, JSON.stringify(one)]))
    this.#settings = this.#chosen(settings)
    const after = new Map(this.#settings.map(one => [one.name, JSON.stringify(one)]))
    const changed = [...new Set([...before.keys(), ...after.keys()])].filter(name => before.get(name) !== after.get(name))
    for (const name of changed) {
      const backend = this.#open.get(name)
      this.#open.delete(name)
      this.#eras.delete(name)
      if (!backend) continue
      this.#await(backend.close())
    }
    return changed
  }

  #await(work: Promise<void>): void {
    const over: Promise<void> = work.finally(() => this.#pending.delete(over))
    this.#pending.add(over)
  }

  async close(): Promise<void> {
    await Promise.all([...[...this.#open.values()].map(backend => backend.close()), ...this.#pending])
  }

  #chosen(settings: readonly BackendSettings[]): readonly BackendSettings[] {
    return this.#only === undefined ? settings : settings.filter(one => one.name === this.#only)
  }

  #make(settings: BackendSettings): Lifecycle {
    const { clock, random, client, link, onlogin, log } = this.#options
    const { name } = settings
    return new Lifecycle({
      settings,
      clock,
      random,
      client,
      listener: this.#listener,
      era: this.#eras.get(name),
      open: () => link(settings),
      onlogin: onlogin && (act => onlogin(settings, act)),
      log: line => log(name, line),
      onchange: () => this.#listener.changed(name),
      onlists: lists => {
        this.#await(this.#remember(settings, this.#listener.lists(name, lists)))
      },
    })
  }

  async #remember(settings: BackendSettings, lists: Lists): Promise<void> {
    try {
      await this.#options.lull?.()
      const memory = await this.#options.memory()
      await memory.remember(toRow(keyOf(settings, declared(this.#listener), await memory.salt()), settings.name, lists))
      this.#options.onremembered?.(settings, lists)
    } catch (error) {
      this.#options.log(settings.name, `[mcpgw] its lists could not be remembered: ${String(error)}`)
    }
  }
}

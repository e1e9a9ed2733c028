// Pins of the backends as they are configured now, on their way into the store and out of it. Every change is on record before it is made; where it can't be
// recorded and records are required it is not made.

import { INSTRUCTIONS } from '../gateway/names.ts'
import type { PinBook } from '../gateway/pinning.ts'
import { updateId, type Pin, type Sight } from '../gateway/pins.ts'
import type { StoredPin } from './pins.ts'
import type { Store } from './store.ts'

export interface BookOptions {
  readonly store: () => Promise<Store>
  /** Whether there is a store yet: nothing is pinned in one that is not made. */
  readonly exists: () => boolean
  /** The keyed hash of a backend's configuration; undefined for a backend that is not in the settings. */
  readonly configOf: (backend: string, salt: string) => string | undefined
  readonly note: (kind: string, detail: Record<string, unknown>) => boolean | Promise<boolean>
  /** No record, no change. */
  readonly required: () => boolean
  readonly now: () => number
  readonly follow?: (changed: () => void) => () => void
}

/** Who decides: for the record. */
export interface Who {
  readonly by: string
  readonly user?: string
  readonly command?: string
}

/** What was decided, and what is not any more as the person saw it. unrecorded: it could not be put on record, so it was not done. */
export type Decided = { readonly decided: readonly StoredPin[]; readonly changed: readonly StoredPin[] } | 'unrecorded'

/** So many tools stand in one line of the journal. */
const PER_NOTE = 200

export class Book implements PinBook {
  readonly #options: BookOptions
  /** What is on record already, and waits only for the store. */
  readonly #noted = new WeakSet<readonly Sight[]>()

  constructor(options: BookOptions) {
    this.#options = options
  }

  async held(backends: readonly string[]): Promise<ReadonlyMap<string, readonly StoredPin[]>> {
    return this.#of(backends, true)
  }

  async read(backend: string): Promise<readonly StoredPin[]> {
    return (await this.#of([backend], false)).get(backend) ?? []
  }

  /** Everything that is kept of these backends. */
  async all(backends: readonly string[]): Promise<readonly StoredPin[]> {
    const found = await this.#of(backends, false)
    return backends.flatMap(backend => found.get(backend) ?? [])
  }

  async keep(backend: string, sights: readonly Sight[]): Promise<'done' | 'later' | 'differs'> {
    const { store: open, configOf, required } = this.#options
    const store = await open()
    const config = configOf(backend, await store.salt())
    if (config === undefined) return 'done'
    if (!this.#noted.has(sights)) {
      for (const [kind, detail] of notesOf(backend, sights))
        if (!(await this.#options.note(kind, { by: 'gateway', backend, ...detail })) && required()) return 'later'
      this.#noted.add(sights)
    }
    const kept = await store.pins.keep(config, backend, sights)
    return kept === 'busy' ? 'later' : kept
  }

  /** A person accepts or refuses these pins of one backend, as they have seen them. */
  async decide(seen: readonly StoredPin[], verdict: 'accept' | 'refuse', { by, ...more }: Who): Promise<Decided> {
    const { store: open, note, required, now } = this.#options
    const backend = seen[0]?.backend
    if (backend === undefined) return { decided: [], changed: [] }
    const tools = Object.fromEntries(seen.map(({ tool, accepted, offered }) => [tool, { from: accepted?.hash, to: offered?.hash }]))
    const because = `${listed(seen)} of ${backend}`
    if (!(await note(verdict === 'accept' ? 'pins.accepted' : 'pins.refused', { by, ...more, backend, tools, because })) && required()) return 'unrecorded'
    const store = await open()
    const found = await Promise.all(
      seen.map(({ config, tool, offered }) => store.pins.decide({ config, tool, offered: offered?.hash }, verdict, more.user ?? by, now())),
    )
    const changed = seen.filter((_, index) => found[index] === undefined)
    if (changed.length > 0) await note('pins.failed', { by, ...more, backend, because: `${listed(changed)} of ${backend}: changed again meanwhile` })
    return { decided: found.filter(pin => pin !== undefined), changed }
  }

  /** What an update by its id changes, tools alone; nothing where the backend offers something else by now. */
  async update(backend: string, id: string): Promise<readonly StoredPin[] | undefined> {
    const changed = (await this.held([backend])).get(backend)?.filter(({ state, tool }) => state === 'changed' && tool !== INSTRUCTIONS) ?? []
    return updateId(changed.map(({ tool, offered }) => ({ tool, is: offered! }))) === id ? changed : undefined
  }

  /** A person accepts an update by its id: all of it, or nothing where the backend offers something else by now. */
  async acceptUpdate(backend: string, id: string, who: Who): Promise<boolean> {
    const changed = await this.update(backend, id)
    if (!changed) return false
    const done = await this.decide(changed, 'accept', who)
    return done !== 'unrecorded' && done.changed.length === 0
  }

  follow(changed: () => void): () => void {
    return this.#options.follow?.(changed) ?? (() => {})
  }

  async #of(backends: readonly string[], held: boolean): Promise<ReadonlyMap<string, readonly StoredPin[]>> {
    const { store: open, exists, configOf } = this.#options
    if (backends.length === 0 || !exists()) return new Map()
    const store = await open()
    const salt = await store.salt()
    const configs = backends.flatMap(backend => configOf(backend, salt) ?? [])
    return Map.groupBy(await store.pins.of(configs, held), ({ backend }) => backend)
  }
}

/** As the record calls it. */
const called = (tool: string): string => (tool === INSTRUCTIONS ? 'the instructions' : tool)

/** Some names, and how many more. */
function listed(pins: readonly StoredPin[]): string {
  const names = pins.slice(0, 10).map(({ tool }) => called(tool))
  return `${names.join(', ')}${pins.length > names.length ? ` and ${pins.length - names.length} more` : ''}`
}

type Note = [kind: string, detail: Record<string, unknown>]

/** What is put on record of what was seen: first sights together, everything else for itself. */
function notesOf(backend: string, sights: readonly Sight[]): Note[] {
  const firsts = sights.flatMap(({ kind, pin }) => (kind === 'first' ? [[pin.tool, pin.accepted!.hash]] : []))
  const notes: Note[] = []
  for (let from = 0; from < firsts.length; from += PER_NOTE) {
    const tools = firsts.slice(from, from + PER_NOTE)
    notes.push(['pins.first', { tools: Object.fromEntries(tools) as Record<string, string>, because: `${tools.length} of ${backend}` }])
  }
  for (const { kind, pin } of sights) if (kind !== 'first') notes.push(noteOf(backend, kind, pin))
  return notes
}

function noteOf(backend: string, kind: Sight['kind'], { tool, accepted, offered, why }: Pin): Note {
  const name = `${called(tool)} of ${backend}`
  if (kind === 'back') return ['pins.changed', { tool, to: accepted?.hash, because: `${name}: it is again what was accepted` }]
  const hashes = { tool, from: accepted?.hash, to: offered?.hash }
  return kind === 'quarantined' ? ['pins.quarantined', { ...hashes, because: `${name}: ${why}` }] : ['pins.changed', { ...hashes, because: name }]
}

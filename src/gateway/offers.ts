// What a session is offered: the catalog of its backends, remembered lists first. A list is answered with what is there; only for backends never
// seen does the first one wait, for a bounded time. What changes afterwards is told once for many changes, and only if the client's list differs.

import type { Clock, Timer } from '../lib/clock.ts'
import { Catalog, type Entry } from './catalog.ts'
import type { Fault } from './faults.ts'
import { prefixOf } from './names.ts'
import type { Pins } from './pinning.ts'
import { prefaceOf, said, seen, type KeptPreface, type Said } from './prefaces.ts'
import type { SessionPins } from './session-pins.ts'
import type { Backends, ListKind, Lists } from './types.ts'
import type { Wire } from '../rpc/wire.ts'

/** Contract §4: how long a first list waits, in all and after the first backend that answered. */
const WAIT_MS = 800
const AFTER_FIRST_MS = 450
const COALESCE_MS = 100
/** From here on copying a list for each answer is felt. */
const LONG = 64 * 1024
const AGAIN_MS = 5000
const AGAIN_LIMIT_MS = 300_000

export interface OffersOptions {
  readonly clock: Clock
  readonly bare: boolean
  /** For a client that ignores list_changed: how long its first list waits instead. */
  readonly graceMs: () => number | undefined
  /** What this caller may not see; undefined when it may see everything. */
  readonly hidden: () => ((entry: Entry) => boolean) | undefined
  /** What holds tools of backends; where it is absent nothing does. */
  readonly pins?: Pins
  /** What is kept of what backends say of themselves, until memory is read. */
  readonly kept?: () => readonly KeptPreface[]
  /** A tool of our own that is listed now. */
  readonly own?: () => Entry | undefined
  /** A list that the client has seen is not what it was. */
  readonly onchange: (kind: ListKind) => void
}

export class Offers {
  readonly catalog: Catalog
  readonly #options: OffersOptions
  readonly #pins: SessionPins | undefined
  #backends: Backends
  #recalled: Promise<void> | undefined
  #known = false
  #waiting: Promise<void> | undefined
  readonly #asked = new Set<string>()
  /** Started because nobody has seen them, and silent so far. */
  readonly #seeing = new Map<string, Promise<unknown>>()
  readonly #given = new Map<ListKind, string>()
  readonly #ready = new Map<ListKind, { readonly text: string; readonly bytes: Buffer }>()
  #timer: Timer | undefined
  #resting = false
  #closed = false

  constructor(backends: Backends, options: OffersOptions) {
    this.#backends = backends
    this.#options = options
    this.#pins = options.pins?.open(backend => this.#held(backend))
    this.catalog = new Catalog(options.bare, this.#pins && (backend => this.#pins!.of(backend)))
  }

  /** Remembered lists are in the catalog; undefined when they are already. */
  recall(): Promise<void> | undefined {
    if (this.#known) return undefined
    return (this.#recalled ??= this.#recall())
  }

  /** The settings have changed: these backends are new, gone or not what they were. Who has listed already hears of it. */
  async reorder(changed: readonly string[]): Promise<void> {
    for (const name of changed) this.#asked.delete(name)
    this.#pins?.forget(changed)
    if (!this.#known) await this.#recalled
    if (!this.#known) return
    // At once, not when memory has been read: what such a backend says meanwhile is news.
    this.catalog.order(this.#backends.names().filter(name => !changed.includes(name)))
    await this.#recall()
    this.#changed()
    if (this.#given.size === 0) return
    for (const name of this.#unseen()) void this.#see(name)
  }

  /** Whatever a first list waits for is over; undefined when it need not wait. Starts backends that nobody has ever seen. */
  ready(): Promise<void> | undefined {
    this.#resting = this.#closed
    if (!this.#known) return this.recall()!.then(() => this.ready())
    const unseen = this.#unseen()
    if (unseen.length > 0) this.#waiting = this.#firstSight(unseen)
    return this.#waiting
  }

  /** The backend that nobody has seen and that a public name begins with has spoken; undefined where none is awaited. */
  spoken(name: string): Promise<unknown> | undefined {
    for (const [backend, seen] of this.#seeing) if (this.#options.bare || name.startsWith(`${prefixOf(backend)}__`)) return seen
    return undefined
  }

  /** A backend has said what it offers. */
  heard(backend: string, lists: Lists): Lists {
    this.#pins?.heard(backend, lists)
    this.catalog.set(backend, lists)
    this.#changed()
    const yields = this.catalog.yields(backend)
    return yields.length > 0 ? { ...lists, yields } : lists
  }

  /** Asks whether a tool is held now; undefined where nothing is. */
  held(backend: string, tool: string): (() => Promise<Fault | undefined>) | undefined {
    const holds = this.#options.pins?.holding ? this.#pins?.of(backend) : undefined
    return holds && (() => this.#options.pins!.stops(holds, tool))
  }

  /** The list as the text of a JSON array; remembered as what the client has seen. A long one stands ready as bytes. */
  give(kind: ListKind): Wire {
    const text = this.#text(kind)
    this.#given.set(kind, text)
    if (text.length < LONG) return text
    let ready = this.#ready.get(kind)
    if (ready?.text !== text) this.#ready.set(kind, (ready = { text, bytes: Buffer.from(text, 'latin1') }))
    return ready!.bytes
  }

  /** What its backends say of a list besides, as the text that goes behind it. */
  remarks(kind: ListKind): string {
    return this.catalog.remarks(kind, this.#options.hidden())
  }

  /** What is known, without waiting, of what backends say of themselves: those of which not everything is hidden. */
  said(hidden: ((entry: Entry) => boolean) | undefined): Said {
    const names = this.#backends.names()
    const { bare, kept } = this.#options
    if (!this.#known && kept) {
      const found = new Map(seen(kept(), hidden, bare).map(one => [one.name, one]))
      return said(
        names.flatMap(name => found.get(name) ?? []),
        bare,
        name => found.get(name)!.prefix,
      )
    }
    const known = names.flatMap(name => {
      const lists = this.catalog.lists(name)
      return lists && (!hidden || this.catalog.shows(name, hidden))
        ? [prefaceOf(name, lists, this.#pins ? this.#pins.instructions.of(name) : lists.instructions)]
        : []
    })
    return said(known, bare)
  }

  /** Nobody is served any more: nothing is started or told until somebody asks again. What persons decide about tools is followed all the same. */
  rest(): void {
    this.#resting = true
    this.#asked.clear()
    this.#given.clear()
    this.#timer?.cancel()
    this.#timer = undefined
  }

  close(): void {
    this.#closed = true
    this.rest()
    this.#pins?.close()
  }

  #unseen(): readonly string[] {
    return this.#backends.names().filter(name => !this.catalog.lists(name) && !this.#asked.has(name))
  }

  /** Puts what is remembered into the catalog, for backends of which nothing is known. */
  async #recall(): Promise<void> {
    const [found, held] = await Promise.all([this.#backends.recall(), this.#pins?.held(this.#backends.names())])
    this.catalog.order(this.#backends.names())
    const remembered = new Map([...found].filter(([name]) => !this.catalog.lists(name)))
    this.#pins?.recall(remembered, held)
    this.catalog.recall(remembered)
    this.#known = true
  }

  #firstSight(unseen: readonly string[]): Promise<void> {
    const { clock } = this.#options
    const graceMs = this.#options.graceMs()
    return new Promise(settle => {
      let over = false
      const done = () => {
        over = true
        this.#waiting = undefined
        whole.cancel()
        early?.cancel()
        this.#changed()
        settle()
      }
      const whole = clock.after(graceMs ?? WAIT_MS, done)
      let early: Timer | undefined
      let left = unseen.length
      for (const name of unseen) {
        void this.#see(name).then(lists => {
          if (--left === 0) {
            // Nobody else is expected: whoever was answered before that hears at once what has come since.
            if (over) this.#tell()
            else done()
          } else if (lists && 'tools' in lists && graceMs === undefined) early ??= clock.after(AFTER_FIRST_MS, done)
        })
      }
    })
  }

  /** Starts a backend that nobody has seen. What can't be started or listed now is tried again, less and less often: nobody else would ask for it. */
  async #see(name: string, againMs = AGAIN_MS): Promise<Lists | Fault | undefined> {
    this.#asked.add(name)
    const backend = this.#backends.get(name)
    const seeing = backend?.lists()
    if (seeing) this.#seeing.set(name, seeing)
    const lists = await seeing
    if (this.#seeing.get(name) === seeing) this.#seeing.delete(name)
    if (lists && 'code' in lists && lists.code !== 'backend_auth')
      this.#options.clock.after(againMs, () => {
        if (this.#resting || this.catalog.lists(name) || this.#backends.get(name) !== backend) return
        void this.#see(name, Math.min(againMs * 2, AGAIN_LIMIT_MS))
      })
    return lists
  }

  /** Other tools of a backend are held than before. */
  #held(backend: string): void {
    const lists = this.catalog.lists(backend)
    if (!lists) return
    this.catalog.set(backend, lists)
    this.#changed()
  }

  #text(kind: ListKind): string {
    const hidden = this.#options.hidden()
    const text = hidden ? this.catalog.textWithout(kind, hidden) : this.catalog.text(kind)
    const own = kind === 'tools' ? this.#options.own?.() : undefined
    if (!own || this.catalog.find('tools', own.key)) return text
    return `${text.slice(0, -1)}${text.length > 2 ? ',' : ''}${own.text}]`
  }

  #changed(): void {
    this.#timer ??= this.#options.clock.after(COALESCE_MS, () => this.#tell())
  }

  #tell(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    for (const [kind, given] of this.#given)
      if (!this.#waiting && this.#text(kind) !== given) {
        this.#given.set(kind, this.#text(kind))
        this.#options.onchange(kind)
      }
  }
}

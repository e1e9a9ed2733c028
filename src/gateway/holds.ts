// What is held of one backend's tools, in one session: what stands between a call and its tool. A call looks into a map. While the pins are being
// read for the first time, it waits for them; a list does not.

import { definition, definitions, type Definition } from './definition.ts'
import { heldBy, sight, updateId, type Held, type Pin, type PinMode, type PinUpdate, type Sight } from './pins.ts'
import type { Item } from './types.ts'

/** So much is read at once; of a longer list a part at a time, so that nobody else waits for it. */
const AT_ONCE = 256 * 1024

export class Holds {
  readonly backend: string
  #items: readonly Item[] = []
  #defined: ReadonlyMap<string, Definition> = new Map()
  #held: ReadonlyMap<string, Held> = new Map()
  /** All of it is held, for nobody can tell what it was. */
  #blocked = false
  /** The list is one of an earlier process: what it says is on record already. */
  #remembered = true
  #reading: Promise<void> | undefined

  constructor(backend: string) {
    this.backend = backend
  }

  /** What holds this tool; undefined for nearly all. */
  of(tool: string): Held | undefined | Promise<Held | undefined> {
    return this.#reading ? this.#reading.then(() => this.of(tool)) : this.now(tool)
  }

  /** The same, as far as it is known now. */
  now(tool: string): Held | undefined {
    return this.#blocked ? { kind: 'unread', tool } : this.#held.get(tool)
  }

  /** Everything that a yes to one of its tools accepts. */
  update(): PinUpdate {
    const tools = [...this.#held.values()].filter(one => one.kind === 'changed')
    return { backend: this.backend, id: updateId(tools), tools }
  }

  get asks(): boolean {
    return [...this.#held.values()].some(({ kind }) => kind === 'changed')
  }

  /** What is held, as a text that differs when that does. */
  get text(): string {
    return this.#blocked ? 'unread' : [...this.#held.values()].map(held => JSON.stringify(held)).join('\n')
  }

  /** The backend offers these tools, or is remembered to have offered them. */
  offers(items: readonly Item[], remembered: boolean): void {
    this.#items = items
    this.#remembered = remembered
  }

  /** Calls wait for this. */
  wait(reading: Promise<void>): void {
    const over: Promise<void> = reading.finally(() => {
      if (this.#reading === over) this.#reading = undefined
    })
    this.#reading = over
  }

  release(): void {
    this.#held = new Map()
    this.#blocked = false
  }

  /** What is kept of its tools can't be read. */
  block(): void {
    this.#blocked = true
  }

  /** Before the pins are known: what is odd in itself is held at once. */
  suspect(mode: PinMode): void {
    if (this.#unread().bytes > AT_ONCE) return
    this.#define(new Map())
    const odd = [...this.#defined.values()].filter(one => one.odd !== undefined)
    const held = odd.flatMap(one => heldBy(mode, sight(undefined, one, false, 0)?.pin, one) ?? [])
    this.#held = new Map(held.map(one => [one.tool, one]))
  }

  /** Whether comparing takes no longer than anybody may wait. */
  get quick(): boolean {
    return this.#unread().bytes <= AT_ONCE
  }

  /** Reads what has not been read yet, a part at a time; `rest` lets others go on. */
  async read(rest: () => Promise<void>): Promise<void> {
    const { items } = this.#unread()
    const found = new Map(this.#defined)
    let bytes = 0
    for (const { key, text } of items) {
      // With its hash: who keeps all of a long list would be busy with that alone.
      found.set(key, { ...definition(key, text) })
      bytes += text.length
      if (bytes < AT_ONCE) continue
      bytes = 0
      await rest()
    }
    this.#defined = found
  }

  /** Compares what is offered with the pins, and holds what differs. What was not seen before is put into `known`, and given back. */
  compare(mode: PinMode, known: Map<string, Pin>, now: number): readonly Sight[] {
    this.#blocked = false
    this.#define(known)
    const news: Sight[] = []
    const held = new Map<string, Held>()
    for (const one of this.#defined.values()) {
      const seen = this.#remembered ? undefined : sight(known.get(one.tool), one, this.#held.has(one.tool), now)
      if (seen) {
        known.set(one.tool, seen.pin)
        news.push(seen)
      }
      const pin = known.get(one.tool)
      const holds = this.#remembered && pin?.state === 'pinned' ? undefined : heldBy(mode, pin, one)
      if (holds) held.set(one.tool, holds)
    }
    this.#held = held
    return news
  }

  #define(known: ReadonlyMap<string, Pin>): void {
    const before = this.#defined
    const same = (tool: string, text: string): Definition | undefined => {
      const one = before.get(tool)
      if (one?.text === text) return one.twin === undefined ? one : undefined
      const accepted = known.get(tool)?.accepted
      return accepted?.text === text ? { tool, ...accepted } : undefined
    }
    this.#defined = definitions(this.#items, same, tool => known.get(tool)?.accepted !== undefined)
  }

  #unread(): { items: readonly Item[]; bytes: number } {
    const items = this.#items.filter(({ key, text }) => this.#defined.get(key)?.text !== text)
    return { items, bytes: items.reduce((all, { text }) => all + text.length, 0) }
  }
}

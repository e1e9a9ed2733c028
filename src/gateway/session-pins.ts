// Pins of one session: what its own backends have said to it, compared with what is kept. Two sessions may run two versions of one backend: what one
// of them hears holds nothing of the other.

import { Holds } from './holds.ts'
import { Instructions, type Offered } from './instructions.ts'
import { AGAIN_READING_MS, textOf, type Pins, type PinsOptions } from './pinning.ts'
import type { Pin } from './pins.ts'
import type { Lists } from './types.ts'

export class SessionPins {
  readonly instructions: Instructions
  readonly #pins: Pins
  readonly #options: PinsOptions
  readonly #changed: (backend: string) => void
  readonly #holds = new Map<string, Holds>()
  /** What was held of a backend when its list was remembered, and nothing else has been read of it. */
  readonly #recalled = new Map<string, string>()

  constructor(pins: Pins, options: PinsOptions, changed: (backend: string) => void) {
    this.instructions = new Instructions(pins, options)
    this.#pins = pins
    this.#options = options
    this.#changed = changed
  }

  /** What is held of a backend's tools. */
  of(backend: string): Holds {
    let holds = this.#holds.get(backend)
    if (!holds) this.#holds.set(backend, (holds = new Holds(backend)))
    return holds
  }

  get asks(): boolean {
    return [...this.#holds.values()].some(holds => holds.asks)
  }

  backends(): readonly string[] {
    return [...this.#holds.keys()]
  }

  recalled(backend: string): string | undefined {
    return this.#recalled.get(backend)
  }

  /** What was held of these backends when they were last heard, by whoever heard them; undefined where that can't be read. */
  async held(backends: readonly string[]): Promise<ReadonlyMap<string, readonly Pin[]> | undefined> {
    const { book, log } = this.#options
    if (this.#pins.mode === 'off') return new Map()
    try {
      return await book.held(backends)
    } catch (error) {
      log(`pins can't be read: ${String(error)}`)
      return undefined
    }
  }

  /** Lists are remembered, and with them what is held. */
  recall(remembered: ReadonlyMap<string, Lists>, held: ReadonlyMap<string, readonly Pin[]> | undefined): void {
    for (const [backend, lists] of remembered) {
      this.instructions.recall(backend, lists, held && (held.get(backend) ?? []))
      const holds = this.of(backend)
      const pins = held?.get(backend) ?? []
      this.#recalled.set(backend, textOf(pins))
      holds.offers(lists.tools, true)
      if (!held && this.#pins.mode !== 'warn') this.#unread(holds)
      if (pins.length > 0) holds.compare(this.#pins.mode, new Map(pins.map(pin => [pin.tool, pin])), this.#options.clock.now())
    }
    if (remembered.size > 0 && this.#pins.mode !== 'off') this.#pins.follow()
  }

  /** A backend has said what it offers. */
  heard(backend: string, lists: Offered): void {
    const holds = this.of(backend)
    this.#recalled.delete(backend)
    holds.offers(lists.tools, false)
    this.#look(holds)
    this.instructions.heard(backend, lists)
  }

  /** The pins of this backend are others now; or of all, or what is made of them. */
  again(backend?: string): void {
    for (const holds of backend === undefined ? this.#holds.values() : [this.#holds.get(backend)]) {
      if (!holds) continue
      const before = holds.text
      this.#look(holds)
      this.instructions.again(holds.backend)
      if (holds.text !== before) this.#changed(holds.backend)
    }
  }

  forget(backends: readonly string[]): void {
    for (const backend of backends) {
      this.#holds.delete(backend)
      this.#recalled.delete(backend)
      this.instructions.forget(backend)
      this.#pins.forget(backend)
    }
  }

  async settled(): Promise<void> {
    await Promise.all([this.instructions.settled(), ...[...this.#holds.values()].map(holds => holds.of(''))])
  }

  close(): void {
    this.#pins.leave(this)
  }

  #look(holds: Holds): void {
    const { mode } = this.#pins
    if (mode === 'off') return holds.release()
    this.#pins.follow()
    const known = this.#pins.known(holds.backend)
    if (!(known instanceof Promise) && holds.quick) return this.#compare(holds, known)
    holds.suspect(mode)
    const reading = this.#read(holds, known)
    if (mode !== 'warn') holds.wait(reading)
  }

  /** Never rejects. */
  async #read(holds: Holds, reading: Map<string, Pin> | Promise<Map<string, Pin>>): Promise<void> {
    const { clock, log } = this.#options
    const before = holds.text
    try {
      const known = await reading
      await holds.read(() => new Promise(done => clock.after(0, done)))
      this.#compare(holds, known)
    } catch (error) {
      log(`the pins of ${holds.backend} can't be read: ${String(error)}`)
      if (this.#pins.mode === 'warn') this.#compare(holds, this.#pins.assume(holds.backend))
      else this.#unread(holds)
    }
    if (holds.text !== before) this.#changed(holds.backend)
  }

  /** What can't be looked up is no first sight: nobody sees it and nobody calls it until it can. */
  #unread(holds: Holds): void {
    holds.block()
    this.#pins.after(AGAIN_READING_MS, () => this.again(holds.backend))
  }

  #compare(holds: Holds, known: Map<string, Pin>): void {
    const { log, clock } = this.#options
    const news = holds.compare(this.#pins.mode, known, clock.now())
    if (news.length === 0) return
    this.#pins.keep(holds.backend, news)
    for (const { kind, pin } of news)
      if (kind === 'changed' || kind === 'quarantined') log(`${holds.backend}: the tool ${pin.tool} is ${kind}${pin.why === undefined ? '' : `: ${pin.why}`}`)
  }
}

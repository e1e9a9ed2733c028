// What a backend tells the model before anything is asked of it: pinned as its tools are, under a name that no tool has. It is said to no client while it
// is another than was accepted, or marked: a mark on a tool decides nothing, for a person sees the tool called; this speaks in every conversation, unseen.

import { encode, read } from '../rpc/wire.ts'
import { definition, type Definition } from './definition.ts'
import { heldBy, sight, type Held, type Part, type Pin, type PinMode } from './pins.ts'
import type { Pins, PinsOptions } from './pinning.ts'
import { cut } from './prefaces.ts'
import { INSTRUCTIONS } from './names.ts'
import type { Lists } from './types.ts'

/** What pins look at of what a backend offers. */
export type Offered = Pick<Lists, 'tools' | 'instructions'>

/** They stand in the place of a tool's definition: what they say is its description. */
export const written = (text: string): string => encode({ description: text })
const readBack = ({ text }: Part): string | undefined => (read(text) as { description?: string }).description

/** What of these instructions may be passed on. */
function passed(held: Held | undefined, text: string): string | undefined {
  if (held === undefined) return text
  return held.kind === 'changed' ? readBack(held.was) : undefined
}

/** The same, where nothing has been heard but what is kept; what nobody has looked at is not passed on. */
export const passedAs = (mode: PinMode, pin: Pin | undefined, text: string): string | undefined =>
  pin && passed(heldBy(mode, pin, definition(INSTRUCTIONS, written(text))), text)

/** Instructions as a definition, marks and all; what was accepted needs no second look. The tables of marks are loaded by whoever is the first to need them. */
async function looked(pin: Pin | undefined, text: string): Promise<Definition> {
  const one = definition(INSTRUCTIONS, written(text))
  if (one.odd !== undefined || pin?.accepted?.text === one.text) return one
  const { about, marksOf } = await import('./scan.ts')
  const marks = marksOf(one.text)
  return marks.length === 0 ? one : { ...one, odd: marks.map(({ kind }) => about[kind]).join('; ') }
}

/** Those of one session's backends. */
export class Instructions {
  readonly #pins: Pins
  readonly #options: PinsOptions
  readonly #offered = new Map<string, string>()
  /** Its backends have said it in this session, not before. */
  readonly #heard = new Set<string>()
  readonly #passed = new Map<string, string | undefined>()
  /** Whose are held. */
  readonly #held = new Set<string>()
  readonly #looks = new Set<Promise<void>>()

  constructor(pins: Pins, options: PinsOptions) {
    this.#pins = pins
    this.#options = options
  }

  /** What may be said of a backend's; undefined where there is nothing, or nobody can tell yet. */
  of(backend: string): string | undefined {
    return (this.#pins.holding ? this.#passed : this.#offered).get(backend)
  }

  /** They are remembered, and `held` is what was held of their backend then; undefined where that can't be read. */
  recall(backend: string, lists: Offered, held: readonly Pin[] | undefined): void {
    const text = this.#offers(backend, lists)
    if (text === undefined || !held) return
    const pin = held.find(({ tool }) => tool === INSTRUCTIONS)
    this.#passed.set(backend, pin ? passedAs(this.#pins.mode, pin, text) : text)
  }

  /** A backend has said what it offers. */
  heard(backend: string, lists: Offered): void {
    const before = this.#offered.get(backend)
    if (this.#offers(backend, lists) !== before) this.#passed.delete(backend)
    this.#heard.add(backend)
    this.again(backend)
  }

  /** They are looked at with what is kept now. */
  again(backend: string): void {
    const text = this.#offered.get(backend)
    if (text === undefined || this.#pins.mode === 'off') return
    const look: Promise<void> = this.#look(backend, text)
      .catch(error => {
        this.#passed.delete(backend)
        this.#options.log(`the pins of ${backend} can't be read: ${String(error)}`)
      })
      .finally(() => this.#looks.delete(look))
    this.#looks.add(look)
  }

  forget(backend: string): void {
    this.#offered.delete(backend)
    this.#passed.delete(backend)
    this.#heard.delete(backend)
    this.#held.delete(backend)
  }

  async settled(): Promise<void> {
    await Promise.all(this.#looks)
  }

  /** What is offered; a backend with a tool of that name has no instructions, for nobody could tell the two apart. */
  #offers(backend: string, { instructions, tools }: Offered): string | undefined {
    if (!instructions || tools.some(({ key }) => key === INSTRUCTIONS)) return void this.forget(backend)
    const text = cut(instructions)
    this.#offered.set(backend, text)
    return text
  }

  async #look(backend: string, text: string): Promise<void> {
    const known = await this.#pins.known(backend)
    const one = await looked(known.get(INSTRUCTIONS), text)
    // It may say something else by now, and that is looked at by itself.
    if (this.#offered.get(backend) !== text) return
    const seen = this.#heard.has(backend) ? sight(known.get(INSTRUCTIONS), one, this.#held.has(backend), this.#options.clock.now()) : undefined
    if (seen) {
      known.set(INSTRUCTIONS, seen.pin)
      this.#pins.keep(backend, [seen])
      const { kind, pin } = seen
      if (kind === 'changed' || kind === 'quarantined')
        this.#options.log(`${backend}: its instructions are ${kind}${pin.why === undefined ? '' : `: ${pin.why}`}`)
    }
    const held = heldBy(this.#pins.mode, known.get(INSTRUCTIONS), one)
    this.#held[held ? 'add' : 'delete'](backend)
    this.#passed.set(backend, passed(held, text))
  }
}

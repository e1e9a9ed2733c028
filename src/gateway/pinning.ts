// Pins at work, in one process: what sessions hear is compared with what is kept, and what is new is put on record and kept. What a person accepts or
// refuses, in whichever process, is followed.

import type { Clock, Timer } from '../lib/clock.ts'
import type { Fault } from './faults.ts'
import type { Holds } from './holds.ts'
import { passedAs } from './instructions.ts'
import { INSTRUCTIONS } from './names.ts'
import { askedBy, type Held, type Pin, type PinMode, type Sight } from './pins.ts'
import { SessionPins } from './session-pins.ts'
import type { Call, Decision, Policy } from './types.ts'

/** Where pins are kept, by backend as it is configured now. */
export interface PinBook {
  /** Of these backends the tools that are not simply pinned. */
  held(backends: readonly string[]): Promise<ReadonlyMap<string, readonly Pin[]>>
  read(backend: string): Promise<readonly Pin[]>
  /** Puts what was seen on record and keeps it. later: that can't be done now. differs: somebody has seen something else before. */
  keep(backend: string, sights: readonly Sight[]): Promise<'done' | 'later' | 'differs'>
  /** A person accepts an update by its id: all of it, or nothing where the backend offers something else by now. */
  acceptUpdate(backend: string, update: string, who: { readonly by: string }): Promise<boolean>
  /** Follows what others change. Gives the way to stop. */
  follow(changed: () => void): () => void
}

export interface PinsOptions {
  readonly clock: Clock
  readonly book: PinBook
  /** When what was seen may be kept: whoever waits for a list goes first. */
  readonly lull?: () => Promise<void>
  readonly log: (line: string) => void
  /** Of this backend something is kept now that was not, or is another. */
  readonly onkept?: (backend: string) => void
}

type Known = Map<string, Pin>

const AGAIN_MS = 1000
const AGAIN_LIMIT_MS = 60_000
/** Pins that can't be read are read again so soon, or when a call wants them. */
export const AGAIN_READING_MS = 5000

const allowed: Decision = { kind: 'allow', by: 'default' }

export class Pins {
  readonly #options: PinsOptions
  readonly #sessions = new Set<SessionPins>()
  /** Of backends that have spoken. */
  readonly #known = new Map<string, Known>()
  readonly #reading = new Map<string, Promise<Known>>()
  /** Backends whose pins could not be read. */
  readonly #assumed = new Set<string>()
  readonly #keeping = new Set<Promise<void>>()
  /** What is not kept yet of each backend, as it was seen. */
  readonly #seen = new Map<string, (readonly Sight[])[]>()
  readonly #timers = new Set<Timer>()
  #mode: PinMode
  #unfollow: (() => void) | undefined
  /** Something was written that could not be read. */
  #missed = false
  #closed = false

  constructor(mode: PinMode, options: PinsOptions) {
    this.#mode = mode
    this.#options = options
  }

  get mode(): PinMode {
    return this.#mode
  }

  /** The setting has changed. */
  use(mode: PinMode): void {
    if (mode === this.#mode) return
    this.#mode = mode
    for (const session of this.#sessions) session.again()
  }

  /** Whether what differs is held. */
  get holding(): boolean {
    return this.#mode === 'ask' || this.#mode === 'quarantine'
  }

  /** Whether a call to one of the tools here is asked about. */
  get asks(): boolean {
    return [...this.#sessions].some(session => session.asks)
  }

  /** Pins of one session; `changed` when other tools of a backend are held than before. */
  open(changed: (backend: string) => void): SessionPins {
    const session = new SessionPins(this, this.#options, changed)
    this.#sessions.add(session)
    return session
  }

  leave(session: SessionPins): void {
    this.#sessions.delete(session)
  }

  /** What is not held goes on at once. */
  readonly policy: Policy = call => {
    const held = call.holds?.of(call.name)
    return held === undefined ? allowed : this.#decide(call)
  }

  /** What stops a call that is let through already, when its backend was started for it and has said what it offers. */
  async stops(holds: Holds, tool: string): Promise<Fault | undefined> {
    const held = await this.#still(holds, tool)
    if (held === undefined) return undefined
    if (held.kind === 'unread') return unread(tool)
    const why = held.kind === 'changed' ? 'its definition has changed since it was accepted' : held.why
    const then = held.kind === 'changed' ? 'To have the person asked, make the call again' : 'Tell the person'
    return {
      code: 'quarantined',
      message: `When "${holds.backend}" was started for this call, it offered another "${tool}": ${why}. The call was not executed. ${then}: mcpgw pins diff ${holds.backend}`,
    }
  }

  /** A person has said yes to an update. */
  readonly accept = async (backend: string, update: string, by: string): Promise<void> => {
    await this.#options.book.acceptUpdate(backend, update, { by })
    await this.refresh(backend)
  }

  /** What of a backend's instructions may be passed on. */
  async passing(backend: string, instructions: string): Promise<string | undefined> {
    return this.holding ? passedAs(this.#mode, (await this.known(backend)).get(INSTRUCTIONS), instructions) : instructions
  }

  /** What is kept of a backend's tools. */
  known(backend: string): Known | Promise<Known> {
    return this.#known.get(backend) ?? this.#read(backend)
  }

  /** They can't be read: what this process sees itself counts until they can. */
  assume(backend: string): Known {
    let known = this.#known.get(backend)
    if (!known) this.#known.set(backend, (known = new Map()))
    this.#assumed.add(backend)
    return known
  }

  /** Reads a backend's pins again, and compares in every session. */
  async refresh(backend: string): Promise<void> {
    await this.#read(backend)
    for (const session of this.#sessions) session.again(backend)
    this.#options.onkept?.(backend)
  }

  /** The backend is another one now, or gone. */
  forget(backend: string): void {
    this.#known.delete(backend)
    this.#reading.delete(backend)
    this.#seen.get(backend)?.splice(0)
  }

  /** Keeps what was seen, as soon as that can be and after what was seen before. */
  keep(backend: string, sights: readonly Sight[]): void {
    const waiting = this.#seen.get(backend)
    if (waiting) return void waiting.push(sights)
    this.#seen.set(backend, [sights])
    this.#keepSeen(backend)
  }

  #keepSeen(backend: string, againMs = AGAIN_MS): void {
    const { book, log, lull } = this.#options
    const waiting = this.#seen.get(backend)!
    const kept = async (): Promise<void> => {
      await lull?.()
      for (let sights; (sights = waiting[0]);) {
        const how = await book.keep(backend, sights).catch((error: unknown) => {
          log(`the pins of ${backend} can't be kept: ${String(error)}`)
          return 'later' as const
        })
        if (how === 'later') return this.after(againMs, () => this.#keepSeen(backend, Math.min(againMs * 2, AGAIN_LIMIT_MS)))
        // The backend may have become another one meanwhile.
        if (waiting[0] === sights) waiting.shift()
        this.#options.onkept?.(backend)
        if (how === 'differs' || (how === 'done' && this.#assumed.delete(backend))) await this.refresh(backend).catch(() => {})
      }
      this.#seen.delete(backend)
    }
    const keeping: Promise<void> = kept().finally(() => this.#keeping.delete(keeping))
    this.#keeping.add(keeping)
  }

  /** From now on what others change is followed. */
  follow(): void {
    if (!this.#closed) this.#unfollow ??= this.#options.book.follow(() => void this.#look())
  }

  /** Later, unless all is over then. */
  after(ms: number, act: () => void): void {
    if (this.#closed) return
    const timer = this.#options.clock.after(ms, () => {
      this.#timers.delete(timer)
      act()
    })
    this.#timers.add(timer)
  }

  /** All that was seen until now is compared, and kept if that can be. */
  async settled(): Promise<void> {
    await Promise.all([...this.#sessions].map(session => session.settled()))
    await Promise.all(this.#keeping)
  }

  /** What was seen is kept, and nothing more after it. */
  async close(): Promise<void> {
    this.#closed = true
    this.#unfollow?.()
    for (const timer of this.#timers) timer.cancel()
    await Promise.all(this.#keeping)
  }

  /** What is held is looked up again: somebody may have accepted it a moment ago. */
  async #still(holds: Holds, tool: string): Promise<Held | undefined> {
    if ((await holds.of(tool)) === undefined) return undefined
    await this.refresh(holds.backend).catch(() => {})
    return holds.of(tool)
  }

  async #decide({ target, backend, name, holds }: Call): Promise<Decision> {
    const held = await this.#still(holds!, name)
    if (held === undefined) return allowed
    const see = `The person can see and decide it: mcpgw pins diff ${backend}`
    if (held.kind === 'unread') {
      const { code, message, retryAfterMs } = unread(target)
      return { kind: 'deny', by: 'pins', code, reason: message, retryAfterMs }
    }
    if (held.kind === 'quarantined')
      return { kind: 'deny', by: 'pins', code: 'quarantined', reason: `"${target}" is quarantined: ${held.why}. The call was not executed. ${see}` }
    const update = holds!.update()
    const others = update.tools.length - 1
    const more = others > 0 ? `, and so ${others === 1 ? 'has one' : `have ${others}`} more of "${backend}"` : ''
    return { kind: 'ask', by: askedBy(update.id), reason: `the definition of "${target}" has changed since it was accepted${more}. ${see}`, update }
  }

  #read(backend: string): Promise<Known> {
    const before = this.#reading.get(backend)
    if (before) return before
    const over = (): void => void (this.#reading.get(backend) === reading && this.#reading.delete(backend))
    const reading: Promise<Known> = this.#options.book.read(backend).then(pins => {
      const known = new Map(pins.map(pin => [pin.tool, pin]))
      // What is not kept yet was seen all the same: nothing is seen for the first time twice.
      for (const { kind, pin } of (this.#seen.get(backend) ?? []).flat()) if (kind !== 'first' || !known.has(pin.tool)) known.set(pin.tool, pin)
      if (this.#reading.get(backend) === reading) this.#known.set(backend, known)
      return known
    })
    this.#reading.set(backend, reading)
    reading.then(over, over)
    return reading
  }

  /** Somebody has written. What can't be read now is read later: a tool may have been refused. */
  async #look(): Promise<void> {
    try {
      await this.#changed()
    } catch {
      if (!this.#missed) this.after(AGAIN_READING_MS, () => ((this.#missed = false), void this.#look()))
      this.#missed = true
    }
  }

  /** Where another tool is held now than before, all is read again. */
  async #changed(): Promise<void> {
    const backends = [...new Set([...this.#sessions].flatMap(session => session.backends()))]
    const held = await this.#options.book.held(backends)
    for (const backend of backends) {
      const known = this.#known.get(backend)
      const now = textOf(held.get(backend) ?? [])
      const differs = known
        ? now !== textOf([...known.values()].filter(pin => pin.state !== 'pinned'))
        : [...this.#sessions].some(one => one.recalled(backend) !== now)
      if (differs) await this.refresh(backend)
    }
  }
}

const unread = (target: string): Fault => ({
  code: 'store_busy',
  message: `Whether "${target}" is what was accepted can not be looked up: the store that keeps it is busy or can not be read. The call was not executed. Repeat it in a few seconds; if that does not help, tell the person: mcpgw doctor.`,
  retryAfterMs: AGAIN_READING_MS,
})

/** What is held, as a text that differs when that does. */
export const textOf = (pins: readonly Pin[]): string =>
  pins
    .map(({ tool, state, offered }) => JSON.stringify([tool, state, offered?.hash]))
    .sort()
    .join('\n')

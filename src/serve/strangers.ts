// Who was refused at the door is on record: a key that was stolen, or forgotten somewhere, shows by that. But being refused costs nothing, so only so
// many are heard out; of all others it is noted, once a minute, how many there were. No key is ever written down, only how one of ours begins.

import type { Fault } from '../gateway/faults.ts'
import type { Clock, Timer } from '../lib/clock.ts'
import { parse, type Frame } from '../rpc/frame.ts'
import type { Wire } from '../rpc/wire.ts'

/** So many are heard out at once, and one more for each minute. */
const MOST = 20
const MINUTE_MS = 60_000
/** So many addresses, and reasons, are told of those that are only counted. */
const TOLD = 5
const LONGEST = 128
/** As much of a key as is shown elsewhere. */
const SHOWN = /^mgw_[\w-]{6}(?=[\w-]{37}$)/

export interface Remembering {
  /** Puts a call on record; false where the request is none. */
  readonly call: (frame: Frame) => Promise<boolean>
  readonly note: (detail: Record<string, unknown>) => void
}

/** One of them. */
export interface Stranger {
  readonly key: string | undefined
  readonly fault: Fault
  /** Its address. */
  readonly from: string
  /** What it asked for, as HTTP says it. */
  readonly asked: string
}

export class Strangers {
  readonly #clock: Clock
  readonly #note: Remembering['note']
  #left = MOST
  #countedAt: number
  #others: { many: number; readonly from: Set<string>; readonly because: Set<string>; readonly timer: Timer } | undefined

  constructor(clock: Clock, note: Remembering['note']) {
    this.#clock = clock
    this.#note = note
    this.#countedAt = clock.tick()
  }

  /** Whether this one is heard out; else it is counted. */
  hears({ fault, from }: Stranger): boolean {
    const minutes = Math.floor((this.#clock.tick() - this.#countedAt) / MINUTE_MS)
    this.#countedAt += minutes * MINUTE_MS
    this.#left = Math.min(MOST, this.#left + minutes)
    if (this.#left > 0) return --this.#left >= 0
    this.#others ??= { many: 0, from: new Set(), because: new Set(), timer: this.#clock.after(MINUTE_MS, () => this.tell()) }
    const { from: addresses, because } = this.#others
    this.#others.many++
    if (addresses.size < TOLD) addresses.add(from)
    if (because.size < TOLD) because.add(whyOf(fault))
    return false
  }

  /** Puts on record what one wanted. `body`: what it has sent, where it was to be had. */
  async remember({ key, fault, from, asked }: Stranger, body: Wire | undefined, call: Remembering['call']): Promise<void> {
    const frame = body === undefined ? undefined : parse(body)
    const read = frame === undefined || frame.kind === 'malformed' ? undefined : frame
    if (read && (await call(read))) return
    const [shown] = SHOWN.exec(key ?? '') ?? []
    this.#note({ because: whyOf(fault), from, asked: (read?.method || asked).slice(0, LONGEST), ...(shown !== undefined && { shown }) })
  }

  /** Notes those that were only counted. */
  tell(): void {
    if (!this.#others) return
    const { many, from, because, timer } = this.#others
    timer.cancel()
    this.#others = undefined
    this.#note({ many, because: [...because], from: [...from] })
  }
}

/** A fault says first what is wrong, then what to do. */
const whyOf = ({ message }: Fault): string => message.slice(0, message.indexOf('. ') + 1) || message

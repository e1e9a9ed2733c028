// Who was refused at the door is on record: a key that was stolen, or forgotten somewhere, shows by that. But being refused costs nothing, so only so
// many are heard out; of all others it is noted, once a minute, how many there were. No key is ever written down, only how one of ours begins.

import type { Fault } from '../gateway/faults.ts'
import type { Clock } from '../lib/clock.ts'
import { Flood } from '../lib/flood.ts'
import { parse, type Frame } from '../rpc/frame.ts'
import type { Wire } from '../rpc/wire.ts'

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
  readonly #note: Remembering['note']
  readonly #flood: Flood
  /** Of those that are only counted. */
  readonly #from = new Set<string>()
  readonly #because = new Set<string>()

  constructor(clock: Clock, note: Remembering['note']) {
    this.#note = note
    this.#flood = new Flood(clock, many => {
      note({ many, because: [...this.#because], from: [...this.#from] })
      this.#because.clear()
      this.#from.clear()
    })
  }

  /** Whether this one is heard out; else it is counted. */
  hears({ fault, from }: Stranger): boolean {
    if (this.#flood.hears()) return true
    if (this.#from.size < TOLD) this.#from.add(from)
    if (this.#because.size < TOLD) this.#because.add(whyOf(fault))
    return false
  }

  /** Puts on record what one wanted. `body`: what it has sent, where it was to be had. */
  async remember(stranger: Stranger, body: Wire | undefined, call: Remembering['call']): Promise<void> {
    const frame = body === undefined ? undefined : parse(body)
    const read = frame === undefined || frame.kind === 'malformed' ? undefined : frame
    if (!read || !(await call(read))) this.#noted({ ...stranger, asked: read?.method || stranger.asked })
  }

  /** Of one that has said all there is to hear. */
  refused(stranger: Stranger): void {
    if (this.hears(stranger)) this.#noted(stranger)
  }

  /** Notes those that were only counted. */
  tell(): void {
    this.#flood.tell()
  }

  #noted({ key, fault, from, asked }: Stranger): void {
    const [shown] = SHOWN.exec(key ?? '') ?? []
    this.#note({ because: whyOf(fault), from, asked: asked.slice(0, LONGEST), ...(shown !== undefined && { shown }) })
  }
}

/** A fault says first what is wrong, then what to do. */
const whyOf = ({ message }: Fault): string => message.slice(0, message.indexOf('. ') + 1) || message

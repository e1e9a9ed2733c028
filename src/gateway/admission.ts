// Who asks is known before anything is done for them. A key may have to be looked up; it may also be good no longer, and then what is under way for it
// ends at once.

import type { Frame } from '../rpc/frame.ts'
import type { Fault } from './faults.ts'
import type { Speaker } from './greeting.ts'
import type { Who } from './principals.ts'
import type { Principal } from './types.ts'

/** What becomes of a request. What was cancelled before anybody could begin with it is not begun. */
export interface Gate {
  /** `cancelled`: why its client does not want it any more. */
  enter(frame: Frame, modern: boolean, principal: Principal, cancelled?: string): void
  refuse(frame: Frame, modern: boolean, fault: Fault): void
  /** Who was served has lost its authority. */
  expel(fault: Fault): void
  /** What nobody foresaw in one request ends that request. */
  settle(frame: Frame, work: Promise<void>): void
}

/** A request whose caller is looked up. */
interface Waiting {
  readonly frame: Frame
  cancelled?: string
}

export class Admission {
  readonly #speaker: Speaker
  readonly #gate: Gate
  /** Somebody has asked for something, and was let. */
  #admitted = false
  readonly #waiting = new Set<Waiting>()

  constructor(speaker: Speaker, gate: Gate) {
    this.#speaker = speaker
    this.#gate = gate
  }

  /** Requests whose caller is looked up. */
  get waiting(): number {
    return this.#waiting.size
  }

  admit(frame: Frame, modern: boolean): void {
    const who = this.#speaker.who()
    if (!(who instanceof Promise)) return this.#known(frame, modern, who)
    const waiting: Waiting = { frame }
    this.#waiting.add(waiting)
    const known = (one: Who) => {
      this.#waiting.delete(waiting)
      this.#known(frame, modern, one, waiting.cancelled)
    }
    this.#gate.settle(frame, who.then(known))
  }

  /** The client cancels a request; false where that is none whose caller is looked up. */
  cancelled(key: string, reason: string): boolean {
    const found = [...this.#waiting].filter(({ frame }) => frame.key === key)
    for (const one of found) one.cancelled ??= reason
    return found.length > 0
  }

  /** Looks whether who was served may be served still. */
  async reconsider(): Promise<void> {
    if (!this.#admitted) return
    const who = await this.#speaker.who()
    if ('code' in who) this.#lost(who)
  }

  #known(frame: Frame, modern: boolean, who: Who, cancelled?: string): void {
    if ('code' in who) {
      this.#lost(who)
      return this.#gate.refuse(frame, modern, who)
    }
    this.#admitted = true
    this.#gate.enter(frame, modern, who, cancelled)
  }

  #lost(fault: Fault): void {
    if (!this.#admitted || fault.code !== 'unauthenticated') return
    this.#admitted = false
    this.#gate.expel(fault)
  }
}

// Who asks is known before anything is done for them. A key may have to be looked up; it may also be good no longer, and then what is under way for it
// ends at once.

import type { Frame } from '../rpc/frame.ts'
import type { Fault } from './faults.ts'
import type { Caller } from './greeting.ts'
import type { Who } from './principals.ts'
import type { Principal } from './types.ts'

/** What becomes of a request. */
export interface Gate {
  enter(frame: Frame, modern: boolean, principal: Principal): void
  refuse(frame: Frame, modern: boolean, fault: Fault): void
  /** Who was served has lost its authority. */
  expel(fault: Fault): void
  /** What nobody foresaw in one request ends that request. */
  settle(frame: Frame, work: Promise<void>): void
}

export class Admission {
  readonly #caller: Caller
  readonly #gate: Gate
  /** Somebody has asked for something, and was let. */
  #admitted = false
  #waiting = 0

  constructor(caller: Caller, gate: Gate) {
    this.#caller = caller
    this.#gate = gate
  }

  /** Requests whose caller is looked up. */
  get waiting(): number {
    return this.#waiting
  }

  admit(frame: Frame, modern: boolean): void {
    const who = this.#caller.who()
    if (!(who instanceof Promise)) return this.#known(frame, modern, who)
    this.#waiting++
    const known = (one: Who) => {
      this.#waiting--
      this.#known(frame, modern, one)
    }
    this.#gate.settle(frame, who.then(known))
  }

  /** Looks whether who was served may be served still. */
  async reconsider(): Promise<void> {
    if (!this.#admitted) return
    const who = await this.#caller.who()
    if ('code' in who) this.#lost(who)
  }

  #known(frame: Frame, modern: boolean, who: Who): void {
    if ('code' in who) {
      this.#lost(who)
      return this.#gate.refuse(frame, modern, who)
    }
    this.#admitted = true
    this.#gate.enter(frame, modern, who)
  }

  #lost(fault: Fault): void {
    if (!this.#admitted || fault.code !== 'unauthenticated') return
    this.#admitted = false
    this.#gate.expel(fault)
  }
}

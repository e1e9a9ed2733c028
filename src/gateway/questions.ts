// Questions as one process puts them: sealed, on record before they are asked, so many of one caller at a time, and over when their time is.

import type { Clock } from '../lib/clock.ts'
import { fromWire } from '../rpc/wire.ts'
import { standing, type Approval, type Binding, type Question } from './approval.ts'
import type { Approvals } from './approvals.ts'
import { newId, sealedAs, type Sealing } from './answering.ts'
import { sayings } from './sayings.ts'
import type { Call, Decision } from './types.ts'
import type { Caller } from './verdict.ts'

/** What putting a question needs of the gateway that it is put in. */
export interface Desk {
  readonly clock: Clock
  readonly seal: () => Promise<Sealing>
  /** A question that nobody answers ends after so long. */
  readonly expireMs: () => number
  /** Puts something on record; false where that failed and records are required. */
  readonly record: (note: string, detail: Record<string, unknown>) => boolean
}

/** So many questions of one caller wait at a time. */
const MOST_OPEN = 200

export class Questions {
  readonly #desk: Desk
  /** When the questions end that were asked here, by who asked. */
  readonly #expiries = new Map<string, readonly number[]>()

  constructor(desk: Desk) {
    this.#desk = desk
  }

  /** Puts a question, or joins the one that means the same; why it can't be put, where it can't. */
  async put(approvals: Approvals, call: Call, why: string, binding: Binding, caller: Caller): Promise<Approval | (Decision & { kind: 'deny' })> {
    const { clock, expireMs, record } = this.#desk
    const now = clock.now()
    const id = newId()
    let seal: Sealing
    try {
      seal = await this.#desk.seal()
    } catch (error) {
      return sayings.unaskable(`what waits can not be kept sealed: ${(error as Error).message}`)
    }
    const sealed = seal.seal(JSON.stringify({ arguments: fromWire(call.argumentsText), definition: fromWire(caller.definition()) }), sealedAs(id))
    const expiresAt = now + expireMs()
    const reason = sayings.reason(why, call)
    const { session, principal } = call.origin
    const asked: Question = { id, ...binding, call: call.id, session, roles: principal.roles, reason, askedAt: now, expiresAt, sealed }
    const open = await this.#open(approvals, binding, expiresAt, now)
    if (open >= MOST_OPEN) return sayings.unaskable(`${open} questions of this caller wait already`)
    if (!record('approvals.asked', { by: 'gateway', approval: id, ...binding, call: call.id, session, expiresAt })) return sayings.unrecorded()
    const { approval } = await approvals.ask(asked, now)
    void this.#tend(approvals)
    // What was sealed is gone when nobody may answer any more.
    clock.after(expiresAt - now, () => void this.#tend(approvals))
    return approval
  }

  /** How many wait of this caller. Who asks without end is not asked about any more: nobody would answer, and what waits takes room. */
  async #open(approvals: Approvals, { principal }: Binding, expiresAt: number, now: number): Promise<number> {
    const asked = (this.#expiries.get(principal) ?? []).filter(at => at > now)
    this.#expiries.set(principal, [...asked.slice(-MOST_OPEN), expiresAt])
    if (asked.length < MOST_OPEN) return 0
    return (await approvals.approvals()).filter(one => one.principal === principal && standing(one, now) === 'open').length
  }

  async #tend(approvals: Approvals): Promise<void> {
    const { clock, record } = this.#desk
    try {
      for (const { id, call, target } of await approvals.tend(clock.now())) record('approvals.expired', { by: 'gateway', approval: id, call, target })
    } catch {
      // who asks next does it
    }
  }
}

// The ways to ask a person, as a ladder: hold the call while somebody is there, ask through the client, or neither. The first way of the settings that
// applies is taken. Here nothing is decided: who is not answered in time is told so.

import type { Stop } from '../lib/signal.ts'
import type { Approval } from './approval.ts'
import type { Approvals } from './approvals.ts'
import type { Replied, Reply } from './answering.ts'
import type { Events } from './events.ts'
import { hold, type Held, type Holding } from './holding.ts'
import { sayings } from './sayings.ts'
import type { Call, ClientInfo, Decision } from './types.ts'
import type { Caller } from './verdict.ts'

/** The ways to ask, the first that applies is taken. */
export type Ways = readonly ('window' | 'client')[]

/** What the ways need of the gateway that they are in. */
export interface Rungs extends Omit<Holding, 'approvals'> {
  readonly ways: () => Ways
  /** How long this client bears to wait for an answer, ms. */
  readonly holdMs: (client: ClientInfo) => number
  readonly emit: Events['emit']
  /** Answers a question, as whoever says so. */
  readonly reply: (approval: Approval, wanted: Reply) => Promise<Replied>
}

/** A call and its question, which waits. */
export interface Climb {
  readonly call: Call
  readonly question: Decision & { readonly kind: 'ask' }
  readonly approval: Approval
  readonly caller: Caller
  /** Whether an answer to another question is one to this, too. */
  readonly covered: () => Promise<boolean>
}

export class Ladder {
  readonly #rungs: Rungs
  /** What waits here, by its question. */
  readonly #waiting = new Map<string, Waiters>()

  constructor(rungs: Rungs) {
    this.#rungs = rungs
  }

  /** An answer was given in this process. */
  wake(id: string): void {
    this.#waiting.get(id)?.wake()
  }

  /** Waits for an answer on the first way that applies. Never rejects. */
  async climb(approvals: Approvals, one: Climb): Promise<Held> {
    const { ways, attendance, holdMs, watch, clock, emit } = this.#rungs
    const { call, approval, caller, covered } = one
    const way = ways().find(one => (one === 'window' ? attendance.somebody : caller.elicit !== undefined))
    if (!way) return { kind: 'ended' }
    const entered = (look: () => void): (() => void) => this.#enter(approval.id, watch, look)
    const waits = (question?: string) => emit({ v: 1, type: 'call.waits', at: clock.now(), id: call.id, question })
    waits(approval.id)
    const held = await hold(
      { clock, approvals, attendance, watch: entered },
      {
        approval,
        stop: caller.stop,
        untilAt: way === 'client' && caller.patient ? approval.expiresAt : call.startedAt + holdMs(call.origin.client),
        attended: way === 'window',
        heartbeat: caller.progress && (beat => caller.progress!(beat, sayings.waiting(approval.id))),
        covered,
        ask: way === 'client' ? over => this.#elicit(one, over) : undefined,
      },
    )
    waits()
    return held
  }

  #enter(id: string, watch: Rungs['watch'], look: () => void): () => void {
    let waiters = this.#waiting.get(id)
    if (!waiters) this.#waiting.set(id, (waiters = new Waiters(watch)))
    const leave = waiters.enter(look)
    return () => void (leave() && this.#waiting.delete(id))
  }

  /** Asks the person at the client. What is not clearly a yes or a no is no answer. */
  async #elicit({ call, question: { update }, approval, caller }: Climb, over: Stop): Promise<boolean> {
    const said = await caller.elicit!(sayings.form(call, approval, update), over)
    if (!said) return false
    const by = `client:${call.origin.client.name}`
    const replied = await this.#rungs.reply(approval, { argumentsHash: approval.argumentsHash, by, via: 'client', ...said })
    return replied === 'won' || replied === 'late'
  }
}

/** The calls that wait for one answer. The latest is told first: it is the one whose client still listens. */
class Waiters {
  #looks: (() => void)[] = []
  readonly #unwatch: () => void

  constructor(watch: Rungs['watch']) {
    this.#unwatch = watch(() => this.wake())
  }

  wake(): void {
    for (const look of [...this.#looks].reverse()) look()
  }

  /** Gives the way to leave, which says whether nobody is left. */
  enter(look: () => void): () => boolean {
    this.#looks.push(look)
    return () => {
      this.#looks = this.#looks.filter(one => one !== look)
      if (this.#looks.length === 0) this.#unwatch()
      return this.#looks.length === 0
    }
  }
}

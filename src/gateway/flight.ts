// A request of the client's on its way: the way to stop it, which backend has it, and which request of the client's waits for its answer now.

import { Stop } from '../lib/signal.ts'
import type { Frame } from '../rpc/frame.ts'
import type { Reply } from '../rpc/reply.ts'
import type { Fault } from './faults.ts'
import type { Answer, Call, Origin } from './types.ts'

/** What a backend wants to know of the client before it goes on. */
export interface Question {
  readonly frame: Frame
  readonly settle: (reply: Reply) => void
}

/** Where a request's progress token stands. */
export const tokenOf = (frame: Frame) => frame.metaMembers.find(one => one.key === 'progressToken')

let last = 0

export class Flight extends Stop {
  /** Who began later has the higher one. */
  readonly order = ++last
  readonly origin: Origin
  backend: string
  /** The request that waits for an answer; undefined while it is the client's turn (legs.ts). */
  leg: Frame | undefined
  /** What it is for the record, where it is a call. */
  call: Call | undefined
  /** How it ended while it was the client's turn. */
  answer: Answer | undefined
  /** What its client is told when it was stopped by us, not by the client. */
  fault: Fault | undefined
  /** How many questions there have been. */
  asked = 0
  /** More of them may come before the client is asked. */
  gathers = false
  #questions: Map<string, Question> | undefined

  constructor(origin: Origin, leg: Frame, backend = '') {
    super()
    this.origin = origin
    this.leg = leg
    this.backend = backend
  }

  /** The stream that its request came by, where the client's link has many. */
  get via(): string | undefined {
    return this.leg?.via
  }

  /** Questions that are not answered yet. */
  get questions(): Map<string, Question> {
    return (this.#questions ??= new Map())
  }
}

// Approvals as processes share them: asked, decided and used in one step each. Every store has them, and passes one suite of contracts. A write waits
// a quarter of a second for its turn; where it fails nothing has happened.

import type { Answer, Approval, Binding, Question, RememberedAnswer } from './approval.ts'

type Maybe<T> = T | Promise<T>

/** joined: it was there already, for a call that means the same: open, or answered and not over. */
export interface Asked {
  readonly kind: 'asked' | 'joined'
  readonly approval: Approval
}

/** won: this answer holds. late: it was answered before, or is over. differs: the arguments are not those that the answer is about. */
export type Decided = 'won' | 'late' | 'differs' | 'unknown'

export type FoundApproval =
  { readonly kind: 'found'; readonly approval: Approval } | { readonly kind: 'none' } | { readonly kind: 'several'; readonly ids: readonly string[] }

/** An answer on its way. */
export interface Given {
  readonly argumentsHash: string
  readonly answer: Answer
  /** Made with the answer, or not at all. */
  readonly remember?: RememberedAnswer
}

/** Over approvals are kept for so long, for who wants to see what was asked. */
export const OVER_MS = 7 * 24 * 3_600_000

export interface Approvals {
  /** Asks, unless a question that means the same speaks already. */
  ask(question: Question, now: number): Maybe<Asked>
  /** What speaks for calls that mean the same. */
  speaking(binding: Binding, now: number): Maybe<Approval | undefined>
  /** The first answer wins. */
  decide(id: string, given: Given, now: number): Maybe<Decided>
  /** Uses a yes, once: the approval as it was, or undefined where there is none to use. Its arguments are erased. */
  use(id: string, call: string, now: number): Maybe<Approval | undefined>
  /** It is known what became of the call that used it. */
  settle(id: string, now: number): Maybe<void>
  approval(idOrPrefix: string): Maybe<FoundApproval>
  /** Newest first. */
  approvals(ids?: readonly string[]): Maybe<readonly Approval[]>
  /** Erases what nobody may see any more, forgets what is over for long. Those whose time went by without an answer, each told once. */
  tend(now: number): Maybe<readonly Approval[]>
  /** Those that last, newest first. */
  answers(now: number): Maybe<readonly RememberedAnswer[]>
  /** A remembered answer was used. */
  touch(id: string, now: number): Maybe<void>
  /** False where there is none. */
  revoke(id: string): Maybe<boolean>
  /** The answers that hold for this session have ended with it. */
  leave(session: string): Maybe<void>
}

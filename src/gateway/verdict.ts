// A call that waits for a person, as types: what its client's side can do meanwhile, and what becomes of it.

import type { Stop } from '../lib/signal.ts'
import type { Answer, Call, Decision } from './types.ts'

/** What a person has said at the client. */
export interface Elicited {
  readonly decision: 'allow' | 'deny'
  readonly remember?: { readonly span: 'session' }
}

/** The client's side of a call that waits for a person. */
export interface Caller {
  readonly stop: Stop
  /** What its backend says of the target now: wire text; '' where it is not listed. */
  readonly definition: () => string
  /** Tells that it still waits; absent where the client does not want to know. */
  readonly progress?: (beat: number, message: string) => void
  /** Asks the person at the client, until somebody else has answered; nothing where no clear answer came. Absent where the client can't. */
  readonly elicit?: (params: Record<string, unknown>, over: Stop) => Promise<Elicited | undefined>
  /** While its person is asked, the client waits for nothing: its request has ended with the question. */
  readonly patient: boolean
}

/** What became of a question: whether the call runs, or what is answered instead. */
export interface Verdict {
  readonly decision: Decision
  readonly answer?: Answer
  /** To be told when the call is settled. Never rejects. */
  readonly settled?: () => Promise<void>
}

/** Asks a person about a call that nothing forbids. Never rejects. */
export type Approve = (call: Call, question: Decision & { readonly kind: 'ask' }, caller: Caller) => Promise<Verdict>

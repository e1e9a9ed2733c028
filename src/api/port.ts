// What the control API needs of the gateway behind it, and the shapes that it shows. The app and its client know nothing else of the program.

import type { Answer, Approval, Span, Standing } from '../gateway/approval.ts'
import type { Event } from '../gateway/events.ts'
import type { Fault } from '../gateway/faults.ts'
import type { PinState } from '../gateway/pins.ts'
import type { Who } from '../gateway/principals.ts'
import type { CallState, SessionState, State } from '../gateway/state.ts'
import type { BackendStatus } from '../gateway/types.ts'
import type { Activity, CallFilter, Found, Lifetime, Maybe, StoreStats } from '../store/store.ts'
import type { StoredCall, StoredLeg, StoredPayload } from '../store/stored.ts'

/** What is live in one gateway. */
export interface GatewayStatus {
  readonly v: 1
  readonly id: string
  readonly pid: number
  readonly version: string
  readonly startedAt: number
  readonly sessions: readonly SessionState[]
  readonly backends: readonly BackendStatus[]
  /** In flight. */
  readonly calls: readonly CallState[]
  readonly counters: State['counters']
  /** Of the last calls that were settled, ms; absent before the first. */
  readonly latency?: { readonly p50: number; readonly p95: number; readonly count: number }
  readonly settingsProblem?: string
}

/** A limit with its budgets: one, or one for each key or client that has taken from it. */
export interface LimitStatus {
  readonly id: string
  readonly scope: string
  readonly rate: string
  readonly burst?: number
  readonly unit: 'calls' | 'tokens'
  readonly budgets: readonly {
    /** Whose it is, where each key or each client has its own. */
    readonly key?: string
    readonly client?: string
    readonly left: number
    readonly of: number
    /** When there is something left again, and when all of it is. */
    readonly nextAt?: number
    readonly fullAt?: number
    /** Who has taken how much within the last period. */
    readonly used: readonly { readonly client: string; readonly amount: number }[]
  }[]
}

/** A tool that a client is offered. */
export interface ToolStatus {
  /** Its public name. */
  readonly name: string
  readonly backend: string
  /** What the backend itself calls it. */
  readonly tool: string
  readonly description?: unknown
  /** Whether it is what was accepted, and what a person should know of it: sentences' ends. */
  readonly pin?: PinState
  readonly suspicious?: readonly string[]
  /** The size of its definition: what a client pays for it in every conversation. */
  readonly bytes: number
}

/** A tool, and what it is held to. */
export interface PinStatus {
  /** Its public name. */
  readonly name: string
  readonly backend: string
  readonly tool: string
  readonly state: PinState
  /** What is odd about what is offered. */
  readonly why?: string
  readonly firstAt: number
  readonly offeredAt?: number
  readonly decidedAt?: number
  readonly decidedBy?: string
  /** It is no tool, but what its backend tells the model before anything is asked of it. */
  readonly instructions?: true
  /** What is suspicious: what it means, and the words that gave it away. */
  readonly marks: readonly { readonly kind: string; readonly about: string; readonly words: string }[]
  /** Hashes of what was accepted, and of what is offered instead. */
  readonly accepted?: string
  readonly offered?: string
  /** What has changed, as lines. */
  readonly difference?: readonly { readonly kind: 'was' | 'is' | 'same'; readonly text: string }[]
}

/** What somebody decides about pins. */
export interface PinDeciding {
  readonly decision: 'accept' | 'refuse'
  /** What they have seen is offered: a hash for each public name. What is offered otherwise by now is not decided. */
  readonly offered: Readonly<Record<string, string>>
}

/** What is on record of the last hours, and how much of everything there is. */
export interface ActivityStatus extends Activity {
  readonly sinceAt: number
  readonly slotMs: number
  readonly total: StoreStats
  /** What was ever called, also what is on record no more; absent from an older version. */
  readonly lifetime?: Lifetime
}

/** A question and what became of it. */
export interface ApprovalStatus {
  readonly id: string
  readonly standing: Standing
  /** The call that asked first. */
  readonly call: string
  readonly session: string
  readonly principal: string
  /** The caller's, when it asked; absent where that is not known. */
  readonly roles?: readonly string[]
  readonly client: string
  readonly backend: string
  readonly method: string
  readonly target: string
  /** Which rule asks, and why. */
  readonly rule: string
  readonly reason: string
  /** The rule in words, where the settings still have it. */
  readonly asks?: string
  readonly askedAt: number
  readonly expiresAt: number
  /** Until then its client bears to wait for the answer, if its call still does; absent once the question is answered. */
  readonly heldUntilAt?: number
  /** What the backend says of the tool; absent when nobody needs it any more. */
  readonly description?: string
  readonly risk?: RiskStatus
  /** A yes accepts what has changed of the backend's tools, too: this; null where other things are offered by now. */
  readonly update?: readonly PinStatus[] | null
  /** What an answer is for; it goes with it. */
  readonly argumentsHash: string
  /** JSON text, '' where there are none; absent when nobody needs them any more. */
  readonly arguments?: string
  /** In `arguments` so many secrets are not shown. */
  readonly redacted?: number
  /** A call that meant the same was allowed before, and nobody knows whether it ran. */
  readonly earlier?: string
  /** The call like this one that was allowed last. */
  readonly before?: BeforeStatus
  readonly answer?: Omit<Answer, 'edited'> & { readonly edited?: string }
  readonly used?: Approval['used']
}

/** What a tool may do, as its backend says: a word for programs, and half a sentence. */
export interface RiskStatus {
  readonly kind: 'reads' | 'adds' | 'destroys' | 'unknown'
  readonly says: string
}

/** A call of the same caller to the same tool that a person has allowed and that has run, and what differs now. */
export interface BeforeStatus {
  /** Its question. */
  readonly approval: string
  readonly call: string
  readonly at: number
  readonly by: string
  /** hidden: only in secrets, which are not compared. begins alike: of its arguments only the beginning is kept. unknown: they are not kept. */
  readonly compared: 'same' | 'differs' | 'hidden' | 'begins alike' | 'unknown'
  /** Compared with what a person had put in place of its arguments. */
  readonly edited?: true
  /** Only the beginning was kept, and compared. */
  readonly cut?: true
  /** What was and what is, as lines, without secrets; absent where it is too much to be read. */
  readonly difference?: readonly { readonly kind: 'was' | 'is' | 'same'; readonly text: string }[]
}

/** An answer that holds for later calls too. */
export interface AnswerStatus {
  readonly id: string
  readonly principal: string
  readonly client: string
  readonly backend: string
  readonly target: string
  readonly rule: string
  readonly span: Span
  readonly session?: string
  /** What must stand where in the arguments. */
  readonly pins: Readonly<Record<string, unknown>>
  readonly by: string
  readonly at: number
  readonly usedAt: number
  readonly untilAt?: number
  /** Why it does not hold any more: a sentence. */
  readonly ended?: string
}

/** What somebody answers. */
export interface Answering {
  readonly decision: 'allow' | 'deny'
  readonly argumentsHash: string
  /** `for`: session, always, or a duration such as 5m. `pins`: places in the arguments (JSON pointers) that must say the same again. */
  readonly remember?: { readonly for: string; readonly pins?: readonly string[] }
  /** Other arguments to run with: JSON text. */
  readonly arguments?: string
  /** For the model to read. */
  readonly reason?: string
}

/** Why an answer was not given. */
export interface NotAnswered {
  readonly code: 'not_found' | 'late' | 'differs' | 'invalid' | 'unrecorded' | 'sealed'
  readonly message: string
}

/** A call, with what is kept of what it carried. */
export interface WholeCall extends StoredCall {
  readonly payloads: readonly StoredPayload[]
  /** When it waited for its client; a gateway of an older version does not say. */
  readonly legs?: readonly StoredLeg[]
}

/** Why that did not count. */
export interface NotDecided {
  readonly code: 'not_found' | 'differs' | 'unrecorded'
  readonly message: string
}

/** Somebody who was not let in. */
export interface Refused {
  /** What he came with, whatever it is worth. */
  readonly key: string | undefined
  readonly fault: Fault
  /** His address. */
  readonly from: string
  /** What he asked for, as HTTP says it. */
  readonly asked: string
}

export type Verb = 'start' | 'stop' | 'restart'
export const verbs: readonly Verb[] = ['start', 'stop', 'restart']

export interface Port {
  /** What a request must carry. */
  readonly token: string
  /** Who comes with a key instead, or why nobody does. */
  who(key: string): Maybe<Who>
  /** Puts on record whom it has not let in. */
  refused(one: Refused): void
  status(): GatewayStatus
  /** The state of this moment; with `watch` in the same turn nothing falls between. */
  state(): State
  /** Follows: every batch of events from now on. Gives the way to stop. */
  watch(watcher: (events: readonly Event[]) => void): () => void
  /** Newest first. */
  calls(filter: CallFilter): Maybe<readonly StoredCall[]>
  /** By its id or the beginning of it. */
  call(id: string): Maybe<Found>
  /** What is kept of what it carried. */
  payloads(call: StoredCall): Maybe<readonly StoredPayload[]>
  /** When it waited for its client. */
  legs(call: StoredCall): Maybe<readonly StoredLeg[]>
  limits(): Maybe<readonly LimitStatus[]>
  /** By backend, in the order of the settings; of backends never started nothing is known. */
  tools(): Maybe<readonly ToolStatus[]>
  activity(sinceAt: number, slotMs: number): Maybe<ActivityStatus>
  /** By backend and tool. */
  pins(): Maybe<readonly PinStatus[]>
  /** Decides what a backend, or one tool by its public name, offers instead of what was accepted; `key`: whose key it is done with, none with the token. */
  decide(name: string, deciding: PinDeciding, key?: string): Promise<NotDecided | undefined>
  /** Those that wait for an answer, or `all` that are kept; newest first, without their secrets. */
  approvals(all: boolean): Maybe<readonly ApprovalStatus[]>
  /** By its id; its arguments as they are, their secrets too where no `key` has asked: only this machine's own user sees those. */
  approval(id: string, key?: string): Maybe<ApprovalStatus | undefined>
  /** `key`: whose key it came with, where it was one. */
  answer(id: string, answer: Answering, key?: string): Promise<NotAnswered | undefined>
  answers(): Maybe<readonly AnswerStatus[]>
  /** Somebody is there who can answer questions, until they go. */
  attend(): () => void
  /** Starts, stops or restarts a backend in every session that has it. */
  act(backend: string, verb: Verb): Promise<Fault | 'unknown' | undefined>
}

// What processes share, as the rest of the program sees it. Implementations stand side by side and pass one contract suite.
// Every method may return a promise, and may fail with a StoreProblem; nothing that a call needs on its way depends on one, apart from its limits.

import type { Logins } from '../config/login.ts'
import type { KeyNote } from '../config/master.ts'
import type { Approvals } from '../gateway/approvals.ts'
import type { Budget, Spent, Taken } from '../gateway/budgets.ts'
import type { Era } from '../gateway/types.ts'
import type { Keys } from './keys.ts'
import type { StoredPins } from './pins.ts'
import type { StoredCall, StoredLeg, StoredPayload } from './stored.ts'

export type Maybe<T> = T | Promise<T>

/** A store that can't be used now (`busy`: somebody holds it) or at all; the message says which file and what to do. */
export class StoreProblem extends Error {
  readonly busy: boolean
  constructor(message: string, busy: boolean, cause?: unknown) {
    super(message, { cause })
    this.busy = busy
  }
}

/** A line of a journal on its way into the store. `text` is the line as it stands in the file. */
export interface Entry {
  readonly kind: 'open' | 'settle' | 'note'
  /** The call's id; for a note what it is about. */
  readonly id: string
  readonly seq: number
  /** Wall clock, never running backwards within a journal: retention then always takes a prefix. */
  readonly at: number
  /** Where the line begins in its segment. */
  readonly offset: number
  readonly text: string
  /** What the text says, as far as a store needs it beside the text. */
  readonly fields: Readonly<Record<string, unknown>>
}

/** How far a journal is indexed. The anchor is the last line that retention took: what is left must hang on its hash. */
export interface Progress {
  readonly journal: string
  readonly segment: number
  readonly bytes: number
  readonly seq: number
  readonly hash: string
  readonly at: number
  readonly anchor?: { readonly seq: number; readonly hash: string }
}

/** Some lines of one segment, in order, and where the journal stands after them. */
export interface Batch {
  readonly journal: string
  readonly segment: number
  /** Where the journal must stand (0 and 0 when it was never indexed); else somebody else was faster. */
  readonly from: { readonly segment: number; readonly bytes: number }
  readonly entries: readonly Entry[]
  readonly after: Omit<Progress, 'journal' | 'anchor'>
}

/** busy: somebody writes, nothing was done. behind: the journal no longer stands where the batch begins, nothing was done. */
export type Indexed = 'done' | 'busy' | 'behind'

/** Where a call stands in the order of the log: by time, and what one process did in one millisecond as it did it. */
export type Place = Pick<StoredCall, 'openedAt' | 'journal' | 'seq'>

/** A call, and when it was under way. */
export type CallSpan = Pick<StoredCall, 'id' | 'journal' | 'startedAt'>

export interface CallFilter {
  readonly backend?: string
  /** A public name or the backend's own; `*` stands for anything. */
  readonly tool?: string
  /** A client's name or id. */
  readonly client?: string
  /** The name of the key that it was made with; 'local' without one. */
  readonly key?: string
  /** The project that its client has told, or the last part of its path; `*` stands for anything. */
  readonly project?: string
  /** answered, error (answered with one), waiting, refused, failed, cancelled, open (not settled), or a fault's code. */
  readonly outcome?: string
  readonly sinceAt?: number
  /** Each must stand somewhere in the record or in what is kept of the payloads, whatever its case. */
  readonly words?: readonly string[]
  /** Only what this journal opened after a line. */
  readonly after?: { readonly journal: string; readonly seq: number }
  /** Only what is older than this call: where the last page ended. */
  readonly before?: Place
  /** 50 where none is given. */
  readonly limit?: number
}

/** One call by its id or the beginning of it. */
export type Found =
  { readonly kind: 'found'; readonly call: StoredCall } | { readonly kind: 'none' } | { readonly kind: 'several'; readonly ids: readonly string[] }

/** A change that was no call. */
export interface StoredNote {
  readonly journal: string
  readonly seq: number
  readonly hash: string
  readonly at: number
  /** What it is about; `damaged` is kept of what was no line at all. */
  readonly note: string
  readonly detail: Record<string, unknown>
}

export interface NoteFilter {
  readonly sinceAt?: number
  /** Only what is older than this note: where the last page ended. */
  readonly before?: Pick<StoredNote, 'at' | 'journal' | 'seq'>
  /** 50 where none is given. */
  readonly limit?: number
}

/** A backend's lists as it said them last. `text` is the catalog's own format. */
export interface Remembered {
  /** Keyed hash of the backend's unexpanded configuration. */
  readonly config: string
  /** Hash of the capabilities declared to it. */
  readonly capabilities: string
  readonly backend: string
  readonly era: Era
  readonly revision: string
  readonly at: number
  readonly text: string
}

export type RememberedKey = Pick<Remembered, 'config' | 'capabilities'>

/** A budget that somebody has taken from. */
export interface StoredBudget extends Pick<Budget, 'key' | 'taker'> {
  readonly spent: Spent
}

export interface StoreStats {
  readonly calls: number
  /** Since when. */
  readonly oldestAt?: number
  /** What it takes on disk. */
  readonly bytes: number
}

/** What a stretch of time has seen. `bad` are answers that were errors, and failures. */
export interface Activity {
  /** Those in which anything happened, oldest first; `at` is when a slot begins. */
  readonly slots: readonly { readonly at: number; readonly calls: number; readonly bad: number }[]
  /** How many ended how: answered, error, refused, ...; `open` are not settled. */
  readonly outcomes: Readonly<Record<string, number>>
  /** The busiest, by public name, and by the name or id of the client. */
  readonly tools: readonly Busy[]
  readonly clients: readonly Busy[]
}

export interface Busy {
  readonly name: string
  readonly calls: number
  readonly bad: number
}

/** What was ever called of one tool of one backend. Resources count for their backend alone, with no target; what nobody offers has no backend. */
export interface Total {
  readonly backend: string
  /** The public name. */
  readonly target: string
  readonly sinceAt: number
  readonly calls: number
  readonly answered: number
  /** Answered with an error. */
  readonly errors: number
  readonly refused: number
  readonly failed: number
  readonly cancelled: number
  /** Of results, and of arguments. */
  readonly bytes: number
  readonly argumentBytes: number
}

/** What was ever called, also what retention has taken since; `sinceAt` is when the first of it was. */
export interface Lifetime extends Omit<Total, 'backend' | 'target' | 'sinceAt'> {
  readonly sinceAt?: number
  /** The busiest. */
  readonly tools: readonly Busy[]
  readonly backends: readonly Busy[]
}

/** A journal whose records are all gone is forgotten so long after they went: by then its files are gone too. */
export const JOURNAL_MS = 3 * 24 * 60 * 60 * 1000

export interface Store {
  /** What remote backends have granted us, sealed. */
  readonly logins: Logins
  readonly approvals: Approvals
  readonly pins: StoredPins
  readonly keys: Keys
  /** Never waits for a lock. Indexing twice is harmless. */
  index(batch: Batch): Maybe<Indexed>
  /** Every journal that was indexed and is not forgotten, or one of them. */
  progress(journal?: string): Maybe<readonly Progress[]>
  /** Newest first. */
  calls(filter?: CallFilter): Maybe<readonly StoredCall[]>
  call(idOrPrefix: string): Maybe<Found>
  /** What is kept of what a call carried, in the order of its lines. */
  payloads(call: Pick<StoredCall, 'id' | 'journal'>): Maybe<readonly StoredPayload[]>
  /** When it waited for its client, in the order of its lines. */
  legs(call: CallSpan): Maybe<readonly StoredLeg[]>
  /** Newest first. */
  notes(filter?: NoteFilter): Maybe<readonly StoredNote[]>
  /** For each key the list remembered under it, else the newest under other capabilities; nothing where neither is. */
  recall(keys: readonly RememberedKey[]): Maybe<readonly Remembered[]>
  remember(row: Remembered): Maybe<void>
  /** All that is remembered of a backend. */
  forget(backend: string): Maybe<void>
  /**
   * Takes one call from all of these budgets in one step, or nothing from any; `who` is whose call it is. Who asks for `many` gets as many ahead
   * as does no harm: see the lease. Waits a quarter of a second at most.
   * Where it fails nothing was taken, or what was taken stays taken: never the other way.
   */
  take(budgets: readonly Budget[], who: string, now: number, many?: number): Maybe<Taken>
  /** Gives back what was taken ahead at that time and not used. */
  giveBack(budgets: readonly Budget[], who: string, many: number, takenAt: number, now: number): Maybe<void>
  /** Takes what a result has cost, in one step, whether so much is there or not. Waits likewise. */
  charge(budgets: readonly Budget[], who: string, tokens: number, now: number): Maybe<void>
  /** What was taken from budgets, those apart that are whole again since long. */
  budgets(): Maybe<readonly StoredBudget[]>
  /** A random text, made once and never changed: what keyed hashes are keyed with. */
  salt(): Maybe<string>
  /** Where the master key is, once that is noted; `mine` is noted where nothing is. The first stays. */
  masterKey(mine?: KeyNote): Maybe<KeyNote | undefined>
  stats(): Maybe<StoreStats>
  /** Counted in the step in which a batch is indexed; retention takes nothing of it. */
  lifetime(): Maybe<Lifetime>
  /** What has happened since, in slots of that length, with the ten busiest tools and clients. */
  activity(sinceAt: number, slotMs: number): Maybe<Activity>
  /** Another number than before once somebody else has written; asked often, so it costs next to nothing. */
  version(): Maybe<number>
  /**
   * Takes the oldest records: those from before `olderThanAt`, then as many as it needs to come under `maxBytes`. A part of them at a time:
   * it says how many, and is called again until that is 0. Never waits for a lock.
   */
  prune(olderThanAt: number, maxBytes: number): Maybe<number>
  close(): Maybe<void>
}

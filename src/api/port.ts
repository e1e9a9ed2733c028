// What the control API needs of the gateway behind it, and the shapes that it shows. The app and its client know nothing else of the program.

import type { Event } from '../gateway/events.ts'
import type { Fault } from '../gateway/faults.ts'
import type { CallState, SessionState, State } from '../gateway/state.ts'
import type { BackendStatus } from '../gateway/types.ts'
import type { CallFilter, Found, Maybe } from '../store/store.ts'
import type { StoredCall } from '../store/stored.ts'

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

export type Verb = 'start' | 'stop' | 'restart'
export const verbs: readonly Verb[] = ['start', 'stop', 'restart']

export interface Port {
  /** What a request must carry. */
  readonly token: string
  status(): GatewayStatus
  /** The state of this moment; with `watch` in the same turn nothing falls between. */
  state(): State
  /** Follows: every batch of events from now on. Gives the way to stop. */
  watch(watcher: (events: readonly Event[]) => void): () => void
  /** Newest first. */
  calls(filter: CallFilter): Maybe<readonly StoredCall[]>
  /** By its id or the beginning of it. */
  call(id: string): Maybe<Found>
  /** Starts, stops or restarts a backend in every session that has it. */
  act(backend: string, verb: Verb): Promise<Fault | 'unknown' | undefined>
}

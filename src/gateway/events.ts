// Events: what has happened in this process, folded into its state and sent to who watches. A call never waits for a watcher: events leave in
// batches, at most every 50 ms, and a watcher that can't follow is its own adapter's to cut off.

import type { Clock } from '../lib/clock.ts'
import { emptyState, reduce, type State } from './state.ts'
import type { BackendStatus, ClientInfo, Era } from './types.ts'

export type Event =
  | {
      readonly v: 1
      readonly type: 'session.opened'
      readonly at: number
      readonly session: string
      readonly client: ClientInfo
      readonly era: Era
      readonly revision: string
    }
  | { readonly v: 1; readonly type: 'session.closed'; readonly at: number; readonly session: string; readonly reason: string }
  | {
      readonly v: 1
      readonly type: 'call.started'
      readonly at: number
      readonly id: string
      readonly session: string
      readonly client: string
      /** The key that it was made with, and what its client says that it works on; an older version says neither. */
      readonly principal?: string
      readonly project?: string
      readonly backend: string
      readonly method: string
      readonly target: string
    }
  | {
      readonly v: 1
      readonly type: 'call.settled'
      readonly at: number
      readonly id: string
      readonly backend: string
      /** The kind of its outcome; `error` for an answer that is an error. */
      readonly outcome: string
      readonly fault?: string
      readonly bytes: number
      readonly durationMs: number
    }
  /** A call waits for an answer to this question, its own or one that it has joined; without one it waits no more. */
  | { readonly v: 1; readonly type: 'call.waits'; readonly at: number; readonly id: string; readonly question?: string }
  | { readonly v: 1; readonly type: 'backend.changed'; readonly at: number; readonly backend: BackendStatus }
  /** Something has become of a question or an answer: look. */
  | { readonly v: 1; readonly type: 'approval.changed'; readonly at: number; readonly id: string }
  | { readonly v: 1; readonly type: 'settings.changed'; readonly at: number; readonly problem?: string }

const BATCH_MS = 50

export class Events {
  readonly #clock: Clock
  #batch: Event[] = []
  #state: State = emptyState()
  readonly #watchers = new Set<(events: readonly Event[]) => void>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  readonly emit = (event: Event): void => {
    this.#state = reduce(this.#state, event)
    // Kept for watchers alone: what waits out 50 ms in vain grows old, and costs a full collection.
    if (this.#watchers.size === 0) return
    if (this.#batch.push(event) === 1) this.#clock.after(BATCH_MS, () => this.#send())
  }

  /** The state of this moment. */
  state(): State {
    this.#send()
    return this.#state
  }

  /** Follows: every batch from now on. Take the `state` first, in the same turn. */
  watch(watcher: (events: readonly Event[]) => void): () => void {
    this.#send()
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  #send(): void {
    if (this.#batch.length === 0) return
    const batch = this.#batch
    this.#batch = []
    for (const watcher of this.#watchers) watcher(batch)
  }
}

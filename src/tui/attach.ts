// Following gateways: those that the run folder names, several at once, as they come and go. Each is followed from its state on; a stream that ends
// while its entry is still there (we were too slow, it is busy) is begun again from a fresh state. Nothing is said twice, and nothing after `close`.

import { connect, type ApiClient, type ApiProblem, type Remote, type Target } from '../api/client.ts'
import type { Event } from '../gateway/events.ts'
import type { State } from '../gateway/state.ts'
import type { Clock } from '../lib/clock.ts'

/** A gateway as the run folder, or whoever was asked, knows it. */
export type Found = (Target | Remote) & { readonly id: string; readonly pid: number }

export interface Following {
  onFound(gateway: Found): void
  onState(id: string, state: State): void
  onEvents(id: string, events: readonly Event[]): void
  onGone(id: string): void
  /** It was found, and can not be followed. */
  onProblem?(problem: ApiProblem): void
}

export interface AttachOptions {
  /** Those that can be reached now. */
  readonly find: () => readonly Found[]
  readonly clock: Clock
  /** Somebody here answers questions: calls are held for them. */
  readonly answers?: boolean
  readonly to: Following
  readonly connect?: (target: Target | Remote) => Pick<ApiClient, 'events'>
}

const LOOK_MS = 500

interface One {
  readonly api: Pick<ApiClient, 'events'>
  /** It has answered, and is said to be there. */
  known: boolean
  stop?: () => void
}

export class Attached {
  readonly #options: AttachOptions
  readonly #all = new Map<string, One>()
  #closed = false

  constructor(options: AttachOptions) {
    this.#options = options
    this.#look()
  }

  close(): void {
    this.#closed = true
    for (const { stop } of this.#all.values()) stop?.()
    this.#all.clear()
  }

  #look(): void {
    if (this.#closed) return
    const { find, clock } = this.#options
    const found = find()
    for (const id of [...this.#all.keys()]) if (!found.some(one => one.id === id)) this.#gone(id)
    for (const one of found) this.#follow(one)
    clock.after(LOOK_MS, () => this.#look())
  }

  #gone(id: string): void {
    const one = this.#all.get(id)
    one?.stop?.()
    this.#all.delete(id)
    if (one?.known) this.#options.to.onGone(id)
  }

  #follow(found: Found): void {
    const { to, clock, connect: reach = connect } = this.#options
    const { id } = found
    const one: One = this.#all.get(id) ?? { api: reach(found), known: false }
    this.#all.set(id, one)
    if (one.stop) return
    const current = () => !this.#closed && this.#all.get(id) === one
    let heard = false
    one.stop = one.api.events({
      answers: this.#options.answers,
      onState: state => {
        if (!current()) return
        if (!one.known) to.onFound(found)
        one.known = heard = true
        to.onState(id, state)
      },
      onEvents: events => current() && to.onEvents(id, events),
      onEnd: problem => {
        one.stop = undefined
        if (!current()) return
        // Who was heard is asked again at once; who doesn't answer is gone, also when its entry was left behind.
        if (heard) return void clock.after(0, () => current() && this.#follow(found))
        if (one.known) to.onGone(id)
        one.known = false
        to.onProblem?.(problem)
      },
    })
  }
}

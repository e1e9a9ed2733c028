// A lull: nobody has been heard for a moment. What can wait, waits for it, so that those who speak, all at once as they do at a start, are heard first.

import type { Clock, Timer } from './clock.ts'

export class Lull {
  readonly #clock: Clock
  readonly #quietMs: number
  readonly #mostMs: number
  #coming: { readonly promise: Promise<void>; readonly come: () => void; readonly latest: number } | undefined
  #timer: Timer | undefined
  #ended = false

  constructor(clock: Clock, quietMs: number, mostMs: number) {
    this.#clock = clock
    this.#quietMs = quietMs
    this.#mostMs = mostMs
  }

  /** Somebody was heard. Settles when nobody was for a while; where somebody always is, after the longest wait all the same. */
  readonly heard = (): Promise<void> => {
    if (this.#ended) return Promise.resolve()
    const now = this.#clock.tick()
    if (!this.#coming) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#coming = { promise, come: resolve, latest: now + this.#mostMs }
    }
    this.#timer?.cancel()
    this.#timer = this.#clock.after(Math.max(0, Math.min(this.#quietMs, this.#coming.latest - now)), () => this.come())
    return this.#coming.promise
  }

  /** What waits, waits no longer. */
  come(): void {
    this.#timer?.cancel()
    this.#coming?.come()
    this.#timer = this.#coming = undefined
  }

  /** Nothing waits from now on. */
  end(): void {
    this.#ended = true
    this.come()
  }
}

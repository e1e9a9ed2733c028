// A lull: nobody has been heard for a moment. What can wait, waits for it, so that those who speak, all at once as they do at a start, are heard first.

import type { Clock, Timer } from './clock.ts'

export class Lull {
  readonly #clock: Clock
  readonly #quietMs: number
  readonly #mostMs: number
  readonly #busy: () => boolean
  #coming: { readonly promise: Promise<void>; readonly come: () => void; readonly latest: number } | undefined
  #timer: Timer | undefined
  #ended = false

  /** `busy`: somebody waits for those who speak, and quiet alone is no lull. */
  constructor(clock: Clock, quietMs: number, mostMs: number, busy: () => boolean = () => false) {
    this.#clock = clock
    this.#quietMs = quietMs
    this.#mostMs = mostMs
    this.#busy = busy
  }

  /** Somebody was heard. Settles when nobody was for a while; where somebody always is, after the longest wait all the same. */
  readonly heard = (): Promise<void> => {
    if (this.#ended) return Promise.resolve()
    if (!this.#coming) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#coming = { promise, come: resolve, latest: this.#clock.tick() + this.#mostMs }
    }
    this.#wait(this.#coming.latest)
    return this.#coming.promise
  }

  #wait(latest: number): void {
    const leftMs = Math.max(0, latest - this.#clock.tick())
    this.#timer?.cancel()
    this.#timer = this.#clock.after(Math.min(this.#quietMs, leftMs), () => (leftMs > this.#quietMs && this.#busy() ? this.#wait(latest) : this.come()))
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

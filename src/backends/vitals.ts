// Looks after a running backend at intervals: one that nobody uses is stopped, one that is used is asked for a sign of life.

import type { Clock, Timer } from '../lib/clock.ts'

const HEALTH_MS = 30_000

export interface VitalsHooks {
  /** Calls at work, resources followed: then it is neither idle nor questioned. */
  busy(): boolean
  /** How long ago it was used, ms. */
  unusedMs(): number
  /** Asks for a sign of life; false when none came. */
  ping(): Promise<boolean>
  onidle(): void
  ondead(): void
}

export class Vitals {
  readonly #clock: Clock
  readonly #idleMs: number
  readonly #hooks: VitalsHooks
  #timer: Timer | undefined
  /** Which watch it is: a look that began under an earlier one says nothing about this one. */
  #watch = 0

  /** `idleMs` 0: it is never idle. */
  constructor(clock: Clock, idleMs: number, hooks: VitalsHooks) {
    this.#clock = clock
    this.#idleMs = idleMs
    this.#hooks = hooks
  }

  begin(): void {
    this.end()
    this.#next(this.#watch)
  }

  end(): void {
    this.#watch++
    this.#timer?.cancel()
  }

  #next(watch: number): void {
    this.#timer = this.#clock.after(Math.min(HEALTH_MS, this.#idleMs || HEALTH_MS), () => void this.#look(watch))
  }

  async #look(watch: number): Promise<void> {
    const { busy, unusedMs, ping, onidle, ondead } = this.#hooks
    if (!busy()) {
      if (this.#idleMs > 0 && unusedMs() >= this.#idleMs) return onidle()
      const lives = unusedMs() >= 2 * HEALTH_MS || (await ping())
      if (watch !== this.#watch) return
      if (!lives) return ondead()
    }
    this.#next(watch)
  }
}

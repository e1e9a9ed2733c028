// What comes too often to be told one by one: so many are heard out at once, and one more for each minute; of the others it is told, once a minute, how
// many there were.

import type { Clock, Timer } from './clock.ts'

const MOST = 20
const MINUTE_MS = 60_000

export class Flood {
  readonly #clock: Clock
  readonly #told: (many: number) => void
  #left = MOST
  #countedAt: number
  #many = 0
  #timer: Timer | undefined

  /** `told`: so many were only counted since it was last told. */
  constructor(clock: Clock, told: (many: number) => void) {
    this.#clock = clock
    this.#told = told
    this.#countedAt = clock.tick()
  }

  /** Whether this one is heard out; else it is counted. */
  hears(): boolean {
    const minutes = Math.floor((this.#clock.tick() - this.#countedAt) / MINUTE_MS)
    this.#countedAt += minutes * MINUTE_MS
    this.#left = Math.min(MOST, this.#left + minutes)
    if (this.#left > 0) return --this.#left >= 0
    this.#many++
    this.#timer ??= this.#clock.after(MINUTE_MS, () => this.tell())
    return false
  }

  /** Tells of those that were only counted. */
  tell(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    const many = this.#many
    this.#many = 0
    if (many > 0) this.#told(many)
  }
}

// A circuit breaker: after several failures in a row calls are refused for a while; then one call at a time may try.

import type { Clock } from '../lib/clock.ts'

const FAILURES = 5
const OPEN_MS = 30_000

export class Breaker {
  readonly #clock: Clock
  #failures = 0
  #openUntil = 0
  #trial = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get open(): boolean {
    return this.#openUntil > 0
  }

  /** How long it refuses yet, ms; whoever looks tries nothing. */
  get leftMs(): number {
    return Math.max(0, this.#openUntil - this.#clock.tick())
  }

  /** How long it refuses yet, ms; 0 when a call may pass. A half-open breaker lets one pass and refuses the rest for a second. */
  refusesForMs(): number {
    if (this.#openUntil === 0) return 0
    const left = this.#openUntil - this.#clock.tick()
    if (left > 0) return left
    if (this.#trial) return 1000
    this.#trial = true
    return 0
  }

  success(): void {
    this.#failures = 0
    this.#openUntil = 0
    this.#trial = false
  }

  failure(): void {
    this.#failures++
    if (this.#trial || this.#failures >= FAILURES) this.#openUntil = this.#clock.tick() + OPEN_MS
    this.#trial = false
  }

  /** The trial ended without a verdict: cancelled by its caller. */
  undecided(): void {
    this.#trial = false
  }
}

// The pause before a crashed backend is started again: longer each time, never twice the same for two of them.

const FIRST_MS = 500
const LIMIT_MS = 60_000
/** A backend that ran so long has proved itself: its next pause is the first again. */
const PROVED_MS = 10_000

export class Pauses {
  readonly #random: () => number
  #crashes = 0

  /** `random` gives numbers from 0 to 1. */
  constructor(random: () => number) {
    this.#random = random
  }

  /** How long to pause after a crash, given how long it had been running. */
  next(ranMs: number): number {
    if (ranMs > PROVED_MS) this.#crashes = 0
    const full = Math.min(LIMIT_MS, FIRST_MS * 2 ** this.#crashes++)
    return full * (0.5 + this.#random() / 2)
  }
}

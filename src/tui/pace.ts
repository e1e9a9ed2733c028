// When a frame may be drawn: never more than fifteen in any second, whatever happens. What a key does is drawn at once: what happens by itself leaves
// room for that. Who types faster than that sees the keys of a few hundredths of a second together.

/** A frame's share of a second. */
const FRAME_MS = 83
/** So many shares a key may take ahead; with them it is fifteen frames a second at most. */
const AHEAD = 2

export class Pace {
  /** By then all frames have had their share. */
  #freeAt = -Infinity

  /** How long the next frame waits; one that a key asks for may take its share ahead. */
  dueMs(isAsked: boolean, now: number): number {
    return Math.max(0, this.#freeAt - (isAsked ? AHEAD * FRAME_MS : 0) - now)
  }

  /** A frame is drawn. */
  drawn(now: number): void {
    this.#freeAt = Math.max(this.#freeAt, now) + FRAME_MS
  }
}

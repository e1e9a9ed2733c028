// When a backend's lists are read again: what changes within a moment is read once, one reading at a time. A backend that cries "changed" and
// changes nothing is listened to less and less.

import type { Clock, Timer } from '../lib/clock.ts'

const MOMENT_MS = 100
const LIMIT_MS = 10_000

/** Reads lists of these kinds. `again`: it did not come to an end, and what was to be read still is. */
type Read<Result> = (kinds: ReadonlySet<string>) => Promise<{ result: Result; differs: boolean; again?: boolean }>

export class Relisting<Result> {
  readonly #clock: Clock
  readonly #read: Read<Result>
  #changed = new Set<string>()
  #timer: Timer | undefined
  #reading: Promise<Result> | undefined
  #pauseMs = MOMENT_MS
  #closed = false

  constructor(clock: Clock, read: Read<Result>) {
    this.#clock = clock
    this.#read = read
  }

  /** These kinds must be read again, soon. */
  changed(kinds: Iterable<string>, withinMs = this.#pauseMs): void {
    for (const kind of kinds) this.#changed.add(kind)
    if (this.#reading || this.#timer || this.#closed) return
    this.#timer = this.#clock.after(withinMs, () => void this.now())
  }

  /** Reads what has changed at once, or joins the reading under way. */
  now(): Promise<Result> {
    if (this.#reading) return this.#reading
    this.#timer?.cancel()
    this.#timer = undefined
    const kinds = this.#changed
    this.#changed = new Set()
    this.#reading = this.#read(kinds).then(({ result, differs, again }) => {
      this.#reading = undefined
      if (again) for (const kind of kinds) this.#changed.add(kind)
      this.#pauseMs = differs ? MOMENT_MS : Math.min(LIMIT_MS, this.#pauseMs * 2)
      if (this.#changed.size > 0) this.changed([])
      return result
    })
    return this.#reading
  }

  close(): void {
    this.#closed = true
    this.#timer?.cancel()
  }
}

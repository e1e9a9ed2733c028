// What others write, noticed. A store tells nobody, so its version is looked at: often while something waits for an answer, else now and then,
// and not at all while nobody follows. A store that can't be asked is asked again.

import type { Clock, Timer } from '../lib/clock.ts'
import type { Store } from './store.ts'

const WAITING_MS = 200
const CALM_MS = 2000

interface Follower {
  readonly act: () => void
  readonly waits: boolean
}

/** Looks after one store for everybody in this process. */
export class Watch {
  readonly #open: () => Promise<Pick<Store, 'version'>>
  readonly #clock: Clock
  readonly #followers = new Set<Follower>()
  #version: number | undefined
  #timer: Timer | undefined
  #looking = false

  constructor(open: () => Promise<Pick<Store, 'version'>>, clock: Clock) {
    this.#open = open
    this.#clock = clock
  }

  /** From now on `act` is done whenever somebody has written; at once where something `waits` for it. Gives the way to stop. */
  follow(act: () => void, waits = false): () => void {
    const follower = { act, waits }
    this.#followers.add(follower)
    if (this.#followers.size === 1) void this.#look()
    else this.#wait()
    return () => {
      this.#followers.delete(follower)
      this.#wait()
    }
  }

  #wait(): void {
    this.#timer?.cancel()
    if (this.#looking || this.#followers.size === 0) return
    const waits = [...this.#followers].some(one => one.waits)
    this.#timer = this.#clock.after(waits ? WAITING_MS : CALM_MS, () => void this.#look())
  }

  async #look(): Promise<void> {
    this.#looking = true
    const before = this.#version
    try {
      this.#version = await (await this.#open()).version()
    } catch {
      this.#version = undefined // whatever was written meanwhile: the next look finds another
    }
    this.#looking = false
    try {
      if (this.#version !== before) for (const { act } of [...this.#followers]) act()
    } finally {
      this.#wait()
    }
  }
}

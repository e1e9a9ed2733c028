// How many calls a backend gets at once, and how many may wait their turn. Whoever finds the queue full is told at once.

import type { Stop } from '../lib/signal.ts'

export class Gate {
  readonly #width: number
  readonly #queue: ((entered: boolean) => void)[] = []
  readonly #length: number
  #inside = 0

  constructor(width: number, length: number) {
    this.#width = width
    this.#length = length
  }

  get inside(): number {
    return this.#inside
  }

  get queued(): number {
    return this.#queue.length
  }

  /** True when there was room at once; else ask `wait`. */
  enter(): boolean {
    if (this.#inside >= this.#width) return false
    this.#inside++
    return true
  }

  /** Waits for room: 'entered', 'full' when too many wait already, 'stopped' when the caller gave up. */
  wait(stop: Stop): Promise<'entered' | 'full' | 'stopped'> {
    if (this.#queue.length >= this.#length) return Promise.resolve('full')
    return new Promise(settle => {
      const turn = () => settle('entered')
      this.#queue.push(turn)
      stop.on(() => {
        const index = this.#queue.indexOf(turn)
        if (index < 0) return
        this.#queue.splice(index, 1)
        settle('stopped')
      })
    })
  }

  /** Makes room for the next. */
  leave(): void {
    const next = this.#queue.shift()
    if (next) next(true)
    else this.#inside--
  }
}

// What we post to a remote server. Posts run side by side, so nothing keeps them in order but this: while it holds, they wait, in their order.

import type { Clock, Timer } from '../lib/clock.ts'
import type { Wire } from '../rpc/wire.ts'
import type { Connections, Exchange } from './connections.ts'

/** Over so many bytes on their way, the server reads slower than we send. */
const CONGESTED = 4 * 1024 * 1024

export class Postbox {
  readonly #connections: Connections
  readonly #clock: Clock
  #held: (() => void)[] | undefined
  #timer: Timer | undefined
  #leaving = 0
  #drained: Promise<void> | undefined
  #empty: (() => void) | undefined

  constructor(connections: Connections, clock: Clock) {
    this.#connections = connections
    this.#clock = clock
  }

  /** Posts now or, while it holds, later; `compose` is asked for the exchange when it really begins. What is returned ends it. */
  post(body: readonly Wire[], compose: () => Omit<Exchange, 'method' | 'body' | 'flushed'>): () => void {
    let end: (() => void) | undefined
    let over = false
    const go = () => {
      if (!over) end = this.#go(body, compose())
    }
    if (this.#held) this.#held.push(go)
    else go()
    return () => {
      over = true
      end?.()
    }
  }

  /** What is posted from now on waits; not longer than `ms`, where it is given. */
  hold(ms?: number): void {
    this.#held ??= []
    this.#timer?.cancel()
    this.#timer = ms === undefined ? undefined : this.#clock.after(ms, () => this.release())
  }

  release(): void {
    this.#timer?.cancel()
    const held = this.#held
    this.#held = undefined
    for (const go of held ?? []) go()
  }

  drained(): Promise<void> | undefined {
    if (this.#leaving < CONGESTED) return undefined
    return (this.#drained ??= new Promise(done => (this.#empty = done)))
  }

  /** Forgets what waits. */
  close(): void {
    this.#timer?.cancel()
    this.#held = []
    this.#leaving = -Infinity
    this.#empty?.()
  }

  #go(body: readonly Wire[], exchange: Omit<Exchange, 'method' | 'body' | 'flushed'>): () => void {
    const size = body.reduce((sum, part) => sum + part.length, 0)
    this.#leaving += size
    return this.#connections.ask({
      ...exchange,
      method: 'POST',
      body,
      flushed: () => {
        this.#leaving -= size
        if (this.#leaving >= CONGESTED) return
        this.#empty?.()
        this.#empty = this.#drained = undefined
      },
    })
  }
}

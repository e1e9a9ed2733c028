// The last calls of one backend: how long they took there, and how many went wrong. Two cells a call, written over again and again.

import { percentile } from '../lib/percentile.ts'
import type { BackendStatus } from '../gateway/types.ts'

const MOST = 200

export class Recent {
  /** Made with the first call: most backends of most sessions have none. */
  #ms: Float64Array | undefined
  readonly #bad = new Uint8Array(MOST)
  #n = 0

  add(ms: number, bad: boolean): void {
    this.#ms ??= new Float64Array(MOST)
    const at = this.#n++ % MOST
    this.#ms[at] = ms
    this.#bad[at] = bad ? 1 : 0
  }

  status(): BackendStatus['recent'] {
    if (!this.#ms) return undefined
    const calls = Math.min(this.#n, MOST)
    const took = [...this.#ms.subarray(0, calls)]
    return { calls, bad: this.#bad.subarray(0, calls).reduce((all, one) => all + one, 0), p50: percentile(took, 0.5), p95: percentile(took, 0.95) }
  }
}

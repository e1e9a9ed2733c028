// So many calls of one tool, some of them at once all the time: each answer makes room for the next. Each call is a write of its own, as clients do it.

export interface Measured {
  readonly ms: number
  /** How long each took, ms; meaningful when there is one at once. */
  readonly latencies: Float64Array
}

export interface VolleyOptions {
  readonly count: number
  readonly atOnce: number
  readonly firstId: number
  readonly tool: string
  readonly args: object
  readonly write: (text: string) => void
  readonly done: (measured: Measured) => void
}

export class Volley {
  readonly #options: VolleyOptions
  readonly #tail: string
  readonly #latencies: Float64Array
  readonly #began = performance.now()
  #sent = 0
  #answered = 0
  #sentAt = 0

  constructor(options: VolleyOptions) {
    this.#options = options
    this.#tail = `,"method":"tools/call","params":${JSON.stringify({ name: options.tool, arguments: options.args })}}\n`
    this.#latencies = new Float64Array(options.count)
  }

  /** One answer has come, whole. A client reads it before it goes on. */
  answered(line: string): void {
    const { result } = JSON.parse(line) as { result?: { content?: unknown; isError?: boolean } }
    if (!result?.content || result.isError) throw new Error(`not the answer that was asked for: ${line.slice(0, 500)}`)
    this.#latencies[this.#answered++] = performance.now() - this.#sentAt
  }

  /** Sends as many as there is room for; after the last answer it is done. */
  send(): void {
    const { count, atOnce, firstId, write, done } = this.#options
    if (this.#answered === count) return done({ ms: performance.now() - this.#began, latencies: this.#latencies })
    this.#sentAt = performance.now()
    for (; this.#sent < count && this.#sent - this.#answered < atOnce; this.#sent++) write(`{"jsonrpc":"2.0","id":${firstId + this.#sent}${this.#tail}`)
  }
}

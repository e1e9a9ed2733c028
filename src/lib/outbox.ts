// What is written to one stream. Frames of one turn leave in one write, in their order; small text is joined, large bytes pass uncopied.

import type { Writable } from 'node:stream'
import { spend } from './lines.ts'

/** Over so many bytes waiting, the reader is slower than we are. */
const CONGESTED = 4 * 1024 * 1024

export class Outbox {
  readonly #stream: Writable
  #text = ''
  #scheduled = false
  #corked = false
  #drained: Promise<void> | undefined

  constructor(stream: Writable) {
    this.#stream = stream
  }

  /** Adds one line, given in parts without its end. `spent`: what its bytes are part of, if nobody reads that any more once they are written. */
  line(parts: readonly (string | Buffer)[], spent?: Buffer): void {
    const last = spent && parts.findLast(part => typeof part !== 'string')
    for (const part of parts) {
      if (typeof part === 'string') this.#text += part
      else {
        this.#cork()
        this.#flush()
        if (part === last) this.#stream.write(part, () => spend(spent!))
        else this.#stream.write(part)
      }
    }
    this.#text += '\n'
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      this.#flush()
      if (!this.#corked) return
      this.#corked = false
      this.#stream.uncork()
    })
  }

  /** A promise while more waits than we want to keep; undefined when all is well. */
  drained(): Promise<void> | undefined {
    if (this.#stream.writableLength < CONGESTED) return undefined
    this.#drained ??= new Promise(done => {
      const over = () => {
        this.#drained = undefined
        for (const event of ['drain', 'close', 'error'] as const) this.#stream.off(event, over)
        done()
      }
      for (const event of ['drain', 'close', 'error'] as const) this.#stream.once(event, over)
    })
    return this.#drained
  }

  /** Until the end of the turn: then bytes and the text around them are one write. */
  #cork(): void {
    if (this.#corked) return
    this.#corked = true
    this.#stream.cork()
  }

  #flush(): void {
    if (this.#text === '') return
    const text = this.#text
    this.#text = ''
    this.#stream.write(text, 'latin1')
  }
}

// One POST and what comes back for it. An answer that comes alone and soon is JSON; as soon as something else comes first, or nothing for a while,
// it is a stream of events. Several requests of one POST (a batch of 2025-03-26) are answered together.

import type { OutgoingHttpHeaders } from 'node:http'
import { join } from '../rpc/splice.ts'
import type { Wire } from '../rpc/wire.ts'
import type { EventStream } from './events.ts'
import type { Reply } from './reply.ts'

export interface ExchangeOptions {
  readonly response: Reply
  /** How many answers it waits for. */
  readonly requests: number
  readonly batch: boolean
  readonly headers: OutgoingHttpHeaders
  /** When it becomes a stream, should it not be answered by then; on the clock's `tick`. */
  readonly silentUntil: number
  /** The stream that it becomes. */
  readonly stream: () => EventStream
  /** The status that says the same as this answer. */
  readonly statusOf: (answer: string) => number
}

const json = 'application/json'

export class Exchange {
  readonly #options: ExchangeOptions
  #stream: EventStream | undefined
  #answers: (readonly Wire[])[] = []
  #left: number
  #over = false

  constructor(options: ExchangeOptions) {
    this.#options = options
    this.#left = options.requests
  }

  /** An answer to one of its requests; without parts there will be none. */
  answer(parts: readonly Wire[]): void {
    this.#left--
    if (this.#stream && parts.length > 0) this.#stream.send(parts)
    else if (parts.length > 0) this.#answers.push(parts)
    if (this.#left === 0) this.#end()
  }

  /** Somebody is there to hear what comes. */
  get attached(): boolean {
    return this.#stream ? this.#stream.attached : !this.#options.response.destroyed
  }

  /** How long it may still be silent; when that is over, it is a stream. */
  silence(now: number): number {
    if (this.#stream) return Infinity
    const leftMs = this.#options.silentUntil - now
    if (leftMs > 0) return leftMs
    this.stream()
    return Infinity
  }

  /** Something that comes with its requests, but answers none. */
  send(parts: readonly Wire[]): void {
    this.stream().send(parts)
  }

  /** From now on it is a stream of events. */
  stream(): EventStream {
    if (this.#stream) return this.#stream
    const stream = (this.#stream = this.#options.stream())
    if (!this.#options.response.destroyed) stream.attach(this.#options.response, this.#options.headers)
    for (const answer of this.#answers.splice(0)) stream.send(answer)
    return stream
  }

  #end(): void {
    if (this.#over) return
    this.#over = true
    if (this.#stream) return this.#stream.end()
    // Nothing to say, and no status that says so: a stream without an event.
    if (this.#answers.length === 0) return this.stream().end()
    this.#json()
  }

  #json(): void {
    const { response, headers, batch, statusOf } = this.#options
    if (response.destroyed) return
    const body = join(batch ? this.#answers.flatMap((one, index) => [index === 0 ? '[' : ',', ...one]).concat(']') : this.#answers[0]!)
    response.writeHead(batch ? 200 : statusOf(typeof body === 'string' ? body : ''), { ...headers, 'content-type': json, 'content-length': body.length })
    if (typeof body === 'string') response.end(body, 'latin1')
    else response.end(body)
  }
}

// One stream of server-sent events, over as many connections as it takes. With a replay its events have ids and are kept, also while nobody is
// connected, so that a client whose connection broke goes on where it was. A reader that is slower than we are is cut off, not waited for: what
// waits for one connection is bounded.

import type { OutgoingHttpHeaders } from 'node:http'
import type { Wire } from '../rpc/wire.ts'
import type { Keeper, Replay } from './replay.ts'
import type { Reply } from './reply.ts'

/** So much may wait in one connection; then its reader is slow. */
const SLOW = 1024 * 1024
/** So much, and it is no reader any more. */
const STUCK = 8 * 1024 * 1024
/** What an event costs that is kept, beside its text. */
const KEPT_BYTES = 256
/** What a client waits before it comes back (MCP 2025-11-25, SSE polling), ms. */
const RETRY_MS = 1000

export const eventStream: OutgoingHttpHeaders = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' }

interface Past {
  readonly seq: number
  readonly parts: readonly Wire[]
  giveBack: () => void
}

export interface StreamOptions {
  /** Its name in event ids. */
  readonly name: string
  /** Where its events are kept; without, they have no ids. */
  readonly replay?: Replay
  /** Tells its client at once how to come back. Older ones would take that for a broken message. */
  readonly primes?: boolean
  /** Its reader takes less than comes. */
  readonly onslow?: () => void
  /** It is over, and nothing of it is kept any more. */
  readonly onforgotten?: () => void
}

export class EventStream implements Keeper {
  readonly #options: StreamOptions
  readonly #past: Past[] = []
  #connection: Reply | undefined
  #seq = 0
  /** The last event that no connection can ask for any more. */
  #gone = 0
  #sent = 0
  #over = false

  constructor(options: StreamOptions) {
    this.#options = options
  }

  get attached(): boolean {
    return this.#connection !== undefined
  }

  /**
   * Goes on over this connection, after that event; without one after the last that was sent. False when events in between are forgotten.
   * An older connection ends: each event goes out once.
   */
  attach(connection: Reply, headers: OutgoingHttpHeaders, after = this.#sent): boolean {
    if (after < this.#gone || after > this.#seq) return false
    const before = this.#connection
    this.#connection = connection
    before?.end()
    connection.writeHead(200, { ...eventStream, ...headers })
    connection.on('close', () => {
      if (this.#connection === connection) this.#connection = undefined
    })
    if (this.#options.primes) connection.write(`id: ${this.#options.name}.${after}\nretry: ${RETRY_MS}\ndata: \n\n`)
    else connection.flushHeaders()
    for (const event of this.#past) if (event.seq > after) this.#write(event.seq, event.parts)
    if (this.#over) this.#hangUp()
    return true
  }

  /** Sends one event, or keeps it for who comes; gives its number. */
  send(parts: readonly Wire[]): number {
    const seq = ++this.#seq
    const { replay } = this.#options
    if (replay) {
      let bytes = KEPT_BYTES
      for (const part of parts) bytes += part.length
      const past: Past = { seq, parts, giveBack: () => {} }
      this.#past.push(past)
      past.giveBack = replay.keep(this, bytes) // which may forget it at once
    }
    this.#write(seq, parts)
    return seq
  }

  /** Whether that event has gone out. */
  hasSent(seq: number): boolean {
    return this.#sent >= seq
  }

  /** Nothing comes any more. What is kept of it stays for a while. */
  end(): void {
    if (this.#over) return
    this.#over = true
    this.#hangUp()
    this.#maybeForgotten()
  }

  /** Ends it, and forgets it. */
  forget(): void {
    for (const event of this.#past.splice(0)) event.giveBack()
    if (this.#over) this.#maybeForgotten()
    else this.end()
  }

  forgot(): void {
    this.#gone = this.#past.shift()?.seq ?? this.#gone
    this.#maybeForgotten()
  }

  /** A sign of life, for what stands between us and the client. */
  beat(): void {
    this.#connection?.write(':\n\n')
  }

  /** Resolves when its reader has caught up, or is gone. */
  drained(): Promise<void> {
    const connection = this.#connection
    return new Promise(done => {
      if (!connection) return done()
      connection.once('drain', done)
      connection.once('close', done)
    })
  }

  /** Takes its connection away. */
  cut(): void {
    this.#connection?.destroy()
    this.#connection = undefined
  }

  #maybeForgotten(): void {
    if (this.#over && this.#past.length === 0) this.#options.onforgotten?.()
  }

  #hangUp(): void {
    this.#connection?.end()
    this.#connection = undefined
  }

  #write(seq: number, parts: readonly Wire[]): void {
    const connection = this.#connection
    if (!connection) return
    this.#sent = seq
    let text = this.#options.replay ? `id: ${this.#options.name}.${seq}\ndata: ` : 'data: '
    connection.cork()
    for (const part of parts) {
      if (typeof part === 'string') text += part
      else {
        connection.write(text, 'latin1')
        connection.write(part)
        text = ''
      }
    }
    connection.write(`${text}\n\n`, 'latin1')
    connection.uncork()
    if (connection.writableLength > STUCK) this.cut()
    else if (connection.writableLength > SLOW) this.#options.onslow?.()
  }
}

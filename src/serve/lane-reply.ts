// What answers a request of a lane, as Node's response does: in one write where the answer is one piece, else in chunks. Whoever holds it when it has
// ended holds nothing: the connection may be answering another request by then.

import type { OutgoingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock } from '../lib/clock.ts'
import type { Reply } from './reply.ts'

export interface LaneReplyOptions {
  readonly clock: Clock
  /** How long the connection is kept for the next request, s. */
  readonly keepS: number
  /** All of it is written. */
  readonly onended: () => void
}

export class LaneReply implements Reply {
  headersSent = false
  readonly #socket: Socket
  readonly #options: LaneReplyOptions
  readonly #onclose: (() => void)[] = []
  #head = ''
  /** Its head says how long it is. */
  #measured = false
  #last = false
  #corked = 0
  #over = false

  constructor(socket: Socket, options: LaneReplyOptions) {
    this.#socket = socket
    this.#options = options
  }

  get destroyed(): boolean {
    return this.#over || !this.#socket.writable
  }

  get writableLength(): number {
    return this.#over ? 0 : this.#socket.writableLength
  }

  writeHead(status: number, headers: OutgoingHttpHeaders): this {
    let head = `HTTP/1.1 ${status} ${(reasons ??= process.getBuiltinModule('node:http').STATUS_CODES)[status]}\r\n`
    for (const name in headers) head += `${name}: ${String(headers[name])}\r\n`
    this.#measured = headers['content-length'] !== undefined
    this.#last = headers['connection'] === 'close'
    const { clock, keepS } = this.#options
    this.#head = `${head}date: ${dated(clock.now())}\r\n${this.#last ? '' : `connection: keep-alive\r\nkeep-alive: timeout=${keepS}\r\n`}`
    return this
  }

  flushHeaders(): void {
    if (!this.headersSent && !this.destroyed) this.#socket.write(this.#begun(), 'latin1')
  }

  write(chunk: string | Uint8Array, encoding?: 'latin1'): boolean {
    if (this.destroyed || chunk.length === 0) return false
    const size = typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.length
    const before = `${this.headersSent ? '' : this.#begun()}${this.#measured ? '' : `${size.toString(16)}\r\n`}`
    return this.#put(before, chunk, encoding, this.#measured ? '' : '\r\n')
  }

  end(chunk: string | Uint8Array = '', encoding?: 'latin1'): void {
    if (this.#over) return
    if (!this.destroyed) {
      const whole = !this.headersSent
      if (!whole) this.write(chunk, encoding)
      if (whole && !this.#measured) {
        this.#head += `content-length: ${typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.length}\r\n`
        this.#measured = true
      }
      if (whole) this.#put(this.#begun(), chunk, encoding, '')
      else if (!this.#measured) this.#socket.write('0\r\n\r\n', 'latin1')
    }
    while (this.#corked > 0) this.uncork()
    this.over()
    if (this.#last) this.#socket.destroySoon()
    else this.#options.onended()
  }

  cork(): void {
    if (this.#over) return
    this.#corked++
    this.#socket.cork()
  }

  uncork(): void {
    if (this.#corked === 0) return
    this.#corked--
    this.#socket.uncork()
  }

  /** Breaks it off, and the connection with it: who reads it must not take what came for the whole. */
  destroy(): void {
    if (!this.#over) this.#socket.destroy()
  }

  on(_event: 'close', act: () => void): void {
    this.#onclose.push(act)
  }

  once(event: 'drain' | 'close', act: () => void): void {
    if (event === 'close') this.on(event, act)
    else this.#socket.once(event, act)
  }

  /** It has ended, or its client has left. */
  over(): void {
    if (this.#over) return
    this.#over = true
    for (const act of this.#onclose) act()
  }

  /** The head, to go out with what comes first. */
  #begun(): string {
    this.headersSent = true
    return `${this.#head}${this.#measured ? '' : 'transfer-encoding: chunked\r\n'}\r\n`
  }

  #put(before: string, chunk: string | Uint8Array, encoding: 'latin1' | undefined, after: string): boolean {
    const socket = this.#socket
    if (typeof chunk === 'string' && encoding === 'latin1') return socket.write(before + chunk + after, 'latin1')
    socket.cork()
    if (before !== '') socket.write(before, 'latin1')
    if (typeof chunk === 'string') socket.write(chunk, 'utf8')
    else if (chunk.length > 0) socket.write(chunk)
    const room = after === '' ? !socket.writableNeedDrain : socket.write(after, 'latin1')
    socket.uncork()
    return room
  }
}

/** What statuses are called. */
let reasons: Readonly<Record<number, string | undefined>> | undefined

/** The date as headers have it, made once a second. */
let date = ''
let second = 0

function dated(now: number): string {
  const its = Math.floor(now / 1000)
  if (its !== second) date = new Date(now).toUTCString()
  second = its
  return date
}

// One stream of events that may be read over several connections: cut off, it is opened again from its last event on, after the pause that the
// server asked for (MCP 2025-11-25, transports, resumability). It ends once: when its owner has what it wanted, or has to be told that it won't.

import type { IncomingMessage } from 'node:http'
import type { Clock, Timer } from '../lib/clock.ts'
import type { Wire } from '../rpc/wire.ts'
import { readBody } from './connections.ts'
import { Events } from './events.ts'
import { mediaType } from './refusal.ts'

export interface StreamOwner {
  readonly clock: Clock
  readonly maxFrameBytes: number
  message(data: Wire): void
  oversize(head: string, tail: string, bytes: number): void
  /** A GET; what is returned ends it. */
  get(lastId: string, response: (response: IncomingMessage) => void, failed: (reason: string) => void): () => void
  /** A GET was refused. True: it may be tried again; else the owner has given it up. */
  refused(response: IncomingMessage): boolean
  /** The stream was cut off or has ended: is it to go on? */
  wanted(lastId: string): boolean
  /** It does not go on. */
  lost(reason: string): void
  /** How often it is tried again without an event in between. */
  readonly attempts: number
}

const FIRST_MS = 1000
const LIMIT_MS = 30_000
const TIMER_MAX_MS = 2 ** 31 - 1

export class Stream {
  readonly #owner: StreamOwner
  #lastId = ''
  #retryMs: number | undefined
  #failures = 0
  #over = false
  #paused = false
  #response: IncomingMessage | undefined
  #abort: (() => void) | undefined
  #timer: Timer | undefined

  constructor(owner: StreamOwner) {
    this.#owner = owner
  }

  /** Opens it with a GET. */
  open(): void {
    this.#abort = this.#owner.get(
      this.#lastId,
      response => {
        if (response.statusCode === 200 && mediaType(response) === 'text/event-stream') return this.read(response)
        const again = this.#owner.refused(response)
        response.destroy()
        if (again) this.#again(`the stream was cut off and could not be resumed: HTTP ${response.statusCode}`)
      },
      reason => this.#again(`the stream was cut off and could not be resumed: ${reason}`),
    )
  }

  /** Reads what a request was answered with. */
  read(response: IncomingMessage): void {
    this.#response = response
    if (this.#paused) response.pause()
    const events = new Events(
      {
        event: (type, data) => {
          this.#failures = 0
          if (type === 'message' && !this.#over) this.#owner.message(data)
        },
        oversize: (head, tail, bytes) => {
          if (!this.#over) this.#owner.oversize(head, tail, bytes)
        },
        retry: ms => void (this.#retryMs = Math.min(ms, TIMER_MAX_MS)),
      },
      this.#owner.maxFrameBytes,
      this.#lastId,
    )
    readBody(
      response,
      chunk => {
        events.push(chunk)
        if (events.lastId !== this.#lastId) this.#failures = 0
        this.#lastId = events.lastId
      },
      whole => {
        if (whole && !this.#over) events.end()
        if (this.#over) return
        const reason = whole ? 'the stream ended without an answer' : 'the stream was cut off before the answer'
        if (this.#owner.wanted(this.#lastId)) this.#again(reason)
        else this.#owner.lost(reason)
      },
    )
  }

  pause(on: boolean): void {
    this.#paused = on
    if (on) this.#response?.pause()
    else this.#response?.resume()
  }

  /** Ends it; nothing of it is told any more. */
  end(): void {
    this.#over = true
    this.#timer?.cancel()
    this.#abort?.()
    this.#response?.destroy()
  }

  #again(reason: string): void {
    if (this.#over) return
    if (this.#failures >= this.#owner.attempts) return this.#owner.lost(reason)
    const ms = this.#failures === 0 ? (this.#retryMs ?? FIRST_MS) : Math.max(this.#retryMs ?? 0, Math.min(LIMIT_MS, FIRST_MS * 2 ** this.#failures))
    this.#failures++
    this.#timer = this.#owner.clock.after(ms, () => this.open())
  }
}

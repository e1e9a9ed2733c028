// A client at the HTTP door as a link: many exchanges, one conversation. Each frame that leaves says which request it belongs to and goes into
// that exchange; what belongs to none goes to the stream that a legacy client has opened with GET. A modern client has no such stream, and its
// going away from an exchange is the cancellation of that request; a legacy client may come back (MCP, transports).

import type { OutgoingHttpHeaders } from 'node:http'
import type { Clock, Timer } from '../lib/clock.ts'
import { Passing } from '../lib/passing.ts'
import type { Frame } from '../rpc/frame.ts'
import type { About, Link, Receiver } from '../rpc/link.ts'
import type { Wire } from '../rpc/wire.ts'
import { EventStream } from './events.ts'
import { Exchange } from './exchange.ts'
import type { Replay } from './replay.ts'
import type { Reply } from './reply.ts'

/** A legacy client that waits so long gets a stream, and with it the means to come back to it; a modern one only a sign of life. */
const SILENCE_MS = { legacy: 100, modern: 10_000 }
/** A reader that has not caught up after so long holds up its whole session: it is cut off. */
const PATIENCE_MS = 30_000
/** So long a question waits for a client whose connection broke. */
const BACK_MS = 60_000
const UNHEARD = 'it has no request under way, and no stream open (GET) on which it could be asked'

const GENERAL = '0'

export interface FrontOptions {
  readonly clock: Clock
  /** The session's id; undefined for modern clients, which have none. */
  readonly session?: string
  readonly replay: Replay
  /** Which statuses answers have; only modern clients hear of them. */
  readonly statusOf: (answer: string) => number
}

export class Front implements Link {
  /** Whether the revision of this session tells clients how to come back. */
  primes = false
  /** When it was last heard, on the clock's `tick`. */
  usedAt: number
  readonly #options: FrontOptions
  readonly #ways = new Passing<Exchange>()
  readonly #streams = new Map<string, EventStream>()
  #general: EventStream | undefined
  /** The client has opened that stream, at least once. */
  #listens = false
  /** Looks after those that have been silent for too long: one timer for all of them, for most are answered long before. */
  #silence: Timer | undefined
  #to: Receiver | undefined
  #last = 0
  #congested: Promise<void> | undefined
  #closed = false

  constructor(options: FrontOptions) {
    this.#options = options
    this.usedAt = options.clock.tick()
  }

  get session(): string | undefined {
    return this.#options.session
  }

  /** Nobody waits for anything here. */
  get idle(): boolean {
    return this.#ways.size === 0 && !this.#general?.attached
  }

  /** Nobody is connected; who was may come back. */
  get deserted(): boolean {
    return !this.#general?.attached && this.#ways.values().every(one => !one.attached)
  }

  start(receiver: Receiver): void {
    this.#to = receiver
  }

  /** What came in one POST. False when a request among it has the id of one that is under way. */
  post(frames: readonly Frame[], response: Reply, headers: OutgoingHttpHeaders, batch: boolean): boolean {
    this.usedAt = this.#options.clock.tick()
    const { session } = this.#options
    const ways = new Set<string>()
    for (const frame of frames) {
      if (frame.kind !== 'request') continue
      const way = (frame.via = session === undefined ? `m${++this.#last}` : frame.id)
      if (ways.has(way) || this.#ways.has(way)) return false
      ways.add(way)
    }
    if (ways.size > 0) {
      const exchange = this.#exchange(ways.size, response, headers, batch)
      for (const way of ways) this.#ways.set(way, exchange)
      if (session === undefined) response.on('close', () => this.#left(ways))
    } else response.writeHead(202, { ...headers, 'content-length': 0 }).end()
    for (const frame of frames) this.#to!.read!(frame)
    return true
  }

  /** The stream for what belongs to no request, or one that broke off after that event. False when that can't be told any more. */
  listen(response: Reply, after: string | undefined): boolean {
    this.usedAt = this.#options.clock.tick()
    const headers = { 'mcp-session-id': this.#options.session! }
    this.#listens ||= after === undefined || after.startsWith(`${GENERAL}.`)
    const [, name, seq] = /^(\d{1,10})\.(\d{1,10})$/.exec(after ?? `${GENERAL}.`) ?? []
    if (after === undefined) return this.#stream().attach(response, headers)
    const stream = name === GENERAL ? this.#stream() : this.#streams.get(name ?? '')
    return stream?.attach(response, headers, Number(seq)) ?? false
  }

  send(parts: readonly Wire[], { via, method, id }: About = {}): void {
    const answers = method === undefined && via !== undefined
    const exchange = via === undefined ? undefined : answers ? this.#ways.take(via) : this.#ways.get(via)
    if (answers) return exchange?.answer(parts)
    if (id !== undefined) this.#ask(id, parts, exchange)
    else if (exchange) exchange.send(parts)
    else if (this.#options.session !== undefined) this.#stream().send(parts)
  }

  /** A question goes with the request that it belongs to; else where the client listens; else with any request of its. Who has no ear for it never answers:
   *  whoever asks is told that at once, or when a client whose connection broke has not come back. */
  #ask(id: string, parts: readonly Wire[], exchange: Exchange | undefined): void {
    const other = this.#general?.attached ? undefined : this.#ways.values().findLast(one => one.attached)
    const stream = (exchange ?? other)?.stream() ?? (this.#listens ? this.#general : undefined)
    const failed = (reason: string) => this.#to?.failed?.(id, { unsent: true, reason })
    if (!stream) return queueMicrotask(() => failed(UNHEARD))
    const seq = stream.send(parts)
    if (!stream.hasSent(seq)) this.#options.clock.after(BACK_MS, () => stream.hasSent(seq) || failed('its connection broke, and it did not come back'))
  }

  /** While a reader of this session is slow, nothing more is read from who speaks to it. Modern clients share backends: they are cut off instead. */
  drained(): Promise<void> | undefined {
    return this.#congested
  }

  /** Signs of life on every open stream. */
  beat(): void {
    for (const stream of this.#streams.values()) stream.beat()
  }

  async close(): Promise<void> {
    this.end('the session was ended')
  }

  /** The conversation is over: whoever is behind it hears that, and every exchange ends. */
  end(reason: string): void {
    if (this.#closed) return
    this.#closed = true
    this.#silence?.cancel()
    this.#to?.closed(reason)
    for (const [way, exchange] of this.#ways.entries()) if (this.#ways.take(way)) exchange.answer([])
    for (const stream of [...this.#streams.values()]) stream.forget()
  }

  #exchange(requests: number, response: Reply, headers: OutgoingHttpHeaders, batch: boolean): Exchange {
    const { clock, statusOf, session } = this.#options
    const silenceMs = session === undefined ? SILENCE_MS.modern : SILENCE_MS.legacy
    this.#silence ??= clock.after(silenceMs, this.#tend)
    const silentUntil = this.usedAt + silenceMs
    return new Exchange({ response, requests, batch, headers, silentUntil, statusOf, stream: () => this.#newStream(String(++this.#last)) })
  }

  readonly #tend = (): void => {
    const { clock } = this.#options
    const now = clock.tick()
    let nextMs = Infinity
    for (const exchange of this.#ways.values()) nextMs = Math.min(nextMs, exchange.silence(now))
    this.#silence = nextMs === Infinity ? undefined : clock.after(nextMs, this.#tend)
  }

  #newStream(name: string): EventStream {
    const { session, replay } = this.#options
    const stream: EventStream = new EventStream({
      name,
      onslow: () => this.#slow(stream),
      replay: session === undefined ? undefined : replay,
      primes: this.primes,
      onforgotten: () => this.#streams.delete(name),
    })
    this.#streams.set(name, stream)
    return stream
  }

  #stream(): EventStream {
    return (this.#general ??= this.#newStream(GENERAL))
  }

  #left(ways: ReadonlySet<string>): void {
    for (const way of ways) if (this.#ways.take(way)) this.#to?.left?.(way)
  }

  /** Its reader is slow, and holds up the session until it has caught up. */
  #slow(stream: EventStream): void {
    if (this.#congested || this.#options.session === undefined) return
    const timer = this.#options.clock.after(PATIENCE_MS, () => stream.cut())
    this.#congested = stream.drained().then(() => {
      timer.cancel()
      this.#congested = undefined
    })
  }
}

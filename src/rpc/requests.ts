// Our requests over one link: ids and progress tokens are ours, each request is answered, fails or is cancelled exactly once, and what comes
// for a request that is over is swallowed. The caller's frame is not rebuilt: its id and token are replaced where they stand.

import type { Clock, Timer } from '../lib/clock.ts'
import { Passing } from '../lib/passing.ts'
import type { Stop } from '../lib/signal.ts'
import { parse, type Frame, type Malformed } from './frame.ts'
import type { Link, LinkFailure, Receiver } from './link.ts'
import { idOf, quickReply, replyOf, type Reply } from './reply.ts'
import { splice, type Edit } from './splice.ts'
import { encode, plain, type Wire } from './wire.ts'

export type Ended =
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'timeout'; readonly ms: number }
  | { readonly kind: 'oversize'; readonly bytes: number }
  | { readonly kind: 'lost'; readonly failure: LinkFailure }

export interface RequestOptions {
  readonly timeoutMs: number
  readonly stop?: Stop
  readonly name?: string
  /** Arguments that a transport says outside the body. */
  readonly params?: Readonly<Record<string, string>>
  /** Every progress notification of this request; its token is ours. */
  readonly onProgress?: (frame: Frame) => void
  /** A handshake is never cancelled (MCP, cancellation). */
  readonly cancellable?: boolean
  /** The request of the other side's that it is asked for. */
  readonly via?: string
}

export interface RequestsHooks {
  request(frame: Frame, to?: string): void
  notification(frame: Frame, to?: string): void
  /** Nobody waits for the answer to this request any more. */
  left?(via: string): void
  /** A line that is no message. */
  malformed(problem: Malformed, wire: Wire, to?: string): void
  /** A line over the limit that answers nothing of ours. */
  oversize(head: string, bytes: number): void
  closed(reason: string): void
  /** An answer to what came by that way, or that there will be none: true where somebody else takes it. */
  answered?(via: string, parts: readonly Wire[]): boolean
}

interface Pending {
  readonly options: RequestOptions
  readonly settle: (ended: Ended) => void
  deadline: number
  end?: () => void
}

export class Requests implements Receiver {
  readonly #link: Link
  readonly #clock: Clock
  readonly #hooks: RequestsHooks
  readonly #pending = new Passing<Pending>()
  #last = 0
  #timer: Timer | undefined
  #wakeAt = Infinity
  #closed: string | undefined
  /** How much the other side wants to know from us before it can go on. */
  #awaited = 0

  constructor(link: Link, clock: Clock, hooks: RequestsHooks) {
    this.#link = link
    this.#clock = clock
    this.#hooks = hooks
    link.start(this)
  }

  get inFlight(): number {
    return this.#pending.size
  }

  /** Who waits for an answer of ours is not late with its own: meanwhile no time runs out, and then it has all of its time again. */
  async awaited<T>(answer: Promise<T>): Promise<T> {
    this.#awaited++
    try {
      return await answer
    } finally {
      if (--this.#awaited === 0) this.#anew()
    }
  }

  /** Sends a request and settles once; never rejects. */
  send(frame: Frame, edits: readonly Edit[], options: RequestOptions): Promise<Ended> {
    if (this.#closed !== undefined) return Promise.resolve({ kind: 'lost', failure: { unsent: true, reason: this.#closed } })
    if (options.stop?.stopped) return Promise.resolve({ kind: 'cancelled' })
    const id = String(++this.#last)
    return new Promise(settle => {
      const pending: Pending = { options, settle, deadline: this.#clock.tick() + options.timeoutMs }
      this.#pending.set(id, pending)
      this.#wake(pending.deadline)
      const idAt = frame.top('id')!
      const token = frame.metaMembers.length ? frame.metaMembers.find(one => one.key === 'progressToken') : undefined
      const all: Edit[] = [{ start: idAt.start, end: idAt.end, text: id }, ...edits]
      if (token) all.push({ start: token.start, end: token.end, text: id })
      options.stop?.on(reason => this.#cancel(id, reason))
      this.#link.send(splice(frame.wire, all), {
        id,
        method: frame.method,
        name: options.name,
        params: options.params,
        via: options.via,
        cancelled: end => {
          pending.end = end
        },
      })
    })
  }

  /** `via`: the request that it belongs to. */
  notify(frame: Frame, edits: readonly Edit[], via?: string): void {
    if (this.#closed === undefined) this.#link.send(splice(frame.wire, edits), { method: frame.method, via })
  }

  /** A notification of our own making. */
  tell(method: string, parts: readonly Wire[], via?: string): void {
    if (this.#closed === undefined) this.#link.send(parts, { method, via })
  }

  /** The answer to the request that came by `via`. `from`: what it is cut from, if that has no other reader. */
  respond(parts: readonly Wire[], via?: string, from?: Wire): void {
    if (this.#closed !== undefined || (via !== undefined && this.#hooks.answered?.(via, parts))) return
    const spent = from === undefined || typeof from === 'string' ? undefined : from
    this.#link.send(parts, via === undefined && spent === undefined ? undefined : { via, spent })
  }

  /** There will be no answer to that request: it was cancelled. */
  unanswered(via: string | undefined): void {
    if (via !== undefined) this.respond([], via)
  }

  /** A promise while the other side reads slower than we send. */
  drained(): Promise<void> | undefined {
    return this.#link.drained()
  }

  frame(wire: Wire, to?: string): void {
    try {
      this.#take(wire, to)
    } catch (error) {
      this.#broken(wire, error)
    }
  }

  /** What nobody foresaw in one message ends that message, never the link or the process. */
  #broken(wire: Wire, error: unknown): void {
    const frame = parse(wire)
    if (frame.kind === 'request') this.respond(internal(frame.id, error))
  }

  read(frame: Frame): void {
    try {
      this.#sort(frame)
    } catch (error) {
      if (frame.kind === 'request') this.respond(internal(frame.id, error), frame.via)
    }
  }

  left(via: string): void {
    this.#hooks.left?.(via)
  }

  /** What may stop the request of ours with this id, as long as it has no answer. */
  stopOf(id: string | undefined): Stop | undefined {
    return id === undefined ? undefined : this.#pending.get(id)?.options.stop
  }

  #take(wire: Wire, to?: string): void {
    const quick = quickReply(wire)
    if (quick) return this.#reply(quick)
    const frame = parse(wire)
    if (frame.kind === 'malformed') {
      // An answer that nobody can read is one all the same: who asked need not wait for another.
      if (frame.answer && this.#pending.has(frame.id))
        this.#settle(frame.id, { kind: 'lost', failure: { unsent: false, reason: `its answer is malformed: ${frame.message}` } })
      return this.#hooks.malformed(frame, wire, to)
    }
    this.#sort(frame, to)
  }

  #sort(frame: Frame, to?: string): void {
    if (frame.kind === 'request') return this.#hooks.request(frame, to)
    if (frame.kind === 'notification') return frame.method === 'notifications/progress' ? this.#progress(frame) : this.#hooks.notification(frame, to)
    const reply = replyOf(frame)
    if (reply) this.#reply(reply)
    else this.#settle(frame.id, { kind: 'lost', failure: { unsent: false, reason: 'its result is not an object' } })
  }

  oversize(head: string, tail: string, bytes: number, to?: string): void {
    const id = idOf(head, tail) ?? to
    if (id !== undefined && this.#pending.has(id)) this.#settle(id, { kind: 'oversize', bytes })
    else this.#hooks.oversize(head, bytes)
  }

  failed(id: string, failure: LinkFailure): void {
    this.#settle(id, { kind: 'lost', failure })
  }

  closed(reason: string): void {
    if (this.#closed !== undefined) return
    this.#closed = reason
    for (const [id] of this.#pending.entries()) this.#settle(id, { kind: 'lost', failure: { unsent: false, reason } })
    this.#timer?.cancel()
    this.#hooks.closed(reason)
  }

  #reply(reply: Reply): void {
    this.#settle(reply.to, { kind: 'reply', reply })
  }

  #settle(id: string, ended: Ended): void {
    this.#pending.take(id)?.settle(ended)
  }

  #progress(frame: Frame): void {
    const pending = this.#pending.get(plain(frame.params['progressToken']))
    if (!pending) return
    pending.deadline = this.#clock.tick() + pending.options.timeoutMs
    pending.options.onProgress?.(frame)
  }

  #cancel(id: string, reason: string): void {
    const pending = this.#pending.get(id)
    if (!pending || pending.options.cancellable === false) return
    this.#settle(id, { kind: 'cancelled' })
    this.#tellCancelled(id, pending, reason)
  }

  #tellCancelled(id: string, pending: Pending, reason: string): void {
    this.#link.send([`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${id},"reason":${encode(reason)}}}`], {
      method: 'notifications/cancelled',
    })
    pending.end?.()
  }

  #wake(at: number): void {
    if (at >= this.#wakeAt) return
    this.#timer?.cancel()
    this.#wakeAt = at
    this.#timer = this.#clock.after(Math.max(1, at - this.#clock.tick()), () => this.#expire())
  }

  #anew(): void {
    const now = this.#clock.tick()
    for (const pending of this.#pending.values()) {
      pending.deadline = Math.max(pending.deadline, now + pending.options.timeoutMs)
      this.#wake(pending.deadline)
    }
  }

  #expire(): void {
    const now = this.#clock.tick()
    let next = Infinity
    this.#wakeAt = Infinity
    this.#timer = undefined
    if (this.#awaited > 0) return
    for (const [id, pending] of this.#pending.entries()) {
      if (pending.deadline > now) {
        next = Math.min(next, pending.deadline)
        continue
      }
      this.#settle(id, { kind: 'timeout', ms: pending.options.timeoutMs })
      if (pending.options.cancellable === false) pending.end?.()
      else this.#tellCancelled(id, pending, 'timed out')
    }
    if (next < Infinity) this.#wake(next)
  }
}

/** The answer to a request that we failed over. */
export const internal = (id: string, error: unknown): readonly Wire[] => [
  `{"jsonrpc":"2.0","id":${id},"error":{"code":-32603,"message":${encode(`Internal error: ${plain(error instanceof Error ? error.message : error)}`)}}}`,
]

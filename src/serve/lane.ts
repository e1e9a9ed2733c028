// A connection's short way. Node's HTTP server makes two streams and a dozen events of every request, half of what a call over HTTP takes. Almost every
// request is a POST whose head is plain (head.ts) and whose answer is one piece: those are read and answered here. With the first that is not, and
// from its first byte, the connection is Node's for good. One request at a time: the next one is read when this one is answered and taken.

import type { Socket } from 'node:net'
import type { Clock } from '../lib/clock.ts'
import { Gather, wireOf } from '../rpc/gather.ts'
import type { Wire } from '../rpc/wire.ts'
import { readHead, type Head } from './head.ts'
import { LaneReply, type LaneReplyOptions } from './lane-reply.ts'
import type { Asked, Reply } from './reply.ts'

export interface LaneOptions {
  readonly clock: Clock
  /** A body that is longer goes the long way: there it costs its length as well. */
  readonly longest: number
  readonly limits: { readonly headersMs: number; readonly requestMs: number; readonly keepMs: number }
  /** Somebody asks. */
  readonly knock: (asked: Asked, reply: Reply) => void
  /** From here on the connection is somebody else's; what it has said is before it again. */
  readonly pass: (socket: Socket) => void
  /** It is over, or somebody else's. */
  readonly onclosed: (lane: Lane) => void
}

export class Lane {
  readonly #socket: Socket
  readonly #options: LaneOptions
  /** What is being answered. */
  #reply: LaneReply | undefined
  /** So many bytes of its body are still to come, to whoever reads them. */
  #left = 0
  #take: ((chunk: Buffer) => void) | undefined
  /** Since when it is as it is, on the clock's `tick`. */
  #since: number
  /** The head that was read last, where there was one. */
  #last: Head | undefined
  readonly #replies: LaneReplyOptions

  constructor(socket: Socket, options: LaneOptions) {
    this.#socket = socket
    this.#options = options
    this.#since = options.clock.tick()
    this.#replies = { clock: options.clock, keepS: Math.floor(options.limits.keepMs / 1000), onended: () => this.#answered() }
    socket.on('data', this.#heard).on('end', this.#ended).on('close', this.#closed).on('error', this.#failed).on('timeout', this.#failed)
  }

  /** Takes it away where nothing is under way. */
  hangUp(): void {
    if (!this.#reply) this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  /** Takes it away where it has been silent for too long. */
  tend(): void {
    const { headersMs, requestMs, keepMs } = this.#options.limits
    const waits = this.#reply !== undefined || this.#socket.writableNeedDrain
    const limit = this.#left > 0 ? requestMs : waits ? Infinity : this.#last ? keepMs : headersMs
    if (this.#options.clock.tick() - this.#since > limit) this.#socket.destroy()
  }

  readonly #heard = (chunk: Buffer): void => {
    if (this.#left === 0) return this.#reply ? this.#wait(chunk) : this.#begin(chunk)
    if (this.#reply && !this.#take) return this.#wait(chunk)
    const part = chunk.length > this.#left ? chunk.subarray(0, this.#left) : chunk
    this.#left -= part.length
    this.#take?.(part)
    if (part.length < chunk.length) this.#heard(chunk.subarray(part.length))
  }

  /** Who has sent all that he will send takes no answer either: so it is with Node's server. */
  readonly #ended = (): void => void this.#socket.end()
  readonly #failed = (): void => void this.#socket.destroy()

  readonly #closed = (): void => {
    this.#options.onclosed(this)
    this.#reply?.over()
  }

  /** It comes before its time. */
  #wait(chunk: Buffer): void {
    this.#socket.pause()
    this.#socket.unshift(chunk)
  }

  #begin(chunk: Buffer): void {
    const head = readHead(chunk, this.#last)
    if (!head || head.length > this.#options.longest) return this.#pass(chunk)
    this.#since = this.#options.clock.tick()
    this.#last = head
    const { url, headers, size, length } = head
    const here = Math.min(chunk.length - size, length)
    const reply = (this.#reply = new LaneReply(this.#socket, this.#replies))
    this.#left = length - here
    this.#take = undefined
    if (size + here < chunk.length) this.#wait(chunk.subarray(size + here))
    const body = chunk.subarray(size, size + here)
    const read: Asked['read'] = (limit, done) => (here === length && length <= limit ? done(wireOf(body)) : this.#read(body, length, limit, done))
    const socket = this.#socket
    const asked = { method: 'POST', url, headers, from: () => socket.remoteAddress ?? '', read }
    this.#options.knock(asked, reply)
  }

  /** A body that is not all there yet, or is too long. */
  #read(body: Buffer, length: number, limit: number, done: (body: Wire | undefined) => void): void {
    if (length > limit) return done(undefined)
    const whole = new Gather(limit, length)
    whole.add(body)
    this.#take = chunk => {
      whole.add(chunk)
      if (whole.size === length) done(wireOf(whole.take()))
    }
    this.#socket.resume()
  }

  /** What is left of the body of a request that is answered already is nobody's. */
  #answered(): void {
    this.#reply = this.#take = undefined
    this.#since = this.#options.clock.tick()
    const socket = this.#socket
    if (socket.writableNeedDrain) this.#lag()
    else if (socket.isPaused()) socket.resume()
  }

  /** Its client takes an answer more slowly than we give it: nothing more is read meanwhile. Who takes nothing at all for so long is cut off. */
  #lag(): void {
    const socket = this.#socket.pause().setTimeout(this.#options.limits.requestMs)
    socket.once('drain', () => {
      this.#since = this.#options.clock.tick()
      socket.setTimeout(0).resume()
    })
  }

  #pass(chunk: Buffer): void {
    const socket = this.#socket
    socket.off('data', this.#heard).off('end', this.#ended).off('close', this.#closed).off('error', this.#failed).off('timeout', this.#failed)
    this.#options.onclosed(this)
    socket.pause()
    socket.unshift(chunk)
    this.#options.pass(socket)
    socket.resume()
  }
}

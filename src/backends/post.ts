// One frame that was posted, and how the HTTP response to it is read: as JSON, or as a stream of events that is resumed when it is cut off.

import type { IncomingMessage } from 'node:http'
import type { Clock, Timer } from '../lib/clock.ts'
import type { About, LinkFailure, Receiver } from '../rpc/link.ts'
import type { Wire } from '../rpc/wire.ts'
import { readBody } from './connections.ts'
import { Gather, wireOf } from '../rpc/gather.ts'
import { answers, attributed, messagesOf, respondsTo } from './messages.ts'
import { Stream, type StreamOwner } from './stream.ts'

export class Post {
  readonly id: string | undefined
  readonly method: string | undefined
  readonly name: string | undefined
  readonly params: Readonly<Record<string, string>> | undefined
  readonly modern: boolean
  /** It has left, or is about to. */
  started = false
  /** A response to it has begun, or there will be none. */
  headed = false
  answered = false
  tooLarge = false
  /** Nothing is told of it any more. */
  over = false
  /** What was posted, kept while other credentials may be tried with it. */
  parts: readonly Wire[] | undefined
  /** The credentials it has left with. */
  used = ''
  /** It was refused for want of credentials, once. */
  refused = false
  /** Ends its exchange. */
  abort: (() => void) | undefined
  /** What is being read for it. As objects: closures kept here instead cost 20 µs of garbage collection a call (measured, V8 14). */
  response: IncomingMessage | undefined
  stream: Stream | undefined
  linger: Timer | undefined

  constructor({ id, method, name, params }: About, modern: boolean) {
    this.id = id
    this.method = method
    this.name = name
    this.params = params
    this.modern = modern
  }

  end(): void {
    this.over = true
    this.linger?.cancel()
    this.stream?.end()
    this.abort?.()
  }

  pause(on: boolean): void {
    this.stream?.pause(on)
    if (on) this.response?.pause()
    else this.response?.resume()
  }
}

/** What the reading of a response needs of its link. */
export interface PostOwner {
  readonly clock: Clock
  readonly maxFrameBytes: number
  readonly paused: boolean
  readonly to: Receiver
  readonly get: StreamOwner['get']
  fail(post: Post, failure: LinkFailure): void
  /** Its exchange has ended. */
  done(post: Post, reason: string): void
  /** A stream was to be resumed, and the server does not know the session. */
  gone(): void
  /** A stream was to be resumed and we were not let in: whether it may be tried again, with other credentials. */
  renewing(): boolean
}

/** A server should end the stream with the answer; so long it may take to do so. */
const LINGER_MS = 1000
const RESUME_ATTEMPTS = 5

/** Hands one message of its response on. */
export function deliver(owner: PostOwner, post: Post, message: Wire): void {
  if (post.over) return
  const to = post.answered ? undefined : post.id
  if (to !== undefined) post.answered = answers(message, to)
  owner.to.frame(message, to)
}

/** Reads a JSON body. */
export function readJson(owner: PostOwner, post: Post, response: IncomingMessage): void {
  const announced = Number(response.headers['content-length'] ?? 0)
  const body = new Gather(owner.maxFrameBytes, announced)
  post.response = response
  if (owner.paused) response.pause()
  readBody(
    response,
    chunk => {
      if (post.over) return
      body.add(chunk)
      if (!body.over) return
      owner.to.oversize(body.ends.head, body.ends.tail, Math.max(announced, body.size), post.id)
      post.tooLarge = true
      owner.done(post, '')
    },
    whole => {
      if (post.over) return
      if (!whole) return owner.done(post, 'the answer was cut off')
      const id = post.id!
      for (const message of messagesOf(wireOf(body.take()))) deliver(owner, post, answers(message, id) ? message : (attributed(message, id) ?? message))
      owner.done(post, 'the response holds no answer')
    },
  )
}

/** Reads a stream of events to its answer, over several connections if need be. */
export function readEvents(owner: PostOwner, post: Post, response: IncomingMessage): void {
  const stream = new Stream({
    clock: owner.clock,
    maxFrameBytes: owner.maxFrameBytes,
    attempts: RESUME_ATTEMPTS,
    message: data => {
      for (const message of messagesOf(data)) deliver(owner, post, message)
      if (post.answered && !post.over) post.linger ??= owner.clock.after(LINGER_MS, () => owner.done(post, ''))
    },
    oversize: (head, tail, bytes) => {
      const mine = respondsTo(head, tail) === post.id
      post.tooLarge ||= !post.answered
      post.answered ||= mine
      owner.to.oversize(head, tail, bytes, mine ? post.id : undefined)
    },
    get: (lastId, response, failed) => owner.get(lastId, response, failed),
    refused: ({ statusCode }) => {
      if (statusCode! >= 500 || (statusCode === 401 && owner.renewing())) return true
      if (statusCode === 404) owner.gone()
      owner.done(post, `the stream was cut off and could not be resumed: HTTP ${statusCode}`)
      return false
    },
    wanted: lastId => !post.answered && !post.modern && lastId !== '',
    lost: reason => owner.done(post, reason),
  })
  post.stream = stream
  if (owner.paused) stream.pause(true)
  stream.read(response)
}

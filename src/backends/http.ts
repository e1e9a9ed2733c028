// Streamable HTTP, as a client, in both eras. Every frame of ours is a POST; what comes back is JSON or a stream of events.
// Legacy: a session, a GET stream for what the server says on its own, streams that are resumed. Modern (2026-07-28): each POST stands alone,
// and ending it is the cancellation. Invariants: the receiver is never called from inside `send` or `close`; every request whose exchange ends is
// told by `failed` at the latest, so that an answer that nobody could read leaves nobody waiting; no header's value is in a reason.

import type { IncomingMessage } from 'node:http'
import { systemClock, type Clock, type Timer } from '../lib/clock.ts'
import { MODERN } from '../rpc/eras.ts'
import type { About, Link, LinkFailure, Receiver } from '../rpc/link.ts'
import type { Wire } from '../rpc/wire.ts'
import { Connections, type ConnectionsOptions } from './connections.ts'
import { hidden, letIn, type Credentials } from './credentials.ts'
import { LinkHeaders, sessionOf } from './headers.ts'
import { answers, attributed, errorCode } from './messages.ts'
import { deliver, Post, readEvents, readJson, type PostOwner } from './post.ts'
import { Postbox } from './postbox.ts'
import { mediaType, readRefusal, secretsOf, type Refusal } from './refusal.ts'
import { Stream } from './stream.ts'

export interface RemoteOptions extends ConnectionsOptions {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** What a login got; stands in place of a header `authorization`. */
  readonly credentials?: Credentials
  readonly maxFrameBytes: number
}

/** A link to a remote server; it learns from `revision` what the handshake settled on. */
export interface RemoteLink extends Link {
  revision(revision: string): void
  pause(on: boolean): void
}

const CLOSE_MS = 1000
/** How long frames wait for `notifications/initialized` to be accepted. */
const GATE_MS = 10_000
/** When a session has ended, requests that were sent at the same time get so long to learn that they were not begun. */
const ENDING_MS = 250
const METHOD_NOT_FOUND = -32601

/** Streamable HTTP. Throws a TypeError when the URL is none. */
export const httpLink = (options: RemoteOptions): RemoteLink => new HttpLink(options)

class HttpLink implements RemoteLink, PostOwner {
  readonly clock: Clock
  readonly maxFrameBytes: number
  readonly #connections: Connections
  readonly #postbox: Postbox
  readonly #headers: LinkHeaders
  readonly #credentials: Credentials | undefined
  readonly #secrets: string[]
  readonly #posts = new Set<Post>()
  to!: Receiver
  paused = false
  #listening: Stream | undefined
  #ending: Timer | undefined
  #closed = false
  #closing: Promise<void> | undefined

  constructor(options: RemoteOptions) {
    const url = new URL(options.url)
    this.clock = options.clock ?? systemClock
    this.maxFrameBytes = options.maxFrameBytes
    this.#headers = new LinkHeaders(options.headers, options.credentials)
    this.#credentials = options.credentials
    this.#secrets = secretsOf(url, options.headers)
    this.#connections = new Connections(url, options)
    this.#postbox = new Postbox(this.#connections, this.clock)
  }

  start(receiver: Receiver): void {
    this.to = receiver
  }

  revision(revision: string): void {
    this.#headers.revision = revision
  }

  send(parts: readonly Wire[], about: About = {}): void {
    const { method } = about
    const { revision } = this.#headers
    const modern = revision ? revision >= MODERN : method === 'server/discover'
    if (this.#closed || (modern && method === 'notifications/cancelled')) return
    const post = new Post(about, modern)
    this.#posts.add(post)
    about.cancelled?.(() => this.#drop(post))
    if (this.#credentials) post.parts = parts
    this.#post(post, parts)
    if (method === 'notifications/initialized' && !modern) this.#postbox.hold(GATE_MS)
  }

  drained(): Promise<void> | undefined {
    return this.#postbox.drained()
  }

  pause(on: boolean): void {
    this.paused = on
    this.#listening?.pause(on)
    for (const post of this.#posts) post.pause(on)
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  #post(post: Post, parts: readonly Wire[]): void {
    post.abort = this.#postbox.post(parts, () => {
      post.started = true
      return {
        headers: this.#headers.of(post),
        response: response => this.#response(post, response),
        failed: (unsent, reason) => {
          this.#heard(post)
          this.fail(post, { unsent, reason })
        },
      }
    })
  }

  fail(post: Post, failure: LinkFailure): void {
    if (post.over) return
    this.#drop(post)
    if (post.id !== undefined) this.to.failed?.(post.id, failure)
  }

  done(post: Post, reason: string): void {
    const said = post.tooLarge ? 'its answer is over the limit of one message' : post.answered ? 'its answer could not be read' : reason
    this.fail(post, { unsent: false, reason: said })
  }

  gone(): void {
    if (this.#headers.session !== '') this.#sessionEnded()
  }

  renewing(): boolean {
    const credentials = this.#credentials
    if (credentials) void credentials.renew(credentials.authorization)
    return credentials !== undefined
  }

  get(lastId: string, response: (response: IncomingMessage) => void, failed: (reason: string) => void): () => void {
    const headers = this.#headers.ofStream(lastId)
    return this.#connections.ask({ method: 'GET', headers, response, failed: (_, reason) => failed(reason) })
  }

  #drop(post: Post): void {
    this.#posts.delete(post)
    post.end()
  }

  #response(post: Post, response: IncomingMessage): void {
    const status = response.statusCode!
    if (status < 200 || status > 299) return readRefusal(response, hidden(post.used, this.#secrets), this.clock, refusal => this.#refused(post, refusal))
    post.parts = undefined
    if (post.method === 'initialize' && !post.modern) this.#headers.session = sessionOf(response)
    const type = mediaType(response)
    if (post.id === undefined) this.#accepted(post, response)
    else if (type === 'application/json') readJson(this, post, response)
    else if (type === 'text/event-stream') readEvents(this, post, response)
    else readRefusal(response, hidden(post.used, this.#secrets), this.clock, ({ reason }) => this.fail(post, { unsent: false, reason }))
    this.#heard(post)
  }

  /** A notification or response of ours has arrived; what the server says to that means nothing. */
  #accepted(post: Post, response: IncomingMessage): void {
    post.over = true
    this.#posts.delete(post)
    if (mediaType(response) === 'text/event-stream') response.destroy()
    else readRefusal(response, [], this.clock, () => {})
    if (post.method === 'notifications/initialized' && !post.modern && !this.#listening && !this.#closed) this.#listen()
  }

  #refused(post: Post, refusal: Refusal): void {
    const { status, reason, body } = refusal
    if (post.over) return
    const own = post.id !== undefined && answers(body, post.id)
    if (this.#headers.session !== '' && post.method !== 'initialize') {
      // 404 is what MCP prescribes; servers after the SDK's own example say 400 "No valid session ID provided".
      const gone = status === 404 ? !own || errorCode(body) !== METHOD_NOT_FOUND : status === 400 && !own && /session/i.test(reason)
      if (gone) return this.#sessionEnded(post)
    }
    this.#heard(post)
    if (status === 401 || status === 403) return void this.#notLetIn(post, refusal)
    const answer = post.id === undefined || (status >= 500 && !own) ? undefined : attributed(body, post.id)
    if (answer === undefined) return this.fail(post, { unsent: false, reason })
    deliver(this, post, answer)
    this.done(post, reason)
  }

  async #notLetIn(post: Post, { status, reason, challenge }: Refusal): Promise<void> {
    const { used, refused, parts } = post
    post.refused = true
    const failure = await letIn({ status, reason, challenge, used, again: refused || !parts }, this.#credentials)
    if (post.over) return
    if (failure) this.fail(post, failure)
    else if (this.#closed) this.fail(post, { unsent: true, reason: 'the link was closed' })
    else this.#post(post, parts!)
  }

  /** Something is known of it now. */
  #heard(post: Post): void {
    post.headed = true
    if (this.#ending) this.#endSession(false)
    else if (post.method === 'notifications/initialized') this.#postbox.release()
  }

  /** The stream for what the server says on its own. A server need not have one. */
  #listen(): void {
    let opened = false
    this.#listening = new Stream({
      clock: this.clock,
      maxFrameBytes: this.maxFrameBytes,
      attempts: Infinity,
      message: data => this.to.frame(data),
      oversize: (head, tail, bytes) => this.to.oversize(head, tail, bytes),
      get: (lastId, response, failed) => {
        const unreferenced = (one: IncomingMessage) => {
          opened ||= one.statusCode === 200
          one.socket.unref()
          response(one)
        }
        return this.get(lastId, unreferenced, failed)
      },
      refused: ({ statusCode }) => {
        if (statusCode === 404 && opened) this.gone()
        if (statusCode === 401) return this.renewing()
        return statusCode === 409 || statusCode === 429 || (statusCode! >= 500 && statusCode !== 501)
      },
      wanted: () => true,
      lost: () => {},
    })
    this.#listening.pause(this.paused)
    this.#listening.open()
  }

  /** The server does not know our session any more (MCP, transports, session management): the layer above begins a new one. */
  #sessionEnded(post?: Post): void {
    if (this.#closed) return
    if (post) {
      post.headed = true
      post.started = false
    }
    this.#postbox.hold()
    this.#ending ??= this.clock.after(ENDING_MS, () => this.#endSession(true))
    this.#endSession(false)
  }

  #endSession(now: boolean): void {
    if (this.#closed || (!now && [...this.#posts].some(post => post.started && !post.headed))) return
    for (const post of [...this.#posts]) if (!post.started) this.fail(post, { unsent: true, reason: 'the server ended the session' })
    if (this.#closed) return
    this.#stop()
    this.#connections.close()
    this.to.closed('the server ended the session')
  }

  /** Ends everything that is under way; nobody is told. */
  #stop(): void {
    this.#closed = true
    this.#ending?.cancel()
    this.#listening?.end()
    this.#postbox.close()
    for (const post of this.#posts) this.#drop(post)
  }

  async #close(): Promise<void> {
    const session = this.#closed ? '' : this.#headers.session
    if (!this.#closed) {
      this.#stop()
      queueMicrotask(() => this.to?.closed('the link was closed'))
    }
    if (session)
      await new Promise<void>(done => {
        const timer = this.clock.after(CLOSE_MS, done)
        const settled = () => {
          timer.cancel()
          done()
        }
        this.#connections.ask({ method: 'DELETE', headers: this.#headers.ofSession(), response: settled, failed: settled })
      })
    this.#connections.close()
  }
}

// HTTP+SSE, the transport of revision 2024-11-05: one GET stream brings everything, and names the endpoint that takes our POSTs.
// When that stream ends, the session with it is over: the link is closed, and the layer above begins anew.

import type { IncomingMessage } from 'node:http'
import { systemClock, type Clock } from '../lib/clock.ts'
import type { About, LinkFailure, Receiver } from '../rpc/link.ts'
import { fromWire, type Wire } from '../rpc/wire.ts'
import { Connections, readBody } from './connections.ts'
import { hidden, letIn, type Credentials } from './credentials.ts'
import { Events } from './events.ts'
import { lowerCased } from './headers.ts'
import type { RemoteLink, RemoteOptions } from './http.ts'
import { attributed } from './messages.ts'
import { Postbox } from './postbox.ts'
import { mediaType, readRefusal, secretsOf, type Refusal } from './refusal.ts'

const GATE_MS = 10_000

/** HTTP+SSE. Throws a TypeError when the URL is none. */
export const sseLink = (options: RemoteOptions): RemoteLink => new SseLink(options)

interface Post {
  readonly id: string | undefined
  readonly parts: readonly Wire[]
  readonly initialized: boolean
  /** The credentials it has left with. */
  used: string
  /** It was refused for want of credentials, once. */
  refused: boolean
  over: boolean
  end: () => void
}

class SseLink implements RemoteLink {
  readonly #url: URL
  readonly #maxFrameBytes: number
  readonly #clock: Clock
  readonly #connections: Connections
  readonly #postbox: Postbox
  readonly #headers: Record<string, string>
  readonly #credentials: Credentials | undefined
  readonly #secrets: string[]
  readonly #posts = new Set<Post>()
  #to: Receiver | undefined
  #revision = ''
  #endpoint: string | undefined
  #stream: IncomingMessage | undefined
  #paused = false
  #closed = false

  constructor(options: RemoteOptions) {
    this.#url = new URL(options.url)
    this.#maxFrameBytes = options.maxFrameBytes
    this.#clock = options.clock ?? systemClock
    this.#headers = lowerCased(options.headers)
    this.#credentials = options.credentials
    this.#secrets = secretsOf(this.#url, options.headers)
    this.#connections = new Connections(this.#url, options)
    this.#postbox = new Postbox(this.#connections, this.#clock)
    this.#postbox.hold()
  }

  start(receiver: Receiver): void {
    this.#to = receiver
    this.#listen(false)
  }

  #listen(again: boolean): void {
    const used = this.#credentials?.authorization ?? ''
    this.#connections.ask({
      method: 'GET',
      headers: { ...this.#own(used), accept: 'text/event-stream' },
      response: response => {
        if (response.statusCode === 200 && mediaType(response) === 'text/event-stream') return this.#read(response)
        readRefusal(response, hidden(used, this.#secrets), this.#clock, refusal => void this.#notOpened(refusal, used, again))
      },
      failed: (_, reason) => this.#over({ unsent: true, reason }),
    })
  }

  async #notOpened({ status, reason, challenge }: Refusal, used: string, again: boolean): Promise<void> {
    if (status !== 401 && status !== 403) return this.#over({ unsent: true, reason })
    const failure = await letIn({ status, reason, challenge, used, again }, this.#credentials)
    if (failure) this.#over(failure)
    else if (!this.#closed) this.#listen(true)
  }

  /** What says who we are. */
  #own(authorization: string): Record<string, string> {
    return authorization ? { ...this.#headers, authorization } : this.#headers
  }

  revision(revision: string): void {
    this.#revision = revision
  }

  send(parts: readonly Wire[], { id, method, cancelled }: About = {}): void {
    if (this.#closed) return
    const initialized = method === 'notifications/initialized'
    const post: Post = { id, parts, initialized, used: '', refused: false, over: false, end: () => {} }
    this.#posts.add(post)
    cancelled?.(() => this.#drop(post))
    this.#post(post)
    if (initialized) this.#postbox.hold(GATE_MS)
  }

  #post(post: Post): void {
    const settled = () => {
      if (post.initialized) this.#postbox.release()
    }
    post.end = this.#postbox.post(post.parts, () => {
      post.used = this.#credentials?.authorization ?? ''
      return {
        path: this.#endpoint,
        headers: { ...this.#own(post.used), 'content-type': 'application/json', ...(this.#revision && { 'mcp-protocol-version': this.#revision }) },
        response: response => {
          const good = response.statusCode! >= 200 && response.statusCode! <= 299
          readRefusal(response, hidden(post.used, this.#secrets), this.#clock, refusal =>
            good || post.over ? this.#posts.delete(post) : this.#refused(post, refusal),
          )
          settled()
        },
        failed: (unsent, reason) => {
          settled()
          this.#fail(post, { unsent, reason })
        },
      }
    })
  }

  drained(): Promise<void> | undefined {
    return this.#postbox.drained()
  }

  pause(on: boolean): void {
    this.#paused = on
    if (on) this.#stream?.pause()
    else this.#stream?.resume()
  }

  async close(): Promise<void> {
    if (!this.#closed) {
      this.#stop()
      queueMicrotask(() => this.#to?.closed('the link was closed'))
    }
  }

  #read(response: IncomingMessage): void {
    this.#stream = response
    const events = new Events(
      {
        event: (type, data) => {
          if (this.#closed) return
          if (type === 'endpoint') this.#open(fromWire(data))
          else if (type === 'message') this.#to!.frame(data)
        },
        oversize: (head, tail, bytes) => {
          if (!this.#closed) this.#to!.oversize(head, tail, bytes)
        },
      },
      this.#maxFrameBytes,
    )
    readBody(
      response,
      chunk => events.push(chunk),
      whole => {
        if (whole && !this.#closed) events.end()
        this.#over({ unsent: true, reason: whole ? 'the server ended the event stream' : 'the event stream was cut off' })
      },
    )
    if (this.#paused) response.pause()
  }

  /** Our POSTs carry credentials: they go to no other origin than the one that the settings name. */
  #open(endpoint: string): void {
    const to = URL.canParse(endpoint, this.#url) ? new URL(endpoint, this.#url) : undefined
    if (to?.origin !== this.#url.origin) return this.#over({ unsent: true, reason: 'the endpoint that the server names is of another origin' })
    const first = this.#endpoint === undefined
    this.#endpoint = to.pathname + to.search
    if (first) this.#postbox.release()
  }

  #refused(post: Post, refusal: Refusal): void {
    const { status, reason, body } = refusal
    if (status === 401 || status === 403) return void this.#notLetIn(post, refusal)
    if (status === 404 || (status === 400 && /session|transport/i.test(reason))) {
      this.#fail(post, { unsent: true, reason: 'the server ended the session' })
      return this.#over({ unsent: true, reason: 'the server ended the session' })
    }
    const answer = post.id === undefined || status >= 500 ? undefined : attributed(body, post.id)
    if (answer === undefined) return this.#fail(post, { unsent: false, reason })
    this.#drop(post)
    this.#to!.frame(answer, post.id)
  }

  async #notLetIn(post: Post, { status, reason, challenge }: Refusal): Promise<void> {
    const { used, refused } = post
    post.refused = true
    const failure = await letIn({ status, reason, challenge, used, again: refused }, this.#credentials)
    if (failure) this.#fail(post, failure)
    else if (!post.over) this.#post(post)
  }

  #drop(post: Post): void {
    post.over = true
    this.#posts.delete(post)
    post.end()
  }

  #fail(post: Post, failure: LinkFailure): void {
    if (post.over) return
    this.#drop(post)
    if (post.id !== undefined) this.#to!.failed?.(post.id, failure)
  }

  /** The stream is gone, or never came: then what was to be sent to its endpoint has not left. */
  #over(failure: LinkFailure): void {
    if (this.#closed) return
    if (this.#endpoint === undefined) for (const post of [...this.#posts]) this.#fail(post, failure)
    if (this.#closed) return
    this.#stop()
    this.#to!.closed(failure.reason)
  }

  #stop(): void {
    this.#closed = true
    this.#postbox.close()
    for (const post of this.#posts) this.#drop(post)
    this.#stream?.destroy()
    this.#connections.close()
  }
}

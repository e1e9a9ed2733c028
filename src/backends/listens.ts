// What a modern backend says unasked it says to who listens (MCP 2026-07-28, subscriptions/listen). One listening is for its lists and for every
// resource and task that is followed: begun anew when that changes, and again when it has ended.

import type { Clock } from '../lib/clock.ts'
import { Stop } from '../lib/signal.ts'
import { META_SUBSCRIPTION } from '../rpc/eras.ts'
import { compose, parse, type Frame } from '../rpc/frame.ts'
import { replyOf, type Reply } from '../rpc/reply.ts'
import type { Ended, RequestOptions } from '../rpc/requests.ts'

/** A listening that has ended is begun again after so long, and ever later. */
const AGAIN_MS = 1000
const LIMIT_MS = 60_000

const LISTS = ['tools', 'prompts', 'resources'] as const
type List = (typeof LISTS)[number]

export interface ListensHooks {
  send(frame: Frame, options: RequestOptions): Promise<Ended>
  stopOf(id: string): Stop | undefined
  /** Nobody listened for a while: this list may have changed. */
  missed(list: List): void
}

/** What is followed, by what the filter calls it: URIs, ids of tasks. */
const followable = ['resourceSubscriptions', 'taskIds'] as const
type Followable = (typeof followable)[number]

interface Listening {
  readonly stop: Stop
  /** The one that this one is to replace. */
  readonly before: Listening | undefined
  /** Who waits to hear whether these are followed. */
  readonly waiting: Record<Followable, Map<string, (followed: boolean) => void>>
}

export class Listens {
  readonly #hooks: ListensHooks
  readonly #clock: Clock
  readonly #lists: readonly List[]
  readonly #followed: Record<Followable, Set<string>> = { resourceSubscriptions: new Set(), taskIds: new Set() }
  #current: Listening | undefined
  #pauseMs = AGAIN_MS
  #closed = false

  /** Begins to listen for the lists that the backend says may change. */
  constructor(capabilities: Record<string, unknown>, clock: Clock, hooks: ListensHooks) {
    this.#hooks = hooks
    this.#clock = clock
    this.#lists = LISTS.filter(list => (capabilities[list] as { listChanged?: boolean } | undefined)?.listChanged)
    if (this.#lists.length > 0) this.#begin()
  }

  /** resources/subscribe and unsubscribe in the words of this era, and the same for a task (`over`: no longer): the answer is given once the backend
   *  has acknowledged. */
  async follow({ method, params }: Frame, { name = '', timeoutMs, stop }: RequestOptions): Promise<Ended> {
    const what: Followable = method === 'subscriptions/listen' ? 'taskIds' : 'resourceSubscriptions'
    if (method === 'resources/unsubscribe' || params['over'] === true) {
      if (this.#followed[what].delete(name)) this.#less()
      return { kind: 'reply', reply: done }
    }
    const followed = await new Promise<boolean | undefined>(settle => {
      const timer = this.#clock.after(timeoutMs, () => settle(undefined))
      stop?.on(() => settle(undefined))
      this.#followed[what].add(name)
      this.#begin({ what, name, heard: heard => (timer.cancel(), settle(heard)) })
    })
    if (followed) return { kind: 'reply', reply: done }
    if (stop?.stopped) return { kind: 'cancelled' }
    return followed === undefined ? { kind: 'timeout', ms: timeoutMs } : { kind: 'reply', reply: refused }
  }

  /** The backend has said what it will tell of. */
  acknowledged(frame: Frame): void {
    const at = frame.metaMembers.find(one => one.key === META_SUBSCRIPTION)
    const stop = at && this.#hooks.stopOf(frame.text.slice(at.start, at.end))
    const current = this.#current
    if (!current || current.stop !== stop) return
    this.#pauseMs = AGAIN_MS
    for (const what of followable) {
      const honored = (frame.params['notifications'] as Record<string, unknown> | undefined)?.[what]
      const names = new Set(Array.isArray(honored) ? (honored as unknown[]) : [])
      for (const [name, settle] of current.waiting[what]) {
        if (!names.has(name)) this.#followed[what].delete(name)
        settle(names.has(name))
      }
      current.waiting[what].clear()
    }
    for (let old = current.before; old; old = old.before) old.stop.stop('listening anew')
    this.#current = { ...current, before: undefined }
  }

  close(): void {
    this.#closed = true
  }

  #less(): void {
    if (this.#wanted) return this.#begin()
    const last = this.#current
    this.#current = undefined
    for (let one = last; one; one = one.before) one.stop.stop('nobody listens')
  }

  get #wanted(): boolean {
    return this.#lists.length > 0 || followable.some(what => this.#followed[what].size > 0)
  }

  #begin(more?: { what: Followable; name: string; heard: (followed: boolean) => void }): void {
    const before = this.#current
    const waiting = { resourceSubscriptions: new Map(before?.waiting.resourceSubscriptions), taskIds: new Map(before?.waiting.taskIds) }
    for (const what of followable) before?.waiting[what].clear()
    if (more) waiting[more.what].set(more.name, more.heard)
    const listening = { stop: new Stop(), before, waiting }
    this.#current = listening
    const notifications = {
      ...Object.fromEntries(this.#lists.map(list => [`${list}ListChanged`, true])),
      ...Object.fromEntries(followable.filter(what => this.#followed[what].size > 0).map(what => [what, [...this.#followed[what]]])),
    }
    const frame = compose({ id: 0, method: 'subscriptions/listen', params: { notifications } })
    void this.#hooks.send(frame, { timeoutMs: Infinity, stop: listening.stop }).then(ended => this.#ended(listening, ended))
  }

  #ended(listening: Listening, ended: Ended): void {
    if (this.#closed || this.#current?.stop !== listening.stop) return
    const no = ended.kind === 'reply' && ended.reply.error
    for (const what of followable)
      for (const [name, settle] of listening.waiting[what]) {
        if (no) this.#followed[what].delete(name)
        settle(false)
      }
    this.#current = no ? listening.before : undefined
    if (no) return
    const pauseMs = this.#pauseMs
    this.#pauseMs = Math.min(pauseMs * 2, LIMIT_MS)
    this.#clock.after(pauseMs, () => {
      if (this.#closed || this.#current) return
      // What was said in between, nobody has heard.
      for (const list of this.#lists) this.#hooks.missed(list)
      if (this.#wanted) this.#begin()
    })
  }
}

const composed = (message: object): Reply => replyOf(parse(JSON.stringify({ jsonrpc: '2.0', id: 0, ...message })) as Frame)!
const done = composed({ result: {} })
const refused = composed({ error: { code: -32601, message: 'The server does not tell of changes to this resource' } })

// What a client hears without having asked: changed lists, log messages, updated resources. A legacy client hears all of it; a modern one what it
// listens for (MCP 2026-07-28, subscriptions/listen), each message under the id of its own listen request.

import type { Clock } from '../lib/clock.ts'
import { META_SUBSCRIPTION, withMeta, withoutMeta } from '../rpc/eras.ts'
import { compose, type Frame } from '../rpc/frame.ts'
import type { Requests } from '../rpc/requests.ts'
import type { Span } from '../rpc/spans.ts'
import { encode } from '../rpc/wire.ts'
import { result } from './answers.ts'
import type { Catalog } from './catalog.ts'
import { publicUri } from './names.ts'
import { knowsTasks, withoutTasks } from './tasks.ts'
import type { Backend, ListKind, Origin } from './types.ts'

const flags = ['toolsListChanged', 'promptsListChanged', 'resourcesListChanged'] as const
type Flag = (typeof flags)[number]

/** Of the legacy era, with a place of their own in the modern one or none. */
const KNOWN = new Set([
  'notifications/tools/list_changed',
  'notifications/prompts/list_changed',
  'notifications/resources/list_changed',
  'notifications/elicitation/complete',
  'notifications/tasks/status',
])

/** While the client can't take more, nothing more is read from who speaks unasked. */
export function spare(front: Requests, backend: Backend | undefined): void {
  const drained = front.drained()
  if (!drained) return
  backend?.pause(true)
  void drained.then(() => backend?.pause(false))
}

/** A listening is acknowledged after so long, whether or not every backend has said that it will tell. */
const ACKNOWLEDGE_MS = 5000

/** One listen request. */
interface Listen {
  readonly frame: Frame
  readonly origin: Origin
  readonly heard: ReadonlySet<Flag>
  readonly uris: ReadonlySet<string>
  readonly tasks: ReadonlySet<string>
}

/** Who makes backends tell of a resource, or of a task. */
export interface Followers {
  /** Whether they will. `over`: whether nobody wants to know it any more. */
  follow(name: string, follower: string, origin: Origin, over: () => boolean): Promise<boolean>
  leave(name: string, follower: string): void
}

export interface TaskFollowers extends Followers {
  /** Whether that client is told what this backend says of a task. */
  tells(frame: Frame, backend: string, origin: Origin): boolean | Promise<boolean>
}

/** Whom a notification concerns that a backend says of its own. */
export interface Ways {
  /** By which way came the request that it belongs to, if any. */
  way(): string | undefined
  /** By which way it goes to a modern client where nobody knows what it is: only with the request that it belongs to. */
  ofCall(): { readonly via: string | undefined } | undefined
  /** By which way a log message goes to a modern client, if it goes there: only with a request that wants messages of this level. */
  ofLog(level: unknown): { readonly via: string | undefined } | undefined
}

export class Listening {
  readonly #front: Requests
  readonly #clock: Clock
  readonly #followers: Followers
  readonly #tasks: TaskFollowers
  readonly #origin: () => Origin
  /** By their requests' keys. */
  readonly #listens = new Map<string, Listen>()

  constructor(front: Requests, clock: Clock, followers: Followers, tasks: TaskFollowers, origin: () => Origin) {
    this.#front = front
    this.#clock = clock
    this.#followers = followers
    this.#tasks = tasks
    this.#origin = origin
  }

  /** A modern client listens: acknowledged with what it will hear, which is over at once where that is nothing. */
  async listen(frame: Frame, origin: Origin): Promise<void> {
    const wanted = (frame.params['notifications'] ?? {}) as Record<string, unknown>
    const heard = flags.filter(flag => wanted[flag] === true)
    const uris = strings(wanted['resourceSubscriptions'])
    const ids = strings(wanted['taskIds'])
    if (ids.length > 0 && !knowsTasks(origin)) return this.#front.respond(withoutTasks(frame.id), frame.via)
    const listen = { frame, origin, heard: new Set<Flag>(), uris: new Set<string>(), tasks: new Set<string>() }
    this.#listens.set(frame.key, listen)
    const over = () => this.#listens.get(frame.key) !== listen
    const [followed = [], tasks = []] =
      uris.length + ids.length > 0
        ? await Promise.all([
            this.#promised(uris, uri => this.#followers.follow(uri, frame.key, origin, over)),
            this.#promised(ids, id => this.#tasks.follow(id, frame.key, origin, over)),
          ])
        : []
    if (over()) return
    const honored = {
      ...Object.fromEntries(heard.map(flag => [flag, true])),
      ...(followed.length > 0 && { resourceSubscriptions: followed }),
      ...(tasks.length > 0 && { taskIds: tasks }),
    }
    this.#tell(frame, 'notifications/subscriptions/acknowledged', { notifications: honored })
    if (Object.keys(honored).length === 0) return this.#end(frame)
    this.#listens.set(frame.key, { frame, origin, heard: new Set(heard), uris: new Set(followed), tasks: new Set(tasks) })
  }

  /** The client cancelled a request; true when it was a listen, which ends then. */
  cancelled(key: string): boolean {
    const listen = this.#listens.get(key)
    if (!listen) return false
    this.#listens.delete(key)
    const wanted = listen.frame.params['notifications'] as Record<string, unknown> | undefined
    for (const uri of strings(wanted?.['resourceSubscriptions'])) this.#followers.leave(uri, key)
    for (const id of strings(wanted?.['taskIds'])) this.#tasks.leave(id, key)
    return true
  }

  /** The end of the session: every listening ends with its result. */
  close(): void {
    for (const { frame } of [...this.#listens.values()]) this.#end(frame)
  }

  listChanged(kind: ListKind): void {
    const of = kind === 'templates' ? 'resources' : kind
    const method = `notifications/${of}/list_changed`
    if (this.#origin().era === 'legacy') this.#front.notify(compose({ method }), [])
    for (const { frame, heard } of this.#listens.values()) if (heard.has(`${of}ListChanged`)) this.#tell(frame, method, {})
  }

  /** A notification of a backend's, on its own or with a request. */
  heard(backend: string, frame: Frame, catalog: Catalog, { way, ofCall, ofLog }: Ways): void {
    const { method } = frame
    if (method.startsWith('notifications/subscriptions/')) return
    const at = method === 'notifications/resources/updated' ? frame.param('uri') : undefined
    if (at) return this.#updated(backend, frame, at, catalog)
    if (this.#origin().era === 'legacy') return this.#front.notify(frame, withoutMeta(frame, META_SUBSCRIPTION), way())
    if (method === 'notifications/tasks') return this.#ofTask(backend, frame)
    // A modern client hears of its requests, and what it listens for.
    const along = method === 'notifications/message' ? ofLog(frame.params['level']) : KNOWN.has(method) ? undefined : ofCall()
    if (along) this.#front.notify(frame, withoutMeta(frame, META_SUBSCRIPTION), along.via)
  }

  #updated(backend: string, frame: Frame, at: Span, catalog: Catalog): void {
    const uri = String(frame.params['uri'])
    const owner = catalog.find('resources', uri)?.backend
    const key = owner !== undefined && owner !== backend ? publicUri(backend, uri) : uri
    const edits = key === uri ? [] : [{ start: at.start, end: at.end, text: encode(key) }]
    if (this.#origin().era === 'legacy') this.#front.notify(frame, [...edits, ...withoutMeta(frame, META_SUBSCRIPTION)])
    // What changed may be a part of what is followed (MCP, resources, notifications/resources/updated).
    for (const { frame: listen, uris } of this.#listens.values())
      if (uris.has(key) || [...uris].some(followed => key.startsWith(followed)))
        this.#front.notify(frame, [...edits, ...withMeta(frame, META_SUBSCRIPTION, listen.id)], listen.via)
  }

  /** A task concerns who has it, and who listens for it (the tasks extension, task status notifications). */
  #ofTask(backend: string, frame: Frame): void {
    const id = String(frame.params['taskId'])
    for (const { frame: listen, origin, tasks } of this.#listens.values()) {
      if (!tasks.has(id)) continue
      const tell = (may: boolean) =>
        may && this.#listens.has(listen.key) && this.#front.notify(frame, withMeta(frame, META_SUBSCRIPTION, listen.id), listen.via)
      const may = this.#tasks.tells(frame, backend, origin)
      if (may instanceof Promise) void may.then(tell)
      else tell(may)
    }
  }

  /** Makes backends tell of all these; gives those of which they will, or may yet say that they will. */
  async #promised(followed: readonly string[], follow: (one: string) => Promise<boolean>): Promise<string[]> {
    const no = new Set<string>()
    const all = Promise.all(followed.map(async one => (await follow(one)) || no.add(one)))
    await new Promise<void>(done => {
      const timer = this.#clock.after(ACKNOWLEDGE_MS, done)
      void all.then(() => (timer.cancel(), done()))
    })
    return followed.filter(one => !no.has(one))
  }

  #end({ id, via, key }: Frame): void {
    this.cancelled(key)
    this.#front.respond(result(id, 'modern', `"_meta":{"${META_SUBSCRIPTION}":${id}}`), via)
  }

  #tell({ id, via }: Frame, method: string, params: Record<string, unknown>): void {
    const inside = encode(params).slice(1, -1)
    const meta = `"_meta":{"${META_SUBSCRIPTION}":${id}}`
    this.#front.tell(method, [`{"jsonrpc":"2.0","method":"${method}","params":{${meta}${inside ? `,${inside}` : ''}}}`], via)
  }
}

const strings = (value: unknown): string[] => (Array.isArray(value) ? [...new Set(value.filter(one => typeof one === 'string'))] : [])

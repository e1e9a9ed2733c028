// What a client hears without having asked: changed lists, log messages, updated resources. A legacy client hears all of it; a modern one what it
// listens for (MCP 2026-07-28, subscriptions/listen), each message under the id of its own listen request.

import { META_SUBSCRIPTION } from '../rpc/eras.ts'
import { compose, type Frame } from '../rpc/frame.ts'
import type { Requests } from '../rpc/requests.ts'
import { encode } from '../rpc/wire.ts'
import { result } from './answers.ts'
import type { Catalog } from './catalog.ts'
import { publicUri } from './names.ts'
import type { Backend, ListKind, Origin } from './types.ts'

const flags = ['toolsListChanged', 'promptsListChanged', 'resourcesListChanged'] as const
type Flag = (typeof flags)[number]

/** While the client can't take more, nothing more is read from who speaks unasked. */
export function spare(front: Requests, backend: Backend | undefined): void {
  const drained = front.drained()
  if (!drained) return
  backend?.pause(true)
  void drained.then(() => backend?.pause(false))
}

/** One listen request, by its key. */
interface Listen {
  readonly frame: Frame
  readonly heard: ReadonlySet<Flag>
}

export class Listening {
  readonly #front: Requests
  readonly #origin: () => Origin
  readonly #listens = new Map<string, Listen>()

  constructor(front: Requests, origin: () => Origin) {
    this.#front = front
    this.#origin = origin
  }

  /** A modern client listens: acknowledged with what it will hear, which is over at once where that is nothing. */
  listen(frame: Frame): void {
    const wanted = (frame.params['notifications'] ?? {}) as Record<string, unknown>
    const honored = flags.filter(flag => wanted[flag] === true)
    this.#tell(frame, 'notifications/subscriptions/acknowledged', { notifications: Object.fromEntries(honored.map(flag => [flag, true])) })
    if (honored.length > 0) this.#listens.set(frame.key, { frame, heard: new Set(honored) })
    else this.#front.respond(result(frame.id, 'modern'), frame.via)
  }

  /** The client cancelled a request; true when it was a listen, which ends then. */
  cancelled(key: string): boolean {
    return this.#listens.delete(key)
  }

  /** The end of the session: every listening ends with its result. */
  close(): void {
    for (const { frame } of this.#listens.values()) this.#front.respond(result(frame.id, 'modern'), frame.via)
    this.#listens.clear()
  }

  listChanged(kind: ListKind): void {
    const of = kind === 'templates' ? 'resources' : kind
    const method = `notifications/${of}/list_changed`
    if (this.#origin().era === 'legacy') this.#front.notify(compose({ method }), [])
    for (const { frame, heard } of this.#listens.values()) if (heard.has(`${of}ListChanged`)) this.#tell(frame, method, {})
  }

  /** A notification of a backend's; `way` tells which request of the client's it comes with, if any. */
  heard(backend: string, frame: Frame, catalog: Catalog, way: () => string | undefined): void {
    if (this.#origin().era !== 'legacy' || frame.method.startsWith('notifications/subscriptions/')) return
    const at = frame.method === 'notifications/resources/updated' ? frame.param('uri') : undefined
    const uri = frame.params['uri']
    const owner = at && typeof uri === 'string' ? catalog.find('resources', uri)?.backend : undefined
    this.#front.notify(
      frame,
      at && owner !== undefined && owner !== backend ? [{ start: at.start, end: at.end, text: encode(publicUri(backend, String(uri))) }] : [],
      at ? undefined : way(),
    )
  }

  #tell({ id, via }: Frame, method: string, params: Record<string, unknown>): void {
    const inside = encode(params).slice(1, -1)
    const meta = `"_meta":{"${META_SUBSCRIPTION}":${id}}`
    this.#front.tell(method, [`{"jsonrpc":"2.0","method":"${method}","params":{${meta}${inside ? `,${inside}` : ''}}}`], via)
  }
}

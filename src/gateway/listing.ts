// A client asks for a list. It is answered with what is there; only for backends never seen does it wait, and whoever cancels it meanwhile is not
// answered.

import type { Frame } from '../rpc/frame.ts'
import type { Requests } from '../rpc/requests.ts'
import { error, result } from './answers.ts'
import type { Offers } from './offers.ts'
import type { ListKind, Origin } from './types.ts'

const lists: Record<string, { readonly kind: ListKind; readonly member: string }> = {
  'tools/list': { kind: 'tools', member: 'tools' },
  'prompts/list': { kind: 'prompts', member: 'prompts' },
  'resources/list': { kind: 'resources', member: 'resources' },
  'resources/templates/list': { kind: 'templates', member: 'resourceTemplates' },
}

export const isList = (method: string): boolean => Object.hasOwn(lists, method)

export class Listing {
  readonly #front: Requests
  readonly #offers: Offers
  /** Those that wait, by the keys of their requests. */
  readonly #waiting = new Set<string>()

  constructor(front: Requests, offers: Offers) {
    this.#front = front
    this.#offers = offers
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** Answers now, or when that is ready which is returned. */
  list(frame: Frame, origin: Origin): Promise<void> | undefined {
    // Some write what they don't have as null.
    if ((frame.params['cursor'] ?? undefined) !== undefined) {
      this.#front.respond(error(frame.id, -32602, 'Invalid params: lists come in one page, there is no cursor'), frame.via)
      return undefined
    }
    const ready = this.#offers.ready()
    if (!ready) return void this.#answer(frame, origin)
    this.#waiting.add(frame.key)
    return ready.then(() => (this.#waiting.delete(frame.key) ? this.#answer(frame, origin) : this.#front.unanswered(frame.via)))
  }

  /** True when it was a list that waits. */
  cancelled(key: string): boolean {
    return this.#waiting.delete(key)
  }

  #answer(frame: Frame, origin: Origin): void {
    const { kind, member } = lists[frame.method]!
    const cache = origin.era === 'modern' ? ',"ttlMs":0,"cacheScope":"private"' : ''
    this.#front.respond(result(frame.id, origin.era, `"${member}":`, this.#offers.give(kind), cache + this.#offers.remarks(kind)), frame.via)
  }
}

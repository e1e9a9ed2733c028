// What clients have asked for once and what stays: the log level, the resources that they follow. A backend is told with the first who wants it,
// again when it has been started again, and with the last who wants it no longer.

import { Stop } from '../lib/signal.ts'
import { compose, type Frame } from '../rpc/frame.ts'
import type { Edit } from '../rpc/splice.ts'
import type { Entry } from './catalog.ts'
import type { Offers } from './offers.ts'
import type { Answer, Backends, Lists } from './types.ts'

/** Who follows where a client has no name for it: a legacy session. */
export const SESSION = ''

/** From the most talkative to the quietest (MCP, logging). */
const LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency']

/** Whether a message of this level is for who wants that one; what nobody knows is. */
export const isFor = (wanted: unknown, level: unknown): boolean =>
  LEVELS.indexOf(String(level)) === -1 || LEVELS.indexOf(String(level)) >= LEVELS.indexOf(String(wanted))

interface Wish {
  readonly frame: Frame
  readonly edits: readonly Edit[]
  readonly name?: string
  /** Which backends have heard it, each since it was started then. */
  readonly told: Map<string, number | undefined>
}

interface Followed extends Wish {
  readonly backend: string
  readonly followers: Set<string>
  /** It is on its way for the first time. */
  underWay?: Promise<Answer>
}

export class Standing {
  readonly #backends: Backends
  readonly #offers: Offers
  #level: (Wish & { readonly level: string }) | undefined
  /** By public URI. */
  readonly #followed = new Map<string, Followed>()

  constructor(backends: Backends, offers: Offers) {
    this.#backends = backends
    this.#offers = offers
  }

  get level(): string | undefined {
    return this.#level?.level
  }

  /** Every backend that logs is told, those that start later too. */
  setLevel(frame: Frame, level: string): void {
    this.#level = { frame, level, edits: [], told: new Map() }
    for (const name of this.#backends.names()) {
      const lists = this.#offers.catalog.lists(name)
      if (lists && this.#backends.get(name)?.status().state === 'ready') this.started(name, lists)
    }
  }

  /** A request wants messages of this level: a legacy backend is told where it says less. */
  atLeast(level: string): void {
    if (!LEVELS.includes(level) || (this.#level && isFor(this.#level.level, level))) return
    this.setLevel(compose({ id: 0, method: 'logging/setLevel', params: { level } }), level)
  }

  /** Somebody follows a resource. `tell` brings it to the backend in the follower's own words; undefined where that has heard it from another. */
  async follow(entry: Entry, follower: string, frame: Frame, edits: readonly Edit[], tell: () => Promise<Answer>): Promise<Answer | undefined> {
    const known = this.#followed.get(entry.key)
    known?.followers.add(follower)
    if (known && !(known.followers.size === 1)) {
      const first = await known.underWay
      return first && !worked(first) ? first : undefined
    }
    const followed: Followed = known ?? { backend: entry.backend, name: entry.name, frame, edits, told: new Map(), followers: new Set([follower]) }
    this.#followed.set(entry.key, followed)
    const answer = await (followed.underWay = tell())
    followed.underWay = undefined
    followed.told.set(entry.backend, this.#backends.get(entry.backend)?.status().startedAt)
    if (!worked(answer) && this.#followed.get(entry.key) === followed) this.#followed.delete(entry.key)
    return answer
  }

  /** Somebody follows it no longer. True when nobody does: its backend is to be told. */
  leave(key: string, follower: string): boolean {
    const followed = this.#followed.get(key)
    if (followed && (!followed.followers.delete(follower) || followed.followers.size > 0)) return false
    this.#followed.delete(key)
    return true
  }

  /** A backend has started and spoken: what stands is said to it. */
  started(backend: string, lists: Lists): void {
    // A modern backend hears the level with each request.
    if (this.#level && lists.era === 'legacy' && lists.capabilities['logging'] !== undefined) this.#tell(backend, this.#level)
    for (const followed of this.#followed.values()) if (followed.backend === backend && !followed.underWay) this.#tell(backend, followed)
  }

  #tell(backend: string, { frame, edits, name, told }: Wish): void {
    const startedAt = this.#backends.get(backend)?.status().startedAt
    if (told.has(backend) && told.get(backend) === startedAt) return
    told.set(backend, startedAt)
    void this.#backends.get(backend)?.call({ frame, edits, name }, { stop: new Stop() })
  }
}

const worked = (answer: Answer): boolean => answer.kind === 'reply' && !answer.reply.error

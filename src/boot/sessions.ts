// The sessions of this process, each with its backends. With a session its backends end, and nothing is kept of either.

import type { SessionBackends } from '../backends/open.ts'
import { telling } from '../config/clients.ts'
import type { BackendSettings } from '../config/settings.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { Principals } from '../gateway/principals.ts'
import { Session } from '../gateway/session.ts'
import type { Clock } from '../lib/clock.ts'
import type { Link } from '../rpc/link.ts'

const AUTHORITY_MS = 2000

/** Who is served, and how. */
export interface Served {
  /** The key that was presented, whatever it is worth. */
  readonly key?: string
  /** The `--client` id. */
  readonly client?: string
  /** One backend, names unchanged. */
  readonly bare?: string
  /** The environment that the client has started us in; never one that it did not make. */
  readonly startedIn?: Readonly<Record<string, string | undefined>>
  readonly onclosed?: (reason: string) => void
}

export interface SessionsOptions {
  /** The process's own. */
  readonly id: string
  readonly clock: Clock
  readonly principals: Principals
  readonly gateway: () => Gateway
  /** What was said for this session alone is forgotten. */
  readonly forget: (session: string) => Promise<void> | undefined
}

export class Sessions {
  readonly #options: SessionsOptions
  readonly #open = new Map<Session, SessionBackends>()
  /** Backends of sessions that are over, while they end. */
  readonly #ending = new Set<Promise<void>>()
  #last = 0
  #made: SessionBackends | undefined

  constructor(options: SessionsOptions) {
    this.#options = options
  }

  /** Every backend of every session. */
  get backends(): readonly SessionBackends[] {
    return [...this.#open.values()]
  }

  /** Whether somebody waits for what backends are about to say. */
  get areWaiting(): boolean {
    for (const session of this.#open.keys()) if (session.awaitsBackends) return true
    return false
  }

  /** The backends that the session which is being made has asked for. */
  made(backends: SessionBackends): SessionBackends {
    return (this.#made = backends)
  }

  /** Serves one client over its link. */
  serve(link: Link, { key, client, bare, startedIn, onclosed }: Served): Session {
    const { id, principals, gateway, forget } = this.#options
    const told = startedIn && telling(startedIn, client)
    const speaker = { who: () => principals.of(key), session: `${id}.${++this.#last}`, clientId: client, told }
    const ended = (reason: string) => {
      this.#open.delete(session)
      const over: Promise<void> = Promise.all([backends.close(), forget(speaker.session)])
        .then(() => {})
        .finally(() => this.#ending.delete(over))
      this.#ending.add(over)
      onclosed?.(reason)
    }
    const session: Session = new Session(gateway(), link, { speaker, bare, onclosed: ended })
    const backends = this.#made!
    this.#open.set(session, backends)
    if (key !== undefined) this.#keepAuthority(session)
    return session
  }

  /** Other backends than before, and perhaps others who may be served. */
  async update(settings: readonly BackendSettings[]): Promise<void> {
    await Promise.all([...this.#open].map(([session, backends]) => session.reorder(backends.update(settings))))
    await Promise.all([...this.#open.keys()].map(session => session.reconsider()))
  }

  /** Ends every backend. */
  async close(): Promise<void> {
    await Promise.all([...this.backends.map(backends => backends.close()), ...this.#ending])
  }

  /** Now and then, so that what a key has under way ends when the key does, whether or not it asks for more. */
  #keepAuthority(session: Session): void {
    this.#options.clock.after(AUTHORITY_MS, () => {
      if (this.#open.has(session)) void session.reconsider().finally(() => this.#keepAuthority(session))
    })
  }
}

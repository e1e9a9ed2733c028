// Who asks. A key says it, and the store says what a key is worth: each time somebody has written there it is looked up anew, so one that was revoked
// in another process is worth nothing at once. Who presents a key that is none is nobody, never `local`; a store that can't be asked is a no.

import type { Clock } from '../lib/clock.ts'
import type { Fault } from './faults.ts'
import type { Call, Decision, Policy, Principal, Rate } from './types.ts'

/** What is kept of a key; of the key itself only a hash is. */
export interface Key {
  /** Its principal's id. It is never given twice. */
  readonly name: string
  readonly org: string
  /** How it begins, to tell it from others. */
  readonly shown: string
  readonly roles: readonly string[]
  /** Globs over public names of tools and prompts, and over URIs; everything where there are none. */
  readonly allow: readonly string[]
  /** The backends it is for; all where none is named. */
  readonly backends: readonly string[]
  readonly limit?: Rate
  /** It may also answer questions and steer backends. */
  readonly operator: boolean
  readonly createdAt: number
  readonly expiresAt?: number
  readonly revokedAt?: number
  /** To a minute. */
  readonly usedAt?: number
}

/** The keys, as all processes share them. */
export interface Keyring {
  /** Another number than before once somebody else has written. */
  version(): number | Promise<number>
  find(key: string): Key | undefined | Promise<Key | undefined>
  /** It was used then. Waits for nobody, and may be lost. */
  used(name: string, at: number): void | Promise<void>
}

/** Somebody, or why nobody. */
export type Who = Principal | Fault

export const LOCAL: Principal = { id: 'local', kind: 'local', org: 'default', roles: [], scopes: [] }
/** Who is refused is on record as this. */
export const NOBODY: Principal = { id: 'nobody', kind: 'key', org: 'default', roles: [], scopes: [] }

const KEY = /^mgw_[\w-]{43}$/
const USED_MS = 60_000
const BUSY_RETRY_MS = 1000

const fault = (what: string, todo: string): Fault => ({ code: 'unauthenticated', message: `${what} Nothing was done. Tell the person: ${todo}` })
const another =
  'a key is made with "mcpgw keys create NAME", and given to a client as MCPGW_KEY in the "env" of mcpgw in its settings, or over HTTP in the header "Authorization: Bearer KEY". "mcpgw keys list" shows those there are.'
const missing = fault('No key was presented, and this gateway serves nobody without one.', another)
const unknown = fault('The key that was presented is not known here.', another)
const revoked = fault('The key that was presented has been revoked.', another)
const expired = fault('The key that was presented has expired.', '"mcpgw keys rotate NAME --expires 90d" makes a new one in its place.')

interface Known {
  readonly key: Key
  readonly principal: Principal
  readonly version: number
  usedAt: number
}

export class Principals {
  readonly #open: () => Promise<Keyring>
  readonly #clock: Clock
  readonly #required: () => boolean
  #ring: Keyring | undefined
  /** Keys that there are; what is none is not remembered. */
  readonly #known = new Map<string, Known>()
  /** By which key each of them came. */
  readonly #keys = new WeakMap<Principal, string>()

  /** `required`: whether who has no key is nobody. */
  constructor(open: () => Promise<Keyring>, clock: Clock, required: () => boolean) {
    this.#open = open
    this.#clock = clock
    this.#required = required
  }

  /** Who this key is at this moment. Answers at once where the store does; never rejects. */
  of(key: string | undefined): Who | Promise<Who> {
    if (key === undefined) return this.#required() ? missing : LOCAL
    if (!KEY.test(key)) return unknown
    return this.#ring ? this.#judged(this.#ring, key) : this.#opened().then(ring => this.#judged(ring, key), unusable)
  }

  /** Who that is now, of whom it was known before: nobody, where the key no longer holds. */
  again(before: Principal): Who | Promise<Who> {
    if (before.kind === 'local') return this.of(undefined)
    const key = this.#keys.get(before)
    return key === undefined ? unknown : this.of(key)
  }

  async #opened(): Promise<Keyring> {
    return (this.#ring ??= await this.#open())
  }

  #judged(ring: Keyring, key: string): Who | Promise<Who> {
    try {
      const version = ring.version()
      return version instanceof Promise ? version.then(one => this.#at(ring, key, one)).catch(unusable) : this.#at(ring, key, version)
    } catch (error) {
      return unusable(error)
    }
  }

  #at(ring: Keyring, key: string, version: number): Who | Promise<Who> {
    const known = this.#known.get(key)
    if (known?.version === version) return this.#standing(ring, known)
    const found = ring.find(key)
    return found instanceof Promise ? found.then(one => this.#met(ring, key, version, one)).catch(unusable) : this.#met(ring, key, version, found)
  }

  #met(ring: Keyring, key: string, version: number, found: Key | undefined): Who {
    const before = this.#known.get(key)
    if (!found) {
      this.#known.delete(key)
      return unknown
    }
    // One key is one principal as long as it says the same: what is worked out for a principal stands.
    const principal = before && isSame(before.key, found) ? before.principal : principalOf(found)
    this.#keys.set(principal, key)
    const known = { key: found, version, principal, usedAt: Math.max(before?.usedAt ?? 0, found.usedAt ?? 0) }
    this.#known.set(key, known)
    return this.#standing(ring, known)
  }

  #standing(ring: Keyring, known: Known): Who {
    const { key, principal } = known
    const now = this.#clock.now()
    if (key.revokedAt !== undefined) return revoked
    if (key.expiresAt !== undefined && key.expiresAt <= now) return expired
    if (now - known.usedAt >= USED_MS) {
      known.usedAt = now
      void this.#used(ring, key.name, now)
    }
    return principal
  }

  async #used(ring: Keyring, name: string, now: number): Promise<void> {
    try {
      await ring.used(name, now)
    } catch {
      // the next minute says it again
    }
  }
}

const isSame = (one: Key, other: Key): boolean => JSON.stringify(principalOf(one)) === JSON.stringify(principalOf(other))

/** Judges a call that has waited as one of who asks now: whom nobody knows any more nobody serves. */
export const asNow =
  (again: (before: Principal) => Who | Promise<Who>, judge: Policy): Policy =>
  async call => {
    const who = await again(call.origin.principal)
    if ('code' in who) return denied(who)
    return judge(who === call.origin.principal ? call : from(call, who))
  }

/** What is decided of a call of nobody's. */
export const denied = ({ code, message, retryAfterMs }: Fault): Decision => ({
  ...{ kind: 'deny', by: 'key', reason: message, code },
  ...(retryAfterMs !== undefined && { retryAfterMs }),
})

/** The same call, as one of somebody's. */
const from = (call: Call, principal: Principal): Call => ({
  ...{ id: call.id, origin: { ...call.origin, principal }, method: call.method, backend: call.backend, target: call.target, name: call.name },
  ...{ readsOnly: call.readsOnly, holds: call.holds, startedAt: call.startedAt, arguments: call.arguments, argumentsText: call.argumentsText },
})

/** Who a key is. */
export const principalOf = ({ name, org, roles, allow, backends, limit, operator }: Key): Principal => ({
  id: name,
  kind: 'key',
  org,
  roles,
  scopes: allow,
  ...(backends.length > 0 && { backends }),
  ...(limit && { limit }),
  ...(operator && { operator }),
})

function unusable(error: unknown): Fault {
  const busy = (error as { busy?: boolean }).busy === true
  const what = busy ? 'is busy' : `can not be used (${(error as Error).message})`
  const message = `The store that knows the keys ${what}. Nothing was done. ${busy ? 'Repeat it in a second.' : 'Tell the person: mcpgw doctor.'}`
  return { code: 'store_busy', message, retryAfterMs: BUSY_RETRY_MS }
}

// The access token of one login, renewed at 80 % of its life, or when a server refuses it. Several processes share the login through the store: one of
// them renews, under a lease; the others take what it has got. Invariants: a new refresh token is written durably before anybody else may use the one
// it replaces; no token is in a reason, a log or a note; a login that was refused stays so until a person logs in.
//
// A process that dies between the server's answer and the write takes the new refresh token with it. The old one is tried again when its lease is
// over: servers that allow for a lost answer take it, others refuse the login, and then a person has to log in. Nothing better can be done here.

import type { Clock } from '../../lib/clock.ts'
import type { Seal } from '../../lib/seal.ts'
import type { LinkFailure } from '../../rpc/link.ts'
import { loginOf, openGrant, type Grant, type Logins, type StoredLogin } from '../../config/login.ts'
import { excerpt } from '../refusal.ts'
import { union, type Credentials } from '../credentials.ts'
import { fetchFor } from './fetch.ts'

export interface LoginOptions {
  readonly id: string
  readonly backend: string
  readonly url: string
  readonly logins: Logins
  readonly seal: Seal
  readonly clock: Clock
  /** Which process this is. */
  readonly who: string
  readonly proxyEnv: Readonly<Record<string, string | undefined>>
  /** Notes a change for the record. */
  readonly note: (kind: string, detail: Record<string, unknown>) => void
  readonly log: (line: string) => void
}

const LIFE = 0.8
/** A token without an end is used until a server refuses it. */
const ENDLESS = Number.POSITIVE_INFINITY
/** Longer than a request for tokens may take. */
const LEASE_MS = 20_000
const LOOK_MS = 100
/** Pauses before a renewal is tried again that failed for no reason of ours; then it rests. */
const RETRY_MS = [250, 1000]
const REST_MS = 5000
const SAVE_MS = [50, 200, 1000, 2000, 5000]

export class LoginCredentials implements Credentials {
  readonly #options: LoginOptions
  #login: StoredLogin
  #grant: Grant
  #renewAt = ENDLESS
  #renewing: Promise<LinkFailure | undefined> | undefined
  #saving: Promise<void> | undefined
  #ended = false
  /** Why it could not be renewed a moment ago, and until when that is believed. */
  #resting: { readonly failure: LinkFailure; readonly untilAt: number } | undefined

  /** Undefined where this key does not open it or it is another backend's. */
  static of(options: LoginOptions, login: StoredLogin): LoginCredentials | undefined {
    const grant = openGrant(options.seal, login)
    return grant?.url === options.url ? new LoginCredentials(options, login, grant) : undefined
  }

  private constructor(options: LoginOptions, login: StoredLogin, grant: Grant) {
    this.#options = options
    this.#login = login
    this.#grant = grant
    this.#plan()
  }

  get authorization(): string {
    if (this.#options.clock.now() >= this.#renewAt) this.#renewSoon()
    return headerOf(this.#grant)
  }

  /** Settles when nothing of it is under way: a refresh token on its way here must not be lost with this process. */
  async close(): Promise<void> {
    await this.#renewing
    this.#ended = true
    await this.#saving
  }

  async renew(used: string): Promise<LinkFailure | undefined> {
    while (headerOf(this.#grant) === used || this.#login.state === 'refused') {
      const failure = await this.#alone(used, true)
      if (failure) return failure
    }
    return undefined
  }

  async lack(used: string, scopes: string): Promise<LinkFailure | undefined> {
    try {
      await this.#look()
      if (this.#login.state === 'granted' && headerOf(this.#grant) !== used) return undefined
      const wanted = union(this.#login.wanted, scopes)
      if (wanted && wanted !== this.#login.wanted) await this.#options.logins.want(this.#options.id, wanted)
    } catch (error) {
      this.#options.log(`[mcpgw] the scopes that it wants could not be noted: ${(error as Error).message}`)
    }
    return { unsent: true, unauthorized: true, login: true, reason: 'its login does not reach that far', lacks: scopes }
  }

  /** Ahead of time: what there is still serves. */
  #renewSoon(): void {
    this.#renewAt = this.#options.clock.now() + REST_MS
    void this.#alone(headerOf(this.#grant), false).then(failure => failure && this.#options.log(`[mcpgw] ${failure.reason}`))
  }

  /** One at a time in this process. */
  #alone(used: string, needed: boolean): Promise<LinkFailure | undefined> {
    return (this.#renewing ??= this.#renew(used, needed)
      .catch((error: unknown) => unsure(`its login can't be renewed: ${(error as Error).message}`))
      .finally(() => (this.#renewing = undefined)))
  }

  /** One renewal, whichever process makes it; it is waited for where it is needed. */
  async #renew(used: string, needed: boolean): Promise<LinkFailure | undefined> {
    if (this.#resting && this.#options.clock.now() < this.#resting.untilAt) return this.#resting.failure
    for (;;) {
      if (!(await this.#look())) return over('nobody is logged in there any more')
      if (this.#login.state === 'refused') return over(this.#login.reason ?? 'its login was refused')
      if (headerOf(this.#grant) !== used) return undefined
      if (this.#grant.tokens.refresh_token === undefined) return this.#give('its access token has ended, and it gave none to renew it with')
      if (await this.#lease()) return this.#ask()
      if (!needed) return undefined
      await this.#pause(LOOK_MS)
    }
  }

  #lease(): boolean | Promise<boolean> {
    const { clock, logins, id, who } = this.#options
    return logins.lease(id, this.#login.version, who, clock.now(), clock.now() + LEASE_MS)
  }

  /** Asks for new tokens; the lease is ours. */
  async #ask(): Promise<LinkFailure | undefined> {
    const { clock, url, proxyEnv, logins, id, who } = this.#options
    const before = this.#grant
    const { refreshed, Refused } = await import('./refresh.ts') // with it comes the SDK
    for (let attempt = 0; ; attempt++) {
      const grantedAt = clock.now()
      if (attempt > 0 && !(await this.#lease())) return undefined // somebody else has taken over
      try {
        const tokens = await refreshed(before, fetchFor(new URL(url), proxyEnv))
        return await this.#save({ ...before, tokens, grantedAt })
      } catch (error) {
        const why = excerpt((error as Error).message, secretsOf(before))
        if (error instanceof Refused) return this.#give(why)
        const pauseMs = RETRY_MS[attempt]
        if (pauseMs !== undefined) {
          await this.#pause(pauseMs)
          continue
        }
        await logins.release(id, who)
        const failure = unsure(`its login could not be renewed: ${why}`)
        this.#resting = { failure, untilAt: clock.now() + REST_MS }
        this.#renewAt = clock.now() + REST_MS
        return failure
      }
    }
  }

  /** In memory at once, so that calls go on; in the store before anybody else may renew it. */
  async #save(grant: Grant): Promise<LinkFailure | undefined> {
    const { seal, log, note, backend } = this.#options
    const before = this.#login
    const login = { ...loginOf(seal, { ...before, version: before.version + 1 }, grant), wanted: before.wanted }
    this.#take(login, grant)
    note('login.renewed', { backend, issuer: grant.issuer })
    try {
      return await this.#put(login, before)
    } catch (error) {
      log(`[mcpgw] its new tokens can't be written yet: ${(error as Error).message}`)
      this.#saving = this.#persist(login, before).finally(() => (this.#saving = undefined))
      return undefined
    }
  }

  /** Until it is written. Whoever can't write can't take a lease either, so nobody uses up what is stored meanwhile. */
  async #persist(login: StoredLogin, before: StoredLogin): Promise<void> {
    for (let attempt = 0; !this.#ended; attempt++) {
      await this.#pause(SAVE_MS[Math.min(attempt, SAVE_MS.length - 1)]!)
      try {
        return void (await this.#put(login, before))
      } catch {
        // Not yet.
      }
    }
  }

  async #put(login: StoredLogin, before: StoredLogin): Promise<LinkFailure | undefined> {
    if (await this.#options.logins.put(login, this.#options.who)) return undefined
    // Somebody has logged in meanwhile, or out: that is newer than ours.
    this.#login = before
    return (await this.#look()) ? undefined : over('nobody is logged in there any more')
  }

  /** It can't be renewed: that is told to every process. */
  async #give(why: string): Promise<LinkFailure | undefined> {
    const { logins, who, note, backend } = this.#options
    const refused: StoredLogin = { ...this.#login, version: this.#login.version + 1, state: 'refused', reason: why }
    if (!(await logins.put(refused, who)) && (await this.#look()) && this.#login.state === 'granted') return undefined
    this.#login = refused
    this.#renewAt = ENDLESS
    note('login.refused', { backend, issuer: this.#grant.issuer, because: why })
    return over(why)
  }

  /** Takes the login as it is in the store; false where there is none. */
  async #look(): Promise<boolean> {
    const login = await this.#options.logins.find(this.#options.id)
    if (!login) return false
    if (!this.adopt(login)) throw new Error('what is stored of it was sealed with another key')
    return true
  }

  /** Takes what was found in the store; false where this key does not open it. */
  adopt(login: StoredLogin): boolean {
    if (login.sealed === this.#login.sealed) {
      this.#login = login
      return true
    }
    if (login.version < this.#login.version && this.#saving) return true // ours is newer, and on its way there
    const grant = openGrant(this.#options.seal, login)
    if (grant?.url !== this.#options.url) return false
    this.#take(login, grant)
    return true
  }

  #take(login: StoredLogin, grant: Grant): void {
    this.#login = login
    this.#grant = grant
    this.#resting = undefined
    this.#plan()
  }

  #plan(): void {
    const { expires_in, refresh_token } = this.#grant.tokens
    const renewable = this.#login.state === 'granted' && expires_in !== undefined && refresh_token !== undefined
    this.#renewAt = renewable ? this.#grant.grantedAt + expires_in * LIFE * 1000 : ENDLESS
  }

  #pause(ms: number): Promise<void> {
    return new Promise(done => this.#options.clock.after(ms, done))
  }
}

const headerOf = ({ tokens }: Grant): string => `Bearer ${tokens.access_token}`

/** What of a grant must not be shown. */
export const secretsOf = ({ tokens, client }: Pick<Grant, 'tokens' | 'client'>): string[] =>
  [tokens.access_token, tokens.refresh_token, client.client_secret].filter(one => one !== undefined)

const over = (reason: string): LinkFailure => ({ unsent: true, unauthorized: true, login: true, reason })
const unsure = (reason: string): LinkFailure => ({ unsent: true, reason })

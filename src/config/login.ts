// A login: what a remote backend has granted us. It belongs to a backend's name and its URL together, so a token never goes to another address than
// the one it was granted for. What is secret of it is sealed for its own row; what stands open says only how it is.

import { createHmac } from 'node:crypto'
import type { Seal } from '../lib/seal.ts'

/** A login as it is stored. */
export interface StoredLogin {
  /** Keyed hash of the backend's name and URL. */
  readonly id: string
  readonly backend: string
  /** Counts its writes: who wants to change it says which version it has seen. */
  readonly version: number
  /** `refused`: its tokens are of no use any more; a person has to log in. */
  readonly state: 'granted' | 'refused'
  /** Why it was refused. */
  readonly reason?: string
  /** When a person logged in, wall clock ms. */
  readonly at: number
  /** When the access token ends, where that is known. */
  readonly expiresAt?: number
  /** Scopes that the backend asked for and we don't have; the next login asks for them, too. */
  readonly wanted?: string
  readonly sealed: string
}

/** Where logins are kept: a part of the store. */
export interface Logins {
  find(id: string): Maybe<StoredLogin | undefined>
  all(): Maybe<readonly StoredLogin[]>
  /**
   * Puts a login in the place of the one with the version before, durably: when it has returned true, a loss of power does not lose it. Version 1 puts
   * it in the place of whatever is there. False where somebody else was faster, and nothing was done. Ends the lease of `who`.
   */
  put(login: StoredLogin, who?: string): Maybe<boolean>
  /** Notes scopes that are wanted; changes no version. */
  want(id: string, scopes: string): Maybe<void>
  drop(id: string): Maybe<boolean>
  /** Takes the right to renew this version until then. False where it is another version by now or somebody else has the right. */
  lease(id: string, version: number, who: string, now: number, untilAt: number): Maybe<boolean>
  /** Gives the right back. */
  release(id: string, who: string): Maybe<void>
}

type Maybe<T> = T | Promise<T>

export interface Tokens {
  readonly access_token: string
  readonly token_type: string
  readonly refresh_token?: string
  readonly scope?: string
  readonly expires_in?: number
}

/** What is sealed of a login. */
export interface Grant {
  readonly v: 1
  readonly url: string
  /** Who has granted it. */
  readonly issuer: string
  /** The authorization server's own address and what it says of itself, as it said it. */
  readonly server: { readonly url: string; readonly metadata?: Record<string, unknown> }
  /** For whom the tokens are meant (RFC 8707). */
  readonly resource?: string
  /** Who we are there. */
  readonly client: { readonly client_id: string; readonly client_secret?: string; readonly redirectUrl: string } & Record<string, unknown>
  readonly tokens: Tokens
  /** When the access token was granted, wall clock ms. */
  readonly grantedAt: number
}

export const loginId = (salt: string, backend: string, url: string): string =>
  createHmac('sha256', salt)
    .update(JSON.stringify(['login', backend, url]))
    .digest('hex')

const about = (id: string): string => `login ${id}`

export const sealGrant = (seal: Seal, id: string, grant: Grant): string => seal.seal(JSON.stringify(grant), about(id))

/** Undefined where it was not sealed for this row with this key, or a newer version wrote it in a way that we don't know. */
export function openGrant(seal: Seal, { id, sealed }: Pick<StoredLogin, 'id' | 'sealed'>): Grant | undefined {
  const text = seal.open(sealed, about(id))
  const grant = text === undefined ? undefined : (JSON.parse(text) as Grant)
  return grant?.v === 1 ? grant : undefined
}

/** The row of a grant. */
export function loginOf(seal: Seal, { id, backend, version, at }: Pick<StoredLogin, 'id' | 'backend' | 'version' | 'at'>, grant: Grant): StoredLogin {
  const { expires_in } = grant.tokens
  const expiresAt = expires_in === undefined ? undefined : grant.grantedAt + expires_in * 1000
  return { id, backend, version, state: 'granted', at, expiresAt, sealed: sealGrant(seal, id, grant) }
}

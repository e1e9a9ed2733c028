// What lets a remote link in beside its own headers, and what a server says when it does not let us in. Kept apart from OAuth itself: this much is
// in every remote link, the rest is loaded where a backend has a login.

import type { LinkFailure } from '../rpc/link.ts'

/** Credentials that may be changed for others while the link lives. */
export interface Credentials {
  /** What the header `authorization` says now. */
  readonly authorization: string
  /** The server has refused these (401): gets others, if there are any. Undefined: there are, try again; else why there are none. Never rejects. */
  renew(used: string): Promise<LinkFailure | undefined>
  /** The server wants more scopes than these have (403). Undefined: there are others by now, try again. Never rejects. */
  lack(used: string, scopes: string): Promise<LinkFailure | undefined>
}

/** A challenge of a server: the header WWW-Authenticate, as far as it matters here. */
export interface Challenge {
  /** It wants a token, of the kind that a login gets. */
  readonly bearer: boolean
  readonly error?: string
  readonly scope?: string
}

/** Longer ones are nobody's. */
const SCOPE_MAX = 1000

export function challengeOf(header: string | undefined): Challenge {
  const text = header ?? ''
  const member = (name: string) => {
    const [, quoted, bare] = new RegExp(String.raw`[\s,]${name}\s*=\s*(?:"([^"]*)"|([^\s",]+))`, 'i').exec(text) ?? []
    return quoted ?? bare
  }
  const scope = member('scope')
  return { bearer: /(?:^|,)\s*(?:bearer|dpop)\b/i.test(text), error: member('error'), scope: scope && isScope(scope) ? scope : undefined }
}

/** RFC 6749 §3.3: what may stand in a scope. */
const isScope = (text: string): boolean => text.length <= SCOPE_MAX && /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/.test(text)

/** A server's no to who we are: what it has said, and the credentials it has said that to. */
export interface NotLetIn {
  readonly status: number
  readonly reason: string
  readonly challenge: Challenge
  readonly used: string
  /** The same was refused before. */
  readonly again: boolean
}

/** What was refused has provably not run: undefined where it is to be sent once more, with other credentials; else the failure that it is. */
export async function letIn({ status, reason, challenge, used, again }: NotLetIn, credentials?: Credentials): Promise<LinkFailure | undefined> {
  const lacks = status === 403 && challenge.error === 'insufficient_scope'
  if (credentials && !again && lacks) return credentials.lack(used, challenge.scope ?? '')
  if (credentials && !again && status === 401) return credentials.renew(used)
  const login = credentials !== undefined || (status === 401 && challenge.bearer)
  return { unsent: true, unauthorized: true, reason, ...(login && { login }) }
}

/** What must not be shown of what a server says to who shows it these. */
export const hidden = (used: string, secrets: readonly string[]): readonly string[] => (used ? [used, ...used.split(' '), ...secrets] : secrets)

/** Both scopes, each word once. */
export const union = (...scopes: readonly (string | undefined)[]): string =>
  [...new Set(scopes.flatMap(one => one?.split(' ') ?? []).filter(Boolean))].join(' ')

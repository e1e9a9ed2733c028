// The logins as commands show them: of each remote backend, whether somebody is logged in there. No key is needed for that, and nothing is opened.

import { existsSync } from 'node:fs'
import { hasOwn } from '../backends/logins.ts'
import { expand } from '../config/expand.ts'
import { loginId, type StoredLogin } from '../config/login.ts'
import type { BackendSettings } from '../config/settings.ts'
import { openStore } from '../store/sqlite.ts'
import type { Context } from './context.ts'
import type { Text } from './print.ts'

/** What is shown of a login. */
export interface LoginShown {
  /** `refused`: it has ended, and a person has to log in again. */
  readonly state: StoredLogin['state']
  readonly since: string
  /** When its access token ends; it is renewed before that where it can be. */
  readonly expiresAt?: string
  readonly reason?: string
  /** Scopes that were asked for and that it does not have. */
  readonly wanted?: string
}

/** By the backend's name; empty where the store can't be asked. */
export async function loginsOf({ places, env }: Context, backends: readonly BackendSettings[]): Promise<ReadonlyMap<string, LoginShown>> {
  const found = new Map<string, LoginShown>()
  const remote = backends.filter(one => one.url !== undefined && !hasOwn(one))
  if (remote.length === 0 || !existsSync(places.database)) return found
  try {
    const store = await openStore(places.database)
    try {
      const salt = await store.salt()
      for (const one of remote) {
        const expanded = expand(one, env)
        const login = 'missing' in expanded ? undefined : await store.logins.find(loginId(salt, one.name, expanded.backend.url!))
        if (login) found.set(one.name, shown(login))
      }
    } finally {
      await store.close()
    }
  } catch {
    // What ails the store is told by status and doctor.
  }
  return found
}

const shown = ({ state, at, expiresAt, reason, wanted }: StoredLogin): LoginShown => ({
  state,
  since: new Date(at).toISOString(),
  ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt).toISOString() }),
  ...(reason !== undefined && { reason }),
  ...(wanted !== undefined && { wanted }),
})

/** One word for a column. */
export const loginText = (login: LoginShown | undefined): Text =>
  login === undefined ? '-' : login.state === 'granted' ? { text: 'logged in', style: 'green' } : { text: 'login ended', style: 'red' }

export const when = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ')

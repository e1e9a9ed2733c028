// What backends said they offer, kept between processes. Found again by a keyed hash of the unexpanded configuration (so no secret can be guessed
// from it), and by the capabilities that were declared; a list remembered under other capabilities serves until the backend has spoken.

import { fingerprint } from '../config/fingerprint.ts'
import type { BackendSettings } from '../config/settings.ts'
import type { Era, Lists } from '../gateway/types.ts'
import { sha256 } from '../lib/sha256.ts'
import { bestEra } from './handshake.ts'

/** Where it is kept: the store. */
export interface Memory {
  recall(keys: readonly Key[]): Promise<readonly Row[]> | readonly Row[]
  remember(row: Row): Promise<void> | void
  /** A random text that never changes on this machine. */
  salt(): Promise<string> | string
}

export interface Key {
  readonly config: string
  readonly capabilities: string
}

export interface Row extends Key {
  readonly backend: string
  readonly era: Era
  readonly revision: string
  readonly at: number
  readonly text: string
}

/** A verdict on the era is trusted for so long; a stale "legacy" would never correct itself. */
const ERA_TRUST_MS = 7 * 24 * 3600 * 1000

/** The keys of the lists of backends, all under the same capabilities. */
export function keysOf(backends: readonly BackendSettings[], declared: Record<string, unknown>, salt: string): Key[] {
  const capabilities = sha256(JSON.stringify(declared))
  return backends.map(settings => ({ config: fingerprint(settings, salt), capabilities }))
}

/** The key of a backend's lists. */
export const keyOf = (settings: BackendSettings, declared: Record<string, unknown>, salt: string): Key => keysOf([settings], declared, salt)[0]!

export const toRow = (key: Key, backend: string, lists: Lists): Row => ({
  ...key,
  backend,
  era: bestEra(lists),
  revision: lists.revision,
  at: lists.at,
  text: JSON.stringify({ v: 1, lists }),
})

/** The lists of a row; undefined when a newer version wrote it in a way that we don't know. */
export function fromRow(row: Row): Lists | undefined {
  try {
    const { v, lists } = JSON.parse(row.text) as { v: number; lists: Lists }
    return v === 1 && [lists.tools, lists.prompts, lists.resources, lists.templates].every(Array.isArray) ? lists : undefined
  } catch {
    return undefined
  }
}

/** The era to begin with: the best it is known to speak, while that is not long ago. */
export const eraOf = (row: Row | undefined, now: number): Era | undefined => (row && now - row.at < ERA_TRUST_MS ? row.era : undefined)

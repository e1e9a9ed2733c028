// What makes a backend the same one as before: how it is configured, as a keyed hash, so that no secret can be guessed from it.

import { keyed } from '../lib/sha256.ts'
import type { BackendSettings } from './settings.ts'

/** Asked for in a start several times for each of many backends; settings are never changed, only replaced. */
const made = new WeakMap<BackendSettings, { readonly salt: string; readonly text: string }>()
let under: { readonly salt: string; readonly hash: (text: string) => string } | undefined

/** Of the unexpanded configuration. What does not change what a backend offers (time-outs, tags) is not part of it. */
export function fingerprint(settings: BackendSettings, salt: string): string {
  const before = made.get(settings)
  if (before?.salt === salt) return before.text
  const { name, command, args, env, cwd, url, type, headers } = settings
  if (under?.salt !== salt) under = { salt, hash: keyed(salt) }
  const text = under.hash(JSON.stringify([name, command, args, env, cwd, url, type, headers]))
  made.set(settings, { salt, text })
  return text
}

/** The same for a backend by its name; undefined where there is none of that name. */
export function fingerprintOf(backends: readonly BackendSettings[], name: string, salt: string): string | undefined {
  const found = backends.find(one => one.name === name)
  return found && fingerprint(found, salt)
}

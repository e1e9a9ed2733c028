// What a key is for: some backends, some names. What lies outside is not there for it: not listed, unknown when it is called, and on record as denied.

import type { Entry } from './catalog.ts'
import { globs } from './globs.ts'
import type { Decision, Policy, Principal } from './types.ts'
import { shownAs } from './uris.ts'

type Covers = (target: string, backend: string) => boolean

const allowed: Decision = { kind: 'allow', by: 'default' }
const compiled = new WeakMap<Principal, Covers>()

/** Whether something is what this caller is for; undefined where it is for everything. */
function scopeOf(principal: Principal): Covers | undefined {
  const { scopes, backends } = principal
  if (scopes.length === 0 && backends === undefined) return undefined
  let covers = compiled.get(principal)
  if (!covers) {
    const matches = scopes.length > 0 ? globs(scopes, false) : () => true
    covers = (target, backend) => (backends === undefined || backends.includes(backend)) && matches(target)
    compiled.set(principal, covers)
  }
  return covers
}

/** Whether something is what this caller is for. */
export const covers = (principal: Principal, target: string, backend: string): boolean => scopeOf(principal)?.(target, backend) ?? true

/** A key calls what it is for. */
export const scoped: Policy = ({ origin: { principal }, method, target, backend }) => {
  const covers = scopeOf(principal)
  if (covers === undefined || covers(target, backend)) return allowed
  return { kind: 'deny', by: `key:${principal.id}`, reason: `Unknown tool: ${shownAs(method, target)}`, code: 'unknown_tool' }
}

/** What is hidden from this caller besides what `hidden` hides. */
export function outside(principal: Principal, hidden: ((entry: Entry) => boolean) | undefined): ((entry: Entry) => boolean) | undefined {
  const covers = scopeOf(principal)
  if (covers === undefined) return hidden
  return entry => !covers(entry.key, entry.backend) || hidden?.(entry) === true
}

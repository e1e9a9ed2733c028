// Conditions of a rule: what it asks about a call's arguments. A path is a JSON pointer (RFC 6901); what it does not find is undefined, which
// only `ne` and a negated `exists` accept. A value of another type than the condition's never matches an order or a pattern.

import { globs } from './globs.ts'
import { scannable, type Wire } from '../rpc/wire.ts'
import { repeatedKey } from '../rpc/spans.ts'

export interface Condition {
  readonly path: string
  readonly op: 'eq' | 'ne' | 'glob' | 'regex' | 'lt' | 'gt' | 'exists'
  readonly value?: unknown
}

/** A pattern is tried on so much of a text: a hostile argument must not keep us busy. */
const LONGEST = 10_000

/** The value that a JSON pointer points to. */
export function at(value: unknown, path: string): unknown {
  if (path === '') return value
  let found = value
  for (const part of path.slice(1).split('/')) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined
    found = (found as Record<string, unknown>)[key]
  }
  return found
}

/** Equal as JSON: members in any order. */
export function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  const [left, right] = [Object.keys(a), Object.keys(b)]
  return (
    Array.isArray(a) === Array.isArray(b) && left.length === right.length && left.every(key => Object.hasOwn(b, key) && same(a[key as never], b[key as never]))
  )
}

const patterns = new Map<string, (text: string) => boolean>()

function pattern(op: 'glob' | 'regex', source: string, strict: boolean): (text: string) => boolean {
  const key = `${op} ${strict} ${source}`
  let matches = patterns.get(key)
  if (!matches) {
    const regex = op === 'regex' ? new RegExp(source, 'u') : undefined
    matches = regex ? text => regex.test(text) : globs([source], strict)
    patterns.set(key, matches)
  }
  return matches
}

/** Whether a condition holds for these arguments; `strict`: as one of a rule that denies or asks. Throws where that can't be said. */
export function holds({ path, op, value }: Condition, args: unknown, strict = false): boolean {
  const found = at(args, path)
  switch (op) {
    case 'eq':
      return found !== undefined && same(found, value)
    case 'ne':
      return !same(found, value)
    case 'exists':
      return (found !== undefined) === (value !== false)
    case 'lt':
    case 'gt':
      if (typeof found !== typeof value || (typeof found !== 'number' && typeof found !== 'string')) return false
      return op === 'lt' ? found < (value as typeof found) : found > (value as typeof found)
    case 'glob':
    case 'regex':
      if (typeof found !== 'string' || typeof value !== 'string') return false
      if (found.length > LONGEST) throw new RangeError(`the text at ${path} is longer than ${LONGEST} characters`)
      return pattern(op, value, strict)(found)
  }
}

/** A member that stands twice in some object of this text: what a rule reads would not be what a backend may read. */
export const repeated = (wire: Wire): string | undefined => repeatedKey(scannable(wire))

// Conditions of a rule: what it asks about a call's arguments. A path is a JSON pointer (RFC 6901); what it does not find is undefined, which
// only `ne` and a negated `exists` accept. A value of another type than the condition's never matches an order or a pattern.

import { globs, LONGEST, type Matches } from './globs.ts'
import { pattern } from './patterns.ts'
import { scannable, type Wire } from '../rpc/wire.ts'
import { repeatedKey } from '../rpc/spans.ts'

export interface Condition {
  readonly path: string
  readonly op: 'eq' | 'ne' | 'glob' | 'regex' | 'lt' | 'gt' | 'exists'
  readonly value?: unknown
}

/** A condition made ready: it is asked at every call, and many may be. */
export interface Test {
  /** The number of its path. */
  readonly path: number
  readonly op: Condition['op']
  readonly value: unknown
  /** Of a glob or a pattern. */
  readonly matches: Matches
  readonly condition: Condition
}

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

/** The same of many pointers into the same value, by their number: each is followed once. */
export function reading(value: unknown, paths: readonly string[]): (path: number) => unknown {
  const known: unknown[] = new Array(paths.length).fill(unread)
  return path => (known[path] === unread ? (known[path] = at(value, paths[path]!)) : known[path])
}

const unread = Symbol()

/** Integers from 2^53 on are many to one number here, and as many to their backend: of two that seem equal nobody can say it. */
function isExact(value: unknown): true {
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) throw new RangeError('it has a number that is too large to be compared')
  return true
}

/** Equal as JSON: members in any order. Throws where that can't be said. */
export function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b && isExact(a)
  const [left, right] = [Object.keys(a), Object.keys(b)]
  return (
    Array.isArray(a) === Array.isArray(b) && left.length === right.length && left.every(key => Object.hasOwn(b, key) && same(a[key as never], b[key as never]))
  )
}

/** `strict`: as one of a rule that denies or asks. A path that is new gets a number; a pattern that many conditions have is in `patterns` once. */
export function ready(condition: Condition, strict: boolean, paths: string[], patterns: Map<string, Matches> = new Map()): Test {
  const { path, op, value } = condition
  if (!paths.includes(path)) paths.push(path)
  let matches: Matches = never
  if (typeof value === 'string' && (op === 'glob' || op === 'regex')) {
    const key = `${op} ${strict} ${value}`
    matches = patterns.get(key) ?? (op === 'glob' ? globs([value], strict) : pattern(value))
    patterns.set(key, matches)
  }
  return { path: paths.indexOf(path), op, value, matches, condition }
}

/** Whether a condition holds for what stands at its path. Throws where that can't be said. */
export function holds({ op, value, matches, condition }: Test, found: unknown): boolean {
  switch (op) {
    case 'eq':
      return found !== undefined && same(found, value)
    case 'ne':
      return !same(found, value)
    case 'exists':
      return (found !== undefined) === (value !== false)
    case 'lt':
      return ordered(found, value) && (found as number) < (value as number)
    case 'gt':
      return ordered(found, value) && (found as number) > (value as number)
    case 'glob':
    case 'regex':
      if (typeof found !== 'string' || typeof value !== 'string') return false
      if (found.length > LONGEST) throw new RangeError(`the text at ${condition.path} is longer than ${LONGEST} characters`)
      return matches(found)
  }
}

const never = (): boolean => false
const ordered = (found: unknown, value: unknown): boolean =>
  typeof found === typeof value && (typeof found === 'number' || typeof found === 'string') && (found !== value || isExact(found))

/** A member that stands twice in some object of this text: what a rule reads would not be what a backend may read. */
export const repeated = (wire: Wire): string | undefined => repeatedKey(scannable(wire))

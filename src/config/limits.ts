// Limits as the settings write them: a scope and a rate, in words. A limit's id is made from its scope, unit and time, so that it stays the same limit
// with another amount.

import { countable } from '../gateway/budgets.ts'
import { wrongGlob } from '../gateway/globs.ts'
import { budgetOf, keyOf, type Limit, type Scope } from '../gateway/limits.ts'
import { parseDuration } from '../lib/durations.ts'
import type { Wrong } from './problem.ts'

export interface RawLimit {
  readonly scope: string
  readonly rate: string
  readonly burst?: number
}

export const SCOPES = 'write all, key, key:NAME, client, client:NAME, backend:NAME or tool:GLOB'
export const RATES = 'write 60/1m, 1000/1d or 200000 tokens/1d'

const MOST = 1_000_000_000
const SHORTEST_MS = 1000
const LONGEST_MS = 366 * 24 * 60 * 60 * 1000

/** What a scope says; a sentence's end where it says nothing. */
export function parseScope(text: string): Scope | string {
  if (text === 'all' || text === 'key' || text === 'client') return { kind: text }
  const [, kind, name] = /^(key|client|backend|tool):(.+)$/s.exec(text) ?? []
  const wrong = kind === 'tool' ? wrongGlob(name!) : undefined
  if (wrong !== undefined) return `has a glob that ${wrong}`
  return kind === undefined ? `can not be "${text}": ${SCOPES}` : { kind: kind as 'key' | 'client' | 'backend' | 'tool', name: name! }
}

/** What a rate says; a sentence's end where it says nothing. */
export function parseRate(text: string): Pick<Limit, 'unit' | 'amount' | 'periodMs'> | string {
  const [, number, unit = 'calls', time] = /^\s*(\d+)(?:\s*(calls|tokens))?\s*\/\s*(\S+)\s*$/.exec(text) ?? []
  const periodMs = time === undefined ? undefined : parseDuration(time)
  if (periodMs === undefined) return `can not be "${text}": ${RATES}`
  const amount = Number(number)
  if (amount === 0) return `lets nothing through: to forbid something, write a rule (mcpgw deny)`
  if (amount > MOST) return `is more than ${MOST}, which limits nothing`
  if (periodMs < SHORTEST_MS || periodMs > LONGEST_MS) return `has a time of less than 1s or more than 366d: ${RATES}`
  return { unit: unit as Limit['unit'], amount, periodMs }
}

/** A limit as it is enforced, or what is wrong with which of its parts. */
export function limitOf({ scope, rate, burst }: RawLimit): Limit | { readonly key: keyof RawLimit; readonly message: string } {
  const about = parseScope(scope)
  if (typeof about === 'string') return { key: 'scope', message: about }
  const said = parseRate(rate)
  if (typeof said === 'string') return { key: 'rate', message: said }
  const limit = { id: idOf({ scope, ...said }), scope, about, ...said, ...(burst !== undefined && { burst }) }
  return countable(budgetOf(limit)) ? limit : { key: 'burst', message: 'is too large for this rate' }
}

/** Of limits that are not wrong. */
export const limitsOf = (limits: readonly RawLimit[]): readonly Limit[] => limits.map(one => limitOf(one) as Limit)

/** What the schema can't say of limits: scopes and rates that are none, and two that count the same. */
export const wrongLimits = (limits: readonly RawLimit[]): Wrong[] => {
  const seen = new Map<string, number>()
  return limits.flatMap((raw, index): Wrong[] => {
    const limit = limitOf(raw)
    if ('message' in limit) return [{ path: ['limits', index, limit.key], message: `limits[${index}].${limit.key} ${limit.message}` }]
    const other = seen.get(limit.id)
    seen.set(limit.id, index)
    if (other === undefined) return []
    return [{ path: ['limits', index], message: `limits[${index}] counts the same as limits[${other}], ${keyOf(limit)}: keep one of them` }]
  })
}

/** Six digits of a hash of scope, unit and time. */
const idOf = (limit: Pick<Limit, 'scope' | 'unit' | 'periodMs'>): string => process.getBuiltinModule('node:crypto').hash('sha256', keyOf(limit)).slice(0, 6)

// Who has a key, for whom a call is explained: what the key is worth at this moment, what it is for, and what is left of its own limit.

import type { LimitStatus } from '../api/port.ts'
import { principalOf } from '../gateway/principals.ts'
import { covers } from '../gateway/scopes.ts'
import type { Principal } from '../gateway/types.ts'
import { about } from '../lib/durations.ts'
import type { Context } from './context.ts'
import { found, one, stateOf } from './keys.ts'
import { taken } from './limits.ts'
import { ownLimits, standings } from './standings.ts'

export interface Asker {
  readonly name: string
  readonly state: ReturnType<typeof stateOf>
  readonly principal: Principal
  /** Its own limit, as it stands. */
  readonly limit?: LimitStatus
}

/** Who has the key of this name; a failure where there is none. */
export async function askerOf(context: Context, name: string, now: number): Promise<Asker> {
  const key = one(await found(context), name)
  const [limit] = standings(ownLimits([key], now), key.limit ? await taken(context) : [], now)
  return { name, state: stateOf(key, now), principal: principalOf(key), ...(limit && { limit }) }
}

/** What keeps the key from calling something before any rule is asked, as a sentence's end; nothing where nothing does. */
export function shutOut({ name, state, principal }: Asker, target: string, backend: string): string | undefined {
  if (state !== 'active') return `it is ${state}, so who presents it is refused whatever it calls.`
  if (covers(principal, target, backend)) return undefined
  const { scopes, backends } = principal
  const only = [scopes.join(', '), backends && `${scopes.length > 0 ? 'of ' : ''}the backend ${backends.join(', ')}`].filter(Boolean).join(' ')
  return `it is only for ${only}. To the key ${name} it is not listed, and answers as unknown.`
}

/** As it stands in a sentence. */
export const askerNamed = ({ name, principal: { roles } }: Asker): string => `the key ${name} (${roles.length === 0 ? 'no role' : `role ${roles.join(', ')}`})`

/** What is left of its own limit, as a sentence. */
export function limitSentence({ name, limit }: Asker, now: number): string | undefined {
  const [budget] = limit?.budgets ?? []
  if (!limit || !budget) return undefined
  const { left, of, nextAt } = budget
  const more = left === 0 && nextAt !== undefined ? `, more in ${about(nextAt - now)}` : ''
  return `The key ${name} has a limit of its own, ${limit.rate}: ${left === 0 ? 'nothing' : `${left} of ${of}`} left${more}.`
}

/** For programs. */
export function askerData({ name, state, principal, limit }: Asker, target: string, backend: string): object {
  const [budget] = limit?.budgets ?? []
  const own = limit && budget && { limit: { rate: limit.rate, left: budget.left, of: budget.of } }
  return { name, state, roles: principal.roles, covers: covers(principal, target, backend), ...own }
}

// How the limits stand: what is left of each, and who has taken how much.

import type { LimitStatus } from '../api/port.ts'
import { standing } from '../gateway/budgets.ts'
import { budgetOf, keyOf, ownLimit, type Limit } from '../gateway/limits.ts'
import type { Key } from '../gateway/principals.ts'
import type { Rate } from '../gateway/types.ts'
import { duration } from '../lib/durations.ts'
import type { StoredBudget } from '../store/store.ts'

/** Each limit with its budgets: one, or one for each key or client that has taken from it. */
export const standings = (all: readonly Limit[], rows: readonly StoredBudget[], now: number): LimitStatus[] =>
  all.map(limit => {
    const { id, scope, burst, unit } = limit
    const own = scope === 'own' && 'name' in limit.about ? limit.about.name : undefined
    const mine = rows.filter(one => one.key === keyOf(limit) && (own === undefined || one.taker === own))
    const budgets = mine.length > 0 ? mine : [{ taker: own ?? '', spent: undefined }]
    return {
      id,
      scope: own === undefined ? scope : `key:${own}`,
      rate: rateOf(limit),
      burst,
      unit,
      budgets: budgets.map(({ taker, spent }) => {
        const { used, ...rest } = standing(budgetOf(limit, taker), spent, now)
        const whose = own !== undefined || taker === '' ? {} : limit.about.kind === 'key' ? { key: taker } : { client: taker }
        return { ...whose, ...rest, used: used.map(([client, amount]) => ({ client, amount })) }
      }),
    }
  })

/** The limits that keys carry, of those that are good. */
export const ownLimits = (keys: readonly Key[], now: number): Limit[] =>
  keys.flatMap(({ name, limit, revokedAt, expiresAt = Infinity }) => (limit && revokedAt === undefined && expiresAt > now ? [ownLimit(name, limit)] : []))

export const rateOf = ({ amount, unit, periodMs }: Rate): string => `${amount}${unit === 'tokens' ? ' tokens' : ''}/${duration(periodMs)}`

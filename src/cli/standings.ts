// How the limits stand: what is left of each, and who has taken how much.

import type { LimitStatus } from '../api/port.ts'
import { standing } from '../gateway/budgets.ts'
import { budgetOf, keyOf, type Limit } from '../gateway/limits.ts'
import type { Rate } from '../gateway/types.ts'
import { duration } from '../lib/durations.ts'
import type { StoredBudget } from '../store/store.ts'

/** Each limit with its budgets: one, or one for each client that has taken from it. */
export const standings = (all: readonly Limit[], rows: readonly StoredBudget[], now: number): LimitStatus[] =>
  all.map(limit => {
    const { id, scope, burst, unit } = limit
    const mine = rows.filter(one => one.key === keyOf(limit))
    const budgets = mine.length > 0 ? mine : [{ taker: '', spent: undefined }]
    return {
      id,
      scope,
      rate: rateOf(limit),
      burst,
      unit,
      budgets: budgets.map(({ taker, spent }) => {
        const { used, ...rest } = standing(budgetOf(limit, taker), spent, now)
        return { client: taker || undefined, ...rest, used: used.map(([client, amount]) => ({ client, amount })) }
      }),
    }
  })

export const rateOf = ({ amount, unit, periodMs }: Rate): string => `${amount}${unit === 'tokens' ? ' tokens' : ''}/${duration(periodMs)}`

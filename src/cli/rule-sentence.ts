// A rule as a sentence, for whoever is to know which one decides.

import type { Condition } from '../gateway/conditions.ts'
import type { Rule } from '../gateway/rules.ts'

const condition = ({ path, op, value }: Condition): string => `${path} ${op}${value === undefined ? '' : ` ${JSON.stringify(value)}`}`

export function sentence({ effect, tools, roles, clients, backends, when, untilAt, until }: Rule & { until?: string }): string {
  const end = until ?? (untilAt === undefined ? undefined : new Date(untilAt).toISOString())
  return [
    `${effect} ${tools?.length ? tools.join(', ') : 'everything'}`,
    backends?.length && `of ${backends.join(', ')}`,
    roles?.length && `for the role ${roles.join(', ')}`,
    clients?.length && `for ${clients.join(', ')}`,
    when?.length && `when ${when.map(condition).join(' and ')}`,
    end && `until ${end}`,
  ]
    .filter(Boolean)
    .join(' ')
}

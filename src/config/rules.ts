// Rules as the settings write them. A rule's id is made from what it says, so that it stays the same rule when others come and go.

import type { Permissions, Rule } from '../gateway/rules.ts'
import type { Condition } from '../gateway/conditions.ts'
import { wrongGlob } from '../gateway/globs.ts'
import { wrongPattern } from '../gateway/patterns.ts'
import type { Wrong } from './problem.ts'

export interface RawRule extends Omit<Rule, 'id' | 'untilAt'> {
  readonly until?: string
}

export interface RawPermissions {
  readonly default: Permissions['default']
  readonly rules: readonly RawRule[]
}

/** The id of a rule: six digits of a hash of what it says. */
export function idOf(rule: RawRule): string {
  const { effect, tools, roles, clients, backends, when, until } = rule
  return process
    .getBuiltinModule('node:crypto')
    .hash('sha256', JSON.stringify([effect, tools, roles, clients, backends, when, until]))
    .slice(0, 6)
}

export const permissionsOf = ({ default: otherwise, rules }: RawPermissions): Permissions => ({
  default: otherwise,
  rules: rules.map(({ until, ...rule }) => ({ id: idOf({ until, ...rule }), ...rule, ...(until === undefined ? {} : { untilAt: Date.parse(until) }) })),
})

/** What the schema can't say of rules: a date that is none, a glob or a pattern that is none. */
export const wrongRules = ({ rules }: RawPermissions): Wrong[] =>
  rules.flatMap((rule, index) => {
    const path = ['permissions', 'rules', index]
    const key = `permissions.rules[${index}]`
    const wrong: Wrong[] = []
    if (rule.until !== undefined && Number.isNaN(Date.parse(rule.until)))
      wrong.push({ path: [...path, 'until'], message: `${key}.until is not a date and time: write 2027-01-01T00:00:00Z` })
    for (const [place, glob] of (rule.tools ?? []).entries()) {
      const message = wrongGlob(glob)
      if (message) wrong.push({ path: [...path, 'tools', place], message: `${key}.tools[${place}] ${message}` })
    }
    for (const [place, condition] of (rule.when ?? []).entries()) {
      const message = wrongCondition(condition)
      if (message) wrong.push({ path: [...path, 'when', place], message: `${key}.when[${place}] ${message}` })
    }
    return wrong
  })

function wrongCondition({ op, value }: Condition): string | undefined {
  if (op === 'exists') return value === undefined || typeof value === 'boolean' ? undefined : 'asks "exists", whose value is true or false'
  if (value === undefined) return `has no "value" to compare with`
  if ((op === 'glob' || op === 'regex') && typeof value !== 'string') return `compares with a ${op}, which is a text`
  if (op === 'glob') return wrongGlob(String(value))
  return op === 'regex' ? wrongPattern(String(value)) : undefined
}

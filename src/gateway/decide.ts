// Decisions are values, and the order is plain: the first no ends it; a question waits until all have said yes.

import type { Call, Decision, Policy } from './types.ts'
import { shownAs } from './uris.ts'

const allowed: Decision = { kind: 'allow', by: 'default' }

/** A policy that fails says no. */
export const broken = (error: unknown): Decision => ({ kind: 'deny', by: 'error', reason: `a policy failed: ${String(error)}`, code: 'internal' })

/** Asks each policy in turn, and `last` where nothing denies and nothing asks a person. Answers at once where no policy needs to wait. Never rejects. */
export const decide = (call: Call, policies: readonly Policy[], last?: Policy): Decision | Promise<Decision> => from(0, allowed, call, policies, last)

/** `found` is what the policies before this one say together. */
function from(index: number, found: Decision, call: Call, policies: readonly Policy[], last: Policy | undefined): Decision | Promise<Decision> {
  for (; index < policies.length; index++) {
    const decision = attempt(policies[index]!, call)
    if (decision instanceof Promise) {
      const next = index + 1
      return decision.then(late => (late.kind === 'deny' ? late : from(next, together(found, late), call, policies, last)), broken)
    }
    if (decision.kind === 'deny') return decision
    found = together(found, decision)
  }
  if (!last || found.kind === 'ask') return found
  const decision = attempt(last, call)
  if (decision instanceof Promise) return decision.then(late => (late.kind === 'allow' ? found : late), broken)
  return decision.kind === 'allow' ? found : decision
}

function attempt(policy: Policy, call: Call): Decision | Promise<Decision> {
  try {
    return policy(call)
  } catch (error) {
    return broken(error)
  }
}

/** The first question, else the rule that allows, else the default. A tool that is not what it was comes before all else: who says yes to the call must
 *  know it; what else asks, asks after that. */
const together = (before: Decision, decision: Decision): Decision => {
  if (decision.kind === 'ask') return before.kind === 'ask' && !decision.update ? before : decision
  return before.kind === 'ask' || (decision.kind === 'allow' && decision.by === 'default') ? before : decision
}

/** The first policy: what nobody offers can't be called. */
export const offered: Policy = call =>
  call.backend === '' ? { kind: 'deny', by: 'catalog', reason: `no backend offers "${shownAs(call.method, call.target)}"`, code: 'unknown_tool' } : allowed

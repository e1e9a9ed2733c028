// Decisions are values, and the order is plain: the first no ends it; a question waits until all have said yes.

import type { Call, Decision, Policy } from './types.ts'

const allowed: Decision = { kind: 'allow', by: 'default' }

/** A policy that fails says no. */
export const broken = (error: unknown): Decision => ({ kind: 'deny', by: 'error', reason: `a policy failed: ${String(error)}`, code: 'internal' })

/** Asks each policy in turn. Answers at once where no policy needs to wait. */
export function decide(call: Call, policies: readonly Policy[], from = 0, question?: Decision): Decision | Promise<Decision> {
  for (let index = from; index < policies.length; index++) {
    let decision: Decision | Promise<Decision>
    try {
      decision = policies[index]!(call)
    } catch (error) {
      return broken(error)
    }
    if (decision instanceof Promise)
      return decision.then(late => (late.kind === 'deny' ? late : decide(call, policies, index + 1, late.kind === 'ask' ? (question ?? late) : question)))
    if (decision.kind === 'deny') return decision
    if (decision.kind === 'ask') question ??= decision
  }
  return question ?? allowed
}

/** The first policy: what nobody offers can't be called. */
export const offered: Policy = call =>
  call.backend === '' ? { kind: 'deny', by: 'catalog', reason: `no backend offers "${call.target}"`, code: 'unknown_tool' } : allowed

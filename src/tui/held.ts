// Calls that wait for a person, and until when: a question outlives its call, and a yes to one whose call waits no more runs nothing by itself.

import type { ApprovalStatus } from '../api/client.ts'
import type { Model } from './model.ts'

/** The open question that this call has asked, or joined. */
export function questionOf({ approvals = [], gateways }: Pick<Model, 'approvals' | 'gateways'>, call: string): ApprovalStatus | undefined {
  const open = approvals.filter(one => one.standing === 'open')
  if (open.length === 0) return undefined
  const own = open.find(one => one.call === call)
  if (own) return own
  const joined = [...gateways.values()].flatMap(({ state }) => state?.calls[call]?.question ?? [])
  return open.find(({ id }) => joined.includes(id))
}

/** Until when the call that has asked, or one that has joined it, waits for an answer; undefined where none waits any more. */
export function heldUntil({ id: asked, call, heldUntilAt, expiresAt }: ApprovalStatus, { gateways, now }: Pick<Model, 'gateways' | 'now'>): number | undefined {
  const waits = [...gateways.values()].some(({ id, state }) =>
    state ? call in state.calls || Object.values(state.calls).some(({ question }) => question === asked) : call.startsWith(`${id}-`),
  )
  // Past what its client is known to bear it waits on another way, as long as there is a question.
  return waits ? Math.min(heldUntilAt !== undefined && heldUntilAt > now ? heldUntilAt : Infinity, expiresAt) : undefined
}

// Calls that wait for a person, and until when: a question outlives its call, and a yes to one whose call waits no more runs nothing by itself.

import type { ApprovalStatus } from '../api/client.ts'
import type { Model } from './model.ts'

/** The open question that this call has asked. */
export const questionOf = ({ approvals = [] }: Pick<Model, 'approvals'>, call: string): ApprovalStatus | undefined =>
  approvals.find(one => one.call === call && one.standing === 'open')

/** Until when the call that has asked waits for an answer; undefined where it waits no more. */
export function heldUntil({ call, heldUntilAt, expiresAt }: ApprovalStatus, { gateways, now }: Pick<Model, 'gateways' | 'now'>): number | undefined {
  const waits = [...gateways.values()].some(({ id, state }) => (state ? call in state.calls : call.startsWith(`${id}-`)))
  // Past what its client is known to bear it waits on another way, as long as there is a question.
  return waits ? Math.min(heldUntilAt !== undefined && heldUntilAt > now ? heldUntilAt : Infinity, expiresAt) : undefined
}

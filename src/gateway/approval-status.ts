// The one tool of our own: a client that was told that its call is pending asks here how it stands. It shows who asks their own questions, and no one
// else's. It is listed where something can ask a person, and asking it asks nobody.

import { about } from '../lib/durations.ts'
import { parse, type Frame } from '../rpc/frame.ts'
import { replyOf } from '../rpc/reply.ts'
import { encode } from '../rpc/wire.ts'
import { result } from './answers.ts'
import type { Approval } from './approval.ts'
import { standing } from './approval.ts'
import type { Approvals } from './approvals.ts'
import type { Entry } from './catalog.ts'
import type { Answer, Call } from './types.ts'

const NAME = 'approval_status'

/** As it is listed. */
export const approvalStatus: Entry = {
  backend: 'mcpgw',
  name: NAME,
  key: NAME,
  text: encode({
    name: NAME,
    title: 'How a pending call stands',
    description:
      'Some calls need a person\'s yes first and are answered with "approval_pending" and an approvalId. This tells whether the person has answered. After a yes make exactly the same call again: it is then executed, once.',
    inputSchema: {
      type: 'object',
      properties: { approvalId: { type: 'string', description: 'Of the pending call. Without it: of all of yours that are not over.' } },
    },
    annotations: { readOnlyHint: true, openWorldHint: false },
  }),
}

/** So many are told of at a time. */
const MOST = 20

/** The answer to a call of it. */
export async function tellStatus(approvals: Approvals, call: Call, now: number): Promise<Answer> {
  const { principal, client, era } = call.origin
  const id = (call.arguments as { approvalId?: unknown } | undefined)?.approvalId
  const isOwn = (one: Approval): boolean => one.org === principal.org && one.principal === principal.id && one.client === (client.id ?? client.name)
  const found = typeof id === 'string' ? await approvals.approvals([id]) : (await approvals.approvals()).filter(one => now < one.expiresAt && !one.used)
  const own = found.filter(isOwn).slice(0, MOST)
  const none = typeof id === 'string' ? `There is no question ${JSON.stringify(id)} of yours.` : 'No call of yours waits for an answer.'
  const text = own.length === 0 ? none : own.map(one => `${one.id} (${one.target}): ${sentence(one, now)}`).join('\n')
  const told = own.map(one => ({ approvalId: one.id, tool: one.target, standing: standing(one, now), reason: one.answer?.reason }))
  const parts = result('0', era, `"content":${encode([{ type: 'text', text }])},"structuredContent":${encode({ approvals: told })}`)
  return { kind: 'reply', era, reply: replyOf(parse(parts.join('')) as Frame)! }
}

function sentence(approval: Approval, now: number): string {
  const { expiresAt, answer, used } = approval
  switch (standing(approval, now)) {
    case 'open':
      return `waits for an answer, ${about(expiresAt - now)} more. Nothing was executed.`
    case 'allowed':
      return `the person said yes. Make exactly the same call again within ${about(expiresAt - now)}: it is then executed, once.`
    case 'denied':
      return `the person said no${answer!.reason ? `: ${JSON.stringify(answer!.reason)}` : ''}. Nothing was executed; do not repeat the call.`
    case 'expired':
      return 'nobody has answered in time. Nothing was executed; to ask again, make the call again.'
    case 'used':
      return used!.settledAt === undefined
        ? 'the person said yes, and it is not known whether the call was executed.'
        : 'the person said yes, and the call is over.'
  }
}

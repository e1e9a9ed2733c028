// What is said around a question: to the model, which must know what happened and what to do next, and to the person at a client that can ask.

import { about } from '../lib/durations.ts'
import { escapes, safe } from '../lib/safe.ts'
import { fromWire } from '../rpc/wire.ts'
import type { Approval } from './approval.ts'
import { namesIn } from './beside.ts'
import { clientNameOf } from './binding.ts'
import { PINNED } from './definition.ts'
import type { PinUpdate } from './pins.ts'
import type { Answer, Call, Decision } from './types.ts'

const BUSY_RETRY_MS = 1000

type Deny = Decision & { readonly kind: 'deny' }

const deny = (code: Deny['code'], by: string, reason: string): Deny => ({ kind: 'deny', by, reason, code })

/** So many names are told, each so far. */
const MOST_NAMES = 8
const NAME = 64

export const sayings = {
  /** Why a person is asked, and what they must know besides: what is brought along beside the arguments. */
  reason(why: string, call: Call): string {
    const names = namesIn(call.beside?.(true) ?? '')
    if (names.length === 0) return why
    const told = names.slice(0, MOST_NAMES).map(name => safe(JSON.stringify(name.slice(0, NAME))))
    return `${why}; beside its arguments it brings along ${told.join(', ')}${names.length > told.length ? ` and ${names.length - told.length} more` : ''}`
  },

  /** Nobody has answered, and the call does not wait any longer. */
  pending: ({ id, expiresAt }: Approval, now: number): Answer => ({
    kind: 'failure',
    sent: false,
    fault: {
      code: 'approval_pending',
      approvalId: id,
      message:
        `This call needs a person's yes. It was not executed; the question ${id} waits for an answer for ${about(expiresAt - now)}. ` +
        `Tell the person: answer it in the window (mcpgw tui) or with "mcpgw approve ${id}" or "mcpgw refuse ${id}". ` +
        `After a yes make exactly the same call again: it is then executed, once. approval_status tells how it stands. Do not look for another way.`,
    },
  }),

  /** To a client that wants to know how far its call is. */
  waiting: (id: string): string => `waiting for a person's yes: mcpgw tui, or mcpgw approve ${id}`,

  denied({ id, answer }: Approval): Deny {
    const { reason } = answer!
    return deny(
      'approval_denied',
      `approval:${id}`,
      `Refused: a person was asked about this call and said no${reason ? `: ${JSON.stringify(reason)}` : ''}. It was not executed. Do not repeat it and do not look for another way; ask the person what to do instead.`,
    )
  },

  expired: ({ id }: Approval): Deny =>
    deny(
      'approval_expired',
      `approval:${id}`,
      `This call needs a person's yes, and nobody has answered in time. It was not executed. Tell the person; to ask again, make the call again.`,
    ),

  /** Two calls that mean the same had one yes between them. */
  usedUp: ({ id }: Approval): Deny =>
    deny(
      'approval_denied',
      `approval:${id}`,
      `The person's yes (${id}) was for one call, and another call that means the same has used it. This one was not executed. If it is meant to run once more, make it again: the person is asked again.`,
    ),

  unaskable: (why: string): Deny =>
    deny('denied', 'approvals', `Denied: this call needs a person's yes, and they can not be asked: ${why}. It was not executed. Tell the person.`),

  unrecorded: (): Deny =>
    deny(
      'audit_unavailable',
      'approvals',
      "This call needs a person's yes, and the question can not be recorded, so it was not asked and nothing was executed. Tell the person: free disk space or mend the journal folder (mcpgw doctor).",
    ),

  /** The store can't be asked: a no, whatever it would have said. */
  unusable(error: unknown): Deny {
    const busy = (error as { busy?: boolean }).busy === true
    const what = busy ? 'is busy' : `can not be used (${error instanceof Error ? error.message : String(error)})`
    const then = busy ? 'Repeat it in a second.' : 'Tell the person: mcpgw doctor.'
    const reason = `This call needs a person's yes, and the store that keeps questions and answers ${what}. The call was not executed. ${then}`
    return { ...deny('store_busy', 'approvals', reason), retryAfterMs: BUSY_RETRY_MS }
  },

  /** A form for the person at the client (MCP, elicitation/create). What will run stands there whole. */
  form(call: Call, { id, reason, earlier }: Approval, update?: PinUpdate): Record<string, unknown> {
    const args = safe(fromWire(call.argumentsText), { multiline: true, escape: escapes.json })
    const again = earlier ? `\n\nA call that means the same was allowed before, and it is not known whether it was executed.` : ''
    return {
      ...(call.origin.revision >= '2025-11-25' && { mode: 'form' }),
      message: `${safe(clientNameOf(call))} wants to call ${safe(call.target)}: ${reason}.\n\n${args === '' ? 'No arguments.' : args}${again}${update ? `\n\n${changesOf(update)}` : ''}\n\nQuestion ${id}. Every choice is recorded.`,
      requestedSchema: {
        type: 'object',
        properties: {
          answer: {
            type: 'string',
            title: 'Run it?',
            enum: ['no', 'once', 'session'],
            enumNames: ['No', 'Yes, this once', 'Yes, and all such calls in this session'],
          },
        },
        required: ['answer'],
      },
    }
  },
}

/** What a yes accepts besides, whole: each part of a definition that is another one now. */
function changesOf({ backend, tools }: PinUpdate): string {
  const changes = tools.flatMap(({ tool, was, is }) => {
    const [before, after] = [was, is].map(one => JSON.parse(fromWire(one.text)) as Record<string, unknown>) as [
      Record<string, unknown>,
      Record<string, unknown>,
    ]
    const keys = PINNED.filter(key => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
    return keys.map(key => `${safe(tool)}, ${key}\n  was: ${shown(before[key])}\n  is:  ${shown(after[key])}`)
  })
  return [`A yes accepts all that "${safe(backend)}" has changed:`, ...changes].join('\n\n')
}

const shown = (value: unknown): string => safe(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing'), { multiline: true })

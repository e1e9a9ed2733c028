// How a call came to its end, step by step: what was decided and by whom, and for whom it waited meanwhile. For the window and the command line alike.

import type { StoredCall, WholeCall } from '../api/client.ts'
import { bytes, count, roughly } from '../lib/amounts.ts'

type Leg = NonNullable<WholeCall['legs']>[number]

export const decidedSentence = ({ kind, by, code }: StoredCall['decision']): string => `${kind}${by ? ` by ${by}` : ''}${code ? ` (${code})` : ''}`

/** Deciding takes no time that anybody sees, unless somebody is asked. */
const SEEN_MS = 50

/** How long it took until it was decided, where that was long. */
export function decidedAfter({ startedAt, openedAt, decision: { kind, approver, code = '' } }: StoredCall): string | undefined {
  const ms = openedAt - startedAt
  if (ms < SEEN_MS) return undefined
  return `${roughly(ms)}${kind === 'ask' || approver !== undefined || code.startsWith('approval_') ? ' for a person' : ' before it was decided'}`
}

/** What a client is asked, by the method. */
const asking: Readonly<Record<string, string>> = {
  'elicitation/create': 'an answer of its person',
  'sampling/createMessage': 'an answer of its model',
  'roots/list': 'its roots',
}

/** That it waited for its client, and for what; or that its client was given what came of its task. */
export function legRow({ at, for: what, asked, gave }: Leg): readonly [name: string, text: string] {
  const time = new Date(at).toISOString()
  if (gave) {
    const tokens = count(Math.ceil(gave.bytes / 4), 'token')
    return [
      'was given',
      `at ${time}: what came of its task${gave.isError ? ', an error' : ''}, ${bytes(gave.bytes)} (about ${tokens}), ${gave.resultHash}, not kept`,
    ]
  }
  const wanted = [...new Set(asked.map(method => asking[method] ?? method))].join(' and ')
  return ['waited', `from ${time} on for its client: ${what === 'task' ? 'a task' : wanted || 'an answer'}`]
}

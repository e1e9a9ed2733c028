// `mcpgw log --changes`: what was changed in the settings, by whom, and which gateways took it into use. Newest last.

import type { Records } from '../store/records.ts'
import type { StoredNote } from '../store/store.ts'
import { fields } from '../store/stored.ts'
import type { Context } from './context.ts'
import { isChange } from './log-export.ts'
import { json, note, table } from './print.ts'
import { timeOf } from '../lib/times.ts'

/** Shows changes. */
export async function changesShown(
  context: Context,
  records: Records,
  { words, sinceAt, limit, asJson }: { words: readonly string[]; sinceAt?: number; limit: number; asJson: boolean },
): Promise<void> {
  const found: StoredNote[] = []
  for (let before: StoredNote | undefined; found.length < limit;) {
    const page = await records.notes({ sinceAt, before, limit: 500 })
    found.push(...page.filter(one => isChange(one, words)))
    if (page.length < 500) break
    before = page.at(-1)
  }
  const shown = found.slice(0, limit).reverse()
  if (asJson) return json(context, shown)
  if (shown.length === 0) return note(context, 'No such change is on record.')
  const now = Date.now()
  await table(
    context,
    ['TIME', 'BY', 'WHAT'],
    shown.map(one => [timeOf(one.at, now), byWhom(one), what(one)]),
  )
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** A person with the command, or the gateway that took it. */
function byWhom({ journal, detail: { by, user, command } }: StoredNote): string {
  if (by === 'gateway') return `gateway ${journal}`
  return [text(user) || text(by), text(command) && `(mcpgw ${text(command)})`].filter(Boolean).join(' ')
}

const verbs: Readonly<Record<string, string>> = {
  'settings.changed': '',
  'settings.failed': 'not done: ',
  'settings.taken': 'in use: ',
  'settings.refused': 'refused: ',
}

/** How long a yes holds, where it holds for more than one call. */
function lasting({ id, span, untilAt, pins }: Record<string, unknown>): string | false {
  if (typeof id !== 'string') return false
  const until = typeof untilAt === 'number' ? `until ${timeOf(untilAt, Date.now())}` : span === 'session' ? 'for its session' : 'always'
  return `remembered as ${text(id)} ${until}${Array.isArray(pins) ? ` with the same ${pins.map(text).join(', ')}` : ''}`
}

/** What became of questions, as sentences. */
const questions: Readonly<Record<string, (detail: Record<string, unknown>) => string>> = {
  'approvals.asked': ({ approval, client, target, rule }) => `question ${text(approval)}: ${text(client)} wants ${text(target)} (${text(rule)})`,
  'approvals.answered': ({ approval, decision, target, reason, edited, remembered }) =>
    [
      `${decision === 'allow' ? 'yes' : 'no'} to ${text(approval)}: ${text(target)}`,
      typeof edited === 'string' && 'with other arguments',
      lasting(fields(remembered)),
      text(reason) && `because: ${text(reason)}`,
    ]
      .filter(Boolean)
      .join(', '),
  'approvals.failed': ({ approval, because }) => `the answer to ${text(approval)} did not count: ${text(because)}`,
  'approvals.expired': ({ approval, target }) => `nobody has answered ${text(approval)}: ${text(target)}`,
  'approvals.revoked': ({ answer }) => `the remembered answer ${text(answer)} has ended`,
}

function what({ note: kind, detail }: StoredNote): string {
  if (questions[kind]) return questions[kind](detail)
  const { changes, because, by: _, user: __, command: ___, file: ____, ...rest } = detail
  const keys = Array.isArray(changes) ? (changes as Record<string, unknown>[]).map(({ key, how, to }) => `${text(how)} ${text(key)}${told(to)}`) : []
  return `${verbs[kind] ?? `${kind}: `}${text(because) || keys.join(', ') || facts(rest) || 'nothing that matters'}`
}

/** What a note says that is no change of settings. */
const facts = (detail: Record<string, unknown>): string =>
  Object.entries(detail)
    .filter(([, value]) => value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0))
    .map(([key, value]) => `${key} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(', ')

const told = (to: unknown): string => (to === undefined ? '' : ` (${String(to)})`)

// `mcpgw log --changes`: what was changed in the settings, by whom, and which gateways took it into use. Newest last.

import type { Records } from '../store/records.ts'
import type { StoredNote } from '../store/store.ts'
import { changeSentence } from './changes.ts'
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
    shown.map(one => [timeOf(one.at, now), byWhom(one), changeSentence(one)]),
  )
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** A person with the command, or the gateway that took it. */
function byWhom({ journal, detail: { by, user, command } }: StoredNote): string {
  if (by === 'gateway') return `gateway ${journal}`
  return [text(user) || text(by), text(command) && `(mcpgw ${text(command)})`].filter(Boolean).join(' ')
}

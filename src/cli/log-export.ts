// `mcpgw log export`: calls and changes as one stream, newest first, a page in memory at a time.

import { Command, Option } from 'commander'
import { csvLine } from '../lib/csv.ts'
import type { Records } from '../store/records.ts'
import type { CallFilter, StoredNote } from '../store/store.ts'
import type { StoredCall } from '../store/stored.ts'
import type { Context } from './context.ts'
import { exportColumns, exportedCall, exportedChange, type Exported } from './exported.ts'
import { json } from './print.ts'
import { standingOf, type IsAlive } from './shown-calls.ts'

const PAGE = 500

const help = `
Filters are those of: mcpgw log. Newest first; changes of settings stand among
the calls, unless a filter asks for calls (--backend, --tool, --client,
--key, --project, --outcome). Every line has the same columns, and a later
version adds its own at the end:
${columnsText()}
CSV is RFC 4180, with a line of names; a cell that a spreadsheet would compute
begins with ', and control characters are written as escapes. JSON lines keep
every text exactly, as JSON escapes it.

Examples:
  mcpgw log export --format jsonl --since 7d > calls.jsonl
  mcpgw log export --format csv --outcome error > errors.csv`

function columnsText(): string {
  return exportColumns.join(', ').replace(/(.{1,76})(?: |$)/g, '  $1\n')
}

/** The command, with the filters that the log has. */
export const logExport = (act: (words: string[], command: Command) => Promise<void>): Command =>
  new Command('export')
    .description('all of it for other programs: JSON lines or CSV')
    .argument('[words...]', 'only records in which these words stand')
    .addOption(new Option('--format <format>', 'how').choices(['jsonl', 'csv']).makeOptionMandatory())
    .option('--payloads', 'with what calls carried, as far as it was kept')
    .addHelpText('after', help)
    .action((words: string[], _, command: Command) => act(words, command))

export interface Export {
  readonly format: 'jsonl' | 'csv'
  readonly filter: CallFilter
  /** Of calls that are not settled, only those that stand so. */
  readonly standing?: string
  readonly most: number
  /** With what calls carried. */
  readonly payloads: boolean
}

/** Writes what the filter means. */
export async function exported(context: Context, records: Records, isAlive: IsAlive, { format, filter, standing, most, payloads }: Export): Promise<void> {
  const write = (row: Exported): void => {
    if (format === 'csv') context.out.write(csvLine(exportColumns.map(name => row[name])))
    else json(context, row, 0)
  }
  if (format === 'csv') context.out.write(csvLine(exportColumns))
  let left = most
  for await (const one of merged(calls(records, filter), changes(records, filter))) {
    if (one.kind === 'call' && standing !== undefined && standingOf(one.row, isAlive) !== standing) continue
    if (left-- <= 0) return
    write(one.kind === 'call' ? exportedCall(one.row, isAlive, payloads ? await records.payloads(one.row) : []) : exportedChange(one.row))
    await context.out.drained?.()
  }
}

type One = { readonly kind: 'call'; readonly row: StoredCall; readonly at: number } | { readonly kind: 'change'; readonly row: StoredNote; readonly at: number }

async function* calls(records: Records, filter: CallFilter): AsyncGenerator<One> {
  for (let before: CallFilter['before']; ;) {
    const page = await records.calls({ ...filter, before, limit: PAGE })
    for (const row of page) yield { kind: 'call', row, at: row.openedAt }
    if (page.length < PAGE) return
    before = page.at(-1)
  }
}

async function* changes(records: Records, { backend, tool, client, key, project, outcome, sinceAt, words = [] }: CallFilter): AsyncGenerator<One> {
  if ([backend, tool, client, key, project, outcome].some(one => one !== undefined)) return
  for (let before: StoredNote | undefined; ;) {
    const page = await records.notes({ sinceAt, before, limit: PAGE })
    for (const row of page) if (isChange(row, words)) yield { kind: 'change', row, at: row.at }
    if (page.length < PAGE) return
    before = page.at(-1)
  }
}

/** Whether a note is a change, and one that these words are in. */
export function isChange({ note, seq, detail }: StoredNote, words: readonly string[]): boolean {
  const text = `${note} ${JSON.stringify(detail)}`.toLowerCase()
  return seq > 0 && note.includes('.') && words.every(word => text.includes(word.toLowerCase()))
}

async function* merged(...sources: readonly AsyncGenerator<One>[]): AsyncGenerator<One> {
  const [a, b] = sources as [AsyncGenerator<One>, AsyncGenerator<One>]
  for (let [one, other] = [await a.next(), await b.next()]; !one.done || !other.done;) {
    if (other.done || (!one.done && one.value.at >= other.value.at)) {
      yield one.value as One
      one = await a.next()
    } else {
      yield other.value as One
      other = await b.next()
    }
  }
}

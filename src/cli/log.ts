// `mcpgw log`: the calls of every client and backend on this machine, newest last. What is in no store yet is brought there first.

import { Command, InvalidArgumentError, Option } from 'commander'
import { faults } from '../gateway/faults.ts'
import { systemClock } from '../lib/clock.ts'
import { parseDuration } from '../lib/durations.ts'
import { openRecords, type Records } from '../store/records.ts'
import type { CallFilter } from '../store/store.ts'
import type { StoredCall } from '../store/stored.ts'
import type { Context } from './context.ts'
import { alive } from './living.ts'
import { asking } from './log-asking.ts'
import { changesShown } from './log-changes.ts'
import { exported, logExport } from './log-export.ts'
import { followed } from './log-follow.ts'
import { showOne } from './log-show.ts'
import { logVerify } from './log-verify.ts'
import { json, note, table } from './print.ts'
import { columns, dataOf, rowOf, standingOf, standings, type IsAlive } from './shown-calls.ts'

export interface LogOptions {
  readonly follow?: true
  readonly backend?: string
  readonly tool?: string
  readonly client?: string
  readonly key?: string
  readonly project?: string
  readonly outcome?: string
  readonly since?: number
  readonly limit: number
  readonly json?: true
  readonly changes?: true
}

const examples = `
Examples:
  mcpgw log --since 1h
  mcpgw log --backend github --outcome error
  mcpgw log -f
  mcpgw log --changes
  mcpgw log show 3f2a9c01-7`

export const log = (context: Context): Command =>
  new Command('log')
    .description('the calls on record, newest last')
    .argument('[words...]', 'only calls in whose record, or in what they carried, these words stand')
    .option('-f, --follow', 'go on with what happens from now on')
    .option('--backend <name>', 'only calls to this backend')
    .option('--tool <name>', 'only calls of this tool; * stands for anything')
    .option('--client <name>', 'only calls of this client')
    .option('--key <name>', 'only calls with this key; local are those without one')
    .option('--project <path>', 'only calls for this project, as far as clients tell: its folder, or the last part of it; * stands for anything')
    .option('--outcome <outcome>', `${standings.join(', ')}, or a fault such as backend_timeout`, outcome)
    .option('--since <duration>', 'only calls from so long ago on: 10m, 1h, 2d', since)
    .option('-n, --limit <number>', 'so many at most', limit, 50)
    .option('--json', 'as JSON; with -f a line for each call')
    .addOption(
      new Option('--changes', 'the changes of settings, instead of the calls: who made them, and which gateways use them').conflicts([
        'follow',
        'backend',
        'tool',
        'client',
        'key',
        'project',
        'outcome',
      ]),
    )
    .addHelpText('after', examples)
    .addCommand(
      new Command('show')
        .description('everything on record of one call')
        .argument('<id>', 'its id, or the beginning of it')
        .option('--json', 'as JSON')
        .option('--raw', 'its frames, as far as they are on record, a line of JSON each')
        .addHelpText('after', '\nExample:\n  mcpgw log show 3f2a9c01-7')
        .action((id: string, _, command: Command) =>
          reading(context, false, (records, isAlive) => showOne(context, records, isAlive, id, command.optsWithGlobals<{ json?: true; raw?: true }>())),
        ),
    )
    .addCommand(logVerify(context))
    .addCommand(
      logExport((words, command) => {
        const options = command.optsWithGlobals<LogOptions & { format: 'jsonl' | 'csv'; payloads?: true }>()
        const filter = filterOf(words, options)
        const standing = filter.outcome === 'open' ? options.outcome : undefined
        const most = command.parent!.getOptionValueSource('limit') === 'default' ? Infinity : options.limit
        return reading(context, false, (records, isAlive) =>
          exported(context, records, isAlive, { format: options.format, filter, standing, most, payloads: options.payloads === true }),
        )
      }),
    )
    .action((words: string[], options: LogOptions) =>
      reading(context, options.follow === true, (records, isAlive) => show(context, records, isAlive, words, options)),
    )

/** Opens what is on record, says what stands in the way of seeing all of it, and closes it again. */
async function reading(context: Context, waits: boolean, act: (records: Records, isAlive: IsAlive) => Promise<void>): Promise<void> {
  const { places } = context
  const isAlive = alive(places)
  const records = await openRecords({ database: places.database, journal: places.journal, clock: systemClock, isAlive, waits })
  for (const problem of records.problems) note(context, { text: 'warning: ', style: 'yellow' }, problem)
  try {
    await act(records, isAlive)
  } finally {
    await records.close()
  }
}

async function show(context: Context, records: Records, isAlive: IsAlive, words: readonly string[], options: LogOptions): Promise<void> {
  const filter = filterOf(words, options)
  if (options.changes) return changesShown(context, records, { words, sinceAt: filter.sinceAt, limit: options.limit, asJson: options.json === true })
  const calls = await wanted(records, isAlive, filter, options)
  if (options.follow) return followed(context, { records, isAlive, filter, options, calls })
  if (options.json)
    return json(
      context,
      calls.map(call => dataOf(call, isAlive)),
    )
  const now = Date.now()
  const waiting = options.outcome === undefined ? await asking(context.places, filter, now) : []
  const rows = [...calls.map(call => rowOf(call, isAlive, now)), ...waiting]
  if (rows.length > 0) {
    await table(
      context,
      columns.map(one => one.head),
      rows,
    )
    if (waiting.length > 0) note(context, 'To see what asks you, and answer: mcpgw approvals')
    return
  }
  const any = (await records.calls({ limit: 1 })).length > 0
  note(context, any ? 'No call on record is like that.' : 'No call is on record yet. What a client calls is, and so is: mcpgw call TOOL')
}

function filterOf(words: readonly string[], { backend, tool, client, key, project, outcome: how, since: ago, limit: most }: LogOptions): CallFilter {
  const isOpen = how === 'in flight' || how === 'unknown'
  return { backend, tool, client, key, project, outcome: isOpen ? 'open' : how, words, limit: most, ...(ago !== undefined && { sinceAt: Date.now() - ago }) }
}

/** Newest last. Whether a call is in flight or its process is gone is no matter of the record, so it is looked at here. */
async function wanted(records: Records, isAlive: IsAlive, filter: CallFilter, { outcome: how, limit: most }: LogOptions): Promise<StoredCall[]> {
  const found = await records.calls(filter.outcome === 'open' ? { ...filter, limit: Infinity } : filter)
  const those = filter.outcome === 'open' ? found.filter(call => standingOf(call, isAlive) === how) : found
  return those.slice(0, most).reverse()
}

function outcome(text: string): string {
  const value = text.toLowerCase().replace(/^in[-_]?flight$/, 'in flight')
  if ((standings as readonly string[]).includes(value) || value in faults) return value
  throw new InvalidArgumentError(`It is one of: ${standings.join(', ')}; or a fault: ${Object.keys(faults).join(', ')}.`)
}

function since(text: string): number {
  const value = parseDuration(text)
  if (value === undefined) throw new InvalidArgumentError('It is a duration, such as 10m, 1h or 2d.')
  return value
}

function limit(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('It is a number of calls.')
  return Number(text)
}

// `mcpgw log verify`: whether the record is as it was written. What is wrong is data; how far it has come is told on stderr when it takes long.

import { Command } from 'commander'
import type { Finding } from '../store/links.ts'
import { StoreProblem } from '../store/store.ts'
import { LIMITS, verify, type Verified } from '../store/verify.ts'
import type { Context } from './context.ts'
import { Failure } from './failure.ts'
import { json, line, note } from './print.ts'

const LONG_MS = 1000
/** So many findings are named; all are counted. */
const NAMED = 1000

const help = `
Every hash is computed anew, in the journals and in the store: a line that was
changed, put in or taken out is named, and so is a row that says something else
than its line. It reads only. Exit code 1: something is wrong.

${wrapped(LIMITS)}

Example:
  mcpgw log verify`

export const logVerify = (context: Context): Command =>
  new Command('verify')
    .description('prove that no record was changed or removed')
    .option('--json', 'as JSON')
    .addHelpText('after', help)
    .action((_, command: Command) => proved(context, command.optsWithGlobals<{ json?: true }>().json === true))

function proved(context: Context, asJson: boolean): void {
  const { places } = context
  const findings: Finding[] = []
  const onFinding = (finding: Finding): void => {
    if (findings.length === NAMED) return
    findings.push(finding)
    if (!asJson) line(context, { text: sentence(finding), style: 'red' })
  }
  const result = attempt(() => verify({ database: places.database, journal: places.journal, onFinding, onProgress: telling(context) }))
  if (result.findings > 0) context.exitCode = 1
  if (asJson) return json(context, { ok: result.findings === 0, ...result, findings: { count: result.findings, named: findings }, limits: LIMITS })
  if (result.findings > findings.length) line(context, `... and ${result.findings - findings.length} more`)
  for (const text of summary(result)) note(context, text)
}

function attempt(act: () => Verified): Verified {
  try {
    return act()
  } catch (error) {
    if (error instanceof StoreProblem) throw new Failure(1, `nothing can be proved now: ${error.message}`)
    throw error
  }
}

/** What is wrong, where, and when. */
function sentence({ journal, seq, id, at, what }: Finding): string {
  const when = at === undefined || !Number.isFinite(at) || Math.abs(at) > 8.64e15 ? undefined : new Date(at).toISOString()
  const rest = [id !== undefined && `call ${id}`, when].filter(Boolean).join(', ')
  return `journal ${journal}${seq === undefined ? '' : `, line ${seq}`}${rest && ` (${rest})`} ${what}`
}

function summary({ journals, lines, findings, anchored, unproved }: Verified): string[] {
  const read = `${lines} ${lines === 1 ? 'line' : 'lines'} of ${journals} ${journals === 1 ? 'journal' : 'journals'}`
  return [
    findings > 0 ? `Of ${read}, ${findings} ${findings === 1 ? 'thing is' : 'things are'} wrong.` : `${read}: nothing was changed, removed or put in.`,
    ...(anchored > 0 ? [`Of ${anchored} the beginning was taken by retention; they hang on the hash that it left.`] : []),
    ...(unproved > 0 ? [`${unproved} older ${unproved === 1 ? 'line' : 'lines'}, of calls that ended later, can't be proved: the line before is gone.`] : []),
    LIMITS,
  ]
}

/** How far it is, once a second. */
function telling(context: Context): (lines: number, all: number) => void {
  let toldAt = performance.now()
  return (lines, all) => {
    if (performance.now() - toldAt < LONG_MS) return
    toldAt = performance.now()
    note(context, { text: `verifying: ${lines} of about ${all} lines`, style: 'dim' })
  }
}

/** At 80 columns. */
function wrapped(text: string): string {
  return text.replace(/(.{1,79})(?: |$)/g, '$1\n').trimEnd()
}

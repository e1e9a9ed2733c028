// `mcpgw replay`: a recorded call again, through the same decisions and onto the record like any other, and what differs in its result. It sends what
// was sent, or nothing: arguments of which anything was redacted or cut off, or was not kept, are not what was sent.

import { Command } from 'commander'
import { structuredPatch } from 'diff'
import { kept, type PayloadSettings } from '../gateway/payloads.ts'
import { isPlain } from '../gateway/received.ts'
import * as redactor from '../gateway/redact/redact.ts'
import { systemClock } from '../lib/clock.ts'
import { cut, toWire } from '../rpc/wire.ts'
import type { Ended } from '../rpc/requests.ts'
import { hashOf } from '../store/line.ts'
import { openRecords } from '../store/records.ts'
import type { StoredCall, StoredPayload } from '../store/stored.ts'
import { pieces, readable } from './carried.ts'
import type { Context } from './context.ts'
import { Failure } from './failure.ts'
import { alive } from './living.ts'
import { json, line, note, type Style } from './print.ts'
import { exitOf, isOurs, show } from './result.ts'
import { within } from './session.ts'

const help = `
The call is decided on and recorded as any other: a rule may refuse it, and what
it does it does again. Only a call whose arguments were kept as they were sent
can be replayed: with "audit": {"payloads": "redacted"} in the settings those
that had no secrets in them, with "full" all of them.

Example:
  mcpgw replay 3f2a9c01-7`

export const replay = (context: Context): Command =>
  new Command('replay')
    .description('make a recorded call again, and show what differs in its result')
    .argument('<id>', 'its id, or the beginning of it, as in: mcpgw log')
    .option('--json', 'both results and their difference as JSON')
    .addHelpText('after', help)
    .action((id: string, { json: asJson }: { json?: true }) => replayed(context, id, asJson === true))

interface Recorded {
  readonly call: StoredCall
  /** JSON, as it was sent; undefined where there was none. */
  readonly sent: string | undefined
  readonly result: StoredPayload | undefined
}

async function replayed(context: Context, id: string, asJson: boolean): Promise<void> {
  const { places, env } = context
  const settings = context.settings()
  const { call, sent, result } = await recorded(context, id)
  const { again, ended } = await within({ settings, places, env, client: 'mcpgw replay' }, async here => {
    let again = ''
    const unwatch = here.booted.events.watch(events => {
      for (const event of events) if (event.type === 'call.started') again = event.id
    })
    const ended = await here.ask(call.method, paramsOf(call, sent))
    here.booted.events.state()
    unwatch()
    return { again, ended }
  })
  context.exitCode = exitOf(ended)
  if (isOurs(ended)) return void show(context, ended, asJson)
  const level = settings.audit.payloads === 'full' ? 'full' : 'redacted'
  const now = resultNow(ended, { payloads: level, maxBytes: settings.audit.maxBytes })
  const before = result && (level === 'full' ? result.text : redactor.redactJson(result.text).text)
  const partly = result?.cut || now.cut
  const difference = before === undefined ? undefined : patch(linesOf(before, partly), linesOf(now.text, partly), partly)
  if (asJson) {
    const same = difference && difference.length === 0
    return json(context, { call: call.id, again, same: same ?? null, difference: difference ?? null, before: result ?? null, after: now })
  }
  note(context, { text: `${call.target}: ${call.id} again, as ${again}`, style: 'dim' })
  if (!difference) {
    note(context, 'The result of then was not kept, so there is nothing to compare with. The result of now:')
    for (const one of readable(now.text)) line(context, one)
  } else if (difference.length === 0) line(context, partly ? 'The results begin alike: only their beginning was kept.' : 'The result is the same.')
  for (const one of difference ?? []) line(context, { text: one, style: styles[one[0]!] ?? 'dim' })
}

const styles: Readonly<Record<string, Style>> = { '-': 'red', '+': 'green', '@': 'cyan' }

/** The call as it was, if it can be made again. */
async function recorded(context: Context, id: string): Promise<Recorded> {
  const { places } = context
  const records = await openRecords({ database: places.database, journal: places.journal, clock: systemClock, isAlive: alive(places) })
  try {
    const found = await records.call(id)
    if (found.kind === 'none') throw new Failure(4, `no call is on record whose id begins with "${id}"`, 'The last calls are listed by: mcpgw log')
    if (found.kind === 'several') throw new Failure(2, `several calls have an id that begins with "${id}"`, ...found.ids)
    const { call } = found
    const payloads = await records.payloads(call)
    return { call, sent: sentBy(call, payloads), result: payloads.find(one => one.part === 'result') }
  } finally {
    await records.close()
  }
}

/** What went to the backend then: what a person had put in place of the call's arguments, if anybody did. */
function sentBy(call: StoredCall, payloads: readonly StoredPayload[]): string | undefined {
  const { id, argumentsBytes, argumentsHash, decision, target } = call
  if (call.seq === 0) throw refused(call, 'its opening line is lost')
  if (target.includes('[redacted:')) throw refused(call, 'a secret in its URI was redacted')
  if (target.length > 1024) throw refused(call, 'only the beginning of its target was kept')
  if (argumentsBytes === 0 && decision.edited === undefined) return undefined
  const sent = payloads.find(one => one.part === (decision.edited === undefined ? 'arguments' : 'edited'))
  if (!sent) throw refused(call, 'its arguments were not kept')
  if (sent.cut) throw refused(call, 'only the beginning of its arguments was kept')
  if (sent.redactions > 0) throw refused(call, 'secrets in its arguments were redacted')
  if (hashOf(toWire(sent.text)) !== (decision.edited ?? argumentsHash))
    throw new Failure(1, `${id} can't be replayed: what is kept of its arguments is not what was sent`, 'To see what was changed: mcpgw log verify')
  return sent.text
}

const refused = ({ id, target, method }: StoredCall, why: string): Failure =>
  new Failure(
    3,
    `${id} can't be replayed: ${why}`,
    ...(method === 'tools/call' ? [`To make it with arguments of your own: mcpgw call ${target} '{...}'`] : []),
    'What later calls carry is kept whole with "audit": {"payloads": "full"} in the settings.',
  )

/** The params of its request, JSON. */
const paramsOf = ({ method, target }: StoredCall, sent: string | undefined): string =>
  !isPlain(method)
    ? (sent ?? '{}')
    : `{${JSON.stringify(method === 'resources/read' ? 'uri' : 'name')}:${JSON.stringify(target)}${sent === undefined ? '' : `,"arguments":${sent}`}}`

/** The result of now, as the record would keep it: only then can it be compared with the one of then. */
function resultNow(ended: Ended, settings: PayloadSettings): Pick<StoredPayload, 'text' | 'bytes' | 'redactions' | 'cut'> {
  if (ended.kind !== 'reply') throw new Failure(1, 'there was no answer')
  const { wire, body } = ended.reply
  return kept(cut(wire, body.start, body.end), body.end - body.start, settings, redactor)
}

const linesOf = (text: string, partly: boolean): readonly string[] => (partly ? pieces(text) : readable(text))

/** What differs, as lines of a patch; where something was cut off, up to where both go. */
function patch(before: readonly string[], after: readonly string[], partly: boolean): string[] {
  const most = partly ? Math.min(before.length, after.length) : Infinity
  const text = (lines: readonly string[]): string => lines.slice(0, most).join('\n')
  const { hunks } = structuredPatch('then', 'now', text(before), text(after), '', '', { context: 3 })
  if (hunks.length === 0) return []
  const all = hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
    ...lines.filter(one => !one.startsWith('\\')),
  ])
  return ['--- then', '+++ now', ...all]
}

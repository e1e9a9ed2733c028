// `mcpgw pins`: which tools are what they were, and which are not. A person sees what has changed, and accepts or refuses it; running gateways follow.

import { rmSync } from 'node:fs'
import { Command } from 'commander'
import type { PinStatus } from '../api/port.ts'
import type { PinState } from '../gateway/pins.ts'
import { INSTRUCTIONS } from '../gateway/names.ts'
import { marksOf, type Mark } from '../gateway/scan.ts'
import { count } from '../lib/amounts.ts'
import { timeOf } from '../lib/times.ts'
import type { StoredPin } from '../store/pins.ts'
import type { Context } from './context.ts'
import { Failure } from './failure.ts'
import { json, line, note, table, type Style } from './print.ts'
import { named, nameOf, waits, withPins } from './pinned.ts'
import { statusOf } from './pin-status.ts'
import { besides } from './suspicions.ts'
import { userName } from './who.ts'

const styleOf = { pinned: 'green', changed: 'yellow', quarantined: 'red', refused: 'red' } as const satisfies Record<PinState, Style>

export const pins = (context: Context): Command =>
  new Command('pins')
    .description('tools that have changed or look suspicious')
    .option('-a, --all', 'all tools that are pinned')
    .option('--json', 'print all of them as JSON')
    .addHelpText(
      'after',
      '\nA tool is pinned as it was first seen. What becomes of a change says the setting\n"pins": off, warn, ask or quarantine.\n\nExample:\n  mcpgw pins diff github\n  mcpgw pins accept github',
    )
    .action(({ all, json: asJson }: { all?: true; json?: true }) => shown(context, all === true, asJson === true))
    .addCommand(diff(context))
    .addCommand(deciding(context, 'accept', 'accept what has changed: the tool is held to it from now on'))
    .addCommand(deciding(context, 'refuse', 'refuse what has changed, or a tool as it is: it is hidden'))

async function shown(context: Context, all: boolean, asJson: boolean): Promise<void> {
  const pinned = await withPins(context, (book, backends) => book.all(backends))
  if (asJson) return json(context, pinned.map(statusOf))
  const found = pinned.map(pin => ({ pin, marks: marksOf((pin.offered ?? pin.accepted)!.text) }))
  if (found.length === 0) return note(context, 'Nothing is pinned yet: a tool is when its backend has offered it for the first time.')
  const rows = found.filter(({ pin, marks }) => all || pin.state !== 'pinned' || marks.length > 0)
  const now = Date.now()
  if (rows.length > 0)
    await table(
      context,
      ['TOOL', 'STATE', 'SINCE', 'WHAT'],
      rows.map(({ pin, marks }) => [nameOf(pin), { text: pin.state, style: styleOf[pin.state] }, timeOf(sinceOf(pin), now), what(pin, marks)]),
    )
  const waiting = pinned.filter(waits)
  const others = found.filter(one => !rows.includes(one) && one.pin.tool !== INSTRUCTIONS).length
  if (others > 0)
    note(
      context,
      `${rows.length === 0 ? '' : 'The other '}${count(others, 'tool')} ${others === 1 ? 'is' : 'are'} as ${others === 1 ? 'it was' : 'they were'} when first seen, or accepted.`,
    )
  if (waiting.length > 0) note(context, `To see what has changed: mcpgw pins diff ${waiting[0]!.backend}`)
}

const sinceOf = ({ state, firstAt, offeredAt, decidedAt }: StoredPin): number => (state === 'pinned' || state === 'refused' ? decidedAt : offeredAt) ?? firstAt

const what = ({ tool, state, why, decidedBy }: StoredPin, marks: readonly Mark[]): string =>
  [
    why,
    state === 'refused' && `refused${decidedBy === undefined ? '' : ` by ${decidedBy}`}`,
    state === 'changed' && (tool === INSTRUCTIONS ? 'they are not the accepted ones' : 'its definition is not the accepted one'),
    ...besides(why, marks),
  ]
    .filter(Boolean)
    .join('; ')

const diff = (context: Context): Command =>
  new Command('diff')
    .description('what has changed in the definitions of a backend, or of one tool')
    .argument('<name>', 'the backend, or the tool as clients see it')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  mcpgw pins diff github__create_issue')
    .action(async (name: string, _: object, command: Command) => {
      const { json: asJson } = command.optsWithGlobals<{ json?: true }>()
      const found = await withPins(context, async (book, backends) => named(await book.all(backends), name))
      const changed = found.filter(({ offered }) => offered !== undefined)
      if (asJson) return json(context, changed.map(statusOf))
      if (changed.length === 0) return note(context, `${found.length === 1 ? 'It is' : 'Its tools are'} what was accepted.`)
      for (const pin of changed) show(context, statusOf(pin))
      const waiting = changed.filter(waits)
      if (waiting.length > 0) note(context, `To accept ${waiting.length === 1 ? 'it' : 'them'}: mcpgw pins accept ${name}; else: mcpgw pins refuse ${name}`)
    })

/** What has changed of one tool, with what is suspicious about it. */
export function show(context: Context, { name, state, why, marks, difference = [] }: PinStatus): void {
  line(context, { text: name, style: 'bold' }, ': ', { text: state, style: styleOf[state] }, why === undefined ? '' : `, ${why}`)
  for (const { about, words } of marks) line(context, { text: `  suspicious: ${about}: "${words}"`, style: 'red' })
  if (difference.length === 0) line(context, '  Only the way in which a number or a key is written differs.')
  for (const { kind, text } of difference)
    line(context, kind === 'same' ? `    ${text}` : { text: `  ${kind === 'was' ? '-' : '+'} ${text}`, style: kind === 'was' ? 'red' : 'green' })
}

const deciding = (context: Context, verdict: 'accept' | 'refuse', description: string): Command =>
  new Command(verdict)
    .description(description)
    .argument('<name>', 'the backend, or the tool as clients see it')
    .option('--json', 'print what was decided, as it stands then, as JSON')
    .addHelpText('after', `\nExample:\n  mcpgw pins ${verdict} github`)
    .action(async (name: string, _: object, command: Command) => {
      const { json: asJson } = command.optsWithGlobals<{ json?: true }>()
      await withPins(context, async (book, backends) => {
        const found = named(await book.all(backends), name)
        const one = found.length === 1 && nameOf(found[0]!) === name
        const meant = found.filter(pin => (one ? pin.state !== (verdict === 'accept' ? 'pinned' : 'refused') : waits(pin)))
        if (meant.length === 0 && asJson) return json(context, [])
        if (meant.length === 0) return note(context, one ? `${name} is ${found[0]!.state} already` : `nothing of ${name} waits for a decision`)
        const done = await book.decide(meant, verdict, { by: 'local', user: userName() })
        if (done === 'unrecorded') return
        // What stands there for the next greeting was passed on before this.
        if (done.decided.some(({ tool }) => tool === INSTRUCTIONS)) rmSync(context.places.prefaces, { force: true })
        if (asJson) json(context, done.decided.map(statusOf))
        else for (const pin of done.decided) note(context, `${verdict === 'accept' ? 'accepted' : 'refused'} ${nameOf(pin)}`)
        if (done.changed.length > 0)
          throw new Failure(
            1,
            `${done.changed.map(nameOf).join(', ')} has changed again meanwhile, and was left as it is`,
            `To see it: mcpgw pins diff ${name}`,
          )
      })
    })

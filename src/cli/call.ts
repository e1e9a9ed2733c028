// `mcpgw call`: one call of a tool, through the same pipeline as a client's: decided on, recorded, forwarded. Its exit code is the fault's.

import { Command, InvalidArgumentError } from 'commander'
import { parseDuration } from '../lib/durations.ts'
import { memberOf, objectText, withMembers } from './arguments.ts'
import type { Context } from './context.ts'
import { offered, toolOf } from './offered.ts'
import { note } from './print.ts'
import { show } from './result.ts'
import { within, type InProcess, type Progress } from './session.ts'

interface Options {
  readonly arg: readonly string[]
  readonly json?: true
  readonly timeout?: number
}

/** What takes longer is told to take long. */
const SOON_MS = 1000

export const call = (context: Context): Command =>
  new Command('call')
    .description('call a tool, the way a client does')
    .argument('<tool>', 'its name, as in: mcpgw tools')
    .argument('[arguments]', 'a JSON object; - reads it from stdin')
    .option('-a, --arg <key=value>', 'one argument; may be repeated', (one: string, all: readonly string[]) => [...all, one], [])
    .option('--json', 'print the result as the tool gave it')
    .option('-t, --timeout <duration>', 'cancel it after so long without an answer or progress', durationOf)
    .addHelpText(
      'after',
      `\nExamples:\n  mcpgw call files__read_file '{"path": "/tmp/a"}'\n  mcpgw call files__read_file --arg path=/tmp/a\n  echo '{"path": "/tmp/a"}' | mcpgw call files__read_file -`,
    )
    .action(async (tool: string, given: string | undefined, { arg, json, timeout }: Options) => {
      const text = given === '-' ? objectText(await stdin(context), 'what came on stdin') : given === undefined ? '{}' : objectText(given, 'the argument')
      const more = arg.map(memberOf)
      const { places, env } = context
      const ended = await within({ settings: context.settings(), places, env, client: 'mcpgw call' }, async here => {
        const whole = withMembers(text, more, more.length > 0 ? await schemaOf(context, here, tool) : undefined)
        const progress = telling(context, tool)
        return here.call(tool, whole, { timeoutMs: timeout, onProgress: progress.heard }).finally(progress.over)
      })
      context.exitCode = show(context, ended, json === true)
    })

function durationOf(text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined || ms === 0) throw new InvalidArgumentError('It is written like 30s or 5m.')
  return ms
}

async function stdin({ stdin }: Context): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Buffer | string))
  return Buffer.concat(chunks).toString('utf8')
}

/** The schema of a tool's arguments; none for a tool that nobody offers: the call will say so. */
async function schemaOf(context: Context, here: InProcess, tool: string): Promise<unknown> {
  const { catalog } = await offered(context, here)
  const entry = catalog.find('tools', tool)
  return entry && toolOf(entry).inputSchema
}

/** Says on stderr that a call takes its time, and how far it is; not more than once a second. */
function telling(context: Context, tool: string) {
  let toldAt = performance.now()
  let over = false
  const tell = (text: string) => {
    toldAt = performance.now()
    if (!over) note(context, { text, style: 'dim' })
  }
  const timer = setTimeout(() => tell(`waiting for ${tool} ...`), SOON_MS)
  return {
    heard({ progress, total, message }: Progress) {
      if (performance.now() - toldAt < SOON_MS) return
      clearTimeout(timer)
      const far = typeof total === 'number' ? `${progress} of ${total}` : String(progress)
      tell(`${tool}: ${[far, typeof message === 'string' ? message : ''].filter(Boolean).join(' ')}`)
    },
    over() {
      over = true
      clearTimeout(timer)
    },
  }
}

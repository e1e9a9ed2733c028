// `mcpgw tui`: the window. What is stored it sees through a control API of its own process, what is live through those of the gateways; so it shows
// the same with many of them and with none. It serves nobody and starts no backend.

import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { basename, delimiter, dirname, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { Command } from 'commander'
import { logFile } from '../backends/logs.ts'
import { load, settle } from '../config/load.ts'
import type { Settings } from '../config/settings.ts'
import { watch } from '../config/watch.ts'
import { listen } from '../serve/control.ts'
import { entries, register } from '../serve/run.ts'
import { sweep } from '../serve/sweep.ts'
import { version } from '../version.ts'
import { told } from './attend.ts'
import type { Ran } from '../tui/main.ts'
import type { Context, Output } from './context.ts'
import { Failure } from './failure.ts'
import { onlyLooks } from './looking.ts'
import { portOf } from './port.ts'
import { run } from './program.ts'
import { InProcess } from './session.ts'
import { window } from './window.ts'

const help = `
Keys are shown at the bottom; ? lists those that work where you are.

Examples:
  mcpgw tui
  mcpgw tui --read-only
  mcpgw tui --attach https://mcp.example.com --key-file ~/.mcpgw-key`

export const tui = (context: Context): Command =>
  new Command('tui')
    .description('the window: see every gateway, live')
    .option('--read-only', 'only look: nothing can be changed from there')
    .option('--attach <url>', 'see the gateway that serves there (mcpgw serve) instead of those of this machine')
    .option('--key-file <file>', 'with --attach: the key of an operator; without it what stands in MCPGW_KEY')
    .addHelpText('after', help)
    .action(async ({ readOnly = false, attach, keyFile }: { readOnly?: boolean; attach?: string; keyFile?: string }) => {
      if (keyFile !== undefined && attach === undefined) throw new Failure(2, '--key-file goes with --attach: gateways of this machine need no key')
      if (!context.out.isTTY || !context.stdin.isTTY || context.env['TERM'] === 'dumb')
        throw new Failure(2, 'the window needs a terminal', 'For programs: mcpgw watch --json, mcpgw log -f --json')
      await (attach === undefined ? local(context, readOnly) : (await import('./tui-attach.ts')).attach(context, attach, keyFile, readOnly))
    })

async function local(context: Context, readOnly: boolean): Promise<void> {
  const { places, env } = context
  const startedAt = Date.now()
  const loaded = load(places.settings)
  const settings = 'settings' in loaded ? loaded.settings : (settle(places.settings, '{}') as { settings: Settings }).settings
  const here = new InProcess({ settings, places, env, client: 'mcpgw tui' })
  const { booted } = here
  const changed = (problem?: string) => booted.events.emit({ v: 1, type: 'settings.changed', at: Date.now(), problem })
  if ('problem' in loaded) changed(told(loaded.problem))
  const settingsWatch = watch(
    places.settings,
    taken => void booted.update(taken).then(() => changed()),
    problem => changed(told(problem)),
  )
  // Entered, so that what a killed window leaves is swept; without a token there, so that nobody takes it for a gateway.
  const registration = register(places, { id: booted.id, startedAt, version })
  const own = { socket: registration.socket, token: randomBytes(32).toString('hex') }
  const port = portOf(booted, own, startedAt, { index: () => booted.upkeep.all() })
  const control = await listen({ socket: own.socket, app: async () => (await import('./listener.ts')).listener(port) })
  await here.greet()
  void sweep(places, booted.id)
  const close = async (): Promise<void> => {
    settingsWatch.close()
    control.close()
    registration.remove()
    await here.close()
  }
  await window(
    context,
    {
      find: () => entries(places.run).filter(one => one.token !== '' && one.id !== booted.id),
      own,
      home: env['MCPGW_HOME'],
      folder: hidden(env['PATH'] ?? '', process.execPath),
      printed: backend => printed(logFile(places.logs, backend)),
      run: (text, columns) => typed(context, words(text), columns, readOnly),
      edit: id => typed(context, ['approve', id, '--edit'], Infinity, readOnly, true).then(({ text }) => text),
      complete: text => typed(context, ['__complete', '--', ...lastWords(text)], Infinity, false).then(({ text }) => lines(text)),
      readOnly,
    },
    close,
  )
}

/** The folder of this program, where nobody finds it by its name; of a checkout that runs from its sources nobody can say. */
function hidden(path: string, program: string): string | undefined {
  const name = basename(program)
  if (!name.startsWith('mcpgw')) return undefined
  return path.split(delimiter).some(folder => folder !== '' && existsSync(join(folder, name))) ? undefined : dirname(program)
}

const LINES = 200

/** The end of a log, and of its older half where it is young. */
function printed(file: string): readonly string[] {
  const text = [`${file}.1`, file].map(one => (existsSync(one) ? readFileSync(one, 'utf8') : '')).join('')
  return lines(text).slice(-LINES)
}

const lines = (text: string): string[] => (text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/))

/** Words as a shell would take them, without anything that it would do besides. */
function words(text: string): string[] {
  return [...text.matchAll(/(?:"((?:\\.|[^"\\])*)"|'([^']*)'|(\S))+/g)].map(([word]) =>
    word.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'/g, (_, double?: string, single?: string) => double?.replace(/\\(.)/g, '$1') ?? single ?? ''),
  )
}

const lastWords = (text: string): string[] => [...words(text), ...(text === '' || /\s$/.test(text) ? [''] : [])]

/** A command, as if it were typed elsewhere: what it prints. One that asks has the terminal meanwhile. */
async function typed(context: Context, args: readonly string[], columns: number, readOnly: boolean, asks = false): Promise<Ran> {
  if (readOnly && !onlyLooks(args)) return { text: 'This window is read-only: it changes nothing.', exit: 1 }
  let text = ''
  const output: Output = { write: more => void (text += more), isTTY: false, columns, colours: false }
  const own = Object.create(context, {
    out: { value: output },
    err: { value: output },
    ...(!asks && { stdin: { value: Object.assign(new PassThrough().end(), { isTTY: false }) } }),
    exitCode: { value: 0, writable: true },
    command: { value: undefined, writable: true },
  }) as Context
  const exit = await run(args, own)
  return { text: args[0] === '__complete' || text !== '' ? text : exit === 0 ? 'done' : `it ended with ${exit}`, exit }
}

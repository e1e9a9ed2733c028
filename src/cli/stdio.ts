// `mcpgw stdio`, what a client launches: the bridge between its pipe and everybody's backends. It is the one command that must start fast, so it
// reads its few options itself and loads nothing that its first answer does not need. Nothing here writes to stdout but the protocol.

import { existsSync } from 'node:fs'
import { Booted } from '../boot.ts'
import { load } from '../config/load.ts'
import { places } from '../config/paths.ts'
import { Registration } from '../serve/run.ts'
import { safe } from '../lib/safe.ts'
import { stdioFront } from '../serve/stdio.ts'
import { version } from '../version.ts'
import { alive } from './living.ts'
import { presented } from './presented.ts'
import { unforeseen } from './unforeseen.ts'

/** The client is gone: so long a call in flight may still come back, for a script that pipes its requests in and closes. */
const LAST_ANSWERS_MS = 400
/** Whatever hangs, the process is over after so long. */
const END_MS = 1900
/** A client that has greeted has the process for itself for so long, and while it waits for an answer. */
const GREETED_MS = 150
/** No longer than this: one that has said nothing gets no faster answer for our waiting, and whoever waits so long may wait for a person. */
const SILENT_MS = 1000

const fail = (message: string): never => {
  process.stderr.write(`mcpgw: ${safe(message)}\n`)
  process.exit(2)
}

interface Options {
  client?: string
  bare?: string
  config?: string
  'key-file'?: string
}

function options(args: readonly string[]): Options {
  const found: Options = {}
  const rest = args[0] === 'stdio' ? args.slice(1) : [...args]
  for (let index = 0; index < rest.length; index++) {
    const [, name, inline] = /^--(client|bare|config|key-file)(?:=(.*))?$/s.exec(rest[index]!) ?? fail(`unknown option ${rest[index]}. See: mcpgw stdio --help`)
    const value = inline ?? rest[++index]
    if (value === undefined || value === '') fail(`--${name} needs a value. See: mcpgw stdio --help`)
    found[name as keyof Options] = value
  }
  return found
}

/** Nothing that is started from here finds it in its environment. */
function keyFrom(file: string | undefined): string | undefined {
  try {
    return presented(process.env, file)
  } catch (error) {
    return fail(`the key can not be read: ${(error as Error).message}`)
  } finally {
    delete process.env['MCPGW_KEY']
  }
}

/** Serves the client on stdin and stdout until it is gone. */
export function stdio(args: readonly string[]): void {
  // No library may write there either.
  console.log = console.info = console.debug = console.error
  const { client, bare, config, 'key-file': keyFile } = options(args)
  const key = keyFrom(keyFile)
  const place = { ...places(), ...(config === undefined ? {} : { settings: config }) }
  if (config !== undefined && !existsSync(config)) return fail(`${config}: there is no such file. Without --config the settings are in ${places().settings}`)
  const loaded = load(place.settings)
  if ('problem' in loaded) return fail(`${loaded.problem.file}${loaded.problem.line ? `:${loaded.problem.line}` : ''}: ${loaded.problem.message}`)
  const { settings } = loaded
  if (bare !== undefined && !settings.backends.some(one => one.name === bare)) fail(`there is no backend "${bare}" in ${place.settings}. See: mcpgw list`)

  const startedAt = Date.now()
  let registration: Registration | undefined
  const enter = (): Registration | undefined => {
    try {
      return (registration ??= new Registration(place, { id: booted.id, startedAt, version }))
    } catch {
      return undefined // no place to write to: nobody sees this gateway, and it serves
    }
  }
  // A backend is on record as soon as it runs: who is killed can't say any more what he left.
  const booted = new Booted({
    settings,
    places: place,
    env: process.env,
    ongroup: (pid, lives) => enter()?.group(pid, lives),
    mark: () => enter()?.mark ?? {},
    isAlive: alive(place),
  })
  let ending = false
  const end = (code: number, reason: string, graceMs: number) => {
    if (ending) return
    ending = true
    setTimeout(() => process.exit(code), END_MS)
    const until = performance.now() + graceMs
    const finish = () => {
      if (session.inFlight > 0 && performance.now() < until) return void setTimeout(finish, 5)
      session.close(reason)
      // What was said is said to the end: a large answer may still be on its way.
      void booted
        .close()
        .then(() => front.close())
        .finally(() => process.exit(code))
    }
    finish()
  }
  const front = stdioFront(process, settings.maxFrameBytes, reason => end(0, reason, LAST_ANSWERS_MS))
  const session = booted.serve(front, { key, client, bare, startedIn: process.env })
  unforeseen({ clock: booted.clock, note: (kind, detail) => booted.gateway.journal.note(kind, detail), end: () => end(1, 'mcpgw has failed', LAST_ANSWERS_MS) })
  process.on('SIGINT', () => end(130, 'SIGINT', 0))
  process.on('SIGTERM', () => end(143, 'SIGTERM', 0))
  process.on('SIGHUP', () => end(129, 'SIGHUP', 0))
  booted.upkeep.keepIndex()
  booted.upkeep.keepLimits()

  let attended = false
  const attend = () => {
    const entered = attended || ending ? undefined : enter()
    attended = true
    if (entered) void import('./attend.ts').then(one => one.attend({ booted, places: place, known: loaded.text, registration: entered, startedAt }))
  }
  // The first answer, and the lists and calls that most clients ask for at once, go first.
  const attendInCalm = () => {
    if (!attended) setTimeout(() => (session.inFlight > 0 ? attendInCalm() : attend()), GREETED_MS)
  }
  const unwatch = booted.events.watch(() => {
    unwatch()
    attendInCalm()
  })
  setTimeout(attend, SILENT_MS)
}

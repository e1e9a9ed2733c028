// What a command is handed: places, settings, where it writes. With another context a test runs a command in its own process.

import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { load } from '../config/load.ts'
import { places, type Environment, type Places } from '../config/paths.ts'
import type { Settings, SettingsProblem } from '../config/settings.ts'
import type { Fault } from '../gateway/faults.ts'
import type { Lists } from '../gateway/types.ts'
import { Failure } from './failure.ts'

/** Somewhere to write to: stdout for what was asked for, stderr for everything else. */
export interface Output {
  write(text: string): void
  /** When whoever reads has taken enough of it to write on. */
  drained?(): Promise<void>
  readonly isTTY: boolean
  /** Infinity where nothing has to fit. */
  readonly columns: number
  readonly colours: boolean
}

export interface Context {
  readonly env: Environment
  readonly cwd: string
  readonly places: Places
  readonly stdin: NodeJS.ReadStream
  readonly out: Output
  readonly err: Output
  /** The settings; a failure that names file, line and key when they can't be read. */
  settings(): Settings
  /** Another settings file, from `--config`. */
  configure(file: string): void
  /** Starts a backend once: what it offers, or why it does not. It is remembered. */
  check(settings: Settings, name: string): Promise<Lists | Fault>
  /** Which command it is: `rules remove`. */
  command?: string
  /** What the process exits with when the command is done. */
  exitCode: number
}

/** The context of this process. */
export function systemContext(): Context {
  const { env } = process
  let all = places()
  let named = false
  return {
    env,
    cwd: process.cwd(),
    get places() {
      return all
    },
    // Opened when it is first read: a command that reads nothing leaves the terminal alone.
    get stdin() {
      return process.stdin
    },
    out: outputOf(process.stdout, env),
    err: outputOf(process.stderr, env),
    settings: () => settingsOf(all.settings, named),
    configure(file) {
      all = { ...all, settings: resolve(file) }
      named = true
    },
    async check(settings, name) {
      const { check } = await import('./session.ts')
      return check({ settings, places: all, env }, name)
    },
    exitCode: 0,
  }
}

/** The settings in `file`. One that somebody has named must be there. */
export function settingsOf(file: string, named = false): Settings {
  if (named && !existsSync(file)) throw new Failure(2, `there is no file ${file}`, `To begin one: mcpgw --config ${file} add --help`)
  const loaded = load(file)
  if ('problem' in loaded) throw unusable(loaded.problem)
  return loaded.settings
}

/** A problem of the settings as a failure. */
export function unusable({ file, line, message }: SettingsProblem): Failure {
  return new Failure(2, `${file}${line === undefined ? '' : `:${line}`}: ${message}`, 'Nothing was changed. To repair it: mcpgw config edit')
}

function outputOf(stream: NodeJS.WriteStream, env: Environment): Output {
  // Whoever reads us has seen enough (`mcpgw log | head`): that is no failure of ours.
  stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  return {
    write: text => void stream.write(text),
    drained: async () => void (stream.writableNeedDrain && (await new Promise(done => stream.once('drain', done)))),
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.isTTY ? stream.columns || 80 : Infinity
    },
    colours: coloured(env, stream.isTTY === true),
  }
}

/** FORCE_COLOR wins, as in Node, then NO_COLOR, then whether somebody is looking. */
export function coloured(env: Environment, isTTY: boolean): boolean {
  const forced = env['FORCE_COLOR']
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return !env['NO_COLOR'] && isTTY && env['TERM'] !== 'dumb'
}

// Changes of the settings, by commands alone. One command at a time; the person's comments stay; a file that can't be read is never overwritten.

import { createHash } from 'node:crypto'
import { mkdirSync, realpathSync } from 'node:fs'
import { dirname, extname, basename, join, resolve } from 'node:path'
import Conf from 'conf'
import { edited, EMPTY } from './edit.ts'
import { lineAt, parse } from './jsonc.ts'
import { check, load } from './load.ts'
import type { Places } from './paths.ts'
import type { SettingsProblem } from './settings.ts'

/** What a file says of its backends, defaults not filled in. */
export type Servers = Record<string, Record<string, unknown>>

/** What a file says, defaults not filled in. */
export type Document = Record<string, unknown> & { readonly mcpServers?: Servers }

const LOCK_MS = 10_000
const TRIES = 5

/** Changes the backends in the settings file; see `changeAll`. */
export const change = (places: Pick<Places, 'settings' | 'state'>, alter: (servers: Servers) => Servers, before?: Before): SettingsProblem | undefined =>
  changeAll(places, said => ({ ...said, mcpServers: alter({ ...said.mcpServers }) }), before)

/** Hears of a change that holds and is about to be written; nothing is written where it throws. It may be asked again: the file moved meanwhile. */
export type Before = (was: Document, becomes: Document) => void

/** Changes the settings file. Nothing is written when `alter` throws or the result would not hold; a problem says why. */
export function changeAll(
  { settings: file, state }: Pick<Places, 'settings' | 'state'>,
  alter: (said: Document) => Document,
  before?: Before,
): SettingsProblem | undefined {
  return locked(file, join(state, 'locks'), () => {
    for (let tries = 1; ; tries++) {
      const loaded = load(file)
      if ('problem' in loaded) return loaded.problem
      const seen = loaded.text
      const start = seen.trim() === '' ? EMPTY : seen
      const { value, mistakes } = parse(start)
      if (mistakes[0]) return { file, line: lineAt(start, mistakes[0].offset), message: mistakes[0].message }
      const after = alter(value as Document)
      const text = edited(seen, after)
      if (text === undefined) return { file, message: 'it can not be changed without harm to what stands there: edit it by hand (mcpgw config edit)' }
      const [problem] = check(file, text)[0]
      if (problem) return { file, key: problem.key, message: problem.message }
      before?.(value as Document, after)
      // An editor has saved in between: what it wrote is not ours to lose.
      if (save(file, seen, text, after)) return undefined
      if (tries === TRIES) return { file, message: 'it is changed by another program again and again; nothing was written' }
    }
  })
}

class Changed extends Error {}

/** Lets conf write `text`, whole or not at all, if the file still says `seen`. */
function save(file: string, seen: string, text: string, after: Document): boolean {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const read = (found: string): Record<string, unknown> => {
    if (found.replace(/^\ufeff/, '') !== seen) throw new Changed()
    return (found.trim() === '' ? {} : parse(found.replace(/^\ufeff/, '')).value) as Record<string, unknown>
  }
  try {
    const extension = extname(file)
    const conf = new Conf({
      cwd: dirname(file),
      configName: basename(file, extension),
      fileExtension: extension,
      configFileMode: 0o600,
      accessPropertiesByDotNotation: false,
      deserialize: read,
      serialize: () => text,
    })
    conf.store = after
    return true
  } catch (error) {
    if (error instanceof Changed) return false
    throw error
  }
}

/** Runs `act` while no other process runs one for the same file. The operating system holds the lock, so it ends with its process. */
function locked<T>(file: string, folder: string, act: () => T): T {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  const lock = new DatabaseSync(join(folder, createHash('sha256').update(real(file)).digest('hex').slice(0, 16)), { timeout: LOCK_MS })
  try {
    lock.exec('BEGIN IMMEDIATE')
    return act()
  } finally {
    lock.close()
  }
}

function real(file: string): string {
  try {
    return realpathSync(file)
  } catch {
    return resolve(file)
  }
}

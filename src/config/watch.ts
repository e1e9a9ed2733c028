// Changes of the settings file, while a gateway runs. A bad edit changes nothing and is told. The folder is watched, because editors replace files;
// the file is looked at as well, every two seconds, for links, network disks and folders that come later. Nothing here keeps the process alive.

import { readFile, watch as watchFolder, type FSWatcher } from 'node:fs'
import { basename, dirname } from 'node:path'
import { decode, settle } from './load.ts'
import type { Settings, SettingsProblem } from './settings.ts'

export interface WatchOptions {
  /** What the file said when it was loaded; without it, what it says at the first look. */
  readonly known?: string
  /** How long an editor may take to finish what it writes. */
  readonly settleMs?: number
  readonly lookMs?: number
}

/** What it says, or why that can't be read. Nobody else here has a use for `node:fs/promises`, and it is large. */
const said = (file: string): Promise<string | NodeJS.ErrnoException> =>
  new Promise(done =>
    readFile(file, (error, bytes) => {
      if (error) return done(error.code === 'ENOENT' ? '' : error)
      try {
        done(decode(bytes))
      } catch (unreadable) {
        done(unreadable as Error)
      }
    }),
  )

/** Calls `onchange` with the new settings after every change that holds, `onproblem` after every other; the settings then stay as they were. */
export function watch(
  file: string,
  onchange: (settings: Settings) => void,
  onproblem: (problem: SettingsProblem) => void,
  { known, settleMs = 100, lookMs = 2000 }: WatchOptions = {},
): { close(): void } {
  let last = known
  let told = false
  let closed = false
  let soon: NodeJS.Timeout | undefined
  let folder: FSWatcher | undefined

  /** Looks whether the file says something new; what is new is taken when it has not moved for a moment. */
  async function look(settled: boolean): Promise<void> {
    const text = await said(file)
    if (closed) return
    if (last === undefined) last = text instanceof Error ? '' : text
    else if (text === last) told = false
    else if (!settled) void (soon ?? stir())
    else if (text instanceof Error) complain({ file, message: `it can no longer be read: ${text.message}` })
    // It is gone or empty: that may be half of a save. Whoever wants no backends writes {}.
    else if (text.trim() === '') complain({ file, message: 'it is gone or empty' })
    else take((last = text))
  }

  function take(text: string): void {
    told = false
    const read = settle(file, text)
    if ('settings' in read) onchange(read.settings)
    else onproblem(read.problem)
  }

  function complain(problem: SettingsProblem): void {
    if (!told) onproblem(problem)
    told = true
  }

  function stir(): void {
    clearTimeout(soon)
    soon = setTimeout(() => {
      soon = undefined
      void look(true)
    }, settleMs)
    soon.unref()
  }

  function follow(): void {
    if (folder || closed) return
    try {
      folder = watchFolder(dirname(file), { persistent: false }, (_, name) => {
        if (name === null || name === basename(file)) stir()
      })
      folder.on('error', () => {
        folder?.close()
        folder = undefined
      })
    } catch {
      // No such folder yet, or no watching here: the look every two seconds is enough.
    }
  }

  follow()
  void look(false)
  const timer = setInterval(() => {
    follow()
    void look(false)
  }, lookMs)
  timer.unref()
  return {
    close() {
      closed = true
      clearTimeout(soon)
      clearInterval(timer)
      folder?.close()
    },
  }
}

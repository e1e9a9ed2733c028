// A real terminal, in tmux: what is typed into it, and what stands on its screen.

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Home } from './launch.ts'

/** Why no terminal can be had here; nothing where it can. */
export const missing: string | false = spawnSync('tmux', ['-V']).status === 0 ? false : 'tmux is not installed'

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

let made = 0

export class Terminal {
  readonly #socket: string
  readonly #home: Home

  /** A shell in a terminal of this size. */
  constructor(home: Home, columns = 80, rows = 24) {
    this.#home = home
    this.#socket = `${home.dir}/tmux${++made}.sock`
    const shell = `exec env -i ${Object.entries({ ...home.env, TERM: 'screen-256color', LANG: 'C.UTF-8', PS1: '$ ' })
      .map(([key, value]) => `${key}=${quoted(value)}`)
      .join(' ')} sh`
    this.#tmux('-f', '/dev/null', 'new-session', '-d', '-s', 't', '-x', String(columns), '-y', String(rows), '-c', home.dir, shell)
    this.#tmux('set', '-g', 'escape-time', '0')
  }

  /** Types a line into the shell. */
  run(...command: readonly string[]): void {
    this.#tmux('send-keys', '-t', 't', '-l', command.map(quoted).join(' '))
    this.#tmux('send-keys', '-t', 't', 'Enter')
  }

  /** Presses keys, by tmux's names. */
  press(...keys: readonly string[]): void {
    this.#tmux('send-keys', '-t', 't', ...keys)
  }

  /** All that its programs write from now on: the file that it stands in. */
  record(): string {
    const file = `${this.#socket}.out`
    this.#tmux('pipe-pane', '-t', 't', `exec cat > ${quoted(file)}`)
    return file
  }

  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-t', 't', '-x', String(columns), '-y', String(rows))
  }

  /** What stands there now; with `-e` its colours too. */
  screen(...options: readonly string[]): string {
    return this.#tmux('capture-pane', '-p', '-t', 't', ...options)
  }

  /** What tmux knows of it. */
  is(format: string): string {
    return this.#tmux('display', '-p', '-t', 't', format).trim()
  }

  /** The screen, once this stands on it. */
  async shows(what: RegExp | ((screen: string) => boolean), withinMs = 30_000): Promise<string> {
    const fits = (screen: string) => (what instanceof RegExp ? what.test(screen) : what(screen))
    for (const end = performance.now() + withinMs; ; await sleep(40)) {
      const screen = this.screen()
      if (fits(screen)) return screen
      assert.ok(performance.now() < end, `${String(what)} does not stand there:\n${screen}`)
    }
  }

  #tmux(...args: readonly string[]): string {
    return execFileSync('tmux', ['-S', this.#socket, ...args], { encoding: 'utf8', env: { ...this.#home.env, TERM: 'xterm-256color', LANG: 'C.UTF-8' } })
  }
}

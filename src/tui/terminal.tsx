/** @jsxRuntime automatic */
// The terminal, which Ink has: all that is read from it and written to it. It is left as it was found, however this ends, and lent as it was found.

import { render, type Instance } from 'ink'
import { Window, type Hands } from './window.tsx'

/**
 * Its title is put aside (22), and got back (23). The other screen, from its beginning: Ink draws where the cursor is. What a terminal draws wider
 * than we know ends at its edge, in its own line.
 */
const ENTER = '\x1b[22;2t\x1b[?1049h\x1b[H\x1b[?7l'
const LEAVE = '\x1b[?7h\x1b[?1049l\x1b[?25h\x1b[23;2t'

/** `pace.ts` says when a frame is drawn; Ink is not to wait besides. */
const NO_WAIT_FPS = 1000

export interface TerminalOptions {
  /** A key by its name or its character. */
  readonly onKey: (key: string) => void
  readonly onPaste: (text: string) => void
  /** To be drawn anew before this returns: what is too large for the new size would stand there else. */
  readonly onResized: () => void
  /** Nobody types there any more. */
  readonly onEnd: () => void
}

export class Terminal {
  readonly #options: TerminalOptions
  readonly #hands: Hands
  readonly #stdout = process.stdout
  #ink: Instance | undefined
  #lend: (during: () => Promise<void>) => Promise<void> = async () => {}
  #rows: readonly string[] = []
  /** Left twice, the cursor would stand where it was the first time. */
  #isHere = true
  #isOver = false

  constructor(options: TerminalOptions) {
    this.#options = options
    this.#hands = { onKey: options.onKey, onPaste: options.onPaste, onLending: lend => void (this.#lend = lend) }
    // Before Ink's own.
    this.#stdout.on('resize', options.onResized)
    process.stdin.on('end', options.onEnd)
    // Also at the exit of a process that was told to end.
    process.on('exit', this.#leave)
    this.#stdout.write(ENTER)
  }

  get size(): { columns: number; rows: number } {
    const { columns, rows } = this.#stdout
    return { columns: columns || 80, rows: rows || 24 }
  }

  /** Draws a screen; says whether it differs from what stands there. */
  paint(rows: readonly string[], columns: number): boolean {
    if (this.#isOver || (rows.length === this.#rows.length && rows.every((row, at) => row === this.#rows[at]))) return false
    this.#rows = rows
    const window = <Window rows={rows} columns={columns} hands={this.#hands} />
    if (this.#ink) this.#ink.rerender(window)
    // A terminal is a terminal, also where the environment says CI: Ink would draw nothing there.
    else this.#ink = render(window, { interactive: true, exitOnCtrlC: false, incrementalRendering: true, maxFps: NO_WAIT_FPS, patchConsole: false })
    return true
  }

  /** Its title, its bell, its clipboard. */
  say(text: string): void {
    if (!this.#isOver) this.#stdout.write(text)
  }

  /** Settles when Ink has ended; fails with what went wrong in it. */
  async ended(): Promise<void> {
    await this.#ink?.waitUntilExit()
  }

  /** Somebody else has the terminal for a while, as it was before. */
  lend(during: () => Promise<void>): Promise<void> {
    return this.#lend(async () => {
      this.#isHere = false
      this.#stdout.write(LEAVE)
      await during().finally(() => {
        this.#stdout.write(ENTER)
        this.#isHere = true
      })
    })
  }

  close(): void {
    this.#leave()
    process.off('exit', this.#leave)
    this.#stdout.off('resize', this.#options.onResized)
    process.stdin.off('end', this.#options.onEnd)
  }

  /** Ink draws once more when it is unmounted: that belongs to the other screen. */
  readonly #leave = (): void => {
    if (this.#isOver) return
    this.#ink?.unmount()
    this.#isOver = true
    if (this.#isHere) this.#stdout.write(LEAVE)
  }
}

// The terminal: all that is read from it and written to it. It is left as it was found, however this ends, and lent as it was found.

import type { ReadStream, WriteStream } from 'node:tty'
import { Keyboard, type Typed } from './keyboard.ts'
import { Painter } from './paint.ts'

/**
 * The other screen, without a cursor. What a terminal draws wider than we know ends at its edge, in its own line; what is pasted comes as such,
 * so that none of it is taken for keys.
 */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?2004h'
const LEAVE = '\x1b[?2004l\x1b[?7h\x1b[?1049l\x1b[?25h'

/** The rest of a key follows sooner than this, else it was Escape. */
const ESCAPE_MS = 20

export interface TerminalOptions {
  readonly stdin: ReadStream
  readonly stdout: WriteStream
  readonly onTyped: (typed: Typed) => void
  readonly onResized: () => void
  /** Nobody types there any more. */
  readonly onEnd: () => void
}

export class Terminal {
  readonly #options: TerminalOptions
  readonly #keyboard = new Keyboard()
  readonly #painter = new Painter()
  #waiting: NodeJS.Timeout | undefined
  /** Left twice, the cursor would stand where it was the first time. */
  #isHere = false
  #isOver = false

  constructor(options: TerminalOptions) {
    this.#options = options
    const { stdin, stdout } = options
    stdin.setEncoding('utf8')
    stdin.on('data', this.#read)
    stdin.on('end', options.onEnd)
    stdout.on('resize', this.#resized)
    // Also at the exit of a process that was told to end.
    process.on('exit', this.#leave)
    this.#enter()
  }

  get size(): { columns: number; rows: number } {
    const { columns, rows } = this.#options.stdout
    return { columns: columns || 80, rows: rows || 24 }
  }

  /** Draws a screen; says whether anything had to be written. */
  paint(rows: readonly string[]): boolean {
    if (!this.#isHere) return false
    const text = this.#painter.paint(rows)
    if (text !== '') this.#options.stdout.write(text)
    return text !== ''
  }

  /** Its title, its bell, its clipboard. */
  say(text: string): void {
    if (!this.#isOver) this.#options.stdout.write(text)
  }

  /** Somebody else has the terminal for a while, as it was before. */
  async lend(during: () => Promise<void>): Promise<void> {
    this.#leave()
    try {
      await during()
    } finally {
      if (!this.#isOver) this.#enter()
    }
  }

  close(): void {
    const { stdin, stdout, onEnd } = this.#options
    this.#leave()
    this.#isOver = true
    process.off('exit', this.#leave)
    stdin.off('data', this.#read)
    stdin.off('end', onEnd)
    stdout.off('resize', this.#resized)
  }

  #enter(): void {
    const { stdin, stdout } = this.#options
    this.#isHere = true
    this.#painter.forget()
    stdin.setRawMode(true)
    stdin.resume()
    stdout.write(ENTER)
  }

  readonly #leave = (): void => {
    if (!this.#isHere) return
    const { stdin, stdout } = this.#options
    this.#isHere = false
    clearTimeout(this.#waiting)
    this.#keyboard.flush()
    stdin.pause()
    try {
      stdout.write(LEAVE)
      stdin.setRawMode(false)
    } catch {
      // It has gone: nobody is left to whom it could be given back.
    }
  }

  readonly #read = (text: string): void => {
    clearTimeout(this.#waiting)
    this.#typed(this.#keyboard.push(text))
    if (this.#keyboard.waits) this.#waiting = setTimeout(() => this.#typed(this.#keyboard.flush()), ESCAPE_MS)
  }

  #typed(all: readonly Typed[]): void {
    // What came with the key that has ended or lent it is for somebody else.
    for (const typed of all) if (this.#isHere) this.#options.onTyped(typed)
  }

  readonly #resized = (): void => {
    this.#painter.forget()
    this.#options.onResized()
  }
}

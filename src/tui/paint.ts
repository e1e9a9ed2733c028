// A frame as a terminal draws it: each row begins at its place, so that no row moves another, however wide a terminal draws a character; and only
// those are written that differ from what stands there, all at once.

import { drawn, type Line } from './line.ts'
import type { Theme } from './theme.ts'

/** Terminals that know these show nothing in between. */
const BEGIN = '\x1b[?2026h'
const END = '\x1b[?2026l'

const ascii = /^[\x20-\x7e]*$/

const looking = (text: string, look: string | undefined): string => (look ? `\x1b[${look}m${text}\x1b[0m` : text)

/** A line in its colours, and what goes before or behind it so that nothing else is left in its row. */
export function painted(line: Line, columns: number, theme: Theme): string {
  const pieces = drawn(line, columns)
  const text = pieces.map(one => one.text).join('')
  const rest = pieces.reduce((left, { cells }) => left - cells, columns)
  if (line.chosen) return `${clearing(text)}${looking(text + ' '.repeat(Math.max(0, rest)), theme.chosen)}`
  const shown = pieces.map(one => looking(one.text, one.style && theme[one.style])).join('')
  // At the end of a full row the cursor stands on its last character, which would be erased.
  return rest > 0 ? `${shown}\x1b[K` : `${clearing(text)}${shown}`
}

/** What a terminal draws narrower than we know leaves cells as they were. */
const clearing = (text: string): string => (ascii.test(text) ? '' : '\x1b[2K')

export class Painter {
  #rows: readonly string[] = []

  /** What turns what stands there into this; nothing where it stands there already. */
  paint(rows: readonly string[]): string {
    const changed = rows.map((row, at) => (row === this.#rows[at] ? '' : `\x1b[${at + 1};1H${row}`)).join('')
    this.#rows = rows
    return changed === '' ? '' : `${BEGIN}${changed}${END}`
  }

  /** Somebody else has written there, or the terminal has changed its size. */
  forget(): void {
    this.#rows = []
  }
}

// A text in as many rows as it needs. Rows end after a word, and a space stays in the row of the word before it; only a word that fits into no row is
// taken apart, and then it fills its rows: so whoever reads a command knows whether a space stands where a row ends. Nothing is left out.

const plain = /^[\x20-\x7e]*$/

const graphemes = new Intl.Segmenter()

/** A safe text of one line, in rows of so many cells; `room` says how many a text takes at most. */
export function rowsOf(text: string, columns: number, room: (text: string) => number): string[] {
  if (plain.test(text)) return rows(text, columns)
  if (room(text) <= columns) return [text]
  // What belongs together may be too wide for any line: then it is taken apart.
  const parts = Array.from(graphemes.segment(text), ({ segment }) => (room(segment) > columns ? [...segment] : segment)).flat()
  return rowsOfParts(parts, parts.map(room), columns)
}

/** Of what takes a cell a character. */
function rows(text: string, columns: number): string[] {
  const found: string[] = []
  let from = 0
  while (text.length - from > columns) {
    const row = text.slice(from, from + columns)
    const word = row.endsWith(' ') ? columns : row.lastIndexOf(' ') + 1
    // A word with its space: as far as it could fit.
    const whole = /^[^ ]* ?/.exec(text.slice(from + word, from + word + columns + 1))![0].length <= columns
    const length = whole && row.slice(0, word).trim() !== '' ? word : columns
    found.push(row.slice(0, length))
    from += length
  }
  return [...found, text.slice(from)]
}

/** Scripts whose characters take two cells have no spaces: a row may end after any of them. */
const ends = (part: string, cells: number): boolean => part === ' ' || cells > 1

function rowsOfParts(parts: readonly string[], cells: readonly number[], columns: number): string[] {
  const found: string[] = []
  let from = 0
  let word = 0
  let used = 0
  for (let at = 0; at < parts.length; at++) {
    if (used + cells[at]! > columns) {
      const isWord = parts.slice(from, word).some(part => part !== ' ') && wordAt(parts, cells, word, columns) <= columns
      const end = isWord ? word : at
      found.push(parts.slice(from, end).join(''))
      from = word = end
      used = 0
      for (let moved = from; moved < at; moved++) used += cells[moved]!
    }
    used += cells[at]!
    if (ends(parts[at]!, cells[at]!)) word = at + 1
  }
  return [...found, parts.slice(from).join('')]
}

/** How many cells the word takes that begins here, its space too; it is not looked at farther than it could fit. */
function wordAt(parts: readonly string[], cells: readonly number[], from: number, columns: number): number {
  let used = 0
  for (let at = from; at < parts.length && used <= columns; at++) {
    used += cells[at]!
    if (ends(parts[at]!, cells[at]!)) break
  }
  return used
}

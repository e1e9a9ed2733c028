// How much room safe texts take on a terminal, and how they are made to fit. Plain ASCII needs no table of characters; loading one takes longer than
// all else that a command does.

export interface Cells {
  width(text: string): number
  /** As much as it takes where no pictographs are joined to one: some terminals draw each of them. */
  room(text: string): number
  /** The text in at most `columns` cells; what doesn't fit ends in an ellipsis. */
  fit(text: string, columns: number): string
}

const plain = /^[\x20-\x7e]*$/

/** A way to measure that knows all characters of `texts`. */
export async function cells(texts: Iterable<string>): Promise<Cells> {
  for (const text of texts) if (!plain.test(text)) return every()
  return ascii
}

const ascii: Cells = {
  width: text => text.length,
  room: text => text.length,
  fit: (text, columns) => (text.length <= columns ? text : columns > 0 ? `${text.slice(0, columns - 1)}…` : ''),
}

const every = async (): Promise<Cells> => measuring((await import('string-width')).default)

let pictures: RegExp | undefined
const known = (): RegExp => (pictures ??= new RegExp(String.raw`^\p{RGI_Emoji}$`, 'v'))

/** A way to measure, with somebody's knowledge of how wide characters are. */
export function measuring(stringWidth: (text: string) => number): Cells {
  const graphemes = new Intl.Segmenter()
  const parted = (text: string) => text.replaceAll('\u200d', '')
  // What is joined to no picture that is known is drawn as its parts.
  const shown = (text: string) => Array.from(graphemes.segment(text), ({ segment }) => (known().test(segment) ? segment : parted(segment))).join('')
  const room = (text: string) => (plain.test(text) ? text.length : stringWidth(parted(text)))
  const width = (text: string) => (plain.test(text) ? text.length : stringWidth(text.includes('\u200d') ? shown(text) : text))
  return {
    width,
    room,
    fit(text, columns) {
      if (width(text) <= columns) return text
      let kept = ''
      let used = 1
      // No character is longer than 64 code units, as far as safe texts go.
      for (const { segment } of graphemes.segment(text.slice(0, columns * 64))) {
        used += width(segment)
        if (used > columns) break
        kept += segment
      }
      return columns > 0 ? `${kept}…` : ''
    },
  }
}

// How much room a safe text takes on a terminal, and how it is made to fit.

import stringWidth from 'string-width'

const plain = /^[\x20-\x7e]*$/

/** How many cells of a terminal a safe text takes. */
export const width = (text: string): number => (plain.test(text) ? text.length : stringWidth(text))

/** A safe text in at most `columns` cells; what doesn't fit ends in an ellipsis. */
export function fit(text: string, columns: number): string {
  if (width(text) <= columns) return text
  // No character takes more than 64 code units that are worth looking at.
  let kept = ''
  let used = 1
  for (const { segment } of new Intl.Segmenter().segment(text.slice(0, columns * 64))) {
    used += width(segment)
    if (used > columns) break
    kept += segment
  }
  return columns > 0 ? `${kept}…` : ''
}

// A line as the row that Ink draws: cut to the terminal's width, in its colours, each ending where its text ends.

import { drawn, width, type Line } from './line.ts'
import type { Theme } from './theme.ts'

const looking = (text: string, look: string | undefined): string => (look ? `\x1b[${look}m${text}\x1b[0m` : text)

/** What is chosen is so over the whole row. */
export function painted(line: Line, columns: number, theme: Theme): string {
  const pieces = drawn(line, columns)
  if (!line.chosen) return pieces.map(one => looking(one.text, one.style && theme[one.style])).join('')
  const text = pieces.map(one => one.text).join('')
  return looking(text + ' '.repeat(Math.max(0, columns - width(text))), theme.chosen)
}

// A table that grows: its columns are as wide as what usually stands in them, for nobody knows yet what will come.

import { cells } from '../lib/cells.ts'
import { safe } from '../lib/safe.ts'
import type { Context } from './context.ts'
import { paint, type Text } from './print.ts'

const GAP = '  '

export interface Column {
  readonly head: string
  readonly width: number
  /** Takes what is left of the terminal. */
  readonly grows?: true
}

/** The way to write one row after the other, under the heads. Only a terminal has lines that end: elsewhere nothing is cut. */
export function rows({ out }: Context, columns: readonly Column[]): (row: readonly Text[]) => Promise<void> {
  const cut = out.columns !== Infinity
  const taken = columns.reduce((all, { width }) => all + width + GAP.length, -GAP.length)
  const widths = columns.map(({ width, grows }) => (grows && cut ? Math.max(width, width + out.columns - taken) : width))
  const write = async (row: readonly Text[]): Promise<void> => {
    const texts = row.map(cell => safe(typeof cell === 'string' ? cell : cell.text))
    const { width, fit } = await cells(texts)
    const written = row.map((cell, column) => {
      const text = cut ? fit(texts[column]!, widths[column]!) : texts[column]!
      return paint(out, cell, text) + ' '.repeat(Math.max(0, widths[column]! - width(text)))
    })
    out.write(`${written.join(GAP).trimEnd()}\n`)
  }
  let headed = false
  return async row => {
    if (!headed) await write(columns.map(({ head }) => ({ text: head, style: 'dim' })))
    headed = true
    await write(row)
  }
}

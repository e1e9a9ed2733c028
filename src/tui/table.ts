// Columns: as wide as what usually stands in them; what is left over goes to those that can use it, and where there is too little room the least
// important ones are left out.

import { filled, line, type Line, type Span, styled, textOf } from './line.ts'

export interface Column {
  readonly head: string
  readonly width: number
  /** Its share of what is left over. */
  readonly grows?: number
  readonly right?: boolean
  /** It is shown from this width of the table on. */
  readonly from?: number
}

interface Placed extends Column {
  readonly index: number
  readonly cells: number
}

const GAP = 2

export interface Table {
  readonly head: Line
  row(cells: readonly Span[], chosen?: boolean): Line
}

/** A table of this width, with a cell free at its left. */
export function table(columns: readonly Column[], width: number): Table {
  const shown = columns.flatMap((column, index) => ((column.from ?? 0) <= width ? [{ ...column, index }] : []))
  const left = Math.max(0, width - 2 - shown.reduce((all, one) => all + one.width + GAP, -GAP))
  const shares = shown.reduce((all, { grows = 0 }) => all + grows, 0)
  let given = 0
  let passed = 0
  const placed = shown.map((column): Placed => {
    passed += column.grows ?? 0
    const till = shares > 0 ? Math.floor((left * passed) / shares) : 0
    const more = till - given
    given = till
    return { ...column, cells: column.width + more }
  })
  const spans = (cells: readonly Span[], style?: Line['spans'][number]): Span[] =>
    placed.flatMap(({ index, cells: room, right }, at) => {
      const cell = cells[index] ?? ''
      const text = filled(textOf(cell), room, right)
      const own = typeof cell === 'string' ? style : cell
      return [at === 0 ? ' ' : ' '.repeat(GAP), typeof own === 'object' ? { ...own, text } : text]
    })
  return {
    head: line(
      ...spans(
        columns.map(one => one.head),
        styled('', 'dim'),
      ),
    ),
    row: (cells, chosen) => ({ spans: spans(cells), ...(chosen && { chosen }) }),
  }
}

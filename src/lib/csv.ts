// CSV as RFC 4180 has it, for spreadsheets that take a text for a formula and terminals that take one for a command: a cell that could begin
// a formula begins with an apostrophe instead, and what should not reach a terminal is written as an escape.

import { safe } from './safe.ts'

/** What makes spreadsheets compute. */
const formula = /^[=+\-@\t\r]/

/** One line, with its end. */
export const csvLine = (cells: readonly (string | number | boolean | null)[]): string => `${cells.map(cell).join(',')}\r\n`

function cell(value: string | number | boolean | null): string {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  const shown = `${formula.test(value) ? "'" : ''}${safe(value)}`
  return /[",\r\n]|^\s|\s$/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown
}

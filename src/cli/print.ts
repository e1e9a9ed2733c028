// How commands speak. Data goes to stdout, everything else to stderr. Whatever comes from outside is escaped here, so that no command can forget it.

import { styleText } from 'node:util'
import { redactText } from '../gateway/redact/redact.ts'
import { cells } from '../lib/cells.ts'
import { escapes, safe } from '../lib/safe.ts'
import type { Context, Output } from './context.ts'
import type { Failure } from './failure.ts'

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** A cell, or a text in a sentence: plain, or in a colour where there are colours. */
export type Text = string | { readonly text: string; readonly style: Style }

const textOf = (text: Text): string => (typeof text === 'string' ? text : text.text)

/** A text for `output`: escaped, and in its colour where there are colours. */
export function paint(output: Output, text: Text, shown: string = safe(textOf(text))): string {
  return typeof text === 'string' || !output.colours ? shown : styleText(text.style, shown, { validateStream: false })
}

/** One line of what was asked for. */
export const line = ({ out }: Context, ...parts: readonly Text[]): void => out.write(`${parts.map(part => paint(out, part)).join('')}\n`)

/** One line that is no data: what a command is doing, or has done besides. */
export const note = ({ err }: Context, ...parts: readonly Text[]): void => err.write(`${parts.map(part => paint(err, part)).join('')}\n`)

/** Data for programs. What a terminal should not get is escaped as JSON escapes it, so it reads the same. */
export function json({ out }: Context, data: unknown, indent: number | undefined = 2): void {
  const text = JSON.stringify(data, undefined, indent)
  out.write(
    `${text
      .split('\n')
      .map(part => safe(part, { escape: escapes.json }))
      .join('\n')}\n`,
  )
}

/** Columns under their heads, as wide as they must be; where they don't fit, the widest give way. */
export async function table({ out }: Context, heads: readonly string[], rows: readonly (readonly Text[])[]): Promise<void> {
  const all = [heads.map((text): Text => ({ text, style: 'dim' })), ...rows]
  const shown = all.map(row => row.map(cell => safe(textOf(cell))))
  const { width, fit } = await cells(shown.flat())
  const widths = narrowed(
    heads.map((_, column) => Math.max(...shown.map(row => width(row[column] ?? '')))),
    out.columns,
  )
  for (const [index, row] of all.entries()) {
    const written = row.map((cell, column) => {
      const text = fit(shown[index]![column]!, widths[column]!)
      return paint(out, cell, text) + (column === row.length - 1 ? '' : ' '.repeat(widths[column]! - width(text)))
    })
    out.write(`${written.join(GAP).trimEnd()}\n`)
  }
}

/** Names and what they are, whole: nothing is cut here. */
export async function pairs(context: Context, rows: readonly (readonly [Text, Text])[]): Promise<void> {
  const names = rows.map(([name]) => safe(textOf(name)))
  const { width } = await cells(names)
  const widest = Math.max(...names.map(width))
  for (const [index, [name, value]] of rows.entries()) {
    const blank = ' '.repeat(widest - width(names[index]!)) + GAP
    context.out.write(`${paint(context.out, { text: textOf(name), style: 'dim' })}${blank}${paint(context.out, value)}\n`)
  }
}

const GAP = '  '
/** No column is narrowed below this. */
const NARROW = 8

function narrowed(widths: readonly number[], columns: number): number[] {
  const result = [...widths]
  const room = columns - GAP.length * (widths.length - 1)
  for (let over = sum(result) - room; over > 0 && over < Infinity; over = sum(result) - room) {
    const widest = result.indexOf(Math.max(...result))
    const next = Math.max(NARROW, ...result.filter((_, column) => column !== widest))
    const narrower = Math.max(next, result[widest]! - over)
    result[widest] = narrower === result[widest] ? narrower - 1 : narrower
    if (result[widest]! < NARROW) break
  }
  return result
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)

/** What went wrong, and what to do next. It may repeat what strangers said. */
export function complain(context: Context, { message, hints }: Pick<Failure, 'message' | 'hints'>): void {
  note(context, { text: 'mcpgw: ', style: 'red' }, redactText(message).text)
  for (const hint of hints) note(context, `  ${redactText(hint).text}`)
}

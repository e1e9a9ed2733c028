// What a view draws is lines, and a line is spans: texts with a meaning, not a colour. Here they are escaped, measured and cut, so that no view can
// forget it: whatever a text holds, a line is one line, takes the cells that it has, and carries nothing that steers a terminal.

import stringWidth from 'string-width'
import { measuring } from '../lib/cells.ts'
import { safe } from '../lib/safe.ts'
import { rowsOf } from './wrap.ts'

/** What a text means; theme.ts says how that looks. */
export type Style = 'dim' | 'bold' | 'good' | 'warn' | 'bad' | 'busy' | 'key' | 'chosen'

export type Span = string | { readonly text: string; readonly style?: Style }

export interface Line {
  readonly spans: readonly Span[]
  /** It is the one that keys act on. */
  readonly chosen?: boolean
}

export const line = (...spans: readonly Span[]): Line => ({ spans })
export const blank = line()
export const styled = (text: string, style: Style | undefined): Span => ({ text, style })
export const dim = (text: string): Span => ({ text, style: 'dim' })
export const textOf = (span: Span): string => (typeof span === 'string' ? span : span.text)
const styleOf = (span: Span): Style | undefined => (typeof span === 'string' ? undefined : span.style)

/** How many cells a safe text takes, and the text cut to so many. */
export const { width, room, fit } = measuring(stringWidth)

/** As much of a text, made safe, as can be seen in so many cells: nothing that is shown is longer than 64 code units a cell. */
const started = (text: string, columns: number): string => safe(text.length > columns * 64 ? text.slice(0, columns * 64) : text)

/** A text that is safe, in exactly so many cells. */
export function filled(text: string, columns: number, right = false): string {
  const cut = fit(started(text, columns), columns)
  const rest = ' '.repeat(Math.max(0, columns - width(cut)))
  return right ? rest + cut : cut + rest
}

/** Part of a line as it is drawn, and how many cells it takes. */
export interface Piece {
  readonly text: string
  readonly style?: Style
  readonly cells: number
}

/** A line as it is drawn: every span safe, all of them together in so many cells. */
export function drawn({ spans }: Line, columns: number): Piece[] {
  const result: Piece[] = []
  let left = columns
  for (const span of spans) {
    const { text, cells } = pieceOf(textOf(span), left)
    if (text === '') continue
    left -= cells
    result.push({ text, style: styleOf(span), cells })
    if (left <= 0) break
  }
  return result
}

/** Bars, graphs and signs are the same few characters in every frame; what they take is looked up once. */
const SHORT = 16
const MOST = 1000
const seen = new Map<string, Piece>()

function pieceOf(text: string, left: number): Piece {
  const known = text.length > SHORT ? undefined : (seen.get(text) ?? remember(text))
  if (known && known.cells <= left) return known
  const cut = fit(started(text, left), left)
  return { text: cut, cells: width(cut) }
}

function remember(text: string): Piece {
  const shown = safe(text)
  const piece = { text: shown, cells: width(shown) }
  if (seen.size >= MOST) seen.clear()
  seen.set(text, piece)
  return piece
}

/** The text of a line, without its styles. */
export const plainOf = (one: Line, columns: number): string =>
  drawn(one, columns)
    .map(({ text }) => text)
    .join('')

/** Two ends of one line. */
export function ends(left: readonly Span[], right: readonly Span[], columns: number): Line {
  const used = [...left, ...right].reduce((all, span) => all + width(safe(textOf(span))), 0)
  return { spans: used + 1 > columns ? left : [...left, ' '.repeat(columns - used), ...right] }
}

/** A text from outside as lines that are wrapped, none cut; at most so many of them, then it says how many are left. */
export function wrapped(text: string, columns: number, style?: Style, most = 2000): Line[] {
  const lines = broken(text, Math.max(8, columns))
  const shown = lines.slice(0, most).map(one => line(styled(one, style)))
  return lines.length > most ? [...shown, line(dim(`(${lines.length - most} more lines)`))] : shown
}

/** What is looked at is the same for many frames. */
const LARGE = 1000
const remembered: { text: string; columns: number; lines: readonly string[] }[] = []

function broken(text: string, columns: number): readonly string[] {
  const known = text.length < LARGE ? undefined : remembered.find(one => one.text === text && one.columns === columns)
  if (known) return known.lines
  const lines = safe(text, { multiline: true })
    .replaceAll('\t', '  ')
    .split('\n')
    .flatMap(one => rowsOf(one, columns, room))
  if (text.length >= LARGE && remembered.push({ text, columns, lines }) > 8) remembered.shift()
  return lines
}

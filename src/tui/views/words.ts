// What several views say alike: how a call ended, names and values under each other, empty places.

import { timeOf } from '../../lib/times.ts'
import type { Row } from '../calls.ts'
import { questionOf } from '../held.ts'
import { filled, line, styled, width, wrapped, type Line, type Span, type Style } from '../line.ts'
import type { Model } from '../model.ts'

const outcomes: Readonly<Record<string, Style>> = {
  error: 'bad',
  failed: 'bad',
  refused: 'warn',
  waiting: 'busy',
  cancelled: 'dim',
  unsettled: 'warn',
  'in flight': 'busy',
  'asks you': 'warn',
}

/** How a call stands, in a word. */
export const standingOf = (model: Model, { outcome, gateway, key }: Row): string =>
  outcome ?? (!model.gateways.has(gateway) ? 'unsettled' : questionOf(model, key) ? 'asks you' : 'in flight')

/** In its colour; where there is room, of a failure the fault, which says more. */
export function outcomeOf(model: Model, row: Row, room: boolean): Span {
  const standing = standingOf(model, row)
  return styled(room ? (row.fault ?? standing) : standing, outcomes[standing])
}

/** A tool without the name of its backend, where that stands beside it. */
export const nameOf = ({ target, backend }: Pick<Row, 'target' | 'backend'>): string =>
  target.startsWith(`${backend}__`) ? target.slice(backend.length + 2) : target

const NAMES = 13
/** A name of a thousand lines pushes nothing else away. */
const LINES = 20

export type Pair = readonly [name: string, value: string | undefined, style?: Style]

/** Names and what they are, whole: long ones are wrapped. */
export function pairs(rows: readonly Pair[], columns: number): Line[] {
  return rows.flatMap(([name, value, style]) => {
    if (value === undefined || value === '') return []
    const text = value.split('\n', LINES + 1).length > LINES ? value.replaceAll('\n', '\\n') : value
    return wrapped(text, columns - NAMES - 2, style).map((one, index) => line(' ', styled(filled(index === 0 ? name : '', NAMES), 'dim'), ...one.spans))
  })
}

/** A heading within a pane. */
export const heading = (text: string): Line => line(' ', styled(text, 'bold'))

/** What was and what is, line by line. */
export function differences(lines: readonly { readonly kind: 'was' | 'is' | 'same'; readonly text: string }[], columns: number): Line[] {
  const looks = { was: ['-', 'bad'], is: ['+', 'good'], same: [' ', 'dim'] } as const
  const all = lines.flatMap(({ kind, text }) => wrapped(`${looks[kind][0]} ${text}`, columns - 2, looks[kind][1]))
  return all.map(one => line(' ', ...one.spans))
}

/** Sentences in an empty place. */
export const sentences = (...texts: readonly (string | readonly Span[])[]): Line[] =>
  ['', ...texts].map(text => (typeof text === 'string' ? line(text === '' ? '' : '  ', text) : line('  ', ...text)))

const EIGHTHS = ' ▏▎▍▌▋▊▉█'

/** So much of a bar; `rest` is what the part looks like that is missing. */
export function bar(share: number, columns: number, rest = ' '): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * columns * 8)
  const text = '█'.repeat(Math.floor(eighths / 8)) + (eighths % 8 === 0 ? '' : EIGHTHS[eighths % 8])
  return text + rest.repeat(columns - width(text))
}

/** 48211 as 48,211. */
export const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',')

const DAY_MS = 24 * 60 * 60 * 1000

/** When, in eight cells: the time of day, and of another day how long ago. */
export const whenOf = (at: number, now: number): string => {
  const time = timeOf(at, now)
  return time.length <= 8 ? time : `${now - at < 2 * DAY_MS ? `${Math.round((now - at) / 3_600_000)} h` : `${Math.round((now - at) / DAY_MS)} d`} ago`
}

const LEVELS = '▁▂▃▄▅▆▇█'

type Slot = { readonly calls: number; readonly bad: number }

/** Values as little columns, so many lines high, the largest the highest; a slot in which much went wrong in its colour. */
export function graph(slots: readonly Slot[], lines: number): Line[] {
  const most = Math.max(1, ...slots.map(one => one.calls))
  return Array.from({ length: lines }, (_, row) => {
    const below = (lines - 1 - row) * 8
    return line(
      ' ',
      ...slots.map(({ calls, bad }): Span => {
        const level = Math.min(8, Math.ceil((calls / most) * lines * 8) - below)
        if (level > 0) return styled(LEVELS[level - 1]!, bad * 4 > calls ? 'bad' : 'good')
        return below === 0 ? styled(LEVELS[0]!, 'dim') : ' '
      }),
    )
  })
}

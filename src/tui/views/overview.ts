// Overview: the last hour and the last day of everybody, and how much is on record.

import type { ActivityStatus } from '../../api/client.ts'
import { bytes, count, roughly, short } from '../../lib/amounts.ts'
import { percentile } from '../../lib/percentile.ts'
import { everSentence } from '../ever.ts'
import { dim, filled, line, styled, width as cellsOf, type Line, type Span } from '../line.ts'
import { bodyRows, type Model } from '../model.ts'
import type { View } from './view.ts'
import { graph, grouped, heading, sentences } from './words.ts'

export const DAY_MS = 24 * 60 * 60 * 1000
export const HOUR_MS = 60 * 60 * 1000
/** Slots that fit beside each other in 80 columns. */
export const DAY_SLOTS = 72
export const HOUR_SLOTS = 60

export const overview: View = {
  items: () => [],
  parts: () => ({}),
  above: (model, width) => (model.hour && model.day ? shown(model, model.hour, model.day, width) : sentences(model.problem ?? 'reading ...')),
  row: () => line(),
  empty: () => [],
  detail: () => [],
  copied: () => ({ text: '', what: '' }),
}

function shown(model: Model, hour: ActivityStatus, day: ActivityStatus, width: number): Line[] {
  const { calls, gateways, now } = model
  const settled = calls.rows.filter(row => row.ms !== undefined).slice(-500)
  const took = settled.map(row => row.ms!)
  const minute = calls.rows.filter(row => row.at > now - 60_000).length
  const inFlight = [...gateways.values()].reduce((all, { state }) => all + Object.keys(state?.calls ?? {}).length, 0)
  const [all, bad] = totals(day)
  const rate = all === 0 ? 0 : (bad / all) * 100
  const facts: Span[] = [
    styled(String(minute), 'bold'),
    dim(` call${minute === 1 ? '' : 's'} in the last minute   `),
    styled(String(inFlight), inFlight > 0 ? 'busy' : undefined),
    dim(' in flight   p50 '),
    took.length > 0 ? roughly(percentile(took, 0.5)) : '-',
    dim('   p95 '),
    took.length > 0 ? roughly(percentile(took, 0.95)) : '-',
    '   ',
    styled(`${rate < 10 && rate > 0 ? rate.toFixed(1) : Math.round(rate)} %`, rate > 10 ? 'bad' : rate > 0 ? 'warn' : 'good'),
    dim(' bad'),
  ]
  const half = Math.floor((width - 4) / 2)
  const lines = bodyRows(model) > 30 ? 4 : 2
  const rows = Math.max(3, bodyRows(model) - (day.lifetime ? 14 : 12) - 2 * lines)
  return [
    line(),
    line(' ', ...facts),
    line(),
    ...stretch('Last hour', 'a minute', '60 minutes ago', slotsOf(hour, HOUR_SLOTS), lines),
    line(),
    ...stretch('Last day', '20 minutes', '24 hours ago', slotsOf(day, DAY_SLOTS), lines),
    line(),
    ...beside(top('Busiest tools in 24 hours', day.tools, half, rows), top('Busiest clients', day.clients, half, rows), half),
    line(),
    line(' ', ...record(day)),
    ...(day.lifetime && day.lifetime.calls > 0 ? ever(day.lifetime, width) : []),
  ]
}

const record = ({ total: { calls, oldestAt, bytes: size } }: ActivityStatus): Span[] => [
  `${grouped(calls)} call${calls === 1 ? '' : 's'}`,
  dim(` on record${oldestAt === undefined ? '' : ` since ${new Date(oldestAt).toISOString().slice(0, 16).replace('T', ' ')}`}, ${bytes(size)}`),
]

/** What was ever called: retention takes nothing of it. */
const ever = (lifetime: NonNullable<ActivityStatus['lifetime']>, width: number): Line[] => [
  line(' ', dim('ever '), everSentence(lifetime)),
  line(' ', ...most('most called', lifetime.tools, width), '   ', ...most('of', lifetime.backends, width)),
]

const most = (what: string, busy: ActivityStatus['tools'], width: number): Span[] => [
  dim(`${what} `),
  busy
    .slice(0, width < 100 ? 1 : 3)
    .map(({ name, calls }) => `${name} ${short(calls)}`)
    .join(', ') || '-',
]

const totals = ({ outcomes }: ActivityStatus): [all: number, bad: number] => [
  Object.values(outcomes).reduce((all, one) => all + one, 0),
  (outcomes['error'] ?? 0) + (outcomes['failed'] ?? 0),
]

/** Every slot since then, also those in which nothing was. */
function slotsOf({ sinceAt, slotMs, slots }: ActivityStatus, many: number): { calls: number; bad: number }[] {
  const first = Math.floor(sinceAt / slotMs) * slotMs + slotMs
  const known = new Map(slots.map(one => [one.at, one]))
  return Array.from({ length: many }, (_, index) => known.get(first + index * slotMs) ?? { calls: 0, bad: 0 })
}

function stretch(title: string, slot: string, ago: string, slots: readonly { calls: number; bad: number }[], lines: number): Line[] {
  const calls = slots.reduce((all, one) => all + one.calls, 0)
  const most = Math.max(...slots.map(one => one.calls))
  return [
    line(' ', styled(title, 'bold'), dim(`  ${count(calls, 'call')}${most > 0 ? `, at most ${most} in ${slot}` : ''}`)),
    ...graph(slots, lines),
    line(' ', dim(filled(ago, slots.length - 3)), dim('now')),
  ]
}

function top(title: string, busy: ActivityStatus['tools'], width: number, most: number): Line[] {
  const rows = busy
    .slice(0, most)
    .map(({ name, calls, bad }) =>
      line(' ', filled(name, width - 16), filled(short(calls), 6, true), ' ', styled(filled(bad > 0 ? `${short(bad)} bad` : '', 8), 'bad')),
    )
  return [heading(title), ...(rows.length > 0 ? rows : [line(' ', dim('none yet'))])]
}

function beside(left: readonly Line[], right: readonly Line[], width: number): Line[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) => {
    const spans = left[index]?.spans ?? []
    const used = spans.reduce((all, span) => all + cellsOf(typeof span === 'string' ? span : span.text), 0)
    return line(...spans, ' '.repeat(Math.max(1, width + 2 - used)), ...(right[index]?.spans ?? []))
  })
}

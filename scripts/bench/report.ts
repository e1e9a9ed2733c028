// Rows as a person reads them: in a terminal, or as the table of the README.

import { median, type Row, type Unit } from './measure.ts'

/** Whether a row has reached what it should; undefined when nothing is asked of it. */
export function reached({ reach, samples }: Row): boolean | undefined {
  if (!reach) return undefined
  return 'most' in reach ? median(samples) <= reach.most : median(samples) >= reach.least
}

const mark = (row: Row): string => ({ true: '✓', false: '✗', undefined: ' ' })[String(reached(row)) as 'true' | 'false' | 'undefined']

const digits = (value: number, unit: Unit): string => {
  if (unit === 'MiB') return value.toFixed(0)
  if (unit === 'µs') return value.toFixed(1)
  return value.toFixed(value < 0.2 ? 3 : 2)
}

const withUnit = (text: string, unit: Unit) => `${text} ${unit}`

const reachOf = ({ reach, unit }: Row): string => (!reach ? '–' : 'most' in reach ? withUnit(`≤ ${reach.most}`, unit) : withUnit(`≥ ${reach.least}`, unit))

const spread = (samples: readonly number[], unit: Unit): string => {
  const middle = withUnit(digits(median(samples), unit), unit)
  return samples.length > 1 ? `${middle} (${digits(Math.min(...samples), unit)}–${digits(Math.max(...samples), unit)})` : middle
}

const relayOf = ({ relay, unit }: Row): string => (relay ? withUnit(digits(median(relay), unit), unit) : '–')

/** A row for a terminal. */
export function line(row: Row): string {
  const beside = [row.relay && `bare relay ${relayOf(row)}`, row.one && `1 × is ${row.one}`].filter(Boolean).join(', ')
  return `${mark(row)} ${row.title}\n    ${spread(row.samples, row.unit)}, to reach: ${reachOf(row)}${beside ? ` [${beside}]` : ''}`
}

/** The table of the README. */
export function markdown(rows: readonly Row[]): string {
  const head = '| measure | reach | mcpgw: median (lowest–highest) | | a bare relay | 1 × is |\n| --- | --- | --- | --- | --- | --- |'
  const body = rows.map(row => `| ${row.title} | ${reachOf(row)} | ${spread(row.samples, row.unit)} | ${mark(row)} | ${relayOf(row)} | ${row.one ?? '–'} |`)
  return [head, ...body].join('\n')
}

// What limits cost a call: the same gateway without any, with one and with five that the call is about, side by side.

import { interleaved, median, ratios, type Measure, type Row } from '../measure.ts'
import { home } from '../targets.ts'
import { behind, p50, withWarm } from '../warm.ts'

/** Large enough never to be spent: what is measured is that they are counted. */
const one = [{ scope: 'backend:b0', rate: '10000000/1h' }]
/** Of each kind one: a bucket, one that each client has for itself, one in tokens. */
const five = [
  ...one,
  { scope: 'all', rate: '100000000/1d' },
  { scope: 'client', rate: '10000000/1h' },
  { scope: 'tool:b0__*', rate: '10000000/1h', burst: 1_000_000 },
  { scope: 'client', rate: '1000000000 tokens/1d' },
]

export const limits: Measure = {
  name: 'limits',
  about: 'what a call costs with one limit, and with five',
  oneCore: (rounds, on) =>
    withWarm({ none: behind(home([{}])), one: behind(home([{}], { limits: one })), five: behind(home([{}], { limits: five })) }, async targets => {
      const found = await interleaved(rounds.of(25), { none: () => p50(targets.none), one: () => p50(targets.one), five: () => p50(targets.five) })
      const row = (title: string, most: number, values: readonly number[]): Row => ({
        title,
        reach: { most },
        unit: '×',
        samples: ratios(values, found.none),
        one: `${(median(found.none) * 1000).toFixed(1)} µs`,
      })
      return [
        row(`call p50 with one limit, on ${on}, against the same call without`, 1.3, found.one),
        row('the same with five limits, a bucket and one in tokens among them', 1.4, found.five),
      ]
    }),
}

// Limits: a bar for each budget, how much is left of it, and who has used it.

import { short } from '../../lib/amounts.ts'
import { about } from '../../lib/durations.ts'
import { dim, line, styled, type Style } from '../line.ts'
import type { Item } from '../model.ts'
import { table } from '../table.ts'
import type { View } from './view.ts'
import { bar, heading, pairs, sentences } from './words.ts'

type LimitItem = Item & { kind: 'limit' }

const BAR = 12

const columns = (width: number) =>
  table(
    [
      { head: 'SCOPE', width: 18, grows: 1 },
      { head: 'RATE', width: 18 },
      { head: 'LEFT', width: BAR },
      { head: '', width: 12, right: true },
      { head: 'FULL IN', width: 9 },
      { head: 'USED BY', width: 18, grows: 3, from: 100 },
    ],
    width,
  )

const styleOf = (left: number, of: number): Style => (left === 0 ? 'bad' : left * 5 < of ? 'warn' : 'good')

const usersOf = ({ used }: LimitItem['budget']): string => used.map(({ client, amount }) => `${client || 'others'} ${amount}`).join(', ')

export const limits: View = {
  items: ({ limits }) =>
    (limits ?? []).flatMap(limit =>
      limit.budgets.map((budget, index) => ({
        kind: 'limit' as const,
        key: `${limit.id} ${budget.client ?? budget.key ?? ''}`,
        limit,
        budget,
        first: index === 0,
      })),
    ),
  parts(item) {
    const { limit, budget } = item as LimitItem
    return { scope: limit.scope, client: [budget.client ?? budget.key ?? '', usersOf(budget)].join(' '), left: budget.left }
  },
  above: (_model, width) => [columns(width).head],
  row(item, { now }, width, chosen) {
    const { limit, budget, first } = item as LimitItem
    const { left, of, nextAt, fullAt } = budget
    const taker = budget.client ?? budget.key
    const rate = `${limit.rate}${limit.burst === undefined ? '' : `, burst ${limit.burst}`}`
    const more = nextAt !== undefined ? styled(`+1 in ${about(nextAt - now)}`, 'bad') : fullAt !== undefined ? about(fullAt - now) : '-'
    const who = taker === undefined ? usersOf(budget) : ''
    return columns(width).row(
      [
        taker === undefined ? limit.scope : `${limit.scope}:${taker}`,
        first ? rate : '',
        styled(bar(left / of, BAR, '░'), styleOf(left, of)),
        `${short(left)} of ${short(of)}`,
        more,
        who === '' ? dim('-') : who,
      ],
      chosen,
    )
  },
  empty: model =>
    model.limits === undefined
      ? sentences('reading ...')
      : sentences(
          'There are no limits. To write one, from another terminal or behind : here:',
          '',
          [styled('mcpgw limit all 1000/1d', 'key')],
          [styled('mcpgw limit backend:github 60/1m --burst 10', 'key')],
        ),
  detail(item, { now }, width) {
    const { limit, budget } = item as LimitItem
    const { left, of, nextAt, fullAt, used } = budget
    return [
      line(' ', styled(limit.scope, 'bold'), '  ', styled(`${left} of ${of} left`, styleOf(left, of))),
      line(),
      ...pairs(
        [
          ['id', limit.id],
          ['rate', limit.rate],
          ['burst', limit.burst === undefined ? undefined : String(limit.burst)],
          ['counts', limit.unit === 'tokens' ? 'tokens of results (bytes / 4)' : 'calls'],
          ['key', budget.key],
          ['client', budget.client],
          ['next', nextAt === undefined ? undefined : `in ${about(nextAt - now)}`],
          ['full again', fullAt === undefined ? undefined : `in ${about(fullAt - now)}`],
        ],
        width,
      ),
      line(),
      heading('Used within its time'),
      ...(used.length === 0
        ? [line(' ', dim('nothing'))]
        : pairs(
            used.map(({ client, amount }) => [client || 'others', `${bar(amount / of, 20)} ${amount}`] as const),
            width,
          )),
    ]
  },
  copied: item => ({ text: (item as LimitItem).limit.id, what: 'the id of the limit' }),
}

// Approvals: the questions that wait for a person, the oldest first. One that is looked at is shown whole: what is read is what will run.

import { about } from '../../lib/durations.ts'
import type { ApprovalStatus } from '../../api/client.ts'
import { beforeSentence } from '../before.ts'
import { heldUntil } from '../held.ts'
import { laidOut } from '../json.ts'
import { dim, line, styled, wrapped, type Line, type Span, type Style } from '../line.ts'
import type { Item, Model } from '../model.ts'
import { table } from '../table.ts'
import type { View } from './view.ts'
import { differences, heading, nameOf, pairs, sentences, whenOf, type Pair } from './words.ts'

type ApprovalItem = Item & { kind: 'approval' }

const columns = (width: number) =>
  table(
    [
      { head: 'ASKED', width: 8 },
      { head: 'CLIENT', width: 11, grows: 1 },
      { head: 'BACKEND', width: 9, grows: 1 },
      { head: 'TOOL', width: 16, grows: 2 },
      { head: 'WITH', width: 12, grows: 4 },
      { head: 'LEFT', width: 7 },
    ],
    width,
  )

const firstLine = (text: unknown): string => (typeof text === 'string' ? text.trim().split('\n', 1)[0]! : '')

const styles: Readonly<Record<string, Style>> = { open: 'warn', allowed: 'good', used: 'good', denied: 'bad', expired: 'dim' }

const risks: Readonly<Record<string, Style>> = { destroys: 'warn', unknown: 'warn' }

/** How long there is to answer: as long as its call waits, else as long as the question stands. */
function leftOf(approval: ApprovalStatus, model: Model): Span {
  const { standing, expiresAt } = approval
  if (standing !== 'open') return styled(standing, styles[standing])
  const untilAt = heldUntil(approval, model)
  const leftMs = Math.max(0, (untilAt ?? expiresAt) - model.now)
  return styled(about(leftMs), untilAt === undefined ? 'dim' : leftMs < HURRY_MS ? 'bad' : 'warn')
}

const HURRY_MS = 15_000

/** What becomes of a yes. */
function callRow(approval: ApprovalStatus, model: Model): Pair {
  const { standing, client, expiresAt } = approval
  if (standing !== 'open') return ['its call', undefined]
  const untilAt = heldUntil(approval, model)
  const open = about(Math.max(0, expiresAt - model.now))
  if (untilAt === undefined) return ['its call', `waits no more: a yes runs it when ${client} makes it again, within ${open}`, 'warn']
  const later = untilAt < expiresAt ? `; after that a yes runs it when ${client} makes it again` : ''
  return ['its call', `waits ${about(Math.max(0, untilAt - model.now))} more${later}`]
}

export const approvals: View = {
  items: ({ approvals = [] }) =>
    approvals
      .toSorted((one, other) => Number(other.standing === 'open') - Number(one.standing === 'open') || one.askedAt - other.askedAt)
      .map(approval => ({ kind: 'approval', key: approval.id, approval })),
  parts(item) {
    const { id, client, backend, target, standing } = (item as ApprovalItem).approval
    return { id, client, backend, tool: target, standing }
  },
  above: (_model, width) => [columns(width).head],
  row(item, model, width, chosen) {
    const { approval } = item as ApprovalItem
    const { askedAt, client, backend, arguments: text = '(erased)' } = approval
    return columns(width).row([whenOf(askedAt, model.now), client, backend, nameOf(approval), dim(text), leftOf(approval, model)], chosen)
  },
  empty: model =>
    model.approvals === undefined
      ? sentences('reading ...')
      : sentences('Nothing waits for you.', '', ['A rule makes a tool ask first: ', styled("mcpgw ask 'files__write_*'", 'key')]),
  detail(item, model, width) {
    const { approval } = item as ApprovalItem
    const { client, target, backend, principal, roles = [], earlier, answer, standing, before, redacted = 0 } = approval
    const clear = model.question?.id === approval.id ? model.question?.clear : undefined
    return [
      line(' ', styled(client, 'bold'), ' wants ', styled(target, 'bold'), '  ', leftOf(approval, model), standing === 'open' ? dim(' left') : ''),
      line(),
      ...pairs(
        [
          ...because(approval),
          ['risk', approval.risk?.says, approval.risk && risks[approval.risk.kind]],
          ['it says', firstLine(approval.description)],
          callRow(approval, model),
          ['backend', backend],
          ['principal', roles.length > 0 ? `${principal}, with the role ${roles.join(', ')}` : principal],
          ['take care', earlier && `a call that meant the same (${earlier}) was allowed before, and nobody knows whether it ran`, 'bad'],
          ['last time', before && beforeSentence(before, model.now)],
          ['answer', answer && `${answer.decision} by ${answer.by}, from the ${answer.via}${answer.reason ? `: ${answer.reason}` : ''}`],
        ],
        width,
      ),
      line(),
      ...(before?.difference ? [...differences(before.difference, width), line()] : []),
      ...accepting(approval, width),
      heading(redacted > 0 && clear === undefined ? `With these arguments; ${hidden(redacted, model.remote !== undefined)}` : 'With these arguments'),
      ...argumentLines(clear ?? approval.arguments, width),
    ]
  },
  copied: item => ({ text: (item as ApprovalItem).approval.id, what: 'its id' }),
}

/** The rule in words says more than that there is one. */
const because = ({ reason, rule, asks, update }: ApprovalStatus): Pair[] =>
  asks === undefined
    ? [
        ['because', reason],
        ['rule', update === undefined ? rule : undefined],
      ]
    : [['because', `the rule ${rule.replace(/^rule:/, '')} says: ${asks}`]]

/** A yes to a call of what has changed accepts all that its backend has changed: it stands there, whole. */
function accepting({ update, backend }: ApprovalStatus, width: number): Line[] {
  if (update === undefined) return []
  if (update === null)
    return [
      ...wrapped(`"${backend}" offers something else by now than when this was asked: a yes does not accept it`, width - 2, 'warn').map(one =>
        line(' ', ...one.spans),
      ),
      line(),
    ]
  return [
    heading(`A yes accepts what "${backend}" has changed, for every later call too`),
    ...update.flatMap(pin => [
      line(' ', styled(pin.name, 'warn')),
      ...pin.marks.flatMap(({ about, words }) => wrapped(`take care: ${about}: ${words}`, width - 2, 'bad').map(one => line(' ', ...one.spans))),
      ...((pin.difference ?? []).length > 0
        ? differences(pin.difference!, width)
        : [line(' ', dim('only the way in which a number or a key is written differs'))]),
    ]),
    line(),
  ]
}

const hidden = (many: number, elsewhere: boolean): string =>
  `${many} secret${many === 1 ? ' is' : 's are'} ${elsewhere ? 'shown only where the gateway runs' : 'not shown'}`

function argumentLines(text: string | undefined, width: number): Line[] {
  if (text === undefined) return [line(' ', dim('they are no longer kept'))]
  return text === '' ? [line(' ', dim('none'))] : laidOut(text, width)
}

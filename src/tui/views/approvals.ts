// Approvals: the questions that wait for a person, the oldest first. One that is looked at is shown whole: what is read is what will run.

import { about } from '../../lib/durations.ts'
import type { ApprovalStatus } from '../../api/client.ts'
import { beforeSentence } from '../before.ts'
import { laidOut } from '../json.ts'
import { dim, line, styled, type Line, type Style } from '../line.ts'
import type { Item } from '../model.ts'
import { table } from '../table.ts'
import type { View } from './view.ts'
import { differences, heading, nameOf, pairs, sentences, whenOf } from './words.ts'

type ApprovalItem = Item & { kind: 'approval' }

const columns = (width: number) =>
  table(
    [
      { head: 'ASKED', width: 8 },
      { head: 'CLIENT', width: 11, grows: 1 },
      { head: 'BACKEND', width: 9, grows: 1 },
      { head: 'TOOL', width: 16, grows: 2 },
      { head: 'WITH', width: 12, grows: 4 },
      { head: 'WAITS', width: 7 },
    ],
    width,
  )

const firstLine = (text: unknown): string => (typeof text === 'string' ? text.trim().split('\n', 1)[0]! : '')

const styles: Readonly<Record<string, Style>> = { open: 'warn', allowed: 'good', used: 'good', denied: 'bad', expired: 'dim' }

const standingOf = ({ standing, expiresAt }: ApprovalStatus, now: number): string => (standing === 'open' ? about(Math.max(0, expiresAt - now)) : standing)

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
  row(item, { now }, width, chosen) {
    const { approval } = item as ApprovalItem
    const { askedAt, client, backend, arguments: text = '(erased)', standing } = approval
    return columns(width).row([whenOf(askedAt, now), client, backend, nameOf(approval), dim(text), styled(standingOf(approval, now), styles[standing])], chosen)
  },
  empty: model =>
    model.approvals === undefined
      ? sentences('reading ...')
      : sentences('Nothing waits for you.', '', ['A rule makes a tool ask first: ', styled("mcpgw ask 'files__write_*'", 'key')]),
  detail(item, model, width) {
    const { approval } = item as ApprovalItem
    const { client, target, backend, principal, roles = [], reason, rule, earlier, answer, standing, expiresAt, before, redacted = 0 } = approval
    const clear = model.question?.id === approval.id ? model.question?.clear : undefined
    const waits = standing === 'open' ? `waits for ${about(Math.max(0, expiresAt - model.now))}` : standing
    return [
      line(' ', styled(client, 'bold'), ' wants ', styled(target, 'bold'), '  ', styled(waits, styles[standing])),
      line(),
      ...pairs(
        [
          ['because', reason],
          ['rule', rule],
          ['it says', firstLine(model.tools?.find(one => one.name === target)?.description)],
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
      heading(redacted > 0 && clear === undefined ? `With these arguments; ${hidden(redacted, model.remote !== undefined)}` : 'With these arguments'),
      ...argumentLines(clear ?? approval.arguments, width),
    ]
  },
  copied: item => ({ text: (item as ApprovalItem).approval.id, what: 'its id' }),
}

const hidden = (many: number, elsewhere: boolean): string =>
  `${many} secret${many === 1 ? ' is' : 's are'} ${elsewhere ? 'shown only where the gateway runs' : 'not shown'}`

function argumentLines(text: string | undefined, width: number): Line[] {
  if (text === undefined) return [line(' ', dim('they are no longer kept'))]
  return text === '' ? [line(' ', dim('none'))] : laidOut(text, width)
}

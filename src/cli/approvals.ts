// `mcpgw approvals`, `mcpgw approve`, `mcpgw refuse`: the questions that rules ask, and their answers. They are the store's, so it does not matter
// which gateway has asked, nor whether it still runs. An answer is on record before it counts.

import { existsSync } from 'node:fs'
import { Command } from 'commander'
import type { Answering, ApprovalStatus } from '../api/port.ts'
import { standing, type Approval } from '../gateway/approval.ts'
import { about } from '../lib/durations.ts'
import type { Store } from '../store/store.ts'
import { beforeSentence } from '../tui/before.ts'
import type { Context } from './context.ts'
import { editArguments } from './editor.ts'
import { Failure } from './failure.ts'
import { json, line, note } from './print.ts'
import { show } from './pins.ts'
import { within, type Opened } from './remembered.ts'
import { several } from './rules.ts'
import { userName } from './who.ts'

export const approvals = (context: Context): Command =>
  new Command('approvals')
    .description('the questions that wait for an answer')
    .argument('[id]', 'one of them, or the beginning of its id')
    .option('--all', 'those that were answered or have ended, too')
    .option('--clear', 'show secrets in the arguments')
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExample:\n  mcpgw approvals\n  mcpgw approve 3f9a')
    .action(async (id: string | undefined, { all = false, clear = false, json: asJson }: { all?: boolean; clear?: boolean; json?: true }) => {
      if (id === undefined && !existsSync(context.places.database)) return asJson ? json(context, []) : note(context, 'No question waits for an answer.')
      const found = await within(context, async ({ store, questions }) =>
        id === undefined ? questions.approvals(all, clear) : [(await questions.approval((await one(store, id)).id, clear))!],
      )
      if (asJson) return json(context, id === undefined ? found : found[0])
      if (found.length === 0) return note(context, 'No question waits for an answer.')
      for (const [at, question] of found.entries()) tell(context, question, Date.now(), at > 0)
    })

interface Allowing {
  readonly for?: string
  readonly pin?: string[]
  readonly edit?: true
  readonly reason?: string
  readonly json?: true
}

export const approve = (context: Context): Command =>
  new Command('approve')
    .description('answer a question with yes')
    .argument('<id>', 'its id, or the beginning of it')
    .option('--for <time>', 'and for later calls: session, always, or a time such as 5m')
    .option('--pin </path>', 'with --for: only where this argument is the same (may be repeated)', several)
    .option('--edit', 'change the arguments first, in $EDITOR')
    .option('--reason <text>', 'why, for the record')
    .option('--json', 'print the question, as it stands then, as JSON')
    .addHelpText(
      'after',
      '\nA call that waits goes on; else it runs when its client makes it again, once.\n\nExample:\n  mcpgw approve 3f9a\n  mcpgw approve 3f9a --for session --pin /repo',
    )
    .action(async (id: string, { for: span, pin, edit, reason, json: asJson }: Allowing) => {
      if (pin && span === undefined) throw new Failure(2, '--pin goes with --for: it says what later calls must have in common with this one')
      await within(context, async opened => {
        const approval = await waiting(opened.store, id)
        const remember = span === undefined ? undefined : { for: span, ...(pin && { pins: pin }) }
        const changed = edit ? await edited(context, opened, approval) : undefined
        await give(opened, approval, { decision: 'allow', argumentsHash: approval.argumentsHash, remember, arguments: changed, reason })
        if (asJson) return json(context, await opened.questions.approval(approval.id, false))
        const later = span === undefined ? '' : span === 'always' ? ', and from now on' : span === 'session' ? ', and for its session' : `, and for ${span}`
        note(context, `${approval.id}: ${approval.client} may call ${approval.target}${later}`)
        if (remember)
          for (const answer of await opened.store.approvals.answers(Date.now()))
            if (answer.approval === approval.id) note(context, `To end that: mcpgw rules remove ${answer.id}`)
      })
    })

export const refuse = (context: Context): Command =>
  new Command('refuse')
    .description('answer a question with no')
    .argument('<id>', 'its id, or the beginning of it')
    .option('--reason <text>', 'why; the model reads it')
    .option('--json', 'print the question, as it stands then, as JSON')
    .addHelpText('after', '\nExample:\n  mcpgw refuse 3f9a --reason "ask again after the release"')
    .action(async (id: string, { reason, json: asJson }: { reason?: string; json?: true }) => {
      await within(context, async opened => {
        const approval = await waiting(opened.store, id)
        await give(opened, approval, { decision: 'deny', argumentsHash: approval.argumentsHash, reason })
        if (asJson) return json(context, await opened.questions.approval(approval.id, false))
        note(context, `${approval.id}: ${approval.client} may not call ${approval.target}`)
      })
    })

async function one(store: Store, id: string): Promise<Approval> {
  const found = await store.approvals.approval(id)
  if (found.kind === 'found') return found.approval
  if (found.kind === 'none') throw new Failure(4, `no question has an id that begins with "${id}"`, 'Those that wait are listed by: mcpgw approvals')
  throw new Failure(2, `several questions have an id that begins with "${id}"`, ...found.ids)
}

const over = {
  allowed: 'it was answered with yes',
  denied: 'it was answered with no',
  expired: 'its time is over',
  used: 'it was answered with yes, and the call has run',
} as const

async function waiting(store: Store, id: string): Promise<Approval> {
  const approval = await one(store, id)
  const stands = standing(approval, Date.now())
  if (stands === 'open') return approval
  const { answer } = approval
  throw new Failure(1, `the question ${approval.id} does not wait any more: ${over[stands]}${answer ? `, by ${answer.by}` : ''}`)
}

async function give({ questions }: Opened, approval: Approval, answering: Answering): Promise<void> {
  const not = await questions.answer(approval.id, answering, { by: `local:${userName()}`, via: 'command' })
  if (not) throw new Failure(not.code === 'invalid' ? 2 : not.code === 'not_found' ? 4 : 1, `nothing was answered: ${not.message}`)
}

async function edited(context: Context, { questions }: Opened, { id }: Approval): Promise<string> {
  const text = (await questions.approval(id))?.arguments
  if (text === undefined) throw new Failure(1, 'what it is about can not be opened: the key that seals it can not be had', 'To see why: mcpgw doctor')
  return editArguments(context, id, text)
}

const signs = { was: '-', is: '+', same: ' ' } as const
const looks = { was: 'red', is: 'green', same: 'dim' } as const
const risks = { reads: 'dim', adds: 'dim', destroys: 'yellow', unknown: 'yellow' } as const
const styles = { open: 'yellow', allowed: 'green', denied: 'red', expired: 'dim', used: 'dim' } as const

/** All of what will run stands there: nobody can say yes to what they have not seen. */
function tell(context: Context, question: ApprovalStatus, now: number, apart: boolean): void {
  const { asks, risk, update } = question
  const { id, client, principal, target, reason, askedAt, expiresAt, standing: stands, arguments: args, redacted, earlier, before, answer, used } = question
  if (apart) line(context, '')
  const who = principal === 'local' ? client : `${client} (${principal})`
  const when = stands === 'open' ? `${about(now - askedAt)} ago, ${about(expiresAt - now)} left` : `${about(now - askedAt)} ago, ${stands}`
  line(context, { text: id, style: 'bold' }, `  ${who} wants `, { text: target, style: 'bold' }, '  ', { text: when, style: styles[stands] })
  line(context, { text: `  ${reason}${asks === undefined ? '' : `: ${asks}`}`, style: 'dim' })
  if (risk) line(context, { text: `  ${risk.says}`, style: risks[risk.kind] })
  if (args !== undefined) line(context, `  ${args === '' ? 'no arguments' : args}`)
  if (before) {
    line(context, { text: `  last time: ${beforeSentence(before, now)}`, style: 'dim' })
    for (const { kind, text } of before.difference ?? []) line(context, { text: `  ${signs[kind]} ${text}`, style: looks[kind] })
  }
  if (update === null)
    line(context, { text: `  ${question.backend} offers something else by now; to see it: mcpgw pins diff ${question.backend}`, style: 'yellow' })
  else if (update) {
    line(context, { text: '  a yes accepts what has changed:', style: 'dim' })
    for (const pin of update) show(context, pin)
  }
  const notes: string[] = []
  if (args === undefined && stands === 'open') notes.push('what it would run with can not be opened: the key that seals it can not be had (mcpgw doctor)')
  if (redacted) notes.push(`${redacted === 1 ? 'a secret is' : `${redacted} secrets are`} not shown; to see everything: mcpgw approvals ${id} --clear`)
  if (earlier !== undefined) notes.push(`a call that means the same was allowed before (${earlier}), and nobody knows whether it ran`)
  if (answer)
    notes.push(
      `${answer.decision === 'allow' ? 'yes' : 'no'} by ${answer.by}${answer.reason ? `: ${answer.reason}` : ''}${answer.edited ? ', with other arguments' : ''}`,
    )
  if (used && used.settledAt === undefined)
    notes.push(`used by ${used.call}, and not settled: unless that call still runs, nobody knows whether it was executed`)
  for (const text of notes) line(context, { text: `  ${text}`, style: 'yellow' })
}

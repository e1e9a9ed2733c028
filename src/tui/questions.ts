// Answering questions, safely (what is allowed here is executed): a key that was typed before the question could be read is no answer to it; Enter
// alone never allows; nothing is allowed before all of it was on the screen; and an answer is for the very arguments that were shown.

import type { Answering, ApprovalStatus } from '../api/client.ts'
import { heldUntil } from './held.ts'
import type { Answer } from './keys.ts'
import { isOpen, tell, type Effect, type Model } from './model.ts'
import { contentOf, shownRows } from './screen.ts'

/** Nobody reads faster than this. */
export const UNREAD_MS = 400

/** What waits has been asked for: who is not looking hears of what is new. */
export function waited(model: Model, approvals: readonly ApprovalStatus[]): readonly Effect[] {
  const open = (those: readonly ApprovalStatus[] = []) => those.filter(({ standing }) => standing === 'open').map(({ id }) => id)
  const before = new Set(open(model.approvals))
  const now = open(approvals)
  model.approvals = approvals
  const rings = now.some(id => !before.has(id))
  const { question, pane } = model
  const left = pane?.kind === 'detail' && question !== undefined && before.has(question.id) && !now.includes(question.id)
  return [
    ...(rings || now.length !== before.size ? [{ kind: 'waiting', many: now.length, rings } as const] : []),
    // Somebody was faster, or its time is over: whoever looks at it is told how it ended.
    ...(left ? [{ kind: 'ended', id: question.id } as const] : []),
  ]
}

/** Notes how much of a question, or of what a tool has become, was on the screen. */
export function looksAt(model: Model): void {
  const { pane, question, chosen } = model
  if (pane?.kind === 'detail' && chosen?.kind === 'tool') {
    if (pane.read?.offered !== chosen.pin?.offered) pane.read = undefined
    pane.read ??= { offered: chosen.pin?.offered, lines: 0 }
    if (pane.top <= pane.read.lines) pane.read.lines = Math.max(pane.read.lines, pane.top + shownRows(model))
    return
  }
  if (pane?.kind !== 'detail' || chosen?.kind !== 'approval' || question?.id !== chosen.key) return
  // What is said above may take fewer lines by now: what was not seen has moved up.
  const lines = contentOf(model).length
  question.seen = Math.max(0, question.seen - Math.max(0, (question.lines ?? lines) - lines))
  question.lines = lines
  if (pane.top <= question.seen) question.seen = Math.max(question.seen, pane.top + shownRows(model))
}

/** A key that answers; most ask once more, and say what it will mean. */
export function answered(model: Model, action: Answer | string): readonly Effect[] {
  const { chosen, question, now } = model
  if (chosen?.kind !== 'approval' || question?.id !== chosen.key || !isOpen(model) || model.readOnly) return []
  const { approval } = chosen
  const { id, argumentsHash, target, client } = approval
  if (now - question.sinceAt < UNREAD_MS) return []
  if (action === 'reveal') return [{ kind: 'reveal', id }]
  if (action === 'refuse') return [{ kind: 'answer', id, answer: { decision: 'deny', argumentsHash }, what: `refused: ${target}` }]
  if (action === 'refuse why') return prompt(model, { kind: 'reason', text: '' })
  if (action === 'block') {
    const rule = denying(approval)
    const effect: Effect = { kind: 'block', id, rule, answer: { decision: 'deny', argumentsHash, reason: 'the person has denied this tool' } }
    return prompt(model, { kind: 'confirm', question: `Refuse it, and write this rule, ${whose(approval)}? mcpgw ${rule}`, sinceAt: now, effect })
  }
  if (approval.arguments === undefined) return said(model, 'what it would run with can not be shown, so it can not be allowed here')
  const unread = unreadOf(model, question.seen)
  if (unread !== undefined) return said(model, unread)
  if (action === 'allow')
    return [{ kind: 'answer', id, answer: { decision: 'allow', argumentsHash }, what: `allowed once: ${target}${goesOn(approval, model)}` }]
  if (action === 'edit' && model.remote !== undefined && (approval.redacted ?? 0) > 0)
    return said(model, 'its secrets are shown only where the gateway runs: edit it there')
  if (action === 'edit') return [{ kind: 'edit', id }]
  if (action === 'allow time') return prompt(model, { kind: 'duration', text: '5m' })
  return lasting(model, approval, action === 'allow session' ? 'session' : 'always', `${client} may call ${target}`)
}

/** What is accepted was on the screen, all of it: a sentence where it was not. */
export function unreadOf(model: Model, seen: number): string | undefined {
  const left = contentOf(model).length - seen
  return left > 0 ? `first see all of it: ${left} more ${left === 1 ? 'line' : 'lines'} below (space)` : undefined
}

/** What was typed for a question: for how long, or why not. */
export function given(model: Model, kind: 'duration' | 'reason', text: string): readonly Effect[] {
  const { chosen } = model
  if (chosen?.kind !== 'approval' || !isOpen(model)) return []
  const { approval } = chosen
  const { id, argumentsHash, target, client } = approval
  if (kind === 'duration') return text === '' ? [] : lasting(model, approval, text, `${client} may call ${target}`)
  return [{ kind: 'answer', id, answer: { decision: 'deny', argumentsHash, ...(text !== '' && { reason: text }) }, what: `refused: ${target}` }]
}

/** A yes runs nothing by itself where nobody waits for it any more. */
const goesOn = (approval: ApprovalStatus, model: Model): string =>
  heldUntil(approval, model) === undefined ? `; it runs when ${approval.client} makes it again` : ''

/** The rule that a block writes, as its command. It names the caller's roles: one that names none would yield to a rule that allows it to them. */
const denying = ({ target, roles = [] }: ApprovalStatus): string =>
  ['deny', ...roles.flatMap(role => ['--role', quoted(role)]), ...(target.startsWith('-') ? ['--'] : []), quoted(target)].join(' ')

const whose = ({ roles }: ApprovalStatus): string =>
  roles === undefined
    ? 'for all callers, as far as no rule says otherwise for their roles (those of this one are not known)'
    : roles.length === 0
      ? 'for all callers, as far as no rule says otherwise for their roles'
      : `for all callers with the role ${roles.join(' or ')}`

/** A word of a command, whatever stands in it. */
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : word.includes("'") ? `"${word.replace(/["\\$`]/g, '\\$&')}"` : `'${word}'`)

/** An answer for later calls too: what it covers is said first. */
function lasting(model: Model, approval: ApprovalStatus, span: string, sentence: string): readonly Effect[] {
  const { id, argumentsHash, target, backend, update } = approval
  const besides = update ? ` It also accepts what "${backend}" has changed.` : ''
  const pins = placesIn(approval.arguments ?? '')
  const when = span === 'always' ? 'always' : span === 'session' ? 'for this session' : `for ${span}`
  const effect = (pinned: readonly string[]): Effect => {
    const answer: Answering = { decision: 'allow', argumentsHash, remember: { for: span, ...(pinned.length > 0 && { pins: pinned }) } }
    return { kind: 'answer', id, answer, what: `allowed ${when}: ${target}` }
  }
  const other = pins.length > 0 ? { key: 'p', says: 'only with the same arguments', effect: effect(pins) } : undefined
  return prompt(model, { kind: 'confirm', question: `${sentence} ${when}, whatever its arguments?${besides}`, sinceAt: model.now, effect: effect([]), other })
}

/** The places of all arguments, as JSON pointers. */
function placesIn(text: string): string[] {
  try {
    return Object.keys(JSON.parse(text) as object).map(name => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)
  } catch {
    return []
  }
}

function prompt(model: Model, one: NonNullable<Model['prompt']>): readonly Effect[] {
  model.prompt = one
  return []
}

function said(model: Model, text: string): readonly Effect[] {
  tell(model, text, 'warn')
  return []
}

// Questions and answers as commands and the control API see them: over the store, whoever has asked and whether or not they still run.

import type { AnswerStatus, Answering, ApprovalStatus, BeforeStatus, NotAnswered } from '../api/port.ts'
import { clientOf } from '../config/clients.ts'
import { standing, type Approval, type RememberedAnswer } from '../gateway/approval.ts'
import type { Approvals } from '../gateway/approvals.ts'
import { opened, pinnedAs, type Replied, type Reply, type Sealing } from '../gateway/answering.ts'
import { repeated } from '../gateway/conditions.ts'
import { updateOf } from '../gateway/pins.ts'
import { redactJson } from '../gateway/redact/redact.ts'
import type { Rule } from '../gateway/rules.ts'
import { canonical } from '../lib/canonical.ts'
import { parseDuration } from '../lib/durations.ts'
import { toWire } from '../rpc/wire.ts'
import type { StoredPin } from '../store/pins.ts'
import type { Store } from '../store/store.ts'
import { before, lastLike, type Recorded } from './before.ts'
import { statusOf } from './pin-status.ts'
import { riskOf } from './risk.ts'
import { sentence } from './rule-sentence.ts'

export interface QuestionsOptions {
  readonly approvals: Approvals
  readonly seal: () => Promise<Sealing>
  /** How a backend is configured now, as a keyed hash; undefined for one that is not. */
  readonly configOf: (backend: string) => Promise<string | undefined>
  /** What is on record of a call. */
  readonly recorded: Recorded
  /** The rules of the settings. */
  readonly rules: () => readonly Rule[]
  /** What an update of a backend changes, by its id; nothing where the backend offers something else by now. */
  readonly update: (backend: string, id: string) => Promise<readonly StoredPin[] | undefined>
  /** Gives an answer, on record. */
  readonly reply: (approval: Approval, wanted: Reply) => Promise<Replied>
}

/** So many comparisons are remembered. */
const COMPARED = 500

export class Questions {
  readonly #options: QuestionsOptions
  readonly #compared = new Map<string, BeforeStatus>()

  constructor(options: QuestionsOptions) {
    this.#options = options
  }

  /** Those that wait, or all; newest first. `clear`: with their secrets. */
  async approvals(all: boolean, clear = false): Promise<readonly ApprovalStatus[]> {
    const now = Date.now()
    const kept = await this.#options.approvals.approvals()
    const wanted = kept.filter(one => all || standing(one, now) === 'open')
    return this.#shown(wanted, kept, now, clear)
  }

  async approval(id: string, clear = true): Promise<ApprovalStatus | undefined> {
    const found = await this.#options.approvals.approval(id)
    if (found.kind !== 'found') return undefined
    return (await this.#shown([found.approval], await this.#options.approvals.approvals(), Date.now(), clear))[0]
  }

  async answer(id: string, answering: Answering, who: Pick<Reply, 'by' | 'via'>): Promise<NotAnswered | undefined> {
    const { approvals, seal, reply } = this.#options
    const found = await approvals.approval(id)
    if (found.kind !== 'found') return notAnswered('unknown')
    const ready = await readied(found.approval, seal, answering)
    return typeof ready === 'string' ? { code: 'invalid', message: ready } : notAnswered(await reply(found.approval, { ...ready, ...who }))
  }

  async answers(): Promise<readonly AnswerStatus[]> {
    const all = await this.#options.approvals.answers(Date.now())
    const seal = await this.#opening(all)
    return Promise.all(all.map(async one => ({ ...answerShown(one, seal), ...ended(one, await this.#options.configOf(one.backend)) })))
  }

  async #shown(those: readonly Approval[], all: readonly Approval[], now: number, clear: boolean): Promise<ApprovalStatus[]> {
    const seal = await this.#opening(those)
    return Promise.all(
      those.map(async one => {
        const waiting = seal && opened(seal, one)
        const isOpen = standing(one, now) === 'open'
        const last = isOpen ? lastLike(one, all) : undefined
        return {
          ...shown(one, waiting?.arguments, now, clear),
          ...(waiting && about(waiting.definition)),
          ...(isOpen && (await this.#asked(one))),
          ...(last && { before: await this.#before(one, waiting?.arguments, last) }),
        }
      }),
    )
  }

  /** What is to be known for an answer: which rule asks, how long its client waits, what a yes accepts besides. */
  async #asked({ rule, backend, client, askedAt }: Approval): Promise<Pick<ApprovalStatus, 'asks' | 'heldUntilAt' | 'update'>> {
    const { rules, update } = this.#options
    const asks = rules().find(one => rule === `rule:${one.id}`)
    const id = updateOf(rule)
    return {
      ...(asks && { asks: sentence(asks) }),
      heldUntilAt: askedAt + clientOf({ name: client }, client).holdMs,
      ...(id !== undefined && { update: (await update(backend, id))?.map(statusOf) ?? null }),
    }
  }

  /** Compared once: neither of the two changes any more. */
  async #before(one: Approval, text: string | undefined, last: Approval): Promise<BeforeStatus> {
    const key = `${one.id} ${last.id}`
    const found = this.#compared.get(key) ?? (await before(one, text, last, this.#options.recorded))
    if (this.#compared.size > COMPARED) this.#compared.clear()
    // What it carried is on record a moment after it ran.
    if (found.compared !== 'unknown') this.#compared.set(key, found)
    return found
  }

  /** What opens them, where there is something to open and it can be had. */
  async #opening(those: readonly { readonly sealed?: string }[]): Promise<Sealing | undefined> {
    return those.some(one => one.sealed !== undefined) ? this.#options.seal().catch(() => undefined) : undefined
  }
}

/** A question for people. `text` is what it is about, where that can be opened; `clear`: its secrets too. */
function shown(approval: Approval, text: string | undefined, now: number, clear: boolean): ApprovalStatus {
  const { id, call, session, principal, roles, client, backend, method, target, rule, reason, askedAt, expiresAt, argumentsHash, earlier, answer, used } =
    approval
  const hidden = text === undefined || clear ? undefined : redactJson(text)
  return {
    ...{ id, standing: standing(approval, now), call, session, principal, ...(roles && { roles }), client, backend, method, target, rule, reason },
    ...{ askedAt, expiresAt, argumentsHash },
    ...(text !== undefined && { arguments: hidden?.text ?? text }),
    ...(hidden && hidden.count > 0 && { redacted: hidden.count }),
    ...(earlier !== undefined && { earlier }),
    ...(answer && { answer: { ...answer, edited: answer.edited?.hash } }),
    ...(used && { used }),
  }
}

/** What its backend says of the tool. */
function about(definition: string): Pick<ApprovalStatus, 'description' | 'risk'> {
  if (definition === '') return {}
  const { description } = JSON.parse(definition) as { description?: unknown }
  return { ...(typeof description === 'string' && { description }), risk: riskOf(definition) }
}

/** A remembered answer for people. */
function answerShown(answer: RememberedAnswer, seal: Sealing | undefined): AnswerStatus {
  const { id, principal, client, backend, target, rule, span, session, pins, sealed, by, at, usedAt, untilAt } = answer
  const text = sealed === undefined ? undefined : seal?.open(sealed, pinnedAs(id))
  const values = text === undefined ? Object.fromEntries(pins.map(({ path }) => [path, '(sealed)'])) : (JSON.parse(redactJson(text).text) as object)
  return { id, principal, client, backend, target, rule, span, ...(session !== undefined && { session }), pins: { ...values }, by, at, usedAt, untilAt }
}

/** Why a remembered answer holds for no call any more, though its time is not over. */
function ended({ backend, config }: RememberedAnswer, now: string | undefined): Pick<AnswerStatus, 'ended'> {
  if (config !== '' && config === now) return {}
  if (now === undefined) return { ended: `"${backend}" is not in the settings any more` }
  return { ended: config === '' ? `an older mcpgw has not noted how "${backend}" is configured` : `"${backend}" is configured otherwise now` }
}

/** What somebody answers, made ready: a sentence where it can't be one. */
async function readied(
  approval: Approval,
  seal: () => Promise<Sealing>,
  { decision, argumentsHash, remember, arguments: edited, reason }: Answering,
): Promise<Omit<Reply, 'by' | 'via'> | string> {
  if (decision === 'deny') {
    if (remember || edited !== undefined) return 'a no has a reason and nothing else'
    return { decision, argumentsHash, ...(reason !== undefined && { reason }) }
  }
  if (remember && edited !== undefined) return 'changed arguments are for this one call: they can not be remembered'
  const lasting = remember && lastingOf(remember)
  if (typeof lasting === 'string') return lasting
  if (edited === undefined) return { decision, argumentsHash, ...(reason !== undefined && { reason }), ...(lasting && { remember: lasting }) }
  const waiting = opened(await seal(), approval)
  if (!waiting) return 'what it is about can not be opened'
  const wrong = await wrongArguments(edited, waiting.definition)
  if (wrong !== undefined) return wrong
  const isSame = waiting.arguments !== '' && canonical(edited) === canonical(waiting.arguments)
  return { decision, argumentsHash, ...(reason !== undefined && { reason }), ...(!isSame && { edited: edited.replace(space, '$1') }) }
}

/** Outside of strings. */
const space = /("(?:[^"\\]|\\.)*")|\s+/g

function lastingOf({ for: span, pins = [] }: NonNullable<Answering['remember']>): Reply['remember'] | string {
  const odd = pins.find(path => !/^(\/|$)/.test(path))
  if (odd !== undefined) return `"${odd}" is no place in the arguments: it is written as in /repo`
  if (span === 'session' || span === 'always') return { span, pins }
  const forMs = parseDuration(span)
  return forMs ? { span: 'time', forMs, pins } : `"${span}" is no time: session, always, or as in 5m`
}

/** What is wrong with changed arguments, as the tool's own schema says. */
async function wrongArguments(text: string, definition: string): Promise<string | undefined> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return `the arguments are no JSON: ${(error as Error).message}`
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'the arguments are no object { ... }'
  const twice = repeated(toWire(text))
  if (twice !== undefined) return `"${twice}" stands twice in the arguments`
  const schema = definition === '' ? undefined : (JSON.parse(definition) as { inputSchema?: { $schema?: unknown } }).inputSchema
  if (typeof schema !== 'object' || schema === null) return 'the arguments can not be checked: the schema of the tool is not known'
  const { Validator } = await import('@cfworker/json-schema')
  try {
    const { valid, errors } = new Validator(schema as object, String(schema.$schema).includes('draft-07') ? '7' : '2020-12').validate(value)
    const last = errors.at(-1)
    return valid ? undefined : `the tool does not take such arguments: ${last?.instanceLocation.replace(/^#/, '') || 'they'}: ${last?.error}`
  } catch (error) {
    return `the arguments can not be checked: the schema of the tool is none (${(error as Error).message})`
  }
}

/** Why an answer did not count, as a sentence; undefined where it did. */
function notAnswered(replied: Replied): NotAnswered | undefined {
  return replied === 'won' ? undefined : { code: replied === 'unknown' ? 'not_found' : replied, message: sentences[replied] }
}

const sentences = {
  unknown: 'no question has this id',
  late: 'somebody was faster, or its time is over',
  differs: 'the answer is for other arguments than those that wait',
  unrecorded: 'the answer can not be recorded, so it was not given',
  sealed: 'what it is about can not be opened: the key that seals it is another one, or it is over',
} as const

/** What this store has of a call, once what is new in the journals was brought into it. */
export const recordedIn =
  (store: Pick<Store, 'call' | 'payloads'>, index: () => Promise<unknown>): Recorded =>
  async id => {
    await index().catch(() => {})
    const found = await store.call(id)
    return found.kind === 'found' ? { call: found.call, payloads: await store.payloads(found.call) } : undefined
  }

// Giving an answer, from wherever: the window, a command, the client itself. It is on record before it counts, and the first one counts.

import { hash, randomBytes } from 'node:crypto'
import type { Seal } from '../lib/seal.ts'
import { SESSION_MS, type Answer, type Approval, type RememberedAnswer, type Span, type Via } from './approval.ts'
import type { Approvals, Decided } from './approvals.ts'
import { hashesAt } from './binding.ts'
import { at } from './conditions.ts'
import { updateOf } from './pins.ts'

/** What seals and opens. */
export type Sealing = Pick<Seal, 'seal' | 'open'>

/** What somebody wants to answer. */
export interface Reply {
  readonly decision: Answer['decision']
  readonly argumentsHash: string
  readonly by: string
  readonly via: Via
  /** For the model to read. */
  readonly reason?: string
  /** Holds for later calls too; what stands in these places (JSON pointers) must stand there again. */
  readonly remember?: { readonly span: Span; readonly forMs?: number; readonly pins?: readonly string[] }
  /** Other arguments, JSON text. They have been checked against the tool's schema. */
  readonly edited?: string
}

export interface Answering {
  readonly approvals: Approvals
  readonly seal: () => Promise<Sealing>
  /** Puts it on record; false where that failed and records are required. */
  readonly record: (note: string, detail: Record<string, unknown>) => boolean | Promise<boolean>
  readonly now: () => number
  /** What a yes accepts besides the call: an update of its backend's definitions. */
  readonly accept?: Accept
}

/** A person accepts an update, by its id. */
export type Accept = (backend: string, update: string, by: string) => Promise<unknown>

/** What was asked about, opened. */
export interface Waiting {
  /** JSON text; '' where the call has none. */
  readonly arguments: string
  /** What the backend says of the tool: JSON text. */
  readonly definition: string
}

/** unrecorded: it could not be put on record, so it was not given. sealed: what it is about can not be opened. */
export type Replied = Decided | 'unrecorded' | 'sealed'

export const sealedAs = (id: string): string => `approvals ${id}`
export const editedAs = (id: string): string => `approvals ${id} edited`
export const pinnedAs = (id: string): string => `answers ${id}`

export const newId = (): string => randomBytes(4).toString('hex')

/** What waits, in clear. */
export function opened(seal: Sealing, { id, sealed }: Pick<Approval, 'id' | 'sealed'>): Waiting | undefined {
  const text = sealed === undefined ? undefined : seal.open(sealed, sealedAs(id))
  return text === undefined ? undefined : (JSON.parse(text) as Waiting)
}

/** Gives an answer to an approval as it was read. Rejects with what the store says. */
export async function reply({ approvals, seal, record, now, accept }: Answering, approval: Approval, wanted: Reply): Promise<Replied> {
  const { id } = approval
  const { decision, argumentsHash, by, via, reason, remember, edited } = wanted
  let sealing: Sealing | undefined
  let lasting: RememberedAnswer | undefined
  if (edited !== undefined || remember) {
    sealing = await seal()
    const waiting = opened(sealing, approval)
    if (!waiting) return 'sealed'
    if (remember) lasting = lastingOf(approval, waiting, remember, by, sealing, now())
  }
  const answer: Answer = {
    ...{ decision, by, via, at: now() },
    ...(reason !== undefined && { reason }),
    ...(edited !== undefined && { edited: { sealed: sealing!.seal(edited, editedAs(id)), hash: `sha256:${hash('sha256', edited)}` } }),
  }
  const told = {
    ...{ approval: id, decision, by, via, target: approval.target, backend: approval.backend, client: approval.client },
    ...{ principal: approval.principal, rule: approval.rule, argumentsHash, call: approval.call },
    ...(reason !== undefined && { reason }),
    ...(answer.edited && { edited: answer.edited.hash }),
    ...(lasting && { remembered: rememberedDetail(lasting) }),
  }
  if (!(await record('approvals.answered', told))) return 'unrecorded'
  const decided = await approvals.decide(id, { argumentsHash, answer, remember: lasting }, now())
  // What is on record did not count: that is on record too.
  if (decided !== 'won') await record('approvals.failed', { approval: id, by, because: decided })
  const update = decided === 'won' && decision === 'allow' ? updateOf(approval.rule) : undefined
  // Where that fails the yes holds for this call alone, and the next one asks again.
  if (update !== undefined) await accept?.(approval.backend, update, by).catch(() => {})
  return decided
}

/** What the record says of a remembered answer. */
export const rememberedDetail = ({ id, span, untilAt, pins }: RememberedAnswer): Record<string, unknown> => ({
  id,
  span,
  ...(untilAt !== undefined && { untilAt }),
  ...(pins.length > 0 && { pins: pins.map(({ path }) => path) }),
})

const TIME_MS = 5 * 60_000

function lastingOf(approval: Approval, { arguments: text }: Waiting, wanted: NonNullable<Reply['remember']>, by: string, seal: Sealing, now: number) {
  const { org, principal, client, backend, config, method, target, schemaHash, rule, session } = approval
  const { span, forMs = TIME_MS, pins = [] } = wanted
  const id = newId()
  const hashAt = hashesAt(text)
  const value = text === '' ? undefined : (JSON.parse(text) as unknown)
  // What is not there must not be there then either.
  const shown = Object.fromEntries(pins.map(path => [path, at(value, path) ?? null]))
  const untilAt = span === 'time' ? now + forMs : span === 'session' ? now + SESSION_MS : undefined
  return {
    ...{ id, org, principal, client, backend, config, method, target, schemaHash, rule, approval: approval.id, span, by, at: now, usedAt: now },
    ...(span === 'session' && { session }),
    ...(untilAt !== undefined && { untilAt }),
    pins: pins.map(path => ({ path, hash: hashAt(path) })),
    ...(pins.length > 0 && { sealed: seal.seal(JSON.stringify(shown), pinnedAs(id)) }),
  } satisfies RememberedAnswer
}

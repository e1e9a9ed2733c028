// What is on record of a call, read back from its journal lines. The lines stay the truth and are kept whole: a field that this version
// does not know is carried along, one that is missing or odd reads as empty. Nothing here throws on what stands in a file.

import { LEG, parts, PAYLOAD } from './line.ts'

export interface StoredCall {
  readonly id: string
  readonly journal: string
  readonly seq: number
  readonly hash: string
  readonly settledSeq?: number
  readonly settledHash?: string
  /** When its opening line was written; orders the log. */
  readonly openedAt: number
  /** When the request came; earlier where a person was asked first. */
  readonly startedAt: number
  readonly settledAt?: number
  readonly session: string
  /** What the client has told of what it is used for. */
  readonly project?: string
  readonly clientSession?: string
  readonly principal: { readonly id: string; readonly kind: string; readonly org: string }
  readonly client: { readonly name: string; readonly version: string; readonly id?: string }
  readonly era: string
  readonly revision: string
  readonly method: string
  readonly backend: string
  readonly target: string
  readonly name: string
  readonly decision: {
    readonly kind: string
    readonly by: string
    readonly reason?: string
    readonly code?: string
    /** The person who said yes, and the hash of the arguments that they put in place of the call's. */
    readonly approver?: string
    readonly edited?: string
  }
  /** Absent: not settled. In flight if its writer lives; else nobody knows whether it was executed. */
  readonly outcome?: StoredOutcome
  readonly durationMs?: number
  readonly argumentsBytes: number
  readonly argumentsHash: string
  readonly resultHash: string
}

/** What a call carried, as far as it was kept. */
export interface StoredPayload {
  readonly part: 'arguments' | 'edited' | 'result'
  readonly text: string
  readonly bytes: number
  readonly redactions: number
  readonly cut: boolean
  readonly seq: number
  readonly hash: string
}

/** That a call waited for its client, from then on; or, with `gave`, that its client was given what came of its task. */
export interface StoredLeg {
  readonly at: number
  readonly for: string
  readonly gave?: { readonly isError: boolean; readonly bytes: number; readonly resultHash: string }
  /** By which methods the client was asked. */
  readonly asked: readonly string[]
  readonly seq: number
  readonly hash: string
}

export interface StoredOutcome {
  readonly kind: string
  readonly isError?: boolean
  readonly bytes?: number
  readonly for?: string
  readonly fault?: string
  readonly message?: string
}

/** The two lines of a call; at least one of them is there. */
export interface CallLines {
  readonly journal: string
  /** When the store put them in order; see Entry.at. */
  readonly openedAt: number
  readonly settledAt?: number
  readonly open?: string
  readonly settle?: string
}

type Fields = Record<string, unknown>

/** The members of an object; none where it is something else. */
export const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {})
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const number = (value: unknown): number => (typeof value === 'number' ? value : 0)
const optional = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** A line's fields; none where it is no JSON object. */
export function fieldsOf(line: string | undefined): Fields {
  if (line === undefined) return {}
  try {
    return fields(JSON.parse(line))
  } catch {
    return {}
  }
}

/** What a note's line says. */
export const detailOf = (line: string): Fields => fields(fieldsOf(line).detail)

function outcomeOf(value: unknown): StoredOutcome {
  const { kind, isError, bytes, for: what, fault, message } = fields(value)
  return {
    kind: text(kind),
    ...(typeof isError === 'boolean' && { isError }),
    ...(typeof bytes === 'number' && { bytes }),
    ...(typeof what === 'string' && { for: what }),
    ...(typeof fault === 'string' && { fault }),
    ...(typeof message === 'string' && { message }),
  }
}

/** The call that these lines are about. */
export function storedCall({ journal, openedAt, settledAt, open, settle }: CallLines): StoredCall {
  const first = fieldsOf(open)
  const last = fieldsOf(settle)
  const principal = fields(first.principal)
  const client = fields(first.client)
  const decision = fields(last.decision ?? first.decision)
  const target = text(first.target)
  const settled = settle !== undefined && {
    settledSeq: number(last.seq),
    settledHash: parts(settle).hash,
    settledAt: number(last.time) || settledAt,
    outcome: outcomeOf(last.outcome),
    durationMs: number(last.durationMs),
  }
  return {
    id: text(first.id) || text(last.id),
    journal,
    seq: number(first.seq),
    hash: open === undefined ? '' : parts(open).hash,
    openedAt,
    startedAt: number(first.started) || number(first.time) || openedAt,
    session: text(first.session),
    ...(typeof first.project === 'string' && { project: first.project }),
    ...(typeof first.clientSession === 'string' && { clientSession: first.clientSession }),
    principal: { id: text(principal.id), kind: text(principal.kind), org: text(principal.org) },
    client: { name: text(client.name), version: text(client.version), id: optional(client.id) },
    era: text(first.era),
    revision: text(first.revision),
    method: text(first.method),
    backend: text(first.backend),
    target,
    name: optional(first.name) ?? target,
    decision: {
      kind: text(decision.kind),
      by: text(decision.by),
      reason: optional(decision.reason),
      code: optional(decision.code),
      ...(typeof decision.approver === 'string' && { approver: decision.approver }),
      ...(typeof decision.editedHash === 'string' && { edited: decision.editedHash }),
    },
    argumentsBytes: number(first.argumentsBytes),
    argumentsHash: text(first.argumentsHash),
    resultHash: text(last.resultHash),
    ...settled,
  }
}

/** What a payload's line says of this call, in parts; nothing where it is another's. */
export function storedPayloads(line: string, call: string): StoredPayload[] {
  const first = fieldsOf(line)
  const { kind, id, more, seq } = first
  if (kind !== PAYLOAD || id !== call) return []
  const { hash } = parts(line)
  return [first, ...(Array.isArray(more) ? more.map(fields) : [])].flatMap(({ part, text: kept, bytes, redactions, cut }) =>
    part !== 'arguments' && part !== 'edited' && part !== 'result'
      ? []
      : [{ part, text: text(kept), bytes: number(bytes), redactions: number(redactions), cut: cut === true, seq: number(seq), hash }],
  )
}

/** What a leg's line says of this call; nothing where it is another's. */
export function storedLeg(line: string, call: string): StoredLeg | undefined {
  const { kind, id, time, outcome, resultHash, seq } = fieldsOf(line)
  if (kind !== LEG || id !== call) return undefined
  const { kind: how, for: what, asked, isError, bytes } = fields(outcome)
  const gave = how === 'answered' && { gave: { isError: isError === true, bytes: number(bytes), resultHash: text(resultHash) } }
  return {
    at: number(time),
    for: gave ? 'task' : text(what),
    ...gave,
    asked: Array.isArray(asked) ? asked.map(text) : [],
    seq: number(seq),
    hash: parts(line).hash,
  }
}

/** What words are looked for in. In JSON that others wrote, a slash may have a backslash before it. */
export const carried = (payloads: readonly StoredPayload[]): string => payloads.map(({ text }) => text.replaceAll('\\/', '/')).join('\n')

/** A call, with how it ended from a later reading of it. */
export function settledBy(call: StoredCall, later: StoredCall): StoredCall {
  const { settledSeq, settledHash, settledAt, outcome, durationMs, resultHash, decision } = later
  return outcome === undefined ? call : { ...call, settledSeq, settledHash, settledAt, outcome, durationMs, resultHash, decision }
}

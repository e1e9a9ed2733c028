// The columns of an export: one table for both formats. Names stay, and keep their order; new ones come at the end.

import type { StoredNote } from '../store/store.ts'
import type { StoredCall, StoredPayload } from '../store/stored.ts'
import { standingOf, type IsAlive } from './shown-calls.ts'

type Value = string | number | boolean | null

export const exportColumns = [
  'record',
  'id',
  'time',
  'settled',
  'duration_ms',
  'outcome',
  'is_error',
  'fault',
  'message',
  'principal',
  'principal_kind',
  'org',
  'client',
  'client_version',
  'client_id',
  'session',
  'era',
  'revision',
  'method',
  'backend',
  'target',
  'name',
  'decision',
  'decided_by',
  'reason',
  'code',
  'arguments_bytes',
  'arguments_hash',
  'result_bytes',
  'result_hash',
  'change',
  'detail',
  'journal',
  'seq',
  'hash',
  'settled_seq',
  'settled_hash',
  'approver',
  'arguments',
  'edited_arguments',
  'result',
  'redactions',
  'project',
  'client_session',
] as const

export type Exported = Record<(typeof exportColumns)[number], Value>

const empty = Object.fromEntries(exportColumns.map(name => [name, null])) as Exported

const time = (at: number | undefined): string | null => (at === undefined || !(Math.abs(at) <= 8.64e15) ? null : new Date(at).toISOString())

/** A call, flat. */
export function exportedCall(call: StoredCall, isAlive: IsAlive, payloads: readonly StoredPayload[]): Exported {
  const carried = (part: StoredPayload['part']): string | null => payloads.find(one => one.part === part)?.text ?? null
  const { outcome, client, principal, decision } = call
  return {
    ...empty,
    record: 'call',
    id: call.id,
    time: time(call.startedAt),
    settled: time(call.settledAt),
    duration_ms: call.durationMs ?? null,
    outcome: standingOf(call, isAlive),
    is_error: outcome?.isError ?? null,
    fault: outcome?.fault ?? null,
    message: outcome?.message ?? null,
    principal: principal.id,
    principal_kind: principal.kind,
    org: principal.org,
    client: client.name,
    client_version: client.version,
    client_id: client.id ?? null,
    session: call.session,
    era: call.era,
    revision: call.revision,
    method: call.method,
    backend: call.backend,
    target: call.target,
    name: call.name,
    decision: decision.kind,
    decided_by: decision.by,
    reason: decision.reason ?? null,
    code: decision.code ?? null,
    arguments_bytes: call.argumentsBytes,
    arguments_hash: call.argumentsHash || null,
    result_bytes: outcome?.bytes ?? null,
    result_hash: call.resultHash || null,
    journal: call.journal,
    seq: call.seq,
    hash: call.hash || null,
    settled_seq: call.settledSeq ?? null,
    settled_hash: call.settledHash ?? null,
    approver: decision.approver ?? null,
    arguments: carried('arguments'),
    edited_arguments: carried('edited'),
    result: carried('result'),
    redactions: payloads.length === 0 ? null : payloads.reduce((all, one) => all + one.redactions, 0),
    project: call.project ?? null,
    client_session: call.clientSession ?? null,
  }
}

/** A change, flat. */
export const exportedChange = ({ journal, seq, hash, at, note, detail }: StoredNote): Exported => ({
  ...empty,
  record: 'change',
  time: time(at),
  principal: typeof detail.by === 'string' ? detail.by : null,
  change: note,
  detail: JSON.stringify(detail),
  journal,
  seq,
  hash,
})

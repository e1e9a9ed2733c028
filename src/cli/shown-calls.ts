// Calls as the log shows them: how each ended, in a word and a colour, and the columns of the table.

import type { StoredCall } from '../store/stored.ts'
import { bytes, roughly } from '../lib/amounts.ts'
import { timeOf } from '../lib/times.ts'
import type { Style, Text } from './print.ts'
import type { Column } from './rows.ts'

/** How a call stands: one of its outcomes, or without one `in flight` or, where its process is gone, `unknown`. */
export type Standing = 'answered' | 'error' | 'waiting' | 'refused' | 'failed' | 'cancelled' | 'in flight' | 'unknown'

/** What `--outcome` may be, besides the code of a fault. */
export const standings: readonly Standing[] = ['answered', 'error', 'waiting', 'refused', 'failed', 'cancelled', 'in flight', 'unknown']

const styles: Readonly<Record<string, Style>> = {
  error: 'red',
  failed: 'red',
  refused: 'yellow',
  unknown: 'yellow',
  waiting: 'cyan',
  'in flight': 'cyan',
  cancelled: 'dim',
}

export type IsAlive = (journal: string) => boolean

export function standingOf({ outcome, journal }: StoredCall, isAlive: IsAlive): Standing {
  if (!outcome) return isAlive(journal) ? 'in flight' : 'unknown'
  return outcome.isError ? 'error' : (outcome.kind as Standing)
}

/** In colour where it is no plain answer; of a failure the fault, which says more. */
export function standingText(call: StoredCall, isAlive: IsAlive): Text {
  const standing = standingOf(call, isAlive)
  const text = call.outcome?.fault ?? standing
  const style = styles[standing]
  return style ? { text, style } : text
}

/** The columns, with the width of what usually stands in them. */
export const columns: readonly Column[] = [
  { head: 'TIME', width: 8 },
  { head: 'ID', width: 11 },
  { head: 'CLIENT', width: 8 },
  { head: 'BACKEND', width: 8 },
  { head: 'TOOL', width: 10, grows: true },
  { head: 'OUTCOME', width: 9 },
  { head: 'TOOK', width: 6 },
  { head: 'SIZE', width: 6 },
]

/** One call as a row of the table. */
export function rowOf(call: StoredCall, isAlive: IsAlive, now: number): Text[] {
  const { startedAt, id, client, backend, target, name, durationMs, outcome } = call
  const took = durationMs === undefined ? '' : roughly(durationMs)
  const size = outcome?.bytes === undefined ? '' : bytes(outcome.bytes)
  return [timeOf(startedAt, now), id, client.id ?? client.name, backend || '-', name || target, standingText(call, isAlive), took, size]
}

/** A call for programs: what is on record, and how it stands. */
export const dataOf = (call: StoredCall, isAlive: IsAlive): object => ({ ...call, standing: standingOf(call, isAlive) })

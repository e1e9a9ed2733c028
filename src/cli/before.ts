// The call like this one that a person allowed last, and what this one would do otherwise: said beside the arguments, never instead of them. What ran
// then is known as far as the record keeps it; both sides are compared without their secrets, and where only those may differ it says so.

import { structuredPatch } from 'diff'
import type { BeforeStatus } from '../api/port.ts'
import type { Approval } from '../gateway/approval.ts'
import { redactJson } from '../gateway/redact/redact.ts'
import type { Maybe } from '../store/store.ts'
import type { StoredCall, StoredPayload } from '../store/stored.ts'
import { pieces, readable } from './carried.ts'

/** What is on record of a call; undefined where nothing is. */
export type Recorded = (call: string) => Maybe<{ readonly call: StoredCall; readonly payloads: readonly StoredPayload[] } | undefined>

/** Two texts that differ more than that are not compared line by line: nobody would read it, and it takes long. */
const MOST = 400
const CONTEXT = 1

/** The last call that was allowed of those that are like this one, but for its arguments. */
export function lastLike(approval: Approval, all: readonly Approval[]): Approval | undefined {
  const like = all.filter(one => one.id !== approval.id && one.used && same.every(key => one[key] === approval[key]))
  return like.toSorted((one, other) => other.used!.at - one.used!.at)[0]
}

const same = ['org', 'principal', 'client', 'backend', 'config', 'method', 'target'] as const

/** What this call, with these arguments, would do otherwise than that one did. */
export async function before(approval: Approval, text: string | undefined, last: Approval, recorded: Recorded): Promise<BeforeStatus> {
  const edited = last.answer?.edited !== undefined
  const told = { approval: last.id, call: last.used!.call, at: last.used!.at, by: last.answer?.by ?? '' }
  if (!edited && last.argumentsHash === approval.argumentsHash) return { ...told, compared: 'same' }
  const found = text === undefined ? undefined : await recorded(last.used!.call)
  const part = found?.payloads.find(one => one.part === (edited ? 'edited' : 'arguments'))
  const then = part ?? (found && !edited && found.call.seq > 0 && found.call.argumentsBytes === 0 ? nothing : undefined)
  if (!then || text === undefined) return { ...told, compared: 'unknown' }
  const lines = differing(linesOf(then.text, then.cut), linesOf(text, then.cut), then.cut)
  const compared = lines?.length === 0 ? (then.cut ? 'begins alike' : edited ? 'same' : 'hidden') : 'differs'
  return { ...told, compared, ...(edited && { edited }), ...(then.cut && { cut: true }), ...(lines && lines.length > 0 && { difference: lines }) }
}

const nothing = { text: '', cut: false }

/** Without secrets, and the same for all ways to write the same. */
function linesOf(text: string, cut: boolean): string[] {
  if (text === '') return []
  const clean = redactJson(text).text
  return cut ? pieces(clean) : readable(clean, true)
}

/** What differs; undefined where that is nearly all. */
function differing(was: readonly string[], is: readonly string[], cut: boolean): NonNullable<BeforeStatus['difference']> | undefined {
  const most = cut ? Math.min(was.length, is.length) : Infinity
  const textOf = (lines: readonly string[]): string => lines.slice(0, most).join('\n')
  const patch = structuredPatch('', '', textOf(was), textOf(is), '', '', { context: CONTEXT, maxEditLength: MOST })
  return patch?.hunks.flatMap(({ lines }, index) => [
    ...(index === 0 ? [] : [{ kind: 'same', text: '...' } as const]),
    ...lines
      .filter(line => !line.startsWith('\\'))
      .map(line => ({ kind: line[0] === '-' ? 'was' : line[0] === '+' ? 'is' : 'same', text: line.slice(1) }) as const),
  ])
}

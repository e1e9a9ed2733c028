// `mcpgw log show ID`: everything on record of one call, what it carried, and the hashes that prove it.

import type { Records } from '../store/records.ts'
import type { StoredCall, StoredLeg, StoredPayload } from '../store/stored.ts'
import { bytes, count, roughly } from '../lib/amounts.ts'
import { escapes, safe } from '../lib/safe.ts'
import { framesOf } from '../tui/raw.ts'
import { decidedAfter, decidedSentence, legRow } from '../tui/trail.ts'
import { showPart } from './carried.ts'
import type { Context } from './context.ts'
import { Failure } from './failure.ts'
import { json, line, pairs, type Text } from './print.ts'
import { dataOf, standingOf, standingText, type IsAlive } from './shown-calls.ts'

export async function showOne(context: Context, records: Records, isAlive: IsAlive, id: string, options: { json?: true; raw?: true }): Promise<void> {
  const found = await records.call(id)
  if (found.kind === 'none') throw new Failure(4, `no call is on record whose id begins with "${id}"`, 'The last calls are listed by: mcpgw log')
  if (found.kind === 'several') throw new Failure(2, `several calls have an id that begins with "${id}"`, ...found.ids)
  const { call } = found
  const payloads = await records.payloads(call)
  const legs = await records.legs(call)
  if (options.raw) return framesOf({ ...call, payloads }).forEach(one => context.out.write(`${safe(one, { escape: escapes.json })}\n`))
  if (options.json) return json(context, { ...dataOf(call, isAlive), payloads, legs })
  await pairs(
    context,
    rows(call, isAlive, payloads, legs).filter((row): row is [string, Text] => row[1] !== undefined && row[1] !== ''),
  )
  for (const payload of payloads) {
    line(context)
    showPart(context, payload)
  }
}

const explained = {
  'in flight': 'in flight',
  unknown: 'unknown whether executed: its gateway ended before the call was settled',
}

function rows(call: StoredCall, isAlive: IsAlive, payloads: readonly StoredPayload[], legs: readonly StoredLeg[]): [string, Text | undefined][] {
  const { client, principal, decision, outcome, settledAt, durationMs } = call
  const standing = standingOf(call, isAlive)
  const text = standingText(call, isAlive)
  const kept = (part: StoredPayload['part']): boolean => payloads.some(one => one.part === part)
  const why = explained[standing as keyof typeof explained]
  return [
    ['call', call.id],
    [
      'outcome',
      why
        ? { text: why, style: 'yellow' }
        : outcome?.fault
          ? { text: `${standing}: ${outcome.fault}`, style: typeof text === 'string' ? 'red' : text.style }
          : text,
    ],
    ['message', outcome?.message],
    ['started', new Date(call.startedAt).toISOString()],
    ['waited', decidedAfter(call)],
    ['waited', decidedAfter(call)],
    ...legs.map(leg => [...legRow(leg)] as [string, string]),
    ['settled', settledAt === undefined ? undefined : new Date(settledAt).toISOString()],
    ['took', durationMs === undefined ? undefined : roughly(durationMs)],
    ['client', [client.name, client.version, client.id === undefined ? '' : `(${client.id})`].filter(Boolean).join(' ')],
    ['project', call.project],
    ['session', call.session],
    ['its session', call.clientSession],
    ['principal', [principal.id, principal.kind === principal.id ? '' : `(${principal.kind})`].filter(Boolean).join(' ')],
    ['protocol', [call.era, call.revision].filter(Boolean).join(', ')],
    ['method', call.method],
    ['backend', call.backend || '-'],
    ['target', call.target],
    ['name there', call.name === call.target ? undefined : call.name],
    ['decision', decidedSentence(decision)],
    ['approver', decision.approver],
    ['edited', decision.edited && `it ran with other arguments than it asked for: ${decision.edited}`],
    ['reason', decision.reason],
    ['arguments', sized(call.argumentsBytes || undefined, call.argumentsHash, kept('arguments'))],
    ['result', sized(outcome?.bytes, call.resultHash, kept('result'))],
    ['journal', `${call.journal}, line ${[call.seq, call.settledSeq].filter(Boolean).join(' and line ')}`],
    ['hash', call.hash],
    ['settled hash', call.settledHash],
  ]
}

const sized = (size: number | undefined, hash: string, kept: boolean): string => {
  const amount = size === undefined ? '' : `${bytes(size)} (about ${count(Math.ceil(size / 4), 'token')})`
  return [amount, hash, size !== undefined && size > 0 && !kept && 'not kept'].filter(Boolean).join(', ')
}

// The life of a call. Invariant: every call that starts settles once; it is on record before a backend sees it and before its answer leaves.

import type { Fault, FaultCode } from './faults.ts'
import { broken, decide } from './decide.ts'
import type { Event } from './events.ts'
import { taskOf } from './tasks.ts'
import type { Answer, Call, Decision, Journal, Outcome, Policy } from './types.ts'
import type { Clock } from '../lib/clock.ts'
import { cut, type Wire } from '../rpc/wire.ts'

/** What a call needs of the gateway it runs in. */
export interface Pipeline {
  readonly policies: readonly Policy[]
  readonly journal: Journal
  /** No record, no call. */
  readonly auditRequired: boolean
  readonly clock: Clock
  /** What a result costs is charged before it leaves, so that the next call finds it spent. Never rejects. */
  readonly charge?: (call: Call, bytes: number) => void | Promise<void>
  readonly emit: (event: Event) => void
}

/** What goes back to the caller; the answer itself, or why there is none. */
export type Settled = Answer

/** Runs one call from its first event to its last. Never rejects. `forward` is asked once at most, after the call is on record. */
export async function run(pipeline: Pipeline, call: Call, forward: () => Promise<Answer>): Promise<Settled> {
  const { clock, journal, auditRequired, emit } = pipeline
  const began = clock.tick()
  emit(started(call))
  const asked = decide(call, pipeline.policies)
  const decision = asked instanceof Promise ? await asked.catch(broken) : asked
  const opened = journal.open(call, decision) || !auditRequired
  let answer: Answer
  try {
    answer = !opened ? refusal('audit_unavailable', notExecuted) : decision.kind === 'allow' ? await forward() : refusedBy(decision)
  } catch (error) {
    answer = crashed(error)
  }
  const outcome = outcomeOf(answer, decision, opened)
  const durationMs = clock.tick() - began
  const result = resultOf(answer)
  const settled = journal.settle({ call, decision, outcome, durationMs, result }) || !auditRequired
  const charged = result && pipeline.charge?.(call, result.length)
  if (charged) await charged
  emit(ended(call, outcome, durationMs, clock.now()))
  return settled || !reached(answer) ? answer : withheld()
}

const notExecuted = 'The audit can not be written, so the call was not executed. Tell the person: free disk space or mend the journal folder (mcpgw doctor).'
const notRecorded =
  'The call was executed, but its outcome could not be recorded, so the answer is withheld. Do not repeat the call. Tell the person: mcpgw doctor.'

const refusal = (code: FaultCode, message: string, retryAfterMs?: number): Answer => ({
  kind: 'failure',
  fault: retryAfterMs === undefined ? { code, message } : { code, message, retryAfterMs },
  sent: false,
})

const refusedBy = (decision: Decision): Answer =>
  decision.kind === 'deny'
    ? refusal(decision.code, decision.reason, decision.retryAfterMs)
    : refusal('internal', 'a person would have to be asked, and nobody can be')

const crashed = (error: unknown): Answer => ({ kind: 'failure', fault: { code: 'internal', message: `mcpgw failed: ${String(error)}` }, sent: true })

const withheld = (): Answer => ({ kind: 'failure', fault: { code: 'audit_unavailable', message: notRecorded } satisfies Fault, sent: true })

/** Whether a backend may have acted. */
const reached = (answer: Answer): boolean => answer.kind === 'reply' || (answer.kind === 'failure' && answer.sent)

function outcomeOf(answer: Answer, decision: Decision, opened: boolean): Outcome {
  if (answer.kind === 'cancelled') return { kind: 'cancelled' }
  if (answer.kind === 'failure') {
    const { code, message } = answer.fault
    return { kind: opened && decision.kind === 'allow' ? 'failed' : 'refused', fault: code, message }
  }
  const { reply } = answer
  const bytes = reply.body.end - reply.body.start
  if (!reply.error && reply.value['resultType'] === 'input_required') return { kind: 'waiting', for: 'input' }
  if (!reply.error && taskOf(reply.value) !== undefined) return { kind: 'waiting', for: 'task' }
  return { kind: 'answered', isError: reply.error || reply.value['isError'] === true, bytes }
}

const resultOf = (answer: Answer): Wire | undefined =>
  answer.kind === 'reply' ? cut(answer.reply.wire, answer.reply.body.start, answer.reply.body.end) : undefined

const started = (call: Call): Event => ({
  v: 1,
  type: 'call.started',
  at: call.startedAt,
  id: call.id,
  session: call.origin.session,
  client: call.origin.client.name,
  backend: call.backend,
  method: call.method,
  target: call.target,
})

const ended = (call: Call, outcome: Outcome, durationMs: number, at: number): Event => ({
  v: 1,
  type: 'call.settled',
  at,
  id: call.id,
  backend: call.backend,
  outcome: outcome.kind === 'answered' && outcome.isError ? 'error' : outcome.kind,
  fault: 'fault' in outcome ? outcome.fault : undefined,
  bytes: outcome.kind === 'answered' ? outcome.bytes : 0,
  durationMs,
})

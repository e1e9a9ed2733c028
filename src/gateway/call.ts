// The life of a call. Invariant: every call that starts settles once; it is on record before a backend sees it and before its answer leaves.

import type { Fault, FaultCode } from './faults.ts'
import { decide } from './decide.ts'
import type { Event } from './events.ts'
import { taskOf } from './tasks.ts'
import type { Answer, Call, CallRecord, Decision, Journal, Outcome, Policy } from './types.ts'
import { shownAs } from './uris.ts'
import type { Approve, Caller, Verdict } from './verdict.ts'
import type { Clock } from '../lib/clock.ts'
import { cut, type Wire } from '../rpc/wire.ts'

/** What a call needs of the gateway it runs in. */
export interface Pipeline {
  /** Look and decide; asked again right before a call that waited for a person goes on. */
  readonly policies: readonly Policy[]
  /** Takes what a call costs of its budgets: last, after nothing has denied it. */
  readonly take?: Policy
  /** Asks a person; without it nobody can be asked. */
  readonly approve?: Approve
  readonly journal: Journal
  /** No record, no call. */
  readonly auditRequired: boolean
  readonly clock: Clock
  /** What a result costs is charged before it leaves, so that the next call finds it spent. Never rejects. */
  readonly charge?: (call: Call, bytes: number) => void | Promise<void>
  /** What the call carried is kept behind it. */
  readonly keep?: (record: CallRecord) => void
  /** A failure's text without its secrets, for it may repeat what strangers said. */
  readonly redact?: (text: string) => Promise<string>
  readonly emit: (event: Event) => void
}

/** What goes back to the caller; the answer itself, or why there is none. */
export type Settled = Answer

/** How a call goes on: to its backend, once at most and after it is on record, with other arguments if a person says so; or to who made it, with a question. */
export interface Road {
  forward(edited?: string): Promise<Answer>
  caller(): Caller
}

/** Runs one call from its first event to its last. Never rejects. */
export async function run(pipeline: Pipeline, call: Call, road: Road): Promise<Settled> {
  const { clock, journal, auditRequired, emit } = pipeline
  let began = clock.tick()
  emit(started(call))
  const asked = decide(call, pipeline.policies, pipeline.take)
  const decided = asked instanceof Promise ? await asked : asked
  const verdict = decided.kind === 'ask' ? await (pipeline.approve ?? nobody)(call, decided, road.caller()) : undefined
  const decision = verdict?.decision ?? decided
  // What a person takes to answer is no backend's slowness; when the call began and when it was let through are both on record.
  if (verdict) began = clock.tick()
  const opened = journal.open(call, decision) || !auditRequired
  let answer: Answer
  try {
    if (!opened) answer = refusal('audit_unavailable', notExecuted)
    else answer = verdict?.answer ?? (decision.kind === 'allow' ? await road.forward(decision.edited) : refusedBy(decision))
  } catch (error) {
    answer = crashed(error)
  }
  if (answer.kind === 'failure' && decision.kind === 'allow' && pipeline.redact) answer = await silenced(answer, pipeline.redact)
  const outcome = outcomeOf(answer, decision, opened)
  const durationMs = clock.tick() - began
  const result = resultOf(answer)
  const record: CallRecord = { call, decision, outcome, durationMs, result }
  const settled = journal.settle(record) || !auditRequired
  pipeline.keep?.(record)
  const charged = result && pipeline.charge?.(call, result.length)
  if (charged) await charged
  if (verdict?.settled) await verdict.settled()
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

function refusedBy(decision: Decision): Answer {
  if (decision.kind === 'deny') return refusal(decision.code, decision.reason, decision.retryAfterMs)
  const why = decision.kind === 'ask' ? decision.reason : 'a person would have to be asked'
  return refusal('denied', `Denied: ${why}, and nobody can be asked. The call was not executed.`)
}

const nobody: Approve = async (_call, decision): Promise<Verdict> => ({ decision })

const crashed = (error: unknown): Answer => ({ kind: 'failure', fault: { code: 'internal', message: `mcpgw failed: ${String(error)}` }, sent: true })

async function silenced(answer: Answer & { kind: 'failure' }, redact: (text: string) => Promise<string>): Promise<Answer> {
  const message = await redact(answer.fault.message)
  return message === answer.fault.message ? answer : { ...answer, fault: { ...answer.fault, message } }
}

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
  principal: call.origin.principal.id,
  project: call.origin.project,
  backend: call.backend,
  method: call.method,
  target: shownAs(call.method, call.target),
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

// What a client is told, as text. A failure of a tool call is a result that the model reads, of everything else an error; the fault is in both,
// for programs. Shapes: the contract, §6.

import { encode, type Wire } from '../rpc/wire.ts'
import { splice } from '../rpc/splice.ts'
import { toLegacy, toModern } from '../rpc/eras.ts'
import type { Frame, Id } from '../rpc/frame.ts'
import { FAULT_ERROR, faults, type Fault } from './faults.ts'
import type { Answer, Era } from './types.ts'

/** A result of ours. `members` is the inside of its JSON object, in parts. */
export function result(id: Id, era: Era, ...members: Wire[]): Wire[] {
  const type = era === 'modern' ? `"resultType":"complete"${members.length > 0 ? ',' : ''}` : ''
  return [`{"jsonrpc":"2.0","id":${id},"result":{${type}`, ...members, '}}']
}

export function error(id: Id, code: number, message: string, data?: unknown): Wire[] {
  return [`{"jsonrpc":"2.0","id":${id},"error":{"code":${code},"message":${encode(message)}${data === undefined ? '' : `,"data":${encode(data)}`}}}`]
}

/** The answer to a message over the limit, of which this is the beginning. */
export function oversized(head: string, bytes: number): Wire[] {
  const id = /^\s*\{\s*"jsonrpc"\s*:\s*"2\.0"\s*,\s*"id"\s*:\s*(-?\d+|"[^"\\]{0,200}")\s*,/.exec(head)?.[1] ?? 'null'
  return error(id, -32600, `Invalid Request: a message of ${bytes} bytes is over the limit of one message (maxFrameBytes)`)
}

/** A failure of ours as the answer to a request. */
export function failure(frame: Frame, era: Era, fault: Fault): Wire[] {
  const detail = { code: fault.code, reason: fault.message, retryAfterMs: fault.retryAfterMs, approvalId: fault.approvalId }
  const face = faults[fault.code].rpc
  if (face !== null) return error(frame.id, face, fault.message, detail)
  if (frame.method !== 'tools/call') return error(frame.id, FAULT_ERROR, fault.message, detail)
  const content = encode([{ type: 'text', text: fault.message }])
  return result(frame.id, era, `"content":${content},"isError":true,"_meta":{"mcpgw/fault":${encode(detail)}}`)
}

const cacheable = new Set(['resources/read'])

/** The answer to a client's request, in parts; undefined when nothing may be sent, because the client cancelled it. */
export function answerTo(frame: Frame, era: Era, answer: Answer): Wire[] | undefined {
  if (answer.kind === 'cancelled') return undefined
  if (answer.kind === 'failure') return failure(frame, era, answer.fault)
  const { reply } = answer
  const bridge = era === answer.era ? [] : era === 'legacy' ? toLegacy(reply) : toModern(reply, cacheable.has(frame.method))
  return splice(reply.wire, [{ ...reply.id, text: frame.id }, ...bridge])
}

/** The answer of a backend that gave none. `sent`: whether it may have acted. */
export const unavailable = (message: string, sent: boolean): Answer => ({ kind: 'failure', fault: { code: 'backend_unavailable', message }, sent })

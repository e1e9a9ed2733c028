// A call that a person has changed before they said yes: other arguments go to the backend, and the result tells the model what ran.

import type { Frame } from '../rpc/frame.ts'
import { replyOf } from '../rpc/reply.ts'
import { parse } from '../rpc/frame.ts'
import { elements, member, members } from '../rpc/spans.ts'
import { join, splice, type Edit } from '../rpc/splice.ts'
import { encode, scannable, toWire } from '../rpc/wire.ts'
import type { Answer } from './types.ts'

/** Puts these arguments (JSON text) in place of a request's own. */
export function argumentsEdit(frame: Frame, text: string): Edit {
  const at = frame.param('arguments')
  if (at) return { start: at.start, end: at.end, text: toWire(text) }
  const inside = frame.top('params')!.start + 1
  return { start: inside, end: inside, text: `"arguments":${toWire(text)},` }
}

/** The same answer, with a line before its content that says what ran. */
export function told(answer: Answer, text: string): Answer {
  if (answer.kind !== 'reply' || answer.reply.error) return answer
  const { wire, body } = answer.reply
  const inside = scannable(wire)
  const content = member(members(inside, body.start), 'content')
  if (!content || inside[content.start] !== '[') return answer
  const line = encode({ type: 'text', text: `A person changed the arguments of this call before it ran. It ran with: ${text}` })
  const more = elements(inside, content.start).length > 0 ? ',' : ''
  const frame = parse(join(splice(wire, [{ start: content.start + 1, end: content.start + 1, text: line + more }])))
  const reply = frame.kind === 'response' ? replyOf(frame) : undefined
  return reply ? { ...answer, reply } : answer
}

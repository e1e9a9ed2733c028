// A modern backend asks by answering `input_required` (MCP 2026-07-28, multi-round-trip requests). A legacy client knows only requests: it is asked
// with real ones, and the original request is sent again with its answers. For the client and for the record it stays one call.

import { parse, type Frame } from '../rpc/frame.ts'
import type { Reply } from '../rpc/reply.ts'
import { member, members } from '../rpc/spans.ts'
import { encode, plain, scannable } from '../rpc/wire.ts'
import type { Answer, Outgoing } from './types.ts'

/** A backend that is still not content after so many rounds never will be. */
const ROUNDS = 20

/** Who asks the client, and what a request of another protocol needs for that. */
export interface Ask {
  readonly ask: (frame: Frame) => Promise<Reply>
  readonly newId: () => string
}

/** Whether it is no answer yet, but a question. */
export const wantsInput = (answer: Answer): answer is Answer & { kind: 'reply' } =>
  answer.kind === 'reply' && !answer.reply.error && answer.reply.value['resultType'] === 'input_required'

/** Follows an answer until it is complete. `asking` asks the client, `again` sends the request once more. */
export async function fulfil(request: Outgoing, first: Answer, asking: Ask, again: (request: Outgoing) => Promise<Answer>): Promise<Answer> {
  let answer = first
  for (let round = 0; wantsInput(answer); round++) {
    const retry = round < ROUNDS ? await retryOf(request, answer.reply, asking) : `it asked ${ROUNDS} times and is still not content`
    if (typeof retry === 'string')
      return { kind: 'failure', sent: true, fault: { code: 'backend_unavailable', message: `The backend needs input for this call and got none: ${retry}.` } }
    answer = await again(retry)
  }
  return answer
}

async function retryOf(request: Outgoing, reply: Reply, { ask, newId }: Ask): Promise<Outgoing | string> {
  const text = scannable(reply.wire)
  const result = members(text, reply.body.start)
  const wanted = member(result, 'inputRequests')
  const state = member(result, 'requestState')
  const responses: string[] = []
  for (const one of wanted ? members(text, wanted.start) : []) {
    const question = members(text, one.start).length > 0 ? parse(`{"jsonrpc":"2.0","id":0,${text.slice(one.start + 1, one.end)}`) : undefined
    if (question?.kind !== 'request') return 'its question is not a request'
    const frame = named(question, newId)
    const given = await ask(frame)
    if (given.error) return `${frame.method} was answered with "${plain(given.value['message'])}"`
    responses.push(text.slice(one.at, one.start) + scannable(given.wire).slice(given.body.start, given.body.end))
  }
  const added = [...(wanted ? [`"inputResponses":{${responses.join(',')}}`] : []), ...(state ? [`"requestState":${text.slice(state.start, state.end)}`] : [])]
  const at = request.frame.top('params')!.start + 1
  return { ...request, edits: [...request.edits, { start: at, end: at, text: added.map(part => `${part},`).join('') }] }
}

/** To a legacy client an elicitation by URL has an id (MCP 2025-11-25, elicitation, URL mode: "elicitationId"). */
function named(frame: Frame, newId: () => string): Frame {
  const params = frame.top('params')
  if (frame.method !== 'elicitation/create' || frame.params['mode'] !== 'url' || !params || frame.param('elicitationId')) return frame
  const at = params.start + 1
  return parse(`${frame.text.slice(0, at)}"elicitationId":${encode(newId())},${frame.text.slice(at)}`) as Frame
}

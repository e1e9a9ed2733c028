// The client's side of a call that waits for a person: it hears that it waits, if it wants to, and is asked, if it can ask somebody.

import type { Stop } from '../lib/signal.ts'
import { compose, type Frame } from '../rpc/frame.ts'
import type { Requests } from '../rpc/requests.ts'
import { encode } from '../rpc/wire.ts'
import { tokenOf, type Flight } from './flight.ts'
import type { Legs } from './legs.ts'
import type { Origin } from './types.ts'
import type { Caller, Elicited } from './verdict.ts'
import { isObject } from '../lib/objects.ts'

/** Progress of ours stays below whatever the backend says first. */
const BEAT = 1e-6

/** Whether the client can show a form (MCP, elicitation): one that names no kind of question means forms. */
const showsForms = ({ capabilities: { elicitation } }: Origin): boolean => isObject(elicitation) && ('form' in elicitation || !('url' in elicitation))

/** The side of who has sent this request. */
export function callerOf(frame: Frame, flight: Flight, front: Requests, legs: Legs, definition: () => string): Caller {
  const { origin } = flight
  const progress = (beat: number, message: string): void => {
    const token = flight.leg && tokenOf(flight.leg)
    if (!token) return
    const params = `{"progressToken":${flight.leg!.text.slice(token.start, token.end)},"progress":${beat * BEAT},"message":${encode(message)}}`
    front.tell('notifications/progress', [`{"jsonrpc":"2.0","method":"notifications/progress","params":${params}}`], flight.via)
  }
  const isModern = origin.era === 'modern'
  const elicit = async (params: Record<string, unknown>, over: Stop) => {
    const request = compose({ id: 0, method: 'elicitation/create', params })
    if (isModern) {
      const reply = await legs.ask(flight, request, over)
      return reply.error ? undefined : saidIn(reply.value)
    }
    const ended = await front.send(request, [], { timeoutMs: Infinity, stop: over, via: flight.via })
    return ended.kind === 'reply' && !ended.reply.error ? saidIn(ended.reply.value) : undefined
  }
  return { stop: flight, definition, progress: tokenOf(frame) && progress, elicit: showsForms(origin) ? elicit : undefined, patient: isModern }
}

/** What the form was answered with. Only a clear answer is one: a client may close a form that nobody has seen. */
function saidIn(result: Record<string, unknown>): Elicited | undefined {
  const { action, content } = result
  if (action === 'decline') return { decision: 'deny' }
  const answer = action === 'accept' && isObject(content) ? content['answer'] : undefined
  if (answer === 'no') return { decision: 'deny' }
  if (answer === 'once') return { decision: 'allow' }
  return answer === 'session' ? { decision: 'allow', remember: { span: 'session' } } : undefined
}

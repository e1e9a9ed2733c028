// Who is refused before there is a conversation. What would have been a call is one on record, as a stranger's in any conversation is; of what it
// carried nothing is kept, for strangers may send what they like.

import { isModern } from '../rpc/eras.ts'
import type { Frame } from '../rpc/frame.ts'
import { nobody, roads } from './calls.ts'
import { run } from './call.ts'
import type { Fault } from './faults.ts'
import type { Gateway } from './gateway.ts'
import { modernOrigin } from './greeting.ts'
import { NOBODY } from './principals.ts'
import { Received } from './received.ts'
import type { Origin } from './types.ts'

/** Puts a stranger's call on record; false where the request is none. `known`: whose conversation it says to belong to, and whose it was. */
export async function refuseCall(gateway: Gateway, frame: Frame, known: Origin | undefined, fault: Fault): Promise<boolean> {
  const { method } = frame
  if (frame.kind !== 'request' || !Object.hasOwn(roads, method)) return false
  const target = frame.params[roads[method as keyof typeof roads].key]
  if (typeof target !== 'string') return false
  const origin = known ? { ...known, principal: NOBODY } : originOf(frame)
  const call = new Received(frame, undefined, { id: gateway.newCallId(), origin, method, target, startedAt: gateway.clock.now() })
  const road = { forward: () => Promise.reject(new Error('it is refused')), caller: () => ({}) as never }
  await run({ ...gateway, keep: undefined, policies: [nobody(fault)] }, call, road)
  return true
}

function originOf(frame: Frame): Origin {
  if (isModern(frame)) return modernOrigin(frame, { who: () => NOBODY, session: '' }, NOBODY)
  return { principal: NOBODY, client: { name: 'unknown', version: '' }, era: 'legacy', revision: '', capabilities: {}, session: '' }
}

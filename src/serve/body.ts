// The body of a POST, as wire text in one line. What is too large is refused as soon as that is known, and not read any further. What there is no
// room for breaks its own request off, and nothing else.

import type { IncomingMessage } from 'node:http'
import { Gather, wireOf } from '../rpc/gather.ts'
import type { Wire } from '../rpc/wire.ts'

/** What all bodies may take together that are still on their way. */
export interface Room {
  left: number
}

/** Reads it; undefined when it is over the limit. When the client goes away before its end, `done` is never called. */
export function readBody(request: IncomingMessage, room: Room, limit: number, done: (body: Wire | undefined) => void): void {
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > limit) return done(undefined)
  const body = new Gather(limit, announced)
  let taken = 0
  const take = (bytes: number): void => {
    taken += bytes
    room.left -= bytes
    if (room.left < 0) throw new RangeError('there is no room for it')
  }
  const held = <T>(act: () => T): T | undefined => {
    try {
      return act()
    } catch {
      return void request.destroy()
    }
  }
  request.on('data', (chunk: Buffer) => {
    if (body.over) return
    held(() => (take(chunk.length), body.add(chunk)))
    if (body.over) done(undefined)
  })
  request.on('end', () => {
    const whole = body.over ? undefined : held(() => wireOf(body.take()))
    if (whole !== undefined) done(whole)
  })
  request.on('close', () => (room.left += taken))
}

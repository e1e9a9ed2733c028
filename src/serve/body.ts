// The body of a POST, as wire text in one line. What is too large is refused as soon as that is known, and not read any further. What there is no
// memory for breaks its own request off, and nothing else.

import type { IncomingMessage } from 'node:http'
import { Gather, wireOf } from '../rpc/gather.ts'
import type { Wire } from '../rpc/wire.ts'

/** Reads it; undefined when it is over the limit. When the client goes away before its end, `done` is never called. */
export function readBody(request: IncomingMessage, limit: number, done: (body: Wire | undefined) => void): void {
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > limit) return done(undefined)
  const body = new Gather(limit, announced)
  const held = <T>(act: () => T): T | undefined => {
    try {
      return act()
    } catch {
      return void request.destroy()
    }
  }
  request.on('data', (chunk: Buffer) => {
    if (body.over) return
    held(() => body.add(chunk))
    if (body.over) done(undefined)
  })
  request.on('end', () => {
    const whole = body.over ? undefined : held(() => wireOf(body.take()))
    if (whole !== undefined) done(whole)
  })
}

// The body of a POST, as wire text in one line. What is too large is refused as soon as that is known, and not read any further.

import type { IncomingMessage } from 'node:http'
import { Gather, wireOf } from '../rpc/gather.ts'
import type { Wire } from '../rpc/wire.ts'

/** Reads it; undefined when it is over the limit. When the client goes away before its end, `done` is never called. */
export function readBody(request: IncomingMessage, limit: number, done: (body: Wire | undefined) => void): void {
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > limit) return done(undefined)
  const body = new Gather(limit, announced)
  request.on('data', (chunk: Buffer) => {
    if (body.over) return
    body.add(chunk)
    if (body.over) done(undefined)
  })
  request.on('end', () => {
    if (!body.over) done(wireOf(body.take()))
  })
}

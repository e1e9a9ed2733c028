// One request at the HTTP door and what answers it, whoever has read it: Node's HTTP server, or a lane.

import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import type { Wire } from '../rpc/wire.ts'
import { readBody, type Room } from './body.ts'

/** A request, up to its body. */
export interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  /** The address that it came from. */
  readonly from: () => string
  /** Reads its body; gives undefined when that is over the limit. When the client goes away before its end, `done` is never called. */
  readonly read: (limit: number, done: (body: Wire | undefined) => void) => void
}

/** What answers it. Node's own response is one. */
export interface Reply {
  readonly headersSent: boolean
  /** It has ended, or nobody is there any more to hear it. */
  readonly destroyed: boolean
  /** What waits to be taken. */
  readonly writableLength: number
  writeHead(status: number, headers: OutgoingHttpHeaders): Pick<Reply, 'end'>
  flushHeaders(): void
  write(chunk: string | Uint8Array): boolean
  write(chunk: string, encoding: 'latin1'): boolean
  end(): unknown
  end(chunk: string | Uint8Array): unknown
  end(chunk: string, encoding: 'latin1'): unknown
  cork(): void
  uncork(): void
  destroy(): unknown
  /** `close`: it is over, one way or the other. */
  on(event: 'close', act: () => void): unknown
  once(event: 'drain' | 'close', act: () => void): unknown
}

/** A request that Node has read. */
export const asked = (request: IncomingMessage, room: Room): Asked => ({
  method: request.method ?? '',
  url: request.url ?? '/',
  headers: request.headers,
  from: () => request.socket.remoteAddress ?? '',
  read: (limit, done) => readBody(request, room, limit, done),
})

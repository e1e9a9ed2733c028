// What the HTTP door says no with: a status, and in the body why, as JSON-RPC has it.

import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { encode } from '../rpc/wire.ts'

/** Refuses what came. `id`: wire text of the request's, where there was one. */
export function refuse(
  response: ServerResponse,
  status: number,
  code: number,
  message: string,
  headers: OutgoingHttpHeaders = {},
  { id = 'null', data }: { id?: string; data?: unknown } = {},
): void {
  if (response.headersSent || response.destroyed) return
  const more = data === undefined ? '' : `,"data":${encode(data)}`
  const body = `{"jsonrpc":"2.0","id":${id},"error":{"code":${code},"message":${encode(message)}${more}}}`
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length, ...headers })
  response.end(body, 'latin1')
}

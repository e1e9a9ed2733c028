// What the HTTP door says no with: a status, and in the body why, as JSON-RPC has it.

import type { OutgoingHttpHeaders } from 'node:http'
import { encode } from '../rpc/wire.ts'
import type { Reply } from './reply.ts'

/** Refuses what came. `id`: wire text of the request's, where there was one. */
export function refuse(
  response: Reply,
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

/** What nobody foresaw in one request ends that request, never the door. */
export const failed = (response: Reply, id?: string): void => refuse(response, 500, -32603, 'Internal error: mcpgw failed over this request', {}, { id })

/** Where a client that was refused looks for a login (MCP, authorization: RFC 9728 and 8414, and the addresses it falls back to). */
export const asksForLogin = (path: string): boolean => path.startsWith('/.well-known/') || ['/register', '/authorize', '/token'].includes(path)

/** There is no login here. Clients show their person what an OAuth error says (RFC 6749, 5.2), so it says what there is instead. */
export function withoutLogin(response: Reply): void {
  const why = 'There is no login at mcpgw. It takes a key, in the header "Authorization: Bearer mgw_..."; a key is made with: mcpgw keys create NAME'
  response.writeHead(404, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify({ error: 'invalid_request', error_description: why }))
}

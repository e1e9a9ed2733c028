// What MCP says in HTTP headers.

import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import type { About } from '../rpc/link.ts'

/** A value as a header may carry it (MCP 2026-07-28, transports, standard headers). */
export function headerValue(value: string): string {
  if (/^[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?$/.test(value) && !/^=\?base64\?.*\?=$/.test(value)) return value
  return `=?base64?${Buffer.from(value, 'utf8').toString('base64')}?=`
}

/** Adds what a modern server checks against the body. */
export function modernHeaders(headers: OutgoingHttpHeaders, revision: string, { method, name, params }: About): OutgoingHttpHeaders {
  headers['mcp-protocol-version'] = revision
  if (method !== undefined) headers['mcp-method'] = headerValue(method)
  if (name !== undefined) headers['mcp-name'] = headerValue(name)
  if (params) for (const [header, value] of Object.entries(params)) headers[`mcp-param-${header}`] = headerValue(value)
  return headers
}

/** The session id that a server gave; one that no header can carry is none. */
export function sessionOf(response: IncomingMessage): string {
  const id = response.headers['mcp-session-id']
  return typeof id === 'string' && /^[\x21-\x7e]+$/.test(id) ? id : ''
}

/** Headers of the settings, so that ours replace those of the same name. */
export const lowerCased = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

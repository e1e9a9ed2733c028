// What MCP says in HTTP headers, and what stands beside it: the headers of the settings, and credentials.

import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { MODERN } from '../rpc/eras.ts'
import type { About } from '../rpc/link.ts'
import type { Credentials } from './credentials.ts'
import type { Post } from './post.ts'

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

/** The headers of one link: they differ with what its handshake settled on. */
export class LinkHeaders {
  /** '' until the handshake has settled on one. */
  revision = ''
  /** '' where the server has none. */
  session = ''
  readonly #own: Record<string, string>
  readonly #credentials: Credentials | undefined

  constructor(own: Readonly<Record<string, string>>, credentials: Credentials | undefined) {
    this.#own = lowerCased(own)
    this.#credentials = credentials
  }

  /** Of a POST; which credentials it leaves with is noted on it. */
  of(post: Post): OutgoingHttpHeaders {
    const headers: OutgoingHttpHeaders = { ...this.#own, 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
    if (this.#credentials) headers['authorization'] = post.used = this.#credentials.authorization
    if (post.modern) return modernHeaders(headers, this.revision || MODERN, post)
    return post.method === 'initialize' ? headers : this.#within(headers)
  }

  /** Of a GET for a stream, from after that event on. */
  ofStream(lastId: string): OutgoingHttpHeaders {
    const headers = this.#within({ ...this.#who(), accept: 'text/event-stream' })
    if (lastId) headers['last-event-id'] = lastId
    return headers
  }

  /** Of what ends a session. */
  ofSession(): OutgoingHttpHeaders {
    return this.#within(this.#who())
  }

  #within(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
    if (this.session) headers['mcp-session-id'] = this.session
    if (this.revision) headers['mcp-protocol-version'] = this.revision
    return headers
  }

  /** What says who we are. */
  #who(): OutgoingHttpHeaders {
    return this.#credentials ? { ...this.#own, authorization: this.#credentials.authorization } : { ...this.#own }
  }
}

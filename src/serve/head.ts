// The head of a request as almost every one of them has it: a POST to /mcp whose body says how long it is. Who reads a head otherwise than its
// neighbours do can be made to see another request than they see, so nothing is made out here: what is not plain, to the last character, is for
// Node's own parser to judge.

import type { IncomingHttpHeaders } from 'node:http'

export interface Head {
  readonly url: string
  readonly headers: IncomingHttpHeaders
  /** How many bytes it takes itself, and its body. */
  readonly size: number
  readonly length: number
}

/** A longer one is not plain. */
const LONGEST = 8192
const END = '\r\n\r\n'
const first = /POST (\/mcp(?:[/?][\x21-\x7e]*)?) HTTP\/1\.1\r\n/y
const field = /([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e\t]*)\r\n/y
/** They change what a body is, or what a connection is for. */
const special = new Set(['transfer-encoding', 'trailer', 'te', 'expect', 'upgrade', 'proxy-connection', 'http2-settings'])

/** The head that these bytes begin with; undefined when it is not all there, or not plain. */
export function readHead(bytes: Buffer): Head | undefined {
  const text = bytes.toString('latin1', 0, LONGEST)
  const end = text.indexOf(END)
  if (end < 0) return undefined
  first.lastIndex = 0
  const url = first.exec(text)?.[1]
  if (url === undefined) return undefined
  const headers: Record<string, string> = Object.create(null)
  for (let at = first.lastIndex; at < end + 2; at = field.lastIndex) {
    field.lastIndex = at
    const found = field.exec(text)
    if (!found) return undefined
    const name = found[1]!.toLowerCase()
    // Said twice, it is for somebody else to say what that means.
    if (special.has(name) || headers[name] !== undefined) return undefined
    headers[name] = found[2]!.trimEnd()
  }
  const { host, connection, 'content-length': length } = headers
  if (host === undefined || length === undefined || !/^\d{1,9}$/.test(length)) return undefined
  if (connection !== undefined && connection.toLowerCase() !== 'keep-alive') return undefined
  return { url, headers, size: end + END.length, length: Number(length) }
}

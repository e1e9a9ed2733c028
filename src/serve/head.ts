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
  /** Its lines, for the next one of the same connection: it says nearly the same again, and a line that is the same means the same. */
  readonly lines: readonly Line[]
}

interface Line {
  /** As it stands there, its end included. */
  readonly text: string
  readonly name: string
  readonly value: string
}

/** A longer one is not plain. */
const LONGEST = 8192
/** Nor is one of more lines. */
const MOST_LINES = 64
/** Of a longer one no line is kept for the next: each holds, as a slice, the whole text that it was first read in. */
const KEPT = 1024
const END = '\r\n\r\n'
const first = /POST (\/mcp(?:[/?][\x21-\x7e]*)?) HTTP\/1\.1\r\n/y
const field = /([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e\t]*)\r\n/y
/** They change what a body is, or what a connection is for; and the last two Node has otherwise than they are said. */
const special = new Set(['transfer-encoding', 'trailer', 'te', 'expect', 'upgrade', 'proxy-connection', 'http2-settings', 'set-cookie', '__proto__'])

/** The head that these bytes begin with; undefined when it is not all there, or not plain. `before` is the one that came before it. */
export function readHead(bytes: Buffer, before?: Head): Head | undefined {
  let text = bytes.toString('latin1', 0, KEPT)
  let end = text.indexOf(END)
  if (end < 0 && bytes.length > KEPT) end = (text = bytes.toString('latin1', 0, LONGEST)).indexOf(END)
  if (end < 0) return undefined
  first.lastIndex = 0
  const url = first.exec(text)?.[1]
  if (url === undefined) return undefined
  const headers: Record<string, string> = Object.create(null)
  const lines: Line[] = []
  for (let at = first.lastIndex; at < end + 2;) {
    const known = before?.lines[lines.length]
    const line = known && text.startsWith(known.text, at) ? known : readLine(text, at)
    // Said twice, it is for somebody else to say what that means.
    if (!line || headers[line.name] !== undefined || lines.length === MOST_LINES) return undefined
    headers[line.name] = line.value
    lines.push(line)
    at += line.text.length
  }
  const { host, connection, 'content-length': length } = headers
  if (host === undefined || length === undefined || !/^\d{1,9}$/.test(length)) return undefined
  if (connection !== undefined && connection.toLowerCase() !== 'keep-alive') return undefined
  return { url, headers, size: end + END.length, length: Number(length), lines: text.length > KEPT ? [] : lines }
}

function readLine(text: string, at: number): Line | undefined {
  field.lastIndex = at
  const found = field.exec(text)
  const name = found?.[1]!.toLowerCase()
  return name === undefined || special.has(name) ? undefined : { text: found![0], name, value: found![2]!.trimEnd() }
}

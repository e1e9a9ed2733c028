// Which request a message from a remote server answers, as far as a transport needs to know it: from its first and last bytes where they tell.
// This decides when a stream has done its work, never whom an answer reaches: that is read from the whole message, above the link.

import { parse } from '../rpc/frame.ts'
import { join } from '../rpc/splice.ts'
import { elements, skipSpace } from '../rpc/spans.ts'
import { cut, LARGE, read, scannable, type Wire } from '../rpc/wire.ts'

const VERSION = String.raw`"jsonrpc"\s*:\s*"2\.0"`
const ID = String.raw`"id"\s*:\s*(\d+)`
const HEAD = new RegExp(String.raw`^\{\s*(?:${VERSION}\s*,\s*${ID}|${ID}\s*,\s*${VERSION})\s*,\s*"(result|error|method)"\s*:`)
const BODY_FIRST = new RegExp(String.raw`^\{\s*(?:${VERSION}\s*,\s*)?"(?:result|error)"\s*:`)
const METHOD_FIRST = new RegExp(String.raw`^\{\s*(?:${VERSION}\s*,\s*)?"method"\s*:`)
const TAIL = new RegExp(String.raw`,\s*(?:${VERSION}\s*,\s*)?${ID}\s*(?:,\s*${VERSION}\s*)?\}$`)
const EDGE = 128

/** The id in the envelope of a response, read from its ends alone; null: it is no response; undefined: they don't tell. */
export function respondsTo(head: string, tail: string): string | null | undefined {
  const front = HEAD.exec(head)
  if (front) return front[3] === 'method' ? null : (front[1] ?? front[2])
  if (METHOD_FIRST.test(head)) return null
  return BODY_FIRST.test(head) ? TAIL.exec(tail)?.[1] : undefined
}

const edge = (wire: Wire, start: number, end: number) => (typeof wire === 'string' ? wire.slice(start, end) : wire.toString('latin1', start, end))

/** Whether this message is the response to our request `id`. */
export function answers(wire: Wire, id: string): boolean {
  const to = respondsTo(edge(wire, 0, EDGE), edge(wire, Math.max(0, wire.length - EDGE), wire.length))
  if (to !== undefined) return to === id
  const frame = parse(wire)
  return frame.kind === 'response' && frame.id === id
}

/** The messages of a JSON body or of an event: one, or in revision 2025-03-26 an array of them. */
export function messagesOf(body: Wire): Wire[] {
  const first = typeof body === 'string' ? body.charCodeAt(0) : body[0]
  if (first !== 0x5b) return [body]
  try {
    read(body)
  } catch {
    return [body]
  }
  const text = scannable(body)
  return elements(text, skipSpace(text, 0)).map(({ start, end }) => {
    const part = cut(body, start, end)
    return typeof part === 'string' || part.length >= LARGE ? part : part.toString('latin1')
  })
}

/** An error that names no request of ours, but stands in the HTTP response to one: the answer to that one. Undefined for all else. */
export function attributed(wire: Wire, id: string): Wire | undefined {
  const frame = parse(wire)
  const error = frame.kind === 'response' ? frame.top('error') : undefined
  if (!error || frame.kind === 'malformed') return undefined
  return frame.id === id ? wire : join([`{"jsonrpc":"2.0","id":${id},"error":`, frame.slice(error), '}'])
}

/** The code of the error that a message is. */
export function errorCode(wire: Wire): unknown {
  const frame = parse(wire)
  return frame.kind === 'response' ? (frame.value['error'] as { code?: unknown } | undefined)?.code : undefined
}

// Replies: a response on its way from the one who gave it to the one who asked. The envelope is recognised, the inner slice is checked
// alone, only the id is replaced. So a second "id" hidden in the inner text can't answer somebody else's request.

import { outline } from './outline.ts'
import type { Frame } from './frame.ts'
import { read, type Wire } from './wire.ts'
import type { Span } from './spans.ts'

export interface Reply {
  readonly wire: Wire
  /** Where the id stands that must be replaced. */
  readonly id: Span
  /** The id as the sender gave it back: wire text. */
  readonly to: string
  /** Where the result, or the error object, stands. */
  readonly body: Span
  readonly error: boolean
  /** The result or error object; of a large one its outline. */
  readonly value: Record<string, unknown>
}

const HEAD = '{"jsonrpc":"2.0","id":'
const RESULT = ',"result":'
const RESULT_FIRST = '{"result":'
const DIGITS = /^\d+$/
const TAIL = /,"jsonrpc":"2\.0","id":(\d{1,15})\}$/

const text = (wire: Wire, start: number, end: number): string => (typeof wire === 'string' ? wire.slice(start, end) : wire.toString('latin1', start, end))

/** The result or error object. Of a large one what stands at its top: a value of all of it may cost many times its size. */
function inner(wire: Wire, start: number, end: number): Record<string, unknown> | undefined {
  if (typeof wire !== 'string') return outline(wire, start, end)
  try {
    const value = read(wire.slice(start, end))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

const FRONT = /^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*(\d{1,15})\s*,\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"(?:result|error)"\s*:/
const BODY_FIRST = /^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"(?:result|error)"\s*:/
const BACK = /,\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*(\d{1,15})\s*(?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*$/

/** The id in a reply's envelope, read from its first and last bytes alone; for a reply that is too large to keep. A request is no reply. */
export function idOf(head: string, tail: string): string | undefined {
  return FRONT.exec(head)?.[1] ?? (BODY_FIRST.test(head) ? BACK.exec(tail)?.[1] : undefined)
}

/** A response whose envelope is written in one of the two usual ways; undefined sends the line down the long road of `parse` and `replyOf`. */
export function quickReply(wire: Wire): Reply | undefined {
  const size = wire.length
  const head = text(wire, 0, 64)
  if (head.startsWith(HEAD)) {
    const comma = head.indexOf(',', HEAD.length)
    if (comma < 0 || !head.startsWith(RESULT, comma) || text(wire, size - 1, size) !== '}') return undefined
    const to = head.slice(HEAD.length, comma)
    const start = comma + RESULT.length
    const value = DIGITS.test(to) && head[start] === '{' ? inner(wire, start, size - 1) : undefined
    return value && { wire, id: { start: HEAD.length, end: comma }, to, body: { start, end: size - 1 }, error: false, value }
  }
  if (!head.startsWith(RESULT_FIRST) || head[RESULT_FIRST.length] !== '{') return undefined
  const tail = TAIL.exec(text(wire, Math.max(0, size - 64), size))
  if (!tail) return undefined
  const body = { start: RESULT_FIRST.length, end: size - tail[0].length }
  const value = inner(wire, body.start, body.end)
  return value && { wire, id: { start: size - 1 - tail[1]!.length, end: size - 1 }, to: tail[1]!, body, error: false, value }
}

/** A frame that is a response, as a reply; undefined when its result or error is no object. */
export function replyOf(frame: Frame): Reply | undefined {
  const error = frame.top('error')
  const body = error ?? frame.top('result')
  const value = typeof frame.wire === 'string' || !body ? frame.value[error ? 'error' : 'result'] : outline(frame.wire, body.start, body.end)
  const id = frame.top('id')
  if (!id || !body || typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return { wire: frame.wire, id, to: frame.id, body, error: error !== undefined, value: value as Record<string, unknown> }
}

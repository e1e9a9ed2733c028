// JSON as a person reads it, and all of it.

import { line, wrapped, type Line } from './line.ts'

/** All of it. JSON is laid out; whatever it holds stays one line a value, escaped, and a long line is wrapped, never cut. */
export function laidOut(text: string, width: number): Line[] {
  return wrapped(isJson(text) ? spread(text) : text, width - 2, undefined, Infinity).map(one => line(' ', ...one.spans))
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Deeper than this nothing is moved to the right any more. */
const DEEP = 20

/** Only spaces between the parts are changed: numbers keep their digits, and text its escapes. */
function spread(text: string): string {
  const parts = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+|"/g) ?? []
  let laid = ''
  let depth = 0
  const next = () => `\n${'  '.repeat(Math.min(depth, DEEP))}`
  for (const [at, part] of parts.entries()) {
    const opens = part === '{' || part === '['
    const closes = part === '}' || part === ']'
    const empty = (closes && /^[{[]$/.test(parts[at - 1] ?? '')) || (opens && /^[}\]]$/.test(parts[at + 1] ?? ''))
    if (opens) depth++
    if (closes) depth--
    if (closes && !empty) laid += next()
    laid += part === ':' ? ': ' : part
    if ((opens && !empty) || part === ',') laid += next()
  }
  return laid
}

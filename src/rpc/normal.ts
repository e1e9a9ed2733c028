// JSON text in one form: texts that mean the same are the same text. White space, the order of members and the way a string is escaped don't
// matter; a number is its own text. Invariant: the text was accepted by JSON.parse before. One pass, and no stack, however deep the nest.

import { skipSpace, stringEnd, valueEnd } from './spans.ts'
import { encode, fromWire } from './wire.ts'

/** An object or an array that is not closed yet. */
interface Open {
  readonly members?: Map<string, string>
  readonly elements: string[]
  /** The key whose value comes next. */
  key?: string
}

/** The one form of this text; undefined where a key stands twice in one object: nobody can say what that means. */
export function normal(text: string): string | undefined {
  const open: Open[] = [{ elements: [] }]
  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, at)) {
    const code = text.charCodeAt(at)
    const within = open.at(-1)!
    if (code === 0x7b) open.push({ elements: [], members: new Map() })
    else if (code === 0x5b) open.push({ elements: [] })
    else if (code === 0x7d || code === 0x5d) put(open, closed(open.pop()!))
    else if (code !== 0x2c && code !== 0x3a) {
      const end = code === 0x22 ? stringEnd(text, at) : valueEnd(text, at)
      const value = code === 0x22 ? string(text.slice(at, end)) : text.slice(at, end)
      at = end
      if (within.members === undefined || within.key !== undefined) put(open, value)
      else if (within.members.has(value)) return undefined
      else within.key = value
      continue
    }
    at++
  }
  return open[0]!.elements[0]
}

/** Puts a whole value where the innermost open thing waits for one. */
function put(open: readonly Open[], value: string): void {
  const within = open.at(-1)!
  if (within.members === undefined) within.elements.push(value)
  else within.members.set(within.key!, value)
  within.key = undefined
}

const closed = ({ members, elements }: Open): string =>
  members === undefined
    ? `[${elements.join(',')}]`
    : `{${[...members]
        .sort(byKey)
        .map(([key, value]) => `${key}:${value}`)
        .join(',')}}`

const byKey = ([a]: [string, string], [b]: [string, string]): number => (a < b ? -1 : 1)

/** A string in its quotes, with no escape that it does not need. */
const string = (raw: string): string => (raw.includes('\\') ? encode(JSON.parse(fromWire(raw))) : raw)

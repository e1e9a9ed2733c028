// Splice to send: the parts of a text between its edits pass as they are.

import { cut, type Wire } from './wire.ts'
import { member, members, skipSpace, type Member } from './spans.ts'

/** Puts `text` (wire text) in place of what stands from `start` to `end`. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** The text with its edits made, in parts that are sent one after the other. Edits never overlap; their order is free. */
export function splice(wire: Wire, edits: readonly Edit[]): Wire[] {
  if (edits.length === 0) return [wire]
  const parts: Wire[] = []
  let from = 0
  for (const edit of inOrder(edits)) {
    if (edit.start > from) parts.push(cut(wire, from, edit.start))
    if (edit.text) parts.push(edit.text)
    from = edit.end
  }
  if (from < wire.length) parts.push(cut(wire, from))
  return parts
}

const byPlace = (a: Edit, b: Edit) => a.start - b.start || a.end - b.end

function inOrder(edits: readonly Edit[]): readonly Edit[] {
  for (let index = 1; index < edits.length; index++) if (byPlace(edits[index - 1]!, edits[index]!) > 0) return [...edits].sort(byPlace)
  return edits
}

/** The parts as one text. */
export const join = (parts: readonly Wire[]): Wire =>
  parts.every(part => typeof part === 'string')
    ? parts.join('')
    : Buffer.concat(parts.map(part => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)))

/** Sets a member of the object that begins at `at`: replaced where it stands, added first where it doesn't. */
export function setMember(at: number, all: readonly Member[], key: string, value: string): Edit {
  const found = member(all, key)
  if (found) return { start: found.start, end: found.end, text: value }
  return { start: at + 1, end: at + 1, text: `"${key}":${value}${all.length ? ',' : ''}` }
}

/** Takes a member out, with the one comma that goes with it. */
export function dropMember(text: string, at: number, key: string): Edit | undefined {
  const all = members(text, at)
  const index = all.findIndex(one => one.key === key)
  if (index < 0) return undefined
  const one = all[index]!
  if (index + 1 < all.length) return { start: one.at, end: all[index + 1]!.at, text: '' }
  const before = all[index - 1]
  return { start: before ? before.end : skipSpace(text, at + 1), end: one.end, text: '' }
}

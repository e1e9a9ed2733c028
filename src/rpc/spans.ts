// Where the members of a JSON object stand in its text, so that one can be replaced and every other byte left alone.
// Invariant: the text was accepted by JSON.parse before; nothing here checks grammar, and nesting costs no stack.

import { fromWire, toWire } from './wire.ts'

export interface Span {
  readonly start: number
  readonly end: number
}

export interface Member extends Span {
  /** Without its escapes, as wire text: "\u00e9" and "é" are the same key. */
  readonly key: string
  /** Where the member itself begins: at the quote of its key. */
  readonly at: number
}

/** From so many members on, a set is faster than comparing each with each. */
const MANY = 12
const QUOTE = 0x22
const BACKSLASH = 0x5c

const isSpace = (code: number) => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09

/** The first place at or after `at` that is no white space. */
export function skipSpace(text: string, at: number): number {
  while (isSpace(text.charCodeAt(at))) at++
  return at
}

/** Where the string that begins at `at` ends, with its quote; the text's end where it is cut off. */
export function stringEnd(text: string, at: number): number {
  for (let close = text.indexOf('"', at + 1); ; close = text.indexOf('"', close + 1)) {
    if (close < 0) return text.length
    let slashes = close
    while (text.charCodeAt(slashes - 1) === BACKSLASH) slashes--
    if ((close - slashes) % 2 === 0) return close + 1
  }
}

/** Where the value that begins at `at` ends. */
export function valueEnd(text: string, at: number): number {
  const first = text.charCodeAt(at)
  if (first === QUOTE) return stringEnd(text, at)
  if (first !== 0x7b && first !== 0x5b) {
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code === 0x2c || code === 0x7d || code === 0x5d || isSpace(code)) break
    }
    return at
  }
  for (let depth = 0; at < text.length;) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = stringEnd(text, at)
    else {
      at++
      if (code === 0x7b || code === 0x5b) depth++
      else if ((code === 0x7d || code === 0x5d) && --depth === 0) break
    }
  }
  return at
}

/** A key as it is compared: without its escapes. */
const keyText = (raw: string): string => (raw.includes('\\') ? toWire(JSON.parse(`"${fromWire(raw)}"`) as string) : raw)

/** A key that stands twice in one object, anywhere in this text. One pass, and no stack, however deep the nest. */
export function repeatedKey(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = []
  for (let at = 0; at < text.length;) {
    const code = text.charCodeAt(at)
    if (code !== QUOTE) {
      if (code === 0x7b || code === 0x5b) open.push(code === 0x7b ? new Set() : undefined)
      else if (code === 0x7d || code === 0x5d) open.pop()
      at++
      continue
    }
    const end = stringEnd(text, at)
    if (text.charCodeAt(skipSpace(text, end)) === 0x3a) {
      const key = keyText(text.slice(at + 1, end - 1))
      const seen = open.at(-1)!
      if (seen.has(key)) return key
      seen.add(key)
    }
    at = end
  }
  return undefined
}

/** Objects that we look into have a handful of members. So many are looked at; a message with as many is refused, for nobody knows what comes then. */
export const MOST_MEMBERS = 10_000

/** The members of the object that begins at `at`, in their order, duplicates included. Not an object: none. */
export function members(text: string, at: number): Member[] {
  const found: Member[] = []
  if (text.charCodeAt(at) !== 0x7b) return found
  for (at = skipSpace(text, at + 1); text.charCodeAt(at) === QUOTE && found.length < MOST_MEMBERS; at = skipSpace(text, at)) {
    const keyEnd = stringEnd(text, at)
    const key = keyText(text.slice(at + 1, keyEnd - 1))
    const start = skipSpace(text, skipSpace(text, keyEnd) + 1)
    const end = valueEnd(text, start)
    found.push({ key, at, start, end })
    at = skipSpace(text, end)
    if (text.charCodeAt(at) === 0x2c) at = skipSpace(text, at + 1)
  }
  return found
}

/** The elements of the array that begins at `at`, one after the other. Not an array: none. */
export function* eachElement(text: string, at: number): Iterable<Span> {
  if (text.charCodeAt(at) !== 0x5b) return
  at = skipSpace(text, at + 1)
  while (at < text.length && text.charCodeAt(at) !== 0x5d) {
    const end = valueEnd(text, at)
    yield { start: at, end }
    at = skipSpace(text, end)
    if (text.charCodeAt(at) === 0x2c) at = skipSpace(text, at + 1)
  }
}

/** All of them. */
export const elements = (text: string, at: number): Span[] => [...eachElement(text, at)]

/** The member of that name; the last one, as JSON.parse would take it. */
export function member(all: readonly Member[], key: string): Member | undefined {
  for (let index = all.length - 1; index >= 0; index--) if (all[index]!.key === key) return all[index]
  return undefined
}

/** The first key that stands twice, if any. */
export function duplicate(all: readonly Member[]): string | undefined {
  if (all.length > MANY) {
    const seen = new Set<string>()
    return all.find(one => seen.has(one.key) || !seen.add(one.key))?.key
  }
  for (let i = 1; i < all.length; i++) for (let j = 0; j < i; j++) if (all[i]!.key === all[j]!.key) return all[i]!.key
  return undefined
}

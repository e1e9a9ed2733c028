// The outline of a large text: whether all of it is JSON, and what stands at its top. No value is made of what stands further in: 100 MB of small
// objects would take gigabytes and half a minute, and nobody here wants to know. Grammar: RFC 8259, exactly what JSON.parse takes; nesting costs no stack.

import { isUtf8 } from 'node:buffer'
import { MOST_MEMBERS } from './spans.ts'

/** So many bytes of members are read, in their order; what is larger is there as an empty object, list or text. */
const SHORT = 64 * 1024

const QUOTE = 0x22
const COMMA = 0x2c
const MINUS = 0x2d
const COLON = 0x3a
const BACKSLASH = 0x5c
const OPEN = 0x7b
const CLOSE = 0x7d
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d

const isDigit = (code: number | undefined): boolean => code !== undefined && code >= 0x30 && code <= 0x39

/** The members of the object that is all of the text from `start` to `end`; undefined where that is no object, or no JSON in UTF-8. */
export function outline(bytes: Buffer, start: number, end: number, most = SHORT): Record<string, unknown> | undefined {
  if (!isUtf8(bytes.subarray(start, end))) return undefined
  const words = wordsOf(bytes)
  const found: Record<string, unknown> = Object.create(null)
  let count = 0
  let at = space(bytes, start)
  if (bytes[at] !== OPEN) return undefined
  at = space(bytes, at + 1)
  if (bytes[at] === CLOSE) return space(bytes, at + 1) >= end ? found : undefined
  for (;;) {
    const keyEnd = bytes[at] === QUOTE ? string(bytes, words, at, end) : -1
    const colon = keyEnd < 0 ? -1 : space(bytes, keyEnd)
    if (colon < 0 || bytes[colon] !== COLON) return undefined
    const from = space(bytes, colon + 1)
    const to = value(bytes, words, from, end)
    if (to < 0) return undefined
    if (count++ < MOST_MEMBERS) {
      const size = to - from
      found[JSON.parse(bytes.toString('utf8', at, keyEnd)) as string] = size > most ? empty(bytes[from]) : JSON.parse(bytes.toString('utf8', from, to))
      if (size <= most) most -= size
    }
    at = space(bytes, to)
    if (bytes[at] === CLOSE) return space(bytes, at + 1) >= end ? found : undefined
    if (bytes[at] !== COMMA) return undefined
    at = space(bytes, at + 1)
  }
}

/** Whether all of it is one value of JSON in UTF-8. */
export function isJson(bytes: Buffer): boolean {
  const to = isUtf8(bytes) ? value(bytes, wordsOf(bytes), space(bytes, 0), bytes.length) : -1
  return to >= 0 && space(bytes, to) >= bytes.length
}

const empty = (first: number | undefined): unknown => (first === OPEN ? {} : first === OPEN_LIST ? [] : first === QUOTE ? '' : 0)

function space(bytes: Buffer, at: number): number {
  for (let code = bytes[at]; code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09; code = bytes[at]) at++
  return at
}

/** 1 for each byte that a string may hold as it is; the other tables likewise. */
const plain = Uint8Array.from({ length: 256 }, (_, code) => Number(code >= 0x20 && code !== QUOTE && code !== BACKSLASH))
const escape = Uint8Array.from({ length: 256 }, (_, code) => Number('"\\/bfnrt'.includes(String.fromCharCode(code))))
const hex = Uint8Array.from({ length: 256 }, (_, code) => Number(/[0-9a-fA-F]/.test(String.fromCharCode(code))))

/** The same bytes, four at a time; none where they don't begin at a word. */
const wordsOf = (bytes: Buffer): Int32Array =>
  bytes.byteOffset % 4 === 0 ? new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2) : new Int32Array(0)

/** A run of plain bytes as long as this is likely to be longer: from there on words are read. */
const NEAR = 8

/** Where the string that begins at `at` ends, or -1. */
function string(bytes: Buffer, words: Int32Array, at: number, end: number): number {
  for (at++; at < end;) {
    const near = at + NEAR
    while (at < near && plain[bytes[at]!]) at++
    if (at === near) {
      while (at % 4 !== 0 && plain[bytes[at]!]) at++
      if (at % 4 === 0) at = plainWords(words, at >>> 2, end >>> 2) << 2
      while (plain[bytes[at]!]) at++
    }
    if (at >= end) return -1
    if (bytes[at] === QUOTE) return at + 1
    if (bytes[at] !== BACKSLASH) return -1
    if (escape[bytes[at + 1]!]) at += 2
    else if (bytes[at + 1] === 0x75 && hex[bytes[at + 2]!] && hex[bytes[at + 3]!] && hex[bytes[at + 4]!] && hex[bytes[at + 5]!]) at += 6
    else return -1
  }
  return -1
}

/** The first word of four bytes that are not all plain. Twice as fast as byte by byte. */
function plainWords(words: Int32Array, at: number, end: number): number {
  while (at < end && (odd(words[at]!) & HIGH) === 0) at++
  return at
}

const HIGH = 0x80808080

/** Has the high bit of each byte that is no plain one, and perhaps of those after it: what is below n borrows when n is taken from it. */
function odd(word: number): number {
  // Without the bit of 2 a quote is a space, and then below 0x21 as what controls is; a space is not.
  const low = word ^ 0x02020202
  const slash = word ^ 0x5c5c5c5c
  return ((low - 0x21212121) & ~low) | ((slash - 0x01010101) & ~slash)
}

function number(bytes: Buffer, at: number): number {
  if (bytes[at] === MINUS) at++
  if (!isDigit(bytes[at])) return -1
  if (bytes[at] === 0x30) at++
  else while (isDigit(bytes[at])) at++
  if (bytes[at] === 0x2e) {
    if (!isDigit(bytes[++at])) return -1
    while (isDigit(bytes[at])) at++
  }
  if (bytes[at] === 0x65 || bytes[at] === 0x45) {
    at++
    if (bytes[at] === 0x2b || bytes[at] === MINUS) at++
    if (!isDigit(bytes[at])) return -1
    while (isDigit(bytes[at])) at++
  }
  return at
}

const words = ['true', 'false', 'null'].map(word => Buffer.from(word))

/** Where the word that begins at `at` ends, or -1. */
function word(bytes: Buffer, at: number): number {
  for (const one of words) {
    let same = 0
    while (same < one.length && bytes[at + same] === one[same]) same++
    if (same === one.length) return at + same
  }
  return -1
}

function scalar(bytes: Buffer, words: Int32Array, at: number, end: number): number {
  const code = bytes[at]
  if (code === QUOTE) return string(bytes, words, at, end)
  return code === MINUS || isDigit(code) ? number(bytes, at) : word(bytes, at)
}

/** Where the value that begins at `at` ends, or -1. */
function value(bytes: Buffer, words: Int32Array, at: number, end: number): number {
  /** For each open level whether it is an object. */
  let open = new Uint8Array(64)
  let depth = 0
  for (;;) {
    const code = bytes[at]
    let ended = true
    if (code === OPEN || code === OPEN_LIST) {
      if (depth === open.length) open = grown(open)
      open[depth++] = code === OPEN ? 1 : 0
      at = space(bytes, at + 1)
      ended = bytes[at] === (code === OPEN ? CLOSE : CLOSE_LIST)
      if (ended) {
        at++
        depth--
      } else if (code === OPEN) at = key(bytes, words, at, end)
    } else at = scalar(bytes, words, at, end)
    if (at < 0 || at > end) return -1
    while (ended) {
      if (depth === 0) return at
      at = space(bytes, at)
      const isObject = open[depth - 1] === 1
      if (bytes[at] === COMMA) {
        at = space(bytes, at + 1)
        if (isObject) at = key(bytes, words, at, end)
        if (at < 0) return -1
        ended = false
      } else if (bytes[at] === (isObject ? CLOSE : CLOSE_LIST)) {
        at++
        depth--
      } else return -1
    }
  }
}

/** Where the value of the member whose key begins at `at` begins, or -1. */
function key(bytes: Buffer, words: Int32Array, at: number, end: number): number {
  const keyEnd = bytes[at] === QUOTE ? string(bytes, words, at, end) : -1
  const colon = keyEnd < 0 ? -1 : space(bytes, keyEnd)
  return colon >= 0 && bytes[colon] === COLON ? space(bytes, colon + 1) : -1
}

function grown(open: Uint8Array): Uint8Array<ArrayBuffer> {
  const more = new Uint8Array(open.length * 2)
  more.set(open)
  return more
}

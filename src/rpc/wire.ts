// JSON text as it travels. Small text is a latin1 string, one character a byte: slicing, joining and writing it copies nothing and
// changes nothing. Large text stays the bytes it came as. Invariant: text becomes meaning only through `read`, never by looking at it.

import { isUtf8 } from 'node:buffer'

/** JSON text of one message or a part of one: a latin1 string when small, bytes when large. */
export type Wire = string | Buffer

/** From here on (bytes) a line stays a Buffer. */
export const LARGE = 256 * 1024

/** Whether there is one byte a character. Sixteen times as fast as a regular expression that says the same. */
const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length

/** Text that we wrote ourselves, ready to travel. */
export const toWire = (text: string): string => (isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1'))

/** A value that we made ourselves, ready to travel. */
export const encode = (value: unknown): string => toWire(JSON.stringify(value))

/** The characters that wire text stands for. */
export const fromWire = (wire: Wire): string =>
  typeof wire !== 'string' ? wire.toString('utf8') : isAscii(wire) ? wire : Buffer.from(wire, 'latin1').toString('utf8')

/** The value that wire text stands for; throws a SyntaxError when it is not JSON in UTF-8. */
export function read(wire: Wire): unknown {
  if (typeof wire === 'string' && isAscii(wire)) return JSON.parse(wire)
  const bytes = typeof wire === 'string' ? Buffer.from(wire, 'latin1') : wire
  if (!isUtf8(bytes)) throw new SyntaxError('not UTF-8')
  return JSON.parse(bytes.toString('utf8'))
}

/** A value from outside, in words for a person: text as it is, nothing that could be deep or odd. */
export const plain = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : value === undefined ? 'nothing' : 'no text'

/** The text for scanning: structure only, one character a byte, whatever the encoding. */
export const scannable = (wire: Wire): string => (typeof wire === 'string' ? wire : wire.toString('latin1'))

/** A part of it, of the same kind. */
export const cut = (wire: Wire, start: number, end?: number): Wire => (typeof wire === 'string' ? wire.slice(start, end) : wire.subarray(start, end))

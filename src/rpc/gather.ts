// The bytes of one message as they come in: a list of pieces, joined once when the message is whole. Small pieces are copied together, so that a
// peer that drips single bytes costs what it sends and no more. A large message is copied into blocks of our own, which are given back one by one
// while they are joined: it never takes twice its size. Over the limit only the two ends of the message are kept.

import { LARGE, type Wire } from './wire.ts'

const SMALL = 4096
const BLOCK = 64 * 1024
const BLOCK_MAX = 16 * 1024 * 1024
/** So much is taken for what is only announced: of more, no more than has come. */
const AHEAD = 1024 * 1024
const EDGE = 256
const QUOTE = 0x22
const BACKSLASH = 0x5c
const NEWLINE = 0x0a
const RETURN = 0x0d

export class Gather {
  size = 0
  readonly #limit: number
  #parts: Buffer[] = []
  /** Which of the parts are blocks of our own. */
  #ours: boolean[] = []
  #block: Buffer | undefined
  #used = 0
  #head = ''
  #tail = ''

  /** `expected` is how many bytes the peer has announced. */
  constructor(limit: number, expected = 0) {
    this.#limit = limit
    if (expected > BLOCK && expected <= Math.min(limit, AHEAD)) this.#block = Buffer.allocUnsafeSlow(expected)
  }

  get over(): boolean {
    return this.size > this.#limit
  }

  /** The first and the last bytes of a message over the limit. */
  get ends(): { head: string; tail: string } {
    return { head: this.#head.trimStart(), tail: this.#tail.trimEnd() }
  }

  add(piece: Buffer): void {
    this.size += piece.length
    if (this.over) return this.#drop(piece)
    for (let from = 0; from < piece.length;) {
      if (!this.#block) {
        if (this.size < LARGE && (piece.length >= SMALL || this.#parts.length === 0)) return void this.#parts.push(from ? piece.subarray(from) : piece)
        this.#block = Buffer.allocUnsafeSlow(Math.max(2 * SMALL, Math.min(BLOCK_MAX, this.size >> (this.size < LARGE ? 0 : 2))))
      }
      const copied = piece.copy(this.#block, this.#used, from)
      from += copied
      this.#used += copied
      if (this.#used === this.#block.length) this.#flush()
    }
  }

  /** All of it, in one; what is added next begins anew. */
  take(): Buffer {
    this.#flush()
    const parts = this.#parts
    const whole = parts.length === 1 ? parts[0]! : this.size < LARGE || this.over ? Buffer.concat(parts) : joined(parts, this.#ours, this.size)
    this.#parts = []
    this.#ours = []
    this.size = 0
    this.#head = this.#tail = ''
    return whole
  }

  #flush(): void {
    if (this.#used > 0) this.#ours[this.#parts.length] = true
    if (this.#used > 0) this.#parts.push(this.#used === this.#block!.length ? this.#block! : this.#block!.subarray(0, this.#used))
    this.#block = undefined
    this.#used = 0
  }

  #drop(piece: Buffer): void {
    if (this.#head === '') {
      this.#flush()
      const kept = [...this.#parts, piece]
      for (let i = 0; i < kept.length && this.#head.length < EDGE; i++) this.#head += kept[i]!.toString('latin1', 0, EDGE - this.#head.length)
      for (let i = kept.length - 2; i >= 0 && this.#tail.length < EDGE; i--)
        this.#tail = kept[i]!.toString('latin1', Math.max(0, kept[i]!.length - EDGE)) + this.#tail
      this.#parts = []
      this.#ours = []
    }
    this.#tail = (this.#tail + piece.toString('latin1', Math.max(0, piece.length - EDGE))).slice(-EDGE)
  }
}

/** Joins the pieces; blocks of our own are given back as soon as they are copied, not when the collector comes by. */
function joined(parts: readonly Buffer[], ours: readonly boolean[], size: number): Buffer {
  const whole = Buffer.allocUnsafeSlow(size)
  let at = 0
  parts.forEach((part, index) => {
    at += part.copy(whole, at)
    if (ours[index]) (part.buffer as ArrayBuffer).transfer(0)
  })
  return whole
}

const isSpace = (code: number | undefined) => code === 0x20 || code === NEWLINE || code === RETURN || code === 0x09

/** One message as wire text: without white space around it, and in one line, for the links that end a message with a newline. */
export function wireOf(bytes: Buffer): Wire {
  let start = 0
  let end = bytes.length
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) start = 3
  while (start < end && isSpace(bytes[start])) start++
  while (end > start && isSpace(bytes[end - 1])) end--
  const message = start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end)
  if (message.includes(NEWLINE) || message.includes(RETURN)) inOneLine(message)
  return message.length < LARGE ? message.toString('latin1') : message
}

/** Line ends between tokens become spaces, in place. Inside a string they are no JSON: they stay, and whoever parses says so. */
function inOneLine(message: Buffer): void {
  for (let at = 0; at < message.length; at++) {
    const code = message[at]
    if (code === NEWLINE || code === RETURN) message[at] = 0x20
    else if (code === QUOTE) {
      do {
        at = message.indexOf(QUOTE, at + 1)
        if (at < 0) return
      } while (escaped(message, at))
    }
  }
}

function escaped(message: Buffer, at: number): boolean {
  let slashes = 0
  while (message[at - 1 - slashes] === BACKSLASH) slashes++
  return slashes % 2 === 1
}

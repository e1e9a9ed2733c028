// The last lines of a journal, as they were written, still in memory: their own process need not read back, prove and parse what it has just said
// itself. A copy, and bounded: the file is the truth for everybody else, and for what is no longer here. Memory comes and goes in pieces.

import type { Standing } from './chain.ts'
import { parts, type About } from './line.ts'
import type { Entry } from './store.ts'

/** One piece is one batch for the index: a millisecond or two. */
const PIECE_BYTES = 128 * 1024
const MOST_BYTES = 2 * 1024 * 1024
/** Before lines that are written at once there is room for the hash that they hang on. */
const HASH = 64

interface Kept extends About {
  readonly time: number
  /** Where it begins in its segment, and where here; how long it is without its end. */
  readonly offset: number
  readonly start: number
  readonly length: number
}

interface Piece {
  readonly segment: number
  /** Where it begins: with the head of its segment, if that stands before its first line. */
  readonly from: number
  /** Where the chain stood. */
  readonly seq: number
  readonly hash: string
  readonly bytes: Buffer<ArrayBuffer>
  readonly lines: Kept[]
  used: number
  /** Where it ends in its segment. */
  to: number
}

/** Where a journal's end is. */
export interface End {
  readonly segment: number
  readonly bytes: number
  readonly seq: number
  readonly hash: string
}

export interface Room {
  readonly into: Buffer
  readonly at: number
}

export class Recent {
  #pieces: Piece[] = []
  #held = 0
  #spare: Buffer<ArrayBuffer> | undefined

  /** Room for lines of so many bytes that are to follow this end, `head` bytes behind it: where they go, and from where on. */
  room(end: End, head: number, bytes: number): Room {
    const most = bytes + HASH
    const last = this.#pieces.at(-1)
    if (last && last.segment === end.segment && head === 0 && last.bytes.length - last.used >= most) return { into: last.bytes, at: last.used + HASH }
    if (last?.lines.length === 0) this.#free(this.#pieces.pop()!)
    while (this.#pieces.length > 0 && this.#held + Math.max(most, PIECE_BYTES) > MOST_BYTES) this.#free(this.#pieces.shift()!)
    const into = this.#buffer(most)
    const { segment, bytes: from, seq, hash } = end
    this.#pieces.push({ segment, from, seq, hash, bytes: into, lines: [], used: 0, to: from + head })
    return { into, at: HASH }
  }

  /** Lines that were put there are in the file. */
  keep({ kind, id, fields }: About, time: number, at: number, length: number): void {
    const piece = this.#pieces.at(-1)!
    piece.lines.push({ kind, id, fields, time, offset: piece.to, start: at, length: length - 1 })
    piece.used = at + length
    piece.to += length
  }

  /** What follows this place in a journal that stands so: the lines to the end of a piece. Undefined where that can't be said from here. */
  after(segment: number, bytes: number, { seq, hash, at: stoodAt }: Standing): { entries: Entry[]; after: Standing & { bytes: number } } | undefined {
    const piece = this.#pieces.findLast(one => one.segment === segment && one.from <= bytes)
    const begin = !piece ? -1 : bytes === piece.from ? 0 : piece.lines.findIndex(({ offset }) => offset === bytes)
    if (!piece || begin < 0 || begin === piece.lines.length) return undefined
    if (piece.seq + begin !== seq || (begin === 0 ? piece.hash : hashOf(piece, begin - 1)) !== hash) return undefined
    let at = stoodAt
    const entries = piece.lines.slice(begin).map(({ kind, id, fields, time, offset, start, length }, n): Entry => {
      at = Math.max(at, time)
      return { kind, id, fields, seq: seq + n + 1, at, offset, text: piece.bytes.toString('latin1', start, start + length) }
    })
    return { entries, after: { seq: seq + entries.length, hash: hashOf(piece, piece.lines.length - 1), at, bytes: piece.to } }
  }

  /** What stands before this place is indexed. */
  forget(segment: number, bytes: number): void {
    while (this.#pieces.length > 0) {
      const [piece] = this.#pieces as [Piece]
      if (piece.segment > segment || (piece.segment === segment && piece.to > bytes)) return
      this.#free(this.#pieces.shift()!)
    }
  }

  #buffer(most: number): Buffer<ArrayBuffer> {
    const spare = most <= PIECE_BYTES ? this.#spare : undefined
    if (spare) this.#spare = undefined
    const made = spare ?? Buffer.allocUnsafeSlow(Math.max(most, PIECE_BYTES))
    this.#held += made.length
    return made
  }

  #free({ bytes }: Piece): void {
    this.#held -= bytes.length
    if (bytes.length === PIECE_BYTES && !this.#spare) this.#spare = bytes
    // A collection looks at the heap, where it is next to nothing: megabytes of them would wait.
    else bytes.buffer.transfer(0)
  }
}

function hashOf({ bytes, lines }: Piece, index: number): string {
  const { start, length } = lines[index]!
  return parts(bytes.toString('latin1', start, start + length)).hash
}

// The last lines of a journal, as they were written, still in memory: their own process need not read back, prove and parse what it has just said
// itself. A copy, and bounded: the file is the truth for everybody else, and for what is no longer here. Memory comes and goes in pieces.

import type { Standing } from './chain.ts'
import { parts, type About } from './line.ts'
import type { Entry } from './store.ts'

const PIECE_BYTES = 128 * 1024
const MOST_BYTES = 2 * 1024 * 1024
/** One batch for the index, in one transaction: some milliseconds. The pages at the ends of its trees are written once for all of it. */
const BATCH_BYTES = 512 * 1024
/** Pieces that are given back come again as long as calls do. */
const SPARE = BATCH_BYTES / PIECE_BYTES
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
  readonly #spare: Buffer<ArrayBuffer>[] = []

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

  /** What follows this place in a journal that stands so: the lines of a batch, to the end of a piece. Undefined where that can't be said from here. */
  after(segment: number, bytes: number, { seq, hash, at: stoodAt }: Standing): { entries: Entry[]; after: Standing & { bytes: number } } | undefined {
    let index = this.#pieces.findLastIndex(one => one.segment === segment && one.from <= bytes)
    let piece = this.#pieces[index]
    let begin = !piece ? -1 : bytes === piece.from ? 0 : piece.lines.findIndex(({ offset }) => offset === bytes)
    if (!piece || begin < 0 || begin === piece.lines.length) return undefined
    if (piece.seq + begin !== seq || (begin === 0 ? piece.hash : hashOf(piece, begin - 1)) !== hash) return undefined
    const entries: Entry[] = []
    let at = stoodAt
    for (;;) {
      for (; begin < piece.lines.length; begin++) {
        const { kind, id, fields, time, offset, start, length } = piece.lines[begin]!
        at = Math.max(at, time)
        entries.push({ kind, id, fields, seq: seq + entries.length + 1, at, offset, text: piece.bytes.toString('latin1', start, start + length) })
      }
      const next: Piece | undefined = this.#pieces[++index]
      if (!next || next.segment !== segment || next.lines.length === 0 || next.to - bytes > BATCH_BYTES) break
      piece = next
      begin = 0
    }
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
    const made = (most <= PIECE_BYTES ? this.#spare.pop() : undefined) ?? Buffer.allocUnsafeSlow(Math.max(most, PIECE_BYTES))
    this.#held += made.length
    return made
  }

  #free({ bytes }: Piece): void {
    this.#held -= bytes.length
    if (bytes.length === PIECE_BYTES && this.#spare.length < SPARE) this.#spare.push(bytes)
    // A collection looks at the heap, where it is next to nothing: megabytes of them would wait.
    else bytes.buffer.transfer(0)
  }
}

function hashOf({ bytes, lines }: Piece, index: number): string {
  const { start, length } = lines[index]!
  return parts(bytes.toString('latin1', start, start + length)).hash
}

// Batches belong to one revision: JSON-RPC batching came with 2025-03-26 and went with 2025-06-18. Each message of one goes its own way; the answers
// leave together, when the last one is there.

import { parse, type Frame, type Malformed } from '../rpc/frame.ts'
import { elements, skipSpace } from '../rpc/spans.ts'
import { cut, scannable, type Wire } from '../rpc/wire.ts'
import { error } from './answers.ts'

interface Batch {
  readonly answers: (readonly Wire[])[]
  left: number
}

export class Batches {
  /** By the ids of their requests. */
  readonly #open = new Map<string, Batch[]>()
  readonly #respond: (parts: readonly Wire[]) => void

  constructor(respond: (parts: readonly Wire[]) => void) {
    this.#respond = respond
  }

  /** Takes a batch apart; false where it is none. */
  take(wire: Wire, read: (frame: Frame) => void): boolean {
    const text = scannable(wire)
    const start = skipSpace(text, 0)
    const parts = text[start] === '[' ? elements(text, start).map(part => parse(cut(wire, part.start, part.end))) : []
    if (parts.length === 0) return false
    const batch: Batch = { answers: parts.flatMap(part => (isWrong(part) ? [error(part.id, part.code, part.message)] : [])), left: 0 }
    const frames = parts.filter((part): part is Frame => part.kind !== 'malformed')
    for (const frame of frames) {
      if (frame.kind !== 'request') continue
      // Its own id is the way by which its answer comes back here.
      frame.via = frame.id
      batch.left++
      const waiting = this.#open.get(frame.id)
      if (waiting) waiting.push(batch)
      else this.#open.set(frame.id, [batch])
    }
    if (batch.left === 0) this.#send(batch)
    for (const frame of frames) read(frame)
    return true
  }

  /** The answer to one of them, or that there will be none; false where it belongs to no batch. */
  answered(id: string, parts: readonly Wire[]): boolean {
    const waiting = this.#open.get(id)
    const batch = waiting?.shift()
    if (!batch) return false
    if (waiting!.length === 0) this.#open.delete(id)
    if (parts.length > 0) batch.answers.push(parts)
    if (--batch.left === 0) this.#send(batch)
    return true
  }

  #send({ answers }: Batch): void {
    if (answers.length > 0) this.#respond(['[', ...answers.flatMap((parts, index) => (index > 0 ? [',', ...parts] : parts)), ']'])
  }
}

const isWrong = (part: Frame | Malformed): part is Malformed => part.kind === 'malformed' && !part.answer

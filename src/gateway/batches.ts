// Batches belong to one revision: JSON-RPC batching came with 2025-03-26 and went with 2025-06-18. Each message of one goes its own way; the answers
// leave together, when the last one is there.

import { isModern } from '../rpc/eras.ts'
import { parse, type Frame, type Malformed } from '../rpc/frame.ts'
import { elements, skipSpace } from '../rpc/spans.ts'
import { cut, scannable, type Wire } from '../rpc/wire.ts'
import { error } from './answers.ts'

interface Batch {
  readonly answers: (readonly Wire[])[]
  left: number
}

export class Batches {
  /** By the ids of their requests; no two that are open share one. */
  readonly #open = new Map<string, Batch>()
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
    const batch: Batch = { answers: [], left: 0 }
    const frames: Frame[] = []
    for (const part of parts) {
      const wrong = this.#wrong(part)
      if (wrong) batch.answers.push(error(part.id, wrong.code, wrong.message))
      else if (part.kind !== 'malformed') frames.push(part)
      if (wrong || part.kind !== 'request') continue
      // Its own id is the way by which its answer comes back here.
      part.via = part.id
      batch.left++
      this.#open.set(part.id, batch)
    }
    if (batch.left === 0) this.#send(batch)
    for (const frame of frames) read(frame)
    return true
  }

  /** The answer to one of them, or that there will be none; false where it belongs to no batch. */
  answered(id: string, parts: readonly Wire[]): boolean {
    const batch = this.#open.get(id)
    if (!batch) return false
    this.#open.delete(id)
    if (parts.length > 0) batch.answers.push(parts)
    if (--batch.left === 0) this.#send(batch)
    return true
  }

  /** Why one of them can't be taken. A batch belongs to a session of its revision, which has begun (MCP 2025-03-26, lifecycle). */
  #wrong(part: Frame | Malformed): { code: number; message: string } | undefined {
    if (part.kind === 'malformed') return part.answer ? undefined : part
    if (part.kind !== 'request') return undefined
    if (this.#open.has(part.id)) return { code: -32600, message: 'Invalid Request: this id is in use' }
    if (part.method === 'initialize' || isModern(part)) return { code: -32600, message: `Invalid Request: ${part.method} has no place in a batch` }
    return undefined
  }

  #send({ answers }: Batch): void {
    if (answers.length > 0) this.#respond(['[', ...answers.flatMap((parts, index) => (index > 0 ? [',', ...parts] : parts)), ']'])
  }
}

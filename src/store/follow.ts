// Calls as they happen, in every process: read from the journals' ends, and from the store where a journal was indexed and removed before
// anybody looked. Invariant: every line is seen once, for each stands in a file or in the store, and none is taken below the last one seen.

import { readSegment, segmentsIn, stateOf } from './segments.ts'
import { fieldsOf, settledBy, storedCall, type StoredCall } from './stored.ts'
import { StoreProblem, type Progress, type Store } from './store.ts'

const PIECE_BYTES = 256 * 1024

interface Reached {
  segment: number
  bytes: number
  seq: number
  at: number
}

export class Follower {
  readonly #dir: string
  readonly #store: Store
  readonly #reached = new Map<string, Reached>()
  /** Opened, not settled. */
  readonly #open = new Map<string, StoredCall>()

  /** Begins where a reader has come to, with the calls that were open there. */
  constructor(dir: string, store: Store, from: readonly Progress[], open: readonly StoredCall[]) {
    this.#dir = dir
    this.#store = store
    for (const { journal, segment, bytes, seq, at } of from) this.#reached.set(journal, { segment, bytes, seq, at })
    for (const call of open) this.#open.set(call.id, call)
  }

  /** The calls that are opened and not settled. */
  get open(): Iterable<StoredCall> {
    return this.#open.values()
  }

  /** No longer waits for a call: its process is gone. */
  drop(id: string): void {
    this.#open.delete(id)
  }

  /** The calls that were settled since the last time. */
  async poll(): Promise<StoredCall[]> {
    const settled: StoredCall[] = []
    for (const [journal, segments] of segmentsIn(this.#dir)) this.#read(journal, segments, settled)
    try {
      for (const progress of await this.#store.progress())
        if (progress.seq > (this.#reached.get(progress.journal)?.seq ?? 0)) await this.#catchUp(progress, settled)
    } catch (error) {
      if (!(error instanceof StoreProblem)) throw error // what is in a store that can't be read now is seen when it can
    }
    return settled
  }

  #read(journal: string, segments: readonly number[], settled: StoredCall[]): void {
    for (const segment of segments) {
      const reached = this.#reached.get(journal) ?? { segment, bytes: 0, seq: 0, at: 0 }
      if (segment < reached.segment) continue
      if (segment > reached.segment) Object.assign(reached, { segment, bytes: 0 })
      this.#reached.set(journal, reached)
      while ((stateOf(this.#dir, journal, segment)?.size ?? 0) > reached.bytes) {
        const piece = readSegment(this.#dir, journal, segment, reached.bytes, PIECE_BYTES)
        if (!piece || piece.to === reached.bytes) break
        for (const { text } of piece.lines) this.#line(journal, reached, text, settled)
        reached.bytes = piece.to
      }
    }
  }

  #line(journal: string, reached: Reached, text: string, settled: StoredCall[]): void {
    const { kind, seq, time, id } = fieldsOf(text)
    if (typeof seq !== 'number' || seq <= reached.seq || kind === 'segment') return
    reached.seq = seq
    if (typeof time === 'number') reached.at = Math.max(reached.at, time)
    if (typeof id !== 'string') return
    if (kind === 'open') this.#open.set(id, storedCall({ journal, openedAt: reached.at, open: text }))
    if (kind === 'settle') this.#settle(storedCall({ journal, openedAt: reached.at, settledAt: reached.at, settle: text }), settled)
  }

  #settle(end: StoredCall, settled: StoredCall[]): void {
    const begun = this.#open.get(end.id)
    this.#open.delete(end.id)
    settled.push(begun ? settledBy(begun, end) : end)
  }

  /** A journal that the store knows further than its files do. */
  async #catchUp({ journal, segment, bytes, seq, at }: Progress, settled: StoredCall[]): Promise<void> {
    const known = this.#reached.get(journal)
    const before = { seq: known?.seq ?? 0, at: known?.at ?? 0 }
    for (const { id } of [...this.#open.values()].filter(call => call.journal === journal)) {
      const found = await this.#store.call(id)
      if (found.kind === 'found' && found.call.id === id && found.call.outcome) this.#settle(found.call, settled)
    }
    const found = await this.#store.calls({ after: { journal, seq: before.seq }, sinceAt: before.at, limit: Infinity })
    for (const call of [...found].reverse()) {
      if (call.outcome) settled.push(call)
      else this.#open.set(call.id, call)
    }
    this.#reached.set(journal, { segment, bytes, seq, at })
  }
}

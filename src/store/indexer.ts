// Brings journal lines into the store, in small batches with a breath between them. Any process may index any journal, and twice is harmless;
// only a writer removes its segments, or anyone once the writer is dead, all is indexed and the file has been silent for a day.

import { unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../lib/clock.ts'
import { Chain } from './chain.ts'
import { readSegment, segmentName, segmentsIn, stateOf, writerOf } from './segments.ts'
import type { FileJournal } from './journal.ts'
import type { Progress, Store } from './store.ts'

/** About 70 calls: less than a millisecond. */
const BATCH_BYTES = 64 * 1024
const AHEAD_BYTES = 16 * 1024 * 1024
/** So often somebody else may have been faster with a segment. */
const ATTEMPTS = 100
const SILENT_MS = 24 * 60 * 60 * 1000

export interface IndexerOptions {
  readonly dir: string
  readonly store: Store
  readonly clock: Clock
  /** This process's own journal. */
  readonly own?: FileJournal
  /** Whether the process of this id still runs; by the pid in its journal, where nobody knows better. */
  readonly isAlive?: (journal: string) => boolean
  /** How far a busy journal may run ahead of the index. */
  readonly aheadBytes?: number
  /** Hears what is wrong with a journal, a sentence each. */
  readonly onProblem?: (problem: string) => void
}

export class Indexer {
  readonly #options: IndexerOptions
  /** One thing at a time. */
  #turn: Promise<unknown> = Promise.resolve()
  #seen = 0
  #indexed = { seq: 0, bytes: 0 }

  constructor(options: IndexerOptions) {
    this.#options = options
  }

  /** To be called every now and then: indexes the own journal once it has been quiet since the last time, or has run far ahead. */
  async tick(): Promise<void> {
    const { own, aheadBytes = AHEAD_BYTES } = this.#options
    if (!own) return
    const { seq, total } = own.position()
    const quiet = seq === this.#seen
    this.#seen = seq
    if (seq > this.#indexed.seq && (quiet || total - this.#indexed.bytes > aheadBytes)) await this.own()
  }

  /** Indexes the own journal and removes its segments that are finished. Says whether it came to the end: not when somebody holds the store. */
  own(): Promise<boolean> {
    return this.#next(() => this.#own())
  }

  /** Indexes every journal there is, and removes what dead processes left long ago. Says whether it came to the end. */
  all(): Promise<boolean> {
    return this.#next(async () => {
      let complete = await this.#own()
      for (const [journal, segments] of segmentsIn(this.#options.dir)) {
        if (journal === this.#options.own?.id) continue
        const done = await this.#index(journal, segments)
        complete &&= done
        if (done) this.#sweep(journal, segments)
      }
      return complete
    })
  }

  /** Indexes every journal, then takes records that are too old, and the oldest as long as all of them take too much. */
  async retain({ retentionDays, maxTotalBytes }: { retentionDays: number; maxTotalBytes: number }): Promise<void> {
    await this.all()
    await this.#next(async () => {
      const { dir, store, clock } = this.#options
      let waiting = 0
      for (const [journal, segments] of segmentsIn(dir)) for (const segment of segments) waiting += stateOf(dir, journal, segment)?.size ?? 0
      const olderThanAt = clock.now() - retentionDays * 24 * 60 * 60 * 1000
      while ((await store.prune(olderThanAt, Math.max(0, maxTotalBytes - waiting))) > 0) await setImmediate()
    })
  }

  /** Indexes the rest and ends the own journal; its files go once all of it is in the store. */
  async close(): Promise<void> {
    const { own, dir } = this.#options
    const complete = await this.own().catch(() => false)
    own?.close()
    if (own && complete && own.position().seq === this.#indexed.seq) for (const segment of segmentsIn(dir).get(own.id) ?? []) this.#remove(own.id, segment)
  }

  async #own(): Promise<boolean> {
    const { own, dir, store } = this.#options
    if (!own) return true
    const { seq, segment, bytes, total } = own.position()
    if (seq === this.#indexed.seq) return true
    const segments = segmentsIn(dir).get(own.id) ?? []
    if (bytes > 0 && own.position().segment === segment && !segments.includes(segment)) {
      this.#report(`journal ${own.id}, segment ${segment}: somebody took the file away`)
      own.rotate()
    }
    if (!(await this.#index(own.id, segments))) return false
    const [stands] = await store.progress(own.id)
    if ((stands?.seq ?? 0) < seq) return false
    this.#indexed = { seq, bytes: total }
    for (const finished of segments) if (finished < segment) this.#remove(own.id, finished)
    return true
  }

  /** One journal, from where the store has it to its end. False when it could not come so far. */
  async #index(journal: string, segments: readonly number[]): Promise<boolean> {
    const { store } = this.#options
    let [stands] = await store.progress(journal)
    for (const segment of segments) {
      for (let attempts = 0; segment >= (stands?.segment ?? 0);) {
        const step = await this.#step(journal, segment, stands)
        if (step === 'busy' || (step === 'behind' && ++attempts > ATTEMPTS)) return false
        if (step === 'end') break
        if (step === 'behind') [stands] = await store.progress(journal)
        else stands = step
        await setImmediate()
      }
    }
    return true
  }

  /** One batch. Says where the journal stands then, or why there was none: the segment's end, a busy store, or a journal that stands elsewhere by now. */
  async #step(journal: string, segment: number, stands: Progress | undefined): Promise<Progress | 'end' | 'busy' | 'behind'> {
    const { dir, store } = this.#options
    const from = { segment: stands?.segment ?? 0, bytes: stands?.bytes ?? 0 }
    const piece = readSegment(dir, journal, segment, from.segment === segment ? from.bytes : 0, BATCH_BYTES)
    if (!piece || piece.lines.length === 0) return 'end'
    const problems: string[] = []
    const chain = new Chain(journal, stands, problem => problems.push(problem))
    const entries = piece.lines.flatMap(line => chain.read(line, segment) ?? [])
    const after = { segment, bytes: piece.to, ...chain.standing }
    const result = await store.index({ journal, segment, from, entries, after })
    if (result !== 'done') return result
    for (const problem of problems) this.#report(problem)
    return { journal, ...after }
  }

  #sweep(journal: string, segments: readonly number[]): void {
    const { dir, clock, isAlive } = this.#options
    const pid = writerOf(dir, journal, segments.at(-1)!)
    if (isAlive ? isAlive(journal) : pid !== undefined && lives(pid)) return
    const silent = segments.every(segment => (stateOf(dir, journal, segment)?.changedAt ?? 0) < clock.now() - SILENT_MS)
    if (silent) for (const segment of segments) this.#remove(journal, segment)
  }

  #remove(journal: string, segment: number): void {
    try {
      unlinkSync(join(this.#options.dir, segmentName(journal, segment)))
    } catch {
      // gone already, or the folder is read-only: it is indexed either way
    }
  }

  #report(problem: string): void {
    this.#options.onProblem?.(problem)
  }

  #next<T>(act: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(act)
    this.#turn = mine.catch(() => undefined)
    return mine
  }
}

/** Whether there is a process of this pid. */
function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

// Brings journal lines into the store, in small batches with a breath between them. Any process may index any journal, and twice is harmless;
// only a writer removes its segments, or anyone once the writer is dead, all is indexed and the file has been silent for a day.
// What a writer still has in memory it takes from there; everything else is read from the files, and proved.

import { unlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../lib/clock.ts'
import { lives } from '../lib/lives.ts'
import { Chain } from './chain.ts'
import { readSegment, segmentName, segmentsIn, stateOf, writerOf } from './segments.ts'
import type { FileJournal } from './journal.ts'
import type { Progress, Store } from './store.ts'

/** What has to be read and proved first, in one go. */
const BATCH_BYTES = 128 * 1024
/** What is still in memory costs half as much to index as what has to be read again. */
const AHEAD_BYTES = 512 * 1024
/** So much more since the last look: at the usual pace it would be too far ahead by the next one. */
const FAST_BYTES = 64 * 1024
/** So often somebody else may have been faster with a segment. */
const ATTEMPTS = 100
const SILENT_MS = 24 * 60 * 60 * 1000

/** `node:timers/promises` has the same, and every start would load it. */
const breath = () => new Promise<void>(done => setImmediate(done))

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
  #seen = { seq: 0, total: 0 }
  #indexed = { seq: 0, bytes: 0 }
  /** Where the own journal stands in the store, as far as we know. */
  #stands: Progress | undefined

  constructor(options: IndexerOptions) {
    this.#options = options
  }

  /** To be called every now and then: indexes the own journal once it has been quiet since the last time, or has run ahead. Says whether it grows fast. */
  async tick(): Promise<boolean> {
    const { own, aheadBytes = AHEAD_BYTES } = this.#options
    if (!own) return false
    const { seq, total } = own.position()
    const before = this.#seen
    this.#seen = { seq, total }
    const ahead = total - this.#indexed.bytes > aheadBytes
    if (seq > this.#indexed.seq && (seq === before.seq || ahead)) await this.own()
    return total - before.total > FAST_BYTES
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
        const done = (await this.#index(journal, segments)) !== 'stuck'
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
      while ((await store.prune(olderThanAt, Math.max(0, maxTotalBytes - waiting))) > 0) await breath()
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
    const { own, dir } = this.#options
    if (!own) return true
    const { seq, segment, bytes, total } = own.position()
    if (seq === this.#indexed.seq) return true
    const segments = segmentsIn(dir).get(own.id) ?? []
    if (bytes > 0 && own.position().segment === segment && !segments.includes(segment)) {
      this.#report(`journal ${own.id}, segment ${segment}: somebody took the file away`)
      own.rotate()
    }
    const stands = await this.#index(own.id, segments, this.#stands)
    this.#stands = stands === 'stuck' ? undefined : stands
    if (stands === 'stuck' || (stands?.seq ?? 0) < seq) return false
    this.#indexed = { seq, bytes: total }
    for (const finished of segments) if (finished < segment) this.#remove(own.id, finished)
    return true
  }

  /** One journal, from where the store has it to its end: where it stands then. `known`: where it stood last, if nobody else was there. */
  async #index(journal: string, segments: readonly number[], known?: Progress): Promise<Progress | undefined | 'stuck'> {
    const { store } = this.#options
    let stands = known ?? (await store.progress(journal))[0]
    for (const segment of segments) {
      for (let attempts = 0; segment >= (stands?.segment ?? 0);) {
        const step = await this.#step(journal, segment, stands)
        if (step === 'busy' || (step === 'behind' && ++attempts > ATTEMPTS)) return 'stuck'
        if (step === 'end') break
        if (step === 'behind') [stands] = await store.progress(journal)
        else stands = step
        await breath()
      }
    }
    return stands
  }

  /** One batch. Says where the journal stands then, or why there was none: the segment's end, a busy store, or a journal that stands elsewhere by now. */
  async #step(journal: string, segment: number, stands: Progress | undefined): Promise<Progress | 'end' | 'busy' | 'behind'> {
    const from = { segment: stands?.segment ?? 0, bytes: stands?.bytes ?? 0 }
    const bytes = from.segment === segment ? from.bytes : 0
    const own = this.#asWritten(journal, segment)
    if (own?.endOf(segment) === bytes) return 'end'
    const problems: string[] = []
    const piece = own?.recent.after(segment, bytes, stands ?? { seq: 0, hash: journal, at: 0 }) ?? this.#read(journal, segment, bytes, stands, problems)
    if (!piece) return 'end'
    const after = { segment, ...piece.after }
    const result = await this.#options.store.index({ journal, segment, from, entries: piece.entries, after })
    if (result !== 'done') return result
    if (journal === this.#options.own?.id) this.#options.own.recent.forget(segment, after.bytes)
    for (const problem of problems) this.#report(problem)
    return { journal, ...after }
  }

  /** The own journal, if it has written this segment a moment ago, and the file is as long as it must be: nobody has added to it or taken from it. */
  #asWritten(journal: string, segment: number): FileJournal | undefined {
    const { own, dir } = this.#options
    const end = own?.id === journal ? own.endOf(segment) : undefined
    return end !== undefined && stateOf(dir, journal, segment)?.size === end ? own : undefined
  }

  /** The next lines of a segment, from its file; undefined at its end. */
  #read(journal: string, segment: number, bytes: number, stands: Progress | undefined, problems: string[]) {
    const piece = readSegment(this.#options.dir, journal, segment, bytes, BATCH_BYTES)
    if (!piece || piece.lines.length === 0) return undefined
    const chain = new Chain(journal, stands, problem => problems.push(problem))
    const entries = piece.lines.flatMap(line => chain.read(line, segment) ?? [])
    return { entries, after: { bytes: piece.to, ...chain.standing } }
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

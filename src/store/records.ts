// All that is on record, for whoever reads it: the store, after what is new in the journals was brought into it. What can't be brought in now
// (somebody holds the store, it is broken, the disk is full) is read beside it, so that a reader misses nothing; it is told what stood in the way.

import { existsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../lib/clock.ts'
import { Indexer } from './indexer.ts'
import { matches, newestFirst, notesNewestFirst } from './matching.ts'
import { memoryStore } from './memory.ts'
import { segmentsIn } from './segments.ts'
import { openStore } from './sqlite.ts'
import type { CallFilter, CallSpan, Found, NoteFilter, Progress, Store, StoredNote } from './store.ts'
import { carried, settledBy, type StoredCall, type StoredLeg, type StoredPayload } from './stored.ts'

/** So often a store that is in use is asked again, a moment apart. */
const ATTEMPTS = 5
const MOMENT_MS = 40

export interface RecordsOptions {
  readonly database: string
  readonly journal: string
  readonly clock: Clock
  readonly isAlive: (journal: string) => boolean
  /** The reader waits for what will come. */
  readonly waits?: boolean
}

/** What there is to read. Where nothing was ever recorded nothing is made. */
export async function openRecords({ database, journal: dir, clock, isAlive, waits }: RecordsOptions): Promise<Records> {
  if (!waits && !existsSync(database) && segmentsIn(dir).size === 0) return new Records(memoryStore(), undefined, [])
  const problems: string[] = []
  const onProblem = (problem: string): void => void problems.push(problem)
  const store = await openStore(database)
  const complete = await indexed(new Indexer({ dir, store, clock, isAlive, onProblem }), onProblem)
  return new Records(store, complete ? undefined : await beside(store, dir, clock), problems)
}

async function indexed(indexer: Indexer, onProblem: (problem: string) => void): Promise<boolean> {
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (await indexer.all()) return true
      await pause(MOMENT_MS)
    }
    onProblem('another program holds the store: what is not in it yet is read from the journals')
  } catch (error) {
    onProblem(`${(error as Error).message}; what the journals hold is all there is to see`)
  }
  return false
}

/** What the journals hold beyond the store. */
async function beside(store: Store, dir: string, clock: Clock): Promise<Store> {
  const memory = memoryStore()
  const known = await attempt(() => store.progress(), [])
  for (const { journal, anchor: _, ...after } of known)
    await memory.index({ journal, segment: after.segment, from: { segment: 0, bytes: 0 }, entries: [], after })
  await attempt(() => new Indexer({ dir, store: memory, clock }).all(), false)
  return memory
}

const attempt = async <T>(act: () => T | Promise<T>, otherwise: T): Promise<T> => {
  try {
    return await act()
  } catch {
    return otherwise
  }
}

export class Records {
  /** What stood in the way, and what is wrong with the journals: a sentence each. */
  readonly problems: readonly string[]
  readonly store: Store
  readonly #beside: Store | undefined

  constructor(store: Store, beside: Store | undefined, problems: readonly string[]) {
    this.store = store
    this.#beside = beside
    this.problems = problems
  }

  /** Newest first. */
  async calls(filter: CallFilter): Promise<readonly StoredCall[]> {
    const there = () => this.store.calls(filter)
    if (!this.#beside) return there()
    const late = await Promise.all((await this.#beside.calls({ limit: Infinity })).map(call => this.#whole(call)))
    const ids = new Set(late.map(call => call.id))
    const texts = new Map<string, string>()
    if (filter.words?.length) for (const call of late) texts.set(call.id, carried(await this.payloads(call)))
    const early = (await attempt(there, [])).filter(call => !ids.has(call.id))
    const all = [...early, ...late.filter(call => matches(call, filter, () => texts.get(call.id) ?? ''))].sort(newestFirst)
    return all.slice(0, filter.limit)
  }

  /** Newest first. */
  async notes(filter: NoteFilter): Promise<readonly StoredNote[]> {
    if (!this.#beside) return this.store.notes(filter)
    const late = await this.#beside.notes(filter)
    return [...(await attempt(() => this.store.notes(filter), [])), ...late].sort(notesNewestFirst).slice(0, filter.limit)
  }

  /** What is kept of what a call carried. */
  async payloads(call: Pick<StoredCall, 'id' | 'journal'>): Promise<readonly StoredPayload[]> {
    if (!this.#beside) return this.store.payloads(call)
    return [...(await attempt(() => this.store.payloads(call), [])), ...(await this.#beside.payloads(call))]
  }

  /** When it waited for its client. */
  async legs(call: CallSpan): Promise<readonly StoredLeg[]> {
    if (!this.#beside) return this.store.legs(call)
    return [...(await attempt(() => this.store.legs(call), [])), ...(await this.#beside.legs(call))]
  }

  async call(prefix: string): Promise<Found> {
    if (!this.#beside) return this.store.call(prefix)
    const late = await this.#beside.call(prefix)
    const early = await attempt(() => this.store.call(prefix), { kind: 'none' } satisfies Found)
    if (late.kind === 'none' || (early.kind === 'found' && early.call.id === prefix))
      return early.kind === 'found' ? { kind: 'found', call: await this.#late(early.call) } : early
    if (early.kind === 'none' || (late.kind === 'found' && late.call.id === prefix)) return late
    const ids = [...new Set([...idsOf(early), ...idsOf(late)])]
    return ids.length > 1 ? { kind: 'several', ids } : { kind: 'found', call: await this.#whole((late as Found & { kind: 'found' }).call) }
  }

  /** How far each journal was read. */
  async progress(): Promise<readonly Progress[]> {
    return (this.#beside ?? this.store).progress()
  }

  async close(): Promise<void> {
    await attempt(() => this.store.close(), undefined)
  }

  /** A call of which only the end was read beside the store. */
  async #whole(late: StoredCall): Promise<StoredCall> {
    if (late.seq > 0) return late
    const found = await attempt(() => this.store.call(late.id), { kind: 'none' } satisfies Found)
    return found.kind === 'found' ? settledBy(found.call, late) : late
  }

  /** A call whose end may stand beside the store. */
  async #late(early: StoredCall): Promise<StoredCall> {
    const found = await this.#beside!.call(early.id)
    return found.kind === 'found' && found.call.id === early.id ? settledBy(early, found.call) : early
  }
}

const idsOf = (found: Found): readonly string[] => (found.kind === 'found' ? [found.call.id] : found.kind === 'several' ? found.ids : [])

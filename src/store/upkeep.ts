// Keeps the store's index behind this process's journal, and the records within their limits: now and then by itself, and at once for whoever wants to
// read. What a broken or busy store keeps from being done is done the next time; calls go on meanwhile.

import type { Approvals } from '../gateway/approvals.ts'
import type { Clock } from '../lib/clock.ts'
import { Indexer } from './indexer.ts'
import type { FileJournal } from './journal.ts'
import type { Store } from './store.ts'

const INDEX_EVERY_MS = 250
/** While calls come so fast that it would be too far behind by then. */
const INDEX_SOON_MS = 25
/** Soon enough for a session of minutes, late enough for a start that is felt. */
const FIRST_LIMITS_MS = 20_000
const LIMITS_EVERY_MS = 3600_000

export interface UpkeepOptions {
  /** Where the journals are. */
  readonly dir: string
  readonly journal: FileJournal
  readonly store: () => Promise<Store>
  readonly clock: Clock
  /** What the records may take. */
  readonly limits: () => Parameters<Indexer['retain']>[0]
  readonly isAlive?: (journal: string) => boolean
  readonly log: (line: string) => void
}

export class Upkeep {
  readonly #options: UpkeepOptions
  #indexer: Indexer | undefined

  constructor(options: UpkeepOptions) {
    this.#options = options
  }

  /** Keeps the index, from now on. */
  keepIndex(afterMs = INDEX_EVERY_MS): void {
    this.#options.clock.after(afterMs, () => void this.#tick().then(fast => this.keepIndex(fast ? INDEX_SOON_MS : undefined)))
  }

  /** Now and then: indexes what others have left in their journals, and takes records that are too old or too many. */
  keepLimits(afterMs = FIRST_LIMITS_MS): void {
    const { clock, store, limits } = this.#options
    const keep = async (indexer: Indexer): Promise<void> => {
      await indexer.all()
      await indexer.retain(limits())
      await this.#expire((await store()).approvals)
    }
    clock.after(afterMs, () => void this.#tend(keep).then(() => this.keepLimits(LIMITS_EVERY_MS)))
  }

  /** Indexes what the journal holds now. */
  async own(): Promise<void> {
    if (this.#options.journal.position().seq > 0) await this.#tend(indexer => indexer.own())
  }

  /** The same for every journal of this machine. */
  async all(): Promise<void> {
    await this.#tend(indexer => indexer.all())
  }

  /** Indexes what the journal holds, for the last time. */
  async close(): Promise<void> {
    if (this.#options.journal.position().seq > 0) await this.#tend(indexer => indexer.close())
  }

  /** Before there is anything to index no store is opened for it. */
  async #tick(): Promise<boolean | undefined> {
    return this.#options.journal.position().seq > 0 ? this.#tend(indexer => indexer.tick()) : false
  }

  /** Questions whose gateway is gone end, too. */
  async #expire(approvals: Approvals): Promise<void> {
    const { clock, journal } = this.#options
    for (const { id, call, target } of await approvals.tend(clock.now())) journal.note('approvals.expired', { by: 'gateway', approval: id, call, target })
  }

  async #tend<T>(act: (indexer: Indexer) => Promise<T>): Promise<T | undefined> {
    const { dir, journal, store, clock, isAlive, log } = this.#options
    try {
      this.#indexer ??= new Indexer({ dir, store: await store(), clock, own: journal, isAlive, onProblem: log })
      return await act(this.#indexer)
    } catch (error) {
      log(`the store can't be kept up to date: ${String(error)}`)
      return undefined
    }
  }
}

// The store in one SQLite file (WAL), opened at its first use. Writes are one statement or one immediate transaction: a read that turns into
// a write can't wait for a lock. What must be written waits a quarter of a second for another process; indexing and retention never wait.

import { randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { KeyNote } from '../config/master.ts'
import { charge, giveBack, overAt, take, type Budget, type Spent, type Taken } from '../gateway/budgets.ts'
import { matches } from './matching.ts'
import { grow, steps } from './schema.ts'
import { spentOf, spentText } from './spent.ts'
import { JOURNAL_MS, StoreProblem } from './store.ts'
import { storedCall } from './stored.ts'
import * as rows from './rows.ts'
import type {
  Activity,
  Batch,
  CallFilter,
  Found,
  Indexed,
  NoteFilter,
  Progress,
  Remembered,
  RememberedKey,
  Store,
  StoredBudget,
  StoredNote,
  StoreStats,
} from './store.ts'
import type { StoredCall } from './stored.ts'

const LIMIT = 50
const WAIT_MS = 250
/** So many lists of one backend are kept: one for each set of capabilities and each way it was configured. */
const VARIANTS = 16
const PRUNE_ROWS = 1000
const REMEMBERED = 1000
/** Every so many takes somebody looks after what they leave behind. */
const TEND = 256
/** The event loop waits for a checkpoint's fsync: a little often, not a lot at once. */
const CHECKPOINT_PAGES = 250
const WAL_BYTES = 4 * 1024 * 1024
const CACHE_KB = 512

type Value = string | number | null
type Row = Record<string, Value>

/** Opens the store at this path: at once, whatever state the file is in; what is wrong with it comes with the first use. */
export async function openStore(path: string, known: readonly string[] = steps): Promise<Store> {
  return new SqliteStore(path, known)
}

const isBusy = (error: unknown): boolean => [5, 6].includes(Number((error as { errcode?: number }).errcode) & 0xff)

class SqliteStore implements Store {
  readonly #path: string
  readonly #steps: readonly string[]
  #open: DatabaseSync | undefined
  #statements = new Map<string, StatementSync>()
  /** What was last read or written of each budget: its text, and what that says. */
  readonly #spent = new Map<string, { readonly text: string; readonly spent: Spent }>()
  #takes = 0

  constructor(path: string, known: readonly string[]) {
    this.#path = path
    this.#steps = known
  }

  index(batch: Batch): Indexed {
    return this.#atOnce<Indexed>('busy', db => {
      const { journal, segment, from, entries, after } = batch
      const [stands = { segment: 0, bytes: 0 }] = this.progress(journal)
      if (stands.segment !== from.segment || stands.bytes !== from.bytes) return 'behind'
      const putCall = this.#statement(db, rows.putCall)
      for (const row of rows.callRows(journal, entries)) putCall.run(...row)
      for (const row of rows.noteRows(journal, segment, entries)) this.#run(rows.putNote, row)
      this.#run(rows.putProgress, { journal, ...after })
      return 'done'
    })
  }

  progress(journal?: string): readonly Progress[] {
    const found = journal === undefined ? this.#all(rows.allProgress) : this.#all(`${rows.allProgress} where journal = :journal`, { journal })
    return found.map(rows.progressOf)
  }

  calls(filter: CallFilter = {}): readonly StoredCall[] {
    const limit = filter.limit ?? LIMIT
    const found: StoredCall[] = []
    const chunk = Math.min(Math.max(limit, 256), 1000)
    for (let before = filter.before; ;) {
      const { sql, values } = rows.selectCalls({ ...filter, before }, chunk)
      const page = this.#all(sql, values).map(row => storedCall(rows.linesOf(row)))
      for (const call of page) if (matches(call, filter) && found.push(call) === limit) return found
      if (page.length < chunk) return found
      before = page.at(-1)
    }
  }

  call(prefix: string): Found {
    if (prefix === '') return { kind: 'none' }
    const exact = this.#all(`${rows.someCalls} where id = :id`, { id: prefix })
    const found =
      exact.length > 0 ? exact : this.#all(`${rows.someCalls} where id >= :from and id < :to order by id limit 10`, { from: prefix, to: `${prefix}\u{10ffff}` })
    if (found.length === 1) return { kind: 'found', call: storedCall(rows.linesOf(found[0]!)) }
    return found.length === 0 ? { kind: 'none' } : { kind: 'several', ids: found.map(row => String(row.id)) }
  }

  notes(filter: NoteFilter = {}): readonly StoredNote[] {
    const { sql, values } = rows.selectNotes(filter, filter.limit ?? LIMIT)
    return this.#all(sql, values).map(rows.noteOf)
  }

  recall(keys: readonly RememberedKey[]): readonly Remembered[] {
    return keys.flatMap(({ config, capabilities }) => this.#all(rows.recall, { config, capabilities }) as unknown as Remembered[])
  }

  remember({ config, capabilities, backend, era, revision, at, text }: Remembered): void {
    this.#run(rows.remember, { config, capabilities, backend, era, revision, at, text })
    this.#run(rows.forgetVariants, { backend, kept: VARIANTS })
  }

  forget(backend: string): void {
    this.#run('delete from remembered where backend = :backend', { backend })
  }

  take(budgets: readonly Budget[], who: string, now: number, many?: number): Taken {
    return this.#inOneStep(db => {
      const { taken, changes } = take(budgets, budget => this.#spentOf(db, budget), who, now, many)
      for (const [budget, spent] of changes) this.#keep(db, budget, spent)
      if (++this.#takes % TEND === 0) this.#run(rows.dropBudgets, { now })
      return taken
    })
  }

  giveBack(budgets: readonly Budget[], who: string, many: number, takenAt: number, now: number): void {
    this.#inOneStep(db => {
      for (const budget of budgets) this.#keep(db, budget, giveBack(budget, this.#spentOf(db, budget), who, many, takenAt, now))
    })
  }

  charge(budgets: readonly Budget[], who: string, tokens: number, now: number): void {
    this.#inOneStep(db => {
      for (const budget of budgets) this.#keep(db, budget, charge(budget, this.#spentOf(db, budget), who, tokens, now))
    })
  }

  budgets(): readonly StoredBudget[] {
    return this.#all(rows.allBudgets).map(({ key, taker, spent }) => ({ key: String(key), taker: String(taker), spent: spentOf(String(spent)) }))
  }

  salt(): string {
    return this.#noted('salt') ?? this.#noted('salt', randomBytes(32).toString('hex'))!
  }

  masterKey(mine?: KeyNote): KeyNote | undefined {
    const text = this.#noted('master_key') ?? (mine && this.#noted('master_key', JSON.stringify(mine)))
    return text === undefined ? undefined : (JSON.parse(text) as KeyNote)
  }

  stats(): StoreStats {
    const [row] = this.#all('select count(*) as calls, min(opened_at) as oldest from calls')
    const bytes = this.#pages('page_count') + this.#fileSize(`${this.#path}-wal`)
    return { calls: Number(row!.calls), bytes, ...(row!.oldest !== null && { oldestAt: Number(row!.oldest) }) }
  }

  activity(sinceAt: number, slotMs: number): Activity {
    const since = { since: sinceAt }
    const counted = (row: Row) => ({ calls: Number(row.calls), bad: Number(row.bad) })
    const busiest = (column: string) => this.#all(rows.busiest(column), since).map(row => ({ name: String(row.name), ...counted(row) }))
    return {
      slots: this.#all(rows.slotsOf, { ...since, slot: slotMs }).map(row => ({ at: Number(row.at), ...counted(row) })),
      outcomes: Object.fromEntries(this.#all(rows.outcomesOf, since).map(row => [String(row.name), Number(row.calls)])),
      tools: busiest('target'),
      clients: busiest('coalesce(client_id, client)'),
    }
  }

  prune(olderThanAt: number, maxBytes: number): number {
    const pruned = this.#atOnce(0, () => {
      const aged = this.#take(olderThanAt, PRUNE_ROWS)
      if (aged > 0) return aged
      this.#run(rows.dropJournals, { before: olderThanAt - JOURNAL_MS })
      const bytes = this.#recordBytes()
      return bytes > maxBytes ? this.#takeOldest(1 - maxBytes / bytes) : 0
    })
    if (pruned > 0) this.#use(db => db.exec('pragma incremental_vacuum(1000)'))
    return pruned
  }

  close(): void {
    const db = this.#open
    this.#open = undefined
    this.#statements.clear()
    this.#spent.clear()
    db?.close()
  }

  /** What is noted once and never changed; `first` where nothing is. */
  #noted(key: string, first?: string): string | undefined {
    if (first !== undefined) this.#run('insert into meta (key, value) values (:key, :first) on conflict (key) do nothing', { key, first })
    return this.#all('select value from meta where key = :key', { key })[0]?.value as string | undefined
  }

  /** A part of what ended before then; each journal keeps the hash of the last line that went: all lines after it are there. */
  #take(before: number, many: number): number {
    const values = { before, rows: many }
    const gone = [...this.#all(rows.takeCalls, values), ...this.#all(rows.takeNotes, values)]
    for (const anchor of rows.lastOfEach(gone)) this.#run(rows.putAnchor, anchor)
    return gone.length
  }

  /** This share of the records, or the most that goes at a time. */
  #takeOldest(share: number): number {
    const many = Math.min(Math.ceil(this.stats().calls * share) || PRUNE_ROWS, PRUNE_ROWS)
    const [last] = this.#all(rows.oldestCalls, { rows: many - 1 })
    return (last && this.#take(Number(last.opened_at) + 1, many)) || this.#take(Number.MAX_SAFE_INTEGER, many)
  }

  /** What the records take, without the remembered lists. */
  #recordBytes(): number {
    const [row] = this.#all('select coalesce(sum(octet_length(text)), 0) as bytes from remembered')
    return this.#pages('page_count') - this.#pages('freelist_count') - Number(row!.bytes)
  }

  #pages(pragma: 'page_count' | 'freelist_count'): number {
    return Number(this.#all(`pragma ${pragma}`)[0]![pragma]) * Number(this.#all('pragma page_size')[0]!.page_size)
  }

  #spentOf(db: DatabaseSync, { key, taker }: Budget): Spent | undefined {
    const text = this.#statement(db, rows.spentOf).get(key, taker)?.spent as string | undefined
    if (text === undefined) return undefined
    const known = this.#spent.get(`${key}\n${taker}`)
    return known?.text === text ? known.spent : spentOf(text)
  }

  #keep(db: DatabaseSync, budget: Budget, spent: Spent): void {
    const { key, taker } = budget
    const text = spentText(spent)
    this.#statement(db, rows.putBudget).run(key, taker, text, overAt(budget, spent))
    if (this.#spent.size >= REMEMBERED) this.#spent.clear()
    this.#spent.set(`${key}\n${taker}`, { text, spent })
  }

  /** One immediate transaction that waits a quarter of a second for its turn. Where it fails nothing has happened. */
  #inOneStep<T>(act: (db: DatabaseSync) => T): T {
    return this.#use(db => {
      try {
        this.#statement(db, 'begin immediate').run()
        const result = act(db)
        this.#statement(db, 'commit').run()
        if (this.#takes % TEND === 0) this.#bound(db)
        return result
      } catch (error) {
        if (db.isTransaction) db.exec('rollback')
        throw error
      }
    })
  }

  /** One immediate transaction that does not wait: `busy` when somebody else is writing. */
  #atOnce<T>(busy: T, act: (db: DatabaseSync) => T): T {
    return this.#use(db => {
      db.exec('pragma busy_timeout = 0')
      try {
        db.exec('begin immediate')
        const result = act(db)
        db.exec('commit')
        this.#bound(db)
        return result
      } catch (error) {
        if (db.isTransaction) db.exec('rollback')
        if (isBusy(error)) return busy
        throw error
      } finally {
        db.exec(`pragma busy_timeout = ${WAIT_MS}`)
      }
    })
  }

  /** Under steady load nobody finds the moment to start the WAL over: whoever sees it grown tries. */
  #bound(db: DatabaseSync): void {
    if (this.#fileSize(`${this.#path}-wal`) > 2 * WAL_BYTES) db.prepare('pragma wal_checkpoint(truncate)').get()
  }

  #fileSize(path: string): number {
    return statSync(path, { throwIfNoEntry: false })?.size ?? 0
  }

  #run(sql: string, values: Record<string, Value>): void {
    this.#use(db => this.#statement(db, sql).run(values))
  }

  #all(sql: string, values: Record<string, Value> = {}): Row[] {
    return this.#use(db => this.#statement(db, sql).all(values)) as Row[]
  }

  #statement(db: DatabaseSync, sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) this.#statements.set(sql, (statement = db.prepare(sql)))
    return statement
  }

  #use<T>(act: (db: DatabaseSync) => T): T {
    try {
      return act((this.#open ??= this.#connect()))
    } catch (error) {
      if (error instanceof StoreProblem) throw error
      const why = error instanceof Error ? error.message : String(error)
      throw new StoreProblem(isBusy(error) ? `another program holds ${this.#path}; try again` : `${this.#path} can't be used: ${why}`, isBusy(error), error)
    }
  }

  #connect(): DatabaseSync {
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 })
    closeSync(openSync(this.#path, 'a', 0o600)) // SQLite would make it 0644; its WAL takes the file's own mode
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
    const db = new DatabaseSync(this.#path, { timeout: WAIT_MS })
    try {
      db.exec('pragma synchronous = normal')
      // Every gateway holds one: what it writes are the ends of a few trees, and 2 MB of pages would be kept for nothing.
      db.exec(`pragma cache_size = -${CACHE_KB}`)
      db.exec(`pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
      db.exec(`pragma journal_size_limit = ${WAL_BYTES}`)
      grow(db, this.#steps)
    } catch (error) {
      db.close()
      throw error
    }
    return db
  }
}

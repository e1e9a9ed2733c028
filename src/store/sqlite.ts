// The store in one SQLite file: the records of calls, remembered lists, budgets. Indexing and retention never wait for a lock (database.ts says how).

import { randomBytes } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { Logins } from '../config/login.ts'
import type { KeyNote } from '../config/master.ts'
import { charge, giveBack, overAt, take, type Budget, type Spent, type Taken } from '../gateway/budgets.ts'
import { SqliteApprovals } from './approvals-sqlite.ts'
import { SqliteKeys, type Keys } from './keys.ts'
import { SqliteLogins } from './logins.ts'
import { SqlitePins } from './pins-sqlite.ts'
import { matches } from './matching.ts'
import { Database, type Row } from './database.ts'
import { endsIn } from './ends.ts'
import { steps } from './schema.ts'
import { spentOf, spentText } from './spent.ts'
import { JOURNAL_MS } from './store.ts'
import { carried, storedCall, storedLeg, storedPayloads } from './stored.ts'
import * as rows from './rows.ts'
import * as totals from './totals.ts'
import { summed } from './totals.ts'
import type {
  Activity,
  Batch,
  CallFilter,
  CallSpan,
  Found,
  Indexed,
  Lifetime,
  NoteFilter,
  Progress,
  Remembered,
  RememberedKey,
  Store,
  StoredBudget,
  StoredNote,
  StoreStats,
} from './store.ts'
import type { StoredCall, StoredLeg, StoredPayload } from './stored.ts'

const LIMIT = 50
/** So many lists of one backend are kept: one for each set of capabilities and each way it was configured. */
const VARIANTS = 16
const PRUNE_ROWS = 1000
/** The same in bytes: what calls carried can be large, and the event loop waits. */
const PRUNE_BYTES = 16 * 1024 * 1024
const REMEMBERED = 1000
/** Every so many takes somebody looks after what they leave behind. */
const TEND = 256

/** Opens the store at this path: at once, whatever state the file is in; what is wrong with it comes with the first use. */
export async function openStore(path: string, known: readonly string[] = steps): Promise<Store> {
  return new SqliteStore(new Database(path, known))
}

const knownOf = (row: Record<string, unknown> | undefined): totals.Known | undefined =>
  row && ({ settledSeq: row.settled_seq, backend: row.backend, target: row.target } as totals.Known)

class SqliteStore implements Store {
  readonly logins: Logins
  readonly approvals: SqliteApprovals
  readonly pins: SqlitePins
  readonly keys: Keys
  readonly #db: Database
  /** What was last read or written of each budget: its text, and what that says. */
  readonly #spent = new Map<string, { readonly text: string; readonly spent: Spent }>()
  #takes = 0

  constructor(db: Database) {
    this.#db = db
    this.logins = new SqliteLogins(db)
    this.approvals = new SqliteApprovals(db)
    this.pins = new SqlitePins(db)
    this.keys = new SqliteKeys(db)
  }

  index({ journal, segment, from, entries, after }: Batch): Indexed {
    return this.#db.atOnce<Indexed>('busy', db => {
      const stands = this.#db.statement(db, rows.standing).get(journal) ?? { segment: 0, bytes: 0, seq: 0, counted: null }
      if (stands.segment !== from.segment || stands.bytes !== from.bytes) return 'behind'
      const isCounted = Number(stands.counted ?? 0) >= Number(stands.seq)
      const calls = endsIn(entries)
      if (isCounted) this.#count(db, calls)
      const [putCall, putNote] = [this.#db.statement(db, rows.putCall), this.#db.statement(db, rows.putNote)]
      for (const row of rows.callRows(journal, calls)) putCall.run(...row)
      for (const row of rows.noteRows(journal, segment, entries)) putNote.run(...row)
      const counted = isCounted ? after.seq : (stands.counted ?? null)
      this.#db.statement(db, rows.putProgress).run(journal, after.segment, after.bytes, after.seq, after.hash, after.at, counted)
      return 'done'
    })
  }

  progress(journal?: string): readonly Progress[] {
    const found = journal === undefined ? this.#db.all(rows.allProgress) : this.#db.all(`${rows.allProgress} where journal = :journal`, { journal })
    return found.map(rows.progressOf)
  }

  calls(filter: CallFilter = {}): readonly StoredCall[] {
    const limit = filter.limit ?? LIMIT
    const found: StoredCall[] = []
    const chunk = Math.min(Math.max(limit, 256), 1000)
    for (let before = filter.before; ;) {
      const { sql, values } = rows.selectCalls({ ...filter, before }, chunk)
      const page = this.#db.all(sql, values).map(row => storedCall(rows.linesOf(row)))
      for (const call of page) if (matches(call, filter, () => carried(this.payloads(call))) && found.push(call) === limit) return found
      if (page.length < chunk) return found
      before = page.at(-1)
    }
  }

  call(prefix: string): Found {
    if (prefix === '') return { kind: 'none' }
    const exact = this.#db.all(`${rows.someCalls} where id = :id`, { id: prefix })
    const found =
      exact.length > 0
        ? exact
        : this.#db.all(`${rows.someCalls} where id >= :from and id < :to order by id limit 10`, { from: prefix, to: `${prefix}\u{10ffff}` })
    if (found.length === 1) return { kind: 'found', call: storedCall(rows.linesOf(found[0]!)) }
    return found.length === 0 ? { kind: 'none' } : { kind: 'several', ids: found.map(row => String(row.id)) }
  }

  payloads({ id, journal }: Pick<StoredCall, 'id' | 'journal'>): readonly StoredPayload[] {
    const found = this.#db.all(rows.payloads, { call: id })
    const unnamed = this.#db.all(rows.payloadsUnnamed, { journal, id: rows.saysId(id) })
    return [...found, ...unnamed].flatMap(row => storedPayloads(String(row.line), id)).sort((a, b) => a.seq - b.seq)
  }

  legs({ id, journal, startedAt }: CallSpan): readonly StoredLeg[] {
    const found = this.#db.all(rows.legs, { journal, call: id, from: startedAt, id: rows.saysId(id) })
    return found.flatMap(row => storedLeg(String(row.line), id) ?? [])
  }

  notes(filter: NoteFilter = {}): readonly StoredNote[] {
    const { sql, values } = rows.selectNotes(filter, filter.limit ?? LIMIT)
    return this.#db.all(sql, values).map(rows.noteOf)
  }

  recall(keys: readonly RememberedKey[]): readonly Remembered[] {
    return keys.flatMap(({ config, capabilities }) => this.#db.all(rows.recall, { config, capabilities }) as unknown as Remembered[])
  }

  remember({ config, capabilities, backend, era, revision, at, text }: Remembered): void {
    this.#db.run(rows.remember, { config, capabilities, backend, era, revision, at, text })
    this.#db.run(rows.forgetVariants, { backend, kept: VARIANTS })
  }

  forget(backend: string): void {
    this.#db.run('delete from remembered where backend = :backend', { backend })
  }

  take(budgets: readonly Budget[], who: string, now: number, many?: number): Taken {
    return this.#db.inOneStep(db => {
      const { taken, changes } = take(budgets, budget => this.#spentOf(db, budget), who, now, many)
      for (const [budget, spent] of changes) this.#keep(db, budget, spent)
      if (++this.#takes % TEND === 0) this.#db.run(rows.dropBudgets, { now })
      return taken
    })
  }

  giveBack(budgets: readonly Budget[], who: string, many: number, takenAt: number, now: number): void {
    this.#db.inOneStep(db => {
      for (const budget of budgets) this.#keep(db, budget, giveBack(budget, this.#spentOf(db, budget), who, many, takenAt, now))
    })
  }

  charge(budgets: readonly Budget[], who: string, tokens: number, now: number): void {
    this.#db.inOneStep(db => {
      for (const budget of budgets) this.#keep(db, budget, charge(budget, this.#spentOf(db, budget), who, tokens, now))
    })
  }

  budgets(): readonly StoredBudget[] {
    return this.#db.all(rows.allBudgets).map(({ key, taker, spent }) => ({ key: String(key), taker: String(taker), spent: spentOf(String(spent)) }))
  }

  salt(): string {
    return this.#noted('salt') ?? this.#noted('salt', randomBytes(32).toString('hex'))!
  }

  masterKey(mine?: KeyNote): KeyNote | undefined {
    const text = this.#noted('master_key') ?? (mine && this.#noted('master_key', JSON.stringify(mine)))
    return text === undefined ? undefined : (JSON.parse(text) as KeyNote)
  }

  stats(): StoreStats {
    const [row] = this.#db.all('select count(*) as calls, min(opened_at) as oldest from calls')
    return { calls: Number(row!.calls), bytes: this.#db.bytes(), ...(row!.oldest !== null && { oldestAt: Number(row!.oldest) }) }
  }

  lifetime(): Lifetime {
    this.#makeUp()
    return summed(this.#db.all(totals.allTotals).map(totals.totalOf))
  }

  version(): number {
    return this.#db.version()
  }

  activity(sinceAt: number, slotMs: number): Activity {
    const since = { since: sinceAt }
    const counted = (row: Row) => ({ calls: Number(row.calls), bad: Number(row.bad) })
    const busiest = (column: string) => this.#db.all(rows.busiest(column), since).map(row => ({ name: String(row.name), ...counted(row) }))
    return {
      slots: this.#db.all(rows.slotsOf, { ...since, slot: slotMs }).map(row => ({ at: Number(row.at), ...counted(row) })),
      outcomes: Object.fromEntries(this.#db.all(rows.outcomesOf, since).map(row => [String(row.name), Number(row.calls)])),
      tools: busiest('target'),
      clients: busiest('coalesce(client_id, client)'),
    }
  }

  prune(olderThanAt: number, maxBytes: number): number {
    this.#makeUp()
    const pruned = this.#db.atOnce(0, () => {
      const aged = this.#take(olderThanAt, this.#atATime())
      if (aged > 0) return aged
      this.#db.run(rows.dropJournals, { before: olderThanAt - JOURNAL_MS })
      const bytes = this.#recordBytes()
      return bytes > maxBytes ? this.#takeOldest(1 - maxBytes / bytes) : 0
    })
    if (pruned > 0) this.#db.use(db => db.exec('pragma incremental_vacuum(1000)'))
    return pruned
  }

  close(): void {
    this.#spent.clear()
    this.#db.close()
  }

  /** What is noted once and never changed; `first` where nothing is. */
  #noted(key: string, first?: string): string | undefined {
    if (first !== undefined) this.#db.run('insert into meta (key, value) values (:key, :first) on conflict (key) do nothing', { key, first })
    return this.#db.all('select value from meta where key = :key', { key })[0]?.value as string | undefined
  }

  /** Counts a batch. Not where something before it was not counted: all of it is made up for later. */
  #count(db: DatabaseSync, calls: ReturnType<typeof endsIn>): void {
    const known = this.#db.statement(db, totals.knownCall)
    const put = this.#db.statement(db, totals.putTotal)
    for (const total of totals.counted(calls, id => knownOf(known.get(id)))) put.run(...totals.valuesOf(total))
  }

  /** What was indexed without being counted. Looked for without holding anybody up; where somebody was faster it is counted. */
  #makeUp(): void {
    if (this.#db.all(totals.isGap).length === 0) return
    const parts = Map.groupBy(this.#db.all(totals.missing), row => String(row.journal))
    this.#db.atOnce(undefined, db => {
      for (const [journal, those] of parts) {
        const { counted, seq } = those[0]!
        if (this.#db.statement(db, totals.closeGap).run(seq!, journal, counted!).changes === 0) continue
        for (const row of those) if (row.since !== null) this.#db.statement(db, totals.putTotal).run(...totals.valuesOf(totals.totalOf(row)))
      }
    })
  }

  /** A part of what ended before then; each journal keeps the hash of the last line that went: all lines after it are there. */
  #take(before: number, many: number): number {
    const values = { before, rows: many }
    const gone = [...this.#db.all(rows.takeCalls, values), ...this.#db.all(rows.takeNotes, values)]
    for (const anchor of rows.lastOfEach(gone)) this.#db.run(rows.putAnchor, anchor)
    return gone.length
  }

  /** This share of the records, or the most that goes at a time. */
  #takeOldest(share: number): number {
    const many = Math.min(Math.ceil(this.stats().calls * share) || PRUNE_ROWS, this.#atATime())
    const [last] = this.#db.all(rows.oldestCalls, { rows: many - 1 })
    return (last && this.#take(Number(last.opened_at) + 1, many)) || this.#take(Number.MAX_SAFE_INTEGER, many)
  }

  /** So many calls go at a time. */
  #atATime(): number {
    const each = this.#recordBytes() / (this.stats().calls || 1)
    return Math.max(8, Math.min(PRUNE_ROWS, Math.floor(PRUNE_BYTES / each)))
  }

  /** What the records take, without the remembered lists. */
  #recordBytes(): number {
    const [row] = this.#db.all('select coalesce(sum(octet_length(text)), 0) as bytes from remembered')
    return this.#db.pages('page_count') - this.#db.pages('freelist_count') - Number(row!.bytes)
  }

  #spentOf(db: DatabaseSync, { key, taker }: Budget): Spent | undefined {
    const text = this.#db.statement(db, rows.spentOf).get(key, taker)?.spent as string | undefined
    if (text === undefined) return undefined
    const known = this.#spent.get(`${key}\n${taker}`)
    return known?.text === text ? known.spent : spentOf(text)
  }

  #keep(db: DatabaseSync, budget: Budget, spent: Spent): void {
    const { key, taker } = budget
    const text = spentText(spent)
    this.#db.statement(db, rows.putBudget).run(key, taker, text, overAt(budget, spent))
    if (this.#spent.size >= REMEMBERED) this.#spent.clear()
    this.#spent.set(`${key}\n${taker}`, { text, spent })
  }
}

// One SQLite file (WAL), opened at its first use, and how it is written: in one statement or one immediate transaction, because a read that turns
// into a write can't wait for a lock. What must be written waits a quarter of a second for another process; what need not never waits.

import { closeSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { grow, steps } from './schema.ts'
import { StoreProblem } from './store.ts'

const WAIT_MS = 250
/** Every so many steps, and batches, somebody looks after what they leave behind. */
const TEND = 256
const TEND_BATCHES = 16
/** The event loop waits for a checkpoint's fsync: a little often, not a lot at once. */
const CHECKPOINT_PAGES = 500
const WAL_BYTES = 4 * 1024 * 1024
const CACHE_KB = 1024

export type Value = string | number | null
export type Row = Record<string, Value>

const isBusy = (error: unknown): boolean => [5, 6].includes(Number((error as { errcode?: number }).errcode) & 0xff)

/** A file of the store. What is wrong with it comes with the first use, as a StoreProblem. */
export class Database {
  readonly #path: string
  readonly #steps: readonly string[]
  #open: DatabaseSync | undefined
  #statements = new Map<string, StatementSync>()
  #taken = 0
  #batches = 0
  /** What SQLite has been told. */
  #waitMs = WAIT_MS

  constructor(path: string, known: readonly string[] = steps) {
    this.#path = path
    this.#steps = known
  }

  /** Runs one statement: how many rows it has changed. */
  run(sql: string, values: Record<string, Value> = {}): number {
    return this.use(db => Number(this.statement(db, sql).run(values).changes))
  }

  /** The rows of one statement. */
  all(sql: string, values: Record<string, Value> = {}): Row[] {
    return this.use(db => this.statement(db, sql).all(values)) as Row[]
  }

  /** A statement, prepared once. */
  statement(db: DatabaseSync, sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) this.#statements.set(sql, (statement = db.prepare(sql)))
    return statement
  }

  /** One immediate transaction that waits a quarter of a second for its turn. Where it fails nothing has happened. */
  inOneStep<T>(act: (db: DatabaseSync) => T): T {
    return this.use(db => {
      try {
        this.statement(db, 'begin immediate').run()
        const result = act(db)
        this.statement(db, 'commit').run()
        if (++this.#taken % TEND === 0) this.#bound(db)
        return result
      } catch (error) {
        if (db.isTransaction) db.exec('rollback')
        throw error
      }
    })
  }

  /** One immediate transaction that does not wait: `busy` when somebody else is writing. */
  atOnce<T>(busy: T, act: (db: DatabaseSync) => T): T {
    return this.#use(0, db => {
      try {
        this.statement(db, 'begin immediate').run()
        const result = act(db)
        this.statement(db, 'commit').run()
        if (++this.#batches % TEND_BATCHES === 0) this.#bound(db)
        return result
      } catch (error) {
        if (db.isTransaction) db.exec('rollback')
        if (isBusy(error)) return busy
        throw error
      }
    })
  }

  /** Opens the file if need be; what fails is a StoreProblem. */
  use<T>(act: (db: DatabaseSync) => T): T {
    return this.#use(WAIT_MS, act)
  }

  #use<T>(waitMs: number, act: (db: DatabaseSync) => T): T {
    try {
      const db = (this.#open ??= this.#connect())
      if (waitMs !== this.#waitMs) db.exec(`pragma busy_timeout = ${waitMs}`)
      this.#waitMs = waitMs
      return act(db)
    } catch (error) {
      if (error instanceof StoreProblem) throw error
      const why = error instanceof Error ? error.message : String(error)
      throw new StoreProblem(isBusy(error) ? `another program holds ${this.#path}; try again` : `${this.#path} can't be used: ${why}`, isBusy(error), error)
    }
  }

  /** Another number than before when anybody else has written. */
  version(): number {
    return Number(this.use(db => this.statement(db, 'pragma data_version').get()!.data_version))
  }

  /** What it takes on disk. */
  bytes(): number {
    return this.pages('page_count') + this.#walBytes()
  }

  /** So many bytes are in these pages. */
  pages(pragma: 'page_count' | 'freelist_count'): number {
    return Number(this.all(`pragma ${pragma}`)[0]![pragma]) * Number(this.all('pragma page_size')[0]!.page_size)
  }

  close(): void {
    const db = this.#open
    this.#open = undefined
    this.#waitMs = WAIT_MS
    this.#statements.clear()
    db?.close()
  }

  /** Under steady load nobody finds the moment to start the WAL over: whoever sees it grown tries. */
  #bound(db: DatabaseSync): void {
    if (this.#walBytes() > 2 * WAL_BYTES) db.prepare('pragma wal_checkpoint(truncate)').get()
  }

  #walBytes(): number {
    return statSync(`${this.#path}-wal`, { throwIfNoEntry: false })?.size ?? 0
  }

  #connect(): DatabaseSync {
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 })
    closeSync(openSync(this.#path, 'a', 0o600)) // SQLite would make it 0644; its WAL takes the file's own mode
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
    const db = new DatabaseSync(this.#path, { timeout: WAIT_MS })
    try {
      db.exec('pragma synchronous = normal')
      // Every gateway holds one: what it writes is a batch at the ends of a few trees, and more than its pages would be kept for nothing.
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

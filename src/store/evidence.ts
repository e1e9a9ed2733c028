// The store as a witness: its rows in the order of the chains, one at a time, from one moment. It is opened to read alone and makes nothing;
// what a newer version added is passed over. Invariant: every column that is shown or searched is compared with what the row's own lines say.

import type { DatabaseSync } from 'node:sqlite'
import { endsIn } from './ends.ts'
import { callOf, callRows, columns, progressOf } from './rows.ts'
import { fieldsOf } from './stored.ts'
import { StoreProblem, type Entry, type Progress } from './store.ts'

type Value = string | number | null
type Row = Record<string, Value>

/** A line as a row keeps it. */
export interface KeptLine {
  readonly journal: string
  /** As the row says. */
  readonly seq: number
  readonly at: number
  readonly kind: 'open' | 'settle' | 'note'
  readonly id: string
  /** Empty where the row has lost it. */
  readonly text: string
  /** Columns that say something else than the lines. */
  readonly odd: readonly string[]
  /** A settling line whose opening line is not in the row. */
  readonly endsNothing: boolean
}

/** Where the open call of a journal stands in the store. */
export type Standing = 'absent' | 'open' | 'settled'

const names = columns.split(', ')
const WAIT_MS = 1000
/** SQLite's own code. */
const READONLY = 8

export class Evidence {
  readonly #db: DatabaseSync
  readonly #path: string

  /** Begins to read; all that is read is of one moment. */
  constructor(path: string) {
    this.#path = path
    this.#db = this.#read(() => opened(path))
  }

  /** A file that somebody is about to make a store of. */
  get blank(): boolean {
    return this.#read(() => this.#db.prepare('select 1 from sqlite_master').get()) === undefined
  }

  journals(): Map<string, Progress> {
    const all = this.#read(() => this.#db.prepare('select journal, segment, bytes, seq, hash, at, anchor_seq, anchor_hash from journals').all()) as Row[]
    return new Map(all.map(progressOf).map(one => [one.journal, one]))
  }

  /** How many lines there are, about. */
  count(): number {
    const [row] = this.#read(() => this.#db.prepare('select 2 * (select count(*) from calls) + (select count(*) from notes) as lines').all()) as Row[]
    return Number(row!.lines)
  }

  /** Every line, journal by journal, each in the order of its chain; or the lines of one journal. SQLite sorts them, on disk where they are many. */
  *lines(journal?: string): Iterable<KeptLine> {
    const only = journal === undefined ? '' : 'where journal = :journal'
    const order = this.#db.prepare(
      `select kind, place from (
         select 'open' as kind, rowid as place, journal, seq as nth from calls where opened is not null or seq is not null or (settled is null and settled_seq is null)
         union all select 'settle', rowid, journal, settled_seq from calls where settled is not null or settled_seq is not null
         union all select 'note', rowid, journal, seq from notes) ${only} order by journal, nth, kind`,
    )
    const call = this.#db.prepare(`select ${columns} from calls where rowid = :place`)
    const note = this.#db.prepare('select * from notes where rowid = :place')
    const found = order.iterate(journal === undefined ? {} : { journal }) as Iterable<{ kind: KeptLine['kind']; place: number }>
    const places = found[Symbol.iterator]()
    for (;;) {
      const next = this.#read(() => places.next())
      if (next.done) return
      const { kind, place } = next.value
      yield this.#read(() => (kind === 'note' ? noteLine(note.get({ place }) as Row) : callLine(kind, call.get({ place }) as Row)))
    }
  }

  /** How a call stands that this journal opened. */
  standing(journal: string, id: string): Standing {
    const row = this.#read(() => this.#db.prepare('select journal, opened, settled from calls where id = :id').get({ id })) as Row | undefined
    if (row === undefined || row.journal !== journal || row.opened === null) return 'absent'
    return row.settled === null ? 'open' : 'settled'
  }

  close(): void {
    this.#db.close()
  }

  #read<T>(act: () => T): T {
    try {
      return act()
    } catch (error) {
      throw this.#problem(error)
    }
  }

  #problem(error: unknown): StoreProblem {
    const { message, errcode } = error as Error & { errcode?: number }
    const busy = [5, 6].includes(Number(errcode) & 0xff)
    return new StoreProblem(busy ? `another program holds ${this.#path}; try again` : `${this.#path} can't be read: ${message}`, busy, error)
  }
}

/** A write that a killed process left half done must be taken back, and that takes somebody who may write. */
function opened(path: string): DatabaseSync {
  try {
    return reading(path, true)
  } catch (error) {
    if ((Number((error as { errcode?: number }).errcode) & 0xff) !== READONLY) throw error
    reading(path, false).close()
    return reading(path, true)
  }
}

/** Opens a store in a moment that stands still. */
function reading(path: string, readOnly: boolean): DatabaseSync {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  const db = new DatabaseSync(path, { readOnly, timeout: WAIT_MS })
  try {
    db.exec('begin')
    db.prepare('select 1 from sqlite_master').get()
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

const string = (value: unknown): string => (typeof value === 'string' ? value : '')
const number = (value: unknown): number => (typeof value === 'number' ? value : 0)

function noteLine(row: Row): KeptLine {
  const text = string(row.line)
  const fields = fieldsOf(text)
  const { seq, kind, note } = fields
  const says: Row = { seq: number(seq), note: typeof note === 'string' ? note : string(kind), org: 'default' }
  const odd = Object.keys(says).filter(name => row[name] !== says[name])
  // an older version's file, or its row, has no such column
  if ((row.call ?? null) !== null && row.call !== callOf(string(says.note), fields)) odd.push('call')
  return { journal: string(row.journal), seq: number(row.seq), at: number(row.at), kind: 'note', id: string(row.note), text, odd, endsNothing: false }
}

function callLine(kind: 'open' | 'settle', row: Row): KeptLine {
  const { opened, settled } = row
  const open = kind === 'open'
  const first = open || opened === null // the columns of a row are compared once
  return {
    journal: string(row.journal),
    seq: number(open ? row.seq : row.settled_seq),
    at: number(open ? row.opened_at : row.settled_at),
    kind,
    id: string(row.id),
    text: string(open ? opened : settled),
    odd: first ? oddOf(row) : [],
    endsNothing: !open && opened === null,
  }
}

/** The columns that an indexer would have written otherwise. Times are the chain's business: a row is asked for them alone. */
function oddOf(row: Row): string[] {
  const entry = (kind: 'open' | 'settle', text: Value, at: Value): Entry[] => {
    if (text === null) return []
    const fields = fieldsOf(string(text))
    return [{ kind, id: string(fields.id), seq: number(fields.seq), at: number(at), offset: 0, text: string(text), fields }]
  }
  const settleAt = row.opened === null ? row.opened_at : row.settled_at
  const [says = [], ...more] = callRows(
    string(row.journal),
    endsIn([...entry('open', row.opened!, row.opened_at!), ...entry('settle', row.settled!, settleAt!)]),
  )
  return more.length > 0 ? ['id'] : names.filter((name, at) => row[name] !== (says[at] ?? null))
}

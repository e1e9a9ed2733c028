// The logins in the SQLite store, sealed before they come here. A put is durable at once, with an fsync: a refresh token that was changed for another
// one is worth nothing, so the new one must not be lost with the power.

import type { Logins, StoredLogin } from '../config/login.ts'
import type { Database, Row } from './database.ts'

const COLUMNS = 'id, backend, version, state, reason, at, expires_at, wanted, sealed'

export class SqliteLogins implements Logins {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  find(id: string): StoredLogin | undefined {
    const [row] = this.#db.all(`select ${COLUMNS} from logins where id = :id`, { id })
    return row && loginOf(row)
  }

  all(): readonly StoredLogin[] {
    return this.#db.all(`select ${COLUMNS} from logins order by backend, id`).map(loginOf)
  }

  put({ id, backend, version, state, reason, at, expiresAt, wanted, sealed }: StoredLogin, who?: string): boolean {
    const values = { id, backend, version, state, reason: reason ?? null, at, expiresAt: expiresAt ?? null, wanted: wanted ?? null, sealed }
    return this.#db.use(db => {
      db.exec('pragma synchronous = full')
      try {
        if (version === 1) return db.prepare(PUT).run(values).changes > 0
        return db.prepare(REPLACE).run({ ...values, who: who ?? '' }).changes === 1
      } finally {
        db.exec('pragma synchronous = normal')
      }
    })
  }

  want(id: string, scopes: string): void {
    this.#db.run('update logins set wanted = :scopes where id = :id', { id, scopes })
  }

  drop(id: string): boolean {
    return this.#db.use(db => db.prepare('delete from logins where id = ?').run(id).changes === 1)
  }

  lease(id: string, version: number, who: string, now: number, untilAt: number): boolean {
    const free = '(lease is null or lease = :who or leased_until <= :now)'
    const sql = `update logins set lease = :who, leased_until = :untilAt where id = :id and version = :version and ${free}`
    return this.#db.use(db => db.prepare(sql).run({ id, version, who, now, untilAt }).changes === 1)
  }

  release(id: string, who: string): void {
    this.#db.run('update logins set lease = null, leased_until = null where id = :id and lease = :who', { id, who })
  }
}

/** A new login takes the number after that of the one it replaces: who has seen that one sees that it is another. */
const PUT = `insert into logins (${COLUMNS}) values (:id, :backend, :version, :state, :reason, :at, :expiresAt, :wanted, :sealed)
  on conflict (id) do update set version = logins.version + 1, backend = excluded.backend, state = excluded.state, reason = excluded.reason,
    at = excluded.at, expires_at = excluded.expires_at, wanted = excluded.wanted, sealed = excluded.sealed, lease = null, leased_until = null`

const REPLACE = `update logins set version = :version, backend = :backend, state = :state, reason = :reason, at = :at, expires_at = :expiresAt,
    wanted = :wanted, sealed = :sealed, lease = case lease when :who then null else lease end
  where id = :id and version = :version - 1`

const loginOf = (row: Row): StoredLogin => ({
  id: String(row.id),
  backend: String(row.backend),
  version: Number(row.version),
  state: row.state === 'granted' ? 'granted' : 'refused', // what a newer version calls otherwise is of no use to us
  ...(row.reason !== null && { reason: String(row.reason) }),
  at: Number(row.at),
  ...(row.expires_at !== null && { expiresAt: Number(row.expires_at) }),
  ...(row.wanted !== null && { wanted: String(row.wanted) }),
  sealed: String(row.sealed),
})

/** The logins of the store that forgets. */
export class MemoryLogins implements Logins {
  readonly #rows = new Map<string, StoredLogin & { lease?: { who: string; untilAt: number } }>()

  find(id: string): StoredLogin | undefined {
    const { lease: _, ...row } = this.#rows.get(id) ?? {}
    return 'id' in row ? (row as StoredLogin) : undefined
  }

  all(): readonly StoredLogin[] {
    const key = ({ backend, id }: StoredLogin) => `${backend}\0${id}`
    return [...this.#rows.keys()].map(id => this.find(id)!).sort((a, b) => (key(a) < key(b) ? -1 : 1))
  }

  put(login: StoredLogin, who?: string): boolean {
    const before = this.#rows.get(login.id)
    const known = Object.fromEntries(Object.entries(login).filter(([, value]) => value !== undefined)) as unknown as StoredLogin
    if (login.version === 1) this.#rows.set(login.id, { ...known, version: (before?.version ?? 0) + 1 })
    else if (before?.version !== login.version - 1) return false
    else this.#rows.set(login.id, { ...known, lease: before.lease?.who === who ? undefined : before.lease })
    return true
  }

  want(id: string, scopes: string): void {
    const row = this.#rows.get(id)
    if (row) this.#rows.set(id, { ...row, wanted: scopes })
  }

  drop(id: string): boolean {
    return this.#rows.delete(id)
  }

  lease(id: string, version: number, who: string, now: number, untilAt: number): boolean {
    const row = this.#rows.get(id)
    if (row?.version !== version || (row.lease && row.lease.who !== who && row.lease.untilAt > now)) return false
    this.#rows.set(id, { ...row, lease: { who, untilAt } })
    return true
  }

  release(id: string, who: string): void {
    const row = this.#rows.get(id)
    if (row?.lease?.who === who) this.#rows.set(id, { ...row, lease: undefined })
  }
}

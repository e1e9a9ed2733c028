// The keys in the store. A key itself is never kept, only its SHA-256: it has 256 random bits, so nobody finds it from there.
// A name is given once, and stays with what was said of it when its key is revoked: what is on record under a name was one key's.

import type { Key, Keyring } from '../gateway/principals.ts'
import type { Rate } from '../gateway/types.ts'
import type { Database, Row } from './database.ts'

type Maybe<T> = T | Promise<T>

export interface Keys extends Omit<Keyring, 'version'> {
  /** By name. */
  all(): Maybe<readonly Key[]>
  /** False where there is one of this name, or was. */
  create(key: string, facts: Key): Maybe<boolean>
  /** False where there is none, or it is revoked already. */
  revoke(name: string, at: number): Maybe<boolean>
  /** Another key in its place, from now on; false where there is none, or it is revoked. */
  rotate(name: string, key: string, facts: Pick<Key, 'shown' | 'expiresAt'>): Maybe<boolean>
}

/** So much of a key is shown. */
const SHOWN = 10

/** A new key. */
export const newKey = (): string => `mgw_${process.getBuiltinModule('node:crypto').randomBytes(32).toString('base64url')}`

/** How it begins. */
export const shownOf = (key: string): string => key.slice(0, SHOWN)

const hashOf = (key: string): string => process.getBuiltinModule('node:crypto').hash('sha256', key)

const COLUMNS = 'name, org, hash, shown, roles, allow, backends, rate, operator, created_at, expires_at, revoked_at, used_at'

export class SqliteKeys implements Keys {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  find(key: string): Key | undefined {
    const [row] = this.#db.all(`select ${COLUMNS} from keys where hash = :hash`, { hash: hashOf(key) })
    return row && keyOf(row)
  }

  all(): readonly Key[] {
    return this.#db.all(`select ${COLUMNS} from keys order by name`).map(keyOf)
  }

  create(key: string, { name, org, shown, roles, allow, backends, limit, operator, createdAt, expiresAt }: Key): boolean {
    const lists = { roles: JSON.stringify(roles), allow: JSON.stringify(allow), backends: JSON.stringify(backends) }
    const rest = { rate: limit ? JSON.stringify(limit) : null, operator: operator ? 1 : 0, createdAt, expiresAt: expiresAt ?? null }
    return this.#changed(CREATE, { name, org, hash: hashOf(key), shown, ...lists, ...rest })
  }

  revoke(name: string, at: number): boolean {
    return this.#changed('update keys set revoked_at = :at where name = :name and revoked_at is null', { name, at })
  }

  rotate(name: string, key: string, { shown, expiresAt }: Pick<Key, 'shown' | 'expiresAt'>): boolean {
    const values = { name, hash: hashOf(key), shown, expiresAt: expiresAt ?? null }
    return this.#changed('update keys set hash = :hash, shown = :shown, expires_at = :expiresAt where name = :name and revoked_at is null', values)
  }

  used(name: string, at: number): void {
    this.#db.atOnce(undefined, db => void this.#db.statement(db, USED).run({ name, at }))
  }

  #changed(sql: string, values: Row): boolean {
    return this.#db.use(db => {
      // With an fsync: a key that was revoked must not be good again after a power loss.
      db.exec('pragma synchronous = full')
      try {
        return this.#db.statement(db, sql).run(values).changes === 1
      } finally {
        db.exec('pragma synchronous = normal')
      }
    })
  }
}

const CREATE = `insert into keys (name, org, hash, shown, roles, allow, backends, rate, operator, created_at, expires_at)
  values (:name, :org, :hash, :shown, :roles, :allow, :backends, :rate, :operator, :createdAt, :expiresAt) on conflict do nothing`

const USED = 'update keys set used_at = :at where name = :name and coalesce(used_at, 0) < :at'

const texts = (value: Row[string]): readonly string[] => JSON.parse(String(value)) as readonly string[]

const keyOf = (row: Row): Key => ({
  name: String(row.name),
  org: String(row.org),
  shown: String(row.shown),
  roles: texts(row.roles!),
  allow: texts(row.allow!),
  backends: texts(row.backends!),
  ...(row.rate !== null && { limit: JSON.parse(String(row.rate)) as Rate }),
  operator: row.operator === 1,
  createdAt: Number(row.created_at),
  ...(row.expires_at !== null && { expiresAt: Number(row.expires_at) }),
  ...(row.revoked_at !== null && { revokedAt: Number(row.revoked_at) }),
  ...(row.used_at !== null && { usedAt: Number(row.used_at) }),
})

/** The keys of the store that forgets. */
export class MemoryKeys implements Keys {
  readonly #rows = new Map<string, { readonly hash: string; readonly key: Key }>()
  readonly #written: () => void

  constructor(written: () => void) {
    this.#written = written
  }

  find(key: string): Key | undefined {
    const hash = hashOf(key)
    return [...this.#rows.values()].find(one => one.hash === hash)?.key
  }

  all(): readonly Key[] {
    return [...this.#rows.values()].map(one => one.key).sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  create(key: string, { revokedAt: _, usedAt: __, ...facts }: Key): boolean {
    if (this.#rows.has(facts.name)) return false
    return this.#put({ hash: hashOf(key), key: facts })
  }

  revoke(name: string, at: number): boolean {
    const row = this.#living(name)
    return row !== undefined && this.#put({ ...row, key: { ...row.key, revokedAt: at } })
  }

  rotate(name: string, key: string, { shown, expiresAt }: Pick<Key, 'shown' | 'expiresAt'>): boolean {
    const row = this.#living(name)
    if (!row) return false
    const { expiresAt: _, ...rest } = row.key
    return this.#put({ hash: hashOf(key), key: { ...rest, shown, ...(expiresAt !== undefined && { expiresAt }) } })
  }

  used(name: string, at: number): void {
    const row = this.#rows.get(name)
    if (row && (row.key.usedAt ?? 0) < at) this.#put({ ...row, key: { ...row.key, usedAt: at } })
  }

  #living(name: string) {
    const row = this.#rows.get(name)
    return row?.key.revokedAt === undefined ? row : undefined
  }

  #put(row: { readonly hash: string; readonly key: Key }): boolean {
    this.#rows.set(row.key.name, row)
    this.#written()
    return true
  }
}

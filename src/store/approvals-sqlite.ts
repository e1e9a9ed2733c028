// Approvals in SQLite: the statements, each naming its columns. What must agree is one statement or one immediate transaction: whoever changed
// no row was too late.

import { hash } from 'node:crypto'
import { bindingText, lasts, speaks, type Approval, type Binding, type Question, type RememberedAnswer } from '../gateway/approval.ts'
import type { Database, Row, Value } from './database.ts'
import { OVER_MS, type Approvals, type Asked, type Decided, type Given, type FoundApproval } from '../gateway/approvals.ts'

const columns = `id, org, binding, principal, client, backend, config, method, target, schema_hash, arguments_hash, rule, call, session, roles, reason,
  earlier, asked_at, expires_at, sealed, decision, answered_by, via, answered_at, why, edited, edited_hash, used_by, used_at, settled_at`

const insert = `insert into approvals (id, org, binding, principal, client, backend, config, method, target, schema_hash, arguments_hash, rule, call, session,
    roles, reason, earlier, asked_at, expires_at, sealed)
  values (:id, :org, :binding, :principal, :client, :backend, :config, :method, :target, :schema, :arguments, :rule, :call, :session,
    :roles, :reason, :earlier, :asked, :expires, :sealed)`

const alike = `select ${columns} from approvals where binding = :binding order by asked_at desc, id desc`

const decide = `update approvals set decision = :decision, answered_by = :by, via = :via, answered_at = :at, why = :why, edited = :edited,
    edited_hash = :hash, sealed = iif(:decision = 'deny', null, sealed)
  where id = :id and decision is null and used_at is null and expires_at > :now and arguments_hash = :arguments`

const use = `update approvals set used_by = :call, used_at = :now, sealed = null, edited = null
  where id = :id and decision = 'allow' and used_at is null and expires_at > :now`

const expire = `update approvals set sealed = null, edited = null where expires_at <= :now and sealed is not null returning ${columns}`

const remembered = `id, org, approval, principal, client, backend, config, method, target, schema_hash, rule, span, session, pins, sealed, given_by, at, used_at, until_at`

const remember = `insert into answers (${remembered})
  values (:id, :org, :approval, :principal, :client, :backend, :config, :method, :target, :schema, :rule, :span, :session, :pins, :sealed, :by, :at, :used, :until)`

export class SqliteApprovals implements Approvals {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  ask(question: Question, now: number): Asked {
    return this.#db.inOneStep(() => {
      const like = this.#like(question)
      const there = like.find(one => speaks(one, now))
      if (there) return { kind: 'joined', approval: there }
      const before = like.find(({ used }) => used && used.settledAt === undefined)
      const { id, org, principal, client, backend, config, method, target, rule, call, session, reason } = question
      this.#db.run(insert, {
        ...{ id, org, principal, client, backend, config, method, target, rule, call, session, reason },
        binding: keyOf(question),
        schema: question.schemaHash,
        arguments: question.argumentsHash,
        roles: question.roles ? JSON.stringify(question.roles) : null,
        earlier: before?.id ?? null,
        asked: question.askedAt,
        expires: question.expiresAt,
        sealed: question.sealed ?? null,
      })
      return { kind: 'asked', approval: { ...question, ...(before && { earlier: before.id }) } }
    })
  }

  speaking(binding: Binding, now: number): Approval | undefined {
    return this.#like(binding).find(one => speaks(one, now))
  }

  decide(id: string, { argumentsHash, answer, remember: lasting }: Given, now: number): Decided {
    return this.#db.inOneStep(() => {
      const { decision, by, via, at, reason, edited } = answer
      const values = { id, now, decision, by, via, at, why: reason ?? null, edited: edited?.sealed ?? null, hash: edited?.hash ?? null }
      if (this.#db.run(decide, { ...values, arguments: argumentsHash }) === 0) return this.#lost(id, argumentsHash, now)
      if (lasting) this.#db.run(remember, answerRow(lasting))
      return 'won'
    })
  }

  use(id: string, call: string, now: number): Approval | undefined {
    return this.#db.inOneStep(() => {
      const [approval] = this.approvals([id])
      return this.#db.run(use, { id, call, now }) === 1 ? approval : undefined
    })
  }

  settle(id: string, now: number): void {
    this.#db.run('update approvals set settled_at = :now where id = :id and used_at is not null and settled_at is null', { id, now })
  }

  approval(prefix: string): FoundApproval {
    if (prefix === '') return { kind: 'none' }
    const [exact] = this.approvals([prefix])
    if (exact) return { kind: 'found', approval: exact }
    const values = { from: prefix, to: `${prefix}\u{10ffff}` }
    const found = this.#db.all(`select ${columns} from approvals where id >= :from and id < :to order by id limit 10`, values).map(approvalOf)
    if (found.length === 1) return { kind: 'found', approval: found[0]! }
    return found.length === 0 ? { kind: 'none' } : { kind: 'several', ids: found.map(one => one.id) }
  }

  approvals(ids?: readonly string[]): readonly Approval[] {
    if (!ids) return this.#db.all(`select ${columns} from approvals order by asked_at desc, id desc`).map(approvalOf)
    const sql = `select ${columns} from approvals where id in (select value from json_each(:ids)) order by asked_at desc, id desc`
    return this.#db.all(sql, { ids: JSON.stringify(ids) }).map(approvalOf)
  }

  tend(now: number): readonly Approval[] {
    // Nearly always there is nothing to do, and then nobody is kept waiting.
    const [due] = this.#db.all(
      `select exists (select 1 from approvals where expires_at <= :now and sealed is not null) or exists (select 1 from approvals where expires_at < :over) as due`,
      { now, over: now - OVER_MS },
    )
    const gone = this.#answers().filter(one => !lasts(one, now))
    if (due!.due === 0 && gone.length === 0) return []
    return this.#db.inOneStep(() => {
      this.#db.run('delete from approvals where expires_at < :over', { over: now - OVER_MS })
      for (const { id } of gone) this.#db.run('delete from answers where id = :id', { id })
      return this.#db
        .all(expire, { now })
        .map(approvalOf)
        .filter(one => !one.answer)
    })
  }

  answers(now: number): readonly RememberedAnswer[] {
    return this.#answers().filter(one => lasts(one, now))
  }

  touch(id: string, now: number): void {
    this.#db.run('update answers set used_at = :now where id = :id and used_at < :now', { id, now })
  }

  revoke(id: string): boolean {
    return this.#db.run('delete from answers where id = :id', { id }) === 1
  }

  leave(session: string): void {
    this.#db.run(`delete from answers where span = 'session' and session = :session`, { session })
  }

  #like(binding: Binding): readonly Approval[] {
    return this.#db.all(alike, { binding: keyOf(binding) }).map(approvalOf)
  }

  #answers(): readonly RememberedAnswer[] {
    return this.#db.all(`select ${remembered} from answers order by at desc, id desc`).map(answerOf)
  }

  #lost(id: string, argumentsHash: string, now: number): Decided {
    const [approval] = this.approvals([id])
    if (!approval) return 'unknown'
    return speaks(approval, now) && !approval.answer && approval.argumentsHash !== argumentsHash ? 'differs' : 'late'
  }
}

const keyOf = (binding: Binding): string => hash('sha256', bindingText(binding))

const text = (value: Value | undefined): string => String(value ?? '')
const has = (value: Value | undefined): value is string | number => value !== null && value !== undefined

const bindingOf = (row: Row) => ({
  org: text(row.org),
  principal: text(row.principal),
  client: text(row.client),
  backend: text(row.backend),
  config: text(row.config),
  method: text(row.method),
  target: text(row.target),
  schemaHash: text(row.schema_hash),
  rule: text(row.rule),
})

const approvalOf = (row: Row): Approval => ({
  id: text(row.id),
  ...bindingOf(row),
  argumentsHash: text(row.arguments_hash),
  call: text(row.call),
  session: text(row.session),
  ...(has(row.roles) && { roles: JSON.parse(text(row.roles)) as readonly string[] }),
  reason: text(row.reason),
  askedAt: Number(row.asked_at),
  expiresAt: Number(row.expires_at),
  ...(has(row.sealed) && { sealed: text(row.sealed) }),
  ...(has(row.earlier) && { earlier: text(row.earlier) }),
  ...(has(row.decision) && {
    answer: {
      decision: row.decision === 'allow' ? 'allow' : 'deny',
      by: text(row.answered_by),
      via: text(row.via) as 'window',
      at: Number(row.answered_at),
      ...(has(row.why) && { reason: text(row.why) }),
      ...(has(row.edited_hash) && { edited: { sealed: text(row.edited), hash: text(row.edited_hash) } }),
    },
  }),
  ...(has(row.used_at) && {
    used: { call: text(row.used_by), at: Number(row.used_at), ...(has(row.settled_at) && { settledAt: Number(row.settled_at) }) },
  }),
})

const answerRow = ({ schemaHash, pins, by, at, usedAt, untilAt, session, sealed, ...rest }: RememberedAnswer): Row => ({
  ...rest,
  ...{ schema: schemaHash, pins: JSON.stringify(pins), by, at, used: usedAt, until: untilAt ?? null, session: session ?? null, sealed: sealed ?? null },
})

const answerOf = (row: Row): RememberedAnswer => ({
  id: text(row.id),
  ...bindingOf(row),
  approval: text(row.approval),
  span: text(row.span) as 'session',
  ...(has(row.session) && { session: text(row.session) }),
  pins: JSON.parse(text(row.pins)) as RememberedAnswer['pins'],
  ...(has(row.sealed) && { sealed: text(row.sealed) }),
  by: text(row.given_by),
  at: Number(row.at),
  usedAt: Number(row.used_at),
  ...(has(row.until_at) && { untilAt: Number(row.until_at) }),
})

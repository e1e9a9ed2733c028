// Between journal lines and SQLite rows: the statements, each naming its columns. A call's row keeps both its lines whole; the columns beside
// them are copies to search by.

import type { Ends } from './ends.ts'
import { parts, PAYLOAD } from './line.ts'
import { detailOf, fields } from './stored.ts'
import type { CallFilter, Entry, NoteFilter, Progress, StoredNote } from './store.ts'
import type { CallLines } from './stored.ts'

type Value = string | number | null
type Row = Record<string, Value>

export const columns =
  'id, org, journal, seq, settled_seq, opened_at, settled_at, session, backend, target, name, client, client_id, outcome, is_error, fault, opened, settled'

// by position: names cost as much again as the insert itself
export const putCall = `insert into calls (${columns}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  on conflict (id) do update set
    seq = coalesce(seq, excluded.seq), opened = coalesce(opened, excluded.opened), opened_at = min(opened_at, excluded.opened_at),
    session = coalesce(session, excluded.session), backend = coalesce(backend, excluded.backend), target = coalesce(target, excluded.target),
    name = coalesce(name, excluded.name), client = coalesce(client, excluded.client), client_id = coalesce(client_id, excluded.client_id),
    settled_seq = coalesce(excluded.settled_seq, settled_seq), settled = coalesce(excluded.settled, settled),
    settled_at = coalesce(excluded.settled_at, settled_at), outcome = coalesce(excluded.outcome, outcome),
    is_error = coalesce(excluded.is_error, is_error), fault = coalesce(excluded.fault, fault)`

export const putNote = `insert into notes (journal, segment, offset, seq, at, note, line, call) values (?, ?, ?, ?, ?, ?, ?, ?)
  on conflict (journal, segment, offset) do nothing`

/** Where a journal stands, and how far it is counted. */
export const standing = 'select segment, bytes, seq, counted from journals where journal = ?'

export const putProgress = `insert into journals (journal, segment, bytes, seq, hash, at, counted) values (?, ?, ?, ?, ?, ?, ?)
  on conflict (journal) do update set segment = excluded.segment, bytes = excluded.bytes, seq = excluded.seq, hash = excluded.hash, at = excluded.at,
    counted = excluded.counted`

export const allProgress = 'select journal, segment, bytes, seq, hash, at, anchor_seq, anchor_hash from journals'

export const putAnchor = `update journals set anchor_seq = :seq, anchor_hash = :hash where journal = :journal and coalesce(anchor_seq, 0) < :seq`

export const dropJournals = 'delete from journals where at < :before'

// a line ends with its hash: 64 hex digits and two characters more
export const takeCalls = `delete from calls where rowid in
    (select rowid from calls where opened_at < :before and coalesce(settled_at, opened_at) < :before order by opened_at limit :rows)
  returning journal, max(coalesce(seq, 0), coalesce(settled_seq, 0)) as seq,
    substr(case when coalesce(settled_seq, 0) > coalesce(seq, 0) then settled else opened end, -66, 64) as hash`

/** The end of the oldest calls, so many of them. */
export const oldestCalls = 'select opened_at from calls order by opened_at limit 1 offset :rows'

// a call has a line for each of two parts at most that are long
export const takeNotes = `delete from notes where rowid in (select rowid from notes where at < :before order by at limit 3 * :rows)
  returning journal, seq, substr(line, -66, 64) as hash`

/** Lines of payloads of a call; those that an older version has indexed are not named by it. */
export const payloads = 'select line from notes where call = :call order by seq'
export const payloadsUnnamed = `select line from notes where journal = :journal and note = 'payload' and call is null and line like :id escape '!' order by seq`

/** Lines of legs of a call: what is no payload of the time in which it was under way is little. What came of a task is given later. */
export const legs = `select line from notes where note <> 'payload' and note = 'leg' and at >= :from
  and at <= coalesce((select settled_at from calls where id = :call and outcome <> 'waiting'), 9e15) and journal = :journal and line like :id escape '!' order by seq`

/** How a line says whose it is, for \`like\`. */
export const saysId = (id: string): string => `%"id":"${id.replace(/[!%_]/g, '!$&')}"%`

export const recall = `select config, capabilities, backend, era, revision, at, text from remembered
  where config = :config order by capabilities = :capabilities desc, at desc limit 1`

export const remember = `insert into remembered (config, capabilities, backend, era, revision, at, text)
  values (:config, :capabilities, :backend, :era, :revision, :at, :text)
  on conflict (config, capabilities) do update set
    backend = excluded.backend, era = excluded.era, revision = excluded.revision, at = excluded.at, text = excluded.text`

export const forgetVariants = `delete from remembered where backend = :backend and rowid not in
  (select rowid from remembered where backend = :backend order by at desc limit :kept)`

export const spentOf = 'select spent from budgets where key = ? and taker = ?'

export const putBudget = `insert into budgets (key, taker, spent, over_at) values (?, ?, ?, ?)
  on conflict (key, taker) do update set spent = excluded.spent, over_at = excluded.over_at`

export const dropBudgets = 'delete from budgets where over_at < :now'

export const allBudgets = 'select key, taker, spent from budgets order by key, taker'

const bad = `sum(coalesce(is_error, 0) or coalesce(outcome, '') = 'failed') as bad`
const since = 'from calls where opened_at >= :since'

/** A number that is bound is a double to SQLite. */
export const slotsOf = `select opened_at / cast(:slot as integer) * cast(:slot as integer) as at, count(*) as calls, ${bad} ${since} group by 1 order by 1`

export const outcomesOf = `select case when is_error then 'error' else coalesce(outcome, 'open') end as name, count(*) as calls ${since} group by 1`

/** The busiest, by a column. */
export const busiest = (column: string): string =>
  `select ${column} as name, count(*) as calls, ${bad} ${since} and ${column} is not null group by 1 order by calls desc, name limit 10`

export const someCalls = 'select id, journal, opened_at, settled_at, opened, settled from calls'

/** The calls that a filter can mean, newest first: perhaps some more, never fewer. */
export function selectCalls(
  { backend, tool, client, key, project, outcome, sinceAt, after, before, words = [] }: CallFilter,
  limit: number,
): { sql: string; values: Row } {
  const values: Row = { limit }
  const where: string[] = []
  const only = (condition: string, more: Row): void => {
    where.push(condition)
    Object.assign(values, more)
  }
  if (backend !== undefined) only('backend = :backend', { backend })
  // in SQL ? and [ mean something too
  if (tool !== undefined) only('(target glob :tool or name glob :tool)', { tool: tool.replace(/[?[]/g, '[$&]') })
  if (outcome === 'open') only('outcome is null', {})
  else if (outcome === 'error') only('is_error', {})
  else if (outcome !== undefined) only('(outcome = :outcome or fault = :outcome)', { outcome })
  if (client !== undefined) only('(client = :client or client_id = :client)', { client })
  // What has no column stands in the line itself: a column behind it would be read no faster, and an older version would leave it empty.
  if (key !== undefined && /^[\w.@-]+$/.test(key))
    only(`opened like :principal escape '!'`, { principal: `%"principal":{"id":"${key.replaceAll('_', '!_')}"%` })
  if (project !== undefined) only('opened like :project', { project: '%"project":"%' })
  if (sinceAt !== undefined) only('opened_at >= :since', { since: sinceAt })
  if (after) only('journal = :journal and seq > :seq', { journal: after.journal, seq: after.seq })
  if (before) only('(opened_at, journal, coalesce(seq, 0)) < (:at, :of, :nth)', { at: before.openedAt, of: before.journal, nth: before.seq })
  // only a plain word stands in the lines as it is
  for (const [n, word] of words.entries()) {
    if (!/^[\w .:/-]+$/.test(word)) continue
    const like = `%${word.replaceAll('_', '!_')}%`
    const carried = `id in (select call from notes where call is not null and line like :carried${n} escape '!')`
    const unnamed = `exists (select 1 from notes where note = 'payload' and call is null)`
    // in JSON that others wrote, a slash may have a backslash before it
    only(`(coalesce(opened, '') || coalesce(settled, '') like :word${n} escape '!' or ${carried} or ${unnamed})`, {
      [`word${n}`]: like,
      [`carried${n}`]: like.replaceAll('/', '%/'),
    })
  }
  return {
    sql: `${someCalls}${where.length > 0 ? ` where ${where.join(' and ')}` : ''} order by opened_at desc, journal desc, coalesce(seq, 0) desc limit :limit`,
    values,
  }
}

/** Notes, newest first. */
export function selectNotes({ sinceAt, before }: NoteFilter, limit: number): { sql: string; values: Row } {
  const where = [`note <> 'payload'`, sinceAt !== undefined && 'at >= :since', before && '(at, journal, seq) < (:at, :of, :nth)'].filter(Boolean)
  return {
    sql: `select journal, seq, at, note, line from notes where ${where.join(' and ')} order by at desc, journal desc, seq desc limit :limit`,
    values: { limit, ...(sinceAt !== undefined && { since: sinceAt }), ...(before && { at: before.at, of: before.journal, nth: before.seq }) },
  }
}

export const noteOf = ({ journal, seq, at, note, line }: Row): StoredNote => ({
  journal: String(journal),
  seq: Number(seq),
  hash: parts(String(line)).hash,
  at: Number(at),
  note: String(note),
  detail: detailOf(String(line)),
})

export const linesOf = (row: Row): CallLines => ({
  journal: String(row.journal),
  openedAt: Number(row.opened_at),
  settledAt: row.settled_at === null ? undefined : Number(row.settled_at),
  open: row.opened === null ? undefined : String(row.opened),
  settle: row.settled === null ? undefined : String(row.settled),
})

export const progressOf = ({ journal, segment, bytes, seq, hash, at, anchor_seq, anchor_hash }: Row): Progress => ({
  journal: String(journal),
  segment: Number(segment),
  bytes: Number(bytes),
  seq: Number(seq),
  hash: String(hash),
  at: Number(at),
  ...(anchor_seq !== null && { anchor: { seq: Number(anchor_seq), hash: String(anchor_hash) } }),
})

const string = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** The values of `putCall` for each call that some lines are about: opening and settling together where both are here. */
export function* callRows(journal: string, calls: ReadonlyMap<string, Readonly<Ends>>): Iterable<Value[]> {
  for (const [id, { open, settle }] of calls) {
    const { session, backend, target, name, client, principal } = open?.fields ?? {}
    const { name: clientName, id: clientId } = fields(client)
    const { kind, isError, fault } = fields(settle?.fields.outcome)
    yield [
      id,
      string(fields(principal).org) ?? 'default',
      journal,
      open?.seq ?? null,
      settle?.seq ?? null,
      (open ?? settle)!.at,
      settle?.at ?? null,
      string(session),
      string(backend),
      string(target),
      string(name ?? target),
      string(clientName),
      string(clientId),
      string(kind),
      isError === true ? 1 : null,
      string(fault),
      open?.text ?? null,
      settle?.text ?? null,
    ]
  }
}

/** The call that a line which is no call's own is about. */
export const callOf = (note: string, { id }: Readonly<Record<string, unknown>>): string | null => (note === PAYLOAD ? string(id) : null)

/** The values of `putNote`. */
export function* noteRows(journal: string, segment: number, entries: readonly Entry[]): Iterable<Value[]> {
  for (const { kind, id, seq, at, offset, text, fields } of entries)
    if (kind === 'note') yield [journal, segment, offset, seq, at, id, text, callOf(id, fields)]
}

/** The last of the lines that went, for each journal. */
export function lastOfEach(gone: readonly Row[]): { journal: string; seq: number; hash: string }[] {
  const last = new Map<string, { journal: string; seq: number; hash: string }>()
  for (const { journal, seq, hash } of gone) {
    if (Number(seq) > (last.get(String(journal))?.seq ?? 0)) last.set(String(journal), { journal: String(journal), seq: Number(seq), hash: String(hash) })
  }
  return [...last.values()]
}

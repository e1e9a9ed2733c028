// What was ever called, counted as it is indexed: for each tool of each backend a row that outlives the records. A call counts with its opening line,
// how it ended with its settling line, each once: whoever indexes a batch counts it in the same step. What an older version has indexed it has not
// counted: a journal says how far it is counted, and what is missing is made up for from the records.

import type { Ends } from './ends.ts'
import type { Lifetime, Total } from './store.ts'
import { fields } from './stored.ts'

/** What is stored of a call whose opening line is not in the batch that settles it; nothing where retention has taken that since. */
export interface Known {
  readonly settledSeq: number | null
  readonly backend: string | null
  readonly target: string | null
}

const zero = { calls: 0, answered: 0, errors: 0, refused: 0, failed: 0, cancelled: 0, bytes: 0, argumentBytes: 0 }

type Counting = { -readonly [K in keyof Total]: Total[K] }

const string = (value: unknown): string => (typeof value === 'string' ? value : '')
const size = (value: unknown): number => (typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0)

/** Resources are counted by their backend alone: there are as many of them as somebody likes, and no end to what nobody offers. */
export const nameOf = (backend: string, target: string): string => (backend === '' || target.includes(':') ? '' : target)

/** What a batch adds. `known` is asked, before the batch is stored, about calls of which only the end is in it. */
export function counted(calls: ReadonlyMap<string, Readonly<Ends>>, known: (id: string) => Known | undefined): Iterable<Total> {
  const totals = new Map<string, Counting>()
  for (const [id, { open, settle }] of calls) {
    const before = open ? undefined : known(id)
    if (before && before.settledSeq !== null) continue
    const backend = open ? string(open.fields.backend) : (before?.backend ?? '')
    const target = nameOf(backend, open ? string(open.fields.target) : (before?.target ?? ''))
    const key = `${backend.length} ${backend}${target}`
    const { at } = (open ?? settle)!
    let total = totals.get(key)
    if (!total) totals.set(key, (total = { backend, target, sinceAt: at, ...zero }))
    total.sinceAt = Math.min(total.sinceAt, at)
    if (open) {
      total.calls++
      total.argumentBytes += size(open.fields.argumentsBytes)
    }
    if (settle) ended(total, fields(settle.fields.outcome))
  }
  return totals.values()
}

function ended(total: Counting, { kind, isError, bytes }: Record<string, unknown>): void {
  if (kind === 'answered') total[isError === true ? 'errors' : 'answered']++
  if (kind === 'refused' || kind === 'failed' || kind === 'cancelled') total[kind]++
  total.bytes += size(bytes)
}

const BUSIEST = 10

/** All of them together, and the busiest. */
export function summed(rows: readonly Total[]): Lifetime {
  const all = rows.reduce((sum, one) => added(sum, one), { ...zero, sinceAt: Infinity })
  const busiest = (of: (one: Total) => string) =>
    [...Map.groupBy(rows, of)]
      .filter(([name]) => name !== '')
      .map(([name, those]) => ({ name, ...those.reduce((sum, one) => added(sum, one), { ...zero, sinceAt: Infinity }) }))
      .map(({ name, calls, errors, failed }) => ({ name, calls, bad: errors + failed }))
      .sort((one, other) => other.calls - one.calls || (one.name < other.name ? -1 : 1))
      .slice(0, BUSIEST)
  const { sinceAt, ...sums } = all
  return { ...(sinceAt !== Infinity && { sinceAt }), ...sums, tools: busiest(one => one.target), backends: busiest(one => one.backend) }
}

type Sums = Omit<Total, 'backend' | 'target'>

const added = (sum: Sums, one: Sums): Sums => ({
  sinceAt: Math.min(sum.sinceAt, one.sinceAt),
  calls: sum.calls + one.calls,
  answered: sum.answered + one.answered,
  errors: sum.errors + one.errors,
  refused: sum.refused + one.refused,
  failed: sum.failed + one.failed,
  cancelled: sum.cancelled + one.cancelled,
  bytes: sum.bytes + one.bytes,
  argumentBytes: sum.argumentBytes + one.argumentBytes,
})

/** Adds to a row: by position, as `valuesOf` gives them. */
export const putTotal = `insert into totals (backend, target, since, calls, answered, errors, refused, failed, cancelled, bytes, argument_bytes)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  on conflict (backend, target) do update set since = min(since, excluded.since), calls = calls + excluded.calls, answered = answered + excluded.answered,
    errors = errors + excluded.errors, refused = refused + excluded.refused, failed = failed + excluded.failed, cancelled = cancelled + excluded.cancelled,
    bytes = bytes + excluded.bytes, argument_bytes = argument_bytes + excluded.argument_bytes`

export const valuesOf = ({ backend, target, sinceAt, calls, answered, errors, refused, failed, cancelled, bytes, argumentBytes }: Total) =>
  [backend, target, sinceAt, calls, answered, errors, refused, failed, cancelled, bytes, argumentBytes] as const

export const allTotals = 'select backend, target, since, calls, answered, errors, refused, failed, cancelled, bytes, argument_bytes from totals'

export const totalOf = (row: Record<string, unknown>): Total => ({
  backend: string(row.backend),
  target: string(row.target),
  sinceAt: Number(row.since),
  calls: Number(row.calls),
  answered: Number(row.answered),
  errors: Number(row.errors),
  refused: Number(row.refused),
  failed: Number(row.failed),
  cancelled: Number(row.cancelled),
  bytes: Number(row.bytes),
  argumentBytes: Number(row.argument_bytes),
})

/** Of a call of which only the end is in a batch. */
export const knownCall = 'select settled_seq, backend, target from calls where id = ?'

/** Whether an older version has indexed something. */
export const isGap = 'select 1 as gap from journals where coalesce(counted, 0) < seq limit 1'

export const closeGap = 'update journals set counted = ? where journal = ? and coalesce(counted, 0) = ?'

const number = (json: string, path: string): string => `max(0, iif(json_valid(${json}), coalesce(cast(json_extract(${json}, '${path}') as integer), 0), 0))`

/** What the records say of those parts, and from where to where they go: for each journal and tool, as `totalOf` reads it. */
export const missing = `with part as (select j.journal as journal, coalesce(j.counted, 0) as counted, j.seq as seq, coalesce(c.backend, '') as backend,
    iif(coalesce(c.backend, '') = '' or instr(c.target, ':') > 0, '', coalesce(c.target, '')) as target, c.opened_at as since,
    coalesce(c.seq, 0) > coalesce(j.counted, 0) as opens, coalesce(c.settled_seq, 0) > coalesce(j.counted, 0) as settles,
    c.outcome as outcome, coalesce(c.is_error, 0) as bad, c.opened as opened, c.settled as settled
  from journals j left join calls c on c.journal = j.journal and max(coalesce(c.seq, 0), coalesce(c.settled_seq, 0)) > coalesce(j.counted, 0)
  where coalesce(j.counted, 0) < j.seq)
  select journal, counted, seq, backend, target, min(since) as since, sum(opens) as calls,
    sum(settles and outcome = 'answered' and not bad) as answered, sum(settles and outcome = 'answered' and bad) as errors,
    sum(settles and outcome = 'refused') as refused, sum(settles and outcome = 'failed') as failed, sum(settles and outcome = 'cancelled') as cancelled,
    sum(iif(settles, ${number('settled', '$.outcome.bytes')}, 0)) as bytes, sum(iif(opens, ${number('opened', '$.argumentsBytes')}, 0)) as argument_bytes
  from part group by journal, backend, target`

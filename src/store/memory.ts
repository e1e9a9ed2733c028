// The store that forgets: for tests, and for what could not be written where it belongs.

import { randomBytes } from 'node:crypto'
import type { KeyNote } from '../config/master.ts'
import { charge, giveBack, overAt, take as takeFrom, type Budget, type Spent, type Taken } from '../gateway/budgets.ts'
import { MemoryApprovals } from './approvals-memory.ts'
import { MemoryKeys } from './keys.ts'
import { endsIn } from './ends.ts'
import { matches, newestFirst, notesNewestFirst } from './matching.ts'
import { LEG, parts, PAYLOAD } from './line.ts'
import { MemoryLogins } from './logins.ts'
import { MemoryPins } from './pins-memory.ts'
import { JOURNAL_MS } from './store.ts'
import { counted, summed, type Known } from './totals.ts'
import { carried, detailOf, storedCall, storedLeg, storedPayloads } from './stored.ts'
import type {
  Activity,
  Batch,
  Busy,
  CallFilter,
  CallSpan,
  Entry,
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
  Total,
} from './store.ts'
import type { CallLines, StoredCall, StoredLeg, StoredPayload } from './stored.ts'

const LIMIT = 50

/** A store in this process alone. */
export function memoryStore(): Store {
  const lines = new Map<string, CallLines>()
  const notes = new Map<string, { entry: Entry; journal: string }>()
  const journals = new Map<string, Progress>()
  const salt = randomBytes(32).toString('hex')
  let masterKey: KeyNote | undefined
  const remembered = new Map<string, Remembered>()
  let version = 0
  const budgets = new Map<string, { readonly budget: Budget; readonly spent: Spent }>()

  const totals: Total[] = []
  const knownOf = (id: string): Known | undefined => {
    const call = lines.get(id) && storedCall(lines.get(id)!)
    return call && { settledSeq: call.settledSeq ?? null, backend: call.backend, target: call.target }
  }

  const place = ({ key, taker }: Budget): string => JSON.stringify([key, taker])
  const spentOf = (budget: Budget): Spent | undefined => budgets.get(place(budget))?.spent
  const keep = (budget: Budget, spent: Spent, now: number): void => {
    for (const [key, one] of budgets) if (overAt(one.budget, one.spent) < now) budgets.delete(key)
    budgets.set(place(budget), { budget, spent })
    version++
  }

  const take = (journal: string, segment: number, entry: Entry): void => {
    if (entry.kind === 'note') {
      notes.set(`${journal} ${segment} ${entry.offset}`, { entry, journal })
      return
    }
    const known = lines.get(entry.id)
    const before = known ?? { journal, openedAt: entry.at }
    if (entry.kind === 'open') lines.set(entry.id, { ...before, openedAt: Math.min(before.openedAt, entry.at), open: before.open ?? entry.text })
    else lines.set(entry.id, { ...before, settledAt: entry.at, settle: entry.text })
  }

  const anchored = (journal: string, line: string | undefined, seq: number): void => {
    const progress = journals.get(journal)
    if (line && progress && seq > (progress.anchor?.seq ?? 0)) journals.set(journal, { ...progress, anchor: { seq, hash: parts(line).hash } })
  }

  const payloads = ({ id }: Pick<StoredCall, 'id' | 'journal'>): StoredPayload[] => {
    const all = [...notes.values()].filter(({ entry }) => entry.id === PAYLOAD && entry.fields.id === id)
    return all.sort((a, b) => a.entry.seq - b.entry.seq).flatMap(({ entry }) => storedPayloads(entry.text, id))
  }

  const size = (): number => {
    let bytes = 0
    for (const { open = '', settle = '' } of lines.values()) bytes += open.length + settle.length
    for (const { entry } of notes.values()) bytes += entry.text.length
    return bytes
  }

  const drop = (isOld: (at: number) => boolean): number => {
    let dropped = 0
    for (const [id, call] of lines) {
      if (!isOld(call.settledAt ?? call.openedAt)) continue
      const { seq, settledSeq = 0 } = storedCall(call)
      anchored(call.journal, call.open, seq)
      anchored(call.journal, call.settle, settledSeq)
      lines.delete(id)
      dropped++
    }
    for (const [place, { entry, journal }] of notes) {
      if (!isOld(entry.at)) continue
      anchored(journal, entry.text, entry.seq)
      notes.delete(place)
      dropped++
    }
    return dropped
  }

  return {
    logins: new MemoryLogins(),
    approvals: new MemoryApprovals(() => version++),
    pins: new MemoryPins(() => version++),
    keys: new MemoryKeys(() => version++),
    index({ journal, segment, from, entries, after }: Batch): Indexed {
      const progress = journals.get(journal)
      if ((progress?.segment ?? 0) !== from.segment || (progress?.bytes ?? 0) !== from.bytes) return 'behind'
      for (const total of counted(endsIn(entries), knownOf)) totals.push(total)
      for (const entry of entries) take(journal, segment, entry)
      journals.set(journal, { ...progress, journal, ...after })
      version++
      return 'done'
    },
    progress: (journal?: string): readonly Progress[] => [...journals.values()].filter(one => journal === undefined || one.journal === journal),
    calls(filter: CallFilter = {}): readonly StoredCall[] {
      const all = [...lines.values()].map(storedCall).filter(call => matches(call, filter, () => carried(payloads(call))))
      return all.sort(newestFirst).slice(0, filter.limit ?? LIMIT)
    },
    call(prefix: string): Found {
      const exact = lines.get(prefix)
      const ids = exact ? [prefix] : [...lines.keys()].filter(id => prefix !== '' && id.startsWith(prefix))
      if (ids.length === 1) return { kind: 'found', call: storedCall(lines.get(ids[0]!)!) }
      return ids.length === 0 ? { kind: 'none' } : { kind: 'several', ids: ids.sort().slice(0, 10) }
    },
    payloads,
    legs({ id, journal }: CallSpan): readonly StoredLeg[] {
      const all = [...notes.values()].filter(one => one.journal === journal && one.entry.id === LEG)
      return all.flatMap(({ entry }) => storedLeg(entry.text, id) ?? []).sort((a, b) => a.seq - b.seq)
    },
    notes({ sinceAt = -Infinity, before, limit = LIMIT }: NoteFilter = {}): readonly StoredNote[] {
      const those = [...notes.values()].filter(({ entry }) => entry.id !== PAYLOAD)
      const all = those.map(({ entry: { seq, at, id, text }, journal }) => {
        return { journal, seq, hash: parts(text).hash, at, note: id, detail: detailOf(text) }
      })
      const wanted = all.filter(one => one.at >= sinceAt && (before === undefined || notesNewestFirst(one, before) > 0))
      return wanted.sort(notesNewestFirst).slice(0, limit)
    },
    recall(keys: readonly RememberedKey[]): readonly Remembered[] {
      return keys.flatMap(({ config, capabilities }) => {
        const rows = [...remembered.values()].filter(row => row.config === config).sort((a, b) => b.at - a.at)
        return rows.find(row => row.capabilities === capabilities) ?? rows[0] ?? []
      })
    },
    remember(row: Remembered): void {
      remembered.set(`${row.config} ${row.capabilities}`, row)
      version++
    },
    forget(backend: string): void {
      for (const [key, row] of remembered) if (row.backend === backend) remembered.delete(key)
    },
    take(wanted: readonly Budget[], who: string, now: number, many?: number): Taken {
      const { taken, changes } = takeFrom(wanted, spentOf, who, now, many)
      for (const [budget, spent] of changes) keep(budget, spent, now)
      return taken
    },
    giveBack(wanted: readonly Budget[], who: string, many: number, takenAt: number, now: number): void {
      for (const budget of wanted) keep(budget, giveBack(budget, spentOf(budget), who, many, takenAt, now), now)
    },
    charge(wanted: readonly Budget[], who: string, tokens: number, now: number): void {
      for (const budget of wanted) keep(budget, charge(budget, spentOf(budget), who, tokens, now), now)
    },
    budgets: (): readonly StoredBudget[] => [...budgets.values()].map(({ budget: { key, taker }, spent }) => ({ key, taker, spent })),
    salt: () => salt,
    masterKey: (mine?: KeyNote) => (masterKey ??= mine),
    version: () => version,
    stats(): StoreStats {
      const oldest = Math.min(...[...lines.values()].map(call => call.openedAt))
      return { calls: lines.size, bytes: size(), ...(lines.size > 0 && { oldestAt: oldest }) }
    },
    lifetime: (): Lifetime => summed(totals),
    activity: (sinceAt: number, slotMs: number): Activity => activityOf([...lines.values()].map(storedCall), sinceAt, slotMs),
    prune(olderThanAt: number, maxBytes: number): number {
      const aged = drop(at => at < olderThanAt)
      if (aged > 0) return aged
      for (const { journal, at } of journals.values()) if (at < olderThanAt - JOURNAL_MS) journals.delete(journal)
      if (size() <= maxBytes) return 0
      const ends = [...[...lines.values()].map(call => call.settledAt ?? call.openedAt), ...[...notes.values()].map(({ entry }) => entry.at)].sort(
        (a, b) => a - b,
      )
      const last = ends[Math.floor(ends.length / 10)]!
      return drop(at => at <= last)
    },
    close() {},
  }
}

function activityOf(all: readonly StoredCall[], sinceAt: number, slotMs: number): Activity {
  const calls = all.filter(one => one.openedAt >= sinceAt)
  const isBad = ({ outcome }: StoredCall): boolean => outcome?.isError === true || outcome?.kind === 'failed'
  const by = <K>(key: (call: StoredCall) => K) =>
    [...Map.groupBy(calls, key)].map(([name, those]) => ({ name, calls: those.length, bad: those.filter(isBad).length }))
  const busiest = (key: (call: StoredCall) => string): Busy[] =>
    by(key)
      .sort((a, b) => b.calls - a.calls || (a.name < b.name ? -1 : 1))
      .slice(0, 10)
  return {
    slots: by(call => Math.floor(call.openedAt / slotMs) * slotMs)
      .map(({ name, ...rest }) => ({ at: name, ...rest }))
      .sort((a, b) => a.at - b.at),
    outcomes: Object.fromEntries(by(({ outcome }) => (outcome?.isError ? 'error' : (outcome?.kind ?? 'open'))).map(one => [one.name, one.calls])),
    tools: busiest(call => call.target),
    clients: busiest(({ client }) => client.id ?? client.name),
  }
}

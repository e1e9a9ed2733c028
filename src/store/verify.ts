// The proof of the record: every chain, in the store and in the files that are not indexed yet or not removed yet, line by line, in bounded
// memory. It changes nothing. What retention took ends in an anchor, and the chain goes on from there.
// Order matters: files are listed before the store is opened. A line that leaves its file was indexed before, so one of the two has it; where a
// file goes while it is read and something seems to be missing, that journal is looked at again.

import { existsSync } from 'node:fs'
import { Evidence, type KeptLine } from './evidence.ts'
import { Links, named, type Finding, type Report } from './links.ts'
import { parts } from './line.ts'
import { readSegment, segmentsIn, stateOf } from './segments.ts'
import { fieldsOf } from './stored.ts'
import type { Progress } from './store.ts'

export interface VerifyOptions {
  readonly database: string
  readonly journal: string
  readonly onFinding: (finding: Finding) => void
  /** Heard every few thousand lines; `all` is a guess. */
  readonly onProgress?: (lines: number, all: number) => void
}

export interface Verified {
  readonly journals: number
  readonly lines: number
  readonly findings: number
  /** Journals that begin behind an anchor. */
  readonly anchored: number
  /** Lines from before an anchor whose predecessor is gone: what they say can't be proved. */
  readonly unproved: number
}

/** What no look at these files can prove. */
export const LIMITS =
  'It can not prove that nobody who may write to these files has made a chain anew with fitting hashes, taken a whole journal away, ' +
  'cut lines off the end of a file before they were indexed, or off both ends together with the hashes that the store keeps of them.'

const PIECE_BYTES = 256 * 1024
const TELL_EVERY = 4096
/** A journal whose files move is looked at so often. */
const ATTEMPTS = 3

/** Proves what is on record; hears every finding. Fails with a StoreProblem where the store can't be read. */
export function verify({ database, journal: dir, onFinding, onProgress }: VerifyOptions): Verified {
  let all = 0
  const total = { journals: 0, lines: 0, findings: 0, anchored: 0, unproved: 0 }
  const tell = (): void => {
    if (++total.lines % TELL_EVERY === 0) onProgress?.(total.lines, Math.max(all, total.lines))
  }
  const look = (only: string | undefined, patient: boolean): string[] => {
    const files = segmentsIn(dir)
    const opened = existsSync(database) ? new Evidence(database) : undefined
    const moved: string[] = []
    try {
      const evidence = opened?.blank ? undefined : opened
      const known = evidence?.journals() ?? new Map<string, Progress>()
      all ||= evidence?.count() ?? 0
      const left = new Set(only === undefined ? [...files.keys(), ...known.keys()] : [only])
      const check = (journal: string, lines: Iterable<KeptLine>): void => {
        left.delete(journal)
        const findings: Finding[] = []
        const hold = (finding: Omit<Finding, 'journal'>): void => {
          if (patient) findings.push({ journal, ...finding })
          else report({ journal, ...finding })
        }
        const one = new JournalProof({ dir, journal, segments: files.get(journal) ?? [], progress: known.get(journal), evidence, report: hold, tell })
        one.run(lines)
        if (findings.length > 0 && one.moved) return void moved.push(journal)
        for (const finding of findings) report(finding)
        total.journals++
        total.unproved += one.unproved
        if (known.get(journal)?.anchor) total.anchored++
      }
      for (const [journal, lines] of grouped(evidence?.lines(only) ?? [])) check(journal, lines)
      for (const journal of [...left]) check(journal, [])
      return moved
    } finally {
      opened?.close()
    }
  }
  const report = (finding: Finding): void => {
    total.findings++
    onFinding(finding)
  }
  for (const journal of look(undefined, true)) for (let attempt = 1; attempt <= ATTEMPTS && look(journal, attempt < ATTEMPTS).length > 0; attempt++);
  return total
}

/** The lines of one journal after the other; each group is to be read to its end before the next. */
function* grouped(lines: Iterable<KeptLine>): Iterable<[string, Iterable<KeptLine>]> {
  const source = lines[Symbol.iterator]()
  let next = source.next()
  while (!next.done) {
    const { journal } = next.value
    const group = function* (): Iterable<KeptLine> {
      for (; !next.done && next.value.journal === journal; next = source.next()) yield next.value
    }
    yield [journal, group()]
  }
}

interface Filed {
  readonly text: string
  readonly seq: number
}

interface ProofOptions {
  readonly dir: string
  readonly journal: string
  readonly segments: readonly number[]
  readonly progress: Progress | undefined
  readonly evidence: Evidence | undefined
  readonly report: Report
  readonly tell: () => void
}

/** One journal: its rows, its files, and whether they agree. */
class JournalProof {
  /** A file went while it was read. */
  moved = false
  unproved = 0
  readonly #options: ProofOptions
  readonly #rows: Links
  #files: Links | undefined
  #last: { seq: number; hash: string } | undefined
  /** Opened in the files, not settled; and settled there, opened in the store. */
  readonly #open = new Set<string>()
  readonly #ended = new Set<string>()

  constructor(options: ProofOptions) {
    this.#options = options
    const { journal, progress, report } = options
    this.#rows = new Links(progress?.anchor ?? { seq: 0, hash: journal, at: 0 }, report)
  }

  run(lines: Iterable<KeptLine>): void {
    const files = this.#filed()[Symbol.iterator]()
    let filed = files.next()
    for (const line of lines) {
      for (; !filed.done && filed.value.seq < line.seq; filed = files.next()) this.#file(filed.value)
      if (!filed.done && filed.value.seq === line.seq) {
        this.#file(filed.value, line)
        filed = files.next()
      }
      this.#row(line)
    }
    this.#endOfRows()
    for (; !filed.done; filed = files.next()) this.#file(filed.value)
  }

  #row(line: KeptLine): void {
    const { report, tell, progress } = this.#options
    tell()
    const { seq, id, at, kind, text, odd, endsNothing } = line
    const who = { ...(seq > 0 && { seq }), ...(kind === 'note' ? {} : { id }), at }
    if (odd.length > 0) report({ ...who, what: `has a row whose ${odd.join(', ')} the line does not say: the row was changed` })
    const says = named(text)
    if (says.seq !== line.seq || (says.kind !== kind && kind !== 'note')) {
      report({ ...who, what: text === '' ? 'has lost its text' : 'is no line of ours: it was changed or put there' })
      return
    }
    if (progress?.anchor && seq <= progress.anchor.seq) return this.#early(line)
    const before = this.#rows.hash === undefined ? undefined : this.#rows.at
    if (!this.#rows.next(text, says)) return
    const exact = Math.max(before ?? 0, says.at ?? 0)
    if (before === undefined ? at < exact : at !== exact) report({ ...who, what: `has a row with another time than the line: the row was changed` })
    this.#rows.at = at
    if (endsNothing && !progress?.anchor) report({ ...who, what: 'settles a call that was never opened' })
  }

  /** A line from before the anchor: of a call that was settled later. Only where the line before it is there too can it be proved. */
  #early({ seq, id, kind, text, at }: KeptLine): void {
    const { journal, report } = this.#options
    const before = seq === 1 ? { seq: 0, hash: journal } : this.#last
    const { hash } = parts(text)
    const knows = before?.seq === seq - 1
    if (!knows) this.unproved++
    new Links({ seq: seq - 1, hash: knows ? before.hash : undefined }, finding => report({ ...(kind === 'note' ? {} : { id }), at, ...finding })).next(text)
    this.#last = { seq, hash }
  }

  #endOfRows(): void {
    const { progress, report } = this.#options
    const { seq, hash, at } = this.#rows
    if (progress === undefined) {
      if (seq > 0) report({ seq, what: 'is the last line of a journal that the store does not know any more' })
    } else if (seq < progress.seq) this.#rows.gap(progress.seq, progress.at)
    else if (seq > progress.seq) report({ seq, what: `stands in the store, which says that its last line is ${progress.seq}` })
    else if (hash !== undefined && hash !== progress.hash) report({ seq, what: 'has another hash than the store remembers of its last line' })
    else if (at !== undefined && at !== progress.at && seq > (progress.anchor?.seq ?? 0))
      report({ seq, what: 'has another time than the store remembers of its last line' })
  }

  /** A line of a file, and the same line of the store where it has one. */
  #file({ text, seq }: Filed, twin?: KeptLine): void {
    const { progress, report, tell } = this.#options
    tell()
    const indexed = seq <= (progress?.seq ?? 0)
    const files = (this.#files ??= this.#begin(seq, indexed))
    const who = named(text)
    if (!files.next(text, who)) return
    if (twin && twin.text !== text) report({ ...who, what: 'says one thing in its file and another in the store' })
    if (!twin && indexed && seq > (progress?.anchor?.seq ?? 0)) report({ ...who, what: 'stands in its file and no more in the store' })
    if (!indexed && who.id !== undefined) this.#pair(who.id, who.kind, who)
  }

  /** The chain in the files hangs on that of the store, where that goes so far. */
  #begin(seq: number, indexed: boolean): Links {
    const { report } = this.#options
    const rows = this.#rows
    if (!indexed) return new Links({ seq: rows.seq, hash: rows.hash, ...(rows.at !== undefined && { at: rows.at }) }, report)
    return new Links({ seq: seq - 1, hash: rows.seq === seq - 1 ? rows.hash : undefined }, report, 'gone from the file')
  }

  /** Each opening has at most one settling. */
  #pair(id: string, kind: string | undefined, who: object): void {
    const { evidence, journal, progress, report } = this.#options
    if (kind === 'open') {
      if (this.#open.has(id) || (evidence && evidence.standing(journal, id) !== 'absent')) report({ ...who, what: 'opens a call that is open already' })
      this.#open.add(id)
    }
    if (kind !== 'settle' || this.#open.delete(id)) return
    const standing = evidence?.standing(journal, id) ?? 'absent'
    if (this.#ended.has(id) || standing === 'settled') report({ ...who, what: 'settles a call that was settled before' })
    else if (standing === 'absent' && !progress?.anchor) report({ ...who, what: 'settles a call that was never opened, or was settled before' })
    this.#ended.add(id)
  }

  /** The lines of the files; the heads of segments, and where the store has read to, are looked at on the way. */
  *#filed(): Iterable<Filed> {
    const { dir, journal, segments, progress, report } = this.#options
    for (const segment of segments) {
      const read = progress?.segment === segment ? progress.bytes : 0
      let met = read === 0
      let to = 0
      for (;;) {
        const piece = readSegment(dir, journal, segment, to, PIECE_BYTES)
        if (!piece) this.moved = true
        if (!piece || piece.to === to) break
        for (const { text, offset } of piece.lines) {
          const fields = fieldsOf(text)
          const end = offset + text.length
          const kind = fields.kind
          if (kind === 'segment') this.#head(fields, segment)
          else if (typeof fields.seq === 'number' && Number.isSafeInteger(fields.seq)) yield { text, seq: fields.seq }
          else report({ what: `has something in segment ${segment}, byte ${offset}, that is no line of ours: it was changed or put there` })
          if (end === read || end + 1 === read) met = true
        }
        to = piece.to
      }
      if (met || this.moved) continue
      const size = stateOf(dir, journal, segment)?.size
      if (size === undefined) this.moved = true
      report({ seq: progress!.seq, what: `was read from segment ${segment} up to byte ${read}, and no line ends there any more: the file was cut or changed` })
    }
  }

  /** A segment says where it hangs on. */
  #head({ journal: owner, segment: number, seq, previous }: Record<string, unknown>, segment: number): void {
    const { journal, report } = this.#options
    const files = this.#files
    const off = owner !== journal || number !== segment
    const loose = files?.hash !== undefined && (seq !== files.seq + 1 || previous !== files.hash)
    if (off || loose) report({ ...(typeof seq === 'number' && { seq }), what: `begins segment ${segment}, whose head says something else: it was changed` })
  }
}

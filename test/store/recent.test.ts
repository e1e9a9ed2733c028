import assert from 'node:assert/strict'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { systemClock as clock } from '../../src/lib/clock.ts'
import type { Call, Decision, Outcome } from '../../src/gateway/types.ts'
import { Chain } from '../../src/store/chain.ts'
import { endsIn } from '../../src/store/ends.ts'
import { Indexer } from '../../src/store/indexer.ts'
import { openJournal, type FileJournal } from '../../src/store/journal.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { callRows, noteRows } from '../../src/store/rows.ts'
import { readSegment } from '../../src/store/segments.ts'
import type { Entry } from '../../src/store/store.ts'
import { counted } from '../../src/store/totals.ts'
import { aCall, allow, aRecord, folder, origin } from './calls.ts'

const id = 'aaaa0001'
const nowhere = { seq: 0, hash: id, at: 0 }

function scene(t: { after(act: () => void): void }) {
  const dir = folder(t)
  const problems: string[] = []
  const journal = openJournal({ dir, id, clock, sync: false })
  const store = memoryStore()
  const own = new Indexer({ dir, store, clock, own: journal, onProblem: problem => problems.push(problem) })
  const other = new Indexer({ dir, store, clock, onProblem: problem => problems.push(problem) })
  return { dir, file: join(dir, `${id}.1.jsonl`), journal, store, own, other, problems }
}

function record(journal: FileJournal, from: number, to: number): void {
  for (let n = from; n < to; n++) {
    assert.ok(journal.open(aCall(`${id}-${n}`), allow))
    assert.ok(journal.settle(aRecord(aCall(`${id}-${n}`))))
  }
}

/** What a reader of the file makes of it, from the beginning. */
function read(dir: string): { entries: Entry[]; after: object } {
  const chain = new Chain(id, undefined, problem => assert.fail(problem))
  const piece = readSegment(dir, id, 1, 0, 1 << 20)!
  const entries = piece.lines.flatMap(line => chain.read(line, 1) ?? [])
  return { entries, after: { ...chain.standing, bytes: piece.to } }
}

const rowsOf = (entries: readonly Entry[]) => ({
  calls: [...callRows(id, endsIn(entries))],
  notes: [...noteRows(id, 1, entries)],
  totals: [...counted(endsIn(entries), () => undefined)],
})

describe('what a journal still has in memory', () => {
  test('is for the store what its file is, whatever callers write', t => {
    const { dir, journal } = scene(t)
    const odd = ['files__read', '', 'u'.repeat(3000), '\u202e"\\\n\x7f\ud800 Zoë 🦉', 'https://a:geheim@example.com/x?token=geheim']
    const outcomes: Outcome[] = [
      { kind: 'answered', isError: true, bytes: 9 },
      { kind: 'answered', isError: false, bytes: 0 },
      { kind: 'waiting', for: 'input' },
      { kind: 'failed', fault: 'backend_timeout', message: 'x'.repeat(5000) },
      { kind: 'cancelled' },
    ]
    const denied: Decision = { kind: 'deny', by: 'rule:é', reason: 'no\n', code: 'denied', retryAfterMs: 5 }
    for (const [n, text] of odd.entries()) {
      const from = {
        ...origin,
        session: text,
        client: { name: text, version: text, ...(n % 2 && { id: text }) },
        principal: { ...origin.principal, org: text },
      }
      const more: Partial<Call> = { target: text, name: n % 2 ? text : 'read', backend: text, origin: from, method: n > 2 ? 'resources/read' : 'tools/call' }
      const call = aCall(`${id}-${n}${text}`, more)
      assert.ok(journal.open(call, n === 1 ? denied : allow))
      assert.ok(journal.leg(call, { kind: 'waiting', for: 'input' }) && journal.note(text, { text }))
      assert.ok(journal.settle(aRecord(call, outcomes[n]!)))
      const part = { id: call.id, part: 'result', text, bytes: 1, redactions: 1, cut: true } as const
      assert.ok(journal.payloads([part, { ...part, part: 'arguments' }]))
    }
    const mine = journal.recent.after(1, 0, nowhere)!
    const theirs = read(dir)
    assert.equal(mine.entries.length, 25)
    assert.deepEqual(rowsOf(mine.entries), rowsOf(theirs.entries))
    assert.deepEqual(
      mine.entries.map(({ kind, id, seq, at, offset, text }) => [kind, id, seq, at, offset, text]),
      theirs.entries.map(({ kind, id, seq, at, offset, text }) => [kind, id, seq, at, offset, text]),
    )
    assert.deepEqual(mine.after, theirs.after)
  })

  test('is had from the beginning of any line, by who knows where the chain stands there', t => {
    const { dir, journal } = scene(t)
    record(journal, 0, 5)
    const { entries } = read(dir)
    const [, , third] = entries
    const { hash } = JSON.parse(entries[1]!.text) as { hash: string }
    assert.deepEqual(
      journal.recent.after(1, third!.offset, { seq: 2, hash, at: 0 })!.entries.map(({ seq }) => seq),
      [3, 4, 5, 6, 7, 8, 9, 10],
    )
    assert.equal(journal.recent.after(1, third!.offset, { seq: 2, hash: 'f'.repeat(64), at: 0 }), undefined)
    assert.equal(journal.recent.after(1, third!.offset, { seq: 3, hash, at: 0 }), undefined)
    assert.equal(journal.recent.after(1, third!.offset + 1, { seq: 2, hash, at: 0 }), undefined)
    assert.equal(journal.recent.after(2, 0, nowhere), undefined)
    assert.equal(journal.recent.after(1, journal.position().bytes, nowhere), undefined)
  })

  test('is given by the batch, of which one has at most half a megabyte', t => {
    const { dir, journal } = scene(t)
    record(journal, 0, 400)
    assert.deepEqual(rowsOf(journal.recent.after(1, 0, nowhere)!.entries), rowsOf(read(dir).entries))
    record(journal, 400, 1200)
    const { entries, after } = journal.recent.after(1, 0, nowhere)!
    assert.ok(after.bytes > 256 * 1024 && after.bytes <= 512 * 1024)
    const rest = journal.recent.after(1, after.bytes, after)!
    assert.deepEqual([entries.at(-1)!.seq, rest.entries[0]!.seq], [after.seq, after.seq + 1])
  })

  test('is bounded: what no longer is there is indexed from the file, with what is', async t => {
    const { journal, store, own, problems } = scene(t)
    record(journal, 0, 4000)
    assert.ok(journal.position().bytes > 3 * 1024 * 1024)
    assert.equal(journal.recent.after(1, 0, nowhere), undefined)
    assert.equal(await own.own(), true)
    record(journal, 4000, 4001)
    assert.equal(await own.own(), true)
    assert.equal((await store.calls({ limit: 5000 })).length, 4001)
    assert.deepEqual(problems, [])
  })

  test('is what is indexed, whatever somebody has made of the file since', async t => {
    const { file, journal, store, own } = scene(t)
    record(journal, 0, 2)
    writeFileSync(file, readFileSync(file, 'latin1').replaceAll('files__read', 'files__rm__'))
    assert.equal(await own.own(), true)
    assert.deepEqual(
      (await store.calls()).map(call => call.target),
      ['files__read', 'files__read'],
    )
  })

  test('is what is indexed of the file before the one that is written, too', async t => {
    const { file, journal, store, own, problems } = scene(t)
    record(journal, 0, 2)
    journal.rotate()
    record(journal, 2, 3)
    writeFileSync(file, readFileSync(file, 'latin1').replaceAll('files__read', 'files__rm__'))
    assert.equal(await own.own(), true)
    assert.deepEqual(
      (await store.calls()).map(call => call.target),
      ['files__read', 'files__read', 'files__read'],
    )
    assert.deepEqual(problems, [])
  })

  test('is left alone where the file is not as long as it must be: what somebody wrote into it is found, and kept', async t => {
    const { file, journal, store, own, problems } = scene(t)
    record(journal, 0, 1)
    appendFileSync(file, 'no line\n')
    record(journal, 1, 2)
    await own.own()
    assert.match(problems.join(), /not a line of ours/)
    assert.equal((await store.notes())[0]!.note, 'damaged')
    assert.equal((await store.calls()).length, 2)
  })

  test('goes on where another process has indexed a part, or all', async t => {
    const { journal, store, own, other, problems } = scene(t)
    for (let n = 0; n < 6; n++) {
      record(journal, 10 * n, 10 * n + 3)
      if (n % 3 > 0) assert.equal(await other.all(), true)
      record(journal, 10 * n + 3, 10 * n + 5)
      if (n % 3 < 2) assert.equal(await own.own(), true)
    }
    assert.equal(await own.own(), true)
    assert.equal((await store.calls()).length, 30)
    assert.deepEqual(problems, [])
    assert.equal((await store.progress(id))[0]!.seq, journal.position().seq)
  })

  test('follows the journal into its next file', async t => {
    const { journal, store, own, problems } = scene(t)
    for (let n = 0; n < 5; n++) {
      record(journal, n, n + 1)
      if (n % 2) assert.equal(await own.own(), true)
      journal.rotate()
    }
    assert.equal(await own.own(), true)
    assert.equal((await store.calls()).length, 5)
    assert.deepEqual(problems, [])
  })
})

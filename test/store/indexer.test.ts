import assert from 'node:assert/strict'
import { appendFileSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { systemClock } from '../../src/lib/clock.ts'
import { Indexer, type IndexerOptions } from '../../src/store/indexer.ts'
import { openJournal, type FileJournal } from '../../src/store/journal.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { openStore } from '../../src/store/sqlite.ts'
import type { Store } from '../../src/store/store.ts'
import { aCall, allow, aRecord, folder } from './calls.ts'

type Context = { after(act: () => void): void }

const clock = systemClock

/** A folder with a journal, a store, and an indexer between them. */
function scene(t: Context, more: Partial<IndexerOptions> & { maxSegmentBytes?: number } = {}) {
  const dir = folder(t)
  const problems: string[] = []
  const journal = openJournal({ dir, id: 'aaaa0001', clock, sync: false, maxSegmentBytes: more.maxSegmentBytes })
  const store = more.store ?? memoryStore()
  const indexer = new Indexer({ dir, store, clock, onProblem: problem => problems.push(problem), ...more })
  return { dir, journal, store, indexer, problems }
}

function record(journal: FileJournal, from: number, to: number): void {
  for (let n = from; n < to; n++) {
    assert.ok(journal.open(aCall(`${journal.id}-${n}`), allow))
    assert.ok(journal.settle(aRecord(aCall(`${journal.id}-${n}`))))
  }
}

const idsOf = async (store: Store): Promise<string[]> => (await store.calls({ limit: 100_000 })).map(call => call.id)

describe('the indexer', () => {
  test('brings a journal into the store, and what is written later too', async t => {
    const { journal, store, indexer, problems } = scene(t)
    record(journal, 0, 1000)
    assert.equal(await indexer.all(), true)
    assert.equal((await idsOf(store)).length, 1000)
    record(journal, 1000, 1003)
    assert.equal(await indexer.all(), true)
    assert.equal((await idsOf(store)).length, 1003)
    assert.deepEqual(problems, [])
    assert.equal((await store.progress('aaaa0001'))[0]!.seq, 2006)
  })

  test('has nothing to do where there is no folder', async () => {
    assert.equal(await new Indexer({ dir: '/nowhere/at/all', store: memoryStore(), clock }).all(), true)
  })

  test('lets other things happen between its batches', async t => {
    const { journal, indexer } = scene(t)
    record(journal, 0, 3000)
    let turns = 0
    const count = setInterval(() => turns++, 0)
    await indexer.all()
    clearInterval(count)
    assert.ok(turns > 5, `${turns} timers ran meanwhile`)
  })

  test('goes from segment to segment, and removes those of its own that are finished', async t => {
    const { dir, journal, store } = scene(t, { maxSegmentBytes: 20_000 })
    record(journal, 0, 200)
    const last = readdirSync(dir).length
    assert.ok(last > 4)
    const indexer = new Indexer({ dir, store, clock, own: journal })
    assert.equal(await indexer.own(), true)
    assert.equal((await idsOf(store)).length, 200)
    assert.deepEqual(readdirSync(dir), [`aaaa0001.${last}.jsonl`])
    record(journal, 200, 201)
    await indexer.close()
    assert.deepEqual(readdirSync(dir), [])
    assert.equal((await idsOf(store)).length, 201)
  })

  test('leaves the segments of others where they are', async t => {
    const { dir, journal, indexer } = scene(t, { maxSegmentBytes: 20_000 })
    record(journal, 0, 200)
    const before = readdirSync(dir)
    await indexer.all()
    assert.deepEqual(readdirSync(dir), before)
  })

  test('removes what a dead process left once it is indexed and has been silent for a day', async t => {
    let alive = true
    const { dir, journal, indexer, store } = scene(t, { isAlive: () => alive })
    record(journal, 0, 3)
    const [name] = readdirSync(dir)
    const path = join(dir, name!)
    const old = new Date(Date.now() - 25 * 60 * 60 * 1000)
    utimesSync(path, old, old)
    await indexer.all()
    assert.deepEqual(readdirSync(dir), [name], 'it lives')
    alive = false
    utimesSync(path, new Date(), new Date())
    await indexer.all()
    assert.deepEqual(readdirSync(dir), [name], 'it was there a moment ago')
    utimesSync(path, old, old)
    await indexer.all()
    assert.deepEqual(readdirSync(dir), [])
    assert.equal((await idsOf(store)).length, 3)
  })

  test('knows by its pid that a process is gone, where nobody knows better', async t => {
    const { dir, journal, indexer } = scene(t)
    record(journal, 0, 3)
    const path = join(dir, 'aaaa0001.1.jsonl')
    const old = new Date(Date.now() - 25 * 60 * 60 * 1000)
    utimesSync(path, old, old)
    await indexer.all()
    assert.equal(readdirSync(dir).length, 1, 'that is this process')
    writeFileSync(path, readFileSync(path, 'latin1').replace(`"pid":${process.pid}`, `"pid":${2 ** 30}`))
    utimesSync(path, old, old)
    await indexer.all()
    assert.equal(readdirSync(dir).length, 0)
  })

  test('leaves the line that a killed process did not finish, without a word', async t => {
    const { dir, journal, indexer, store, problems } = scene(t)
    record(journal, 0, 2)
    const path = join(dir, 'aaaa0001.1.jsonl')
    const whole = readFileSync(path, 'latin1')
    appendFileSync(path, '{"v":1,"seq":5,"kind":"op')
    assert.equal(await indexer.all(), true)
    assert.equal((await idsOf(store)).length, 2)
    assert.deepEqual(problems, [])
    writeFileSync(path, whole)
    record(journal, 2, 3)
    await indexer.all()
    assert.equal((await idsOf(store)).length, 3)
  })

  for (let cut = 1; cut < 12; cut++) {
    test(`reads a file cut off at any byte: ${cut}/12`, async t => {
      const { dir, journal, indexer, store, problems } = scene(t)
      record(journal, 0, 2)
      const path = join(dir, 'aaaa0001.1.jsonl')
      const whole = readFileSync(path, 'latin1')
      const at = Math.floor((whole.length * cut) / 12)
      writeFileSync(path, whole.slice(0, at))
      await indexer.all()
      assert.deepEqual(problems, [])
      writeFileSync(path, whole)
      await indexer.all()
      assert.deepEqual(problems, [])
      assert.equal((await idsOf(store)).length, 2)
    })
  }

  test('reports a line that is none, keeps it, and goes on after it', async t => {
    const { dir, journal, indexer, store, problems } = scene(t)
    record(journal, 0, 1)
    appendFileSync(join(dir, 'aaaa0001.1.jsonl'), '\x00\x1b]0;evil\x07 no line\n')
    record(journal, 1, 2)
    assert.equal(await indexer.all(), true)
    assert.equal(problems.length, 1)
    assert.match(problems[0]!, /^journal aaaa0001, segment 1, byte \d+: not a line of ours$/)
    assert.equal((await idsOf(store)).length, 2)
    assert.equal((await store.notes())[0]!.note, 'damaged')
  })

  test('reports a line that was changed, and one that was taken out, and goes on', async t => {
    const { dir, journal, indexer, store, problems } = scene(t)
    record(journal, 0, 4)
    const path = join(dir, 'aaaa0001.1.jsonl')
    const lines = readFileSync(path, 'latin1').split('\n')
    lines[1] = lines[1]!.replace('files__read', 'files__rm__')
    lines.splice(4, 1)
    writeFileSync(path, lines.join('\n'))
    await indexer.all()
    assert.equal(problems.length, 2)
    assert.match(problems[0]!, /line 1 does not hang on the line before it/)
    assert.match(problems[1]!, /line 5 stands where line 4 should/)
    assert.equal((await idsOf(store)).length, 4)
  })

  test('gets past a megabyte of junk', async t => {
    const { dir, journal, indexer, store, problems } = scene(t)
    record(journal, 0, 1)
    appendFileSync(join(dir, 'aaaa0001.1.jsonl'), 'x'.repeat(2_500_000) + '\n')
    record(journal, 1, 2)
    await indexer.all()
    assert.ok(problems.length >= 1)
    assert.equal((await idsOf(store)).length, 2)
  })

  test('says which lines are gone when a segment is', async t => {
    const { dir, journal, indexer, store, problems } = scene(t, { maxSegmentBytes: 5000 })
    record(journal, 0, 30)
    rmSync(join(dir, 'aaaa0001.2.jsonl'))
    assert.equal(await indexer.all(), true)
    assert.match(problems.join('\n'), /lines \d+ to \d+ are gone/)
    assert.ok((await idsOf(store)).length > 15)
  })

  test('begins a new file when somebody took the own one away, and says so', async t => {
    const { dir, journal, store, problems } = scene(t)
    const indexer = new Indexer({ dir, store, clock, own: journal, onProblem: problem => problems.push(problem) })
    record(journal, 0, 1)
    rmSync(join(dir, 'aaaa0001.1.jsonl'))
    assert.equal(await indexer.own(), false)
    record(journal, 1, 2)
    assert.equal(await indexer.own(), true)
    assert.match(problems.join('\n'), /somebody took the file away/)
    assert.deepEqual(await idsOf(store), ['aaaa0001-1'])
  })

  test('waits while the journal is in use, and indexes once it has been quiet', async t => {
    const { dir, journal, store } = scene(t)
    const indexer = new Indexer({ dir, store, clock, own: journal })
    for (let n = 0; n < 3; n++) {
      record(journal, n, n + 1)
      await indexer.tick()
      assert.equal((await idsOf(store)).length, 0)
    }
    await indexer.tick()
    assert.equal((await idsOf(store)).length, 3)
  })

  test('indexes a busy journal too once it has run far ahead', async t => {
    const { dir, journal, store } = scene(t)
    const indexer = new Indexer({ dir, store, clock, own: journal, aheadBytes: 10_000 })
    record(journal, 0, 100)
    await indexer.tick()
    assert.equal((await idsOf(store)).length, 100)
  })

  test('tries later when somebody holds the store', async t => {
    const path = join(folder(t), 'mcpgw.db')
    const store = await openStore(path)
    t.after(() => void store.close())
    await store.salt()
    const { dir, journal } = scene(t)
    const indexer = new Indexer({ dir, store, clock, own: journal })
    record(journal, 0, 3)
    const other = new DatabaseSync(path)
    other.exec('begin immediate')
    assert.equal(await indexer.own(), false)
    assert.equal(await indexer.all(), false)
    other.exec('rollback')
    other.close()
    assert.equal(await indexer.own(), true)
    assert.equal((await idsOf(store)).length, 3)
  })

  test('keeps its files when the store could not take everything', async t => {
    const { dir, journal } = scene(t)
    const store = { ...memoryStore(), index: () => 'busy' as const }
    record(journal, 0, 3)
    await new Indexer({ dir, store, clock, own: journal }).close()
    assert.equal(readdirSync(dir).length, 1)
  })

  test('keeps all records together under their bound: rows and what waits in journals', async t => {
    const path = join(folder(t), 'mcpgw.db')
    const store = await openStore(path)
    t.after(() => void store.close())
    const { dir, journal, indexer } = scene(t, { store })
    record(journal, 0, 3000)
    await indexer.all()
    const waiting = statSync(join(dir, 'aaaa0001.1.jsonl')).size
    await indexer.retain({ retentionDays: 30, maxTotalBytes: waiting + 1_000_000 })
    const left = await idsOf(store)
    assert.deepEqual([left.length < 2000, left[0]], [true, 'aaaa0001-2999'])
    await indexer.retain({ retentionDays: -1, maxTotalBytes: 1e9 })
    assert.deepEqual(await idsOf(store), [])
  })
})

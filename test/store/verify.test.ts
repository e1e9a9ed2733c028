// What was written verifies; whatever is changed afterwards, in a file or in the store, is found.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { systemClock } from '../../src/lib/clock.ts'
import { Indexer } from '../../src/store/indexer.ts'
import { openJournal, type FileJournal } from '../../src/store/journal.ts'
import { closed, link, settleBody } from '../../src/store/line.ts'
import type { Finding } from '../../src/store/links.ts'
import { steps } from '../../src/store/schema.ts'
import { openStore } from '../../src/store/sqlite.ts'
import { verify, type Verified } from '../../src/store/verify.ts'
import { aCall, allow, aRecord, folder } from './calls.ts'

type Context = { after(act: () => void): void }

interface Place {
  readonly dir: string
  readonly database: string
  readonly journal: string
}

const place = (dir: string): Place => ({ dir, database: join(dir, 'mcpgw.db'), journal: join(dir, 'journal') })

function look({ database, journal }: Place): Verified & { all: Finding[] } {
  const all: Finding[] = []
  return { ...verify({ database, journal, onFinding: finding => all.push(finding) }), all }
}

const clean = (where: Place): void => assert.deepEqual(look(where).all, [])

const part = (id: string, part: 'arguments' | 'result', n: number) => ({
  id,
  part,
  text: '{"é":"\\""}'.repeat(n),
  bytes: 12 * n,
  redactions: n % 2,
  cut: n > 5,
})

function record(journal: FileJournal, from: number, to: number): void {
  for (let n = from; n < to; n++) {
    const call = aCall(`${journal.id}-${n}`, { startedAt: Date.now(), target: `files__${'x'.repeat(n % 5)}é` })
    assert.ok(journal.open(call, allow))
    if (n % 4 === 2) assert.ok(journal.note('settings', { n }))
    if (n % 3 === 2) assert.ok(journal.payloads([part(call.id, 'arguments', n)]) && journal.payloads([part(call.id, 'result', n)]))
    if (n % 7 === 6) continue
    assert.ok(journal.settle(aRecord(call, n % 3 === 1 ? { kind: 'failed', fault: 'backend_timeout', message: 'slow' } : undefined)))
  }
}

/** Two journals: one indexed and ended, one whose end is in its file alone. */
async function filled(t: Context, { dir = folder(t), calls = 12, known = steps }: { dir?: string; calls?: number; known?: readonly string[] } = {}) {
  const where = place(dir)
  const store = await openStore(where.database, known)
  for (const id of ['aaaa0001', 'bbbb0001']) {
    const own = openJournal({ dir: where.journal, id, clock: systemClock, sync: false, maxSegmentBytes: 2000 })
    const indexer = new Indexer({ dir: where.journal, store, clock: systemClock, own })
    record(own, 0, calls)
    if (id === 'aaaa0001') await indexer.close()
    else {
      await indexer.own()
      record(own, calls, calls + 4)
      own.close()
    }
  }
  await store.close()
  return where
}

function change({ database }: Place, sql: string, values: Record<string, string | number | null> = {}): number {
  const db = new DatabaseSync(database)
  try {
    return Number(db.prepare(sql).run(values).changes)
  } finally {
    db.close()
  }
}

const restored = (path: string, act: () => void): void => {
  const before = readFileSync(path)
  try {
    act()
  } finally {
    for (const end of ['-wal', '-shm']) rmSync(`${path}${end}`, { force: true })
    writeFileSync(path, before)
  }
}

describe('a record that nobody touched', () => {
  test('verifies: nothing at all, journals alone, and journals with a store', async t => {
    const where = await filled(t)
    const { journals, lines, all } = look(where)
    assert.deepEqual([all, journals], [[], 2])
    assert.ok(lines > 50)
    clean(place(folder(t)))
    rmSync(where.database)
    rmSync(join(where.journal), { recursive: true })
    const journal = openJournal({ dir: where.journal, id: 'cccc0001', clock: systemClock, sync: false, maxSegmentBytes: 2000 })
    record(journal, 0, 20)
    assert.equal(look(where).lines, 55)
    clean(where)
  })

  test('verifies after retention, wherever that stopped, also with a call that outlived it', async t => {
    const where = place(folder(t))
    const store = await openStore(where.database)
    let now = 1000
    const clock = { ...systemClock, now: () => now }
    const own = openJournal({ dir: where.journal, id: 'aaaa0001', clock, sync: false })
    const indexer = new Indexer({ dir: where.journal, store, clock, own })
    const slow = aCall('slow', { startedAt: now })
    own.open(aCall('first'), allow)
    own.open(slow, allow)
    own.settle(aRecord(aCall('first')))
    for (let n = 0; n < 2500; n++, now++) record(own, n, n + 1)
    now = 9000
    own.settle(aRecord(slow))
    await indexer.own()
    await store.prune(3000, 1e9)
    clean(where)
    while ((await store.prune(3000, 1e9)) > 0) clean(where)
    assert.deepEqual([look(where).anchored, look(where).unproved, (await store.call('slow')).kind], [1, 1, 'found'])
    record(own, 2500, 2510)
    clean(where)
    await indexer.own()
    clean(where)
    assert.equal(change(where, 'update journals set anchor_hash = :hash', { hash: 'f'.repeat(64) }), 1)
    assert.match(look(where).all[0]!.what, /does not hang on the line before it/)
    await store.prune(1e15, 0)
    await store.close()
  })

  test('verifies after kill -9, in the middle of whatever it was', async t => {
    const where = place(folder(t))
    for (let round = 0; round < 6; round++) {
      const writer = new URL('writer.ts', import.meta.url).pathname
      const child = spawn(process.execPath, [writer, where.dir, `aaaa000${round}`, '1000000', round % 2 ? 'index' : ''], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await once(child.stdout, 'data')
      child.stdout.resume()
      clean(where)
      await new Promise(done => setTimeout(done, round * 10))
      child.kill('SIGKILL')
      await once(child, 'close')
      clean(where)
    }
    assert.equal(look(where).journals, 6)
  })

  test('verifies while others write, index and remove', async t => {
    const where = place(folder(t))
    const writer = new URL('writer.ts', import.meta.url).pathname
    const writers = ['aaaa0001', 'bbbb0001'].map(id =>
      spawn(process.execPath, [writer, where.dir, id, '3000', 'index'], { stdio: ['ignore', 'ignore', 'inherit'] }),
    )
    for (; writers.some(child => child.exitCode === null); await new Promise(done => setTimeout(done, 5))) clean(where)
    assert.equal(look(where).lines >= 12_000, true)
  })

  test('verifies in a store that is ahead of us', async t => {
    const where = await filled(t, {
      known: [...steps, 'alter table calls add column cost integer; alter table journals add column mood text', 'create table x (y)'],
    })
    clean(where)
  })
})

describe('a change is found', () => {
  const tables = {
    calls: [
      ['id', 'text'],
      ['org', 'text'],
      ['journal', 'text'],
      ['seq', 'number'],
      ['settled_seq', 'number'],
      ['opened_at', 'number'],
      ['settled_at', 'number'],
      ...['session', 'backend', 'target', 'name', 'client', 'client_id', 'outcome'].map(name => [name, 'text']),
      ['is_error', 'number'],
      ['fault', 'text'],
      ['opened', 'text'],
      ['settled', 'text'],
    ],
    notes: [
      ['journal', 'text'],
      ['org', 'text'],
      ['seq', 'number'],
      ['at', 'number'],
      ['note', 'text'],
      ['line', 'text'],
      ['call', 'text'],
    ],
    journals: [
      ['journal', 'text'],
      ['seq', 'number'],
      ['hash', 'text'],
      ['at', 'number'],
    ],
  } as const

  for (const [table, columns] of Object.entries(tables))
    for (const [column, type] of columns)
      test(`${table}.${column}`, async t => {
        const where = await filled(t)
        restored(where.database, () => {
          const db = new DatabaseSync(where.database)
          const [row] = db.prepare(`select rowid as place from ${table} order by ${column} is null, rowid limit 1 offset 1`).all()
          const changed = type === 'number' ? `coalesce(${column}, 0) + 1` : `coalesce(${column}, '') || 'x'`
          db.prepare(`update ${table} set ${column} = ${changed} where rowid = :place`).run({ place: row!.place! })
          db.close()
          assert.ok(look(where).findings > 0)
        })
        if (table === 'calls' && column !== 'id' && column !== 'journal' && column !== 'opened_at' && column !== 'org')
          restored(where.database, () => {
            assert.equal(
              change(where, `update calls set ${column} = null where rowid = (select min(rowid) from calls where ${column} is not null)`),
              column === 'is_error' ? 0 : 1,
            )
            if (column !== 'is_error') assert.ok(look(where).findings > 0, 'taken away')
          })
      })

  test('any one character of any line that the store keeps', async t => {
    const where = await filled(t)
    const db = new DatabaseSync(where.database)
    const texts = ['opened', 'settled'].flatMap(column =>
      db.prepare(`select rowid as place, ${column} as text, '${column}' as name, 'calls' as home from calls where ${column} is not null`).all(),
    )
    texts.push(...db.prepare(`select rowid as place, line as text, 'line' as name, 'notes' as home from notes`).all())
    fc.assert(
      fc.property(fc.nat(texts.length - 1), fc.nat(), fc.integer({ min: 1, max: 127 }), (which, at, mask) => {
        const { place: rowid, text, name, home } = texts[which] as { place: number; text: string; name: string; home: string }
        const index = at % text.length
        const put = String.fromCharCode(text.charCodeAt(index) ^ mask || 1)
        const set = db.prepare(`update ${home} set ${name} = :text where rowid = :rowid`)
        set.run({ rowid, text: text.slice(0, index) + put + text.slice(index + 1) })
        const { findings } = look(where)
        set.run({ rowid, text })
        assert.ok(findings > 0)
      }),
      { numRuns: 150 },
    )
    db.close()
    clean(where)
  })

  test('any one byte of any line that stands in a file', async t => {
    const where = await filled(t)
    const files = readdirSync(where.journal).map(name => join(where.journal, name))
    fc.assert(
      fc.property(fc.nat(files.length - 1), fc.nat(), fc.integer({ min: 1, max: 255 }), (which, at, mask) => {
        const path = files[which]!
        const before = readFileSync(path)
        const head = before.indexOf('\n') + 1 // its process and time are in no chain
        const index = head + (at % (before.length - 1 - head)) // a last line without its end is one that was never finished
        const after = Buffer.from(before)
        after[index]! ^= mask
        writeFileSync(path, after)
        const { findings } = look(where)
        writeFileSync(path, before)
        assert.ok(findings > 0)
      }),
      { numRuns: 150 },
    )
    clean(where)
  })

  test('any row that is taken away, and one that is put in', async t => {
    const where = await filled(t)
    const db = new DatabaseSync(where.database)
    for (const table of ['calls', 'notes', 'journals'])
      for (const row of db.prepare(`select rowid as place, * from ${table}`).all() as Record<string, string | number>[]) {
        const { place: rowid, ...values } = row
        db.prepare(`delete from ${table} where rowid = :rowid`).run({ rowid: rowid! })
        const { all } = look(where)
        assert.ok(all.length > 0, `${table} ${rowid}`)
        assert.equal(all[0]!.journal, values.journal)
        const names = Object.keys(values)
        db.prepare(`insert into ${table} (rowid, ${names.join(', ')}) values (:rowid, ${names.map(name => `:${name}`).join(', ')})`).run({
          rowid: rowid!,
          ...values,
        })
      }
    clean(where)
    db.exec(`insert into calls (id, journal, opened_at) values ('nothing', 'aaaa0001', 1)`)
    assert.ok(look(where).findings > 0, 'without a line')
    db.exec(`delete from calls where id = 'nothing'; insert into calls select 'copy', org, journal, seq, settled_seq, opened_at, settled_at, session, backend, target, name,
      client, client_id, outcome, is_error, fault, opened, settled from calls limit 1`)
    assert.ok(look(where).findings > 0, 'a copy')
    db.close()
  })

  test('with its journal, line, call and time', async t => {
    const where = await filled(t)
    change(where, `update calls set opened = replace(opened, 'files__', 'fires__'), target = replace(target, 'files__', 'fires__') where id = 'aaaa0001-3'`)
    const [found, ...more] = look(where).all
    assert.deepEqual([found!.journal, found!.seq, found!.id, more], ['aaaa0001', 10, 'aaaa0001-3', []])
    assert.ok(Math.abs(found!.at! - Date.now()) < 60_000)
    assert.match(found!.what, /does not hang on the line before it/)
  })

  test('a tail that was cut off, where the store says that there was more', async t => {
    const where = await filled(t)
    const db = new DatabaseSync(where.database)
    db.exec(`delete from notes where journal = 'aaaa0001' and seq > 20; delete from calls where journal = 'aaaa0001' and seq > 20;`)
    db.close()
    assert.match(look(where).all[0]!.what, /^and those from line \d+ on are gone$/)
  })

  test('a file that is shorter than what was read of it, and one in the middle that is gone', async t => {
    const where = await filled(t)
    const names = readdirSync(where.journal).sort((a, b) => Number(a.split('.')[1]) - Number(b.split('.')[1]))
    const first = join(where.journal, names[0]!)
    const before = readFileSync(first)
    writeFileSync(first, before.subarray(0, before.indexOf('\n') + 1))
    assert.ok(look(where).findings > 0)
    writeFileSync(first, before)
    clean(where)
    assert.ok(names.length > 2)
    rmSync(join(where.journal, names[1]!))
    assert.match(
      look(where)
        .all.map(one => one.what)
        .join('\n'),
      /gone/,
    )
  })

  test('a second settling of one call, although its hash fits', t => {
    const where = place(folder(t))
    const journal = openJournal({ dir: where.journal, id: 'aaaa0001', clock: systemClock, sync: false })
    record(journal, 0, 1)
    const path = join(where.journal, 'aaaa0001.1.jsonl')
    const hash = readFileSync(path, 'latin1').trimEnd().slice(-66, -2)
    const body = settleBody(3, Date.now(), aRecord(aCall('aaaa0001-0')))
    appendFileSync(path, closed(body, link(hash, body)))
    assert.deepEqual(
      look(where).all.map(({ seq, id, what }) => [seq, id, what]),
      [[3, 'aaaa0001-0', 'settles a call that was never opened, or was settled before']],
    )
  })
})

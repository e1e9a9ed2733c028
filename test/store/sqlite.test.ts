import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import * as rows from '../../src/store/rows.ts'
import { steps } from '../../src/store/schema.ts'
import { openStore } from '../../src/store/sqlite.ts'
import { StoreProblem } from '../../src/store/store.ts'
import { Scribe } from '../contracts/scribe.ts'
import { keysContract } from '../contracts/keys.ts'
import { loginsContract } from '../contracts/logins.ts'
import type { Batch } from '../../src/store/store.ts'
import { storeContract } from '../contracts/store.ts'
import { folder } from './calls.ts'

const opened = async (t: { after(act: () => void): void }) => {
  const store = await openStore(join(folder(t), 'mcpgw.db'))
  t.after(() => void store.close())
  return store
}

storeContract('sqlite', opened)
loginsContract('sqlite', opened)
keysContract('sqlite', opened)

const row = { config: 'c1', capabilities: 'k1', backend: 'files', era: 'legacy', revision: '2025-11-25', at: 1, text: 'x' } as const

describe('the SQLite store', () => {
  test('makes its file at the first use, with its folder, for its owner alone', async t => {
    const path = join(folder(t), 'deep', 'mcpgw.db')
    const store = await openStore(path)
    assert.ok(!existsSync(path))
    await store.remember(row)
    for (const name of [path, `${path}-wal`]) assert.equal(statSync(name).mode & 0o777, 0o600)
    assert.equal(statSync(join(path, '..')).mode & 0o777, 0o700)
    await store.close()
  })

  test('is there again after a close', async t => {
    const path = join(folder(t), 'mcpgw.db')
    for (const id of ['c1', 'c2']) {
      const store = await openStore(path)
      assert.equal(await store.index(new Scribe(`journal-${id}`).whole(id, 100).batch()), 'done')
      await store.close()
    }
    const store = await openStore(path)
    assert.equal((await store.calls()).length, 2)
    await store.close()
  })

  test('does not wait to index: somebody else is writing, so it is busy, and the event loop goes on', async t => {
    const path = join(folder(t), 'mcpgw.db')
    const store = await openStore(path)
    await store.remember(row)
    const other = new DatabaseSync(path)
    other.exec('begin immediate')
    const batch = new Scribe('aaaa0001').whole('c1', 100).batch()
    assert.equal(await store.index(batch), 'busy')
    assert.equal(await store.prune(1e15, 0), 0)
    assert.deepEqual(await store.calls(), [], 'reading goes on')
    assert.equal((await store.recall([row])).length, 1)
    other.exec('rollback')
    assert.equal(await store.index(batch), 'done')
    other.close()
    await store.close()
  })

  test('says that it is busy when a write that must be has waited', async t => {
    const path = join(folder(t), 'mcpgw.db')
    const store = await openStore(path)
    await store.remember(row)
    const other = new DatabaseSync(path)
    other.exec('begin immediate')
    await assert.rejects(async () => store.remember(row), { name: 'Error', busy: true, message: /another program holds .*mcpgw\.db; try again/ })
    other.exec('rollback')
    await store.remember(row)
    other.close()
    await store.close()
  })

  test('opens later what it could not open at first', async t => {
    const path = join(folder(t), 'mcpgw.db')
    writeFileSync(path, 'this is no database, and nobody may take it for one '.repeat(50))
    const store = await openStore(path)
    await assert.rejects(async () => store.calls(), StoreProblem)
    assert.match(readFileSync(path, 'utf8'), /^this is no database/, 'what it can not read it does not touch')
    writeFileSync(path, '')
    assert.deepEqual(await store.calls(), [])
    await store.close()
  })

  test('names the file when it can not be used', async t => {
    const path = join(folder(t), 'mcpgw.db')
    mkdirSync(path)
    await assert.rejects(async () => (await openStore(path)).calls(), { busy: false, message: new RegExp(path) })
  })

  test('works beside a newer version on the same file, both writing', async t => {
    const path = join(folder(t), 'mcpgw.db')
    const old = await openStore(path)
    const [before, meanwhile, after] = [new Scribe('aaaa0001'), new Scribe('bbbb0001'), new Scribe('cccc0001')]
    assert.equal(await old.index(before.whole('c1', 100).batch()), 'done')

    const newer = await openStore(path, [
      ...steps,
      `alter table calls add column cost integer; create table prices (tool text)`,
      'alter table notes add column colour text not null default 0',
    ])
    assert.equal(await newer.index(meanwhile.whole('c2', 200).note('x', 201).batch()), 'done')
    assert.equal(await old.index(before.whole('c3', 300).note('y', 301).batch()), 'done', 'one that was open before the file grew')

    const again = await openStore(path)
    assert.equal(await again.index(after.whole('c4', 400).batch()), 'done', 'one that opens it afterwards')
    await again.remember(row)
    await again.prune(150, 1e9)
    for (const store of [old, newer, again]) {
      assert.deepEqual(
        (await store.calls()).map(call => call.id),
        ['c4', 'c3', 'c2'],
      )
      assert.equal((await store.notes()).length, 2)
      await store.close()
    }
    const db = new DatabaseSync(path)
    assert.equal(db.prepare('pragma user_version').get()!.user_version, steps.length + 2)
    db.close()
  })

  test('makes up for what an older version has indexed without counting it', async t => {
    const path = join(folder(t), 'mcpgw.db')
    const store = await openStore(path)
    const [one, other] = [new Scribe('aaaa0001'), new Scribe('bbbb0001')]
    const web = { backend: 'web', target: 'web__get' }
    await store.index(one.whole('c1', 100).open('c2', 101, web).batch())
    const counted = await store.lifetime()
    const db = new DatabaseSync(path)
    const [before] = db.prepare('select counted from journals').all()
    // It knows neither the table nor the column.
    const older = async (batch: Batch) => {
      const totals = db.prepare('select * from totals').all()
      await store.index(batch)
      db.exec('delete from totals')
      for (const row of totals)
        db.prepare(
          `insert into totals (${Object.keys(row).join(', ')}) values (${Object.keys(row)
            .map(() => '?')
            .join(', ')})`,
        ).run(...Object.values(row))
      db.prepare('update journals set counted = ? where journal = ?').run(batch.journal === 'aaaa0001' ? before!.counted! : null, batch.journal)
    }
    await older(one.settle('c2', 102, { kind: 'failed', fault: 'internal', message: 'x' }).whole('c3', 103).batch())
    await older(other.whole('d1', 104, web).note('x', 105).batch())
    assert.deepEqual(db.prepare('select sum(calls) as calls from totals').get()!.calls, counted.calls)
    assert.equal(await store.index(one.open('c4', 106).batch()), 'done')
    await store.index(new Scribe('cccc0001').note('x', 107).batch())
    const { calls, answered, failed, bytes, argumentBytes, tools } = await store.lifetime()
    assert.deepEqual([calls, answered, failed, bytes, argumentBytes], [5, 3, 1, 21, 75])
    assert.deepEqual(tools, [
      { name: 'files__read', calls: 3, bad: 0 },
      { name: 'web__get', calls: 2, bad: 1 },
    ])
    await store.index(one.settle('c4', 108).batch())
    assert.equal((await store.lifetime()).answered, 4)
    assert.deepEqual(db.prepare('select journal from journals where counted is not seq').all(), [])
    db.close()
    await store.close()
  })

  test('finds what calls carried also where an older version has indexed it', async t => {
    const path = join(folder(t), 'mcpgw.db')
    const db = new DatabaseSync(path)
    const store = await openStore(path)
    const scribe = new Scribe('aaaa0001').whole('c_1', 100).payload('c_1', 101).payload('cx1', 102)
    await store.index(scribe.batch())
    db.exec('update notes set call = null') // it does not know the column
    assert.equal((await store.payloads({ id: 'c_1', journal: 'aaaa0001' }))[0]!.text, '{"path":"/tmp"}')
    assert.equal((await store.payloads({ id: 'c_1', journal: 'aaaa0001' })).length, 1)
    assert.deepEqual(
      (await store.calls({ words: ['/tmp'] })).map(call => call.id),
      ['c_1'],
    )
    db.close()
    await store.close()
  })

  test('looks for what a call carried, and for notes, by an index', async t => {
    const path = join(folder(t), 'mcpgw.db')
    const store = await openStore(path)
    await store.notes()
    const db = new DatabaseSync(path)
    const planOf = (sql: string, values: Record<string, string | number>) => JSON.stringify(db.prepare(`explain query plan ${sql}`).all(values))
    assert.match(planOf(rows.payloads, { call: 'c' }), /notes_of_calls/)
    assert.match(planOf(rows.payloadsUnnamed, { journal: 'a', id: 'x' }), /notes_of_no_call/)
    const { sql, values } = rows.selectNotes({}, 5)
    assert.match(planOf(sql, values as Record<string, number>), /notes_themselves/)
    db.close()
    await store.close()
  })

  test('keeps what a newer version says in a line', async t => {
    const path = join(folder(t), 'mcpgw.db')
    const store = await openStore(path)
    const batch = new Scribe('aaaa0001').whole('c1', 100).batch()
    const [open, settle] = batch.entries
    const text = open!.text.replace('{"v":1', '{"v":2,"mood":"blue"')
    await store.index({ ...batch, entries: [{ ...open!, text }, settle!] })
    await store.close()
    const db = new DatabaseSync(path)
    assert.match(String(db.prepare('select opened from calls').get()!.opened), /"mood":"blue"/)
    db.close()
  })

  test('gives pages back when records go', async t => {
    const path = join(folder(t), 'mcpgw.db')
    const store = await openStore(path)
    const scribe = new Scribe('aaaa0001')
    for (let n = 0; n < 4000; n++) scribe.whole(`c${n}`, n)
    await store.index(scribe.batch())
    const full = (await store.stats()).bytes
    while ((await store.prune(4000, 1e9)) > 0);
    await store.close()
    assert.ok(statSync(path).size < full / 4)
  })
})

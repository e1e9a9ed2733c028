// `mcpgw log verify`, `log export` and `log --changes`, as a person uses them.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, test, type TestContext } from 'node:test'
import type { Call, Outcome } from '../../src/gateway/types.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { openJournal } from '../../src/store/journal.ts'
import { exportColumns } from '../../src/cli/exported.ts'
import { aCall, allow, aRecord, origin } from '../store/calls.ts'
import { person, type Person } from './running.ts'

/** Somebody with calls on record. */
function recorded(t: TestContext, calls: readonly (Partial<Call> & { outcome?: Outcome })[] = [{}, {}]): Person {
  const someone = person(t)
  const journal = openJournal({ dir: someone.context.places.journal, id: 'aaaa0001', clock: systemClock, sync: false })
  for (const [n, { outcome, ...more }] of calls.entries()) {
    const call = aCall(`aaaa0001-${n + 1}`, { startedAt: Date.now(), ...more })
    journal.open(call, allow)
    journal.settle(aRecord(call, outcome))
  }
  journal.close()
  return someone
}

const lines = (out: string): Record<string, unknown>[] =>
  out
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>)

describe('mcpgw log verify', () => {
  test('says that nothing is wrong, and what it can not prove; and makes nothing', async t => {
    const someone = recorded(t)
    const { exit, out, err } = await someone.mcpgw('log', 'verify')
    assert.deepEqual([exit, out], [0, ''])
    assert.match(err, /^4 lines of 1 journal: nothing was changed, removed or put in\.\nIt can not prove that nobody who may write/)
    assert.ok(!existsSync(someone.context.places.database))
    assert.equal((await someone.mcpgw('log', 'verify', '--json')).exit, 0)
    assert.equal((await person(t).mcpgw('log', 'verify')).exit, 0)
  })

  test('names what was changed, for people and for programs, and exits with 1', async t => {
    const someone = recorded(t)
    await someone.mcpgw('log')
    const db = new DatabaseSync(someone.context.places.database)
    db.exec(`update calls set target = 'files__\x1b[31m' where id = 'aaaa0001-2'`)
    db.close()
    const { exit, out, err } = await someone.mcpgw('log', 'verify')
    assert.equal(exit, 1)
    assert.match(out, /^journal aaaa0001, line 3 \(call aaaa0001-2, \d{4}-\S+Z\) has a row whose target the line does not say: the row was changed\n$/)
    assert.match(err, /1 thing is wrong/)
    const data = JSON.parse((await someone.mcpgw('log', 'verify', '--json')).out)
    assert.deepEqual([data.ok, data.findings.count, data.findings.named[0].seq, typeof data.limits], [false, 1, 3, 'string'])
  })

  test('says when somebody holds the store', async t => {
    const someone = recorded(t)
    await someone.mcpgw('log')
    const db = new DatabaseSync(someone.context.places.database)
    db.exec('pragma locking_mode = exclusive; begin exclusive; create table held (x)')
    const { exit, err } = await someone.mcpgw('log', 'verify')
    db.exec('rollback')
    db.close()
    assert.deepEqual([exit, /nothing can be proved now: another program holds .*; try again/.test(err)], [1, true])
  })
})

describe('mcpgw log export', () => {
  test('is a line for each call and change, newest first, with the same columns in both formats', async t => {
    const someone = recorded(t, [{}, { target: 'git__push', backend: 'git', outcome: { kind: 'failed', fault: 'backend_timeout', message: '=cmd()\n"x",y' } }])
    await someone.mcpgw('deny', 'a__*')
    const rows = lines((await someone.mcpgw('log', 'export', '--format', 'jsonl')).out)
    assert.deepEqual(
      rows.map(({ record, id, change }) => [record, id, change]),
      [
        ['change', null, 'settings.changed'],
        ['call', 'aaaa0001-2', null],
        ['call', 'aaaa0001-1', null],
      ],
    )
    assert.deepEqual([rows[2]!.project, rows[2]!.client_session], [null, null])
    for (const row of rows) assert.deepEqual(Object.keys(row), [...exportColumns])
    assert.deepEqual([rows[1]!.fault, rows[1]!.message, rows[2]!.seq, rows[2]!.settled_seq], ['backend_timeout', '=cmd()\n"x",y', 1, 2])
    const { out } = await someone.mcpgw('log', 'export', '--format', 'csv')
    const table = out.split('\r\n')
    assert.deepEqual([table.length, table[0]], [5, exportColumns.join(',')])
    assert.ok(table[2]!.includes(`,"'=cmd()\\n""x"",y",`))
  })

  test('exports what a filter means, and then no changes where it means calls', async t => {
    const someone = recorded(t, [{}, { backend: 'git' }, { origin: { ...origin, client: { name: 'cursor', version: '1' }, project: '/home/me/app' } }])
    await someone.mcpgw('deny', 'a__*')
    const ids = async (...args: string[]): Promise<unknown[]> =>
      lines((await someone.mcpgw('log', 'export', '--format', 'jsonl', ...args)).out).map(row => row.id)
    assert.deepEqual(await ids('--backend', 'git'), ['aaaa0001-2'])
    assert.deepEqual(await ids('--client', 'cursor'), ['aaaa0001-3'])
    assert.deepEqual(await ids('--project', 'app'), ['aaaa0001-3'])
    assert.deepEqual(await ids('--key', 'local', '--project', 'app'), ['aaaa0001-3'])
    assert.deepEqual(await ids('-n', '2'), [null, 'aaaa0001-3'])
    assert.deepEqual(await ids('a__'), [null])
    assert.equal((await someone.mcpgw('log', 'export', '--format', 'csv', '--backend', 'none')).out, `${exportColumns.join(',')}\r\n`)
    assert.equal((await someone.mcpgw('log', 'export')).exit, 2)
    assert.equal((await someone.mcpgw('log', 'export', '--format', 'xml')).exit, 2)
  })

  test('comes to the end of many pages, each record once', async t => {
    const someone = recorded(
      t,
      Array.from({ length: 1203 }, () => ({})),
    )
    const rows = lines((await someone.mcpgw('log', 'export', '--format', 'jsonl')).out)
    assert.equal(new Set(rows.map(row => row.id)).size, 1203)
    assert.equal(rows.length, 1203)
  })

  test('waits for whoever reads', async t => {
    const someone = recorded(t)
    let waited = 0
    Object.assign(someone.context.out, { drained: async () => void waited++ })
    await someone.mcpgw('log', 'export', '--format', 'csv')
    assert.equal(waited, 2)
  })
})

describe('mcpgw log --changes', () => {
  test('says who changed what, newest last; the calls alone stand in the log', async t => {
    const someone = recorded(t)
    await someone.mcpgw('add', 'files', '--no-check', '--', 'backend')
    await someone.mcpgw('disable', 'files')
    const { exit, out } = await someone.mcpgw('log', '--changes')
    assert.equal(exit, 0)
    const [head, first, second, ...more] = out.trimEnd().split('\n')
    assert.match(head!, /^TIME +BY +WHAT$/)
    assert.match(first!, /\(mcpgw add\) +added .*mcpServers\.files$/)
    assert.match(second!, /\(mcpgw disable\) +added mcpServers\.files\.enabled \(false\)$/)
    assert.deepEqual(more, [])
    assert.doesNotMatch((await someone.mcpgw('log')).out, /mcpServers/)
    assert.equal(JSON.parse((await someone.mcpgw('log', '--changes', '--json', 'disable')).out).length, 1)
    assert.equal((await someone.mcpgw('log', '--changes', '--backend', 'x')).exit, 2)
  })

  test('says that there is none', async t => {
    assert.match((await person(t).mcpgw('log', '--changes')).err, /No such change is on record/)
  })
})

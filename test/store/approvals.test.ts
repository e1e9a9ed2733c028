import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { memoryStore } from '../../src/store/memory.ts'
import { openStore } from '../../src/store/sqlite.ts'
import { approvalsContract, question, yes } from '../contracts/approvals.ts'
import { folder } from './calls.ts'

approvalsContract('memory', async (_, many) => {
  const store = memoryStore()
  return Array.from({ length: many }, () => store)
})

approvalsContract('sqlite', async (t, many) => {
  const path = join(folder(t), 'mcpgw.db')
  const stores = await Promise.all(Array.from({ length: many }, () => openStore(path)))
  t.after(() => stores.forEach(store => void store.close()))
  return stores
})

test('who holds the store for longer than a quarter of a second makes it busy: nothing is asked, answered or used', async t => {
  const path = join(folder(t), 'mcpgw.db')
  const { approvals, close } = await openStore(path).then(store => ({ approvals: store.approvals, close: () => store.close() }))
  t.after(() => void close())
  const now = question('q').askedAt
  await approvals.ask(question('q1'), now)
  const other = new DatabaseSync(path)
  const held = async (act: () => unknown) => {
    other.exec('begin immediate')
    await assert.rejects(async () => act(), { busy: true })
    other.exec('rollback')
  }
  await held(() => approvals.ask(question('q2', { target: 'other' }), now))
  await held(() => approvals.decide('q1', { argumentsHash: 'a1', answer: yes() }, now))
  assert.equal(await approvals.decide('q1', { argumentsHash: 'a1', answer: yes() }, now), 'won')
  await held(() => approvals.use('q1', 'c', now))
  assert.ok(await approvals.use('q1', 'c', now))
  assert.equal((await approvals.approvals()).length, 1)
  other.close()
})

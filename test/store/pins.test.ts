import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { memoryStore } from '../../src/store/memory.ts'
import { openStore } from '../../src/store/sqlite.ts'
import { changed, first, pinsContract } from '../contracts/pins.ts'
import { folder } from './calls.ts'

pinsContract('memory', async (_, many) => {
  const store = memoryStore()
  return Array.from({ length: many }, () => store)
})

pinsContract('sqlite', async (t, many) => {
  const path = join(folder(t), 'mcpgw.db')
  const stores = await Promise.all(Array.from({ length: many }, () => openStore(path)))
  t.after(() => stores.forEach(store => void store.close()))
  return stores
})

test('who holds the store keeps nobody waiting: nothing is kept then, and nothing is decided', async t => {
  const path = join(folder(t), 'mcpgw.db')
  const store = await openStore(path)
  t.after(() => void store.close())
  await store.pins.keep('c1', 'files', [first('read')])
  const other = new DatabaseSync(path)
  other.exec('begin immediate')
  assert.equal(await store.pins.keep('c1', 'files', [changed(first('read'))]), 'busy')
  await assert.rejects(async () => store.pins.decide({ config: 'c1', tool: 'read' }, 'refuse', 'ann', 1), { busy: true })
  other.exec('rollback')
  other.close()
  assert.equal((await store.pins.of(['c1']))[0]!.state, 'pinned')
})

test('a state of a newer version is nothing that anybody has accepted', async t => {
  const path = join(folder(t), 'mcpgw.db')
  const store = await openStore(path)
  t.after(() => void store.close())
  await store.pins.keep('c1', 'files', [first('read')])
  const other = new DatabaseSync(path)
  other.exec(`update pins set state = 'dreaming'`)
  other.close()
  assert.equal((await store.pins.of(['c1'], true))[0]!.state, 'quarantined')
})

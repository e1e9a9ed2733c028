// What looks after the index, now and then.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openJournal } from '../../src/store/journal.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { Upkeep } from '../../src/store/upkeep.ts'
import { VirtualClock } from '../fixtures/clock.ts'
import { folder } from './calls.ts'

test('no store is opened before there is anything to index', async t => {
  const clock = new VirtualClock()
  const dir = folder(t as { after(act: () => void): void })
  const journal = openJournal({ dir, id: 'aaaa0001', clock, sync: false })
  const store = memoryStore()
  let opened = 0
  const open = async () => (opened++, store)
  const limits = () => ({ retentionDays: 30, maxTotalBytes: 1e9 })
  const upkeep = new Upkeep({ dir, journal, store: open, clock, limits, log: () => {} })
  upkeep.keepIndex()
  await clock.pass(2000)
  assert.equal(opened, 0)
  journal.note('settings.taken', { by: 'test' })
  await clock.pass(1000)
  assert.equal(opened, 1)
  assert.equal((await store.notes()).length, 1)
})

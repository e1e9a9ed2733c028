import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { memoryStore } from '../../src/store/memory.ts'
import { openStore } from '../../src/store/sqlite.ts'
import { budgetsContract, window } from '../contracts/budgets.ts'
import { folder } from './calls.ts'

budgetsContract('memory', async (_, many) => {
  const store = memoryStore()
  return Array.from({ length: many }, () => store)
})

budgetsContract('sqlite', async (t, many) => {
  const path = join(folder(t as never), 'mcpgw.db')
  const stores = await Promise.all(Array.from({ length: many }, () => openStore(path)))
  t.after(() => stores.forEach(store => void store.close()))
  return stores
})

test('processes that take as fast as they can get what is there, together', async t => {
  const path = join(folder(t), 'mcpgw.db')
  const taker = new URL('taker.ts', import.meta.url).pathname
  const takers = Array.from({ length: 3 }, (_, n) =>
    spawn(process.execPath, ['--import', 'tsx', taker, path, `client ${n}`, '400', '700'], { stdio: ['ignore', 'pipe', 'inherit'] }),
  )
  const got = await Promise.all(
    takers.map(async child => {
      let text = ''
      child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part))
      await once(child, 'close')
      return JSON.parse(text) as { taken: number; busy: number }
    }),
  )
  assert.equal(
    got.reduce((all, { taken }) => all + taken, 0),
    400,
    JSON.stringify(got),
  )
})

test('who holds the store for longer than a quarter of a second makes it busy, and nothing is taken', async t => {
  const path = join(folder(t), 'mcpgw.db')
  const store = await openStore(path)
  t.after(() => void store.close())
  assert.equal((await store.take([window(2)], 'a', 1e12)).kind, 'taken')
  const other = new DatabaseSync(path)
  other.exec('begin immediate')
  await assert.rejects(async () => store.take([window(2)], 'a', 1e12), { busy: true })
  await assert.rejects(async () => store.charge([window(2)], 'a', 1, 1e12), { busy: true })
  other.exec('rollback')
  other.close()
  assert.equal((await store.take([window(2)], 'a', 1e12)).kind, 'taken')
  assert.equal((await store.take([window(2)], 'a', 1e12)).kind, 'spent')
})

test('what can not be written is not taken', async t => {
  const path = join(folder(t), 'mcpgw.db')
  const store = await openStore(path)
  t.after(() => void store.close())
  const [one, two] = [window(1, { key: 'one' }), window(1, { key: 'two' })]
  await store.budgets()
  const other = new DatabaseSync(path)
  other.exec(`create trigger broken before insert on budgets when new.key = 'two' begin select raise(abort, 'no'); end`)
  await assert.rejects(async () => store.take([one, two], 'a', 1e12), { busy: false })
  other.exec('drop trigger broken')
  other.close()
  assert.equal((await store.take([one, two], 'a', 1e12)).kind, 'taken')
})

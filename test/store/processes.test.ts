// Several processes on one folder, and processes that are killed: what was said to be on record is there, once.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { systemClock } from '../../src/lib/clock.ts'
import { Indexer } from '../../src/store/indexer.ts'
import { openStore } from '../../src/store/sqlite.ts'
import type { StoredCall } from '../../src/store/stored.ts'
import { folder } from './calls.ts'

const writer = new URL('writer.ts', import.meta.url).pathname

function start(dir: string, id: string, count: number, mode = '', limit = 'unlimited') {
  const child = spawn('sh', ['-c', `ulimit -f ${limit}; exec "$@"`, 'sh', process.execPath, writer, dir, id, String(count), mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  const closed = once(child, 'close')
  return { child, closed, lines: () => output.split('\n').slice(0, -1) }
}

/** Everything that can be known of a folder. */
async function known(dir: string): Promise<{ calls: Map<string, StoredCall>; problems: string[] }> {
  const problems: string[] = []
  const store = await openStore(join(dir, 'mcpgw.db'))
  const indexer = new Indexer({ dir: join(dir, 'journal'), store, clock: systemClock, onProblem: problem => problems.push(problem) })
  assert.ok(await indexer.all())
  const all = await store.calls({ limit: 1_000_000 })
  await store.close()
  const calls = new Map(all.map(call => [call.id, call]))
  assert.equal(calls.size, all.length, 'each call once')
  return { calls, problems }
}

describe('processes', () => {
  test('write, index and remove at once, from the first moment of a new store, and no call is lost or doubled', async t => {
    const dir = folder(t)
    const writers = Array.from({ length: 5 }, (_, n) => start(dir, `aaaa000${n}`, 400, 'index'))
    const readers = (async () => {
      const store = await openStore(join(dir, 'mcpgw.db'))
      const indexer = new Indexer({ dir: join(dir, 'journal'), store, clock: systemClock })
      while (writers.some(({ child }) => child.exitCode === null)) {
        await indexer.all()
        await new Promise(done => setTimeout(done, 5))
      }
      await store.close()
    })()
    for (const { closed } of writers) assert.deepEqual(await closed, [0, null])
    await readers
    const { calls, problems } = await known(dir)
    assert.equal(calls.size, 2000)
    assert.ok([...calls.values()].every(call => call.outcome?.kind === 'answered' && call.target === 'files__read'))
    assert.deepEqual(problems, [])
    assert.ok(readdirSync(join(dir, 'journal')).length <= 5, 'of each only the last segment is left')
  })

  test('are killed at any moment: each line said to be on record is there, and what is left opens', async t => {
    const dir = folder(t)
    const promised = new Set<string>()
    for (let round = 0; round < 12; round++) {
      const { child, closed, lines } = start(dir, `bbbb${String(round).padStart(4, '0')}`, 1_000_000, round % 2 ? 'index' : '')
      await once(child.stdout, 'data')
      await new Promise(done => setTimeout(done, round * 3))
      child.kill('SIGKILL')
      await closed
      for (const line of lines()) promised.add(line)
    }
    const { calls, problems } = await known(dir)
    assert.ok(promised.size > 100)
    for (const line of promised) {
      const [kind, id] = line.split(' ')
      const call = calls.get(id!)
      assert.ok(call, `${line} is on record`)
      assert.ok(call.target === 'files__read' && (kind === 'open' || call.outcome), `${line} is on record`)
    }
    assert.deepEqual(problems, [])
    assert.ok(promised.size >= [...calls.values()].reduce((lines, call) => lines + (call.outcome ? 2 : 1), 0) - 12, 'and at most a line more of each')
  })

  test('come to the end of what a disk takes, in the middle of a line: what they said is on record is there, and nothing else', async t => {
    const dir = folder(t)
    const { closed, lines } = start(dir, 'dddd0001', 60, '', '16')
    assert.deepEqual(await closed, [0, null])
    const { calls, problems } = await known(dir)
    assert.ok(lines().length > 5 && lines().length < 100, `${lines().length} lines fit`)
    const there = [...calls.values()].flatMap(({ id, outcome }) => [`open ${id}`, ...(outcome ? [`settle ${id}`] : [])])
    assert.deepEqual(there.sort(), lines().sort())
    assert.deepEqual(problems, [])
  })

  test('keep the WAL bounded while they index at once', async t => {
    const dir = folder(t)
    let largest = 0
    const writers = Array.from({ length: 3 }, (_, n) => start(dir, `cccc000${n}`, 4000, 'index'))
    const watch = setInterval(() => (largest = Math.max(largest, statSync(join(dir, 'mcpgw.db-wal'), { throwIfNoEntry: false })?.size ?? 0)), 5)
    for (const { closed } of writers) await closed
    clearInterval(watch)
    assert.ok(largest > 0 && largest < 24 * 1024 * 1024, `${largest} bytes`)
  })
})

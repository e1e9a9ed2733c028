import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Evidence } from '../../src/store/evidence.ts'

/** Writes more than its cache holds, so that the file is half changed, and says so. */
const writer = (path: string) => `
  const { DatabaseSync } = require('node:sqlite')
  const db = new DatabaseSync(${JSON.stringify(path)})
  db.exec('create table journals (journal, segment, bytes, seq, hash, at, anchor_seq, anchor_hash)')
  db.exec('pragma cache_size = 1; begin immediate')
  for (let row = 0; row < 200; row++) db.prepare("insert into journals (journal) values (?)").run('x'.repeat(4000))
  console.log('half')
  setInterval(() => {}, 1000)`

test('a store whose writer was killed in the middle of a change is read as it was before', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'mcpgw-evidence-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'mcpgw.db')
  const child = spawn(process.execPath, ['-e', writer(path)], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
  assert.ok(existsSync(`${path}-journal`), 'there is something to take back')
  const evidence = new Evidence(path)
  assert.equal(evidence.journals().size, 0)
  evidence.close()
})

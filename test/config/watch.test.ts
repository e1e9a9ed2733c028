import assert from 'node:assert/strict'
import { mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { load } from '../../src/config/load.ts'
import { watch, type WatchOptions } from '../../src/config/watch.ts'

const backend = (name: string) => JSON.stringify({ mcpServers: { [name]: { command: 'x' } } })

/** What a watcher says, one after the other. */
function watching(context: TestContext, file: string, options: WatchOptions = {}) {
  const said: string[] = []
  let wake = () => {}
  const say = (what: string) => {
    said.push(what)
    wake()
  }
  const loaded = load(file)
  const watcher = watch(
    file,
    settings => say(settings.backends.map(one => one.name).join() || 'none'),
    problem => say(`problem: ${problem.line ?? ''} ${problem.message}`),
    { known: 'text' in loaded ? loaded.text : undefined, settleMs: 30, lookMs: 60_000, ...options },
  )
  // Its timers keep nothing alive, so a test that waits for it must.
  const alive = setInterval(() => {}, 1000)
  context.after(() => {
    clearInterval(alive)
    watcher.close()
  })
  return async (): Promise<string> => {
    while (said.length === 0) await new Promise<void>(resolve => (wake = resolve))
    return said.shift()!
  }
}

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'mcpgw-watch-'))
  context.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

test('a change is heard, whether the file is written in place or replaced', async context => {
  const file = join(folder(context), 'config.json')
  writeFileSync(file, backend('one'))
  const next = watching(context, file)
  writeFileSync(file, backend('two'))
  assert.equal(await next(), 'two')
  writeFileSync(`${file}.new`, backend('three'))
  renameSync(`${file}.new`, file)
  assert.equal(await next(), 'three')
})

test('a file that appears is heard', async context => {
  const file = join(folder(context), 'config.json')
  const next = watching(context, file)
  writeFileSync(file, backend('one'))
  assert.equal(await next(), 'one')
})

test('a bad edit is told with its line and changes nothing; the next good one counts', async context => {
  const file = join(folder(context), 'config.json')
  writeFileSync(file, backend('one'))
  const next = watching(context, file)
  writeFileSync(file, '{\n  "mcpServers": {\n')
  assert.match(await next(), /^problem: 3 .*missing/)
  writeFileSync(file, backend('two'))
  assert.equal(await next(), 'two')
})

test('a file that is gone or empty keeps the settings', async context => {
  const file = join(folder(context), 'config.json')
  writeFileSync(file, backend('one'))
  const next = watching(context, file)
  unlinkSync(file)
  assert.match(await next(), /^problem: .*gone/)
  writeFileSync(file, '{}')
  assert.equal(await next(), 'none')
})

test('a change behind a link, and one in a folder that came later, are found by looking', async context => {
  const home = folder(context)
  mkdirSync(join(home, 'dotfiles'))
  const target = join(home, 'dotfiles', 'mcpgw.json')
  writeFileSync(target, backend('one'))
  mkdirSync(join(home, 'linked'))
  symlinkSync(target, join(home, 'linked', 'config.json'))
  const behind = watching(context, join(home, 'linked', 'config.json'), { lookMs: 20 })
  const later = watching(context, join(home, 'later', 'config.json'), { lookMs: 20 })
  writeFileSync(target, backend('two'))
  assert.equal(await behind(), 'two')
  mkdirSync(join(home, 'later'))
  writeFileSync(join(home, 'later', 'config.json'), backend('three'))
  assert.equal(await later(), 'three')
})

test('a closed watcher is silent', async context => {
  const file = join(folder(context), 'config.json')
  writeFileSync(file, backend('one'))
  let heard = false
  const watcher = watch(
    file,
    () => (heard = true),
    () => (heard = true),
    { settleMs: 10, lookMs: 10 },
  )
  writeFileSync(file, backend('two'))
  watcher.close()
  await new Promise(done => setTimeout(done, 60))
  assert.equal(heard, false)
})

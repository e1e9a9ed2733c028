// Laws 4 and 10 on real disks: what can't be recorded is not done, and says so; what only waits for the store is done.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test, type TestContext } from 'node:test'
import { fault, Home, program, type Gateway, type Message } from './launch.ts'

const code = ({ result }: Message): string | undefined => result?._meta?.['mcpgw/fault']?.code
const said = ({ result }: Message): string => result.content[0].text

/** A home with a backend that notes what it sees. */
function noting(t: TestContext, settings: Record<string, unknown> = {}): { home: Home; seen: () => string[] } {
  const home = new Home(t)
  const file = join(home.dir, 'seen')
  home.settings({ a: fault({ seen: file }) }, settings)
  return { home, seen: () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []) }
}

const executed = /was executed.*Do not repeat/

/** Calls until one is refused. Says how many were answered, and how many executed, their answers withheld: the disk was full between their two lines. */
async function untilRefused(gateway: Gateway): Promise<{ answered: number; withheld: number }> {
  let withheld = 0
  for (let key = 0; key < 500; key++) {
    const answer = await gateway.call('a__echo', { key: `k${key}` })
    if (code(answer) === undefined) continue
    assert.equal(code(answer), 'audit_unavailable')
    if (/not executed/.test(said(answer))) return { answered: key - withheld, withheld }
    assert.match(said(answer), executed)
    withheld++
  }
  assert.fail('the disk did not become full')
}

/** On record, apart from what was refused. */
const recorded = async (home: Home): Promise<number> => (await home.log()).filter(({ outcome }) => JSON.stringify(outcome ?? null).includes('answered')).length

describe('a full disk', () => {
  test('refuses calls and forwards none; when there is room again, they go on; what was seen is on record', async t => {
    const { home, seen } = noting(t)
    const journal = join(home.mcpgw, 'journal')
    mkdirSync(journal, { mode: 0o700 })
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', journal], { stdio: 'ignore' })
    } catch {
      return t.diagnostic('not run: only root may mount a small disk here. The next test does the same with a limit on the size of files.')
    }
    home.after(() => void execFileSync('umount', ['-l', journal]))
    const gateway = home.launch()
    await gateway.greet()
    await gateway.call('a__echo', { key: 'first' })
    const waiting = gateway.call('a__sleep', { key: 'sleeper', ms: 1000 })
    const ballast = join(journal, 'ballast')
    assert.throws(() => writeFileSync(ballast, Buffer.alloc(1e6)), /ENOSPC/)

    const { withheld } = await untilRefused(gateway)
    const before = seen()
    for (let key = 0; key < 20; key++) assert.equal(code(await gateway.call('a__echo', { key: 'refused' })), 'audit_unavailable')
    assert.deepEqual(seen(), before)
    assert.match(said(await waiting), executed)

    rmSync(ballast)
    for (let key = 1000; key < 1020; key++) assert.equal(said(await gateway.call('a__echo', { key: `k${key}` })), JSON.stringify({ key: `k${key}` }))
    await gateway.end()
    assert.equal(await recorded(home), seen().length - 1 - withheld, 'answered: all but those whose answers were withheld')
    assert.ok((await home.log()).some(({ target }) => target === 'a__sleep'))
  })

  test('also of the store (no file may grow): calls are refused, the link stays open, and nothing unrecorded is forwarded', async t => {
    const { home, seen } = noting(t)
    const gateway = home.launch([], {}, ['/bin/sh', '-c', 'ulimit -f 16; exec "$@"', 'sh', ...program, 'stdio'])
    await gateway.greet()
    const { answered, withheld } = await untilRefused(gateway)
    for (let key = 0; key < 20; key++) assert.equal(code(await gateway.call('a__echo', { key: 'refused' })), 'audit_unavailable')
    assert.equal(seen().length, answered + withheld)
    assert.deepEqual((await gateway.ask('ping')).result, {})
    await gateway.end()
    assert.equal(await recorded(home), answered)
  })
})

describe('a journal that can not be written', () => {
  test('(a file stands where its folder should be) refuses every call; lists and the rest work', async t => {
    const { home, seen } = noting(t)
    writeFileSync(join(home.mcpgw, 'journal'), '')
    const gateway = home.launch()
    assert.ok((await gateway.greet()).includes('a__echo'))
    for (let key = 0; key < 5; key++) {
      const answer = await gateway.call('a__echo', { key })
      assert.equal(code(answer), 'audit_unavailable')
      assert.match(said(answer), /not executed.*mcpgw doctor/)
    }
    assert.deepEqual(seen(), [])
    await gateway.end()
  })

  test('does not matter where the settings say that no record is required', async t => {
    const { home, seen } = noting(t, { audit: { required: false } })
    writeFileSync(join(home.mcpgw, 'journal'), '')
    const gateway = home.launch()
    await gateway.greet()
    assert.equal(said(await gateway.call('a__echo', { key: 1 })), '{"key":1}')
    assert.deepEqual(seen(), ['1'])
    await gateway.end()
  })
})

describe('a store', () => {
  test('that somebody holds keeps no start, list or call waiting; what was recorded meanwhile is there later', async t => {
    const { home, seen } = noting(t)
    const before = home.launch()
    await before.greet()
    await before.end()
    const holder = new DatabaseSync(join(home.mcpgw, 'mcpgw.db'))
    t.after(() => holder.isOpen && holder.close())
    holder.exec('CREATE TABLE somebodys (x); BEGIN EXCLUSIVE; INSERT INTO somebodys VALUES (1)')
    const gateway = home.launch()
    assert.ok((await gateway.greet()).includes('a__echo'))
    const from = performance.now()
    for (let key = 0; key < 200; key++) assert.equal(said(await gateway.call('a__echo', { key })), JSON.stringify({ key }))
    assert.ok(performance.now() - from < 6000, 'the calls waited')
    await gateway.end()
    holder.exec('ROLLBACK')
    holder.close()
    assert.equal(seen().length, 200)
    assert.equal(await recorded(home), 200)
  })

  for (const [what, spoil] of Object.entries({
    'that is damaged': (file: string): void => writeFileSync(file, 'no database '.repeat(1000)),
    'that is a folder': (file: string): void => void mkdirSync(file),
  })) {
    test(`${what} can't say what was accepted: no call is made, and it is said what to do`, async t => {
      const { home, seen } = noting(t)
      spoil(join(home.mcpgw, 'mcpgw.db'))
      const gateway = home.launch()
      assert.ok((await gateway.greet()).includes('a__echo'))
      const { result } = await gateway.call('a__echo', { key: 1 })
      assert.equal(result._meta['mcpgw/fault'].code, 'store_busy')
      assert.match(result.content[0].text, /can not be read.*mcpgw doctor/)
      await gateway.end()
      assert.deepEqual(seen(), [])
    })

    test(`${what} keeps no call from being made and recorded where a change is only noted`, async t => {
      const { home, seen } = noting(t, { pins: 'warn' })
      const file = join(home.mcpgw, 'mcpgw.db')
      spoil(file)
      const gateway = home.launch()
      assert.ok((await gateway.greet()).includes('a__echo'))
      for (let key = 0; key < 5; key++) assert.equal(said(await gateway.call('a__echo', { key })), JSON.stringify({ key }))
      await gateway.end()
      rmSync(file, { recursive: true })
      assert.equal(seen().length, 5)
      assert.equal(await recorded(home), 5)
    })
  }
})

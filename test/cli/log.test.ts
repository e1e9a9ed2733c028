import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test, type TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Call, Outcome } from '../../src/gateway/types.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { Indexer } from '../../src/store/indexer.ts'
import { openJournal, type FileJournal } from '../../src/store/journal.ts'
import { openStore } from '../../src/store/sqlite.ts'
import { aCall, allow, aRecord, origin } from '../store/calls.ts'
import { person, type Given, type Person } from './running.ts'

interface Scene extends Person {
  /** The journal of a gateway on this machine. */
  journal(id?: string): FileJournal
}

function scene(t: TestContext, given?: Given): Scene {
  const someone = person(t, given)
  return Object.assign(someone, {
    journal: (id = 'aaaa0001') => openJournal({ dir: someone.context.places.journal, id, clock: systemClock, sync: false }),
  })
}

function record(journal: FileJournal, id: string, outcome?: Outcome, more: Partial<Call> = {}): void {
  const call = aCall(`${journal.id}-${id}`, { startedAt: Date.now(), ...more })
  assert.ok(journal.open(call, allow))
  assert.ok(journal.settle(aRecord(call, outcome)))
}

/** As if the process that writes it had ended: long ago it wrote last, and it is nowhere. */
function ended({ context }: Person, journal: FileJournal): void {
  journal.close()
  mkdirSync(context.places.run, { recursive: true })
  const entry = { v: 1, id: journal.id, pid: 2 ** 30, startedAt: 1, version: '1', socket: '/nowhere', token: '', groups: [] }
  writeFileSync(join(context.places.run, `${journal.id}.json`), JSON.stringify(entry))
}

const column = (out: string, n: number): string[] =>
  out
    .trimEnd()
    .split('\n')
    .map(line => line.split(/ {2,}/)[n]!)

describe('mcpgw log', () => {
  test('says how to begin when there is nothing yet, and makes nothing', async t => {
    const { mcpgw, home } = scene(t)
    const { exit, out, err } = await mcpgw('log')
    assert.deepEqual([exit, out], [0, ''])
    assert.match(err, /No call is on record yet.*mcpgw call/)
    assert.deepEqual(readdirSync(home), [])
    assert.equal((await mcpgw('log', '--json')).out, '[]\n')
    assert.equal((await mcpgw('log', 'show', 'x')).exit, 4)
  })

  test('lists calls newest last, with who called what and how it ended', async t => {
    const { mcpgw, journal } = scene(t)
    const one = journal()
    record(one, '1')
    record(one, '2', { kind: 'answered', isError: true, bytes: 12_345 }, { backend: 'git', name: 'push' })
    record(one, '3', { kind: 'failed', fault: 'backend_timeout', message: 'too slow' })
    record(one, '4', { kind: 'cancelled' })
    const { exit, out, err } = await mcpgw('log')
    assert.deepEqual([exit, err], [0, ''])
    const lines = out.trimEnd().split('\n')
    assert.match(lines[0]!, /^TIME +ID +CLIENT +BACKEND +TOOL +OUTCOME +TOOK +SIZE$/)
    assert.match(lines[1]!, /^\d\d:\d\d:\d\d  aaaa0001-1  claude  files    read  answered         1.3 ms  7 B$/)
    assert.deepEqual(column(out, 1), ['ID', 'aaaa0001-1', 'aaaa0001-2', 'aaaa0001-3', 'aaaa0001-4'])
    assert.deepEqual(column(out, 5), ['OUTCOME', 'answered', 'error', 'backend_timeout', 'cancelled'])
    assert.match(lines[2]!, /git +push +error +1.3 ms  12 kB$/)
  })

  test('shows the name that was asked for where no backend knows it', async t => {
    const { mcpgw, journal } = scene(t)
    record(journal(), '1', { kind: 'refused', fault: 'unknown_tool', message: 'Unknown tool' }, { backend: '', target: 'git__pusch', name: '' })
    assert.match((await mcpgw('log')).out, /claude +- +git__pusch +unknown_tool/)
  })

  test('fits into 80 columns', async t => {
    const { mcpgw, journal } = scene(t, { columns: 80 })
    record(journal(), 'abc', undefined, { backend: 'a-rather-long-name-of-a-backend', name: 'and_a_tool_with_a_very_long_name_too_that_never_ends' })
    for (const line of (await mcpgw('log')).out.trimEnd().split('\n')) assert.ok(line.length <= 80, line)
  })

  test('has colours for what is no plain answer, and none where there are none', async t => {
    for (const colours of [true, false]) {
      const { mcpgw, journal } = scene(t, { colours })
      record(journal(), '1', { kind: 'failed', fault: 'backend_timeout', message: '' })
      assert.equal((await mcpgw('log')).out.includes('\x1b[31mbackend_timeout\x1b[39m'), colours)
    }
  })

  test('shows what callers wrote without obeying it', async t => {
    const { mcpgw, journal } = scene(t)
    const evil = '\x1b]0;owned\x07\u202e\u200b\n\x9b31m'
    record(
      journal(),
      '1',
      { kind: 'failed', fault: 'internal', message: evil },
      { name: evil, target: evil, backend: evil, origin: { ...origin, client: { name: evil, version: evil }, project: evil, clientSession: evil } },
    )
    for (const args of [['log'], ['log', '--json'], ['log', 'show', 'aaaa0001-1']]) {
      const { out } = await mcpgw(...args)
      assert.ok(out.includes('owned'))
      assert.doesNotMatch(out, /[^\n -~]/)
    }
  })

  test('finds by backend, tool, client, key, project, outcome, time and words', async t => {
    const { mcpgw, journal } = scene(t)
    const one = journal()
    record(one, '1')
    record(one, '2', { kind: 'answered', isError: true, bytes: 3 }, { backend: 'git', target: 'git__push', name: 'push' })
    record(one, '3', { kind: 'failed', fault: 'backend_timeout', message: 'too slow' }, { origin: { ...origin, client: { name: 'cursor', version: '1' } } })
    const ids = async (...args: string[]): Promise<string> =>
      (JSON.parse((await mcpgw('log', '--json', ...args)).out) as { id: string }[]).map(call => call.id.slice(9)).join(' ')
    const told = { project: '/home/me/app', clientSession: 'b7a1' }
    record(
      one,
      '4',
      { kind: 'refused', fault: 'denied', message: 'no' },
      { origin: { ...origin, ...told, principal: { ...origin.principal, id: 'ci', kind: 'key' } } },
    )
    assert.equal(await ids(), '1 2 3 4')
    assert.equal(await ids('--backend', 'git'), '2')
    assert.equal(await ids('--tool', 'git__*'), '2')
    assert.equal(await ids('--client', 'cursor'), '3')
    assert.equal(await ids('--key', 'ci'), '4')
    assert.equal(await ids('--key', 'local'), '1 2 3')
    assert.equal(await ids('--project', 'app'), '4')
    assert.equal(await ids('--project', '/home/*'), '4')
    assert.equal(await ids('--project', 'ap'), '')
    assert.equal(await ids('--outcome', 'error'), '2')
    assert.equal(await ids('--outcome', 'answered'), '1')
    assert.equal(await ids('--outcome', 'backend_timeout'), '3')
    assert.equal(await ids('--since', '1h'), '1 2 3 4')
    assert.equal(await ids('--since', '0s'), '')
    assert.equal(await ids('too', 'SLOW'), '3')
    assert.equal(await ids('--limit', '2'), '3 4')
    assert.match((await mcpgw('log', '--backend', 'nobody')).err, /No call on record is like that/)
    for (const wrong of [['--since', '60'], ['--limit', 'x'], ['--outcome', 'fine'], ['--nothing']])
      assert.equal((await mcpgw('log', ...wrong)).exit, 2, wrong.join(' '))
  })

  test('tells a call in flight from one whose gateway is gone', async t => {
    const all = scene(t)
    const [live, dead] = [all.journal('aaaa0001'), all.journal('bbbb0001')]
    for (const journal of [live, dead]) journal.open(aCall(`${journal.id}-1`, { startedAt: Date.now() }), allow)
    ended(all, dead)
    assert.deepEqual(column((await all.mcpgw('log')).out, 5), ['OUTCOME', 'in flight', 'unknown'])
    assert.deepEqual(column((await all.mcpgw('log', '--outcome', 'unknown')).out, 1), ['ID', 'bbbb0001-1'])
    assert.deepEqual(column((await all.mcpgw('log', '--outcome', 'in-flight')).out, 1), ['ID', 'aaaa0001-1'])
    assert.match((await all.mcpgw('log', 'show', 'bbbb')).out, /unknown whether executed/)
  })

  test('shows when a call waited for its client, and for what', async t => {
    const { mcpgw, journal } = scene(t)
    const one = journal()
    const call = aCall('aaaa0001-1', { startedAt: Date.now() })
    one.open(call, allow)
    one.leg(call, { kind: 'waiting', for: 'input', asked: ['elicitation/create', 'roots/list', 'elicitation/create'] })
    one.leg(call, { kind: 'waiting', for: 'input', asked: ['odd/\u001b[31m'] })
    one.leg(call, { kind: 'waiting', for: 'task' })
    one.settle({ ...aRecord(call), outcome: { kind: 'waiting', for: 'task' } })
    one.leg(call, { kind: 'answered', isError: true, bytes: 8 }, '"result"')
    const { out } = await mcpgw('log', 'show', 'aaaa0001-1')
    assert.match(out, /^was given +at 20\d\d-\S+Z: what came of its task, an error, 8 B \(about 2 tokens\), sha256:[0-9a-f]{64}, not kept$/m)
    const [first, second, third, ...more] = out.split('\n').filter(line => line.startsWith('waited'))
    assert.match(first!, /^waited +from 20\d\d-\S+Z on for its client: an answer of its person and its roots$/)
    assert.match(second!, /for its client: odd\/\\x1b\[31m$/)
    assert.match(third!, /for its client: a task$/)
    assert.deepEqual(more, [])
    assert.deepEqual(
      JSON.parse((await mcpgw('log', 'show', 'aaaa0001-1', '--json')).out).legs.map((leg: { for: string }) => leg.for),
      ['input', 'input', 'task', 'task'],
    )
  })

  test('shows everything of one call', async t => {
    const { mcpgw, journal } = scene(t)
    const told = { ...origin, project: '/home/me/app', clientSession: 'b7a1' }
    record(journal(), '1', { kind: 'failed', fault: 'backend_timeout', message: 'It took too long.' }, { origin: told })
    record(journal('bbbb0001'), '1')
    const { exit, out } = await mcpgw('log', 'show', 'aaaa')
    assert.equal(exit, 0)
    for (const part of [
      /^call +aaaa0001-1$/m,
      /^outcome +failed: backend_timeout$/m,
      /^message +It took too long\.$/m,
      /^client +claude-code 2\.1\.0 \(claude\)$/m,
      /^project +\/home\/me\/app$/m,
      /^its session +b7a1$/m,
      /^decision +allow by default$/m,
      /^arguments +15 B \(about 4 tokens\), sha256:[0-9a-f]{64}, not kept$/m,
      /^journal +aaaa0001, line 1 and line 2$/m,
      /^hash +[0-9a-f]{64}$/m,
    ])
      assert.match(out, part)
    assert.equal(JSON.parse((await mcpgw('log', 'show', 'aaaa0001-1', '--json')).out).outcome.fault, 'backend_timeout')
    const none = await mcpgw('log', 'show', 'nothing')
    assert.equal(none.exit, 4)
    assert.match(none.err, /no call is on record whose id begins with "nothing"/)
    record(journal('aaaa0002'), '1')
    const several = await mcpgw('log', 'show', 'aaaa')
    assert.equal(several.exit, 2)
    assert.match(several.err, /aaaa0001-1[^]*aaaa0002-1/)
  })

  test('reads what is in the store and what is not, when somebody holds it', async t => {
    const { mcpgw, journal, context } = scene(t)
    const one = journal()
    record(one, '1')
    const slow = aCall('aaaa0001-2', { startedAt: Date.now(), backend: 'slow' })
    one.open(slow, allow)
    await mcpgw('log')
    one.settle(aRecord(slow))
    record(one, '3')
    const other = new DatabaseSync(context.places.database)
    t.after(() => other.close())
    other.exec('begin immediate')
    const { exit, out, err } = await mcpgw('log')
    assert.equal(exit, 0)
    assert.match(err, /another program holds the store/)
    assert.deepEqual(column(out, 1), ['ID', 'aaaa0001-1', 'aaaa0001-2', 'aaaa0001-3'])
    assert.deepEqual(column(out, 3), ['BACKEND', 'files', 'slow', 'files'])
    assert.deepEqual(column(out, 5), ['OUTCOME', 'answered', 'answered', 'answered'])
    for (const id of ['1', '2', '3']) assert.match((await mcpgw('log', 'show', `aaaa0001-${id}`)).out, /^outcome +answered$/m)
    assert.deepEqual(column((await mcpgw('log', '--backend', 'slow', '--outcome', 'answered')).out, 1), ['ID', 'aaaa0001-2'])
  })

  test('reads the journals when the store is broken', async t => {
    const { mcpgw, journal, context } = scene(t)
    record(journal(), '1')
    writeFileSync(context.places.database, 'no database at all '.repeat(100))
    const { exit, out, err } = await mcpgw('log')
    assert.equal(exit, 0)
    assert.match(err, /warning: .*mcpgw\.db can't be used/)
    assert.deepEqual(column(out, 1), ['ID', 'aaaa0001-1'])
  })

  test('says what is wrong with a journal', async t => {
    const { mcpgw, journal, context } = scene(t)
    const one = journal()
    record(one, '1')
    writeFileSync(join(context.places.journal, 'cccc0001.1.jsonl'), '\x1b[31mjunk\n')
    const { exit, out, err } = await mcpgw('log')
    assert.equal(exit, 0)
    assert.match(err, /warning: journal cccc0001, segment 1, byte 0: not a line of ours/)
    assert.deepEqual(column(out, 1), ['ID', 'aaaa0001-1'])
  })
})

describe('mcpgw log -f', () => {
  const main = new URL('../../src/main.ts', import.meta.url).pathname

  function following({ home }: Person, ...args: string[]) {
    const child = spawn(process.execPath, [main, 'log', '-f', ...args], {
      env: { ...process.env, MCPGW_HOME: home, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    const until = async (shape: RegExp): Promise<void> => {
      for (const end = Date.now() + 15_000; !shape.test(output); await pause(20)) assert.ok(Date.now() < end, `${shape} in:\n${output}`)
    }
    return { child, closed: once(child, 'close'), until, output: () => output }
  }

  test('shows what is there, then each call once as it is settled, of every process, until Ctrl-C', async t => {
    const all = scene(t)
    const one = all.journal()
    record(one, '1')
    const { child, closed, until, output } = following(all)
    t.after(() => child.kill('SIGKILL'))
    await until(/aaaa0001-1/)
    record(one, '2')
    record(all.journal('bbbb0001'), '1')
    await until(/bbbb0001-1/)

    // a process that records, indexes and removes its journal before anybody can look
    const brief = all.journal('cccc0001')
    record(brief, '1')
    record(brief, '2')
    const store = await openStore(all.context.places.database)
    await new Indexer({ dir: all.context.places.journal, store, clock: systemClock, own: brief }).close()
    await store.close()
    assert.ok(!existsSync(join(all.context.places.journal, 'cccc0001.1.jsonl')))
    await until(/cccc0001-2/)

    record(one, '3')
    await until(/aaaa0001-3/)
    child.kill('SIGINT')
    assert.deepEqual(await closed, [0, null])
    assert.deepEqual(column(output(), 1).sort(), ['ID', 'aaaa0001-1', 'aaaa0001-2', 'aaaa0001-3', 'bbbb0001-1', 'cccc0001-1', 'cccc0001-2'].sort())
  })

  test('shows a call that takes long as in flight once, and again when it is settled; or as unknown when its gateway is gone', async t => {
    const all = scene(t)
    const [one, two] = [all.journal(), all.journal('bbbb0001')]
    const before = aCall('aaaa0001-1', { startedAt: Date.now() })
    one.open(before, allow)
    const { child, closed, until, output } = following(all, '--json')
    t.after(() => child.kill('SIGKILL'))
    await until(/"standing":"in flight"/)
    const slow = aCall('bbbb0001-1', { startedAt: Date.now() })
    two.open(slow, allow)
    await until(/bbbb0001-1/)
    one.settle(aRecord(before))
    await until(/"standing":"answered"/)
    ended(all, two)
    await until(/"standing":"unknown"/)
    child.kill('SIGINT')
    await closed
    const lines = output()
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as { id: string; standing: string; target: string })
    assert.deepEqual(
      lines.map(({ id, standing }) => `${id} ${standing}`),
      ['aaaa0001-1 in flight', 'bbbb0001-1 in flight', 'aaaa0001-1 answered', 'bbbb0001-1 unknown'],
    )
    assert.ok(lines.every(line => line.target === 'files__read'))
  })

  test('waits where there is nothing yet, and shows only what was asked for', async t => {
    const all = scene(t)
    const { child, closed, until, output } = following(all, '--backend', 'git')
    t.after(() => child.kill('SIGKILL'))
    await pause(300)
    rmSync(join(all.context.places.journal), { recursive: true, force: true })
    const one = all.journal()
    record(one, '1')
    record(one, '2', undefined, { backend: 'git' })
    await until(/aaaa0001-2/)
    child.kill('SIGINT')
    await closed
    assert.doesNotMatch(output(), /aaaa0001-1/)
  })
})

import assert from 'node:assert/strict'
import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { describe, test, type TestContext } from 'node:test'
import { load } from '../../src/config/load.ts'
import type { Settings } from '../../src/config/settings.ts'
import type { Lists } from '../../src/gateway/types.ts'
import { Prefaces } from '../../src/store/prefaces.ts'
import { settled, VirtualClock } from '../fixtures/clock.ts'
import { home } from '../fixtures/gateway.ts'

const posix = process.platform !== 'win32'
const lists = (instructions: string | undefined, at = 1, more: Partial<Lists> = {}): Lists => ({
  tools: [{ key: 'echo', text: '{"name":"echo"}' }],
  prompts: [],
  resources: [],
  templates: [],
  era: 'legacy',
  revision: '2025-11-25',
  capabilities: {},
  info: { name: 'x', version: '1' },
  ...(instructions !== undefined && { instructions }),
  at,
  problems: [],
  ...more,
})
const backends = { a: { command: 'a' }, B: { command: 'b', env: { TOKEN: 'a secret' } } }

function set(t: TestContext) {
  const { places, settings } = home(t)
  writeFileSync(places.database, '')
  const state = () => statSync(places.settings, { bigint: true }).ctimeNs
  /** Again and again, until the system's time of the file is another one. */
  const write = (mcpServers: object) => {
    for (const before = state(); state() === before;) settings({ mcpServers })
  }
  write(backends)
  const logged: string[] = []
  /** What is passed on instead of what a backend says. */
  const held = new Map<string, string | undefined>()
  const clock = new VirtualClock()
  // The files' times are the system's.
  const now = Object.assign(clock, { now: () => Date.now() + 60_000 })
  const open = (salt = 'salt', who = '0000aaaa') => {
    const loaded = load(places.settings) as { settings: Settings }
    const passing = async (backend: string, text: string) => (held.has(backend) ? held.get(backend) : text)
    const own = { settings: () => loaded.settings, salt: async () => salt, log: (line: string) => logged.push(line) }
    const prefaces = new Prefaces({ places, clock: now, who, passing, ...own })
    const say = (name: string, said: Lists) =>
      prefaces.remembered(
        loaded.settings.backends.find(one => one.name === name)!,
        said,
      )
    return { prefaces, say }
  }
  const said = (by = open().prefaces) => by.read().map(({ name, instructions }) => [name, instructions])
  return { places, write, logged, clock, open, said, held }
}

describe('what backends say of themselves', () => {
  test('is what may be passed on, and what may no longer is taken out', async t => {
    const { clock, open, said, held } = set(t)
    const { prefaces, say } = open()
    say('a', lists('Read a.'))
    say('B', lists('Read b.'))
    held.set('B', undefined)
    await clock.pass(1000)
    await settled()
    await prefaces.close()
    assert.deepEqual(said(), [['a', 'Read a.']])
    held.set('a', 'Read a, as accepted.')
    prefaces.outdated('a')
    await prefaces.close()
    assert.deepEqual(said(), [['a', 'Read a, as accepted.']])
    held.set('a', undefined)
    prefaces.forget('a')
    assert.deepEqual(said(), [], 'at once')
    await prefaces.close()
    assert.deepEqual(said(), [])
  })

  test('is there for the next start, for its user alone, and is written once for many', async t => {
    const { places, clock, open, said, logged } = set(t)
    const { say } = open()
    say('a', lists('Read a.'))
    say('B', lists(undefined, 1, { capabilities: { extensions: { 'io.modelcontextprotocol/ui': { x: 1 }, other: {} } } }))
    assert.equal(existsSync(places.prefaces), false)
    await clock.pass(1000)
    await clock.pass(0)
    assert.deepEqual(said(), [
      ['a', 'Read a.'],
      ['B', undefined],
    ])
    const [a, b] = open().prefaces.read()
    assert.deepEqual([a!.prefix, a!.keys, b!.prefix, b!.extensions], ['a', ['a__echo'], 'b-df7e', { 'io.modelcontextprotocol/ui': { x: 1 } }])
    if (posix) assert.equal(statSync(places.prefaces).mode & 0o777, 0o600)
    assert.doesNotMatch(readFileSync(places.prefaces, 'utf8'), /secret/)
    assert.deepEqual([readdirSync(places.run.slice(0, -4)).filter(name => name.startsWith('prefaces.json.')), logged], [[], []])
  })

  test('is written when it ends, if not before; and not anew where nothing is new', async t => {
    const { places, open, said } = set(t)
    const first = open()
    first.say('a', lists('Read a.'))
    await first.prefaces.close()
    assert.deepEqual(said(), [['a', 'Read a.']])
    const before = statSync(places.prefaces, { bigint: true }).ino
    const second = open()
    second.say('a', lists('Read a.'))
    await second.prefaces.close()
    assert.equal(statSync(places.prefaces, { bigint: true }).ino, before)
    const third = open()
    third.say('a', lists(undefined, 2))
    await third.prefaces.close()
    assert.equal(existsSync(places.prefaces), false)
  })

  test('is not used when the settings are other ones, or the same ones in another file, or the store is another one', async t => {
    const { places, write, open, said } = set(t)
    const keep = async () => {
      const { prefaces, say } = open()
      say('a', lists('Read a.'))
      await prefaces.close()
      assert.deepEqual(said(), [['a', 'Read a.']])
    }
    await keep()
    write({ a: { command: 'x' } })
    assert.deepEqual(said(), [])
    write(backends)
    assert.deepEqual(said(), [])
    await keep()
    writeFileSync(`${places.settings}.new`, readFileSync(places.settings))
    renameSync(`${places.settings}.new`, places.settings)
    assert.deepEqual(said(), [])
    await keep()
    writeFileSync(`${places.database}.new`, '')
    renameSync(`${places.database}.new`, places.database)
    assert.deepEqual(said(), [])
  })

  test('is carried over to new settings where a backend is configured as before, and the salt is the same', async t => {
    const { write, open, said } = set(t)
    const first = open()
    first.say('a', lists('Read a.'))
    first.say('B', lists('Read B.'))
    await first.prefaces.close()
    write({ ...backends, B: { command: 'another' }, c: { command: 'c' } })
    const second = open()
    second.say('c', lists('Read c.'))
    await second.prefaces.close()
    assert.deepEqual(said(), [
      ['a', 'Read a.'],
      ['c', 'Read c.'],
    ])
    const third = open('another salt')
    third.say('c', lists('Read c.', 2))
    await third.prefaces.close()
    assert.deepEqual(said(), [['c', 'Read c.']])
  })

  test('is the later one where two processes have heard', async t => {
    const { open, said } = set(t)
    const [older, newer] = [open(), open('salt', '0000bbbb')]
    older.say('a', lists('old', 1))
    newer.say('a', lists('new', 2))
    await newer.prefaces.close()
    await older.prefaces.close()
    assert.deepEqual(said(), [['a', 'new']])
  })

  test('of settings that are not in use is not kept, nor while they may still change unnoticed', async t => {
    const { write, clock, open, said } = set(t)
    const first = open()
    write({ a: { command: 'x' } })
    first.say('a', lists('Read a.'))
    await first.prefaces.close()
    assert.deepEqual(said(), [])
    const second = open()
    const later = clock.now
    Object.assign(clock, { now: () => Date.now() })
    write({ a: { command: 'x' } })
    second.say('a', lists('Read a.'))
    await second.prefaces.close()
    assert.deepEqual(said(), [])
    Object.assign(clock, { now: later })
    await second.prefaces.close()
    assert.deepEqual(said(), [['a', 'Read a.']])
  })

  test('is not read where others may write it, where it is too large, or no such file', async t => {
    const { places, open, said } = set(t)
    const { prefaces, say } = open()
    say('a', lists('Read a.'))
    await prefaces.close()
    const text = readFileSync(places.prefaces, 'utf8')
    const copy = JSON.parse(text)
    const of = (change: object) => JSON.stringify({ ...copy, prefaces: [{ ...copy.prefaces[0], ...change }] })
    const junk = [
      '',
      '{',
      'null',
      '[]',
      '{"v":1}',
      text.replace('"v":2', '"v":1'),
      text.replace('"v":2', '"v":3'),
      ...[{ name: 1 }, { instructions: {} }, { keys: [1] }, { extensions: [] }].map(of),
    ]
    for (const wrong of [...junk, of({ instructions: 'x'.repeat(4002) }), text + ' '.repeat(64 * 1024)]) {
      writeFileSync(places.prefaces, wrong)
      assert.deepEqual(said(), [], wrong.slice(0, 50))
    }
    writeFileSync(places.prefaces, text)
    assert.deepEqual(said(), [['a', 'Read a.']])
    if (!posix) return
    chmodSync(places.prefaces, 0o620)
    assert.deepEqual(said(), [])
  })

  test('has bounds: what is too much of it is not kept', async t => {
    const { places, write, open, said } = set(t)
    const names = Array.from({ length: 40 }, (_, index) => `b${index}`)
    write(Object.fromEntries(names.map(name => [name, { command: name }])))
    const { prefaces, say } = open()
    for (const name of names) say(name, lists('ß'.repeat(100_000)))
    await prefaces.close()
    assert.ok(statSync(places.prefaces).size <= 64 * 1024)
    const [[first, text], ...rest] = said() as [[string, string], ...unknown[]]
    assert.deepEqual([first, text.length, rest.length > 2], ['b0', 4001, true])
  })
})

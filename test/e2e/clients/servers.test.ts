// Twenty-one real servers behind mcpgw at once. What a client sees of them through mcpgw is, byte for byte, what it sees of each directly.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Home, program } from '../launch.ts'
import { Peer } from './peer.ts'
import { leavesNothing } from './leaves.ts'
import { servers, type Server } from './servers.ts'

interface Direct {
  readonly era: 'legacy' | 'modern'
  /** The bytes of each tool, its name apart, by name. */
  readonly tools: Map<string, string>
  /** What the harmless call gives. */
  readonly called?: string
}

const hash = (text: string, digits: number): string => createHash('sha256').update(text).digest('hex').slice(0, digits)

/** The public names of contract §4, written down a second time: these backends' keys need no more than this. */
function publicName(backend: string, tool: string): string {
  const prefix = backend.length <= 16 ? backend : `${backend.slice(0, 11)}-${hash(backend, 4)}`
  const name = `${prefix}__${tool}`
  assert.ok(name.length <= 50 && /^[\w-]+$/.test(name), `${name} would have to be shortened`)
  return name
}

/** Speaks to a server without mcpgw. */
async function direct(home: Home, { entry, call }: Server): Promise<Direct> {
  const peer = new Peer(entry.command, entry.args, { ...home.env, ...entry.env }, home.dir)
  try {
    await peer.greet()
    return { era: peer.era, tools: await peer.tools(), ...(call && { called: await peer.call(...call) }) }
  } finally {
    await peer.end()
  }
}

/** Launches mcpgw, and is its client. */
async function gateway(t: TestContext, home: Home, eras: 'legacy' | 'both'): Promise<Peer> {
  const [file, ...first] = program
  const peer = new Peer(file, [...first, 'stdio'], home.env, home.dir)
  t.after(() => peer.end())
  await peer.greet(eras)
  return peer
}

/** The list, once it has so many tools: servers that were never seen are still starting when it is first asked for. */
async function complete(peer: Peer, tools: number, withinMs: number): Promise<Map<string, string>> {
  const end = performance.now() + withinMs
  for (;;) {
    const list = await peer.tools()
    if (list.size >= tools || performance.now() > end) return list
    const { changes } = peer
    while (peer.changes === changes && performance.now() < end) await sleep(50)
  }
}

/** A result as both eras say it: without what 2026-07-28 adds to it. */
function plain(result: string): unknown {
  const { resultType, _meta, ...rest } = JSON.parse(result)
  return rest
}

test('real servers', async t => {
  const home = new Home(t)
  const dir = join(home.dir, 'files')
  mkdirSync(dir)
  writeFileSync(join(dir, 'note.txt'), 'a note')
  const all = servers(dir)
  const calls = Object.entries(all).flatMap(([backend, { call }]) => (call ? [{ backend, tool: publicName(backend, call[0]), args: call[1] }] : []))

  const known: Record<string, Direct> = {}
  for (const [name, server] of Object.entries(all)) {
    known[name] = await direct(home, server)
    await leavesNothing(home)
  }
  const expected = new Map(
    Object.entries(known).flatMap(([backend, { tools }]) => [...tools].map(([name, bytes]) => [publicName(backend, name), bytes] as const)),
  )
  home.settings(Object.fromEntries(Object.entries(all).map(([name, { entry }]) => [name, entry])))

  const sameList = (list: Map<string, string>) => {
    assert.deepEqual([...list.keys()], [...expected.keys()])
    for (const [name, bytes] of expected) assert.equal(list.get(name), bytes, name)
  }

  await t.test(
    'never seen before: all of them are listed to a legacy client that heard of each change, every byte of each tool as its server sent it',
    async t => {
      const client = await gateway(t, home, 'legacy')
      const from = performance.now()
      const list = await complete(client, expected.size, 120_000)
      t.diagnostic(`complete after ${Math.round(performance.now() - from)} ms and ${client.changes} changes`)
      sameList(list)
      for (const name of list.keys()) assert.match(name, /^[A-Za-z0-9_-]{1,50}$/)
    },
  )

  await t.test('remembered: all of them are there at once, none has been started', async t => {
    const client = await gateway(t, home, 'legacy')
    const from = performance.now()
    const { text } = await client.ask('tools/list')
    t.diagnostic(
      `${expected.size} tools of ${Object.keys(all).length} servers, ${Buffer.byteLength(text)} bytes, after ${Math.round(performance.now() - from)} ms`,
    )
    sameList(await client.tools())
    const { stdout } = await home.run('backends', '--json')
    assert.deepEqual(new Set(JSON.parse(stdout).map(({ state }: { state: string }) => state)), new Set(['stopped']))
  })

  for (const [era, eras] of [
    ['legacy', 'legacy'],
    ['modern', 'both'],
  ] as const)
    await t.test(`a call to each gives a ${era} client what the server itself gives, and is on record`, async t => {
      const before = (await home.log()).length
      const client = await gateway(t, home, eras)
      assert.equal(client.era, era)
      await Promise.all(
        calls.map(async ({ backend, tool, args }) => {
          const result = await client.call(tool, args)
          const { called, era: its } = known[backend]!
          if (its === era) assert.equal(result, called, tool)
          else assert.deepEqual(plain(result), plain(called!), tool)
        }),
      )
      sameList(await client.tools())
      const log = await home.log()
      assert.equal(log.length - before, calls.length)
      await client.end()
      await leavesNothing(home, 2000)
    })

  await t.test('each is spoken to in its own era', async () => {
    const { stdout } = await home.run('backends', '--json')
    const eras = Object.fromEntries(JSON.parse(stdout).map(({ name, era }: { name: string; era: string }) => [name, era]))
    assert.deepEqual(eras, Object.fromEntries(Object.entries(known).map(([name, { era }]) => [name, era])))
    assert.deepEqual([eras['context7'], eras['mongodb'], eras['github']], ['modern', 'modern', 'legacy'])
  })
})

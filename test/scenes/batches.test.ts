// Batches, whatever is in them and whatever happens meanwhile: each message is answered in the batch that it came in, once.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { settled } from '../fixtures/clock.ts'
import { server, stage, type Script } from './stage.ts'

type Answer = { id: unknown; result?: any; error?: { code: number; message: string } }

/** A session in the one revision that has batches, with a tool that answers at once or when it is let. */
async function batching() {
  const held: (() => void)[] = []
  const backend = server(['t'], ({ id, method, params }, say) => {
    if (method !== 'tools/call') return
    const { n, hold } = params.arguments
    const answer = () => say({ id, result: { content: [], n } })
    if (params._meta?.progressToken !== undefined) say({ method: 'notifications/progress', params: { progressToken: params._meta.progressToken, progress: n } })
    if (hold) held.push(answer)
    else answer()
  })
  const on = stage({ a: backend }, { settings: { a: { concurrency: 2000 } } })
  const { client } = on
  await client.greet({}, '2025-03-26')
  await client.ask('tools/list')
  const before = client.heard.length
  const say = (messages: readonly unknown[]) =>
    client.line(JSON.stringify(messages.map(one => (typeof one === 'object' && one !== null && !Array.isArray(one) ? { jsonrpc: '2.0', ...one } : one))))
  const heard = () => client.heard.slice(before).map(line => JSON.parse(line) as Answer | Answer[])
  return { ...on, held, say, heard, batches: () => heard().filter(one => Array.isArray(one)) }
}

const call = (id: unknown, n: number, hold = false, more: object = {}) => ({
  id,
  method: 'tools/call',
  params: { name: 'a__t', arguments: { n, hold }, ...more },
})

describe('a batch', () => {
  test('of nothing is one error, not a list of them', async () => {
    const { say, heard } = await batching()
    say([])
    await settled()
    const [answer, ...more] = heard()
    assert.deepEqual(more, [])
    assert.equal((answer as Answer).error!.code, -32600)
    assert.equal((answer as Answer).id, null)
  })

  test('in a batch is no message, and so is whatever is none; the rest is answered', async () => {
    const { say, batches } = await batching()
    say([[{ jsonrpc: '2.0', id: 1, method: 'ping' }], 7, null, 'x', { id: 2, method: 'ping' }])
    await settled()
    const [answers] = batches()
    assert.deepEqual(
      answers!.map(({ id, error }) => [id, error?.code]).sort((a, b) => Number(a[0]) - Number(b[0])),
      [...Array.from({ length: 4 }, () => [null, -32600]), [2, undefined]],
    )
  })

  test('of a thousand is answered as one, each with its own', async () => {
    const { say, batches } = await batching()
    say(Array.from({ length: 1000 }, (_, n) => call(n, n)))
    await settled(40)
    const [answers, ...more] = batches()
    assert.deepEqual(more, [])
    assert.equal(answers!.length, 1000)
    for (const { id, result } of answers!) assert.equal(result.n, id)
  })

  test('begins no session, and carries no request of another era', async () => {
    const { say, batches, session } = await batching()
    const _meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} }
    say([
      { id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: {} } },
      { id: 2, method: 'tools/list', params: { _meta } },
      { id: 3, method: 'ping' },
    ])
    await settled()
    assert.deepEqual(
      batches()[0]!.map(({ id, error }) => [id, error?.code]),
      [
        [1, -32600],
        [2, -32600],
        [3, undefined],
      ],
    )
    assert.equal(session.origin.revision, '2025-03-26')
  })

  test('that uses an id which is in use keeps to itself: the other batch is answered with what it asked', async () => {
    const { say, held, batches } = await batching()
    say([call(1, 10, true), call(2, 20)])
    await settled()
    say([call(1, 11), call(3, 30), call(3, 31)])
    await settled()
    assert.deepEqual(
      batches().map(answers => answers.map(({ id, result, error }) => [id, result?.n ?? error!.code]).sort()),
      [
        [
          [1, -32600],
          [3, -32600],
          [3, 30],
        ],
      ],
    )
    held[0]!()
    await settled()
    assert.deepEqual(
      batches()[1]!.map(({ id, result }) => [id, result?.n]),
      [
        [2, 20],
        [1, 10],
      ],
    )
  })
})

type Item = { kind: 'call' | 'held' | 'ping' | 'notice' | 'wrong' | 'nested'; id: number; token: boolean }
type Step = { do: 'batch'; items: Item[] } | { do: 'single'; id: number } | { do: 'release' | 'cancel'; which: number }

const item: fc.Arbitrary<Item> = fc.record({
  kind: fc.constantFrom('call' as const, 'held' as const, 'held' as const, 'ping' as const, 'notice' as const, 'wrong' as const, 'nested' as const),
  id: fc.nat(12),
  token: fc.boolean(),
})
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('batch' as const), items: fc.array(item, { maxLength: 8 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('single' as const), id: fc.nat(12) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('release' as const, 'cancel' as const), which: fc.nat(12) }) },
)

test('whatever is in batches, and however they overlap: as many answers as requests, less those that were cancelled, each where it belongs', async () => {
  const play = async (steps: readonly (readonly [Step, boolean])[]) => {
    const { client, say, held, heard, session, journal } = await batching()
    let n = 0
    let expected = 0
    let cancels = 0
    /** Which answers each id may have got: the numbers that were asked for under it. */
    const asked = new Map<number, Set<number>>()
    const batchOf = new Map<number, number>()
    let batches = 0
    const numbered = (id: number) => {
      asked.set(id, (asked.get(id) ?? new Set()).add(++n))
      batchOf.set(n, batches)
      return n
    }
    for (const [one, wait] of steps) {
      if (one.do === 'batch') {
        batches++
        if (one.items.length === 0) expected++
        say(
          one.items.map(({ kind, id, token }) => {
            if (kind !== 'notice') expected++
            if (kind === 'notice') return { method: 'notifications/initialized' }
            if (kind === 'wrong') return { id, method: 7 }
            if (kind === 'nested') return [{ jsonrpc: '2.0', id, method: 'ping' }]
            if (kind === 'ping') return { id, method: 'ping' }
            return call(id, numbered(id), kind === 'held', token ? { _meta: { progressToken: n } } : {})
          }),
        )
      } else if (one.do === 'single') {
        expected++
        client.say(call(one.id, numbered(one.id), true))
      } else if (one.do === 'release') held.splice(one.which % Math.max(1, held.length), 1)[0]?.()
      else {
        cancels++
        client.say({ method: 'notifications/cancelled', params: { requestId: one.which } })
      }
      if (wait) await settled()
    }
    for (let turn = 0; turn < 3; turn++) {
      await settled(20)
      for (const answer of held.splice(0)) answer()
    }
    await settled(20)
    const answers = heard()
      .flatMap(one => one)
      .filter(one => !('method' in one))
    assert.ok(answers.length <= expected && answers.length >= expected - cancels, `${answers.length} answers to ${expected} requests, ${cancels} cancelled`)
    for (const one of heard())
      if (Array.isArray(one)) {
        const from = new Set(one.flatMap(({ result }) => (result?.n === undefined ? [] : [batchOf.get(result.n)])))
        assert.ok(from.size <= 1, 'an answer to one batch is in another')
      }
    const seen = new Set<number>()
    for (const { id, result } of answers) {
      if (result?.n === undefined) continue
      assert.ok(asked.get(id as number)?.has(result.n), `${JSON.stringify(id)} got what was asked under another id`)
      assert.ok(!seen.has(result.n), 'twice')
      seen.add(result.n)
    }
    assert.equal(session.inFlight, 0)
    assert.equal(journal.lines.filter(({ kind }) => kind === 'open').length, journal.lines.filter(({ kind }) => kind === 'settle').length)
  }
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(step, fc.boolean()), { minLength: 3, maxLength: 20, size: 'max' }), play), {
    numRuns: Number(process.env['RUNS'] ?? 40),
  })
})

describe('a backend of that revision', () => {
  /** It says all that it says at once in batches. */
  async function set(revision: string) {
    let say: Parameters<Script>[1] = () => {}
    const base = server(['t'])
    const { client, got } = stage({
      a: (message, tell, hangUp) => {
        say = tell
        const { id, method, params } = message
        if (method === 'initialize')
          return tell({ id, result: { protocolVersion: revision, capabilities: { tools: {} }, serverInfo: { name: 'a', version: '1' } } })
        if (method !== 'tools/call') return base(message, tell, hangUp)
        const progress = (n: number) =>
          `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":${params._meta?.progressToken},"progress":${n}.0}}`
        const asks = '{"jsonrpc":"2.0","id":"own","method":"roots/list"}'
        const answer = `{"jsonrpc":"2.0","id":${id},"result":{"content":[],"n":1.0}}`
        tell(` [ ${[progress(1), '7', '[]', `[${answer}]`, 'null', '{}', asks, progress(2), answer].join(' , ')} ] `)
      },
    })
    await client.greet({ roots: {} })
    await client.ask('tools/list')
    client.line('{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"a__t","_meta":{"progressToken":"p"}}}')
    await settled(20)
    return { client, got, say }
  }

  test('may send batches: each message in one is heard, in order', async () => {
    const { client, got } = await set('2025-03-26')
    const [first, asked, second, answer, ...more] = client.heard.slice(2)
    for (const [line, n] of [
      [first, '1.0'],
      [second, '2.0'],
    ])
      assert.equal(line, `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"p","progress":${n}}}`)
    assert.equal(answer, '{"jsonrpc":"2.0","id":7,"result":{"content":[],"n":1.0}}')
    assert.deepEqual(more, [])
    client.say({ id: JSON.parse(asked!).id, result: { roots: [] } })
    await settled()
    assert.deepEqual(got['a']!.at(-1), { jsonrpc: '2.0', id: 'own', result: { roots: [] } })
  })

  test('is alone in that', async () => {
    const { client, say } = await set('2025-06-18')
    assert.equal(client.heard.length, 2)
    say('{"jsonrpc":"2.0","method":"notifications/message","params":{}}')
    await settled()
    assert.equal(client.heard.length, 3)
  })
})

// Whatever a backend says, in whichever shape: its own call is answered, the other backends are served, and the gateway lives.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { fault, Home, type Entry, type Gateway } from './launch.ts'

const DEEP = '"@deep"'
const deep = '['.repeat(20_000) + ']'.repeat(20_000)
const json = (value: unknown) => JSON.stringify(value).replaceAll(DEEP, deep)

const names = ['__proto__', 'constructor', 'toString', 'x', '', '\u0000', '\ud800', 'tools', '@deep', '$ID']
const methods = [
  ...['notifications/message', 'notifications/progress', 'notifications/cancelled', 'notifications/resources/updated', 'notifications/tools/list_changed'],
  ...['notifications/elicitation/complete', 'notifications/tasks/status', 'notifications/subscriptions/acknowledged', 'ping', 'roots/list'],
  ...['sampling/createMessage', 'elicitation/create', 'tools/call', 'initialize', 'server/discover'],
]
const members = ['requestId', 'reason', 'progressToken', 'progress', 'total', 'uri', 'level', 'data', '_meta', 'message', 'requestedSchema', 'notifications']
const odd = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom<unknown>(...names, 0, -1, 1, 2, 1e300, null, {}, []))
const some = (keys: readonly string[]) => fc.array(fc.tuple(fc.constantFrom(...keys, ...names), odd), { maxLength: 4 }).map(pairs => Object.fromEntries(pairs))
const said = fc.oneof(
  fc.record(
    { jsonrpc: fc.constant('2.0'), method: fc.constantFrom(...methods, ...names), params: fc.oneof(some(members), odd) },
    { requiredKeys: ['jsonrpc', 'method'] },
  ),
  fc.record(
    { jsonrpc: fc.constant('2.0'), id: odd, method: fc.constantFrom(...methods, ...names), params: some(members) },
    { requiredKeys: ['jsonrpc', 'id', 'method'] },
  ),
  fc.record({ jsonrpc: fc.constant('2.0'), id: fc.oneof(odd, fc.nat(1e6)), result: odd }),
  fc.record({ jsonrpc: fc.constant('2.0'), id: fc.oneof(odd, fc.nat(1e6)), error: fc.oneof(odd, some(['code', 'message', 'data'])) }),
  odd,
)

/** The good one and the gateway are as they were. */
async function unharmed(gateway: Gateway): Promise<void> {
  assert.equal((await gateway.call('good__echo', { a: 1 })).result.content[0].text, '{"a":1}')
  await gateway.end()
}

describe('a backend that says anything', () => {
  for (const seed of [1, 2])
    test(`4,000 messages made by chance (${seed}) harm nobody`, async t => {
      const gateway = new Home(t, { good: fault(), bad: fault() }).launch()
      await gateway.greet({ roots: {}, sampling: {}, elicitation: {} })
      for (let turn = 0; turn < 20; turn++) {
        const lines = fc.sample(said, { numRuns: 200, seed: seed * 100 + turn }).map(message => `${json(message)}\n`)
        const answer = await gateway.call('bad__says', { lines: lines.join('') })
        assert.ok(answer.result ?? answer.error)
      }
      await unharmed(gateway)
    })

  const parts: Record<string, unknown[]> = {
    protocolVersion: ['@deep', null, '2099-01-01'],
    capabilities: ['@deep', [], { tools: { listChanged: '@deep' } }, { tools: null, prompts: 7, resources: 'x', logging: [] }],
    serverInfo: ['@deep', null, { name: '@deep', version: '@deep' }, { name: 'x'.repeat(50_000), version: '' }],
    instructions: ['@deep', 'x'.repeat(50_000), '\u0000\u001b]0;x\u0007'],
  }
  const greetings = Object.entries(parts).flatMap(([key, values]) =>
    values.map(value => ({ protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 'fault', version: '1' }, [key]: value })),
  )
  const lists: unknown[] = [
    { tools: '@deep' },
    { tools: ['@deep', { name: '@deep' }, { name: 'deep', inputSchema: '@deep' }, { name: 'twice' }, { name: 'twice', x: '@deep' }] },
    { tools: {} },
    { tools: [], nextCursor: '@deep' },
    { tools: [{ name: 'x'.repeat(50_000) }, { name: '' }, { name: '__proto__' }, { name: '\u0000\u001b[31m' }, { name: '\ud800' }] },
    { __proto__: [], constructor: 1 },
    [],
    '@deep',
  ]
  const entries = (what: string, results: unknown[]): [string, Entry][] =>
    results.map((result, at) => [
      `bad-${what}-${at}`,
      fault({ [what]: `base64:${Buffer.from(json(result)).toString('base64')}` }, { startTimeoutMs: 3000, timeoutMs: 3000 }),
    ])

  for (const [what, results] of Object.entries({ initialize: greetings, list: lists }))
    test(`in its answer to ${what}: all others are listed and served, also by the next process`, async t => {
      const home = new Home(t, Object.fromEntries([['good', fault()], ...entries(what, results)]))
      for (const _process of [1, 2]) {
        const gateway = home.launch()
        await gateway.greet({}, ['good'])
        await sleep(700)
        for (const [name] of entries(what, results)) {
          const answer = await gateway.call(`${name}__echo`, { a: 1 })
          assert.ok(answer.result ?? answer.error, name)
        }
        assert.ok((await gateway.tools()).includes('good__echo'))
        await unharmed(gateway)
      }
    })
})

// Whatever a client says, in whichever shape: every request is answered once, and the gateway lives.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fault, Home } from './launch.ts'

const names = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'a__echo',
  'a__',
  '',
  'a',
  'name',
  'x'.repeat(300),
  '\u0000',
  '\ud800',
  'file:///x',
  '{+x}',
]
const methods = [
  ...['initialize', 'ping', 'server/discover', 'tools/list', 'tools/call', 'prompts/list', 'prompts/get', 'resources/list', 'resources/templates/list'],
  ...['resources/read', 'resources/subscribe', 'resources/unsubscribe', 'completion/complete', 'logging/setLevel', 'tasks/get', 'sampling/createMessage'],
]
const notifications = [
  'notifications/initialized',
  'notifications/cancelled',
  'notifications/progress',
  'notifications/roots/list_changed',
  'notifications/message',
]
const members = [
  'name',
  'uri',
  'arguments',
  '_meta',
  'ref',
  'argument',
  'cursor',
  'level',
  'requestId',
  'progressToken',
  'protocolVersion',
  'capabilities',
  'clientInfo',
]
const metas = ['protocolVersion', 'clientCapabilities', 'clientInfo', 'logLevel', 'subscriptionId'].map(name => `io.modelcontextprotocol/${name}`)

const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(...names, 'ref/prompt', 'ref/resource', '2026-07-28', '2025-03-26', 0, -1, 1e300, null, {}, []),
)
/** An object with some of these members. */
const some = (keys: readonly string[], value: fc.Arbitrary<unknown>) =>
  fc.array(fc.tuple(fc.constantFrom(...keys, ...names), value), { maxLength: 5 }).map(pairs => Object.fromEntries(pairs))
const params = fc.oneof(
  { weight: 8, arbitrary: some(members, fc.oneof(odd, some([...metas, 'progressToken', 'type', 'name', 'uri'], odd))) },
  { weight: 1, arbitrary: odd },
)
const request = fc.record({ method: fc.constantFrom(...methods, ...names), params }, { requiredKeys: ['method'] })
const notification = fc.record({ method: fc.constantFrom(...notifications, ...methods, ...names), params }, { requiredKeys: ['method'] })

for (const seed of [1, 2])
  test(`4,000 messages made by chance (${seed}): each request is answered once`, async t => {
    const gateway = new Home(t, { a: fault() }).launch()
    await gateway.greet()
    const asked = fc.sample(request, { numRuns: 2000, seed })
    const told = fc.sample(notification, { numRuns: 2000, seed })
    for (const [id, message] of asked.entries()) {
      await gateway.say({ id, ...message })
      await gateway.say(told[id]!)
    }
    for (const [id, message] of asked.entries()) {
      await gateway.until(answer => answer.id === id, JSON.stringify(message), 10_000)
      assert.equal(gateway.answers(id).length, 1, JSON.stringify(message))
    }
    await gateway.ask('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'e2e', version: '1' } })
    assert.equal((await gateway.call('a__echo', { a: 1 })).result.content[0].text, '{"a":1}')
    await gateway.end()
  })

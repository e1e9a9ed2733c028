// Trouble that passes: what was lost for a moment comes back, and what was one failure is taken for one.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { SessionBackends } from '../../src/backends/open.ts'
import { settled } from '../fixtures/clock.ts'
import { echoing, server, stage, type Script } from './stage.ts'

const names = (message: { result?: any }) => message.result.tools.map((tool: { name: string }) => tool.name)

test('a crash is one failure, however many calls it takes with it', async () => {
  let crashed = false
  const held: Script = server(['x'], (message, say, hangUp) => {
    if (message.method !== 'tools/call') return
    if (crashed) return say({ id: message.id, result: { content: [] } })
    if (message.params.arguments.last) hangUp()
    crashed = message.params.arguments.last
  })
  const { client, clock } = stage({ a: held })
  await client.greet()
  await client.ask('tools/list')
  for (let n = 0; n < 8; n++) client.say({ id: n, method: 'tools/call', params: { name: 'a__x', arguments: { last: n === 7 } } })
  await settled()
  assert.equal(client.answer(0)!.result.isError, true)
  client.say({ id: 'next', method: 'tools/call', params: { name: 'a__x' } })
  await clock.pass(1000)
  assert.deepEqual(client.answer('next')?.result.content, [])
})

describe('an answer that can not be read', () => {
  for (const odd of ['{"id":ID,"result":{}}', '{"jsonrpc":"2.0","id":ID,"result":{},"error":null}', '{"jsonrpc":"2.0","id":ID}'])
    test(`ends the call at once: ${odd}`, async () => {
      const { client } = stage({ a: server(['x'], ({ id, method }, say) => method === 'tools/call' && say(odd.replace('ID', String(id)))) })
      await client.greet()
      const { result } = await client.ask('tools/call', { name: 'a__x' })
      assert.match(result.content[0].text, /its answer is malformed/)
    })

  test('is no answer where it is a request', async () => {
    const script = server(['x'], ({ id, method }, say) => {
      if (method !== 'tools/call') return
      say(`{"id":${id},"method":"ping"}`)
      say({ id, result: { content: [] } })
    })
    const { client } = stage({ a: script })
    await client.greet()
    assert.deepEqual((await client.ask('tools/call', { name: 'a__x' })).result.content, [])
  })
})

describe('a list', () => {
  test('that could not be read when it changed is read again', async () => {
    let changed = false
    let failures = 0
    const script: Script = (message, say, hangUp) => {
      if (message.method === 'tools/list' && changed && failures++ === 0) return say({ id: message.id, error: { code: -32603, message: 'fetch failed' } })
      echoing(...(changed ? ['x', 'new'] : ['x']))(message, say, hangUp)
      if (message.method !== 'tools/call') return
      changed = true
      say({ method: 'notifications/tools/list_changed' })
    }
    const { client, clock } = stage({ a: script })
    await client.greet()
    await client.ask('tools/list')
    await client.ask('tools/call', { name: 'a__x' })
    await clock.pass(2000)
    assert.equal(failures, 2)
    assert.equal(client.notified('notifications/tools/list_changed').length, 1)
    assert.deepEqual(names(await client.ask('tools/list')), ['a__x', 'a__new'])
  })

  test('of a backend that could not be started at first is there later, and the client hears of it', async () => {
    const faults: Record<string, { code: 'backend_unavailable'; message: string }> = { a: { code: 'backend_unavailable', message: 'no network' } }
    const { client, clock, starts } = stage({ a: echoing('x') }, { faults })
    await client.greet()
    assert.deepEqual(names(await client.ask('tools/list')), [])
    await clock.pass(20_000)
    delete faults['a']
    await clock.pass(40_000)
    assert.equal(client.notified('notifications/tools/list_changed').length, 1)
    assert.deepEqual(names(await client.ask('tools/list')), ['a__x'])
    assert.equal(starts['a'], 1)
  })

  test('of a backend that speaks while its new settings are taken into use is not forgotten', async () => {
    const { client, clock, session, settings } = stage({ a: echoing('x'), b: echoing('y') })
    await client.greet()
    await client.ask('tools/list')
    const backends = session.backends as SessionBackends
    let read = () => {}
    const recall = backends.recall.bind(backends)
    backends.recall = async () => {
      await new Promise<void>(done => (read = done))
      return recall()
    }
    const changed = session.reorder(backends.update(settings.map(one => ({ ...one, args: [...one.args, 'more'] }))))
    await backends.get('a')!.start()
    await clock.pass(1000)
    read()
    await changed
    await clock.pass(1000)
    assert.deepEqual(names(await client.ask('tools/list')), ['a__x', 'b__y'])
  })
})

test('prompts that can not be read again stay what they were', async () => {
  let asked = 0
  const script: Script = server(
    ['x'],
    ({ id, method }, say) => {
      if (method === 'prompts/list') say(asked++ === 0 ? { id, result: { prompts: [{ name: 'p' }] } } : { id, error: { code: -32603, message: 'busy' } })
      if (method !== 'tools/call') return
      say({ id, result: { content: [] } })
      say({ method: 'notifications/prompts/list_changed' })
    },
    { tools: {}, prompts: { listChanged: true } },
  )
  const { client, clock } = stage({ a: script })
  await client.greet()
  await client.ask('prompts/list')
  await client.ask('tools/call', { name: 'a__x' })
  await clock.pass(2000)
  assert.equal(asked, 2)
  assert.equal((await client.ask('prompts/list')).result.prompts[0].name, 'a__p')
})

test('a modern backend that ends our listening is listened to again, and what changed meanwhile is seen', async () => {
  const tools = [{ name: 'x', inputSchema: { type: 'object' } }]
  let end = () => {}
  let listened = 0
  const script: Script = ({ id, method }, say) => {
    if (method === 'server/discover')
      say({ id, result: { resultType: 'complete', supportedVersions: ['2026-07-28'], capabilities: { tools: { listChanged: true } } } })
    else if (method === 'tools/list') say({ id, result: { resultType: 'complete', tools } })
    else if (method === 'subscriptions/listen') {
      listened++
      end = () => say({ id, result: { resultType: 'complete' } })
    }
  }
  const { client, clock } = stage({ m: script })
  await client.greet()
  assert.deepEqual(names(await client.ask('tools/list')), ['m__x'])
  end()
  await settled()
  tools.push({ name: 'new', inputSchema: { type: 'object' } })
  await clock.pass(2000)
  assert.equal(listened, 2)
  assert.equal(client.notified('notifications/tools/list_changed').length, 1)
  assert.deepEqual(names(await client.ask('tools/list')), ['m__x', 'm__new'])
})

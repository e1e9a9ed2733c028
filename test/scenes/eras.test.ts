// Four bridges: each era at the front, each at the back.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { settled } from '../fixtures/clock.ts'
import { stage, type Script } from './stage.ts'

const meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': { elicitation: {} } }

/** A modern server: `ask` wants input before it answers, `plain` answers. */
const modern: Script = ({ id, method, params }, say) => {
  if (method === 'server/discover')
    say({
      id,
      result: { resultType: 'complete', supportedVersions: ['2026-07-28'], capabilities: { tools: { listChanged: true } }, ttlMs: 0, cacheScope: 'public' },
    })
  else if (method === 'tools/list') say({ id, result: { resultType: 'complete', tools: [{ name: 'plain' }, { name: 'ask' }], ttlMs: 1, cacheScope: 'public' } })
  else if (method === 'subscriptions/listen')
    say({ method: 'notifications/subscriptions/acknowledged', params: { notifications: {}, _meta: { 'io.modelcontextprotocol/subscriptionId': id } } })
  else if (params?.name === 'plain') say({ id, result: { resultType: 'complete', content: [], echo: params._meta } })
  else if (params?.inputResponses) say({ id, result: { resultType: 'complete', content: [], got: params.inputResponses, state: params.requestState } })
  else if (method === 'tools/call')
    say({
      id,
      result: {
        resultType: 'input_required',
        inputRequests: { who: { method: 'elicitation/create', params: { mode: 'form', message: 'Who?', requestedSchema: {} } } },
        requestState: 'opaque-1',
      },
    })
}

describe('a modern backend', () => {
  test('gets what its protocol wants from a legacy client, who gets nothing of it', async () => {
    const { client, got } = stage({ m: modern })
    await client.greet({ elicitation: {} })
    const { result } = await client.ask('tools/call', { name: 'm__plain', _meta: { own: 1 } })
    assert.equal('resultType' in result, false)
    assert.equal(result.echo['io.modelcontextprotocol/protocolVersion'], '2026-07-28')
    assert.deepEqual(result.echo['io.modelcontextprotocol/clientCapabilities'], { elicitation: {} })
    assert.equal(result.echo.own, 1)
    assert.equal(
      got['m']!.some(message => message.method === 'initialize'),
      false,
    )
  })

  test('is asked with the modern client’s own _meta, unchanged', async () => {
    const { client } = stage({ m: modern })
    const { result } = await client.ask('tools/call', { name: 'm__plain', _meta: { ...meta, own: 1 } })
    assert.deepEqual(result.echo, { ...meta, own: 1 })
  })

  test('asks a modern client by its answer, which passes untouched, as does the retry', async () => {
    const { client } = stage({ m: modern })
    const first = await client.ask('tools/call', { name: 'm__ask', _meta: meta })
    assert.equal(first.result.resultType, 'input_required')
    assert.equal(first.result.requestState, 'opaque-1')
    const second = await client.ask('tools/call', { name: 'm__ask', _meta: meta, inputResponses: { who: { action: 'accept' } }, requestState: 'opaque-1' })
    assert.deepEqual([second.result.got, second.result.state], [{ who: { action: 'accept' } }, 'opaque-1'])
  })

  test('asks a legacy client with a real request, and the call stays one', async () => {
    const { client, journal } = stage({ m: modern })
    await client.greet({ elicitation: {} })
    client.say({ id: 'c', method: 'tools/call', params: { name: 'm__ask', arguments: { big: 1 } } })
    await settled(40)
    const asked = client.messages.find(message => message.method === 'elicitation/create')!
    assert.equal(asked.params.message, 'Who?')
    client.say({ id: asked.id, result: { action: 'accept', content: { name: 'Ada' } } })
    await settled(40)
    const { result } = client.answer('c')!
    assert.deepEqual([result.got, result.state], [{ who: { action: 'accept', content: { name: 'Ada' } } }, 'opaque-1'])
    assert.deepEqual(journal.outcomes, ['answered'])
  })

  test('that needs what a legacy client can not do fails that call alone, saying so', async () => {
    const { client } = stage({ m: modern })
    await client.greet()
    const { result } = await client.ask('tools/call', { name: 'm__ask' })
    assert.equal(result.isError, true)
    assert.match(result.content[0].text, /elicitation\/create was answered with/)
  })

  test('is listened to, so that a change of its lists is heard', async () => {
    const { client, got } = stage({ m: modern })
    await client.greet()
    await client.ask('tools/list')
    await settled()
    assert.deepEqual(got['m']!.find(message => message.method === 'subscriptions/listen')!.params.notifications, { toolsListChanged: true })
  })
})

/** A backend that says nothing until it has started; then it reads what has come meanwhile. */
function slow(script: Script): { script: Script; started: () => Promise<void> } {
  let up = false
  const waiting: (() => void)[] = []
  return {
    script: (...said) => (up ? script(...said) : waiting.push(() => script(...said))),
    started: async () => {
      up = true
      for (const read of waiting.splice(0)) read()
      await settled()
    },
  }
}

describe('a backend that is slow to start', () => {
  const initialized: Script = ({ id, params }, say) =>
    say({ id, result: { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'b', version: '1' } } })

  test('and modern is spoken to in its era, although initialize was tried meanwhile', async () => {
    const late = slow((message, say, hangUp) =>
      message.method === 'initialize' ? say({ id: message.id, error: { code: -32022, message: 'no' } }) : modern(message, say, hangUp),
    )
    const { client, clock, memory } = stage({ m: late.script })
    await client.greet()
    client.say({ id: 'l', method: 'tools/list' })
    await clock.pass(5000)
    await late.started()
    assert.equal((await client.ask('tools/list')).result.tools.length, 2)
    assert.equal(memory[0]!.era, 'modern')
  })

  test('and speaks both eras is legacy this time, and modern the next time, however slow it is then', async () => {
    const dual: Script = (message, say, hangUp) => (message.method === 'initialize' ? initialized(message, say, hangUp) : modern(message, say, hangUp))
    const once = slow(dual)
    const first = stage({ m: once.script })
    await first.client.greet()
    first.client.say({ id: 'l', method: 'tools/list' })
    await first.clock.pass(5000)
    await once.started()
    assert.equal((await first.client.ask('tools/list')).result.tools.length, 2)
    assert.ok(first.got['m']!.some(({ method }) => method === 'notifications/initialized'))

    const again = slow(dual)
    const { client, clock, got } = stage({ m: again.script }, { memory: first.memory })
    await client.greet()
    client.say({ id: 'c', method: 'tools/call', params: { name: 'm__plain' } })
    await clock.pass(5000)
    await again.started()
    assert.deepEqual(client.answer('c')!.result.content, [])
    assert.equal(
      got['m']!.some(({ method }) => method === 'initialize'),
      false,
    )
  })

  test('and does not survive the probe is started once more and asked nothing but initialize', async () => {
    const brittle: Script = (message, say, hangUp) => {
      if (message.method === 'server/discover') hangUp()
      else if (message.method === 'initialize') initialized(message, say, hangUp)
      else if (message.method === 'tools/list') say({ id: message.id, result: { tools: [{ name: 'x' }] } })
    }
    const late = slow(brittle)
    const { client, clock, starts } = stage({ b: late.script })
    await client.greet()
    client.say({ id: 'l', method: 'tools/list' })
    await clock.pass(5000)
    await late.started()
    assert.equal((await client.ask('tools/list')).result.tools.length, 1)
    assert.equal(starts['b'], 2)
  })

  test('and never answers the probe is legacy, which is remembered', async () => {
    const deaf: Script = (message, say, hangUp) => {
      if (message.method === 'initialize') initialized(message, say, hangUp)
      else if (message.method === 'tools/list') say({ id: message.id, result: { tools: [{ name: 'x' }] } })
    }
    const { client, clock, memory } = stage({ b: deaf })
    await client.greet()
    client.say({ id: 'l', method: 'tools/list' })
    await clock.pass(2500)
    assert.equal((await client.ask('tools/list')).result.tools.length, 1)
    assert.equal(memory[0]!.era, 'legacy')
  })
})

describe('a backend that does not survive the probe', () => {
  test('is started once more and asked nothing but initialize', async () => {
    const brittle: Script = ({ id, method, params }, say, hangUp) => {
      if (method === 'server/discover') hangUp()
      else if (method === 'initialize')
        say({ id, result: { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'b', version: '1' } } })
      else if (method === 'tools/list') say({ id, result: { tools: [{ name: 'x' }] } })
    }
    const { client, starts } = stage({ b: brittle })
    await client.greet()
    assert.equal((await client.ask('tools/list')).result.tools.length, 1)
    assert.equal(starts['b'], 2)
  })
})

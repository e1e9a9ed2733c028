// A person who must be at a URL before a call is processed: a legacy backend says so by an error, a modern one by a question.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Policy } from '../../src/gateway/types.ts'
import { settled } from '../fixtures/clock.ts'
import { peer } from './peers.ts'
import { server, stage, type StageOptions } from './stage.ts'

const abilities = { elicitation: { form: {}, url: {} } }
const meta = (capabilities: object = abilities) => ({
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': capabilities,
  'io.modelcontextprotocol/clientInfo': { name: 'new', version: '1' },
})
const visit = (elicitationId: string, more: object = {}) => ({
  mode: 'url',
  elicitationId,
  url: `https://example.com/${elicitationId}`,
  message: 'Go there.',
  ...more,
})

/** A legacy server that serves nobody before every one of these is done; `finish` does one, and tells that it is if `tells`. */
function strict(...ids: string[]) {
  const missing = new Set(ids)
  let say: (message: object) => void = () => {}
  const script = server(
    ['pay'],
    ({ id, method }, tell) => {
      say = tell
      if (method !== 'tools/call' && method !== 'prompts/get' && method !== 'resources/read') return
      if (missing.size === 0) return tell({ id, result: method === 'tools/call' ? { content: [], paid: true } : { messages: [], contents: [] } })
      const elicitations = [...missing].map(one => visit(one, { later: 1 }))
      tell({ id, error: { code: -32042, message: 'This request requires more information.', data: { elicitations } } })
    },
    { tools: {} },
  )
  const finish = (id: string, tells = true) => {
    missing.delete(id)
    if (tells) say({ method: 'notifications/elicitation/complete', params: { elicitationId: id } })
  }
  return { script, finish }
}

function set(backend: ReturnType<typeof strict>, options?: StageOptions) {
  const staged = stage({ a: backend.script }, options)
  const { client, got } = staged
  const call = (more: object = {}, capabilities?: object) =>
    client.ask('tools/call', { name: 'a__pay', arguments: { n: 1 }, _meta: meta(capabilities), ...more })
  const back = ({ result }: { result?: any }, action = 'accept') => ({
    requestState: result.requestState,
    inputResponses: Object.fromEntries(Object.keys(result.inputRequests).map(key => [key, { action }])),
  })
  const calls = () => got['a']!.filter(({ method }) => method === 'tools/call').length
  return { ...staged, call, back, calls }
}

describe('a legacy backend that wants its person to be at a URL first, and a modern client', () => {
  test('the client is asked for all of it at once; when the person has been there, the call is processed: one call', async () => {
    const backend = strict('x', 'y')
    const { call, back, calls, journal, got } = set(backend)
    const first = await call()
    assert.equal(first.result.resultType, 'input_required')
    assert.deepEqual(Object.values(first.result.inputRequests), [
      { method: 'elicitation/create', params: visit('x', { later: 1 }) },
      { method: 'elicitation/create', params: visit('y', { later: 1 }) },
    ])
    backend.finish('x')
    backend.finish('y', false)
    const second = await call(back(first))
    assert.deepEqual([second.result.paid, second.result.resultType], [true, 'complete'])
    assert.equal(calls(), 2)
    assert.deepEqual([journal.outcomes, journal.legs.length], [['answered'], 1])
    const [one, two] = got['a']!.filter(({ method }) => method === 'tools/call')
    assert.deepEqual(one!.params, two!.params)
  })

  test('a yes that comes before the person has been there waits until the backend says that they have', async () => {
    const backend = strict('x')
    const { client, call, back, calls } = set(backend)
    const first = await call()
    client.say({ id: 'two', method: 'tools/call', params: { name: 'a__pay', arguments: { n: 1 }, _meta: meta(), ...back(first) } })
    await settled(20)
    assert.deepEqual([client.answer('two'), calls()], [undefined, 2])
    backend.finish('x')
    await settled(20)
    assert.equal(client.answer('two')!.result.paid, true)
    assert.equal(calls(), 3)
  })

  test('and asks anew when that takes long', async () => {
    const backend = strict('x')
    const { client, call, back, clock, calls } = set(backend)
    const first = await call()
    client.say({ id: 'two', method: 'tools/call', params: { name: 'a__pay', arguments: { n: 1 }, _meta: meta(), ...back(first) } })
    await settled(20)
    await clock.pass(31_000)
    const second = client.answer('two')!
    assert.equal(second.result.resultType, 'input_required')
    assert.notEqual(second.result.requestState, first.result.requestState)
    assert.equal(calls(), 2)
    backend.finish('x', false)
    assert.equal((await call(back(second))).result.paid, true)
  })

  for (const action of ['decline', 'cancel'])
    test(`${action}: the backend is not called again, and its error is the answer`, async () => {
      const { call, back, calls, journal } = set(strict('x'))
      const { error } = await call(back(await call(), action))
      assert.deepEqual([error.code, error.data.elicitations.length], [-32042, 1])
      assert.equal(calls(), 1)
      assert.deepEqual(journal.outcomes, ['answered'])
    })

  for (const [what, capabilities] of Object.entries({ 'forms alone': { elicitation: { form: {} } }, 'no mode': { elicitation: {} }, nothing: {} }))
    test(`a client that declares ${what} is told what it lacks, not sent anywhere`, async () => {
      const { call, calls } = set(strict('x'))
      const { error } = await call({}, capabilities)
      assert.deepEqual([error.code, error.data], [-32021, { requiredCapabilities: { elicitation: { url: {} } } }])
      assert.match(error.message, /requires more information/)
      assert.equal(calls(), 1)
    })

  test('an error that names nothing to visit passes as it is', async () => {
    for (const data of [undefined, {}, { elicitations: [] }, { elicitations: [visit('x'), { mode: 'form' }] }, { elicitations: 'x' }]) {
      const odd = server(['pay'], ({ id, method }, say) => method === 'tools/call' && say({ id, error: { code: -32042, message: 'm', data } }))
      const { client } = stage({ a: odd })
      const { error } = await client.ask('tools/call', { name: 'a__pay', _meta: meta() })
      assert.deepEqual(error, { code: -32042, message: 'm', ...(data && { data }) })
    }
  })

  test('what has become forbidden meanwhile does not go on', async () => {
    let denied = false
    const policy: Policy = () => (denied ? { kind: 'deny', by: 'test', reason: 'no', code: 'denied' } : { kind: 'allow', by: 'test' })
    const backend = strict('x')
    const { call, back, calls } = set(backend, { policies: [policy] })
    const first = await call()
    denied = true
    backend.finish('x')
    assert.equal((await call(back(first))).result._meta['mcpgw/fault'].code, 'denied')
    assert.equal(calls(), 1)
  })

  test('a client that cancels while it waits has no answer', async () => {
    const backend = strict('x')
    const { client, call, back, calls, journal } = set(backend)
    const first = await call()
    client.say({ id: 'two', method: 'tools/call', params: { name: 'a__pay', arguments: { n: 1 }, _meta: meta(), ...back(first) } })
    await settled(20)
    client.say({ method: 'notifications/cancelled', params: { requestId: 'two' } })
    await settled(20)
    backend.finish('x')
    await settled(20)
    assert.deepEqual([client.answer('two'), calls(), journal.outcomes], [undefined, 2, ['cancelled']])
  })
})

test('a legacy client has the error of a legacy backend as it is, and hears that it is done', async () => {
  const backend = strict('x')
  const { client } = stage({ a: backend.script })
  await client.greet(abilities)
  const { error } = await client.ask('tools/call', { name: 'a__pay' })
  assert.deepEqual([error.code, error.data.elicitations], [-32042, [visit('x', { later: 1 })]])
  backend.finish('x')
  await settled()
  assert.deepEqual(
    client.notified('notifications/elicitation/complete').map(({ params }) => params),
    [{ elicitationId: 'x' }],
  )
  assert.equal((await client.ask('tools/call', { name: 'a__pay' })).result.paid, true)
})

describe('a modern backend that wants its person to be at a URL, and a legacy client', () => {
  const asks = () => {
    const base = peer('modern')
    const given: unknown[] = []
    const script: typeof base.script = (message, say, hangUp) => {
      if (message.method !== 'tools/call') return base.script(message, say, hangUp)
      if (message.params.inputResponses) {
        given.push(message.params.inputResponses.u)
        return say({ id: message.id, result: { resultType: 'complete', content: [], went: true } })
      }
      const params = { mode: 'url', url: 'https://example.com', message: 'Go' }
      say({ id: message.id, result: { resultType: 'input_required', inputRequests: { u: { method: 'elicitation/create', params } } } })
    }
    return { script, given }
  }

  test('that can: it is asked, with an id, and the call goes on with what it says', async () => {
    const { script, given } = asks()
    const { client } = stage({ m: script })
    await client.greet(abilities)
    client.say({ id: 1, method: 'tools/call', params: { name: 'm__echo' } })
    await settled(40)
    const asked = client.messages.find(({ method }) => method === 'elicitation/create')!
    assert.deepEqual([asked.params.mode, asked.params.url, typeof asked.params.elicitationId], ['url', 'https://example.com', 'string'])
    client.say({ id: asked.id, result: { action: 'accept' } })
    await settled(40)
    assert.equal(client.answer(1)!.result.went, true)
    assert.deepEqual(given, [{ action: 'accept' }])
  })

  for (const elicitation of [{}, { form: {} }])
    test(`that declares ${JSON.stringify(elicitation)}: it is not asked, and the call fails, saying why`, async () => {
      const { script, given } = asks()
      const { client } = stage({ m: script })
      await client.greet({ elicitation })
      client.say({ id: 1, method: 'tools/call', params: { name: 'm__echo' } })
      await settled(40)
      assert.equal(
        client.messages.some(({ method }) => method === 'elicitation/create'),
        false,
      )
      const { result } = client.answer(1)!
      assert.deepEqual([result.isError, result._meta['mcpgw/fault'].code], [true, 'backend_unavailable'])
      assert.match(result.content[0].text, /does not declare elicitation in url mode/)
      assert.deepEqual(given, [])
    })
})

// A modern client and a backend that wants to know something: one call in several legs.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { offered } from '../../src/gateway/decide.ts'
import { settled } from '../fixtures/clock.ts'
import { server, stage, type Script, type Stage, type StageOptions } from './stage.ts'

const abilities = { elicitation: { form: {}, url: {} }, sampling: { tools: {} }, roots: {} }
const meta = (capabilities: object = abilities, name = 'new') => ({
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': capabilities,
  'io.modelcontextprotocol/clientInfo': { name, version: '1' },
})
const FORM = { mode: 'form', message: 'Who?', requestedSchema: { type: 'object' }, later: 1.0 }
const questions: Record<string, { method: string; params?: object }> = {
  form: { method: 'elicitation/create', params: FORM },
  url: { method: 'elicitation/create', params: { mode: 'url', message: 'Go', url: 'https://example.com', elicitationId: 'e' } },
  sample: { method: 'sampling/createMessage', params: { messages: [], maxTokens: 1 } },
  tools: { method: 'sampling/createMessage', params: { messages: [], maxTokens: 1, tools: [{ name: 't', inputSchema: {} }] } },
  roots: { method: 'roots/list' },
}

/** A legacy server: its tool asks all that it is called with, and answers with what it was told. */
const asks = (): Script => {
  const calls = new Map<unknown, { id: unknown; left: number; told: unknown[] }>()
  let last = 0
  return server(['ask'], ({ id, method, params, result, error }, say) => {
    if (method === 'tools/call') {
      const call = { id, left: params.arguments.what.length, told: [] }
      for (const what of params.arguments.what as string[]) {
        calls.set(`own-${++last}`, call)
        say({ id: `own-${last}`, ...questions[what] })
      }
    } else if (calls.has(id)) {
      const call = calls.get(id)!
      call.told.push(result ?? error)
      if (--call.left === 0) say({ id: call.id, result: { content: [], told: call.told } })
    }
  })
}
const call = (what: string[], more: object = {}, _meta: object = meta()) => ({ name: 'a__ask', arguments: { what }, _meta, ...more })
/** How often this gateway has taken from a limit. */
function counted({ gateway }: Stage): () => number {
  let taken = 0
  Object.assign(gateway, { take: () => (taken++, { kind: 'allow', by: 'limits' }) })
  return () => taken
}
const set = (options?: StageOptions) => stage({ a: asks() }, options)

describe('a legacy backend that asks, and a modern client', () => {
  for (const what of Object.keys(questions))
    test(`${what}: the call is answered with the question, and goes on when it comes again with the answer`, async () => {
      const { client, got, journal } = set()
      const first = await client.ask('tools/call', call([what]))
      assert.equal(first.result.resultType, 'input_required')
      assert.deepEqual(Object.values(first.result.inputRequests), [questions[what]])
      assert.deepEqual(journal.outcomes, [])
      assert.equal(journal.legs.length, 1)
      const [key] = Object.keys(first.result.inputRequests)
      const { requestState } = first.result
      const second = await client.ask('tools/call', call([what], { requestState, inputResponses: { [key!]: { action: 'accept', n: 1 } } }))
      assert.equal(second.result.resultType, 'complete')
      assert.deepEqual(second.result.told, [{ action: 'accept', n: 1 }])
      assert.equal(got['a']!.filter(({ method }) => method === 'tools/call').length, 1)
      assert.deepEqual(journal.outcomes, ['answered'])
    })

  test('the digits of an answer and members that nobody knows pass', async () => {
    const { client, got } = set()
    const { result } = await client.ask('tools/call', call(['form']))
    const said = call(['form'], { requestState: result.requestState, inputResponses: { q1: 'HERE' } })
    client.line(
      JSON.stringify({ jsonrpc: '2.0', id: 'b', method: 'tools/call', params: said }).replace('"HERE"', '{"action":"accept","n":12345678901234567890}'),
    )
    await settled()
    assert.ok(client.answer('b'))
    assert.deepEqual(got['a']!.at(-1)!.result, { action: 'accept', n: 12345678901234567890 })
    assert.ok(client.heard.some(line => line.includes('"later":1')))
  })

  test('what the client leaves out is asked again, as is what came up meanwhile', async () => {
    const { client, journal } = set()
    const first = await client.ask('tools/call', call(['form', 'roots']))
    const second = await client.ask(
      'tools/call',
      call(['form', 'roots'], { requestState: first.result.requestState, inputResponses: { q1: { action: 'decline' } } }),
    )
    assert.deepEqual(second.result.inputRequests, { q2: questions['roots'] })
    assert.notEqual(second.result.requestState, first.result.requestState)
    const third = await client.ask('tools/call', call(['form', 'roots'], { requestState: second.result.requestState, inputResponses: { q2: { roots: [] } } }))
    assert.deepEqual(third.result.told, [{ action: 'decline' }, { roots: [] }])
    assert.equal(journal.legs.length, 2)
    assert.deepEqual(journal.asked, [['elicitation/create', 'roots/list'], ['roots/list']])
  })

  test('what a backend asks in one breath is asked in one answer', async () => {
    const { client, journal } = set()
    const first = await client.ask('tools/call', call(['form', 'roots', 'sample']))
    assert.deepEqual(Object.values(first.result.inputRequests), [questions['form'], questions['roots'], questions['sample']])
    const inputResponses = { q1: { action: 'accept' }, q2: { roots: [] }, q3: { n: 1 } }
    const second = await client.ask('tools/call', call(['form', 'roots', 'sample'], { requestState: first.result.requestState, inputResponses }))
    assert.deepEqual(second.result.told, Object.values(inputResponses))
    assert.equal(journal.legs.length, 1)
  })

  test('answers to nothing are no call', async () => {
    const { client, got, journal } = set()
    await client.ask('tools/list', { _meta: meta() })
    for (const inputResponses of [{ q1: { action: 'accept' } }, 7, null]) {
      const { error } = await client.ask('tools/call', call(['form'], { inputResponses }))
      assert.deepEqual([error.code, /requestState/.test(error.message)], [-32602, true])
    }
    assert.equal(
      got['a']!.some(({ method }) => method === 'tools/call'),
      false,
    )
    assert.equal(journal.outcomes.length, 3)
  })

  test('takes from a limit once', async () => {
    const on = set()
    const taken = counted(on)
    const { client } = on
    const { result } = await client.ask('tools/call', call(['form']))
    await client.ask('tools/call', call(['form'], { requestState: result.requestState, inputResponses: { q1: {} } }))
    assert.equal(taken(), 1)
  })

  test('a handle is used once', async () => {
    const { client, got } = set()
    const { result } = await client.ask('tools/call', call(['form']))
    const again = call(['form'], { requestState: result.requestState, inputResponses: { q1: {} } })
    await client.ask('tools/call', again)
    const late = await client.ask('tools/call', again)
    assert.equal(late.result._meta['mcpgw/fault'].code, 'backend_unavailable')
    assert.match(late.result.content[0].text, /may have been executed/)
    assert.equal(got['a']!.filter(({ method }) => method === 'tools/call').length, 1)
  })

  test('a handle that nobody knows is not a new call, and that is on record', async () => {
    const { client, got, journal } = set()
    await client.ask('tools/list', { _meta: meta() })
    const { result } = await client.ask('tools/call', call(['form'], { requestState: 'mcpgw-from-before', inputResponses: {} }))
    assert.equal(result._meta['mcpgw/fault'].code, 'backend_unavailable')
    assert.equal(
      got['a']!.some(({ method }) => method === 'tools/call'),
      false,
    )
    assert.deepEqual(journal.outcomes, ['failed'])
  })

  test('a handle of another request, other arguments, or another client is refused, and serves its own afterwards', async () => {
    const { client } = set()
    const { result } = await client.ask('tools/call', call(['form']))
    const { requestState } = result
    const inputResponses = { q1: { action: 'accept' } }
    assert.equal((await client.ask('tools/call', call(['roots'], { requestState, inputResponses }))).error.code, -32602)
    assert.equal((await client.ask('tools/call', call(['form'], { requestState, inputResponses }, meta(abilities, 'other')))).error.code, -32602)
    assert.deepEqual((await client.ask('tools/call', call(['form'], { requestState, inputResponses }))).result.told, [{ action: 'accept' }])
  })

  describe('a retry whose arguments are written in another way', () => {
    const first = '{"what":["form"],"n":1.0,"big":9007199254740993,"é":"a/b","in":{"x":1,"y":[1e2,true,null]}}'
    const retried = async (again: string) => {
      const { client, got } = set()
      const say = async (id: string, written: string, more: object = {}) => {
        const params = { name: 'a__ask', arguments: 'HERE', _meta: meta(), ...more }
        client.line(JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params }).replace('"HERE"', written))
        await settled()
        return client.answer(id)!
      }
      const { requestState } = (await say('a', first)).result
      const answer = await say('b', again, { requestState, inputResponses: { q1: { action: 'accept' } } })
      assert.equal(got['a']!.filter(({ method }) => method === 'tools/call').length, 1)
      return answer
    }
    for (const [how, again] of [
      ['in another order', '{"in":{"y":[1e2,true,null],"x":1},"é":"a/b","big":9007199254740993,"n":1.0,"what":["form"]}'],
      ['with spaces', '{ "what" : [ "form" ], "n": 1.0, "big": 9007199254740993, "é": "a/b", "in": {"x":1, "y":[1e2, true, null]}}'],
      ['with escapes', '{"wh\\u0061t":["form"],"n":1.0,"big":9007199254740993,"\\u00e9":"a\\/b","in":{"x":1,"y":[1e2,true,null]}}'],
      ['its numbers too', '{"what":["form"],"n":1,"big":9007199254740993.0,"é":"a/b","in":{"x":1.00,"y":[100,true,null]}}'],
    ] as const)
      test(`${how}: it is the same call`, async () => assert.deepEqual((await retried(again)).result?.told, [{ action: 'accept' }]))

    for (const [what, again] of [
      ['another number, alike to whoever rounds it', first.replace('993', '992')],
      ['a text in place of a number', first.replace('9007199254740993', '"9007199254740993"')],
      ['a list in another order', first.replace('true,null', 'null,true')],
      ['one more member', first.replace('{', '{"more":1,')],
      ['a member that stands twice', first.replace('{', '{"n":2,')],
      ['a nest without end', first.replace('true', '['.repeat(50_000) + ']'.repeat(50_000))],
    ] as const)
      test(`${what}: it is another one`, async () => assert.equal((await retried(again)).error?.code, -32602))
  })

  test('a client that does not come back: the call is cancelled at its backend and settled, and whoever comes late is told so', async () => {
    const { client, clock, got, journal, session, events } = set()
    const { result } = await client.ask('tools/call', call(['form']))
    await clock.pass(11 * 60_000)
    assert.deepEqual(journal.outcomes, ['cancelled'])
    assert.ok(got['a']!.some(({ method }) => method === 'notifications/cancelled'))
    assert.equal(session.inFlight, 0)
    assert.deepEqual(events.state().calls, {})
    const late = await client.ask('tools/call', call(['form'], { requestState: result.requestState, inputResponses: { q1: {} } }))
    assert.equal(late.result._meta['mcpgw/fault'].code, 'backend_unavailable')
  })

  test('a backend that waits for a person is not late', async () => {
    const { client, clock } = set({ settings: { a: { timeoutMs: 5000 } } })
    const { result } = await client.ask('tools/call', call(['form']))
    await clock.pass(60_000)
    const second = await client.ask('tools/call', call(['form'], { requestState: result.requestState, inputResponses: { q1: { action: 'accept' } } }))
    assert.deepEqual(second.result.told, [{ action: 'accept' }])
  })

  test('a backend that ends while the client thinks: who comes back hears how it ended', async () => {
    const crash = server(['ask'], ({ method }, say, hangUp) => {
      if (method !== 'tools/call') return
      say({ id: 1, method: 'roots/list' })
      setImmediate(() => setImmediate(hangUp))
    })
    const { client, journal } = stage({ a: crash })
    const { result } = await client.ask('tools/call', call([]))
    await settled(20)
    assert.deepEqual(journal.outcomes, ['failed'])
    const second = await client.ask('tools/call', call([], { requestState: result.requestState, inputResponses: { q1: { roots: [] } } }))
    assert.equal(second.result._meta['mcpgw/fault'].code, 'backend_unavailable')
    assert.deepEqual(journal.outcomes, ['failed'])
  })

  test('a client that cancels its second leg cancels the call', async () => {
    const slow = server(['ask'], ({ method }, say) => method === 'tools/call' && say({ id: 7, method: 'roots/list' }))
    const { client, journal, got } = stage({ a: slow })
    const { result } = await client.ask('tools/call', call([]))
    client.say({ id: 'two', method: 'tools/call', params: call([], { requestState: result.requestState, inputResponses: { q1: { roots: [] } } }) })
    await settled()
    client.say({ method: 'notifications/cancelled', params: { requestId: 'two' } })
    await settled()
    assert.deepEqual(journal.outcomes, ['cancelled'])
    assert.equal(got['a']!.at(-1)!.method, 'notifications/cancelled')
    assert.equal(client.answer('two'), undefined)
  })

  test('progress goes to the leg that waits, under its token', async () => {
    const works = server(['ask'], ({ id, method, params }, say) => {
      const progress = (n: number) => say({ method: 'notifications/progress', params: { progressToken: token, progress: n } })
      if (method === 'tools/call') {
        token = params._meta.progressToken
        own = id
        progress(1)
        say({ id: 'q', method: 'roots/list' })
      } else if (id === 'q') {
        progress(2)
        say({ id: own, result: { content: [] } })
      }
    })
    let token: unknown
    let own: unknown
    const { client } = stage({ a: works })
    const { result } = await client.ask('tools/call', call([], {}, { ...meta(), progressToken: 'one' }))
    await client.ask('tools/call', call([], { requestState: result.requestState, inputResponses: { q1: {} } }, { ...meta(), progressToken: 2 }))
    assert.deepEqual(
      client.notified('notifications/progress').map(({ params }) => [params.progressToken, params.progress]),
      [
        ['one', 1],
        [2, 2],
      ],
    )
  })

  test('is told what the client can do, and is refused what it can not', async () => {
    const { client, got } = set()
    const { result } = await client.ask('tools/call', call(['form', 'url', 'tools', 'roots'], {}, meta({ elicitation: {}, sampling: {} })))
    assert.deepEqual(got['a']!.find(({ method }) => method === 'initialize')!.params.capabilities, { elicitation: {}, sampling: {} })
    assert.deepEqual(Object.keys(result.inputRequests), ['q1'])
    assert.deepEqual(
      got['a']!.filter(({ error }) => error).map(({ error }) => error.code),
      [-32602, -32602, -32601],
    )
  })

  test('is told when nothing of it can be on record, and the client is not asked', async () => {
    const { client, journal } = set()
    journal.broken = kind => kind === 'leg'
    client.say({ id: 1, method: 'tools/call', params: call(['form']) })
    await settled(20)
    assert.equal(client.answer(1)!.result.told[0].code, -32603)
    assert.deepEqual(journal.outcomes, ['answered'])
  })

  test('asks for roots when it has started: they are asked for with the first call that comes', async () => {
    let own: unknown
    const eager: Script = (message, say, hangUp) => {
      if (message.method === 'notifications/initialized') say({ id: 'r', method: 'roots/list' })
      else if (message.method === 'tools/call') own = message.id
      else if (message.id === 'r') say({ id: own, result: { content: [] } })
      else server(['ask'])(message, say, hangUp)
    }
    const { client, got } = stage({ a: eager })
    await client.ask('tools/list', { _meta: meta() })
    const { result } = await client.ask('tools/call', call([]))
    assert.deepEqual(result.inputRequests, { q1: { method: 'roots/list' } })
    const second = await client.ask('tools/call', call([], { requestState: result.requestState, inputResponses: { q1: { roots: [] } } }))
    assert.deepEqual(second.result.content, [])
    assert.deepEqual(got['a']!.find(({ id }) => id === 'r')!.result, { roots: [] })
  })

  test('asks outside of any call: it is told that nobody can be asked', async () => {
    const eager: Script = (message, say, hangUp) => {
      if (message.method === 'notifications/initialized') say({ id: 'e', ...questions['form'] })
      server(['ask'])(message, say, hangUp)
    }
    const { client, got } = stage({ a: eager })
    await client.ask('tools/list', { _meta: meta() })
    assert.equal(got['a']!.find(({ id }) => id === 'e')!.error.code, -32601)
  })

  test('asks for one call, and is answered by another that has ended meanwhile: both go on', async () => {
    let first: unknown
    let end = () => {}
    const quiet = server(['ask'], ({ id, method, params, result }, say) => {
      if (method === 'tools/call' && params.arguments.what.length > 0) first = id
      else if (method === 'tools/call') {
        say({ id: 'e', ...questions['form'] })
        end = () => say({ id, result: { content: [], which: 2 } })
      } else if (id === 'e') say({ id: first, result: { content: [], which: 1, told: result } })
    })
    const { client } = stage({ a: quiet })
    client.say({ id: 1, method: 'tools/call', params: call(['form']) })
    await settled(30)
    client.say({ id: 2, method: 'tools/call', params: call([]) })
    await settled()
    const { requestState } = client.answer(2)!.result
    end()
    await settled()
    const { result } = await client.ask('tools/call', call([], { requestState, inputResponses: { q1: { action: 'accept' } } }))
    assert.equal(result.which, 2)
    assert.deepEqual(client.answer(1)!.result.told, { action: 'accept' })
  })

  test('asks while several calls of one client are with it: the latest is asked whose client can do it, whatever their ids', async () => {
    let asks = () => {}
    const quiet = server(['ask'], ({ id, method, result }, say) => {
      if (method === 'tools/call') asks = () => say({ id: 'e', ...questions['form'] })
      else if (id === 'e') say({ method: 'notifications/message', params: { level: 'error', data: result } })
    })
    const { client, got } = stage({ a: quiet })
    const able = { elicitation: {}, sampling: {} }
    client.say({ id: 9, method: 'tools/call', params: call([], {}, meta(able)) })
    await settled(30)
    client.say({ id: 7, method: 'tools/call', params: call([], {}, meta(able)) })
    client.say({ id: 1, method: 'tools/call', params: call([], {}, meta({ sampling: {} })) })
    await settled()
    asks()
    await settled()
    assert.deepEqual(
      [9, 7, 1].map(id => client.answer(id)?.result.resultType),
      [undefined, 'input_required', undefined],
    )
    assert.equal(
      got['a']!.some(({ id }) => id === 'e'),
      false,
    )
  })

  test('asks while calls of two clients are with it: nobody is asked for the other', async () => {
    const quiet = server(['ask'], ({ id, method, params }, say) => {
      if (method === 'tools/call' && params.arguments.what.length > 0) say({ id: 'e', ...questions['form'] })
      else if (id === 'e') say({ method: 'notifications/message', params: { level: 'error', data: 1 } })
    })
    const { client, got } = stage({ a: quiet })
    client.say({ id: 1, method: 'tools/call', params: call([]) })
    await settled(30)
    client.say({ id: 2, method: 'tools/call', params: call(['form'], {}, meta(abilities, 'other')) })
    await settled()
    const { error } = got['a']!.find(({ id }) => id === 'e')!
    assert.equal(error.code, -32603)
    assert.match(error.message, /several clients .* to itself/)
    assert.deepEqual([client.answer(1), client.answer(2)], [undefined, undefined])
  })

  test('the session ends: whatever waits for its client is settled', async () => {
    const { client, session, journal } = set()
    await client.ask('tools/call', call(['form']))
    session.close('the client is gone')
    await settled()
    assert.deepEqual(journal.outcomes, ['cancelled'])
  })
})

describe('a modern backend that asks, and a modern client', () => {
  const modern: Script = ({ id, method, params }, say) => {
    const results: Record<string, object> = {
      'server/discover': { supportedVersions: ['2026-07-28'], capabilities: { tools: {} } },
      'tools/list': { tools: [{ name: 'ask' }], ttlMs: 0, cacheScope: 'public' },
    }
    if (method && results[method]) say({ id, result: { resultType: 'complete', ...results[method] } })
    else if (method === 'tools/call') {
      const rounds = Number(params.requestState?.slice(1) ?? 0)
      if (rounds < params.arguments.rounds)
        say({
          id,
          result: { resultType: 'input_required', inputRequests: { w: { method: 'roots/list', odd: 1 } }, requestState: `s${rounds + 1}`, extra: [1.5] },
        })
      else say({ id, result: { resultType: 'complete', content: [], got: params.inputResponses, name: params.name } })
    }
  }
  const asked = (rounds: number, more: object = {}) => ({ name: 'm__ask', arguments: { rounds }, _meta: meta(), ...more })

  test('pass each other their questions untouched, in one call: one decision, one settlement', async () => {
    const on = stage({ m: modern })
    const taken = counted(on)
    const { client, journal } = on
    const first = await client.ask('tools/call', asked(2))
    assert.deepEqual(first.result, { resultType: 'input_required', inputRequests: { w: { method: 'roots/list', odd: 1 } }, requestState: 's1', extra: [1.5] })
    const second = await client.ask('tools/call', asked(2, { requestState: 's1', inputResponses: { w: {} } }))
    assert.equal(second.result.requestState, 's2')
    const third = await client.ask('tools/call', asked(2, { requestState: 's2', inputResponses: { w: { roots: [] } } }))
    assert.deepEqual([third.result.got, third.result.name], [{ w: { roots: [] } }, 'ask'])
    assert.equal(taken(), 1)
    assert.deepEqual(journal.asked, [['roots/list'], ['roots/list']])
    assert.deepEqual(journal.outcomes, ['answered'])
  })

  test('a retry that nobody waits for is a call of its own: the backend knows what its state means', async () => {
    const { client, journal } = stage({ m: modern })
    const { result } = await client.ask('tools/call', asked(1, { requestState: 's1', inputResponses: { w: {} } }))
    assert.equal(result.resultType, 'complete')
    assert.equal(journal.outcomes.length, 1)
  })

  test('other arguments are another call: they are decided on anew', async () => {
    const on = stage({ m: modern })
    const taken = counted(on)
    const { client } = on
    await client.ask('tools/call', asked(1))
    await client.ask('tools/call', asked(2, { requestState: 's1', inputResponses: { w: {} } }))
    assert.equal(taken(), 2)
  })

  test('so is what comes beside them: what was decided on is what goes on', async () => {
    const on = stage({ m: modern })
    const taken = counted(on)
    const { client } = on
    await client.ask('tools/call', asked(2, { task: { ttl: 1 } }))
    await client.ask('tools/call', asked(2, { task: { ttl: 1 }, _meta: { ...meta(), traceparent: '00-1-2-01' }, requestState: 's1', inputResponses: {} }))
    assert.equal(taken(), 1)
    await client.ask('tools/call', asked(2, { task: { ttl: 1 }, _meta: { ...meta(), tenant: 'b' }, requestState: 's2', inputResponses: {} }))
    assert.equal(taken(), 2)
  })

  test('arguments that a person has changed stay changed in every leg', async () => {
    const on = stage({ m: modern }, { policies: [offered, () => ({ kind: 'ask', by: 'rule', reason: 'it must be asked' })] })
    Object.assign(on.gateway, { approve: async () => ({ decision: { kind: 'allow', by: 'person', edited: '{"rounds":1,"safe":true}' } }) })
    const first = await on.client.ask('tools/call', asked(1, { arguments: { rounds: 1, safe: false } }))
    const again = asked(1, { arguments: { rounds: 1, safe: false }, requestState: first.result.requestState, inputResponses: { w: {} } })
    assert.equal((await on.client.ask('tools/call', again)).result.resultType, 'complete')
    assert.deepEqual(
      on.got['m']!.flatMap(({ method, params }) => (method === 'tools/call' ? [params.arguments] : [])),
      [
        { rounds: 1, safe: true },
        { rounds: 1, safe: true },
      ],
    )
  })

  test('a call that has become forbidden meanwhile does not go on', async () => {
    let forbidden = false
    const { client, got, journal } = stage(
      { m: modern },
      { policies: [offered, () => (forbidden ? { kind: 'deny', by: 'rule', reason: 'No more.', code: 'denied' } : { kind: 'allow', by: 'rule' })] },
    )
    await client.ask('tools/call', asked(1))
    forbidden = true
    const { result } = await client.ask('tools/call', asked(1, { requestState: 's1', inputResponses: { w: {} } }))
    assert.equal(result._meta['mcpgw/fault'].code, 'denied')
    assert.equal(got['m']!.filter(({ method }) => method === 'tools/call').length, 1)
    assert.deepEqual(journal.outcomes, ['failed'])
  })

  test('a client that does not come back: the call is settled as waiting', async () => {
    const { client, clock, journal } = stage({ m: modern })
    await client.ask('tools/call', asked(1))
    await clock.pass(11 * 60_000)
    assert.deepEqual(journal.outcomes, ['waiting'])
  })
})

// Everything that moves, in every mixture of the two eras.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { settled } from '../fixtures/clock.ts'
import { abilities, Caller, ERAS, peer, questions, type Era, type What } from './peers.ts'
import { server, stage } from './stage.ts'

async function set(front: Era, back: Era) {
  const backend = peer(back)
  const staged = stage({ b: backend.script })
  const caller = new Caller(staged.client, front)
  await caller.greet()
  await caller.ask('tools/list')
  return { ...staged, backend, caller }
}

for (const front of ERAS)
  for (const back of ERAS)
    describe(`a ${front} client, a ${back} backend`, () => {
      const modern = front === 'modern'

      test('lists, templates, prompts, resources, completion with its context', async () => {
        const { caller } = await set(front, back)
        const tools = await caller.ask('tools/list')
        assert.deepEqual(tools.result.tools[0], {
          name: 'b__echo',
          inputSchema: { type: 'object' },
          icons: [{ src: 'x' }],
          annotations: { readOnlyHint: true },
        })
        const lists = [tools, await caller.ask('prompts/list'), await caller.ask('resources/list'), await caller.ask('resources/templates/list')]
        assert.deepEqual([lists[1].result.prompts, lists[2].result.resources], [[{ name: 'b__hello', title: 'Hello' }], [{ uri: 'x:1', name: 'one' }]])
        assert.deepEqual(lists[3].result.resourceTemplates, [{ uriTemplate: 'x:/{id}', name: 'some' }])
        for (const { result } of lists)
          assert.deepEqual([result.resultType, result.ttlMs, result.cacheScope], modern ? ['complete', 0, 'private'] : [undefined, undefined, undefined])
        assert.equal((await caller.ask('tools/list', { cursor: 'x' })).error.code, -32602)

        assert.equal((await caller.ask('prompts/get', { name: 'b__hello' })).result.name, 'hello')
        for (const uri of ['x:1', 'x:/7']) {
          const { result } = await caller.ask('resources/read', { uri })
          assert.equal(result.contents[0].text, uri)
          assert.equal(result.resultType, modern ? 'complete' : undefined)
          if (modern) assert.ok(result.ttlMs !== undefined && result.cacheScope)
        }
        for (const [ref, name] of [
          [{ type: 'ref/prompt', name: 'b__hello' }, 'hello'],
          [{ type: 'ref/resource', uri: 'x:/{id}' }, 'x:/{id}'],
        ] as const) {
          const { result } = await caller.ask('completion/complete', { ref, argument: { name: 'a', value: '' }, context: { arguments: { a: 'there' } } })
          assert.deepEqual(result.completion.values, [name, 'there'])
        }
      })

      test('progress: under the token that was given, before the answer, and none after', async () => {
        const { caller, client } = await set(front, back)
        assert.deepEqual(await caller.call('b__work', { of: 1 }, { progressToken: 0 }), { of: 1 })
        assert.deepEqual(
          caller.notified('notifications/progress').map(({ progressToken, progress }) => [progressToken, progress]),
          [
            [0, 1],
            [0, 2],
            [0, 3],
          ],
        )
        assert.ok(client.messages.at(-1)!.result)
      })

      test('a cancelled call is cancelled at its backend, and has no answer', async () => {
        const { caller, client, got, journal } = await set(front, back)
        const id = caller.say('tools/call', { name: 'b__wait' })
        await settled(20)
        client.say({ method: 'notifications/cancelled', params: { requestId: id, reason: 'enough' } })
        await settled(20)
        const sent = got['b']!.find(({ method, params }) => method === 'tools/call' && params.name === 'wait')!
        assert.equal(got['b']!.findLast(({ method }) => method === 'notifications/cancelled')!.params.requestId, sent.id)
        assert.equal(client.answer(id), undefined)
        assert.deepEqual(journal.outcomes, ['cancelled'])
      })

      for (const what of Object.keys(questions) as What[])
        test(`${what}: the backend asks, the client is asked in its own way, and the call is one`, async () => {
          const { caller, journal } = await set(front, back)
          const { given, of } = await caller.call('b__ask', { what, of: 3 })
          assert.deepEqual([of, given], [3, { given: questions[what].method }])
          assert.deepEqual(journal.outcomes, ['answered'])
        })

      test('log messages come to who wants them', async () => {
        const { caller } = await set(front, back)
        if (!modern) assert.deepEqual((await caller.ask('logging/setLevel', { level: 'error' })).result, {})
        await caller.call('b__log', { of: 'first' }, modern ? { 'io.modelcontextprotocol/logLevel': 'error' } : {})
        await caller.call('b__log', { of: 'second' }, modern ? { 'io.modelcontextprotocol/logLevel': 'debug' } : {})
        if (modern) await caller.call('b__log', { of: 'third' })
        const heard = caller.notified('notifications/message').map(({ level, data }) => `${level} ${data}`)
        assert.deepEqual(heard, modern ? ['error first', 'debug second', 'error second'] : ['error first', 'error second'])
      })

      test('a followed resource: the backend is told once, the client hears of it, and no longer when it has left', async () => {
        const { caller, client, backend } = await set(front, back)
        let listen: string | undefined
        if (modern) {
          listen = caller.say('subscriptions/listen', { notifications: { resourceSubscriptions: ['x:1', 'y:unknown'] } })
          await settled(30)
          assert.deepEqual(caller.notified('notifications/subscriptions/acknowledged'), [
            { _meta: { 'io.modelcontextprotocol/subscriptionId': listen }, notifications: { resourceSubscriptions: ['x:1'] } },
          ])
        } else assert.deepEqual((await caller.ask('resources/subscribe', { uri: 'x:1' })).result, {})
        assert.deepEqual(backend.followed(), ['x:1'])
        backend.updated('x:1')
        await settled()
        assert.deepEqual(caller.notified('notifications/resources/updated'), [
          modern ? { uri: 'x:1', _meta: { 'io.modelcontextprotocol/subscriptionId': listen } } : back === 'modern' ? { uri: 'x:1', _meta: {} } : { uri: 'x:1' },
        ])
        if (modern) client.say({ method: 'notifications/cancelled', params: { requestId: listen } })
        else assert.deepEqual((await caller.ask('resources/unsubscribe', { uri: 'x:1' })).result, {})
        await settled(20)
        assert.deepEqual(backend.followed(), [])
      })

      test('changed lists are told, of each kind', async () => {
        const { caller, backend, clock } = await set(front, back)
        for (const list of ['prompts/list', 'resources/list']) await caller.ask(list)
        if (modern) caller.say('subscriptions/listen', { notifications: { toolsListChanged: true } })
        await clock.pass(1000)
        backend.tools.push('more')
        backend.changed('tools')
        await clock.pass(1000)
        assert.equal(caller.notified('notifications/tools/list_changed').length, 1)
        assert.equal(caller.notified('notifications/prompts/list_changed').length, 0)
        assert.ok((await caller.ask('tools/list')).result.tools.some(({ name }: { name: string }) => name === 'b__more'))
      })
    })

describe('subscriptions are counted', () => {
  for (const back of ERAS)
    test(`two that listen to one resource of a ${back} backend: it is told with the first, and with the last`, async () => {
      const { caller, client, backend, got } = await set('modern', back)
      const told = (method: string) => got['b']!.filter(message => message.method === method).length
      const method = back === 'legacy' ? 'resources/subscribe' : 'subscriptions/listen'
      const listen = () => caller.say('subscriptions/listen', { notifications: { resourceSubscriptions: ['x:1'] } })
      const before = told(method)
      const first = listen()
      await settled(30)
      const second = listen()
      await settled(30)
      assert.equal(told(method) - before, 1)
      backend.updated('x:1')
      await settled()
      assert.deepEqual(
        caller.notified('notifications/resources/updated').map(({ _meta }) => _meta['io.modelcontextprotocol/subscriptionId']),
        [first, second],
      )
      client.say({ method: 'notifications/cancelled', params: { requestId: first } })
      await settled(20)
      assert.deepEqual(backend.followed(), ['x:1'])
      client.say({ method: 'notifications/cancelled', params: { requestId: second } })
      await settled(20)
      assert.deepEqual(backend.followed(), [])
    })

  for (const back of ERAS)
    test(`a ${back} backend that has crashed is told again`, async () => {
      const { caller, backend, session, clock, got } = await set('legacy', back)
      await caller.ask('resources/subscribe', { uri: 'x:1' })
      await clock.pass(1000)
      await session.backends.get('b')!.restart()
      got['b']!.length = 0
      await clock.pass(1000)
      assert.ok(
        got['b']!.some(({ method, params }) => params?.uri === 'x:1' || (method === 'subscriptions/listen' && params.notifications.resourceSubscriptions)),
      )
      backend.updated('x:1')
      await settled()
      assert.ok(caller.notified('notifications/resources/updated').length > 0)
    })

  test('a modern backend that does not tell of a resource: the subscription is refused', async () => {
    const deaf = peer('modern')
    const { client } = stage({
      b: (message, say, hangUp) =>
        message.method === 'subscriptions/listen'
          ? say({
              method: 'notifications/subscriptions/acknowledged',
              params: { notifications: { toolsListChanged: true }, _meta: { 'io.modelcontextprotocol/subscriptionId': message.id } },
            })
          : deaf.script(message, say, hangUp),
    })
    const caller = new Caller(client, 'legacy')
    await caller.greet()
    assert.equal((await caller.ask('resources/subscribe', { uri: 'x:1' })).error.code, -32601)
  })
})

describe('a list that waits', () => {
  test('and is cancelled has no answer', async () => {
    const { client, clock, session } = stage({ slow: () => {} })
    await client.greet()
    client.say({ id: 'l', method: 'tools/list' })
    await settled()
    assert.equal(session.inFlight, 1)
    client.say({ method: 'notifications/cancelled', params: { requestId: 'l' } })
    await clock.pass(5000)
    assert.equal(client.answer('l'), undefined)
    assert.equal(session.inFlight, 0)
  })
})

describe('batches, in the one revision that has them', () => {
  const batch = (messages: object[]) => JSON.stringify(messages.map(message => ({ jsonrpc: '2.0', ...message })))
  const arrays = (heard: string[]) => heard.filter(line => line.startsWith('[')).map(line => JSON.parse(line) as { id: unknown; result?: any; error?: any }[])

  test('are answered as one array, when the last answer is there, malformed ones included', async () => {
    const backend = peer('legacy')
    const { client } = stage({ b: backend.script })
    await client.greet({}, '2025-03-26')
    client.line(
      batch([
        { id: 1, method: 'tools/call', params: { name: 'b__echo', arguments: { n: 1 } } },
        { id: 'ping', method: 'ping' },
        { method: 'notifications/initialized' },
        { id: 2, method: 7 },
        { id: 3, method: 'nothing/here' },
      ]),
    )
    await settled(40)
    const [answers, ...more] = arrays(client.heard)
    assert.deepEqual(more, [])
    assert.deepEqual(answers!.map(({ id }) => id).sort(), [1, 2, 3, 'ping'])
    assert.equal(answers!.find(({ id }) => id === 1)!.result.content[0].text, '{"n":1}')
    assert.deepEqual([answers!.find(({ id }) => id === 2)!.error.code, answers!.find(({ id }) => id === 3)!.error.code], [-32600, -32601])
  })

  test('one that is cancelled is left out, the others are answered', async () => {
    const { client } = stage({ b: peer('legacy').script })
    await client.greet({}, '2025-03-26')
    client.line(
      batch([
        { id: 1, method: 'tools/call', params: { name: 'b__wait' } },
        { id: 2, method: 'ping' },
      ]),
    )
    await settled(40)
    assert.deepEqual(arrays(client.heard), [])
    client.say({ method: 'notifications/cancelled', params: { requestId: 1 } })
    await settled(20)
    assert.deepEqual(
      arrays(client.heard).map(answers => answers.map(({ id }) => id)),
      [[2]],
    )
  })

  test('notifications alone are not answered', async () => {
    const { client } = stage({})
    await client.greet({}, '2025-03-26')
    const before = client.heard.length
    client.line(batch([{ method: 'notifications/initialized' }]))
    await settled()
    assert.equal(client.heard.length, before)
  })
})

describe('tasks', () => {
  const makes = (name: string) =>
    server(
      ['long'],
      ({ id, method, params }, say) => {
        if (method === 'tools/call') say({ id, result: { task: { taskId: `${name}-1`, status: 'working' } } })
        else if (method === 'tasks/result') say({ id, result: { content: [{ type: 'text', text: `${name} did ${params.taskId}` }] } })
        else if (method === 'tasks/list') say({ id, result: { tasks: [{ taskId: `${name}-1`, status: 'working' }] } })
        else if (method?.startsWith('tasks/')) say({ id, result: { taskId: params.taskId, status: 'working', by: name } })
      },
      { tools: {}, tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } } },
    )

  test('go to the backend that made them, and to nobody else', async () => {
    const { client, got, journal } = stage({ a: makes('a'), b: makes('b') })
    await client.greet()
    const { result } = await client.ask('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } })
    assert.ok(result.capabilities.tasks.requests.tools.call)
    for (const name of ['a', 'b']) await client.ask('tools/call', { name: `${name}__long`, task: {} })
    assert.deepEqual(
      journal.lines.flatMap(line => (line.kind === 'settle' ? [line.outcome] : [])),
      [
        { kind: 'waiting', for: 'task' },
        { kind: 'waiting', for: 'task' },
      ],
    )
    for (const method of ['tasks/get', 'tasks/cancel']) assert.equal((await client.ask(method, { taskId: 'b-1' })).result.by, 'b')
    assert.equal((await client.ask('tasks/result', { taskId: 'a-1' })).result.content[0].text, 'a did a-1')
    assert.equal((await client.ask('tasks/get', { taskId: 'c-1' })).error.code, -32602)
    assert.equal(
      got['a']!.some(({ params }) => params?.taskId === 'b-1'),
      false,
    )
    assert.deepEqual(
      (await client.ask('tasks/list')).result.tasks.map(({ taskId }: { taskId: string }) => taskId),
      ['a-1', 'b-1'],
    )
  })

  test('of two backends that give them the same id are nobody’s', async () => {
    const { client, got } = stage({ a: makes('same'), b: makes('same') })
    await client.greet()
    for (const name of ['a', 'b']) await client.ask('tools/call', { name: `${name}__long`, task: {} })
    assert.equal((await client.ask('tasks/get', { taskId: 'same-1' })).error.code, -32602)
    assert.equal(
      [...got['a']!, ...got['b']!].some(({ method }) => method === 'tasks/get'),
      false,
    )
  })

  test('that a client makes are asked about by the backend that they are for, and by no other', async () => {
    const asks = server(['ask'], ({ id, method, params, result }, say) => {
      if (method === 'tools/call')
        say(params.arguments.method ? { id: 'q', ...params.arguments } : { id: 'q', method: 'sampling/createMessage', params: { messages: [], task: {} } })
      else if (id === 'q') say({ method: 'notifications/message', params: { level: 'error', data: result ?? 'refused' } })
    })
    const { client } = stage({ a: asks, b: asks })
    await client.greet({ sampling: {}, tasks: {} })
    const asked = (method: string) => client.messages.findLast(message => message.method === method)
    client.say({ id: 1, method: 'tools/call', params: { name: 'a__ask', arguments: {} } })
    await settled(30)
    client.say({ id: asked('sampling/createMessage')!.id, result: { task: { taskId: 't', status: 'working' } } })
    await settled()
    const about = { method: 'tasks/get', params: { taskId: 't' } }
    client.say({ id: 2, method: 'tools/call', params: { name: 'b__ask', arguments: about } })
    await settled(30)
    assert.equal(asked('tasks/get'), undefined)
    client.say({ id: 3, method: 'tools/call', params: { name: 'a__ask', arguments: about } })
    await settled(30)
    assert.deepEqual(asked('tasks/get')!.params, { taskId: 't' })
  })
})

describe('methods that nobody knows', () => {
  const odd = server(['x'], ({ id, method, params }, say) => method !== undefined && id !== undefined && say({ id, result: { method, params } }))

  test('go to whom their target belongs to, by the road of calls: decided on and recorded', async () => {
    const { client, journal } = stage({ a: odd, b: odd })
    await client.greet()
    await client.ask('tools/list')
    const { result } = await client.ask('tools/describe', { name: 'b__x', more: 1 })
    assert.deepEqual(result, { method: 'tools/describe', params: { name: 'x', more: 1 } })
    assert.deepEqual(
      journal.lines.map(({ kind, call }) => [kind, call.method, call.backend, call.target]),
      [
        ['open', 'tools/describe', 'b', 'b__x'],
        ['settle', 'tools/describe', 'b', 'b__x'],
      ],
    )
  })

  test('a rule about the target holds for them', async () => {
    const { client, got } = stage(
      { a: odd },
      { policies: [({ target }) => (target === 'a__x' ? { kind: 'deny', by: 'rule', reason: 'no', code: 'denied' } : { kind: 'allow', by: 'x' })] },
    )
    await client.greet()
    await client.ask('tools/list')
    assert.equal((await client.ask('tools/describe', { name: 'a__x' })).error.data.code, 'denied')
    assert.equal(
      got['a']!.some(({ method }) => method === 'tools/describe'),
      false,
    )
  })

  test('go to the only backend there is, where names are its own', async () => {
    const { client } = stage({ a: odd }, { bare: 'a' })
    await client.greet()
    assert.deepEqual((await client.ask('any/thing', { of: 'it' })).result, { method: 'any/thing', params: { of: 'it' } })
  })

  test('go nowhere else', async () => {
    const { client, got } = stage({ a: odd, b: odd })
    await client.greet()
    await client.ask('tools/list')
    assert.equal((await client.ask('any/thing', { of: 'it' })).error.code, -32601)
    for (const method of ['ping', 'logging/setLevel', 'resources/subscribe']) {
      const caller = new Caller(client, 'modern')
      assert.equal((await caller.ask(method, { uri: 'x:1', level: 'debug' })).error.code, -32601)
    }
    assert.equal(
      got['a']!.some(({ method }) => method === 'any/thing'),
      false,
    )
  })
})

test('a modern answer of a kind that a legacy client can not read fails that call, saying so', async () => {
  const base = peer('modern')
  const { client } = stage({
    m: (message, say, hangUp) =>
      message.method === 'tools/call' ? say({ id: message.id, result: { resultType: 'hologram', content: [] } }) : base.script(message, say, hangUp),
  })
  await client.greet()
  const { result } = await client.ask('tools/call', { name: 'm__echo' })
  assert.match(result.content[0].text, /hologram/)
  assert.equal(result.isError, true)
})

test('a legacy client that is sent to a URL by a modern backend gets the id that its protocol wants', async () => {
  const base = peer('modern')
  const { client } = stage({
    m: (message, say, hangUp) => {
      if (message.method !== 'tools/call' || message.params.inputResponses) return base.script(message, say, hangUp)
      const inputRequests = { u: { method: 'elicitation/create', params: { mode: 'url', url: 'https://example.com', message: 'Go' } } }
      say({ id: message.id, result: { resultType: 'input_required', inputRequests } })
    },
  })
  await client.greet({ elicitation: { url: {} } })
  client.say({ id: 1, method: 'tools/call', params: { name: 'm__echo' } })
  await settled(40)
  const { params } = client.messages.find(({ method }) => method === 'elicitation/create')!
  assert.deepEqual(
    { ...params, elicitationId: typeof params.elicitationId },
    { mode: 'url', url: 'https://example.com', message: 'Go', elicitationId: 'string' },
  )
})

test('that roots have changed is told to legacy backends alone: modern ones ask with each call', async () => {
  const { client, got } = stage({ l: peer('legacy').script, m: peer('modern').script })
  await client.greet(abilities)
  await client.ask('tools/list')
  client.say({ method: 'notifications/roots/list_changed' })
  await settled()
  const heard = (name: string) => got[name]!.some(({ method }) => method === 'notifications/roots/list_changed')
  assert.deepEqual([heard('l'), heard('m')], [true, false])
})

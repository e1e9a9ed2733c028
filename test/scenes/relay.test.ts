// One client, its backends, and what passes between them.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { settled } from '../fixtures/clock.ts'
import { echoing, server, stage } from './stage.ts'

const textOf = (message: { result?: any } | undefined) => message?.result.content[0].text

describe('a legacy client', () => {
  test('is greeted before any backend is started', async () => {
    const { client, starts } = stage({ files: echoing('read') })
    await client.greet()
    assert.equal(client.answer('r1')!.result.serverInfo.name, 'mcpgw')
    assert.deepEqual(starts, {})
  })

  test('gets the revision it asks for where we speak it, else our latest', async () => {
    for (const [asked, given] of [
      ['2024-11-05', '2024-11-05'],
      ['2025-06-18', '2025-06-18'],
      ['1999-01-01', '2025-11-25'],
    ] as const) {
      const { client } = stage({})
      await client.greet({}, asked)
      assert.equal(client.answer('r1')!.result.protocolVersion, given)
    }
  })

  test('sees the tools of all backends under public names, in the order of the settings', async () => {
    const { client } = stage({ files: echoing('read', 'write'), git: echoing('log') })
    await client.greet()
    const { result } = await client.ask('tools/list')
    assert.deepEqual(
      result.tools.map((tool: { name: string }) => tool.name),
      ['files__read', 'files__write', 'git__log'],
    )
  })

  test('calls a tool by its public name; the backend hears its own', async () => {
    const { client, got, journal } = stage({ files: echoing('read') })
    await client.greet()
    await client.ask('tools/list')
    assert.equal(textOf(await client.ask('tools/call', { name: 'files__read', arguments: { path: 'ä' } })), 'read {"path":"ä"}')
    assert.equal(got['files']!.at(-1)!.params.name, 'read')
    assert.deepEqual(journal.outcomes, ['answered'])
  })

  test('can call without listing first', async () => {
    const { client } = stage({ files: echoing('read') })
    await client.greet()
    assert.equal(textOf(await client.ask('tools/call', { name: 'files__read' })), 'read {}')
  })

  test('gets its ids back as it wrote them', async () => {
    const { client } = stage({ files: echoing('read') })
    await client.greet()
    for (const id of ['0', '"0"', '9007199254740993', '-1', '"ü"', '1.50'])
      client.line(`{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"files__read"}}`)
    await settled(30)
    for (const id of ['0', '"0"', '9007199254740993', '-1', '"ü"', '1.50'])
      assert.ok(
        client.heard.some(line => line.includes(`"id":${id},`)),
        id,
      )
  })

  test('is told of an unknown tool with the code that MCP prescribes, and the call is on record', async () => {
    const { client, journal } = stage({ files: echoing('read') })
    await client.greet()
    const { error } = await client.ask('tools/call', { name: 'files__nothing' })
    assert.equal(error.code, -32602)
    assert.match(error.message, /Unknown tool: files__nothing/)
    assert.deepEqual(journal.outcomes, ['refused'])
  })
})

describe('what passes', () => {
  test('is not changed: unknown members, digits, content types', async () => {
    const odd = '{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"hologram","size":1.0,"big":12345678901234567890}],"extra":{"a":[]}},"x-top":true}'
    const { client, got } = stage({
      odd: server(['make'], ({ id, method }, say) => method === 'tools/call' && say(odd.replace('"id":1', `"id":${String(id)}`))),
    })
    await client.greet()
    client.line(
      '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"odd__make","arguments":{"n":1.00,"z":12345678901234567890},"later":null},"x-top":1}',
    )
    await settled(30)
    assert.ok(client.heard.includes(odd.replace('"id":1', '"id":7')))
    assert.deepEqual(Object.keys(got['odd']!.at(-1)!), ['jsonrpc', 'id', 'method', 'params', 'x-top'])
  })

  test('progress comes before the answer under the token that the client gave, and none after it', async () => {
    const { client, got } = stage({
      slow: server(['work'], ({ id, method, params }, say) => {
        if (method !== 'tools/call') return
        const progress = (done: number) =>
          say({ method: 'notifications/progress', params: { progressToken: params._meta.progressToken, progress: done, note: 'kept' } })
        progress(1)
        say({ id, result: { content: [] } })
        progress(2)
      }),
    })
    await client.greet()
    client.line('{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"slow__work","_meta":{"progressToken":0}}}')
    await settled(30)
    assert.notEqual(got['slow']!.at(-1)!.params._meta.progressToken, 0)
    const [progress, answer, ...rest] = client.messages.slice(1)
    assert.deepEqual(progress!.params, { progressToken: 0, progress: 1, note: 'kept' })
    assert.equal(answer!.id, 5)
    assert.deepEqual(rest, [])
  })

  test('a cancelled call is cancelled at its backend alone, gets no answer, and is on record', async () => {
    const { client, got, journal } = stage({
      slow: server(['work'], ({ method, id, params }, say) => method === 'tools/call' && params.arguments?.quick && say({ id, result: { content: [] } })),
    })
    await client.greet()
    client.say({ id: 1, method: 'tools/call', params: { name: 'slow__work' } })
    client.say({ id: 2, method: 'tools/call', params: { name: 'slow__work' } })
    await settled(30)
    client.say({ method: 'notifications/cancelled', params: { requestId: 1, reason: 'enough' } })
    await settled()
    const last = got['slow']!.at(-1)!
    assert.equal(last.method, 'notifications/cancelled')
    assert.equal(last.params.requestId, got['slow']!.filter(one => one.method === 'tools/call')[0]!.id)
    assert.equal(client.answer(1), undefined)
    assert.deepEqual(journal.outcomes, ['cancelled'])
  })

  test('a backend asks for roots and gets the answer of the client, under its own id', async () => {
    const { client, got } = stage({
      asks: server(['go'], (message, say) => {
        if (message.method === 'tools/call') say({ id: 'own-0', method: 'roots/list' })
        if (message.id === 'own-0') say({ id: 1, result: {} })
      }),
    })
    await client.greet({ roots: {} })
    client.say({ id: 1, method: 'tools/call', params: { name: 'asks__go' } })
    await settled(30)
    const asked = client.messages.find(one => one.method === 'roots/list')!
    client.say({ id: asked.id, result: { roots: [{ uri: 'file:///a' }] } })
    await settled()
    const answer = got['asks']!.find(one => one.id === 'own-0')!
    assert.deepEqual(answer.result, { roots: [{ uri: 'file:///a' }] })
  })

  test('a client that can not do what a backend asks is not asked; the backend is told so', async () => {
    const { client, got } = stage({
      asks: server(['go'], (message, say) => void (message.method === 'tools/call' && say({ id: 3, method: 'sampling/createMessage' }))),
    })
    await client.greet()
    client.say({ id: 1, method: 'tools/call', params: { name: 'asks__go' } })
    await settled(30)
    assert.equal(got['asks']!.at(-1)!.error.code, -32601)
  })
})

describe('a modern client', () => {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'new', version: '1' },
  }

  test('discovers, lists and calls a legacy backend without a handshake', async () => {
    const { client } = stage({ files: echoing('read') })
    const found = await client.ask('server/discover', { _meta: meta })
    assert.deepEqual(found.result.supportedVersions, ['2026-07-28'])
    const listed = await client.ask('tools/list', { _meta: meta })
    assert.deepEqual([listed.result.resultType, listed.result.cacheScope, listed.result.ttlMs], ['complete', 'private', 0])
    const called = await client.ask('tools/call', { name: 'files__read', _meta: meta })
    assert.equal(called.result.resultType, 'complete')
    assert.equal(textOf(called), 'read {}')
  })

  test('may change its mind: discover first, then initialize', async () => {
    const { client } = stage({ files: echoing('read') })
    await client.ask('server/discover', { _meta: meta })
    await client.greet()
    assert.equal(textOf(await client.ask('tools/call', { name: 'files__read' })), 'read {}')
  })

  test('is told which versions there are when it names another', async () => {
    const { client } = stage({})
    const { error } = await client.ask('tools/list', { _meta: { ...meta, 'io.modelcontextprotocol/protocolVersion': '2099-01-01' } })
    assert.equal(error.code, -32022)
    assert.deepEqual(error.data.supported, ['2026-07-28'])
  })

  test('hears of changed lists only where it listens', async () => {
    const { client, clock } = stage({ files: echoing('read') })
    await client.ask('tools/list', { _meta: meta })
    client.say({ id: 'l', method: 'subscriptions/listen', params: { _meta: meta, notifications: { toolsListChanged: true, resourceSubscriptions: ['x:y'] } } })
    await clock.pass(1)
    const ack = client.notified('notifications/subscriptions/acknowledged')[0]!
    assert.deepEqual(ack.params.notifications, { toolsListChanged: true })
    assert.equal(ack.params._meta['io.modelcontextprotocol/subscriptionId'], 'l')
  })
})

describe('malformed lines', () => {
  const cases: [string, string, number, unknown][] = [
    ['no JSON', '{"jsonrpc":', -32700, null],
    ['a number', '7', -32600, null],
    ['null', 'null', -32600, null],
    ['a batch outside of 2025-03-26', '[{"jsonrpc":"2.0","id":1,"method":"ping"}]', -32600, null],
    ['a null id', '{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600, null],
    ['no version', '{"id":4,"method":"ping"}', -32600, 4],
    ['two ids', '{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}', -32600, null],
    ['a disguised second method', '{"jsonrpc":"2.0","id":1,"method":"ping","\\u006dethod":"tools/list"}', -32600, 1],
    ['params that are no object', '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":[1]}', -32602, 1],
    ['a name that stands twice', '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","name":"b"}}', -32602, 1],
    ['an unknown method', '{"jsonrpc":"2.0","id":1,"method":"nothing/here"}', -32601, 1],
    ['a method that every object has', '{"jsonrpc":"2.0","id":1,"method":"constructor"}', -32601, 1],
    ['a deep nest', `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, -32602, 1],
  ]
  for (const [title, line, code, id] of cases)
    test(`${title}: ${code}, and the link stays open`, async () => {
      const { client } = stage({})
      await client.greet()
      client.line(line)
      await settled()
      const { error, id: given } = client.messages.at(-1)! as { error: { code: number }; id: unknown }
      assert.deepEqual([error.code, given], [code, id])
      assert.deepEqual((await client.ask('ping')).result, {})
    })
})

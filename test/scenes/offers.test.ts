// Prompts, resources, templates, completion, log levels: what goes the same road as tools.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { settled } from '../fixtures/clock.ts'
import { echoing, server, stage, type Script } from './stage.ts'

const library: Script = server(
  ['find'],
  ({ id, method, params }, say) => {
    const answers: Record<string, () => object> = {
      'prompts/list': () => ({ prompts: [{ name: 'sum.up', arguments: [{ name: 'topic' }] }] }),
      'prompts/get': () => ({ messages: [], asked: params.name }),
      'resources/list': () => ({ resources: [{ uri: 'book://1', name: 'one' }] }),
      'resources/templates/list': () => ({ resourceTemplates: [{ uriTemplate: 'book://{id}', name: 'any' }] }),
      'resources/read': () => ({ contents: [{ uri: params.uri, text: 'text' }] }),
      'resources/subscribe': () => ({}),
      'resources/unsubscribe': () => ({}),
      'completion/complete': () => ({ completion: { values: [`${params.ref.name ?? params.ref.uri}!`] } }),
      'logging/setLevel': () => ({}),
      'tools/call': () => ({ content: [{ type: 'resource_link', uri: 'note://7', name: 'linked' }] }),
    }
    const answer = method && answers[method]
    if (answer) say({ id, result: answer() })
  },
  { tools: {}, prompts: {}, resources: { subscribe: true }, completions: {}, logging: {} },
)

describe('prompts', () => {
  test('are got by their public name', async () => {
    const { client } = stage({ lib: library })
    await client.greet()
    const [prompt] = (await client.ask('prompts/list')).result.prompts
    assert.match(prompt.name, /^lib__sum_up_[0-9a-f]{6}$/)
    assert.equal((await client.ask('prompts/get', { name: prompt.name })).result.asked, 'sum.up')
  })

  test('are completed by their public name, and so are templates', async () => {
    const { client, journal } = stage({ lib: library })
    await client.greet()
    const [prompt] = (await client.ask('prompts/list')).result.prompts
    const complete = (ref: object) => client.ask('completion/complete', { ref, argument: { name: 'topic', value: '' }, context: { arguments: { a: 'b' } } })
    assert.deepEqual((await complete({ type: 'ref/prompt', name: prompt.name })).result.completion.values, ['sum.up!'])
    assert.deepEqual((await complete({ type: 'ref/resource', uri: 'book://{id}' })).result.completion.values, ['book://{id}!'])
    assert.equal((await complete({ type: 'ref/prompt', name: 'none' })).error.code, -32602)
    assert.deepEqual(journal.outcomes, [])
  })
})

describe('resources', () => {
  test('are read where they are listed, and unlisted ones where a template fits; both are on record', async () => {
    const { client, journal } = stage({ lib: library, other: echoing('x') })
    await client.greet()
    await client.ask('resources/list')
    for (const uri of ['book://1', 'book://2']) assert.equal((await client.ask('resources/read', { uri })).result.contents[0].uri, uri)
    assert.equal(journal.outcomes.length, 2)
  })

  test('that a result pointed to are read at the backend that gave it', async () => {
    const { client } = stage({ lib: library, other: echoing('x') })
    await client.greet()
    assert.equal((await client.ask('resources/read', { uri: 'note://7' })).error.code, -32602)
    await client.ask('tools/call', { name: 'lib__find' })
    assert.equal((await client.ask('resources/read', { uri: 'note://7' })).result.contents[0].uri, 'note://7')
  })

  test('whose owner is not clear are refused with the candidates’ names', async () => {
    const { client } = stage({ a: library, b: library })
    await client.greet()
    await client.ask('resources/list')
    const { error } = await client.ask('resources/read', { uri: 'book://9' })
    assert.deepEqual([error.code, error.message], [-32602, 'Which backend "book://9" belongs to is not clear: a, b'])
  })

  test('that change are told under the URI that the client knows', async () => {
    const updating: Script = (message, say, hangUp) => {
      library(message, say, hangUp)
      if (message.method === 'resources/subscribe') say({ method: 'notifications/resources/updated', params: { uri: message.params.uri } })
    }
    const { client, got } = stage({ a: library, b: updating })
    await client.greet()
    await client.ask('resources/list')
    await client.ask('resources/subscribe', { uri: 'mcpgw+b:book://1' })
    assert.equal(got['b']!.find(message => message.method === 'resources/subscribe')!.params.uri, 'book://1')
    assert.equal(client.notified('notifications/resources/updated')[0]!.params.uri, 'mcpgw+b:book://1')
  })
})

describe('the log level', () => {
  test('is told to backends that run, and to those that start later', async () => {
    const { client, got } = stage({ a: library, b: library })
    await client.greet()
    await client.ask('prompts/get', { name: 'none' })
    await client.ask('logging/setLevel', { level: 'debug' })
    await settled()
    for (const name of ['a', 'b']) assert.equal(got[name]!.filter(message => message.method === 'logging/setLevel').length, 1, name)
  })

  test('of a backend’s messages is theirs; they pass as they are', async () => {
    const chatty: Script = (message, say, hangUp) => {
      library(message, say, hangUp)
      if (message.method === 'tools/call') say({ method: 'notifications/message', params: { level: 'info', data: { deep: [1] }, odd: true } })
    }
    const { client } = stage({ a: chatty })
    await client.greet()
    await client.ask('tools/call', { name: 'a__find' })
    assert.deepEqual(client.notified('notifications/message')[0]!.params, { level: 'info', data: { deep: [1] }, odd: true })
  })
})

describe('a single bare backend', () => {
  test('is seen with its own names, and the others not at all', async () => {
    const { client } = stage({ a: echoing('x.y'), b: echoing('z') }, { bare: 'a' })
    await client.greet()
    assert.deepEqual(
      (await client.ask('tools/list')).result.tools.map((tool: { name: string }) => tool.name),
      ['x.y'],
    )
    assert.equal((await client.ask('tools/call', { name: 'x.y' })).result.content[0].text, 'x.y {}')
  })
})

// What a client has asked for once and stays: its log level, the resources that it follows.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settled } from '../fixtures/clock.ts'
import { server, stage, type Script } from './stage.ts'

const library = (refuses = false): Script => {
  const tools = ['x']
  const script: Script = (message, say, hangUp) =>
    server(
      tools,
      ({ id, method, params }) => {
        if (method === 'resources/list') say({ id, result: { resources: [{ uri: 'x:1', name: 'one' }] } })
        else if (method === 'resources/templates/list') say({ id, result: { resourceTemplates: [] } })
        else if (method === 'resources/subscribe' && refuses) say({ id, error: { code: -32000, message: 'no' } })
        else if (method === 'tools/call' && params.arguments?.crash) hangUp()
        else if (method === 'tools/call') {
          tools.push(`more${tools.length}`)
          say({ id, result: { content: [] } })
          say({ method: 'notifications/tools/list_changed' })
        } else if (id !== undefined) say({ id, result: {} })
      },
      { tools: {}, resources: { subscribe: true }, logging: {} },
    )(message, say, hangUp)
  return script
}
const times = (got: { method?: string }[], method: string) => got.filter(message => message.method === method).length

test('a backend is told once, however often its lists change, and once more when it has been started again', async () => {
  const { client: first, memory } = stage({ a: library() })
  await first.greet()
  await first.ask('resources/list')
  const { client, clock, got } = stage({ a: library() }, { memory })
  await client.greet()
  await client.ask('logging/setLevel', { level: 'debug' })
  await client.ask('resources/subscribe', { uri: 'x:1' })
  await clock.pass(1000)
  for (let n = 0; n < 3; n++) {
    await client.ask('tools/call', { name: 'a__x' })
    await clock.pass(1000)
  }
  for (const method of ['logging/setLevel', 'resources/subscribe']) assert.equal(times(got['a']!, method), 1, method)
  await client.ask('tools/call', { name: 'a__x', arguments: { crash: true } })
  client.say({ id: 'again', method: 'tools/call', params: { name: 'a__x' } })
  await clock.pass(3000)
  for (const method of ['logging/setLevel', 'resources/subscribe']) assert.equal(times(got['a']!, method), 2, method)
})

test('a subscription that was refused is none: it is not asked for again, and keeps no backend from being idle', async () => {
  const { client, clock, got } = stage({ a: library(true) }, { settings: { a: { idleMs: 5000 } } })
  await client.greet()
  await client.ask('resources/list')
  assert.equal((await client.ask('resources/subscribe', { uri: 'x:1' })).error.code, -32000)
  await clock.pass(20_000)
  client.say({ id: 'again', method: 'tools/call', params: { name: 'a__x' } })
  await clock.pass(3000)
  assert.equal(times(got['a']!, 'initialize'), 2)
  assert.equal(times(got['a']!, 'resources/subscribe'), 1)
})

test('a modern backend hears the log level with each request', async () => {
  const modern: Script = ({ id, method }, say) => {
    const results: Record<string, object> = {
      'server/discover': { supportedVersions: ['2026-07-28'], capabilities: { tools: {}, logging: {} } },
      'tools/list': { tools: [{ name: 'x', inputSchema: { type: 'object' } }] },
      'tools/call': { content: [] },
    }
    if (method && results[method]) say({ id, result: { resultType: 'complete', ...results[method] } })
  }
  const { client, got } = stage({ m: modern })
  await client.greet()
  await client.ask('tools/call', { name: 'm__x' })
  await client.ask('logging/setLevel', { level: 'debug' })
  await client.ask('tools/call', { name: 'm__x' })
  await settled()
  const levels = got['m']!.filter(message => message.method === 'tools/call').map(message => message.params._meta['io.modelcontextprotocol/logLevel'])
  assert.deepEqual(levels, [undefined, 'debug'])
})

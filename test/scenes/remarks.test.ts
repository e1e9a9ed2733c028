// What backends say of a list besides what is in it, where their lists become one.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { settled } from '../fixtures/clock.ts'
import { stage, type Script } from './stage.ts'

/** A server with one tool that says this of its list besides. */
const saying = (besides: () => object): { script: Script; changed: () => void } => {
  let tell = () => {}
  const script: Script = ({ id, method, params }, say) => {
    tell = () => say({ method: 'notifications/tools/list_changed' })
    const capabilities = { tools: { listChanged: true } }
    if (method === 'initialize') say({ id, result: { protocolVersion: params.protocolVersion, capabilities, serverInfo: { name: 's', version: '1' } } })
    else if (method === 'tools/list') say({ id, result: { tools: [{ name: 't', inputSchema: {} }], ...besides() } })
    else if (id !== undefined) say({ id, error: { code: -32601, message: '' } })
  }
  return { script, changed: () => tell() }
}
const server = (name: string) => ({ 'io.modelcontextprotocol/serverInfo': { name } })

describe('what backends say of a list besides', () => {
  test('is in the list that they share, as far as they agree', async () => {
    const a = saying(() => ({ license: 'MIT', total: 1, _meta: { a: 1, ...server('a') } }))
    const b = saying(() => ({ license: 'MIT', total: 2, _meta: { b: 2, ...server('b') } }))
    const { client } = stage({ a: a.script, b: b.script })
    await client.greet()
    const { tools, ...besides } = (await client.ask('tools/list')).result
    assert.equal(tools.length, 2)
    assert.deepEqual(besides, { license: 'MIT', _meta: { a: 1, b: 2 } })
    assert.deepEqual((await client.ask('prompts/list')).result, { prompts: [] })
  })

  test('is not heard of a backend of which the caller may see nothing', async () => {
    const [a, b] = [saying(() => ({ a: 1 })), saying(() => ({ b: 1 }))]
    const { client } = stage({ a: a.script, b: b.script }, { hides: () => entry => entry.backend === 'a' })
    await client.greet()
    const { tools: _tools, ...besides } = (await client.ask('tools/list')).result
    assert.deepEqual(besides, { b: 1 })
  })

  test('is remembered with the list', async () => {
    const { script } = saying(() => ({ a: 1 }))
    const first = stage({ a: script })
    await first.client.greet()
    await first.client.ask('tools/list')
    const { client, starts } = stage({ a: script }, { memory: first.memory })
    await client.greet()
    assert.equal((await client.ask('tools/list')).result.a, 1)
    assert.deepEqual(starts, {})
  })

  test('is the newest, and alone no reason to say that the list has changed', async () => {
    let at = 0
    const a = saying(() => ({ at: ++at }))
    const { client, clock } = stage({ a: a.script })
    await client.greet()
    assert.equal((await client.ask('tools/list')).result.at, 1)
    a.changed()
    await settled()
    await clock.pass(1000)
    assert.equal((await client.ask('tools/list')).result.at, 2)
    assert.deepEqual(client.notified('notifications/tools/list_changed'), [])
  })
})

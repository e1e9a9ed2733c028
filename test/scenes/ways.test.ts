// A client whose link is many streams: what belongs to a request goes the way that the request came, two requests with one id included.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse, type Frame } from '../../src/rpc/frame.ts'
import type { About, Link, Receiver } from '../../src/rpc/link.ts'
import { join } from '../../src/rpc/splice.ts'
import { settled } from '../fixtures/clock.ts'
import { server, stage, type Script } from './stage.ts'

const capabilities = { tools: {}, logging: {} }
const META = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} }

/** A link that keeps what is sent, with the way it went. */
class Ways implements Link {
  readonly sent: { way: string | undefined; method: string | undefined; text: string }[] = []
  #to: Receiver | undefined
  start(receiver: Receiver): void {
    this.#to = receiver
  }
  send(parts: readonly (string | Buffer)[], { via, method }: About = {}): void {
    this.sent.push({ way: via, method, text: String(join(parts)) })
  }
  drained = () => undefined
  close = async () => {}
  async say(via: string | undefined, message: object): Promise<void> {
    const frame = parse(JSON.stringify({ jsonrpc: '2.0', ...message })) as Frame
    frame.via = via
    this.#to!.read!(frame)
    await settled()
  }
  async leave(via: string): Promise<void> {
    this.#to!.left!(via)
    await settled()
  }
  by(way: string | undefined) {
    return this.sent.filter(one => one.way === way).map(one => one.method ?? JSON.parse(one.text || 'null'))
  }
}

const greeted = async (script: Script, era: 'legacy' | 'modern') => {
  const ways = new Ways()
  const on = stage({ a: server(['t'], script, capabilities) }, { link: ways })
  if (era === 'legacy') {
    await ways.say('0', { id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: { sampling: {} }, clientInfo: {} } })
    await ways.say(undefined, { method: 'notifications/initialized' })
  }
  await ways.say('first', { id: 0, method: 'tools/list', params: era === 'modern' ? { _meta: META } : {} })
  ways.sent.length = 0
  return { ...on, ways }
}

const call = (id: unknown, more: object = {}) => ({ id, method: 'tools/call', params: { name: 'a__t', ...more } })

test('answers and progress go the way that their request came, and so does what a backend asks or logs meanwhile', async () => {
  const { ways } = await greeted(({ id, method, params }, say) => {
    if (method !== 'tools/call') return
    say({ method: 'notifications/progress', params: { progressToken: params._meta.progressToken, progress: 1 } })
    say({ method: 'notifications/message', params: { level: 'info', data: 'x' } })
    say({ id: 0, method: 'sampling/createMessage', params: {} })
    say({ method: 'notifications/tools/list_changed' })
    say({ id, result: { content: [] } })
  }, 'legacy')
  await ways.say('5', call(5, { _meta: { progressToken: 0 } }))
  assert.deepEqual(ways.by('5'), [
    'notifications/progress',
    'notifications/message',
    'sampling/createMessage',
    { jsonrpc: '2.0', id: 5, result: { content: [] } },
  ])
  assert.deepEqual(ways.by(undefined), [])
})

test('what a backend asks goes with the latest call that it works on, whatever their ids', async () => {
  let asks = () => {}
  const { ways } = await greeted(({ method }, say) => {
    if (method === 'tools/call') asks = () => say({ id: 0, method: 'sampling/createMessage', params: {} })
  }, 'legacy')
  for (const id of [9, 7, 8]) await ways.say(`${id}`, call(id))
  asks()
  await settled()
  assert.deepEqual(
    [7, 8, 9].map(id => ways.by(`${id}`)),
    [[], ['sampling/createMessage'], []],
  )
})

test('two requests under way may have the same id when they come by different ways', async () => {
  const { ways } = await greeted(({ id, method, params }, say) => {
    if (method === 'tools/call') say({ id, result: { content: [], by: params.arguments.by } })
  }, 'modern')
  await Promise.all(['x', 'y'].map(by => ways.say(by, call(1, { arguments: { by }, _meta: META }))))
  for (const by of ['x', 'y']) assert.deepEqual(ways.by(by), [{ jsonrpc: '2.0', id: 1, result: { resultType: 'complete', content: [], by } }])
})

test('a client that leaves has cancelled that one request, and its way is closed without an answer', async () => {
  const { ways, got, journal } = await greeted(() => {}, 'modern')
  await ways.say('x', call(1, { _meta: META }))
  await ways.say('y', call(1, { _meta: META }))
  await ways.leave('x')
  assert.deepEqual(ways.by('x'), [null])
  assert.deepEqual(ways.by('y'), [])
  assert.equal(got['a']!.filter(one => one.method === 'notifications/cancelled').length, 1)
  assert.deepEqual(journal.outcomes, ['cancelled'])
})

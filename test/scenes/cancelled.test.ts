// Requests that are cancelled while nobody knows yet whose they are: they are never begun, and nobody is answered.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { settled } from '../fixtures/clock.ts'
import { abilities, Caller, ERAS, peer, type Era } from './peers.ts'
import { stage, type Script } from './stage.ts'

/** A backend that says what it offers only when it is let. */
function late(era: Era) {
  const one = peer(era)
  const waiting: (() => void)[] = []
  let open = false
  const script: Script = (message, say, hangUp) => {
    const act = () => one.script(message, say, hangUp)
    if (open || (message.method !== 'initialize' && message.method !== 'server/discover')) act()
    else waiting.push(act)
  }
  const speak = () => {
    open = true
    for (const act of waiting.splice(0)) act()
  }
  return { ...one, script, speak }
}

async function set(front: Era, back: Era) {
  const backend = late(back)
  const staged = stage({ b: backend.script })
  const caller = new Caller(staged.client, front)
  await caller.greet()
  const asked = () => staged.got['b']!.flatMap(({ method }) => (/complet|subscribe|tasks|call/.test(method ?? '') ? [method] : []))
  return { ...staged, caller, backend, asked }
}

const requests: [method: string, params: object][] = [
  ['completion/complete', { ref: { type: 'ref/prompt', name: 'b__hello' }, argument: { name: 'a', value: 'b' } }],
  ['resources/subscribe', { uri: 'x:1' }],
  ['tools/call', { name: 'b__echo' }],
]

for (const front of ERAS)
  for (const back of ERAS)
    for (const [method, params] of requests)
      if (front === 'legacy' || method !== 'resources/subscribe')
        test(`${method} of a ${front} client, before its ${back} backend has spoken`, async () => {
          const { client, caller, clock, session, backend, asked } = await set(front, back)
          const id = caller.say(method, params)
          await settled()
          assert.equal(session.inFlight, 1)
          client.say({ method: 'notifications/cancelled', params: { requestId: id } })
          await settled()
          backend.speak()
          await clock.pass(2000)
          assert.deepEqual([client.answer(id), session.inFlight, asked()], [undefined, 0, []])
          assert.deepEqual(backend.followed(), [])
          if (front === 'legacy' && method === 'resources/subscribe') {
            assert.ok((await caller.ask(method, params)).result)
            assert.deepEqual(backend.followed(), ['x:1'])
          }
        })

describe('a listening that is cancelled while what it follows is looked up', () => {
  for (const back of ERAS)
    test(`leaves nothing with a ${back} backend`, async () => {
      const { client, caller, clock, backend } = await set('modern', back)
      const id = caller.say('subscriptions/listen', { notifications: { resourceSubscriptions: ['x:1'] } })
      await settled()
      client.say({ method: 'notifications/cancelled', params: { requestId: id } })
      backend.speak()
      await clock.pass(6000)
      assert.equal(client.answer(id), undefined)
      assert.deepEqual(backend.followed(), [])
    })
})

test('tasks/list that is cancelled has no answer, and its backend need not go on', async () => {
  const base = peer('legacy')
  const cancelled: unknown[] = []
  const { client, session } = stage({
    b: (message, say, hangUp) => {
      const { id, method, params } = message
      if (method === 'notifications/cancelled') cancelled.push(params.requestId)
      if (method === 'initialize') {
        const capabilities = { tools: {}, tasks: { list: {}, requests: { tools: { call: {} } } } }
        say({ id, result: { protocolVersion: params.protocolVersion, capabilities, serverInfo: { name: 'b', version: '1' } } })
      } else if (method === 'tools/call') say({ id, result: { task: { taskId: 't', status: 'working' } } })
      else if (method !== 'tasks/list') base.script(message, say, hangUp)
    },
  })
  await client.greet(abilities)
  await client.ask('tools/list')
  await client.ask('tools/call', { name: 'b__echo', task: {} })
  client.say({ id: 'l', method: 'tasks/list' })
  await settled()
  client.say({ method: 'notifications/cancelled', params: { requestId: 'l' } })
  await settled()
  assert.deepEqual([client.answer('l'), session.inFlight, cancelled.length], [undefined, 0, 1])
})

test('a request under an id that is in use is refused, and cancels nothing of the other', async () => {
  const { client, backend } = await set('legacy', 'legacy')
  backend.speak()
  await client.ask('tools/list')
  client.say({ id: 7, method: 'tools/call', params: { name: 'b__wait', arguments: { of: 'it' } } })
  await settled()
  for (const [method, params] of requests.slice(0, 2)) assert.equal((await client.ask(method, params, 7)).error.code, -32600)
  client.heard.length = 0
  client.say({ method: 'notifications/cancelled', params: { requestId: 7 } })
  await settled()
  assert.deepEqual([backend.cancelled, client.heard], [['it'], []])
})

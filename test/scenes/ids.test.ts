// Ids and progress tokens belong to who chose them: however odd, and however many are under way at once, each comes back to its own as it was written.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settled } from '../fixtures/clock.ts'
import { abilities, Caller, ERAS } from './peers.ts'
import { server, stage, type Script } from './stage.ts'

const ids = ['0', '""', '"0"', '1e3', '123456789012345678901234567890', '-0', '1.0', '"\\ud800"', '-5', '"__proto__"']

for (const front of ERAS)
  test(`what a backend asks a ${front} client all at once is answered under its own ids, in whatever order the answers come`, async () => {
    const { client, lines } = stage({
      a: server(['t'], ({ method }, say) => {
        const params = (id: string) => JSON.stringify({ message: id, requestedSchema: { type: 'object', properties: {} } })
        if (method === 'tools/call') for (const id of ids) say(`{"jsonrpc":"2.0","id":${id},"method":"elicitation/create","params":${params(id)}}`)
      }),
    })
    const caller = new Caller(client, front)
    if (front === 'legacy') await client.greet(abilities)
    await caller.ask('tools/list')
    const call = caller.say('tools/call', { name: 'a__t', arguments: {} })
    await settled(30)
    const accepted = ({ message }: { message: string }) => ({ action: 'accept', content: { of: message } })
    if (front === 'legacy') {
      const asked = client.messages.filter(({ method }) => method === 'elicitation/create')
      for (const { id, params } of asked.reverse()) client.say({ id, result: accepted(params) })
    } else {
      const { inputRequests, requestState } = client.answer(call)!.result
      const asked = Object.entries<{ params: { message: string } }>(inputRequests).reverse()
      const inputResponses = Object.fromEntries(asked.map(([key, { params }]) => [key, accepted(params)]))
      caller.say('tools/call', { name: 'a__t', arguments: {}, inputResponses, requestState })
    }
    await settled(30)
    const answers = lines['a']!.filter(line => line.includes('"accept"'))
    assert.equal(answers.length, ids.length)
    for (const id of ids) {
      const [mine] = answers.filter(line => line.includes(`"id":${id},`))
      assert.equal(JSON.parse(mine ?? '{}').result?.content.of, id)
    }
  })

test('progress under tokens that are numbers and strings goes to its own call', async () => {
  const tokens = ['0', '"0"', '""', '1.0', '1', '"1"', '123456789012345678901234567890', '1e400']
  const calls: unknown[] = []
  let say: Parameters<Script>[1] = () => {}
  const { client } = stage({
    a: server(['t'], ({ method, params }, tell) => {
      say = tell
      if (method === 'tools/call') calls.push(params._meta.progressToken)
    }),
  })
  await client.greet()
  await client.ask('tools/list')
  tokens.forEach((token, id) => client.line(`{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"a__t","_meta":{"progressToken":${token}}}}`))
  await settled(20)
  assert.equal(new Set(calls).size, tokens.length)
  for (const progressToken of calls.reverse()) say({ method: 'notifications/progress', params: { progressToken, progress: 1 } })
  await settled(20)
  const heard = client.heard.flatMap(line => /"progressToken":("[^"]*"|[^,]*),/.exec(line)?.[1] ?? [])
  assert.deepEqual(heard, tokens.reverse())
})

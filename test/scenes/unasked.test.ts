// What nobody knows and nobody has asked for: notifications of methods that are in no revision, in both directions.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Decision } from '../../src/gateway/types.ts'
import { settled } from '../fixtures/clock.ts'
import { Caller, ERAS, peer } from './peers.ts'
import { server, stage, type Script, type StageOptions } from './stage.ts'

describe('of a legacy client', () => {
  async function set(options: StageOptions = {}, others: Record<string, Script> = { m: peer('modern').script }) {
    const staged = stage({ a: peer('legacy').script, ...others }, options)
    await staged.client.greet()
    await staged.client.ask('tools/list')
    const told = async (name: string, line: string) => {
      staged.client.line(line)
      await settled(20)
      return staged.lines[name]?.filter(text => text.includes('notifications/x'))
    }
    return { ...staged, told }
  }
  const line = (params: string) => `{"jsonrpc":"2.0","top": 1.0,"method":"notifications/x","params":{${params}"n":1e400,"_meta":{"k":-0}}}`

  test('goes to whom its target belongs to, as it was written, and is on record', async () => {
    for (const [named, own] of [
      ['"name":"a__echo",', '"name":"echo",'],
      ['"name":"a__hello",', '"name":"hello",'],
      ['"uri":"x:1",', '"uri":"x:1",'],
    ] as const) {
      const { told, journal, client } = await set({}, {})
      const before = client.heard.length
      assert.deepEqual(await told('a', line(named)), [line(own)])
      assert.deepEqual(journal.outcomes, ['answered'])
      assert.equal(client.heard.length, before)
    }
  })

  test('goes to the only backend there is, where names are its own', async () => {
    const { told, journal } = await set({ bare: 'a' })
    assert.deepEqual(await told('a', line('')), [line('')])
    assert.deepEqual(journal.outcomes, ['answered'])
  })

  test('goes nowhere where nobody can tell whose it is, and never to a modern backend', async () => {
    const { told, got, journal } = await set()
    for (const params of ['', '"name":"nothing",', '"name":"a__echo","name":"m__echo",', '"name":"m__echo",']) {
      assert.deepEqual(await told('a', line(params)), [])
      assert.deepEqual(await told('m', line(params)), [])
    }
    assert.deepEqual(journal.outcomes, ['failed', 'failed'])
    assert.equal(
      got['a']!.some(({ method }) => method === 'notifications/initialized'),
      true,
    )
  })

  for (const decision of [
    { kind: 'deny', by: 'rule', reason: 'no', code: 'denied' },
    { kind: 'ask', by: 'rule', reason: 'it must be asked' },
  ] as const satisfies readonly Decision[])
    test(`goes nowhere where a rule says ${decision.kind}; that is on record`, async () => {
      const { told, journal } = await set({ policies: [() => decision] })
      assert.deepEqual(await told('a', line('"name":"a__echo",')), [])
      assert.deepEqual(journal.outcomes, ['refused'])
    })

  test('goes nowhere where it can not be recorded, where nobody may ask for anything, and where its backend does not run', async () => {
    const { told, journal, clock } = await set()
    journal.broken = () => true
    assert.deepEqual(await told('a', line('"name":"a__echo",')), [])
    journal.broken = () => false
    await clock.pass(2 * 600_000)
    await settled()
    assert.deepEqual(await told('a', line('"name":"a__echo",')), [])
    assert.deepEqual(journal.outcomes, ['failed'])
    const nobody = await set({ who: () => ({ code: 'unauthenticated', message: 'no' }) })
    assert.deepEqual((await nobody.told('a', line('"name":"a__echo",'))) ?? [], [])
    assert.deepEqual(nobody.journal.outcomes, [])
  })
})

describe('a request of a backend’s that nobody knows', () => {
  const asking = (method: string): Script =>
    server(['t'], ({ id, method: asked }, say) => {
      if (asked !== 'tools/call') return
      say(`{"jsonrpc":"2.0","id":"own","top":1.0,"method":"${method}","params":{"n":1e400,"_meta":{"k":-0}}}`)
      say({ id, result: { content: [] } })
    })

  test('reaches a legacy client as it was written, and the answer its backend, whatever it is', async () => {
    for (const answer of ['"result":{"n":1.0}', '"error":{"code":-32601,"message":"no","data":1e400}']) {
      const { client, lines } = stage({ a: asking('acme/ask') })
      await client.greet()
      await client.ask('tools/list')
      await client.ask('tools/call', { name: 'a__t' })
      const line = client.heard.find(text => text.includes('acme/ask'))!
      const { id } = JSON.parse(line)
      assert.equal(line, `{"jsonrpc":"2.0","id":${id},"top":1.0,"method":"acme/ask","params":{"n":1e400,"_meta":{"k":-0}}}`)
      client.line(`{"jsonrpc":"2.0","id":${id},${answer}}`)
      await settled()
      assert.equal(lines['a']!.at(-1), `{"jsonrpc":"2.0","id":"own",${answer}}`)
    }
  })

  // MCP 2026-07-28, multi-round-trip requests: what is asked MUST be an elicitation, a sampling or a listing of roots.
  test('does not reach a modern client, and is answered so', async () => {
    const { client, got } = stage({ a: asking('acme/ask') })
    const caller = new Caller(client, 'modern')
    await caller.ask('tools/list')
    await caller.ask('tools/call', { name: 'a__t' })
    assert.equal(got['a']!.at(-1)!.error.code, -32601)
  })

  test('is none where it is of the protocol: a client serves nobody’s tools, tells nobody of another’s tasks, and is asked for what it offers', async () => {
    for (const method of ['initialize', 'tools/call', 'tasks/list', 'tasks/new', 'resources/read', 'server/discover', 'roots/list', 'sampling/new']) {
      const { client, got } = stage({ a: asking(method) })
      await client.greet({ sampling: {}, tasks: { list: {} } })
      await client.ask('tools/list')
      await client.ask('tools/call', { name: 'a__t' })
      assert.equal(got['a']!.at(-1)!.error.code, -32601, method)
      assert.equal(client.heard.filter(text => text.includes('1e400')).length, 0)
    }
  })
})

for (const back of ERAS)
  test(`of a ${back} backend it reaches a modern client with the call that it belongs to, and nobody where there is none or several`, async () => {
    const base = peer(back)
    const said = '{"jsonrpc":"2.0","method":"notifications/x","params":{"n":1e400},"top":1.0}'
    let say: Parameters<Script>[1] = () => {}
    const { client } = stage({
      b: (message, tell, hangUp) => {
        say = tell
        base.script(message, tell, hangUp)
      },
    })
    const one = new Caller(client, 'modern', 'modern')
    await one.ask('tools/list')
    const heard = async () => {
      const before = client.heard.length
      say(said)
      for (const method of ['notifications/elicitation/complete', 'notifications/tasks/status']) say({ method, params: {} })
      await settled()
      return client.heard.slice(before)
    }
    assert.deepEqual(await heard(), [])
    one.say('tools/call', { name: 'b__wait', arguments: { of: 'one' } })
    await settled()
    assert.deepEqual(await heard(), [said])
    new Caller(client, 'modern', 'legacy').say('tools/call', { name: 'b__wait', arguments: { of: 'other' } })
    await settled()
    assert.deepEqual(await heard(), [])
  })

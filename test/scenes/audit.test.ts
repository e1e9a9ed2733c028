// Laws 4, 5 and 10: recorded before forwarded, settled once, and no when in doubt.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Policy } from '../../src/gateway/types.ts'
import { LEGACY_LATEST, META_CAPABILITIES, META_CLIENT, META_VERSION, MODERN } from '../../src/rpc/eras.ts'
import { settled } from '../fixtures/clock.ts'
import { Caller, ERAS, peer, questions } from './peers.ts'
import { echoing, server, stage } from './stage.ts'

const fault = (message: { result?: any }) => message.result._meta['mcpgw/fault'].code
const calls = (got: { method?: string }[] | undefined) => (got ?? []).filter(one => one.method === 'tools/call').length

for (const front of ERAS)
  for (const back of ERAS)
    describe(`what a ${back} backend wants to know of a ${front} client during a call`, () => {
      const asking = async (what: keyof typeof questions, broken = false) => {
        const scene = stage({ a: peer(back).script })
        const caller = new Caller(scene.client, front)
        await caller.greet()
        await caller.ask('tools/list')
        scene.journal.broken = kind => broken && kind === 'leg'
        const before = scene.client.heard.length
        await caller.ask('tools/call', { name: 'a__ask', arguments: { what, of: 1 } })
        return { ...scene, heard: scene.client.heard.slice(before) }
      }

      for (const [what, { method }] of Object.entries(questions))
        test(`is on record: ${method}`, async () => {
          const { journal } = await asking(what as keyof typeof questions)
          assert.deepEqual(journal.asked, [[method]])
          assert.deepEqual(journal.legs, [journal.lines.find(line => line.kind === 'open')!.call])
        })

      test('is not asked where that can not be recorded', async () => {
        const { heard, got } = await asking('sample', true)
        assert.ok(!heard.some(line => line.includes('"method":"sampling/createMessage"')))
        assert.equal(calls(got['a']), 1)
      })
    })

describe('no record, no call', () => {
  test('when the opening line fails, no backend sees the call', async () => {
    const { client, journal, got } = stage({ a: echoing('x') })
    await client.greet()
    await client.ask('tools/list')
    journal.broken = kind => kind === 'open'
    const answer = await client.ask('tools/call', { name: 'a__x' })
    assert.equal(fault(answer), 'audit_unavailable')
    assert.match(answer.result.content[0].text, /was not executed/)
    assert.equal(calls(got['a']), 0)
  })

  test('when the settling line fails, the answer is withheld: executed, not recorded, do not repeat', async () => {
    const { client, journal, got } = stage({ a: echoing('x') })
    await client.greet()
    journal.broken = kind => kind === 'settle'
    const answer = await client.ask('tools/call', { name: 'a__x', arguments: { secret: 1 } })
    assert.equal(fault(answer), 'audit_unavailable')
    assert.match(answer.result.content[0].text, /was executed.*Do not repeat/)
    assert.equal(calls(got['a']), 1)
  })

  test('unless the settings say that a record is not required', async () => {
    const { client, journal } = stage({ a: echoing('x') }, { auditRequired: false })
    await client.greet()
    journal.broken = () => true
    assert.match((await client.ask('tools/call', { name: 'a__x' })).result.content[0].text, /^x/)
  })

  test('for whichever write fails: the client gets one answer, and a backend acts only on what is open in the journal', async () => {
    for (let broken = 0; broken < 8; broken++) {
      const { client, journal, got } = stage({ a: echoing('x') })
      await client.greet()
      await client.ask('tools/list')
      let writes = 0
      journal.broken = () => writes++ === broken
      for (let id = 0; id < 4; id++) {
        await client.ask('tools/call', { name: 'a__x' }, `c${id}`)
        assert.equal(client.messages.filter(message => message.id === `c${id}`).length, 1)
      }
      assert.equal(calls(got['a']), journal.lines.filter(line => line.kind === 'open').length)
    }
  })
})

describe('a decision', () => {
  const no: Policy = () => ({ kind: 'deny', by: 'test', reason: 'not today', code: 'backend_unavailable' })

  test('no is on record, and nothing is forwarded', async () => {
    const { client, journal, got } = stage({ a: echoing('x') }, { policies: [no] })
    await client.greet()
    assert.match((await client.ask('tools/call', { name: 'a__x' })).result.content[0].text, /not today/)
    assert.deepEqual(
      journal.lines.map(line => line.kind),
      ['open', 'settle'],
    )
    assert.deepEqual(journal.outcomes, ['refused'])
    assert.equal(calls(got['a']), 0)
  })

  test('that can not be reached is a no', async () => {
    const { client, got } = stage({ a: echoing('x') }, { policies: [async () => Promise.reject(new Error('broken'))] })
    await client.greet()
    assert.equal((await client.ask('tools/call', { name: 'a__x' })).error.code, -32603)
    assert.equal(calls(got['a']), 0)
  })
})

test('a policy that throws at once is a no as well: on record, and nothing is left of the call', async () => {
  const { client, journal, session, events } = stage(
    { a: echoing('x') },
    {
      policies: [
        () => {
          throw new Error('odd')
        },
      ],
    },
  )
  await client.greet()
  assert.match((await client.ask('tools/call', { name: 'a__x' })).error.message, /a policy failed: Error: odd/)
  assert.deepEqual(journal.outcomes, ['refused'])
  assert.equal(session.inFlight, 0)
  assert.deepEqual(events.state().calls, {})
})

describe('what a client tells of what it is used for', () => {
  const opened = ({ journal }: ReturnType<typeof stage>) =>
    journal.lines.flatMap(line => (line.kind === 'open' ? [[line.call.origin.project, line.call.origin.clientSession]] : []))
  const told = ({ name }: { name: string }) => (name === 'scene' ? { project: '/home/me/app', clientSession: 'b7a1' } : {})
  let calling: unknown
  const rooted = server(['x', 'y'], ({ id, method, params }, say) => {
    if (method === 'tools/call' && params.name === 'y') say({ id, result: { content: [] } })
    else if (method === 'tools/call') {
      calling = id
      say({ id: 'roots', method: 'roots/list' })
    } else if (id === 'roots') say({ id: calling, result: { content: [] } })
  })

  test('is on record with its calls, in both eras', async () => {
    const scene = stage({ a: echoing('x') }, { told })
    await scene.client.greet()
    await scene.client.ask('tools/call', { name: 'a__x' })
    const meta = (name: string) => ({ [META_VERSION]: MODERN, [META_CLIENT]: { name, version: '1' }, [META_CAPABILITIES]: {} })
    await scene.client.ask('tools/call', { name: 'a__x', _meta: meta('scene') })
    await scene.client.ask('tools/call', { name: 'a__x', _meta: meta('another') })
    assert.deepEqual(opened(scene), [
      ['/home/me/app', 'b7a1'],
      ['/home/me/app', 'b7a1'],
      [undefined, undefined],
    ])
  })

  test('is heard along when a backend asks for roots: no client is asked for the record alone', async () => {
    for (const [roots, project] of [
      [[{ uri: 'file:///home/me/my%20app' }, { uri: 'file:///other' }], '/home/me/my app'],
      [[{ uri: 'file:///C:/work' }], 'C:/work'],
      [[{ uri: 'file:///bad%ZZ' }], '/bad%ZZ'],
      [[{ uri: 'https://me:hunter2@example.com/repo' }], 'https://me:[redacted:password]@example.com/repo'],
      [[{ uri: 'x'.repeat(5000) }], undefined],
      [[], undefined],
      ['none', undefined],
      [[null], undefined],
    ] as const) {
      const scene = stage({ a: rooted })
      const { client } = scene
      await client.greet({ roots: {} }, LEGACY_LATEST)
      client.say({ id: 'one', method: 'tools/call', params: { name: 'a__x' } })
      await settled()
      const question = client.messages.find(({ method }) => method === 'roots/list')!
      client.say({ id: question.id, result: { roots } })
      await settled()
      await client.ask('tools/call', { name: 'a__y' })
      assert.deepEqual(opened(scene), [
        [undefined, undefined],
        [project, undefined],
      ])
      assert.equal(client.messages.filter(({ method }) => method === 'roots/list').length, 1)
    }
  })

  test('in so many words comes before roots', async () => {
    const scene = stage({ a: rooted }, { told })
    await scene.client.greet({ roots: {} })
    scene.client.say({ id: 'one', method: 'tools/call', params: { name: 'a__x' } })
    await settled()
    scene.client.say({ id: scene.client.messages.find(({ method }) => method === 'roots/list')!.id, result: { roots: [{ uri: 'file:///other' }] } })
    await settled()
    await scene.client.ask('tools/call', { name: 'a__y' })
    assert.deepEqual(opened(scene).at(-1), ['/home/me/app', 'b7a1'])
  })
})

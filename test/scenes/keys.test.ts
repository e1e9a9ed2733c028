// Keys on the road of a request: who is let in, what it is shown, and what becomes of it when its key is worth nothing any more.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { offered } from '../../src/gateway/decide.ts'
import { Principals, type Key } from '../../src/gateway/principals.ts'
import { authorize, Rules, type Permissions } from '../../src/gateway/rules.ts'
import { outside, scoped } from '../../src/gateway/scopes.ts'
import { META_CAPABILITIES, META_CLIENT, META_VERSION, MODERN } from '../../src/rpc/eras.ts'
import { newKey } from '../../src/store/keys.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { facts } from '../contracts/keys.ts'
import { settled, VirtualClock } from '../fixtures/clock.ts'
import { echoing, server, stage, type Script } from './stage.ts'

const UNAUTHENTICATED = -32011
const names = (message: { result?: any }) => message.result.tools.map((tool: { name: string }) => tool.name)
const meta = { [META_VERSION]: MODERN, [META_CLIENT]: { name: 'scene', version: '1' }, [META_CAPABILITIES]: {} }

interface Given {
  readonly more?: Partial<Key>
  /** What the client presents; its key where nothing is said. */
  readonly presents?: string
  readonly permissions?: Permissions
  readonly backends?: Record<string, Script>
}

/** The tools that backends have been called for. */
const executed = (got: Record<string, { method?: string; params?: any }[]>) =>
  Object.values(got).flatMap(all => all.flatMap(({ method, params }) => (method === 'tools/call' ? [params.name] : [])))

/** A gateway behind which somebody with a key speaks; what happens to the key is the scene's. */
function keyed({
  more = {},
  presents,
  permissions = { default: 'allow', rules: [] },
  backends = { a: echoing('read', 'drop'), b: echoing('write') },
}: Given = {}) {
  const key = newKey()
  const store = memoryStore()
  void store.keys.create(key, facts('ci', key, more))
  const rules = new Rules(permissions)
  let open = (): void => {}
  const opened = new Promise<void>(done => (open = done))
  const ring = async () => {
    await opened
    return { version: () => store.version(), find: (one: string) => store.keys.find(one), used: (name: string, at: number) => store.keys.used(name, at) }
  }
  const principals = new Principals(ring, new VirtualClock(), () => false)
  const scene = stage(backends, {
    who: () => principals.of(presents ?? key),
    policies: [offered, scoped, call => authorize(rules, call, 0)],
    hides: origin =>
      outside(
        origin.principal,
        rules.hidden(origin, () => 0),
      ),
  })
  return { ...scene, store, open }
}

describe('a client with a key', () => {
  test('is shown what the key is for, and nothing else is there for it; the record says why and who', async () => {
    const { client, journal, starts, open } = keyed({ more: { allow: ['a__*', 'b__write'], backends: ['a'] } })
    open()
    await client.greet()
    assert.deepEqual(names(await client.ask('tools/list')), ['a__read', 'a__drop'])
    const { error } = await client.ask('tools/call', { name: 'b__write' })
    assert.deepEqual([error.code, error.message], [-32602, 'Unknown tool: b__write'])
    assert.ok((await client.ask('tools/call', { name: 'a__read' })).result.content)
    const [opening] = journal.lines
    assert.ok(opening?.kind === 'open')
    assert.deepEqual([opening.decision.by, opening.call.origin.principal.id], ['key:ci', 'ci'])
    assert.deepEqual(journal.outcomes, ['refused', 'answered'])
    assert.equal(starts['a'], 1)
  })

  test('is judged by the roles that its key carries', async () => {
    const permissions: Permissions = {
      default: 'allow',
      rules: [
        { id: 'r1', effect: 'deny', tools: ['a__drop'] },
        { id: 'r2', effect: 'allow', tools: ['a__drop'], roles: ['ops'] },
      ],
    }
    for (const [roles, seen] of [
      [['ops'], ['a__read', 'a__drop', 'b__write']],
      [['dev'], ['a__read', 'b__write']],
    ] as const) {
      const { client, open } = keyed({ permissions, more: { roles } })
      open()
      await client.greet()
      assert.deepEqual(names(await client.ask('tools/list')), seen)
      assert.equal((await client.ask('tools/call', { name: 'a__drop' })).result !== undefined, roles[0] === 'ops')
    }
  })

  test('is greeted before anybody has looked the key up; what needs authority waits for that', async () => {
    const { client, session, open } = keyed()
    await client.greet()
    assert.ok((await client.ask('ping')).result)
    client.say({ id: 'list', method: 'tools/list', params: {} })
    client.say({ id: 'call', method: 'tools/call', params: { name: 'a__read' } })
    await settled()
    assert.deepEqual([client.answer('list'), client.answer('call')], [undefined, undefined])
    assert.equal(session.inFlight, 2)
    open()
    await settled()
    assert.ok(client.answer('list')!.result.tools.length > 0)
    assert.ok(client.answer('call')!.result.content)
    assert.equal(session.inFlight, 0)
  })

  for (const era of ['legacy', 'modern'] as const)
    test(`that cancels while its key is looked up (${era}): the call is on record as cancelled, and nothing is done`, async () => {
      const { client, journal, got, session, events, open } = keyed()
      if (era === 'legacy') await client.greet()
      const _meta = era === 'legacy' ? {} : meta
      client.say({ id: 'call', method: 'tools/call', params: { name: 'a__read', _meta } })
      client.say({ id: 'list', method: 'tools/list', params: { _meta } })
      client.say({ id: 'other', method: 'tools/call', params: { name: 'b__write', _meta } })
      await settled()
      for (const requestId of ['call', 'list']) client.say({ method: 'notifications/cancelled', params: { requestId, reason: 'enough' } })
      await settled()
      open()
      await settled(40)
      assert.deepEqual([client.answer('call'), client.answer('list')], [undefined, undefined])
      assert.ok(client.answer('other')!.result)
      assert.deepEqual(journal.outcomes.sort(), ['answered', 'cancelled'])
      assert.deepEqual(executed(got), ['write'])
      assert.equal(session.inFlight, 0)
      assert.deepEqual(events.state().calls, {})
    })

  test('that cancels while its key is looked up takes nothing from a limit, and asks nobody', async () => {
    const rules: Permissions = { default: 'allow', rules: [{ id: 'r', effect: 'ask', tools: ['a__drop'] }] }
    const { client, journal, gateway, open, got } = keyed({ permissions: rules })
    let taken = 0
    Object.assign(gateway, { take: () => (taken++, { kind: 'allow', by: 'limits' }) })
    await client.greet()
    for (const name of ['a__read', 'a__drop']) client.say({ id: name, method: 'tools/call', params: { name } })
    for (const requestId of ['a__read', 'a__drop']) client.say({ method: 'notifications/cancelled', params: { requestId } })
    await settled()
    open()
    await settled(40)
    assert.deepEqual(journal.outcomes, ['cancelled', 'cancelled'])
    assert.deepEqual([taken, executed(got)], [0, []])
  })

  test('may not complete or subscribe to what it can not see', async () => {
    const backend = server(
      [],
      ({ id, method }, say) => {
        if (method === 'prompts/list') say({ id, result: { prompts: [{ name: 'p' }] } })
        else if (method === 'resources/list') say({ id, result: { resources: [{ uri: 'file:///x', name: 'x' }] } })
        else if (method === 'resources/templates/list') say({ id, result: { resourceTemplates: [] } })
        else say({ id, result: { completion: { values: ['secret'] } } })
      },
      { prompts: {}, resources: { subscribe: true }, completions: {} },
    )
    const ask = async (allow: string[]) => {
      const { client, open } = keyed({ more: { allow }, backends: { a: backend } })
      open()
      await client.greet()
      await client.ask('prompts/list')
      const completed = await client.ask('completion/complete', { ref: { type: 'ref/prompt', name: 'a__p' }, argument: { name: 'x', value: '' } })
      const subscribed = await client.ask('resources/subscribe', { uri: 'file:///x' })
      return [completed.error?.code, subscribed.error?.code]
    }
    assert.deepEqual(await ask(['a__p', 'file:///*']), [undefined, undefined])
    assert.deepEqual(await ask(['b__*']), [-32602, -32602])
  })
})

describe('who presents a key that is none', () => {
  test('is greeted, refused whatever else it asks, never served as local, and on record; no backend starts for it', async () => {
    const { client, journal, starts, open } = keyed({ presents: newKey() })
    open()
    await client.greet()
    for (const [method, params] of [
      ['tools/list', {}],
      ['prompts/get', { name: 'a__p' }],
      ['resources/read', { uri: 'x:y' }],
      ['resources/subscribe', { uri: 'x:y' }],
      ['completion/complete', {}],
      ['logging/setLevel', { level: 'info' }],
      ['tools/call', { name: 'a__read' }],
    ] as const) {
      const { error } = await client.ask(method, params)
      assert.deepEqual([error?.code, error?.data.code], [UNAUTHENTICATED, 'unauthenticated'], method)
      assert.match(error.message, /mcpgw keys create/)
    }
    assert.deepEqual(starts, {})
    assert.deepEqual(journal.outcomes, ['refused', 'refused', 'refused'])
    const [opening] = journal.lines
    assert.ok(opening?.kind === 'open')
    assert.deepEqual([opening.decision.by, opening.call.origin.principal.id], ['key', 'nobody'])
  })

  test('is refused request by request in the modern era, and may discover', async () => {
    const { client, starts, open } = keyed({ presents: '' })
    open()
    assert.ok((await client.ask('server/discover', { _meta: meta })).result)
    assert.equal((await client.ask('tools/list', { _meta: meta })).error.code, UNAUTHENTICATED)
    assert.equal((await client.ask('subscriptions/listen', { _meta: meta, notifications: { toolsListChanged: true } })).error.code, UNAUTHENTICATED)
    assert.equal((await client.ask('tools/call', { _meta: meta, name: 'a__read' })).error.code, UNAUTHENTICATED)
    assert.deepEqual(starts, {})
  })
})

describe('a key that is revoked while its client is served', () => {
  const slow: Record<string, Script> = {
    a: server(['slow', 'quick'], ({ id, params }, say) => params?.name === 'quick' && say({ id, result: { content: [] } })),
  }

  test('ends what is under way, once, with the reason; all that is asked afterwards is refused', async () => {
    const { client, store, session, journal, got, events, open } = keyed({ backends: slow })
    open()
    await client.greet()
    client.say({ id: 'slow', method: 'tools/call', params: { name: 'a__slow' } })
    await settled()
    await store.keys.revoke('ci', 1)
    await session.reconsider()
    await settled()
    const answers = client.messages.filter(message => message.id === 'slow')
    assert.deepEqual(
      answers.map(({ error }) => error?.code),
      [UNAUTHENTICATED],
    )
    assert.match(answers[0]!.error.message, /has been revoked/)
    assert.deepEqual(journal.outcomes, ['cancelled'])
    assert.deepEqual(Object.keys(events.state().sessions), [])
    assert.equal(session.backends.get('a')!.status().state, 'stopped')
    const before = got['a']!.length
    assert.equal((await client.ask('tools/call', { name: 'a__quick' })).error.code, UNAUTHENTICATED)
    assert.equal((await client.ask('tools/list')).error.code, UNAUTHENTICATED)
    assert.equal(got['a']!.length, before)
  })

  test('is noticed by the next request itself, which ends the others too', async () => {
    const { client, store, open } = keyed({ backends: slow })
    open()
    await client.greet()
    client.say({ id: 'slow', method: 'tools/call', params: { name: 'a__slow' } })
    await settled()
    await store.keys.revoke('ci', 1)
    assert.equal((await client.ask('tools/call', { name: 'a__quick' })).error.code, UNAUTHENTICATED)
    assert.equal(client.answer('slow')!.error.code, UNAUTHENTICATED)
  })

  test('ends what a modern client listens to', async () => {
    const { client, store, session, open } = keyed({ backends: slow })
    open()
    client.say({ id: 'l', method: 'subscriptions/listen', params: { _meta: meta, notifications: { toolsListChanged: true } } })
    await settled()
    assert.equal(client.answer('l'), undefined)
    await store.keys.revoke('ci', 1)
    await session.reconsider()
    await settled()
    assert.ok(client.answer('l'))
  })
})

test('lists that a key shapes are for their client alone, and not to be kept', async () => {
  const { client, open } = keyed({ more: { allow: ['a__*'] } })
  open()
  const { result } = await client.ask('tools/list', { _meta: meta })
  assert.deepEqual([result.cacheScope, result.ttlMs, names({ result })], ['private', 0, ['a__read', 'a__drop']])
})

describe('a key that is worth less by the time a person says yes', () => {
  const asked = async (how: 'once' | 'session', more: { allow?: string[] } = {}) => {
    const key = newKey()
    const store = memoryStore()
    await store.keys.create(key, facts('ci', key, { allow: ['a__*'], ...more }))
    const ring = { version: () => store.version(), find: (one: string) => store.keys.find(one), used: () => {} }
    const clock = new VirtualClock()
    const principals = new Principals(
      async () => ring,
      clock,
      () => false,
    )
    const rules = new Rules({ default: 'allow', rules: [{ id: 'r1', effect: 'ask', tools: ['a__drop'] }] })
    const scene = stage(
      { a: echoing('drop') },
      {
        clock,
        who: () => principals.of(key),
        again: before => principals.again(before),
        policies: [offered, scoped, call => authorize(rules, call, 0)],
        asks: { store },
      },
    )
    const { client, attendance, approver, got, journal } = scene
    attendance.enter()
    await client.greet()
    client.say({ id: 'held', method: 'tools/call', params: { name: 'a__drop', arguments: { n: 1 } } })
    await settled()
    const yes = async () => {
      const [question] = await store.approvals.approvals()
      const remember = how === 'session' ? { remember: { span: 'session', pins: [] } as const } : {}
      const { argumentsHash } = question!
      assert.equal(await approver.reply(question!, { decision: 'allow', argumentsHash, by: 'local:ann', via: 'window', ...remember }), 'won')
      await settled()
      const [after] = await store.approvals.approvals()
      return {
        used: after!.used,
        ran: got['a']!.filter(({ method }) => method === 'tools/call').length,
        outcomes: journal.outcomes,
        answer: client.answer('held')!,
      }
    }
    return { store, ring, clock, yes }
  }

  for (const how of ['once', 'session'] as const) {
    test(`does not run what waits: revoked (yes, ${how})`, async () => {
      const { store, yes } = await asked(how)
      await store.keys.revoke('ci', 1)
      const { used, ran, outcomes, answer } = await yes()
      assert.deepEqual([used, ran, outcomes], [undefined, 0, ['refused']])
      assert.deepEqual([answer.error.code, /has been revoked/.test(answer.error.message)], [UNAUTHENTICATED, true])
    })

    test(`does not run what waits: for less (yes, ${how})`, async () => {
      const { store, ring, yes } = await asked(how)
      const { find } = ring
      ring.find = one => ({ ...(find(one) as Key), allow: ['b__*'] })
      await store.keys.create(newKey(), facts('another', newKey()))
      const { used, ran, outcomes, answer } = await yes()
      assert.deepEqual([used, ran, outcomes, answer.error.message], [undefined, 0, ['refused'], 'Unknown tool: a__drop'])
    })
  }

  test('runs what waits where it still holds', async () => {
    const { used, ran, outcomes } = await (await asked('once')).yes()
    assert.deepEqual([used?.call, ran, outcomes], ['call-1', 1, ['answered']])
  })
})

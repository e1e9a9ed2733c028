// Tasks of the modern era, an extension (io.modelcontextprotocol/tasks): asked about at the backend that has made them, and told of to who listens.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Policy } from '../../src/gateway/types.ts'
import { settled } from '../fixtures/clock.ts'
import { Caller, peer } from './peers.ts'
import { stage, type Script, type StageOptions } from './stage.ts'

const SUBSCRIPTION = 'io.modelcontextprotocol/subscriptionId'
const knowing = { 'io.modelcontextprotocol/clientCapabilities': { extensions: { 'io.modelcontextprotocol/tasks': {} } } }

/** A modern server each of whose calls is a task, `NAME-1` and so on; `tell` says how one is to whoever listens for it, `spoil` to all who listen. */
function worker(name: string, willing = true) {
  const base = peer('modern')
  const listens = new Map<unknown, string[]>()
  let say: Parameters<Script>[1] = () => {}
  let made = 0
  const script: Script = (message, tell, hangUp) => {
    say = tell
    const { id, method, params } = message
    if (method === 'tools/call')
      return say({ id, result: { resultType: 'task', taskId: params.arguments?.id ?? `${name}-${++made}`, status: 'working', ttlMs: 1 } })
    if (method?.startsWith('tasks/')) return say({ id, result: { resultType: 'complete', taskId: params.taskId, status: 'completed', by: name } })
    if (method === 'subscriptions/listen') listens.set(id, params.notifications.taskIds ?? [])
    if (method === 'notifications/cancelled') listens.delete(params.requestId)
    if (method === 'subscriptions/listen' && !willing) {
      const { taskIds, ...notifications } = params.notifications
      return say({ method: 'notifications/subscriptions/acknowledged', params: { notifications, _meta: { [SUBSCRIPTION]: id } } })
    }
    base.script(message, say, hangUp)
  }
  const spoil = (taskId: string, to: (ids: string[]) => boolean = () => true) => {
    for (const [id, ids] of listens)
      if (to(ids)) say({ method: 'notifications/tasks', params: { taskId, status: 'completed', by: name, _meta: { [SUBSCRIPTION]: id } } })
  }
  return { script, spoil, tell: (taskId: string) => spoil(taskId, ids => ids.includes(taskId)), listened: () => [...listens.values()].flat() }
}

async function set(backends: Record<string, { script: Script }>, options: StageOptions = {}) {
  const staged = stage(Object.fromEntries(Object.entries(backends).map(([name, { script }]) => [name, script])), options)
  const caller = new Caller(staged.client, 'modern')
  await caller.ask('tools/list')
  const make = async (tool: string, args = {}) => (await caller.ask('tools/call', { name: tool, arguments: args }, knowing)).result
  const listen = async (...taskIds: string[]) => {
    const id = caller.say('subscriptions/listen', { notifications: { taskIds } }, knowing)
    await settled(20)
    return id
  }
  const heard = (method: string, id: string) => caller.notified(`notifications/${method}`).filter(({ _meta }) => _meta[SUBSCRIPTION] === id)
  const acknowledged = (id: string) => heard('subscriptions/acknowledged', id)[0]?.notifications
  const told = (id: string) => heard('tasks', id).map(({ taskId, by }) => `${taskId} by ${by}`)
  return { ...staged, caller, make, listen, acknowledged, told }
}

test('the handle passes, and what is asked about it finds its way', async () => {
  const { caller, make } = await set({ m: worker('m'), n: worker('n') })
  assert.ok((await caller.ask('server/discover')).result.capabilities.extensions['io.modelcontextprotocol/tasks'])
  assert.deepEqual(await make('m__echo'), { resultType: 'task', taskId: 'm-1', status: 'working', ttlMs: 1 })
  for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) assert.equal((await caller.ask(method, { taskId: 'm-1' }, knowing)).result.by, 'm')
  assert.equal((await caller.ask('tasks/get', { taskId: 'n-1' }, knowing)).error.code, -32602)
})

test('who has not said that it knows tasks is told what it lacks, and no backend is asked', async () => {
  const { caller, make, got } = await set({ m: worker('m') })
  await make('m__echo')
  const requiredCapabilities = { extensions: { 'io.modelcontextprotocol/tasks': {} } }
  for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
    const { error } = await caller.ask(method, { taskId: 'm-1' })
    assert.deepEqual([error.code, error.data], [-32021, { requiredCapabilities }], method)
  }
  const { error } = await caller.ask('subscriptions/listen', { notifications: { taskIds: ['m-1'], toolsListChanged: true } })
  assert.deepEqual([error.code, error.data], [-32021, { requiredCapabilities }])
  assert.equal(
    got['m']!.some(({ method }) => method?.startsWith('tasks/')),
    false,
  )
})

test('what the older tasks had is no method any more', async () => {
  const { caller, make } = await set({ m: worker('m') })
  await make('m__echo')
  for (const method of ['tasks/list', 'tasks/result']) assert.equal((await caller.ask(method, { taskId: 'm-1' }, knowing)).error.code, -32601)
})

test('who listens for a task hears of that one, from the backend that has it', async () => {
  const [m, n] = [worker('m'), worker('n')]
  const { make, listen, acknowledged, told, client } = await set({ m, n })
  for (const name of ['m', 'm', 'n']) await make(`${name}__echo`)
  const [one, other] = [await listen('m-1', 'n-1', 'z-1'), await listen('m-2')]
  assert.deepEqual(acknowledged(one), { taskIds: ['m-1', 'n-1'] })
  assert.deepEqual(acknowledged(other), { taskIds: ['m-2'] })
  assert.deepEqual([m.listened().slice(-2), n.listened()], [['m-1', 'm-2'], ['n-1']])
  for (const id of ['m-1', 'm-2']) m.tell(id)
  n.tell('n-1')
  n.spoil('m-1')
  m.spoil('n-1')
  await settled(20)
  assert.deepEqual([told(one), told(other)], [['m-1 by m', 'n-1 by n'], ['m-2 by m']])
  client.say({ method: 'notifications/cancelled', params: { requestId: one } })
  await settled(20)
  assert.deepEqual([m.listened(), n.listened()], [['m-2'], []])
  m.spoil('m-1')
  await settled(20)
  assert.equal(told(one).length, 2)
})

test('two that listen for one task: the backend is told with the first, and with the last', async () => {
  const m = worker('m')
  const { make, listen, told, client, got } = await set({ m })
  await make('m__echo')
  const [one, other] = [await listen('m-1'), await listen('m-1')]
  const asked = () => got['m']!.filter(({ method, params }) => method === 'subscriptions/listen' && params.notifications.taskIds)
  assert.equal(asked().length, 1)
  assert.ok(asked()[0]!.params._meta['io.modelcontextprotocol/clientCapabilities'].extensions['io.modelcontextprotocol/tasks'])
  m.tell('m-1')
  await settled(20)
  assert.deepEqual([told(one), told(other)], [['m-1 by m'], ['m-1 by m']])
  client.say({ method: 'notifications/cancelled', params: { requestId: one } })
  await settled(20)
  assert.deepEqual(m.listened(), ['m-1'])
  client.say({ method: 'notifications/cancelled', params: { requestId: other } })
  await settled(20)
  assert.deepEqual(m.listened(), [])
})

test('a listening of which nothing can be promised is over at once: the backend tells of no tasks, or two have the same', async () => {
  const { make, listen, acknowledged, client } = await set({ m: worker('m', false), n: worker('n') })
  await make('m__echo')
  for (const tool of ['m__echo', 'n__echo']) await make(tool, { id: 'same' })
  for (const id of [await listen('m-1'), await listen('same')]) {
    assert.deepEqual(acknowledged(id), {})
    assert.equal(client.answer(id)!.result.resultType, 'complete')
  }
})

test('a backend that was started again is told again', async () => {
  const m = worker('m')
  const { make, listen, told, got, session, clock } = await set({ m })
  await make('m__echo')
  const id = await listen('m-1')
  const from = got['m']!.length
  await clock.pass(1000)
  await session.backends.get('m')!.restart()
  await session.backends.get('m')!.lists()
  await settled(20)
  assert.ok(got['m']!.slice(from).some(({ method, params }) => method === 'subscriptions/listen' && params.notifications.taskIds?.includes('m-1')))
  m.tell('m-1')
  await settled(20)
  assert.ok(told(id).length > 0)
})

for (const late of [false, true])
  test(`what came of a task is told as long as its call would be let through${late ? ', which may take a while to know' : ''}`, async () => {
    const m = worker('m')
    let denied = false
    const policy: Policy = () => {
      const decision = denied ? ({ kind: 'deny', by: 'test', reason: 'no', code: 'denied' } as const) : ({ kind: 'allow', by: 'test' } as const)
      return late ? Promise.resolve(decision) : decision
    }
    const { make, listen, told, acknowledged } = await set({ m }, { policies: [policy] })
    await make('m__echo')
    const id = await listen('m-1')
    m.tell('m-1')
    await settled(20)
    assert.deepEqual(told(id), ['m-1 by m'])
    denied = true
    m.tell('m-1')
    await settled(20)
    assert.equal(told(id).length, 1)
    assert.deepEqual(acknowledged(await listen('m-1')), {})
  })

test('what came of a task is on record with its call before it leaves, asked for or told; where it can not be, it is withheld', async () => {
  const base = worker('m')
  let tell: Parameters<Script>[1] = () => {}
  let status = 'working'
  let isError = false
  const came = () => (status === 'completed' ? { result: { content: [], isError } } : status === 'failed' ? { error: { code: 1, message: 'no' } } : {})
  const script: Script = (message, say, hangUp) => {
    tell = say
    if (message.method !== 'tasks/get') return base.script(message, say, hangUp)
    say({ id: message.id, result: { resultType: 'complete', taskId: message.params.taskId, status, ...came() } })
  }
  const { make, listen, told, caller, journal, got } = await set({ m: { script } })
  await make('m__echo')
  const listening = await listen('m-1')
  const under = got['m']!.findLast(({ method, params }) => method === 'subscriptions/listen' && params.notifications.taskIds)!.id
  const speak = async () => {
    tell({ method: 'notifications/tasks', params: { taskId: 'm-1', status, ...came(), _meta: { [SUBSCRIPTION]: under } } })
    await settled(20)
  }
  const ask = () => caller.ask('tasks/get', { taskId: 'm-1' }, knowing)
  await ask()
  await speak()
  assert.deepEqual([journal.given, told(listening).length], [[], 1])
  status = 'completed'
  await ask()
  await speak()
  isError = true
  await ask()
  status = 'failed'
  await ask()
  assert.deepEqual(
    journal.given.map(({ isError, result }) => [isError, JSON.parse(result).status ?? JSON.parse(result)]),
    [
      [false, 'completed'],
      [false, { content: [], isError: false }],
      [true, 'completed'],
      [true, 'failed'],
    ],
  )
  assert.equal(new Set(journal.given.map(({ id }) => id)).size, 1)
  journal.broken = () => true
  assert.equal((await ask()).error.data.code, 'audit_unavailable')
  await speak()
  assert.equal(told(listening).length, 2)
})

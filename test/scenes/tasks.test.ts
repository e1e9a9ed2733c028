// Whose a task is: its client's alone, as long as the call that it came from would be let through.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { offered } from '../../src/gateway/decide.ts'
import { LOCAL, type Who } from '../../src/gateway/principals.ts'
import type { Decision } from '../../src/gateway/types.ts'
import { settled } from '../fixtures/clock.ts'
import { server, stage, type Script, type StageOptions } from './stage.ts'

/** A server of many clients: its list has the tasks of all of them. */
function shared() {
  const tasks: string[] = []
  let tell: Parameters<Script>[1] = () => {}
  const script = server(
    ['long'],
    ({ id, method, params }, say) => {
      tell = say
      const state = (taskId: string) => ({ taskId, status: 'working', odd: 1 })
      if (method === 'tools/call') {
        tasks.push(params.arguments?.as ?? `t${tasks.length + 1}`)
        say({ id, result: { task: state(tasks.at(-1)!) } })
      } else if (method === 'tasks/list') say({ id, result: { tasks: [...tasks, 'of-nobody'].map(state) } })
      else if (method === 'tasks/result') say({ id, result: { content: [{ type: 'text', text: params.taskId }] } })
      else if (method?.startsWith('tasks/')) say({ id, result: state(params.taskId) })
    },
    { tools: {}, tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } } },
  )
  return { script, tell: (taskId: string) => tell({ method: 'notifications/tasks/status', params: { taskId, status: 'working' } }) }
}

async function set(options: StageOptions = {}, script = shared().script) {
  const on = stage({ a: script }, options)
  const { client, got } = on
  await client.greet()
  const make = async (more: object = {}) => (await client.ask('tools/call', { name: 'a__long', task: {}, arguments: more })).result.task.taskId as string
  const listed = async () => (await client.ask('tasks/list')).result.tasks.map(({ taskId }: { taskId: string }) => taskId)
  const asked = () =>
    (got['a'] ?? []).flatMap(({ method, params }) => (method?.startsWith('tasks/') && method !== 'tasks/list' ? [`${method} ${params.taskId}`] : []))
  return { ...on, make, listed, asked }
}

const ABOUT = ['tasks/get', 'tasks/result', 'tasks/cancel']

describe('the tasks of a backend that others use too', () => {
  test('are listed to who made them, as their backend wrote them', async () => {
    const { script } = shared()
    const mine = await set({}, script)
    const theirs = await set({}, script)
    assert.deepEqual([await mine.make(), await theirs.make(), await mine.make()], ['t1', 't2', 't3'])
    assert.deepEqual(await mine.listed(), ['t1', 't3'])
    assert.deepEqual(await theirs.listed(), ['t2'])
    assert.equal((await mine.client.ask('tasks/list')).result.tasks[0].odd, 1)
  })

  test('are listed without those of a backend that does not say which it has', async () => {
    const silent: Script = (message, say, hangUp) => message.method === 'tasks/list' || shared().script(message, say, hangUp)
    const { client, clock } = stage({ a: shared().script, b: silent })
    await client.greet()
    const make = (name: string, as: string) => client.ask('tools/call', { name, task: {}, arguments: { as } })
    await Promise.all([make('a__long', 'quick'), make('b__long', 'silent')])
    client.say({ id: 'list', method: 'tasks/list', params: {} })
    await settled()
    assert.equal(client.answer('list'), undefined)
    await clock.pass(5000)
    assert.deepEqual(
      client.answer('list')!.result.tasks.map(({ taskId }: { taskId: string }) => taskId),
      ['quick'],
    )
  })

  for (const method of ABOUT)
    test(`${method} of somebody else's is answered like one that there is not, and their backend is not asked`, async () => {
      const { script } = shared()
      const mine = await set({}, script)
      const theirs = await set({}, script)
      await mine.make()
      const taskId = await theirs.make()
      const foreign = await mine.client.ask(method, { taskId })
      const unknown = await mine.client.ask(method, { taskId: 'nothing' })
      assert.equal(foreign.error.code, -32602)
      assert.deepEqual(foreign.error, JSON.parse(JSON.stringify(unknown.error).replaceAll('nothing', taskId)))
      assert.deepEqual(mine.asked(), [])
    })

  test('speak to who made them', async () => {
    const { script, tell } = shared()
    const { client, make } = await set({}, script)
    const taskId = await make()
    tell('of-nobody')
    tell(taskId)
    await settled()
    assert.deepEqual(
      client.notified('notifications/tasks/status').map(({ params }) => params.taskId),
      [taskId],
    )
  })

  test('are nobody else’s when somebody else speaks in the same session', async () => {
    let who: Who = { ...LOCAL, id: 'one', kind: 'key' }
    const { client, make, listed, asked } = await set({ who: () => who })
    const taskId = await make()
    who = { ...LOCAL, id: 'two', kind: 'key' }
    for (const method of ABOUT) assert.equal((await client.ask(method, { taskId })).error.code, -32602)
    assert.deepEqual(await listed(), [])
    assert.deepEqual(asked(), [])
    // A backend that gives two callers the same id: nobody knows whose it is.
    await make({ as: taskId })
    assert.equal((await client.ask('tasks/get', { taskId })).error.code, -32602)
  })

  test('are nobody’s after mcpgw was started again, and the refusal says so', async () => {
    const { script } = shared()
    const taskId = await (await set({}, script)).make()
    const { client, asked } = await set({}, script)
    const { error } = await client.ask('tasks/result', { taskId })
    assert.equal(error.code, -32602)
    assert.match(error.message, /no task of this client is called t1/)
    assert.match(error.message, /started again/)
    assert.deepEqual(asked(), [])
  })

  test('are kept in bounds: the oldest of many large ones is forgotten first', async () => {
    const { client, make } = await set()
    const first = await make({ large: 'x'.repeat(6 << 20) })
    for (let n = 0; n < 2; n++) await make({ large: 'x'.repeat(6 << 20) })
    assert.equal((await client.ask('tasks/get', { taskId: first })).error.code, -32602)
    assert.ok((await client.ask('tasks/get', { taskId: 't3' })).result)
  })
})

describe('what came of a task', () => {
  test('is on record with its call before it leaves, each time that it is asked for', async () => {
    const { client, make, journal } = await set()
    const taskId = await make()
    const id = (journal.lines[0] as { call: { id: string } }).call.id
    await client.ask('tasks/get', { taskId })
    assert.deepEqual(journal.given, [])
    for (let n = 0; n < 2; n++) await client.ask('tasks/result', { taskId })
    const result = '{"content":[{"type":"text","text":"t1"}]}'
    assert.deepEqual(journal.given, Array(2).fill({ id, isError: false, bytes: result.length, result }))
    assert.deepEqual(journal.outcomes, ['waiting'])
  })

  test('is withheld where that can not be recorded, and given when it can be again', async () => {
    const { client, make, journal } = await set()
    const taskId = await make()
    journal.broken = () => true
    const { error } = await client.ask('tasks/result', { taskId })
    assert.deepEqual([error.code, error.data.code], [-32010, 'audit_unavailable'])
    assert.match(error.message, /not lost: ask for it again/)
    journal.broken = () => false
    assert.equal((await client.ask('tasks/result', { taskId })).result.content[0].text, taskId)
  })

  test('leaves all the same where no record is required', async () => {
    const { client, make, journal } = await set({ auditRequired: false })
    const taskId = await make()
    journal.broken = () => true
    assert.ok((await client.ask('tasks/result', { taskId })).result)
  })

  test('costs what any result costs', async () => {
    const on = await set()
    const charged: [string, number][] = []
    const { client, make } = on
    Object.assign(on.gateway, { charge: (call: { target: string }, bytes: number) => void charged.push([call.target, bytes]) })
    const taskId = await make()
    const before = charged.length
    await client.ask('tasks/result', { taskId })
    assert.deepEqual(charged.slice(before), [['a__long', 41]])
  })
})

describe('a task whose tool', () => {
  const permitted = async () => {
    let decision: Decision = { kind: 'allow', by: 'rule' }
    const seen: unknown[] = []
    const on = await set({ policies: [offered, call => (seen.push(call.arguments), decision)] })
    return { ...on, seen, rule: (to: Decision) => void (decision = to) }
  }

  test('has been denied since gives no result, and says why; it can be cancelled', async () => {
    const { client, make, rule, asked, seen } = await permitted()
    const taskId = await make({ path: '/etc' })
    rule({ kind: 'deny', by: 'rule', reason: 'Not any more.', code: 'denied' })
    const { error } = await client.ask('tasks/result', { taskId })
    assert.equal(error.data.code, 'denied')
    assert.match(error.message, /Not any more\./)
    assert.deepEqual(seen.at(-1), { path: '/etc' })
    assert.ok((await client.ask('tasks/cancel', { taskId })).result)
    assert.deepEqual(asked(), [`tasks/cancel ${taskId}`])
  })

  test('is hidden from its caller by now is none that there is', async () => {
    const { client, make, rule, listed, asked } = await permitted()
    const taskId = await make()
    rule({ kind: 'deny', by: 'key:x', reason: 'Unknown tool: a__long', code: 'unknown_tool' })
    for (const method of ABOUT) assert.match((await client.ask(method, { taskId })).error.message, /no task of this client/)
    assert.deepEqual(await listed(), [])
    assert.deepEqual(asked(), [])
  })

  test('asks by now is not asked about again: the call was let through', async () => {
    const { client, make, rule } = await permitted()
    const taskId = await make()
    rule({ kind: 'ask', by: 'rule', reason: 'it must be asked' })
    assert.equal((await client.ask('tasks/result', { taskId })).result.content[0].text, taskId)
  })

  test('is still being decided on: a client that cancels has cancelled the question', async () => {
    let wait: Promise<Decision> | undefined
    let decide = (_: Decision) => {}
    const { client, make, asked } = await set({ policies: [offered, () => wait ?? { kind: 'allow', by: 'rule' }] })
    const taskId = await make()
    wait = new Promise(done => (decide = done))
    client.say({ id: 'r', method: 'tasks/result', params: { taskId } })
    await settled()
    client.say({ method: 'notifications/cancelled', params: { requestId: 'r' } })
    await settled()
    decide({ kind: 'allow', by: 'rule' })
    await settled()
    assert.equal(client.answer('r'), undefined)
    assert.deepEqual(asked(), [])
  })
})

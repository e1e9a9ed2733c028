// Approvals with the binary: a client that calls, a person in a second terminal, a window that is open or not.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from '../../src/api/client.ts'
import { entries, type Entry } from '../../src/serve/run.ts'
import { fault, Home, type Ends, type Gateway, type Message } from './launch.ts'

const rules = [{ effect: 'ask', tools: ['a__echo'] }]
const faultOf = (message: Message): { code: string; approvalId: string } | undefined => message.result?._meta?.['mcpgw/fault']

/** A home whose one tool asks, a gateway in it that was greeted, and what its backend has seen. */
async function asking(t: Ends, capabilities: object = {}) {
  const home = new Home(t)
  const file = join(home.dir, 'seen')
  home.settings({ a: fault({ seen: file }) }, { permissions: { rules } })
  const gateway = home.launch()
  const tools = await gateway.greet(capabilities)
  assert.ok(tools.includes('approval_status'))
  const seen = () => readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return { home, gateway, seen }
}

/** Follows a gateway as a window does, so that it holds calls. */
async function window(t: Ends, home: Home, { pid }: Gateway) {
  let entry: Entry | undefined
  while (!(entry = entries(join(home.mcpgw, 'run')).find(one => one.pid === pid && one.token !== ''))) await sleep(20)
  const client = connect({ socket: entry.socket, token: entry.token })
  const news: string[] = []
  const close = await new Promise<() => void>(done => {
    const leave = client.events({
      answers: true,
      onState: () => done(leave),
      onEvents: events => news.push(...events.map(event => event.type)),
      onEnd: () => {},
    })
  })
  t.after(close)
  const waiting = async () => {
    for (;;) {
      const [question] = await client.approvals()
      if (question) return question
      await sleep(20)
    }
  }
  return { client, news, waiting }
}

test('a call is held while a window is open, runs when it is approved in a second terminal, and every answer is on record', async t => {
  const { home, gateway, seen } = await asking(t)
  const { waiting, news } = await window(t, home, gateway)
  void gateway.say({ id: 'held', method: 'tools/call', params: { name: 'a__echo', arguments: { key: 'one' }, _meta: { progressToken: 0 } } })
  const { id, arguments: args, client } = await waiting()
  assert.deepEqual([args, client], ['{"key":"one"}', 'e2e'])
  await gateway.until(({ method, params }) => method === 'notifications/progress' && params.progressToken === 0, 'a heartbeat')
  assert.deepEqual([gateway.answers('held'), seen()], [[], []])
  const { code, stderr } = await home.run('approve', id.slice(0, 4))
  assert.deepEqual([code, stderr], [0, `${id}: e2e may call a__echo\n`])
  const { message } = await gateway.until(one => one.id === 'held' && one.method === undefined, 'the answer')
  assert.equal(message.result.content[0].text, '{"key":"one"}')
  assert.deepEqual(seen(), ['one'])
  assert.ok(news.includes('approval.changed'))
  await gateway.end()
  const [record] = (await home.log()) as unknown as [{ decision: { by: string; approver: string } }]
  assert.equal(record.decision.by, `approval:${id}`)
  assert.match(record.decision.approver, /^local:/)
  assert.equal((await home.run('log', 'verify')).code, 0)
})

test('the window answers itself; who is late hears so', async t => {
  const { home, gateway } = await asking(t)
  const { client, waiting } = await window(t, home, gateway)
  const held = gateway.call('a__echo', { key: 'x' })
  const { id, argumentsHash } = await waiting()
  await assert.rejects(client.answer(id, { decision: 'allow', argumentsHash: 'other' }), { code: 'differs' })
  await client.answer(id, { decision: 'deny', argumentsHash, reason: 'no need' })
  const refused = await held
  assert.equal(faultOf(refused)?.code, 'approval_denied')
  assert.match(refused.result.content[0].text, /no need/)
  await assert.rejects(client.answer(id, { decision: 'allow', argumentsHash }), { code: 'late' })
  assert.equal((await home.run('approve', id)).code, 1)
  await gateway.end()
})

test('a call that its client gave up runs by its retry, once, also in the next process', async t => {
  const { home, gateway, seen } = await asking(t)
  const { waiting } = await window(t, home, gateway)
  void gateway.say({ id: 'impatient', method: 'tools/call', params: { name: 'a__echo', arguments: { key: 'late' } } })
  const { id } = await waiting()
  void gateway.say({ method: 'notifications/cancelled', params: { requestId: 'impatient', reason: 'timed out' } })
  await gateway.ask('ping')
  await gateway.end()
  assert.equal((await home.run('approve', id)).code, 0)
  const next = home.launch()
  await next.greet()
  assert.match((await next.call('approval_status', { approvalId: id })).result.content[0].text, /the person said yes/)
  assert.deepEqual(seen(), [])
  const [first, second] = await Promise.all([next.call('a__echo', { key: 'late' }), next.call('a__echo', { key: 'late' })])
  assert.equal([first, second].filter(answer => faultOf(answer!) === undefined).length, 1)
  assert.deepEqual(seen(), ['late'])
  await next.end()
})

test('a client that can ask its person is asked by elicitation', async t => {
  const { gateway, seen } = await asking(t, { elicitation: {} })
  const call = gateway.call('a__echo', { key: 'form' })
  const { message } = await gateway.until(({ method }) => method === 'elicitation/create', 'a form')
  assert.match(message.params.message, /e2e wants to call a__echo.*\{"key":"form"\}/s)
  assert.deepEqual(seen(), [])
  void gateway.say({ id: message.id, result: { action: 'accept', content: { answer: 'once' } } })
  assert.equal((await call).result.content[0].text, '{"key":"form"}')
  assert.deepEqual(seen(), ['form'])
  await gateway.end()
})

test('a client of the modern era is asked by the answer to its call, which is one call on record', async t => {
  const { home, gateway, seen } = await asking(t)
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } },
    'io.modelcontextprotocol/clientInfo': { name: 'modern', version: '1' },
  }
  const call = (more: object = {}) => gateway.ask('tools/call', { name: 'a__echo', arguments: { key: 'modern' }, _meta, ...more })
  const { result } = await call()
  assert.equal(result.resultType, 'input_required')
  const [key] = Object.keys(result.inputRequests)
  assert.deepEqual(seen(), [])
  const inputResponses = { [key!]: { action: 'accept', content: { answer: 'once' } } }
  const done = await call({ requestState: result.requestState, inputResponses })
  assert.equal(done.result.content[0].text, '{"key":"modern"}')
  assert.deepEqual(seen(), ['modern'])
  await gateway.end()
  assert.equal((await home.log()).length, 1)
  assert.equal((await home.run('log', 'verify')).code, 0)
})

test('a remembered answer spares the second question, until it is revoked', async t => {
  const { home, gateway, seen } = await asking(t)
  const first = faultOf(await gateway.call('a__echo', { key: '1', repo: 'acme' }))
  assert.equal(first?.code, 'approval_pending')
  const { code, stderr } = await home.run('approve', first.approvalId, '--for', 'session', '--pin', '/repo')
  assert.equal(code, 0, stderr)
  const [, answer] = /rules remove ([0-9a-f]{8})/.exec(stderr)!
  for (const key of ['1', '2']) assert.equal(faultOf(await gateway.call('a__echo', { key, repo: 'acme' })), undefined)
  assert.equal(faultOf(await gateway.call('a__echo', { key: '3', repo: 'other' }))?.code, 'approval_pending')
  assert.match((await home.run('rules')).stdout, new RegExp(`${answer} +allow +allow a__echo for e2e with /repo = "acme" in its session`))
  assert.equal((await home.run('rules', 'remove', answer!)).code, 0)
  assert.equal(faultOf(await gateway.call('a__echo', { key: '4', repo: 'acme' }))?.code, 'approval_pending')
  assert.deepEqual(seen(), ['1', '2'])
  await gateway.end()
})

test('what waits is nowhere in clear: not in the store, not in the journal, not where questions are listed', async t => {
  const { home, gateway } = await asking(t)
  const secret = 'sk-ant-api03-Zx81QvTn5Lr0sWm2Kd7yBh4Pf9Ug3Ej6Ac1Io8Nq5Xt2Vb7Mz0Rl4Sw'
  await gateway.call('a__echo', { key: 'x', password: secret })
  assert.doesNotMatch((await home.run('approvals')).stdout, new RegExp(secret))
  await gateway.end()
  const { stdout } = await home.exec('grep', ['-rl', secret, home.mcpgw])
  assert.equal(stdout, '')
})

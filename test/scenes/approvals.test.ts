// A rule asks, a person answers: each way of asking, and what may happen in between.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Approval } from '../../src/gateway/approval.ts'
import type { Reply } from '../../src/gateway/answering.ts'
import { offered } from '../../src/gateway/decide.ts'
import { authorize, Rules, type Rule } from '../../src/gateway/rules.ts'
import type { Decision } from '../../src/gateway/types.ts'
import { LOCAL } from '../../src/gateway/principals.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { settled } from '../fixtures/clock.ts'
import { echoing, server, stage, type Asking, type Script, type Stage, type StageOptions } from './stage.ts'

const asking: Rule = { id: 'r1', effect: 'ask', tools: ['a__drop'] }
const args = { path: '/tmp/x', n: 1 }
const text = (message: any): string => message.result.content[0].text
const faultOf = (message: any) => message?.result?._meta?.['mcpgw/fault']

interface Scene extends Stage {
  /** The rules from now on. */
  rule(...rules: Rule[]): void
  /** The questions that wait. */
  questions(): Promise<readonly Approval[]>
  answer(wanted?: Partial<Reply>): Promise<unknown>
  /** Calls a tool, without waiting for the answer. */
  call(id: string, more?: object): Promise<void>
  ran(): number
}

function scene(asks: Partial<Asking> = {}, more: StageOptions & { backend?: Script } = {}): Scene {
  let all = new Rules({ default: 'allow', rules: [asking] })
  const store = asks.store ?? memoryStore()
  const policies = [offered, (call: Parameters<typeof authorize>[1]): Decision => authorize(all, call, 0)]
  const made = stage({ a: more.backend ?? echoing('drop', 'read') }, { policies, ...more, asks: { ...asks, store } })
  const questions = async () => (await store.approvals.approvals()).filter(one => !one.answer)
  return Object.assign(made, {
    rule: (...rules: Rule[]) => void (all = new Rules({ default: 'allow', rules })),
    questions,
    async answer(wanted: Partial<Reply> = {}) {
      const [question] = await questions()
      const reply: Reply = { decision: 'allow', argumentsHash: question!.argumentsHash, by: 'local:ann', via: 'window', ...wanted }
      const replied = await made.approver.reply(question!, reply)
      await settled()
      return replied
    },
    async call(id: string, given: object = args) {
      made.client.say({ id, method: 'tools/call', params: { name: 'a__drop', arguments: given } })
      await settled()
    },
    ran: () => (made.got['a'] ?? []).filter(message => message.method === 'tools/call').length,
  })
}

describe('nobody is there to answer', () => {
  test('the question carries the roles of who asks: a rule against it can name them', async () => {
    const { client, call, questions } = scene({}, { who: () => ({ ...LOCAL, roles: ['dev', 'ops'] }) })
    await client.greet()
    await call('1')
    assert.deepEqual((await questions())[0]!.roles, ['dev', 'ops'])
  })

  test('the call is pending: it says what waits and what to do; the same call after a yes runs, once', async () => {
    const { client, call, answer, ran, journal } = scene()
    await client.greet()
    await call('1')
    const { code, approvalId } = faultOf(client.answer('1'))
    assert.equal(code, 'approval_pending')
    assert.match(text(client.answer('1')), new RegExp(`waits for an answer for 15m.*mcpgw approve ${approvalId}`))
    await call('2')
    assert.equal(faultOf(client.answer('2')).approvalId, approvalId, 'it joins the question')
    assert.equal(ran(), 0)
    assert.equal(await answer(), 'won')
    assert.equal(ran(), 0, 'what has ended does not run')
    await call('3', { n: 1.0, path: '/tmp/x' })
    assert.match(text(client.answer('3')), /^drop/)
    await call('4')
    assert.notEqual(faultOf(client.answer('4')).approvalId, approvalId, 'it is asked anew')
    assert.equal(ran(), 1)
    assert.deepEqual(journal.outcomes, ['refused', 'refused', 'answered', 'refused'])
    const allowed = journal.lines.find(line => line.kind === 'open' && line.call.id === 'call-3')!
    assert.deepEqual(allowed.decision, { kind: 'allow', by: `approval:${approvalId}`, approver: 'local:ann' })
    assert.deepEqual(
      journal.notes.map(note => note.kind),
      ['approvals.asked', 'approvals.answered', 'approvals.asked'],
    )
  })

  test('a no is told with its reason, and holds', async () => {
    const { client, call, answer, ran, clock } = scene()
    await client.greet()
    await call('1')
    await answer({ decision: 'deny', reason: 'not on a Friday' })
    for (const id of ['2', '3']) {
      await call(id)
      assert.equal(faultOf(client.answer(id)).code, 'approval_denied')
      assert.match(text(client.answer(id)), /said no: "not on a Friday"/)
    }
    await clock.pass(900_000)
    await call('4')
    assert.equal(faultOf(client.answer('4')).code, 'approval_pending')
    assert.equal(ran(), 0)
  })

  for (const [what, given] of [
    ['another argument', { ...args, n: 2 }],
    ['one argument more', { ...args, force: true }],
    ['no arguments', {}],
  ] as const)
    test(`a yes is for what was asked: ${what} asks anew`, async () => {
      const { client, call, answer, ran } = scene()
      await client.greet()
      await call('1')
      await answer()
      await call('2', given)
      assert.equal(faultOf(client.answer('2')).code, 'approval_pending')
      assert.equal(ran(), 0)
    })

  test('a tool whose schema is another one now asks anew', async () => {
    const tool = { name: 'drop', inputSchema: { type: 'object' } as object }
    let tell = (): void => {}
    const backend: Script = (message, say) => {
      const { id, method, params } = message
      tell = () => say({ method: 'notifications/tools/list_changed' })
      if (method === 'initialize')
        say({
          id,
          result: { protocolVersion: params.protocolVersion, capabilities: { tools: { listChanged: true } }, serverInfo: { name: 's', version: '1' } },
        })
      else if (method === 'tools/list') say({ id, result: { tools: [tool] } })
      else if (method === 'tools/call') say({ id, result: { content: [{ type: 'text', text: 'ran' }] } })
      else if (id !== undefined) say({ id, error: { code: -32601, message: 'no' } })
    }
    const { client, call, answer, ran, clock } = scene({}, { backend })
    await client.greet()
    await call('1')
    await answer()
    tool.inputSchema = { type: 'object', properties: { path: { type: 'string' } } }
    tell()
    await clock.pass(1000)
    await call('2')
    assert.equal(faultOf(client.answer('2')).code, 'approval_pending')
    assert.equal(ran(), 0)
  })

  test('a backend that is configured otherwise now asks anew, for a yes as for a remembered one; one that is not configured runs nothing', async () => {
    let config: string | undefined = 'k1'
    const { client, call, answer, ran } = scene({ configOf: () => config })
    await client.greet()
    await call('1')
    await answer({ remember: { span: 'always', pins: [] } })
    config = 'k2'
    await call('2')
    assert.equal(faultOf(client.answer('2')).code, 'approval_pending')
    config = undefined
    await call('3')
    assert.match(text(client.answer('3')), /not in the settings any more/)
    assert.equal(ran(), 0)
    config = 'k1'
    await call('4')
    await call('5', { n: 2 })
    assert.equal(ran(), 2)
  })

  test('a yes that was given to one rule is none to another, and a deny beats it', async () => {
    const { client, call, answer, ran, rule } = scene()
    await client.greet()
    await call('1')
    await answer()
    rule({ ...asking, id: 'r2' })
    await call('2')
    assert.equal(faultOf(client.answer('2')).code, 'approval_pending')
    rule(asking, { id: 'r3', effect: 'deny', tools: ['a__drop'], when: [{ path: '/n', op: 'eq', value: 1 }] })
    await call('3')
    assert.equal(faultOf(client.answer('3')).code, 'denied')
    rule(asking)
    await call('4')
    assert.match(text(client.answer('4')), /^drop/)
    assert.equal(ran(), 1)
  })

  test('who asks without end is refused, until some of it is answered or over', async () => {
    const { client, call, answer, clock } = scene()
    await client.greet()
    for (let n = 1; n <= 200; n++) await call(`q${n}`, { n })
    assert.equal(faultOf(client.answer('q200')).code, 'approval_pending')
    await call('more', { n: 201 })
    assert.match(text(client.answer('more')), /200 questions of this caller wait already/)
    await answer({ decision: 'deny' })
    await call('again', { n: 201 })
    assert.equal(faultOf(client.answer('again')).code, 'approval_pending')
    await clock.pass(900_000)
    await call('later', { n: 202 })
    assert.equal(faultOf(client.answer('later')).code, 'approval_pending')
  })

  test('what nobody can read can not be asked', async () => {
    const { client, ran, questions } = scene()
    await client.greet()
    client.line(`{"jsonrpc":"2.0","id":"1","method":"tools/call","params":{"name":"a__drop","arguments":{"a":1,"b":{"c":1,"c":2}}}}`)
    client.say({ id: '2', method: 'tools/call', params: { name: 'a__drop', arguments: { big: 'x'.repeat(300_000) } } })
    await settled(60)
    assert.match(text(client.answer('1')), /"c" stands twice/)
    assert.match(text(client.answer('2')), /too many for a person to read/)
    assert.equal(ran(), 0)
    assert.deepEqual(await questions(), [])
  })

  test('the question takes from the budgets, and the retry nothing more', async () => {
    let taken = 0
    const take = (): Decision =>
      ++taken > 1 ? { kind: 'deny', by: 'limit:x', reason: 'spent', code: 'rate_limited', retryAfterMs: 5 } : { kind: 'allow', by: 'limits' }
    const { client, call, answer, ran } = scene({ take })
    await client.greet()
    await call('1')
    await call('2')
    await answer()
    await call('3')
    assert.equal(ran(), 1)
    assert.equal(taken, 1)
    await call('4')
    assert.equal(faultOf(client.answer('4')).code, 'rate_limited')
  })
})

describe('a window is there that can answer', () => {
  test('the call is held; a yes lets it run, and its client hears meanwhile that it waits', async () => {
    const { client, attendance, answer, ran, clock, journal } = scene()
    await client.greet()
    attendance.enter()
    client.say({ id: '1', method: 'tools/call', params: { name: 'a__drop', arguments: args, _meta: { progressToken: 0 } } })
    await clock.pass(25_000)
    assert.equal(client.answer('1'), undefined)
    const beats = client.notified('notifications/progress').map(({ params }) => params)
    assert.deepEqual(
      beats.map(({ progressToken }) => progressToken),
      [0, 0, 0],
    )
    assert.ok(beats[1].progress > beats[0].progress)
    assert.match(beats[0].message, /waiting for a person's yes/)
    await answer()
    assert.match(text(client.answer('1')), /^drop/)
    assert.equal(ran(), 1)
    const settled = journal.lines.at(-1)!
    assert.ok(settled.kind === 'settle' && settled.durationMs < 1000, 'the person is not a slow backend')
  })

  test('each call that waits for the same answer is known to wait, and no longer than it does', async () => {
    const { client, attendance, call, answer, questions, events } = scene()
    await client.greet()
    const leave = attendance.enter()
    await call('1')
    await call('2')
    const [question] = await questions()
    const waiting = () => Object.values(events.state().calls).map(({ question }) => question)
    assert.deepEqual(waiting(), [question!.id, question!.id])
    assert.equal((await questions()).length, 1)
    client.say({ method: 'notifications/cancelled', params: { requestId: '1' } })
    await settled()
    assert.deepEqual(waiting(), [question!.id])
    await answer()
    assert.deepEqual(waiting(), [])
    leave()
    await call('3', { path: '/other' })
    assert.deepEqual(waiting(), [], 'who is answered at once waits for nobody')
  })

  test('an answer that another process gives is noticed within 200 ms', async () => {
    const store = memoryStore()
    const { client, attendance, call, questions, clock } = scene({ store })
    await client.greet()
    attendance.enter()
    await call('1')
    const [question] = await questions()
    await store.approvals.decide(
      question!.id,
      { argumentsHash: question!.argumentsHash, answer: { decision: 'deny', by: 'local:bob', via: 'command', at: 0 } },
      clock.now(),
    )
    await clock.pass(200)
    assert.equal(faultOf(client.answer('1')).code, 'approval_denied')
  })

  test('what its client can not bear ends as pending, and then runs only by a new call', async () => {
    const { client, attendance, call, answer, ran, clock } = scene({ holdMs: 45_000 })
    await client.greet()
    attendance.enter()
    await call('1')
    await clock.pass(44_999)
    assert.equal(client.answer('1'), undefined)
    await clock.pass(1)
    assert.equal(faultOf(client.answer('1')).code, 'approval_pending')
    await answer()
    await clock.pass(1000)
    assert.equal(ran(), 0)
    await call('2')
    assert.equal(ran(), 1)
  })

  test('it closes: the call waits a moment for another, then is pending', async () => {
    const { client, attendance, call, clock } = scene()
    await client.greet()
    const leave = attendance.enter()
    await call('1')
    leave()
    await clock.pass(2000)
    const again = attendance.enter()
    await clock.pass(5000)
    assert.equal(client.answer('1'), undefined)
    again()
    await clock.pass(3000)
    assert.equal(faultOf(client.answer('1')).code, 'approval_pending')
  })

  test('a call that its client cancels never runs; its question stays', async () => {
    const { client, attendance, call, questions, answer, ran, clock, journal } = scene()
    await client.greet()
    attendance.enter()
    await call('1')
    client.say({ method: 'notifications/cancelled', params: { requestId: '1' } })
    await settled()
    assert.equal((await questions()).length, 1)
    await answer()
    await clock.pass(1000)
    assert.equal(ran(), 0)
    assert.equal(client.answer('1'), undefined)
    assert.deepEqual(journal.outcomes, ['cancelled'])
  })

  test('what waits is erased when its time is over, whether or not anybody asks again', async () => {
    const store = memoryStore()
    const { client, call, clock, journal } = scene({ store, settings: { expireMs: 10_000 } })
    await client.greet()
    await call('1')
    const sealed = async () => (await store.approvals.approvals())[0]!.sealed
    assert.ok(await sealed())
    await clock.pass(10_000)
    assert.equal(await sealed(), undefined)
    assert.equal(journal.notes.at(-1)!.kind, 'approvals.expired')
  })

  test('nobody answers in time: that is a no', async () => {
    const { client, attendance, call, clock, ran } = scene({ settings: { expireMs: 10_000 } })
    await client.greet()
    attendance.enter()
    await call('1')
    await clock.pass(10_000)
    assert.equal(faultOf(client.answer('1')).code, 'approval_expired')
    assert.equal(ran(), 0)
  })

  test('a rule that denies while the call is held beats the yes', async () => {
    const { client, attendance, call, answer, rule, ran } = scene()
    await client.greet()
    attendance.enter()
    await call('1')
    rule({ id: 'r9', effect: 'deny', tools: ['a__drop'], when: [{ path: '/n', op: 'eq', value: 1 }] })
    await answer()
    assert.equal(faultOf(client.answer('1')).code, 'denied')
    assert.equal(ran(), 0)
  })

  test('two calls that mean the same have one yes between them: the latest runs, the other says why not', async () => {
    const { client, attendance, call, answer, ran } = scene()
    await client.greet()
    attendance.enter()
    await call('1')
    await call('2')
    await answer()
    assert.match(text(client.answer('2')), /^drop/)
    assert.match(text(client.answer('1')), /another call that means the same has used it/)
    assert.equal(ran(), 1)
  })

  test('settings that leave the window out do not wait for it', async () => {
    const { client, attendance, call } = scene({ settings: { via: ['client'] } })
    await client.greet()
    attendance.enter()
    await call('1')
    assert.equal(faultOf(client.answer('1')).code, 'approval_pending')
  })
})

describe('a client that can ask its person', () => {
  const asked = (client: Stage['client']) => client.messages.find(message => message.method === 'elicitation/create')!
  const form = { elicitation: {} }

  test('shows them what will run, and a yes lets it run', async () => {
    const { client, call, ran, journal } = scene()
    await client.greet(form)
    await call('1')
    const { id, params } = asked(client)
    assert.match(params.message, /scene wants to call a__drop.*\{"path":"\/tmp\/x","n":1\}/s)
    client.say({ id, result: { action: 'accept', content: { answer: 'once' } } })
    await settled()
    assert.match(text(client.answer('1')), /^drop/)
    assert.equal(ran(), 1)
    assert.equal(journal.notes.at(-1)!.detail['by'], 'client:scene')
  })

  for (const [what, result] of [
    ['decline', { action: 'decline' }],
    ['no', { action: 'accept', content: { answer: 'no' } }],
  ] as const)
    test(`${what} is a no`, async () => {
      const { client, call } = scene()
      await client.greet(form)
      await call('1')
      client.say({ id: asked(client).id, result })
      await settled()
      assert.equal(faultOf(client.answer('1')).code, 'approval_denied')
    })

  for (const [what, answer] of [
    ['cancel', { result: { action: 'cancel' } }],
    ['an acceptance that says nothing', { result: { action: 'accept' } }],
    ['an acceptance of something else', { result: { action: 'accept', content: { answer: 'yes' } } }],
    ['an error', { error: { code: -32603, message: 'no' } }],
  ] as const)
    test(`${what} is no answer`, async () => {
      const { client, call, questions, ran } = scene()
      await client.greet(form)
      await call('1')
      client.say({ id: asked(client).id, ...answer })
      await settled()
      assert.equal(faultOf(client.answer('1')).code, 'approval_pending')
      assert.equal((await questions()).length, 1)
      assert.equal(ran(), 0)
    })

  test('a form that is open when the call could wait no longer still counts, for the next call', async () => {
    const { client, call, clock, ran } = scene()
    await client.greet(form)
    await call('1')
    await clock.pass(45_000)
    assert.equal(faultOf(client.answer('1')).code, 'approval_pending')
    client.say({ id: asked(client).id, result: { action: 'accept', content: { answer: 'once' } } })
    await settled()
    assert.equal(ran(), 0)
    await call('2')
    assert.equal(ran(), 1)
  })

  test('an answer from elsewhere takes the form away', async () => {
    const { client, call, answer } = scene()
    await client.greet(form)
    await call('1')
    await answer({ decision: 'deny' })
    assert.equal(client.notified('notifications/cancelled')[0]!.params.requestId, asked(client).id)
    assert.equal(faultOf(client.answer('1')).code, 'approval_denied')
  })

  test('one that shows links alone is not asked', async () => {
    const { client, call } = scene()
    await client.greet({ elicitation: { url: {} } })
    await call('1')
    assert.equal(faultOf(client.answer('1')).code, 'approval_pending')
  })

  test('"in this session" spares the second question, for other arguments too', async () => {
    const { client, call, ran, journal, clock } = scene()
    await client.greet(form)
    await call('1')
    client.say({ id: asked(client).id, result: { action: 'accept', content: { answer: 'session' } } })
    await settled()
    await call('2', { path: '/other' })
    assert.equal(ran(), 2)
    assert.match((journal.lines.at(-1)!.decision as { by: string }).by, /^remembered:[0-9a-f]{8}$/)
    await clock.pass(600_000)
    await call('3')
    assert.equal(ran(), 2, 'after ten minutes without use it has ended')
  })
})

describe('a remembered answer', () => {
  const remembering = async (wanted: Reply['remember'], more: Partial<Asking> = {}) => {
    const made = scene(more)
    await made.client.greet()
    await made.call('1')
    assert.equal(await made.answer({ remember: wanted }), 'won')
    await made.call('2')
    assert.equal(made.ran(), 1)
    return made
  }

  test('covers what its pins say and no more', async () => {
    const { call, ran } = await remembering({ span: 'always', pins: ['/path', '/dry'] })
    await call('3', { ...args, n: 2 })
    assert.equal(ran(), 2)
    for (const other of [{ ...args, path: '/tmp/y' }, { n: 1 }, { ...args, dry: true }, { ...args, dry: null }]) await call(JSON.stringify(other), other)
    assert.equal(ran(), 2)
  })

  test('ends with its time', async () => {
    const { call, ran, clock } = await remembering({ span: 'time', forMs: 60_000 })
    await clock.pass(59_999)
    await call('3', { n: 3 })
    assert.equal(ran(), 2)
    await clock.pass(1)
    await call('4', { n: 4 })
    assert.equal(ran(), 2)
  })

  test('is of its session alone; one for always is not', async () => {
    for (const [span, expected] of [
      ['session', 0],
      ['always', 1],
    ] as const) {
      const store = memoryStore()
      const { clock } = await remembering({ span }, { store })
      const other = scene({ store }, { process: 'other', clock })
      await other.client.greet()
      await other.call('1', { n: 5 })
      assert.equal(other.ran(), expected, span)
    }
  })

  test('answers calls like it that wait already: they run, and nobody is asked about them any more', async () => {
    const store = memoryStore()
    const { client, attendance, call, answer, questions, ran, clock } = scene({ store })
    await client.greet()
    attendance.enter()
    for (const n of [1, 2, 3]) await call(String(n), { ...args, n })
    await call('4', { path: '/other' })
    const [, ...rest] = await questions()
    assert.equal(rest.length, 3)
    await answer({ argumentsHash: (await questions())[0]!.argumentsHash, remember: { span: 'session', pins: [] } })
    await clock.pass(200)
    assert.equal(ran(), 4)
    assert.deepEqual(await questions(), [])
    const all = await store.approvals.approvals()
    assert.equal(all.filter(one => one.answer?.via === 'remembered').length, 3)
  })

  test('that is revoked asks again, at once', async () => {
    const store = memoryStore()
    const { call, ran, clock, client } = await remembering({ span: 'always' }, { store })
    const [answer] = await store.approvals.answers(clock.now())
    await store.approvals.revoke(answer!.id)
    await call('3', { n: 3 })
    assert.equal(faultOf(client.answer('3')).code, 'approval_pending')
    assert.equal(ran(), 1)
  })

  test('is beaten by a rule that denies, and is none for another rule', async () => {
    const { call, ran, rule, client } = await remembering({ span: 'always' })
    rule(asking, { id: 'r3', effect: 'deny', tools: ['a__drop'], when: [{ path: '/n', op: 'eq', value: 1 }] })
    await call('3')
    assert.equal(faultOf(client.answer('3')).code, 'denied')
    rule({ ...asking, id: 'r2' })
    await call('4')
    assert.equal(faultOf(client.answer('4')).code, 'approval_pending')
    assert.equal(ran(), 1)
  })

  test('takes from the budgets as every call does', async () => {
    let left = 2
    const take = (): Decision => (left-- > 0 ? { kind: 'allow', by: 'limits' } : { kind: 'deny', by: 'limit:x', reason: 'spent', code: 'rate_limited' })
    const { call, ran, client } = await remembering({ span: 'always' }, { take })
    await call('3', { n: 3 })
    await call('4', { n: 4 })
    assert.equal(faultOf(client.answer('4')).code, 'rate_limited')
    assert.equal(ran(), 2)
  })
})

describe('a person who changes the arguments first', () => {
  test('has the backend called with theirs; the result and the record say so', async () => {
    const { client, call, answer, got, journal } = scene()
    await client.greet()
    await call('1')
    await answer({ edited: '{"path":"/tmp/safe","größe":1}' })
    await call('2')
    const { params } = got['a']!.find(message => message.method === 'tools/call')!
    assert.deepEqual(params, { name: 'drop', arguments: { path: '/tmp/safe', größe: 1 } })
    const { content } = client.answer('2')!.result
    assert.match(content[0].text, /A person changed the arguments.*\{"path":"\/tmp\/safe","größe":1\}/)
    assert.match(content[1].text, /^drop/)
    const opened = journal.lines.find(line => line.kind === 'open' && line.call.id === 'call-2')!
    assert.equal((opened.decision as { edited?: string }).edited, '{"path":"/tmp/safe","größe":1}')
    assert.deepEqual((opened as { call: { arguments: unknown } }).call.arguments, args, 'what was asked stays what was asked')
  })

  test('has them judged too: what a rule denies does not run, whoever has written it', async () => {
    const { client, call, answer, ran, rule } = scene()
    rule(asking, { id: 'r2', effect: 'deny', when: [{ path: '/path', op: 'glob', value: '/etc/*' }] })
    await client.greet()
    await call('1')
    await answer({ edited: '{"path":"/etc/passwd"}' })
    await call('2')
    assert.equal(faultOf(client.answer('2')).code, 'denied')
    assert.equal(ran(), 0)
  })

  test('has said yes to theirs alone, also where no rule asks any more', async () => {
    const { client, call, answer, got, rule, attendance } = scene()
    attendance.enter()
    await client.greet()
    await call('1')
    rule()
    await answer({ edited: '{"path":"/tmp/safe"}' })
    const { params } = got['a']!.find(message => message.method === 'tools/call')!
    assert.deepEqual(params.arguments, { path: '/tmp/safe' })
    assert.match(text(client.answer('1')), /A person changed the arguments/)
  })
})

describe('a method that nobody knows', () => {
  const any: Script = server(['drop'], ({ id, method, params }, say) => say({ id, result: { ran: method, params } }))
  const bare = { bare: 'a', backend: any }
  const wipes = ({ got }: Stage) => (got['a'] ?? []).filter(({ method }) => method === 'wipe/all').length

  test('is asked about with all that it brings along, and a yes is for that', async () => {
    const on = scene({}, bare)
    on.rule({ id: 'r3', effect: 'ask' })
    await on.client.greet()
    const wipe = (id: string, n: number) => on.client.ask('wipe/all', { n, _meta: { progressToken: id } })
    assert.equal((await wipe('1', 1)).error.data.code, 'approval_pending')
    await on.answer()
    assert.equal((await wipe('2', 2)).error.data.code, 'approval_pending')
    assert.equal(wipes(on), 0)
    assert.ok((await wipe('3', 1)).result)
    assert.equal(wipes(on), 1)
  })
})

describe('what a call brings along beside its arguments', () => {
  const named = '"name":"a__drop"'
  const said = '"arguments":{"path":"/tmp/x","n":1}'
  const tenant = '"_meta":{"tenant":"a","progressToken":1}'
  const first = `{${named},${said},${tenant},"task":{"ttl":60000}}`
  const changed: Record<string, string> = {
    'another value in _meta': `{${named},${said},"_meta":{"tenant":"b"},"task":{"ttl":60000}}`,
    'one more member of _meta': `{${named},${said},"_meta":{"tenant":"a","dry":false},"task":{"ttl":60000}}`,
    'one member of _meta less': `{${named},${said},"_meta":{},"task":{"ttl":60000}}`,
    'a _meta that is no object': `{${named},${said},"_meta":["tenant"],"task":{"ttl":60000}}`,
    'another member of params': `{${named},${said},${tenant},"task":{"ttl":60001}}`,
    'one more member of params': `{${named},${said},${tenant},"task":{"ttl":60000},"force":true}`,
    'what a backend has asked for': `{${named},${said},${tenant},"task":{"ttl":60000},"inputResponses":{"sure":{"action":"accept"}}}`,
    'a number that no double tells apart': `{${named},"arguments":{"path":"/tmp/x","n":1.0000000000000000001},${tenant},"task":{"ttl":60000}}`,
    'a number too large for a double': `{${named},"arguments":{"path":"/tmp/x","n":1e400},${tenant},"task":{"ttl":60000}}`,
    'a text that only looks the same': `{${named},"arguments":{"path":"/tmp/\u0445","n":1},${tenant},"task":{"ttl":60000}}`,
  }
  const same: Record<string, string> = {
    'another order, white space and escapes': `{ "task": {"ttl":6e4}, "_meta":{"tenant":"\u0061"}, "arguments" : {"n":1.0,"\u0070ath":"/tmp/x"}, "name":"a__drop" }`,
    'ids of the call, its trace and its protocol': `{${named},${said},"_meta":{"progressToken":"other","traceparent":"00-1-2-01","tracestate":"x=1","claudecode/toolUseId":"toolu_2","vscode.requestId":"r2","vscode.conversationId":"c2","callId":7,"tenant":"a"},"task":{"ttl":60000}}`,
  }
  const begun = async (wanted: Partial<Reply> = {}) => {
    const on = scene()
    await on.client.greet()
    const say = async (id: string, params: string) => {
      on.client.line(`{"jsonrpc":"2.0","id":"${id}","method":"tools/call","params":${params}}`)
      await settled()
    }
    await say('1', first)
    assert.match((await on.questions())[0]!.reason, /; beside its arguments it brings along "task", "_meta\.tenant"$/)
    assert.equal(await on.answer(wanted), 'won')
    return { ...on, say }
  }

  for (const [what, params] of Object.entries(changed))
    test(`is what a yes is for: ${what} asks anew`, async () => {
      const { say, client, ran } = await begun()
      await say('2', params)
      assert.equal(faultOf(client.answer('2')).code, 'approval_pending')
      assert.equal(ran(), 0)
    })

  for (const [what, params] of Object.entries(same))
    test(`is the same with ${what}`, async () => {
      const { say, ran } = await begun()
      await say('2', params)
      assert.equal(ran(), 1)
    })

  test('is what a remembered answer is for, too', async () => {
    const { say, ran } = await begun({ remember: { span: 'always', pins: [] } })
    await say('2', `{${named},"arguments":{"other":1},${tenant},"task":{"ttl":60000}}`)
    assert.equal(ran(), 1)
    await say('3', `{${named},"arguments":{"other":1},"_meta":{"tenant":"b"},"task":{"ttl":60000}}`)
    assert.equal(ran(), 1)
  })

  test('that says a thing twice is not asked about', async () => {
    const { say, client } = await begun()
    await say('2', `{${named},${said},"_meta":{"tenant":"a","ten\u0061nt":"b"}}`)
    assert.match(text(client.answer('2')), /"tenant" stands twice in what it brings along/)
  })
})

describe('the URI of a resource', () => {
  test('is asked about and kept without its secrets, and a yes is for this one', async () => {
    const uris = ['db://ann:hunter2@h/x', 'db://ann:other@h/x']
    const backend: Script = server(
      [],
      ({ id, method }, say) => say({ id, result: method === 'resources/list' ? { resources: uris.map(uri => ({ name: uri, uri })) } : { contents: [] } }),
      { resources: {} },
    )
    const store = memoryStore()
    const on = scene({ store }, { backend })
    on.rule({ id: 'r3', effect: 'ask' })
    await on.client.greet()
    await on.client.ask('resources/list')
    const read = (uri: string) => on.client.ask('resources/read', { uri })
    assert.equal((await read(uris[0]!)).error.data.code, 'approval_pending')
    await on.answer({ remember: { span: 'always' } })
    assert.equal((await read(uris[1]!)).error.data.code, 'approval_pending')
    assert.ok((await read(uris[0]!)).result)
    assert.ok((await read(uris[0]!)).result, 'remembered')
    const kept = JSON.stringify([on.journal.notes, await store.approvals.approvals(), await store.approvals.answers(0)])
    assert.match(kept, /db:/)
    assert.doesNotMatch(kept, /hunter2/)
  })
})

describe('approval_status', () => {
  const names = (message: any) => message.result.tools.map((tool: { name: string }) => tool.name)

  test('is listed where something can ask a person, and nowhere else', async () => {
    for (const [can, expected] of [
      [true, ['a__drop', 'a__read', 'approval_status']],
      [false, ['a__drop', 'a__read']],
    ] as const) {
      const { client } = scene({ asks: () => can })
      await client.greet()
      assert.deepEqual(names(await client.ask('tools/list')), expected)
    }
  })

  test('tells how a question stands from the asking to the end, to who has asked, and is on record', async () => {
    const store = memoryStore()
    const { client, call, answer, journal, clock } = scene({ store })
    const status = async (given: object = {}, who = client) => text(await who.ask('tools/call', { name: 'approval_status', arguments: given }))
    await client.greet()
    assert.equal(await status(), 'No call of yours waits for an answer.')
    await call('1')
    const { approvalId } = faultOf(client.answer('1'))
    assert.match(await status(), new RegExp(`^${approvalId} \\(a__drop\\): waits for an answer, 15m more`))
    await answer()
    assert.match(await status({ approvalId }), /the person said yes. Make exactly the same call again within 15m/)
    await call('2')
    assert.match(await status({ approvalId }), /the call is over/)
    assert.equal(await status(), 'No call of yours waits for an answer.')
    const other = scene({ store }, { process: 'other', clock })
    await other.client.ask('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'another', version: '1' } })
    assert.match(await status({ approvalId }, other.client), /There is no question/)
    assert.equal(journal.lines.filter(line => line.kind === 'open' && line.call.target === 'approval_status').length, 5)
  })
})

/** A client of the modern era: everything comes with each request. */
describe('a modern client', () => {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } },
    'io.modelcontextprotocol/clientInfo': { name: 'modern', version: '1' },
  }
  const ask = (client: Stage['client'], more: object = {}) => client.ask('tools/call', { name: 'a__drop', arguments: args, _meta, ...more })
  const answered = (asked: any, response: object) => ({
    requestState: asked.result.requestState,
    inputResponses: { [Object.keys(asked.result.inputRequests)[0]!]: response },
  })

  test('is asked by the answer to its call, which goes on when it comes again with a yes: one call', async () => {
    const { client, ran, journal } = scene()
    const asked = await ask(client)
    assert.equal(asked.result.resultType, 'input_required')
    const [question] = Object.values(asked.result.inputRequests) as any[]
    assert.equal(question.method, 'elicitation/create')
    assert.match(question.params.message, /modern wants to call a__drop/)
    assert.equal(ran(), 0)
    const done = await ask(client, answered(asked, { action: 'accept', content: { answer: 'once' } }))
    assert.match(text(done), /^drop/)
    assert.equal(ran(), 1)
    assert.deepEqual(journal.outcomes, ['answered'])
  })

  test('a no, or no answer, does not run', async () => {
    const { client, ran } = scene()
    const first = await ask(client)
    assert.equal(faultOf(await ask(client, answered(first, { action: 'cancel' }))).code, 'approval_pending')
    const second = await ask(client)
    assert.equal(faultOf(await ask(client, answered(second, { action: 'decline' }))).code, 'approval_denied')
    assert.equal(ran(), 0)
  })

  test('answers that nobody asked for are none', async () => {
    const { client, ran } = scene()
    const made = await ask(client, { requestState: 'made up', inputResponses: { q1: { action: 'accept', content: { answer: 'once' } } } })
    assert.equal(made.result.isError, true)
    assert.equal(ran(), 0)
  })
})

describe('something fails', () => {
  test('a question that can not be recorded is not asked', async () => {
    const { client, call, questions, journal, ran } = scene()
    await client.greet()
    journal.broken = kind => kind === 'note'
    await call('1')
    assert.equal(faultOf(client.answer('1')).code, 'audit_unavailable')
    assert.deepEqual(await questions(), [])
    assert.equal(ran(), 0)
  })

  test('an answer that can not be recorded is not given', async () => {
    const { client, call, answer, questions, journal } = scene()
    await client.greet()
    await call('1')
    journal.broken = kind => kind === 'note'
    assert.equal(await answer(), 'unrecorded')
    assert.equal((await questions()).length, 1)
  })

  test('without the key that seals what waits nobody is asked', async () => {
    const { client, call, ran, questions } = scene({ seal: () => Promise.reject(new Error('the key is gone')) })
    await client.greet()
    await call('1')
    assert.match(text(client.answer('1')), /they can not be asked: .*the key is gone/)
    assert.deepEqual(await questions(), [])
    assert.equal(ran(), 0)
  })

  test('a yes that was used and not recorded does not run, and asks anew', async () => {
    const { client, call, answer, journal, ran } = scene()
    await client.greet()
    await call('1')
    await answer()
    journal.broken = kind => kind === 'open'
    await call('2')
    assert.equal(faultOf(client.answer('2')).code, 'audit_unavailable')
    journal.broken = () => false
    await call('3')
    assert.equal(faultOf(client.answer('3')).code, 'approval_pending')
    assert.equal(ran(), 0)
  })
})

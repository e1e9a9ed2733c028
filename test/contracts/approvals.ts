// What every store promises of approvals, whatever it is made of, to however many processes.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Answer, Approval, Question, RememberedAnswer } from '../../src/gateway/approval.ts'
import { OVER_MS } from '../../src/gateway/approvals.ts'
import type { Store } from '../../src/store/store.ts'

type Context = { after(act: () => void): void }

const MINUTE = 60_000
const NOW = 1_700_000_000_000

export const question = (id: string, more: Partial<Question> = {}): Question => ({
  id,
  org: 'default',
  principal: 'local',
  client: 'cursor',
  backend: 'files',
  config: 'k1',
  method: 'tools/call',
  target: 'files__drop',
  schemaHash: 's1',
  argumentsHash: 'a1',
  rule: 'rule:4f9a01',
  call: 'c-1',
  session: 'p.1',
  reason: 'the rule 4f9a01 asks a person',
  askedAt: NOW,
  expiresAt: NOW + 15 * MINUTE,
  sealed: 'sealed',
  ...more,
})

export const yes = (more: Partial<Answer> = {}): Answer => ({ decision: 'allow', by: 'local:ann', via: 'command', at: NOW, ...more })
const no = (more: Partial<Answer> = {}): Answer => yes({ decision: 'deny', reason: 'not today', ...more })

const lasting = (id: string, more: Partial<RememberedAnswer> = {}): RememberedAnswer => {
  const { org, principal, client, backend, config, method, target, schemaHash, rule } = question('x')
  const binding = { org, principal, client, backend, config, method, target, schemaHash, rule }
  return { id, ...binding, approval: 'q1', span: 'always', pins: [{ path: '/path', hash: 'h' }], by: 'local:ann', at: NOW, usedAt: NOW, ...more }
}

/** `open` gives so many stores over one and the same data, as so many processes have them. */
export function approvalsContract(name: string, open: (t: Context, many: number) => Promise<readonly Store[]>): void {
  const one = async (t: Context) => (await open(t, 1))[0]!.approvals
  const two = async (t: Context) => (await open(t, 2)).map(store => store.approvals) as [Store['approvals'], Store['approvals']]
  const read = async (approvals: Store['approvals'], id: string): Promise<Approval> => {
    const found = await approvals.approval(id)
    assert.equal(found.kind, 'found')
    return (found as { approval: Approval }).approval
  }

  describe(`approvals: ${name}`, () => {
    test('has none at first', async t => {
      const approvals = await one(t)
      assert.deepEqual(await approvals.approvals(), [])
      assert.deepEqual(await approvals.approval('q'), { kind: 'none' })
      assert.equal(await approvals.speaking(question('q'), NOW), undefined)
      assert.equal(await approvals.use('q', 'c', NOW), undefined)
      assert.equal(await approvals.decide('q', { argumentsHash: 'a1', answer: yes() }, NOW), 'unknown')
      assert.deepEqual(await approvals.tend(NOW), [])
      assert.deepEqual(await approvals.answers(NOW), [])
      assert.equal(await approvals.revoke('r'), false)
    })

    test('a question is kept as it was asked', async t => {
      const [a, b] = await two(t)
      assert.deepEqual(await a.ask(question('q1'), NOW), { kind: 'asked', approval: question('q1') })
      assert.deepEqual(await read(b, 'q1'), question('q1'))
      for (const [id, roles] of [
        ['q2', []],
        ['q3', ['dev', 'on call']],
      ] as const) {
        await a.ask(question(id, { roles, argumentsHash: id }), NOW)
        assert.deepEqual((await read(b, id)).roles, roles)
      }
    })

    test('a call that means the same joins the question that waits, in whatever process', async t => {
      const [a, b] = await two(t)
      await a.ask(question('q1'), NOW)
      const joined = await b.ask(question('q2', { call: 'c-2', session: 'o.1', reason: 'other words', askedAt: NOW + 1 }), NOW + 1)
      assert.deepEqual([joined.kind, joined.approval.id], ['joined', 'q1'])
      assert.equal((await b.speaking(question('q3'), NOW + 2))?.id, 'q1')
      assert.equal((await a.approvals()).length, 1)
    })

    test('a call that differs in anything that binds asks anew', async t => {
      const approvals = await one(t)
      await approvals.ask(question('q'), NOW)
      const others: Partial<Question>[] = [
        { org: 'o' },
        { principal: 'p' },
        { client: 'c' },
        { backend: 'b' },
        { config: 'k2' },
        { method: 'prompts/get' },
        { target: 't' },
        { schemaHash: 's2' },
        { argumentsHash: 'a2' },
        { rule: 'default' },
      ]
      for (const [n, other] of others.entries()) assert.equal((await approvals.ask(question(`q${n}`, other), NOW)).kind, 'asked', JSON.stringify(other))
      // Parts that run into each other are no less different.
      assert.equal((await approvals.ask(question('qa', { principal: 'ab', client: 'c' }), NOW)).kind, 'asked')
      assert.equal((await approvals.ask(question('qb', { principal: 'a', client: 'bc' }), NOW)).kind, 'asked')
    })

    test('the first answer wins, and who is late hears so', async t => {
      const [a, b] = await two(t)
      await a.ask(question('q1'), NOW)
      const answers = await Promise.all([
        a.decide('q1', { argumentsHash: 'a1', answer: yes() }, NOW + 1),
        b.decide('q1', { argumentsHash: 'a1', answer: no() }, NOW + 1),
      ])
      assert.deepEqual(answers, ['won', 'late'])
      assert.deepEqual((await read(b, 'q1')).answer, yes())
    })

    test('an answer for other arguments is none', async t => {
      const approvals = await one(t)
      await approvals.ask(question('q1'), NOW)
      assert.equal(await approvals.decide('q1', { argumentsHash: 'a2', answer: yes() }, NOW), 'differs')
      assert.equal((await read(approvals, 'q1')).answer, undefined)
    })

    test('at the instant of its end a question can not be answered any more, and neither can a yes be used', async t => {
      const approvals = await one(t)
      const { expiresAt } = question('q')
      await approvals.ask(question('q1'), NOW)
      assert.equal(await approvals.decide('q1', { argumentsHash: 'a1', answer: yes() }, expiresAt), 'late')
      assert.equal(await approvals.decide('q1', { argumentsHash: 'a1', answer: yes() }, expiresAt - 1), 'won')
      assert.equal(await approvals.use('q1', 'c', expiresAt), undefined)
      assert.equal((await approvals.use('q1', 'c', expiresAt - 1))?.id, 'q1')
    })

    test('a yes is used once, by whoever is first', async t => {
      const [a, b] = await two(t)
      await a.ask(question('q1'), NOW)
      assert.equal(await a.use('q1', 'c-1', NOW), undefined, 'not before it is given')
      await a.decide('q1', { argumentsHash: 'a1', answer: yes({ edited: { sealed: 'other', hash: 'e1' } }) }, NOW)
      const used = await Promise.all([a.use('q1', 'c-1', NOW + 5), b.use('q1', 'c-2', NOW + 5)])
      assert.equal(used.filter(Boolean).length, 1)
      assert.deepEqual(used[0]?.answer?.edited, { sealed: 'other', hash: 'e1' })
      const after = await read(b, 'q1')
      assert.deepEqual(after.used, { call: 'c-1', at: NOW + 5 })
      assert.deepEqual([after.sealed, after.answer?.edited], [undefined, { sealed: '', hash: 'e1' }], 'what was sealed is erased')
    })

    test('a no holds for calls that mean the same until the question would have ended', async t => {
      const approvals = await one(t)
      await approvals.ask(question('q1'), NOW)
      await approvals.decide('q1', { argumentsHash: 'a1', answer: no() }, NOW)
      assert.equal(await approvals.use('q1', 'c', NOW), undefined)
      const { answer, sealed } = (await approvals.ask(question('q2'), NOW + 5)).approval
      assert.deepEqual([answer, sealed], [no(), undefined])
      assert.equal((await approvals.ask(question('q2'), question('q').expiresAt)).kind, 'asked')
    })

    test('what was used is over: the same call asks anew, and is told where nobody knows what became of the one before', async t => {
      const approvals = await one(t)
      const spend = async (id: string) => {
        await approvals.decide(id, { argumentsHash: 'a1', answer: yes() }, NOW)
        assert.ok(await approvals.use(id, 'c', NOW))
      }
      await approvals.ask(question('q1'), NOW)
      await spend('q1')
      assert.equal((await approvals.ask(question('q2', { askedAt: NOW + 1 }), NOW + 1)).approval.earlier, 'q1')
      assert.equal((await read(approvals, 'q2')).earlier, 'q1')
      await spend('q2')
      await approvals.settle('q1', NOW + 3)
      await approvals.settle('q2', NOW + 3)
      assert.equal((await read(approvals, 'q2')).used?.settledAt, NOW + 3)
      assert.equal((await approvals.ask(question('q3', { askedAt: NOW + 4 }), NOW + 4)).approval.earlier, undefined)
    })

    test('one is found by its id or the beginning of it', async t => {
      const approvals = await one(t)
      for (const id of ['ab1', 'ab2', 'ab']) await approvals.ask(question(id, { target: id, askedAt: NOW + Number(id[2] ?? 0) }), NOW)
      assert.equal((await read(approvals, 'ab')).id, 'ab')
      assert.equal((await read(approvals, 'ab1')).id, 'ab1')
      assert.deepEqual(await approvals.approval('a'), { kind: 'several', ids: ['ab', 'ab1', 'ab2'] })
      assert.deepEqual(await approvals.approval(''), { kind: 'none' })
      assert.deepEqual(
        (await approvals.approvals()).map(({ id }) => id),
        ['ab2', 'ab1', 'ab'],
      )
      assert.deepEqual(
        (await approvals.approvals(['ab', 'zz', 'ab2'])).map(({ id }) => id),
        ['ab2', 'ab'],
      )
    })

    test('what ends without an answer is erased and told once; long after, it is forgotten', async t => {
      const [a, b] = await two(t)
      await a.ask(question('q1'), NOW)
      await a.ask(question('q2', { target: 'other' }), NOW)
      await a.decide('q2', { argumentsHash: 'a1', answer: yes() }, NOW)
      const { expiresAt } = question('q')
      assert.deepEqual(await a.tend(expiresAt - 1), [])
      const told = [...(await a.tend(expiresAt)), ...(await b.tend(expiresAt))]
      assert.deepEqual(
        told,
        [{ ...question('q1'), sealed: undefined }].map(({ sealed: _, ...rest }) => rest),
      )
      assert.equal((await read(b, 'q2')).sealed, undefined)
      await b.tend(expiresAt + OVER_MS)
      assert.equal((await a.approvals()).length, 2)
      await b.tend(expiresAt + OVER_MS + 1)
      assert.equal((await a.approvals()).length, 0)
    })

    test('a remembered answer is made with the answer that wins, or not at all', async t => {
      const approvals = await one(t)
      await approvals.ask(question('q1'), NOW)
      assert.equal(await approvals.decide('q1', { argumentsHash: 'a2', answer: yes(), remember: lasting('r0') }, NOW), 'differs')
      assert.equal(await approvals.decide('q1', { argumentsHash: 'a1', answer: yes(), remember: lasting('r1') }, NOW), 'won')
      assert.equal(await approvals.decide('q1', { argumentsHash: 'a1', answer: yes(), remember: lasting('r2') }, NOW), 'late')
      assert.deepEqual(await approvals.answers(NOW), [lasting('r1')])
    })

    test('remembered answers end: by time, by idleness and with their session, by a person', async t => {
      const [a, b] = await two(t)
      const give = async (id: string, more: Partial<RememberedAnswer>) => {
        await a.ask(question(`q-${id}`, { target: id }), NOW)
        assert.equal(await a.decide(`q-${id}`, { argumentsHash: 'a1', answer: yes(), remember: lasting(id, more) }, NOW), 'won')
      }
      await give('time', { span: 'time', untilAt: NOW + 5 * MINUTE, at: NOW + 1 })
      await give('mine', { span: 'session', session: 'p.1', untilAt: NOW + 60 * MINUTE, at: NOW + 2 })
      await give('other', { span: 'session', session: 'p.2', untilAt: NOW + 60 * MINUTE, at: NOW + 3, sealed: 'shown' })
      await give('ever', { at: NOW + 4, pins: [] })
      const ids = async (now: number) => (await b.answers(now)).map(({ id }) => id)
      assert.deepEqual(await ids(NOW), ['ever', 'other', 'mine', 'time'])
      assert.deepEqual(await ids(NOW + 5 * MINUTE), ['ever', 'other', 'mine'])
      await b.touch('other', NOW + 9 * MINUTE)
      await b.touch('other', NOW + 8 * MINUTE)
      assert.deepEqual(await ids(NOW + 10 * MINUTE), ['ever', 'other'])
      assert.deepEqual(await ids(NOW + 19 * MINUTE - 1), ['ever', 'other'])
      await a.leave('p.2')
      assert.deepEqual(await ids(NOW), ['ever', 'mine', 'time'])
      await a.tend(NOW + 10 * MINUTE)
      assert.deepEqual(await ids(NOW), ['ever'])
      assert.equal(await b.revoke('ever'), true)
      assert.equal(await a.revoke('ever'), false)
      assert.deepEqual(await ids(NOW), [])
    })

    test('another process that waits sees that something was written', async t => {
      const [here, there] = await open(t, 2)
      const before = await there!.version()
      assert.equal(await there!.version(), before)
      await here!.approvals.ask(question('q1'), NOW)
      assert.notEqual(await there!.version(), before)
    })
  })
}

// What every store does, whatever it is made of.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Outcome } from '../../src/gateway/types.ts'
import { JOURNAL_MS, type Batch, type CallFilter, type Remembered, type Store } from '../../src/store/store.ts'
import { origin } from '../store/calls.ts'
import { Scribe } from './scribe.ts'

const DAY = 24 * 60 * 60 * 1000

/** The same numbers below `most` for the same seed. */
function randomOf(seed: number): (most: number) => number {
  let state = seed * 2654435761
  return most => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) >>> 0
    return (state >>> 8) % most
  }
}

type Context = { after(act: () => void): void }

const list = (more: Partial<Remembered> = {}): Remembered => ({
  config: 'c1',
  capabilities: 'k1',
  backend: 'files',
  era: 'legacy',
  revision: '2025-11-25',
  at: 1,
  text: '{"tools":[]}',
  ...more,
})

export function storeContract(name: string, open: (t: Context) => Promise<Store>): void {
  const filled = async (t: Context, ...batches: Batch[]): Promise<Store> => {
    const store = await open(t)
    for (const batch of batches) assert.equal(await store.index(batch), 'done')
    return store
  }
  const idsOf = async (store: Store, filter?: CallFilter): Promise<string[]> => (await store.calls(filter)).map(call => call.id)

  describe(`store: ${name}`, () => {
    test('has nothing at first', async t => {
      const store = await open(t)
      assert.deepEqual(await store.calls(), [])
      assert.deepEqual(await store.call('x'), { kind: 'none' })
      assert.deepEqual(await store.progress(), [])
      assert.deepEqual(await store.notes(), [])
      assert.deepEqual(await store.recall([{ config: 'c1', capabilities: 'k1' }]), [])
      assert.equal((await store.stats()).calls, 0)
      assert.equal(await store.prune(Date.now(), 0), 0)
    })

    test('counts what was ever called, by how it ended, by tool and by backend, and retention takes nothing of it', async t => {
      const scribe = new Scribe('aaaa0001')
        .whole('c1', 100)
        .open('c2', 101)
        .settle('c2', 101, { kind: 'answered', isError: true, bytes: 30 })
        .open('c3', 102, { backend: 'web', target: 'web__get' })
        .settle('c3', 103, { kind: 'failed', fault: 'backend_timeout', message: 'too slow' })
        .open('c4', 104, { backend: 'web', method: 'resources/read', target: 'https://example.com/1' })
        .open('c5', 105, { backend: '', target: 'no__such' })
        .settle('c5', 105, { kind: 'refused', fault: 'unknown_tool', message: 'unknown' })
        .note('x', 106)
      const store = await filled(t, scribe.batch())
      const lifetime = {
        ...{ sinceAt: 100, calls: 5, answered: 1, errors: 1, refused: 1, failed: 1, cancelled: 0, bytes: 37, argumentBytes: 75 },
        tools: [
          { name: 'files__read', calls: 2, bad: 1 },
          { name: 'web__get', calls: 1, bad: 1 },
        ],
        backends: [
          { name: 'files', calls: 2, bad: 1 },
          { name: 'web', calls: 2, bad: 1 },
        ],
      }
      assert.deepEqual(await store.lifetime(), lifetime)
      while ((await store.prune(1000, 0)) > 0);
      assert.equal((await store.stats()).calls, 0)
      assert.deepEqual(await store.lifetime(), lifetime)
      assert.equal(await store.index(scribe.settle('c4', 2000, { kind: 'cancelled' }).batch()), 'done')
      assert.equal((await store.lifetime()).cancelled, 1)
    })

    test('counts exactly, wherever batches end, however often they come, and whatever retention has taken between them', async t => {
      for (let seed = 1; seed <= 12; seed++) {
        const random = randomOf(seed)
        const store = await open(t)
        const scribes = Array.from({ length: 3 }, (_, n) => ({ scribe: new Scribe(`${seed}-${n}`), open: [] as string[], given: [] as Batch[] }))
        const expected = { calls: 0, answered: 0, errors: 0, refused: 0, failed: 0, cancelled: 0, bytes: 0 }
        const outcomes: Outcome[] = [
          { kind: 'answered', isError: false, bytes: 11 },
          { kind: 'answered', isError: true, bytes: 5 },
          { kind: 'refused', fault: 'denied', message: 'no' },
          { kind: 'failed', fault: 'internal', message: 'no' },
          { kind: 'cancelled' },
        ]
        let at = 1000
        for (let step = 0; step < 120; step++) {
          const one = scribes[random(3)]!
          at += random(3)
          const what = random(10)
          if (what < 4) {
            const id = `${one.scribe.journal}-${step}`
            one.scribe.open(id, at, random(2) ? { target: 'files__write' } : {})
            one.open.push(id)
            expected.calls++
          } else if (what < 7 && one.open.length > 0) {
            const [id] = one.open.splice(random(one.open.length), 1)
            const outcome = outcomes[random(5)]!
            one.scribe.settle(id!, at, outcome)
            expected[outcome.kind === 'answered' && outcome.isError ? 'errors' : (outcome.kind as 'failed')]++
            expected.bytes += outcome.kind === 'answered' ? outcome.bytes : 0
          } else if (what < 9) {
            one.given.push(one.scribe.note('x', at).batch())
            assert.equal(await store.index(one.given.at(-1)!), 'done')
            // Somebody who was slower comes with a part of it that is done.
            assert.equal(await store.index(one.given[random(one.given.length)]!), 'behind')
          } else if (random(4) === 0) await store.prune(at - 20, 1e12)
        }
        for (const { scribe } of scribes) await store.index(scribe.batch())
        const { sinceAt: _, argumentBytes, tools, backends, ...sums } = await store.lifetime()
        assert.deepEqual(sums, expected, `seed ${seed}`)
        assert.equal(argumentBytes, expected.calls * 15)
        for (const those of [tools, backends])
          assert.equal(
            those.reduce((all, one) => all + one.calls, 0),
            expected.calls,
          )
      }
    })

    test('knows of a call what its lines say', async t => {
      const scribe = new Scribe('aaaa0001').open('c1', 100).settle('c1', 105, { kind: 'failed', fault: 'backend_timeout', message: 'too slow' })
      const [call] = await (await filled(t, scribe.batch())).calls()
      assert.ok(call)
      assert.equal(call.journal, 'aaaa0001')
      assert.deepEqual([call.seq, call.settledSeq, call.settledHash], [1, 2, scribe.hash])
      assert.deepEqual([call.openedAt, call.startedAt, call.settledAt, call.durationMs], [100, 100, 105, 1.25])
      assert.deepEqual([call.backend, call.target, call.name, call.method], ['files', 'files__read', 'read', 'tools/call'])
      assert.deepEqual(call.client, { name: 'claude-code', version: '2.1.0', id: 'claude' })
      assert.deepEqual(call.principal, { id: 'local', kind: 'local', org: 'default' })
      assert.deepEqual(call.outcome, { kind: 'failed', fault: 'backend_timeout', message: 'too slow' })
      assert.equal(call.decision.by, 'default')
      assert.deepEqual(['project' in call, 'clientSession' in call], [false, false])
      assert.equal(call.argumentsBytes, 15)
      assert.match(call.argumentsHash, /^sha256:[0-9a-f]{64}$/)
    })

    test('joins opening and settling, in whichever batches they come', async t => {
      const scribe = new Scribe('aaaa0001')
      const store = await filled(t, scribe.open('c1', 100).batch())
      assert.equal((await store.calls())[0]!.outcome, undefined)
      await store.index(scribe.settle('c1', 200).batch())
      const calls = await store.calls()
      assert.equal(calls.length, 1)
      assert.equal(calls[0]!.outcome?.kind, 'answered')
      assert.equal(calls[0]!.target, 'files__read')
    })

    test('keeps a settling whose opening is lost', async t => {
      const scribe = new Scribe('aaaa0001')
      scribe.open('c1', 100).batch()
      const late = scribe.settle('c1', 200).batch()
      const store = await filled(t, { ...late, from: { segment: 0, bytes: 0 } })
      const [call] = await store.calls()
      assert.deepEqual([call!.id, call!.outcome?.kind, call!.target], ['c1', 'answered', ''])
    })

    test('takes a batch once: who comes second is told that the journal stands elsewhere', async t => {
      const scribe = new Scribe('aaaa0001')
      const first = scribe.whole('c1', 100).batch()
      const store = await filled(t, first)
      assert.equal(await store.index(first), 'behind')
      assert.equal(await store.index(scribe.whole('c2', 101).batch()), 'done')
      assert.deepEqual(await idsOf(store), ['c2', 'c1'])
      assert.deepEqual(
        (await store.progress('aaaa0001')).map(one => [one.seq, one.hash]),
        [[4, scribe.hash]],
      )
    })

    test('is not harmed by lines that it has', async t => {
      const batch = new Scribe('aaaa0001').whole('c1', 100).note('x', 101).batch()
      const store = await filled(t, batch)
      const before = [await store.calls(), await store.notes()]
      assert.equal(await store.index({ ...batch, from: batch.after }), 'done')
      assert.deepEqual([await store.calls(), await store.notes()], before)
    })

    test('lists newest first, what one process did in one millisecond as it did it, and page by page', async t => {
      const scribe = new Scribe('aaaa0001')
      for (let n = 0; n < 30; n++) scribe.whole(`c${n}`, 100 + Math.floor(n / 4))
      const store = await filled(t, scribe.batch(), new Scribe('bbbb0001').whole('d', 103).batch())
      const all = await idsOf(store)
      assert.deepEqual(
        all.filter(id => id !== 'd'),
        Array.from({ length: 30 }, (_, n) => `c${29 - n}`),
      )
      const paged: string[] = []
      for (let before: CallFilter['before']; ;) {
        const page = await store.calls({ limit: 7, before })
        if (page.length === 0) break
        paged.push(...page.map(call => call.id))
        before = page.at(-1)!
      }
      assert.deepEqual(paged, all)
    })

    test('finds by backend, tool, client, outcome, time and words', async t => {
      const cursor = { ...origin, client: { name: 'Cursor', version: '1' } }
      const told = {
        ...origin,
        project: '/home/zoë/50%_"app"',
        clientSession: 'one-of-theirs',
        principal: { ...origin.principal, id: 'ci', kind: 'key' as const },
      }
      const scribe = new Scribe('aaaa0001')
        .open('c1', 100)
        .settle('c1', 101, { kind: 'answered', isError: true, bytes: 3 })
        .open('c2', 110, { backend: 'git', target: 'git__log_all', name: 'log_all', origin: cursor })
        .settle('c2', 111, { kind: 'refused', fault: 'overloaded', message: 'Zoë has 100% of it' })
        .open('c3', 120, { backend: 'git', target: 'git__push', name: 'push', origin: told })
      const store = await filled(t, scribe.batch())
      const found = async (filter: CallFilter): Promise<string> => (await idsOf(store, filter)).join(' ')
      assert.equal(await found({ backend: 'git' }), 'c3 c2')
      assert.equal(await found({ backend: 'gi' }), '')
      assert.equal(await found({ tool: 'git__push' }), 'c3')
      assert.equal(await found({ tool: 'push' }), 'c3')
      assert.equal(await found({ tool: 'git__*' }), 'c3 c2')
      assert.equal(await found({ tool: 'git__.*' }), '')
      for (const tool of ['git__?ush', 'git__[a-z]*', '[', '?', '']) assert.equal(await found({ tool }), '')
      assert.equal(await found({ client: 'Cursor' }), 'c2')
      assert.equal(await found({ client: 'claude' }), 'c3 c1')
      for (const project of ['/home/zoë/50%_"app"', '50%_"app"', '/home/*', '*app*']) assert.equal(await found({ project }), 'c3', project)
      for (const project of ['/home/zoë', 'app', 'zoë', '', '/home/zo?/*']) assert.equal(await found({ project }), '', project)
      assert.equal(await found({ key: 'ci' }), 'c3')
      assert.equal(await found({ key: 'local' }), 'c2 c1')
      for (const key of ['c', 'CI', 'ci"', '%']) assert.equal(await found({ key }), '', key)
      assert.equal(await found({ outcome: 'answered' }), '')
      assert.equal(await found({ outcome: 'error' }), 'c1')
      assert.equal(await found({ outcome: 'refused' }), 'c2')
      assert.equal(await found({ outcome: 'overloaded' }), 'c2')
      assert.equal(await found({ outcome: 'open' }), 'c3')
      assert.equal(await found({ sinceAt: 110 }), 'c3 c2')
      assert.equal(await found({ words: ['ZOË', 'log_'] }), 'c2')
      assert.equal(await found({ words: ['50%_"app"', 'of-theirs'] }), 'c3')
      assert.equal(await found({ words: ['log-all'] }), '')
      assert.equal(await found({ words: ['100%'] }), 'c2')
      assert.equal(await found({ words: ['cursor'] }), 'c2')
      assert.equal(await found({ words: ['push', 'cursor'] }), '')
      assert.equal(await found({ after: { journal: 'aaaa0001', seq: 1 } }), 'c3 c2')
      assert.equal(await found({ after: { journal: 'bbbb0001', seq: 0 } }), '')
      assert.equal(await found({ limit: 1 }), 'c3')
    })

    test('finds one call by the beginning of its id, if only one begins so', async t => {
      const store = await filled(t, new Scribe('aaaa0001').whole('ab-1', 100).whole('ab-12', 100).whole('b%_', 100).batch())
      const found = async (id: string): Promise<string> => {
        const answer = await store.call(id)
        return answer.kind === 'found' ? answer.call.id : answer.kind
      }
      assert.equal(await found('ab-1'), 'ab-1')
      assert.equal(await found('ab-12'), 'ab-12')
      assert.equal(await found('b'), 'b%_')
      assert.equal(await found('ab'), 'several')
      assert.equal(await found('%'), 'none')
      assert.equal(await found(''), 'none')
    })

    test('knows when a call waited for its client, and what that was asked', async t => {
      const scribe = new Scribe('aaaa0001').leg('c_1', 90, ['elicitation/create']).open('c_1', 100, { startedAt: 80 }).leg('cx1', 101).leg('c_1', 105)
      const store = await filled(t, scribe.batch(), new Scribe('bbbb0001').leg('c_1', 106).batch())
      const call = { id: 'c_1', journal: 'aaaa0001', startedAt: 80 }
      const all = [
        [90, 'input', ['elicitation/create'], 1],
        [105, 'input', [], 4],
      ]
      const found = async () => (await store.legs(call)).map(({ at, for: what, asked, seq }) => [at, what, asked, seq])
      assert.deepEqual(await found(), all)
      await store.index(scribe.settle('c_1', 110).batch())
      assert.deepEqual(await found(), all)
      assert.deepEqual(await store.legs({ ...call, id: '%' }), [])
      assert.equal((await idsOf(store)).length, 1)
    })

    test('knows when what came of a task was given, however long after its call was settled', async t => {
      const scribe = new Scribe('aaaa0001').open('c_1', 100).settle('c_1', 110, { kind: 'waiting', for: 'task' }).given('c_1', 5000, '"done"')
      const store = await filled(t, scribe.batch())
      const [leg, ...more] = await store.legs({ id: 'c_1', journal: 'aaaa0001', startedAt: 100 })
      assert.deepEqual([leg?.at, leg?.for, leg?.gave?.bytes, leg?.gave?.isError, more], [5000, 'task', 6, false, []])
      assert.match(leg!.gave!.resultHash, /^sha256:[0-9a-f]{64}$/)
    })

    test('keeps notes, newest first', async t => {
      const store = await filled(t, new Scribe('aaaa0001').note('one', 100, { a: 1 }).note('two', 101).batch())
      assert.deepEqual(
        (await store.notes()).map(({ note, detail }) => [note, detail]),
        [
          ['two', {}],
          ['one', { a: 1 }],
        ],
      )
      const [two] = await store.notes({ limit: 1 })
      assert.equal(two!.note, 'two')
      assert.deepEqual(
        (await store.notes({ before: two })).map(({ note }) => note),
        ['one'],
      )
      assert.deepEqual(
        (await store.notes({ sinceAt: 101 })).map(({ note }) => note),
        ['two'],
      )
    })

    test('keeps what a call carried beside it: found with the call and by its words, and no note', async t => {
      const scribe = new Scribe('aaaa0001').whole('c1', 100).whole('c2', 101)
      const text = '{"content":[{"type":"text","text":"100% of a\\/b, Zoë"}]}'
      const store = await filled(t, scribe.batch(), scribe.payload('c1', 102).batch())
      await store.index(scribe.payload('c1', 103, { part: 'result', text, bytes: 70_000, redactions: 2, cut: true }).note('x', 104).batch())
      const [args, result, ...rest] = await store.payloads({ id: 'c1', journal: 'aaaa0001' })
      assert.deepEqual(rest, [])
      assert.deepEqual([args!.part, args!.text, args!.bytes, args!.redactions, args!.cut, args!.seq], ['arguments', '{"path":"/tmp"}', 15, 0, false, 5])
      assert.deepEqual([result!.part, result!.text, result!.bytes, result!.redactions, result!.cut], ['result', text, 70_000, 2, true])
      assert.match(result!.hash, /^[0-9a-f]{64}$/)
      assert.deepEqual(await store.payloads({ id: 'c2', journal: 'aaaa0001' }), [])
      assert.deepEqual(await store.payloads({ id: 'c%', journal: 'aaaa0001' }), [])
      for (const words of [['/TMP'], ['100%'], ['a/b'], ['zoë', 'c1'], ['content', 'files']])
        assert.deepEqual(await idsOf(store, { words }), ['c1'], words.join())
      assert.deepEqual(await idsOf(store, { words: ['/tmp', 'nowhere'] }), [])
      assert.deepEqual(
        (await store.notes()).map(note => note.note),
        ['x'],
      )
      await store.index(scribe.whole('c3', 400).payload('c3', 401).batch())
      assert.ok((await pruned(store, 300, 1e9)) > 0)
      assert.deepEqual(await store.payloads({ id: 'c1', journal: 'aaaa0001' }), [])
      assert.equal((await store.payloads({ id: 'c3', journal: 'aaaa0001' })).length, 1)
    })

    test('remembers lists under configuration and capabilities, and offers the newest of other capabilities', async t => {
      const store = await open(t)
      const [old, other, mine] = [list({ at: 1, capabilities: 'k0' }), list({ at: 2, capabilities: 'k2' }), list({ at: 1, text: '"🦉"'.repeat(500_000) })]
      for (const row of [old, other]) await store.remember(row)
      const key = { config: 'c1', capabilities: 'k1' }
      assert.deepEqual({ ...(await store.recall([key]))[0] }, other)
      await store.remember(mine)
      assert.deepEqual({ ...(await store.recall([key]))[0] }, mine)
      await store.remember({ ...mine, text: 'new' })
      const rows = await store.recall([{ config: 'c9', capabilities: 'k1' }, key])
      assert.deepEqual(
        rows.map(row => row.text),
        ['new'],
      )
    })

    test('forgets all that it remembers of a backend', async t => {
      const store = await open(t)
      await store.remember(list())
      await store.remember(list({ config: 'c2', backend: 'git' }))
      await store.forget('files')
      assert.equal((await store.recall([list()])).length, 0)
      assert.equal((await store.recall([list({ config: 'c2' })])).length, 1)
    })

    test('has one salt', async t => {
      const store = await open(t)
      assert.match(await store.salt(), /^[0-9a-f]{64}$/)
      assert.equal(await store.salt(), await store.salt())
    })

    test('notes once where the master key is; the first stays', async t => {
      const store = await open(t)
      assert.equal(await store.masterKey(), undefined)
      assert.deepEqual(await store.masterKey({ place: 'file', fingerprint: 'one' }), { place: 'file', fingerprint: 'one' })
      assert.deepEqual(await store.masterKey({ place: 'environment', fingerprint: 'two' }), { place: 'file', fingerprint: 'one' })
      assert.deepEqual(await store.masterKey(), { place: 'file', fingerprint: 'one' })
    })

    test('counts calls and bytes', async t => {
      const { calls, bytes, oldestAt } = await (await filled(t, new Scribe('aaaa0001').whole('c1', 100).whole('c2', 101).batch())).stats()
      assert.deepEqual([calls, oldestAt], [2, 100])
      assert.ok(bytes > 1000)
    })

    test('counts what has happened since, by time, outcome, tool and client', async t => {
      const scribe = new Scribe('aaaa0001').whole('c0', 99)
      for (const at of [100, 109, 125]) scribe.whole(`c${at}`, at)
      scribe.open('c1', 126, { target: 'git__push' }).settle('c1', 127, { kind: 'answered', isError: true, bytes: 1 })
      scribe.open('c2', 131, { target: 'git__push' }).settle('c2', 132, { kind: 'failed', fault: 'backend_timeout', message: '' })
      scribe.open('c3', 132)
      const { slots, outcomes, tools, clients } = await (await filled(t, scribe.batch())).activity(100, 10)
      assert.deepEqual(slots, [
        { at: 100, calls: 2, bad: 0 },
        { at: 120, calls: 2, bad: 1 },
        { at: 130, calls: 2, bad: 1 },
      ])
      assert.deepEqual(outcomes, { answered: 3, error: 1, failed: 1, open: 1 })
      assert.deepEqual(tools, [
        { name: 'files__read', calls: 4, bad: 0 },
        { name: 'git__push', calls: 2, bad: 2 },
      ])
      assert.deepEqual(clients, [{ name: 'claude', calls: 6, bad: 2 }])
    })

    test('takes what is too old, and keeps the hash that the rest hangs on', async t => {
      const scribe = new Scribe('aaaa0001')
      const old = scribe.whole('c1', 100).note('x', 101).batch()
      const { hash } = scribe
      const store = await filled(t, old, scribe.whole('c2', 200).note('y', 201).batch(), new Scribe('bbbb0001').whole('d1', 300).batch())
      assert.equal(await pruned(store, 200, 1e9), 2)
      assert.deepEqual(await idsOf(store), ['d1', 'c2'])
      assert.deepEqual(
        (await store.notes()).map(note => note.note),
        ['y'],
      )
      assert.deepEqual((await store.progress('aaaa0001'))[0]!.anchor, { seq: 3, hash })
      assert.equal((await store.progress('bbbb0001'))[0]!.anchor, undefined)
    })

    test('takes a call only when its last line is too old, so what is left is whole after the anchor', async t => {
      const scribe = new Scribe('aaaa0001').open('slow', 100).whole('quick', 101)
      const store = await filled(t, scribe.batch())
      await store.index(scribe.settle('slow', 300).batch())
      assert.equal(await pruned(store, 200, 1e9), 1)
      assert.deepEqual(await idsOf(store), ['slow'])
      assert.equal((await store.progress('aaaa0001'))[0]!.anchor?.seq, 3)
    })

    test('takes the oldest until the rest fits', async t => {
      const scribe = new Scribe('aaaa0001')
      const store = await open(t)
      for (let n = 0; n < 4000; n++) scribe.whole(`c${String(n).padStart(4, '0')}`, 1000 + n)
      await store.index(scribe.batch())
      await store.remember(list({ text: 'x'.repeat(3_000_000) }))
      const taken = await pruned(store, 0, 1_500_000)
      const left = await idsOf(store, { limit: 5000 })
      assert.equal(taken + left.length, 4000)
      assert.ok(left.length > 500 && left.length < 2500, `${left.length} are left`)
      assert.equal(left.at(-1), `c${String(taken).padStart(4, '0')}`, 'the newest stay')
      assert.equal((await store.progress('aaaa0001'))[0]!.anchor?.seq, 2 * taken)
      assert.equal((await store.recall([list()])).length, 1, 'lists are no records')
    })

    test('forgets a journal of which nothing is left, some days later', async t => {
      const store = await filled(t, new Scribe('aaaa0001').whole('c1', 100).batch())
      await pruned(store, 200, 1e9)
      assert.equal((await store.progress()).length, 1)
      await pruned(store, JOURNAL_MS + DAY, 1e9)
      assert.equal((await store.progress()).length, 0)
    })
  })
}

async function pruned(store: Store, olderThanAt: number, maxBytes: number): Promise<number> {
  let all = 0
  for (let some = await store.prune(olderThanAt, maxBytes); some > 0; some = await store.prune(olderThanAt, maxBytes)) all += some
  return all
}

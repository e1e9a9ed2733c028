import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { app } from '../../src/api/app.ts'
import type { ApprovalStatus, Port, Refused } from '../../src/api/port.ts'
import { Events, type Event } from '../../src/gateway/events.ts'
import type { CallFilter } from '../../src/store/store.ts'
import type { StoredCall } from '../../src/store/stored.ts'
import { VirtualClock } from '../fixtures/clock.ts'

const call = { id: 'abc-1', backend: 'files' } as StoredCall
const opened = (session: string): Event => ({ v: 1, type: 'session.opened', at: 1, session, client: { name: 'c', version: '1' }, era: 'legacy', revision: '' })

function stage() {
  const clock = new VirtualClock()
  const events = new Events(clock)
  const asked: unknown[] = []
  const refused: Refused[] = []
  let revoked = false
  const port: Port = {
    token: 'secret',
    who: key => {
      const principal = { id: key, kind: 'key', org: 'default', roles: [], scopes: [] } as const
      if (key === 'operator' && !revoked) return { ...principal, operator: true }
      return key === 'caller' ? principal : { code: key === 'busy' ? 'store_busy' : 'unauthenticated', message: 'no' }
    },
    refused: one => void refused.push(one),
    status: () => ({ v: 1, id: 'abc', pid: 1, version: '0', startedAt: 1, sessions: [], backends: [], calls: [], counters: events.state().counters }),
    state: () => events.state(),
    watch: watcher => events.watch(watcher),
    calls: (filter: CallFilter) => {
      asked.push(filter)
      return [call]
    },
    call: id => (id === 'abc-1' ? { kind: 'found', call } : id === 'a' ? { kind: 'several', ids: ['abc-1', 'abd-1'] } : { kind: 'none' }),
    payloads: () => [{ part: 'arguments', text: '{}', bytes: 2, redactions: 0, cut: false, seq: 3, hash: '' }],
    legs: () => [{ at: 1, for: 'input', asked: [], seq: 2, hash: '' }],
    limits: () => [{ id: 'abc123', scope: 'all', rate: '60/1m', unit: 'calls', budgets: [{ left: 1, of: 60, used: [{ client: 'cursor', amount: 59 }] }] }],
    tools: () => [{ name: 'files__read', backend: 'files', tool: 'read', bytes: 100 }],
    activity: (sinceAt, slotMs) => ({ sinceAt, slotMs, total: { calls: 1, bytes: 1 }, slots: [], outcomes: {}, tools: [], clients: [] }),
    approvals: all => [{ id: all ? 'old' : 'new' } as ApprovalStatus],
    approval: (id, key) => (id === 'abc' ? ({ id, arguments: key === undefined ? '{"clear":1}' : '{}' } as ApprovalStatus) : undefined),
    answer: async (id, answering, key) => {
      asked.push(key === undefined ? answering : { key })
      return id === 'abc' ? undefined : { code: id as 'late', message: 'no' }
    },
    answers: () => [],
    pins: () => [{ name: 'files__read', backend: 'files', tool: 'read', state: 'changed', firstAt: 1, marks: [], accepted: 'a', offered: 'b' }],
    decide: async (name, deciding, key) => {
      asked.push(key === undefined ? deciding : { key })
      return name === 'files' ? undefined : { code: name as 'differs', message: 'no' }
    },
    attend: () => {
      asked.push('comes')
      return () => asked.push('goes')
    },
    act: async (name, verb) => {
      asked.push(`${verb} ${name}`)
      if (name === 'parked') return { code: 'backend_auth', message: 'no' }
      return name === 'my files' ? undefined : 'unknown'
    },
  }
  const api = app(port)
  const ask = (path: string, init: RequestInit = {}) => api.request(path, { headers: { Authorization: 'Bearer secret' }, ...init })
  return { api, port, ask, events, clock, asked, refused, revoke: () => (revoked = true) }
}

describe('the control API', () => {
  test('answers nobody without the token, not even that it is there', async () => {
    const { api } = stage()
    for (const headers of [{}, { Authorization: 'Bearer' }, { Authorization: 'Bearer wrong' }, { Authorization: 'secret' }])
      for (const path of ['/status', '/events', '/healthz', '/calls', '/nothing']) {
        const response = await api.request(path, { headers })
        assert.equal(response.status, 401)
        assert.equal(((await response.json()) as any).error.code, 'unauthenticated')
      }
  })

  test('says whom it has not let in, and why: with no token, a wrong one, or a key that is not for this', async () => {
    const { api, ask, refused, revoke } = stage()
    const say = (bearer: string | undefined, path = '/calls?tool=secret', method = 'GET') =>
      api.request(path, { method, headers: bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` } })
    await say(undefined)
    await say('wrong', '/approvals/abc', 'POST')
    await say('caller')
    await say('busy')
    await say('operator')
    await ask('/status')
    revoke()
    await say('operator')
    assert.deepEqual(
      refused.map(({ key, fault, from, asked }) => [key, fault.code, from, asked]),
      [
        [undefined, 'unauthenticated', 'this machine', 'GET /calls'],
        ['wrong', 'unauthenticated', 'this machine', 'POST /approvals/abc'],
        ['caller', 'denied', 'this machine', 'GET /calls'],
        ['operator', 'unauthenticated', 'this machine', 'GET /calls'],
      ],
    )
  })

  test('says for who was let in, once, that he decided', async () => {
    const { api, asked, port } = stage()
    let looked = 0
    const { who } = port
    Object.assign(port, { who: (key: string) => (looked++ === 0 ? who(key) : { code: 'unauthenticated', message: 'revoked by now' }) })
    const post = (path: string, body: object) =>
      api.request(path, { method: 'POST', headers: { Authorization: 'Bearer operator' }, body: JSON.stringify(body) })
    assert.equal((await post('/approvals/abc', { decision: 'allow', argumentsHash: 'h' })).status, 204)
    looked = 0
    assert.equal((await post('/pins/files', { decision: 'accept', offered: { files__read: 'h' } })).status, 204)
    assert.deepEqual(asked, [{ key: 'operator' }, { key: 'operator' }])
  })

  test('shows the secrets of a question to who has the token, and to no key', async () => {
    const { api } = stage()
    for (const [bearer, shown] of [
      ['secret', '{"clear":1}'],
      ['operator', '{}'],
    ] as const) {
      const response = await api.request('/approvals/abc', { headers: { Authorization: `Bearer ${bearer}` } })
      assert.equal(((await response.json()) as any).arguments, shown)
    }
  })

  test('is heard by a watcher when nothing happens, and so a revoked key is seen', async t => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    const { api, revoke } = stage()
    const reader = (await api.request('/events', { headers: { Authorization: 'Bearer operator' } })).body!.getReader()
    await reader.read()
    t.mock.timers.tick(15_000)
    assert.equal(Buffer.from((await reader.read()).value!).toString(), ':\n\n')
    revoke()
    t.mock.timers.tick(15_000)
    assert.equal((await reader.read()).done, true)
  })

  test('answers the key of an operator, and no other key', async () => {
    const { api } = stage()
    for (const [key, status] of [
      ['operator', 200],
      ['caller', 403],
      ['busy', 503],
      ['revoked', 401],
    ] as const)
      for (const path of ['/status', '/calls']) assert.equal((await api.request(path, { headers: { Authorization: `Bearer ${key}` } })).status, status, key)
    const response = await api.request('/backends/my%20files/stop', { method: 'POST', headers: { Authorization: 'Bearer caller' } })
    assert.equal(response.status, 403)
    assert.match(((await response.json()) as any).error.message, /--operator/)
  })

  test('tells nothing more to who follows with a key that has been revoked', async () => {
    const { api, events, clock, revoke } = stage()
    const reader = (await api.request('/events', { headers: { Authorization: 'Bearer operator' } })).body!.getReader()
    assert.match(Buffer.from((await reader.read()).value!).toString(), /^event: state/)
    events.emit(opened('before'))
    await clock.pass(50)
    assert.match(Buffer.from((await reader.read()).value!).toString(), /before/)
    revoke()
    events.emit(opened('after'))
    await clock.pass(50)
    assert.equal((await reader.read()).done, true)
  })

  test('reads no more of a body than anybody writes by hand', async () => {
    const { ask } = stage()
    let pulled = 0
    const body = new ReadableStream({
      pull(stream) {
        if (++pulled > 64) stream.close()
        else stream.enqueue(new Uint8Array(128 * 1024).fill(0x20))
      },
    })
    const response = await ask('/approvals/abc', { method: 'POST', body, duplex: 'half' } as RequestInit)
    assert.equal(response.status, 400)
    assert.match(((await response.json()) as any).error.message, /at most/)
    assert.ok(pulled < 20, `${pulled} pieces`)
  })

  test('does not take an empty token for one', async () => {
    const empty = app({ token: '', who: () => ({ code: 'unauthenticated', message: 'no' }), refused: () => {} } as unknown as Port)
    for (const Authorization of ['Bearer', 'Bearer ', 'bearer  ', ''])
      assert.equal((await empty.request('/healthz', { headers: { Authorization } })).status, 401)
  })

  test('says that it is there, and what is live', async () => {
    const { ask } = stage()
    assert.deepEqual(await (await ask('/healthz')).json(), { ok: true })
    assert.equal(((await (await ask('/status')).json()) as any).id, 'abc')
  })

  test('finds calls by what they are asked for', async () => {
    const { ask, asked } = stage()
    const response = await ask('/calls?backend=files&tool=a*&client=c&key=ci&project=app&outcome=failed&since=2027-01-01T00:00:00Z&limit=7')
    assert.deepEqual(await response.json(), [call])
    assert.deepEqual(asked, [
      { backend: 'files', tool: 'a*', client: 'c', key: 'ci', project: 'app', outcome: 'failed', sinceAt: Date.UTC(2027, 0, 1), limit: 7 },
    ])
    assert.equal((await ask('/calls?since=1800000000000')).status, 200)
    assert.equal((await ask('/calls?since=yesterday')).status, 400)
    assert.equal((await ask('/calls?limit=all')).status, 400)
  })

  test('shows one call, by its id or what it begins with', async () => {
    const { ask } = stage()
    const { payloads, legs, ...rest } = (await (await ask('/calls/abc-1')).json()) as any
    assert.deepEqual(rest, call)
    assert.deepEqual(
      payloads.map((one: any) => [one.part, one.text]),
      [['arguments', '{}']],
    )
    assert.deepEqual(
      legs.map((one: any) => [one.at, one.for]),
      [[1, 'input']],
    )
    assert.equal((await ask('/calls/a')).status, 409)
    assert.equal((await ask('/calls/zzz')).status, 404)
  })

  test('shows limits, tools and what has happened since', async () => {
    const { ask } = stage()
    assert.equal(((await (await ask('/limits')).json()) as any)[0].budgets[0].used[0].client, 'cursor')
    assert.equal(((await (await ask('/tools')).json()) as any)[0].name, 'files__read')
    assert.deepEqual(((await (await ask('/activity?since=1000&slot=500')).json()) as any).slotMs, 500)
    for (const query of ['', '?since=1000', '?since=never&slot=500', '?since=1&slot=0']) assert.equal((await ask(`/activity${query}`)).status, 400)
  })

  test('starts, stops and restarts a backend, whatever its name', async () => {
    const { ask, asked } = stage()
    for (const verb of ['start', 'stop', 'restart']) assert.equal((await ask(`/backends/my%20files/${verb}`, { method: 'POST' })).status, 204)
    assert.deepEqual(asked, ['start my files', 'stop my files', 'restart my files'])
    assert.equal((await ask('/backends/none/start', { method: 'POST' })).status, 404)
    assert.equal((await ask('/backends/my%20files/burn', { method: 'POST' })).status, 404)
    assert.equal((await ask('/backends/my%20files/start')).status, 404)
    const parked = await ask('/backends/parked/start', { method: 'POST' })
    assert.equal(parked.status, 502)
    assert.deepEqual(await parked.json(), { error: { code: 'backend_auth', message: 'no' } })
  })
})

describe('a watcher', () => {
  const chunk = async (reader: ReadableStreamDefaultReader<Uint8Array>) => Buffer.from((await reader.read()).value!).toString()

  test('gets the state once, then every event after it', async () => {
    const { ask, events, clock } = stage()
    events.emit(opened('s1'))
    const reader = (await ask('/events')).body!.getReader()
    const state = await chunk(reader)
    assert.match(state, /^event: state\ndata: \{"v":1,"sessions":\{"s1":/)
    events.emit(opened('s2'))
    await clock.pass(50)
    assert.equal(await chunk(reader), `event: events\ndata: ${JSON.stringify([opened('s2')])}\n\n`)
    await reader.cancel()
  })

  test('that does not read is cut off, and what waited for it is dropped', async () => {
    const { ask, events, clock } = stage()
    const reader = (await ask('/events')).body!.getReader()
    await chunk(reader)
    for (let n = 0; n < 40; n++) {
      events.emit(opened('x'.repeat(60_000)))
      await clock.pass(50)
    }
    assert.equal((await reader.read()).done, true)
  })

  test('that reads slowly gets all that has come meanwhile', async () => {
    const { ask, events, clock } = stage()
    const reader = (await ask('/events')).body!.getReader()
    await chunk(reader)
    for (const session of ['a', 'b', 'c']) {
      events.emit(opened(session))
      await clock.pass(50)
    }
    assert.equal((await chunk(reader)).match(/event: events\n/g)?.length, 3)
  })

  test('that has left is forgotten', async () => {
    const { ask, events, clock } = stage()
    const response = await ask('/events')
    await response.body!.cancel()
    events.emit(opened('s'))
    await clock.pass(50)
  })

  test('shows pins, and takes decisions on what somebody has seen', async () => {
    const { ask, asked } = stage()
    assert.equal(((await (await ask('/pins')).json()) as any)[0].state, 'changed')
    const post = (path: string, body: string) => ask(path, { method: 'POST', body, headers: { Authorization: 'Bearer secret' } })
    const yes = { decision: 'accept', offered: { files__read: 'b' } }
    assert.equal((await post('/pins/files', JSON.stringify(yes))).status, 204)
    assert.deepEqual(asked, [yes])
    for (const [code, status] of Object.entries({ not_found: 404, differs: 409, unrecorded: 503 }))
      assert.equal((await post(`/pins/${code}`, JSON.stringify(yes))).status, status, code)
    for (const odd of [
      '',
      '[]',
      '{"decision":"allow","offered":{}}',
      '{"decision":"accept"}',
      '{"decision":"accept","offered":{"a":1}}',
      '{"decision":"accept","offered":["b"]}',
    ])
      assert.equal((await post('/pins/files', odd)).status, 400, odd)
  })

  test('shows questions and takes answers to them, each digit as it was written', async () => {
    const { ask, asked } = stage()
    const id = async (path: string) => ((await (await ask(path)).json()) as any)[0].id
    assert.deepEqual([await id('/approvals'), await id('/approvals?all=1')], ['new', 'old'])
    assert.equal((await ask('/approvals/abc')).status, 200)
    assert.equal((await ask('/approvals/other')).status, 404)
    const post = (path: string, body: string) => ask(path, { method: 'POST', body, headers: { Authorization: 'Bearer secret' } })
    const said = '{"decision":"allow","argumentsHash":"h","arguments":{"n":9007199254740993,"größe":1.0},"reason":"ok"}'
    assert.equal((await post('/approvals/abc', said)).status, 204)
    assert.deepEqual(asked, [{ decision: 'allow', argumentsHash: 'h', remember: undefined, reason: 'ok', arguments: '{"n":9007199254740993,"größe":1.0}' }])
    const no = '{"decision":"deny","argumentsHash":"h"}'
    for (const [code, status] of [
      ['late', 409],
      ['differs', 409],
      ['not_found', 404],
      ['invalid', 400],
      ['unrecorded', 503],
    ] as const)
      assert.equal((await post(`/approvals/${code}`, no)).status, status, code)
    asked.length = 0
    for (const odd of [
      '',
      '[]',
      '{}',
      '{"decision":"yes","argumentsHash":"h"}',
      '{"decision":"allow"}',
      '{"decision":"allow","argumentsHash":"h","remember":"always"}',
      '{"decision":"allow","argumentsHash":"h","remember":{"for":"5m","pins":[1]}}',
    ])
      assert.equal((await post('/approvals/abc', odd)).status, 400, odd)
    assert.deepEqual(asked, [])
  })

  test('counts who can answer, from when their stream begins to when it ends', async () => {
    const { ask, asked } = stage()
    const only = (await ask('/events')).body!.getReader()
    await only.read()
    assert.deepEqual(asked, [])
    const answers = (await ask('/events?answers=1')).body!.getReader()
    await answers.read()
    assert.deepEqual(asked, ['comes'])
    await only.cancel()
    await answers.cancel()
    assert.deepEqual(asked, ['comes', 'goes'])
  })
})

// Backends that are slow, gone, mad or refused: what it means for the one client, and what it must not mean for the other backends.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { settled } from '../fixtures/clock.ts'
import { echoing, server, stage, type Script } from './stage.ts'

const silent: Script = () => {}
const names = (message: { result?: any }) => message.result.tools.map((tool: { name: string }) => tool.name)
const fault = (message: { result?: any } | undefined) => message?.result._meta['mcpgw/fault'].code

describe('the first list', () => {
  test('waits for backends never seen, all at once, and no longer than they take', async () => {
    const { client, clock, starts } = stage({ a: echoing('x'), b: echoing('y') })
    await client.greet()
    assert.deepEqual(names(await client.ask('tools/list')), ['a__x', 'b__y'])
    assert.deepEqual(starts, { a: 1, b: 1 })
    assert.equal(clock.now(), 1_000_000)
  })

  test('is answered 450 ms after the first backend that spoke, without the one that hangs', async () => {
    const { client, clock } = stage({ good: echoing('x'), hangs: silent })
    await client.greet()
    client.say({ id: 'l', method: 'tools/list' })
    await clock.pass(449)
    assert.equal(client.answer('l'), undefined)
    await clock.pass(1)
    assert.deepEqual(names(client.answer('l')!), ['good__x'])
  })

  test('is answered after 800 ms when nobody speaks', async () => {
    const { client, clock } = stage({ hangs: silent })
    await client.greet()
    client.say({ id: 'l', method: 'tools/list' })
    await clock.pass(799)
    assert.equal(client.answer('l'), undefined)
    await clock.pass(1)
    assert.deepEqual(names(client.answer('l')!), [])
  })

  test('is told once that it changed, as soon as the last of the late backends has spoken', async () => {
    let waiting: (() => void)[] | undefined = []
    const late: Script = (message, say) => {
      const act = () => echoing('late')(message, say, () => {})
      if (waiting) waiting.push(act)
      else act()
    }
    const { client, clock } = stage({ a: late, b: late, good: echoing('x') })
    await client.greet()
    client.say({ id: 'l', method: 'tools/list' })
    await clock.pass(450)
    assert.deepEqual(names(client.answer('l')!), ['good__x'])
    for (const act of waiting) act()
    waiting = undefined
    const now = clock.now()
    await settled()
    assert.equal(client.notified('notifications/tools/list_changed').length, 1)
    assert.equal(clock.now(), now)
    await clock.pass(200)
    assert.equal(client.notified('notifications/tools/list_changed').length, 1)
    assert.deepEqual(names(await client.ask('tools/list')), ['a__late', 'b__late', 'good__x'])
  })
})

describe('a call of what nobody has seen', () => {
  test('waits until the backend whose name it bears has spoken, however slow its start; any other is unknown after 800 ms', async () => {
    let waiting: (() => void)[] | undefined = []
    const late: Script = (message, say) => {
      const act = () => echoing('work')(message, say, () => {})
      if (waiting) waiting.push(act)
      else act()
    }
    const { client, clock } = stage({ late, hangs: silent })
    await client.greet()
    client.say({ id: 'mine', method: 'tools/call', params: { name: 'late__work' } })
    client.say({ id: 'none', method: 'tools/call', params: { name: 'nobody__work' } })
    await clock.pass(800)
    assert.match(client.answer('none')!.error.message, /Unknown tool: nobody__work/)
    await clock.pass(4000)
    assert.equal(client.answer('mine'), undefined)
    for (const act of waiting) act()
    waiting = undefined
    await settled()
    assert.ok(client.answer('mine')?.result, JSON.stringify(client.answer('mine')))
  })

  test('is unknown once that backend has spoken and has no such tool, or can not be started', async () => {
    const { client, clock } = stage({ here: echoing('work'), hangs: silent })
    await client.greet()
    client.say({ id: 'o', method: 'tools/call', params: { name: 'here__other' } })
    await clock.pass(450)
    assert.match(client.answer('o')!.error.message, /Unknown tool: here__other/)
    client.say({ id: 'h', method: 'tools/call', params: { name: 'hangs__work' } })
    await clock.pass(120_000)
    assert.match(client.answer('h')!.error.message, /Unknown tool: hangs__work/)
  })
})

describe('remembered lists', () => {
  test('are read behind the greeting, once: the list that comes next finds them', async () => {
    const { client, session } = stage({ a: echoing('x') }, { memory: await before() })
    const { backends } = session
    const recall = backends.recall.bind(backends)
    let reads = 0
    backends.recall = () => {
      reads++
      return recall()
    }
    await client.greet()
    assert.equal(reads, 1)
    assert.deepEqual(names(await client.ask('tools/list')), ['a__x'])
    assert.equal(reads, 1)
  })

  const before = async () => {
    const { client, memory, session } = stage({ a: echoing('x') })
    await client.greet()
    await client.ask('tools/list')
    await settled()
    session.close('over')
    return memory
  }

  test('are offered at once, and no backend is started for them', async () => {
    const { client, starts } = stage({ a: echoing('x') }, { memory: await before() })
    await client.greet()
    assert.deepEqual(names(await client.ask('tools/list')), ['a__x'])
    assert.deepEqual(starts, {})
  })

  test('are corrected when the backend speaks, with one list_changed', async () => {
    const { client, clock } = stage({ a: echoing('x', 'new') }, { memory: await before() })
    await client.greet()
    await client.ask('tools/list')
    await client.ask('tools/call', { name: 'a__x' })
    await clock.pass(300)
    assert.equal(client.notified('notifications/tools/list_changed').length, 1)
    assert.deepEqual(names(await client.ask('tools/list')), ['a__x', 'a__new'])
  })

  test('say which era to begin with: a legacy backend is not probed again', async () => {
    const { client, got } = stage({ a: echoing('x') }, { memory: await before() })
    await client.greet()
    await client.ask('tools/call', { name: 'a__x' })
    assert.equal(got['a']![0]!.method, 'initialize')
  })
})

describe('a backend that lies', () => {
  test('by offering a name twice, keeps the first', async () => {
    const { client } = stage({
      a: server([
        { name: 'x', title: 'first' },
        { name: 'x', title: 'second' },
      ]),
    })
    await client.greet()
    const { result } = await client.ask('tools/list')
    assert.deepEqual(result.tools, [{ name: 'a__x', title: 'first' }])
  })

  test('by offering what has no name, loses only that', async () => {
    const { client } = stage({ a: server([{ title: 'nameless' }, { name: 7 }, 'x']) })
    await client.greet()
    assert.deepEqual(names(await client.ask('tools/list')), ['a__x'])
  })

  test('by promising prompts that it does not have, keeps its tools', async () => {
    const lying = server(['x'], ({ id, method }, say) => method === 'prompts/list' && say({ id, error: { code: -32601, message: 'no' } }), {
      tools: {},
      prompts: {},
    })
    const { client } = stage({ a: lying })
    await client.greet()
    assert.deepEqual(names(await client.ask('tools/list')), ['a__x'])
    assert.deepEqual((await client.ask('prompts/list')).result.prompts, [])
  })

  test('by paging without end, is cut off', async () => {
    const endless: Script = (message, say, hangUp) =>
      message.method === 'tools/list' ? say({ id: message.id, result: { tools: [{ name: 'x' }], nextCursor: 'again' } }) : echoing('x')(message, say, hangUp)
    const { client } = stage({ a: endless, b: echoing('y') })
    await client.greet()
    assert.deepEqual(names(await client.ask('tools/list')), ['a__x', 'b__y'])
  })

  test('by crying list_changed without end, is listened to less and less', async () => {
    let lists = 0
    const crying: Script = (message, say, hangUp) => {
      echoing('x')(message, say, hangUp)
      if (message.method === 'tools/list' && ++lists < 1000) say({ method: 'notifications/tools/list_changed' })
    }
    const { client, clock } = stage({ a: crying })
    await client.greet()
    await client.ask('tools/list')
    await clock.pass(60_000)
    assert.ok(lists < 20, `${lists} lists in a minute`)
    assert.equal(client.notified('notifications/tools/list_changed').length, 0)
  })
})

describe('a call', () => {
  test('times out at its backend alone, is cancelled there, and says that it may have run', async () => {
    const { client, clock, got, journal } = stage({ slow: server(['x']), good: echoing('y') }, { settings: { slow: { timeoutMs: 1000 } } })
    await client.greet()
    await client.ask('tools/list')
    client.say({ id: 1, method: 'tools/call', params: { name: 'slow__x' } })
    await settled()
    assert.match((await client.ask('tools/call', { name: 'good__y' })).result.content[0].text, /^y/)
    await clock.pass(1000)
    assert.equal(fault(client.answer(1)), 'backend_timeout')
    assert.match(client.answer(1)!.result.content[0].text, /did not answer within 1 s\. The call may still have been executed/)
    assert.equal(got['slow']!.at(-1)!.method, 'notifications/cancelled')
    assert.deepEqual(journal.outcomes, ['answered', 'failed'])
  })

  test('that reports progress is given more time', async () => {
    let answer = () => {}
    const slow = server(['x'], ({ id, method, params }, say) => {
      if (method === 'tools/call') answer = () => say({ method: 'notifications/progress', params: { progressToken: params._meta.progressToken, progress: 1 } })
      void id
    })
    const { client, clock } = stage({ slow }, { settings: { slow: { timeoutMs: 1000 } } })
    await client.greet()
    client.say({ id: 1, method: 'tools/call', params: { name: 'slow__x', _meta: { progressToken: 'p' } } })
    await settled(30)
    await clock.pass(900)
    answer()
    await clock.pass(900)
    assert.equal(client.answer(1), undefined)
    await clock.pass(200)
    assert.equal(fault(client.answer(1)), 'backend_timeout')
  })

  test('whose backend dies under it is answered once, and not sent again', async () => {
    const { client, got, journal } = stage({ dies: server(['x'], ({ method }, _say, hangUp) => method === 'tools/call' && hangUp()) })
    await client.greet()
    await client.ask('tools/list')
    const answer = await client.ask('tools/call', { name: 'dies__x' })
    assert.equal(fault(answer), 'backend_unavailable')
    assert.match(answer.result.content[0].text, /may have been executed: check before you repeat it/)
    assert.equal(got['dies']!.filter(one => one.method === 'tools/call').length, 1)
    assert.deepEqual(journal.outcomes, ['failed'])
  })

  test('after a crash waits out a short pause and goes to the new process', async () => {
    let crashed = false
    const once = server(['x'], ({ id, method }, say, hangUp) => {
      if (method !== 'tools/call') return
      if (crashed) say({ id, result: { content: [] } })
      else hangUp()
      crashed = true
    })
    const { client, clock, starts } = stage({ once })
    await client.greet()
    await client.ask('tools/list')
    await client.ask('tools/call', { name: 'once__x' })
    client.say({ id: 'again', method: 'tools/call', params: { name: 'once__x' } })
    await settled()
    assert.equal(client.answer('again'), undefined)
    await clock.pass(600)
    assert.deepEqual(client.answer('again')!.result.content, [])
    assert.equal(starts['once'], 2)
  })

  test('to a backend that crashes again and again is refused at once, with the time to come back', async () => {
    const { client, clock, starts } = stage({ dies: server(['x'], ({ method }, _say, hangUp) => method === 'tools/call' && hangUp()) })
    await client.greet()
    await client.ask('tools/list')
    for (let round = 0; round < 8; round++) {
      client.say({ id: `c${round}`, method: 'tools/call', params: { name: 'dies__x' } })
      await clock.pass(1500)
    }
    await clock.pass(1500)
    const last = client.answer('c7')!.result._meta['mcpgw/fault']
    assert.equal(last.code, 'backend_unavailable')
    assert.ok(last.retryAfterMs > 0)
    assert.ok(starts['dies']! <= 5)
    await clock.pass(60_000)
    client.say({ id: 'trial', method: 'tools/call', params: { name: 'dies__x' } })
    await clock.pass(3000)
    assert.equal(client.answer('trial')!.result._meta['mcpgw/fault'].retryAfterMs, undefined)
  })

  test('over the cap waits its turn; over the queue it is refused as overloaded', async () => {
    const held: (() => void)[] = []
    const slow = server(['x'], ({ id, method }, say) => method === 'tools/call' && held.push(() => say({ id, result: { content: [] } })))
    const { client } = stage({ slow }, { settings: { slow: { concurrency: 1 } } })
    await client.greet()
    await client.ask('tools/list')
    for (let id = 0; id < 22; id++) client.say({ id, method: 'tools/call', params: { name: 'slow__x' } })
    await settled()
    assert.equal(held.length, 1)
    assert.equal(fault(client.answer(21)), 'overloaded')
    for (let id = 0; id < 21; id++) {
      held[id]!()
      await settled()
      assert.ok(client.answer(id), String(id))
    }
  })

  test('to a backend that cannot even be started says what to do', async () => {
    const { client } = stage(
      { a: echoing('x') },
      { faults: { a: { code: 'backend_unavailable', message: '"a" can not be started: the variable TOKEN is not set' } } },
    )
    await client.greet()
    client.say({ id: 1, method: 'tools/list' })
    await settled()
    assert.deepEqual(names(client.answer(1)!), [])
  })
})

describe('a backend that nobody uses', () => {
  test('is stopped after its idle time, and started by the next call', async () => {
    const { client, clock, starts, got } = stage({ a: echoing('x') }, { settings: { a: { idleMs: 5000 } } })
    await client.greet()
    await client.ask('tools/call', { name: 'a__x' })
    await clock.pass(11_000)
    assert.equal(starts['a'], 1)
    client.say({ id: 'again', method: 'tools/call', params: { name: 'a__x' } })
    await clock.pass(1)
    assert.ok(client.answer('again')!.result.content)
    assert.equal(starts['a'], 2)
    assert.ok(got['a']!.length > 0)
  })

  test('stays while the client follows one of its resources', async () => {
    const followed = server(
      [],
      ({ id, method }, say) => {
        if (method === 'resources/list') say({ id, result: { resources: [{ uri: 'x:1', name: 'one' }] } })
        else if (method?.startsWith('resources/')) say({ id, result: { resourceTemplates: [] } })
      },
      { resources: { subscribe: true } },
    )
    const { client, clock, starts } = stage({ a: followed }, { settings: { a: { idleMs: 5000 } } })
    await client.greet()
    await client.ask('resources/list')
    await client.ask('resources/subscribe', { uri: 'x:1' })
    await clock.pass(60_000)
    assert.equal(starts['a'], 1)
    assert.equal((await client.ask('resources/unsubscribe', { uri: 'x:1' })).error, undefined)
  })

  test('that gives no sign of life while in use is started anew', async () => {
    let deaf = false
    const script: Script = (message, say, hangUp) => {
      if (message.method === 'ping' && deaf) return
      echoing('x')(message, say, hangUp)
    }
    const { client, clock, starts } = stage({ a: script })
    await client.greet()
    await client.ask('tools/call', { name: 'a__x' })
    deaf = true
    await clock.pass(45_000)
    client.say({ id: 'again', method: 'tools/call', params: { name: 'a__x' } })
    await clock.pass(5000)
    assert.equal(starts['a'], 2)
    assert.ok(client.answer('again'))
  })
})

describe('a URI that two backends offer', () => {
  const offering = server(
    [],
    ({ id, method }, say) => {
      if (method === 'resources/list') say({ id, result: { resources: [{ uri: 'x:1', name: 'one' }] } })
      else if (method === 'resources/templates/list') say({ id, result: { resourceTemplates: [] } })
    },
    { resources: {} },
  )
  const uris = (message: { result?: any }) => message.result.resources.map((one: { uri: string }) => one.uri)

  test('stays with who offered it first, also in a later process whose settings name the other one before', async () => {
    const first = stage({ b: offering })
    await first.client.greet()
    await first.client.ask('resources/list')
    const second = stage({ a: offering, b: offering }, { memory: first.memory })
    await second.client.greet()
    assert.deepEqual(uris(await second.client.ask('resources/list')), ['mcpgw+a:x:1', 'x:1'])
    const third = stage({ a: offering, b: offering }, { memory: second.memory })
    await third.client.greet()
    assert.deepEqual(uris(await third.client.ask('resources/list')), ['mcpgw+a:x:1', 'x:1'])
  })
})

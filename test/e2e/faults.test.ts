// One bad backend is one bad backend (law 9): processes that hang, crash, lie and flood, beside one that is good.

import assert from 'node:assert/strict'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fault, Home, type Entry, type Gateway } from './launch.ts'

const code = (message: { result?: any }) => message.result?._meta?.['mcpgw/fault']?.code
const said = (message: { result?: any }) => message.result?.content?.[0]?.text

/** A gateway with a good backend and a bad one, greeted. */
async function beside(t: TestContext, bad: Entry, settings: Record<string, unknown> = {}, listed = ['good', 'bad']): Promise<Gateway> {
  const gateway = new Home(t, { good: fault(), bad }, settings).launch()
  await gateway.greet({}, listed)
  return gateway
}

/** The good one answers, right and soon, and everything ends as it should. */
async function unharmed(gateway: Gateway, calls = 20): Promise<void> {
  for (let key = 0; key < calls; key++) {
    const from = performance.now()
    assert.equal(said(await gateway.call('good__echo', { key })), JSON.stringify({ key }))
    assert.ok(performance.now() - from < 2000, 'the good backend waited for the bad one')
  }
  await gateway.end()
}

describe('a backend that hangs', () => {
  test('at server/discover: is asked to initialize after a while, and then listed', async t => {
    const gateway = await beside(t, fault({ hang: 'server/discover' }, { startTimeoutMs: 1000 }), {}, ['good'])
    assert.ok((await gateway.tools()).includes('good__echo'))
    await gateway.until(message => message.method === 'notifications/tools/list_changed', 'the news')
    assert.equal(said(await gateway.call('bad__echo', { a: 1 })), '{"a":1}')
    await unharmed(gateway)
  })

  for (const hang of ['initialize', 'tools/list'])
    test(`at ${hang}: the others are listed and called, its own tools are unknown`, async t => {
      const gateway = await beside(t, fault({ hang }, { startTimeoutMs: 600, timeoutMs: 600 }), {}, ['good'])
      assert.ok((await gateway.tools()).includes('good__echo'))
      assert.equal((await gateway.call('bad__echo')).error?.code, -32602)
      await unharmed(gateway)
    })

  test('at a call: that call times out, the next ones are answered', async t => {
    const gateway = await beside(t, fault({}, { timeoutMs: 300 }))
    assert.equal(code(await gateway.call('bad__hang')), 'backend_timeout')
    assert.equal(said(await gateway.call('bad__echo')), '{}')
    await unharmed(gateway)
  })
})

describe('a backend that crashes', () => {
  for (const crash of ['start', 'server/discover', 'initialize', 'notifications/initialized', 'tools/list'])
    test(`at ${crash}: the others go on`, async t => {
      const gateway = await beside(t, fault({ crash }), {}, ['good'])
      assert.ok((await gateway.tools()).includes('good__echo'))
      await unharmed(gateway)
    })

  test('that can not be started at all: the others go on', async t => {
    const gateway = await beside(t, { command: '/nowhere/to/be/found' }, {}, ['good'])
    await unharmed(gateway)
  })

  test('during a call: that call fails once and is not sent again; the next one finds it started again', async t => {
    const gateway = await beside(t, fault())
    assert.equal(code(await gateway.call('bad__crash')), 'backend_unavailable')
    assert.equal(said(await gateway.call('bad__echo')), '{}')
    await unharmed(gateway)
  })

  test('within its answer: half an answer is none', async t => {
    const gateway = await beside(t, fault())
    assert.equal(code(await gateway.call('bad__half')), 'backend_unavailable')
    await unharmed(gateway)
  })
})

describe('a backend that lies', () => {
  test('by junk on stdout, before, between and within its lines, is understood all the same', async t => {
    const gateway = await beside(t, fault({ junk: 1 }))
    assert.equal(said(await gateway.call('bad__junk')), 'grüße, whole')
    await unharmed(gateway)
  })

  test('by answering others: nobody is answered but who asked', async t => {
    const gateway = await beside(t, fault())
    const sleeping = gateway.ask('tools/call', { name: 'bad__sleep', arguments: { ms: 200 } }, 'sleeper')
    assert.equal(said(await gateway.call('bad__wrong')), 'right')
    assert.equal(said(await sleeping), 'awake')
    assert.equal(gateway.answers('sleeper').length, 1)
    await unharmed(gateway)
  })

  test('by two ids in one line: it answers at most the one that it was asked', async t => {
    const gateway = await beside(t, fault())
    const sleeping = gateway.ask('tools/call', { name: 'bad__sleep', arguments: { ms: 300 } }, 'sleeper')
    assert.equal(said(await gateway.call('bad__duplicate', { by: -1 })), 'right')
    assert.equal(said(await sleeping), 'awake')
    await unharmed(gateway)
  })

  test('by answering twice: the first answer counts, the second reaches nobody', async t => {
    const gateway = await beside(t, fault())
    assert.equal(said(await gateway.ask('tools/call', { name: 'bad__twice' }, 'once')), 'first')
    await gateway.call('bad__echo')
    assert.equal(gateway.answers('once').length, 1)
    await unharmed(gateway)
  })

  test('by answers that are none: each call is answered all the same, with a failure', async t => {
    const gateway = await beside(t, fault({}, { timeoutMs: 1000 }))
    const none = [
      '"result":null',
      '"result":[1]',
      '"result":7',
      '"result":"x"',
      '"error":null',
      '"error":"no"',
      '"result":{},"error":{"code":1,"message":"both"}',
    ]
    for (const text of none) {
      const answer = await gateway.call('bad__invalid', { text })
      assert.ok(answer.error ?? answer.result.isError, text)
    }
    await unharmed(gateway)
  })

  test('by definitions that are invalid: they pass as they are, but for those without a name', async t => {
    const gateway = await beside(t, fault({ odd: 1 }))
    const { text } = await gateway.until(message => message.result?.tools, 'the list')
    for (const part of [
      '"name":"bad__number","inputSchema":7',
      '{"name":"bad__nothing"}',
      '{"__proto__":{"polluted":1}',
      '"$ref":"https://example.invalid/schema.json"',
    ])
      assert.ok(text.includes(part), part)
    assert.equal(said(await gateway.call('bad__echo')), '{}')
    await unharmed(gateway)
  })
})

describe('a backend that says too much', () => {
  test('10 MB on stderr, at the start and within a call: nothing blocks, and its log is bounded', async t => {
    const home = new Home(t, { good: fault(), bad: fault({ stderr: 10e6 }) })
    const gateway = home.launch()
    await gateway.greet()
    assert.equal(said(await gateway.call('bad__stderr', { bytes: 10e6 })), 'said')
    await unharmed(gateway)
    const logs = join(home.mcpgw, 'logs')
    const kept = readdirSync(logs).reduce((sum, file) => sum + statSync(join(logs, file)).size, 0)
    assert.ok(kept > 0 && kept < 3e6, `${kept} bytes`)
  })

  test('in one line over the limit: that one call fails as too large, the link lives', async t => {
    const gateway = await beside(t, fault(), { maxFrameBytes: 1e6 })
    const sleeping = gateway.call('bad__sleep', { ms: 300 })
    assert.equal(code(await gateway.call('bad__big', { bytes: 5e6 })), 'too_large')
    assert.equal(said(await sleeping), 'awake')
    assert.equal(said(await gateway.call('bad__big', { bytes: 10 })), 'xxxxxxxxxx')
    await unharmed(gateway)
  })

  test('20,000 notifications within a call: they pass, in order, and before the answer', async t => {
    const gateway = await beside(t, fault())
    assert.equal(said(await gateway.call('bad__flood', { count: 20_000 })), 'flooded')
    const heard = gateway.heard.flatMap(({ message }) => (message.method === 'notifications/message' ? [message.params.data] : []))
    assert.deepEqual(heard, [...Array(20_000).keys()])
    await unharmed(gateway)
  })

  test('list_changed 5,000 times within a call: the client hears none that means nothing', async t => {
    const gateway = await beside(t, fault())
    assert.equal(said(await gateway.call('bad__changed', { count: 5000 })), 'changed')
    await unharmed(gateway)
    assert.equal(gateway.heard.filter(({ message }) => message.method === 'notifications/tools/list_changed').length, 0)
  })

  const bulks: Record<string, { head: string; unit: string; tail: string }> = {
    'a notification for nobody, of small objects': {
      head: '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"nobody","data":[',
      unit: '{},',
      tail: '{}]}}',
    },
    'a request of small objects': { head: '{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage","params":{"messages":[', unit: '{},', tail: '{}]}}' },
    'an answer that nobody waits for': { head: '{"jsonrpc":"2.0","id":99,"result":{"content":[', unit: '{},', tail: '{}]}}' },
    'an answer that is a list': { head: '{"jsonrpc":"2.0","id":99,"result":[', unit: '{},', tail: '{}]}' },
    'a list of small objects': { head: '[', unit: '{},', tail: '{}]' },
    'open brackets alone': { head: '', unit: '[[[', tail: '' },
    'no JSON at all': { head: '', unit: 'xyz', tail: '' },
  }
  test(`50 MB in one line, be it ${Object.keys(bulks).join(', ')}: it is handled soon, and memory is bounded`, async t => {
    const gateway = await beside(t, fault())
    for (const [what, line] of Object.entries(bulks)) {
      const bulk = gateway.call('bad__bulk', { ...line, count: 50e6 / line.unit.length })
      let over = false
      void bulk.finally(() => (over = true))
      let longest = 0
      while (!over) {
        const asked = performance.now()
        await gateway.call('good__echo')
        longest = Math.max(longest, performance.now() - asked)
      }
      assert.equal(said(await bulk), 'said', what)
      t.diagnostic(`${what}: the longest wait beside it ${Math.round(longest)} ms, ${Math.round(gateway.memory('VmHWM'))} MB at the peak`)
      assert.ok(longest < 20_000, `${what}: ${longest} ms`)
    }
    assert.ok(gateway.memory('VmHWM') < 4 * 50 + 150, `${gateway.memory('VmHWM')} MB`)
    await unharmed(gateway, 1)
  })

  const tool = '{"name":"echo","inputSchema":{"type":"object"}}'
  const greeting = (more: string) =>
    `{"protocolVersion":"2025-11-25","capabilities":{"tools":{},"experimental":${more}},"serverInfo":{"name":"x","version":"1"}}`
  const offers: Record<string, Record<string, string>> = {
    'a list of 10 million nameless tools': { list: '{"tools":[{}*10000000]}' },
    'a list of half a million tools of one name': { list: `{"tools":[${tool}*500000]}` },
    'a list with 30 MB beside it': { list: `{"tools":[${tool}],"more":[{}*10000000]}` },
    'a list with a million members': { list: `{"tools":[${tool}],"a":1${',"b":2'.repeat(10_000)}}` },
    'a greeting of 30 MB': { initialize: greeting('[{}*10000000]') },
  }
  test(`in ${Object.keys(offers).join(', ')}: all others are listed and called, and memory is bounded`, async t => {
    const bad = Object.values(offers).map((told, at) => [`bad${at}`, fault(told)])
    const gateway = new Home(t, { good: fault(), ...Object.fromEntries(bad) }).launch()
    await gateway.greet({}, ['good'])
    await sleep(2000)
    t.diagnostic(`${Math.round(gateway.memory('VmHWM'))} MB at the peak`)
    assert.ok(gateway.memory('VmHWM') < 400, `${gateway.memory('VmHWM')} MB`)
    await unharmed(gateway, 1)
  })

  const endless: Record<string, Record<string, number>> = {
    'list_changed without end': { changed: 1 },
    'notifications without end': { flood: 1 },
    'requests without end, to a client that does not answer them': { asks: 1 },
    'requests without end, and reads no answer': { asks: 1, deaf: 1 },
  }
  for (const [title, told] of Object.entries(endless))
    test(`${title}: the others are served, and memory is bounded`, async t => {
      const gateway = new Home(t, { good: fault(), bad: fault(told, { startTimeoutMs: 5000 }) }).launch()
      await gateway.greet({ sampling: {} }, ['good'])
      const held = gateway.memory('VmRSS')
      const took: number[] = []
      for (const until = performance.now() + 1000; performance.now() < until; took.push(performance.now() - took.pop()!)) {
        const key = took.length
        took.push(performance.now())
        assert.equal(said(await gateway.call('good__echo', { key })), JSON.stringify({ key }))
      }
      const p99 = took.sort((a, b) => a - b)[Math.floor(took.length * 0.99)]!
      t.diagnostic(`${took.length} calls beside it, p99 ${p99.toFixed(1)} ms`)
      assert.ok(p99 < 500, `p99 ${p99} ms`)
      assert.ok(gateway.memory('VmRSS') < held + 80, `${held} MB, then ${gateway.memory('VmRSS')} MB`)
      await unharmed(gateway)
    })
})

describe('a backend that does not listen', () => {
  test('its calls time out, the others are served', async t => {
    const gateway = await beside(t, fault({ deaf: 1 }, { timeoutMs: 500, startTimeoutMs: 500 }), {}, ['good'])
    await unharmed(gateway)
  })

  test('while it is asked with 100 MB: memory is bounded, the others are served', async t => {
    const gateway = await beside(t, fault({}, { timeoutMs: 700 }))
    assert.equal(said(await gateway.call('bad__deaf')), 'deaf from now on')
    const asked = Array.from({ length: 100 }, (_, key) => gateway.call('bad__echo', { key, text: 'x'.repeat(1e6) }))
    assert.equal(said(await gateway.call('good__echo', { key: 'now' })), '{"key":"now"}')
    for (const answer of await Promise.all(asked)) assert.match(code(answer), /backend_timeout|backend_unavailable|overloaded/)
    assert.ok(gateway.memory('VmHWM') < 500, `${gateway.memory('VmHWM')} MB`)
    await unharmed(gateway)
  })
})

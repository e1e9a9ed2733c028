import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ServerResponse } from 'node:http'
import { systemClock, type Clock } from '../../src/lib/clock.ts'
import { connect, serve } from '../fixtures/http-client.ts'
import { until } from '../fixtures/http-receiver.ts'
import { event, json, result, stream, type Asked } from '../fixtures/http-server.ts'

type Answer = (asked: Asked, response: ServerResponse) => void

const hurried: Clock = { ...systemClock, after: (ms, act) => systemClock.after(ms / 100, act) }
const patient: Clock = { ...systemClock, after: (ms, act) => systemClock.after(ms * 20, act) }

/** A legacy server that does the handshake; `rest` does everything else. */
const legacy = (rest: Answer, get: Answer = (_, response) => response.writeHead(405).end()): Answer => {
  return (asked, response) => {
    const { method, id } = asked.message
    if (method === 'initialize') json(response, result(id, { protocolVersion: '2025-11-25' }), 200, { 'Mcp-Session-Id': 'session-1' })
    else if (method === 'notifications/initialized') response.writeHead(202).end()
    else if (asked.method === 'GET') get(asked, response)
    else rest(asked, response)
  }
}

const ok: Answer = ({ message }, response) => json(response, result(message.id))
const session = ({ headers }: Asked) => [headers['mcp-session-id'], headers['mcp-protocol-version']]

describe('a session', () => {
  test('begins with initialize, is named in every request after it, and ends with DELETE', async t => {
    const server = await serve(t, legacy(ok))
    const { greet, answered, link } = connect(t, server.url)
    await greet()
    await until(() => server.asked.length === 3)
    await answered(2, 'tools/list')
    await link.close()
    assert.deepEqual(
      server.asked.map(one => [one.method, one.message.method, ...session(one)]),
      [
        ['POST', 'initialize', undefined, undefined],
        ['POST', 'notifications/initialized', 'session-1', '2025-11-25'],
        ['GET', undefined, 'session-1', '2025-11-25'],
        ['POST', 'tools/list', 'session-1', '2025-11-25'],
        ['DELETE', undefined, 'session-1', '2025-11-25'],
      ],
    )
  })

  test('need not be: a server without one is asked without one, and gets no DELETE', async t => {
    const server = await serve(t, ({ message }, response) => (message.id ? json(response, result(message.id)) : response.writeHead(202).end()))
    const { greet, answered, link } = connect(t, server.url)
    await greet()
    await answered(2, 'tools/list')
    await link.close()
    assert.ok(server.asked.every(one => one.method !== 'DELETE' && one.headers['mcp-session-id'] === undefined))
  })

  test('ends although the server never answers the DELETE', async t => {
    const server = await serve(
      t,
      legacy(({ method, message }, response) => (method === 'DELETE' ? undefined : json(response, result(message.id)))),
    )
    const { greet, link } = connect(t, server.url, { clock: hurried })
    await greet()
    await link.close()
  })

  test('requests wait until the server has accepted notifications/initialized', async t => {
    const order: string[] = []
    const server = await serve(t, (asked, response) => {
      const { method } = asked.message
      if (method === 'notifications/initialized')
        setTimeout(() => {
          order.push('accepted')
          response.writeHead(202).end()
        }, 50)
      else legacy((one, to) => (order.push(one.message.method!), ok(one, to)))(asked, response)
    })
    const { greet, answered } = connect(t, server.url)
    await greet()
    await Promise.all([answered(2, 'a'), answered(3, 'b')])
    assert.equal(order[0], 'accepted')
    assert.equal(order.length, 3)
  })

  test('that a request ended while it waited is not sent', async t => {
    const server = await serve(t, legacy(ok))
    const { greet, ask, answered } = connect(t, server.url)
    await greet()
    ask(2, 'a').end()
    await answered(3, 'b')
    assert.ok(server.asked.every(one => one.message.id !== 2))
  })

  for (const [status, body] of [
    [404, { jsonrpc: '2.0', error: { code: -32001, message: 'Session not found' }, id: null }],
    [400, { jsonrpc: '2.0', error: { code: -32000, message: 'Bad Request: No valid session ID provided' } }],
  ] as const)
    test(`that the server does not know any more (HTTP ${status}) closes the link; requests that were refused for it are known to be unsent`, async t => {
      let last: ServerResponse | undefined
      const server = await serve(
        t,
        legacy(({ message, method }, response) => {
          if (method === 'DELETE') assert.fail('a session that is gone is not deleted')
          if (message.method === 'slow') stream(response).write(': working\n\n')
          else if (message.method === 'last') last = response
          else json(response, body, status)
        }),
      )
      const { greet, ask, seen } = connect(t, server.url, { clock: patient })
      await greet()
      ask(2, 'slow')
      ask(4, 'last')
      await until(() => last !== undefined && server.asked.some(one => one.message.method === 'slow'))
      ask(3, 'a')
      await until(() => server.asked.some(one => one.message.id === 3))
      ask(5, 'b')
      json(last!, body, status)
      await until(() => seen.closes.length === 1)
      assert.deepEqual(seen.closes, ['the server ended the session'])
      assert.deepEqual(
        seen.failures.map(({ id, failure }) => [id, failure]).sort(),
        ['3', '4', '5'].map(id => [id, { unsent: true, reason: 'the server ended the session' }]),
      )
    })

  test('an unknown method (404 and -32601 for our id) is an answer and not the end of the session', async t => {
    const server = await serve(
      t,
      legacy(({ message }, response) => json(response, { jsonrpc: '2.0', id: message.id, error: { code: -32601, message: 'Method not found' } }, 404)),
    )
    const { greet, answered, seen } = connect(t, server.url)
    await greet()
    assert.match(await answered(2, 'odd'), /-32601/)
    assert.deepEqual(seen.closes, [])
  })
})

describe('the stream for what the server says on its own', () => {
  test('is opened after the handshake; its messages belong to no request', async t => {
    const server = await serve(
      t,
      legacy(ok, (asked, response) => {
        assert.equal(asked.headers['accept'], 'text/event-stream')
        stream(response).write(event('{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}'))
      }),
    )
    const { greet, seen } = connect(t, server.url)
    await greet()
    await until(() => seen.frames.length === 2)
    assert.deepEqual(seen.frames[1], { text: '{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}', to: undefined })
  })

  test('is opened again where it was cut off, after the pause that the server asked for', async t => {
    const asked: (string | undefined)[] = []
    const server = await serve(
      t,
      legacy(ok, ({ headers }, response) => {
        asked.push(headers['last-event-id'] as string | undefined)
        stream(response).write(`retry: 10\n${event(`{"jsonrpc":"2.0","method":"m${asked.length}"}`, `e${asked.length}`)}id: half\ndata: {"jso`)
        if (asked.length < 4) setTimeout(() => response.socket!.destroy(), 10)
      }),
    )
    const { greet, seen } = connect(t, server.url)
    await greet()
    await until(() => seen.frames.length === 5)
    assert.deepEqual(asked, [undefined, 'e1', 'e2', 'e3'])
    assert.deepEqual(
      seen.texts().slice(1),
      [1, 2, 3, 4].map(n => `{"jsonrpc":"2.0","method":"m${n}"}`),
    )
  })

  test('need not be: a refusal ends the trying, and nothing else', async t => {
    for (const status of [400, 404, 405, 501]) {
      const server = await serve(
        t,
        legacy(ok, (_, response) => response.writeHead(status).end('no')),
      )
      const { greet, answered, seen } = connect(t, server.url)
      await greet()
      assert.equal(await answered(2, 'a'), result(2))
      assert.deepEqual([server.asked.filter(one => one.method === 'GET').length, seen.closes], [1, []])
    }
  })

  test('that is refused with 404 after it had been open means that the session has ended', async t => {
    let open = 0
    const server = await serve(
      t,
      legacy(ok, (_, response) => (open++ ? response.writeHead(404).end() : stream(response).end('retry: 5\n\n'))),
    )
    const { greet, seen } = connect(t, server.url)
    await greet()
    await until(() => seen.closes.length === 1)
    assert.deepEqual(seen.closes, ['the server ended the session'])
  })
})

describe('a stream that is cut off', () => {
  test('is resumed with a GET from its last event, and what comes is still attributed to its request', async t => {
    const server = await serve(
      t,
      legacy(
        (_, response) => void stream(response).end('id: p1\nretry: 10\ndata: \n\n'),
        ({ headers }, response) => {
          const last = headers['last-event-id']
          if (last === 'p1') stream(response).end(event('{"jsonrpc":"2.0","method":"notifications/progress"}', 'p2'))
          else if (last === 'p2') stream(response).end(event(result(2), 'p3'))
          else response.writeHead(405).end()
        },
      ),
    )
    const { greet, answered, seen } = connect(t, server.url)
    await greet()
    assert.equal(await answered(2, 'tools/call'), result(2))
    assert.deepEqual(seen.frames.slice(1), [
      { text: '{"jsonrpc":"2.0","method":"notifications/progress"}', to: '2' },
      { text: result(2), to: '2' },
    ])
    assert.deepEqual(
      server.asked
        .filter(one => one.method === 'GET' && one.headers['last-event-id'])
        .map(one => [one.headers['last-event-id'], one.headers['mcp-session-id']]),
      [
        ['p1', 'session-1'],
        ['p2', 'session-1'],
      ],
    )
  })

  test('and can not be resumed is a failure', async t => {
    const server = await serve(
      t,
      legacy(
        (_, response) => void stream(response).end('id: p1\nretry: 1\n\n'),
        (_, response) => void response.writeHead(405).end(),
      ),
    )
    const { greet, answered } = connect(t, server.url)
    await greet()
    assert.equal(await answered(2, 'tools/call'), 'failed: the stream was cut off and could not be resumed: HTTP 405')
  })

  test('and is ended by its owner is not resumed', async t => {
    const server = await serve(
      t,
      legacy((_, response) => void stream(response).end('id: p1\nretry: 50\n\n')),
    )
    const { greet, ask } = connect(t, server.url)
    await greet()
    const { end } = ask(2, 'tools/call')
    await until(() => server.asked.some(one => one.message.id === 2))
    end()
    await new Promise(done => setTimeout(done, 120))
    assert.equal(server.asked.filter(one => one.method === 'GET').length, 1)
  })

  test('is tried a few times only while nothing comes', async t => {
    const server = await serve(
      t,
      legacy(
        (_, response) => void stream(response).end('id: p1\nretry: 1\n\n'),
        (_, response) => void response.writeHead(503).end(),
      ),
    )
    const { greet, answered } = connect(t, server.url, { clock: hurried })
    await greet()
    assert.equal(await answered(2, 'tools/call'), 'failed: the stream was cut off and could not be resumed: HTTP 503')
    assert.equal(server.asked.filter(one => one.headers['last-event-id'] === 'p1').length, 5)
  })
})

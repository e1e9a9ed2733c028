import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ServerResponse } from 'node:http'
import { connectSse, serve } from '../fixtures/http-client.ts'
import { until } from '../fixtures/http-receiver.ts'
import { httpSse } from '../fixtures/http-sdk1.ts'
import { event, listenerServer, result, stream, type Asked } from '../fixtures/http-server.ts'

const endpoint = (to: string) => `event: endpoint\ndata: ${to}\n\n`

/** An HTTP+SSE server; `post` gets what was posted, and the stream to answer on. */
const old = (post: (asked: Asked, response: ServerResponse, stream: ServerResponse) => void, path = '/messages?s=1') => {
  let open: ServerResponse
  return (asked: Asked, response: ServerResponse) => {
    if (asked.method === 'GET') (open = stream(response)).write(endpoint(path))
    else post(asked, response, open)
  }
}

const accept = ({ message }: Asked, response: ServerResponse, stream: ServerResponse) => {
  response.writeHead(202).end('Accepted')
  if (message.id) stream.write(event(result(message.id)))
}

/** Credentials of which the first are refused; those that follow are numbered. */
const changing = (last: number) => {
  let now = 1
  const get = async (used: string) => (used === `Bearer ${now}` && now++ === last ? { unsent: true, unauthorized: true, reason: 'no more' } : undefined)
  return {
    get authorization() {
      return `Bearer ${now}`
    },
    renew: get,
    lack: get,
  }
}

describe('HTTP+SSE', () => {
  test('is let in with the next credentials, at its stream and at its endpoint', async t => {
    let good = 'Bearer 2'
    const answer = old(accept)
    const server = await serve(t, (asked, response) => {
      if (asked.headers.authorization === good) answer(asked, response)
      else response.writeHead(401, { 'www-authenticate': 'Bearer' }).end(`not with ${asked.headers.authorization}`)
    })
    const { answered } = connectSse(t, server.url, { credentials: changing(3) })
    assert.match(await answered(1, 'ping'), /result/)
    good = 'Bearer 3'
    assert.match(await answered(2, 'ping'), /result/)
    good = 'nothing'
    assert.equal(await answered(3, 'ping'), 'unauthorized: no more')
    assert.deepEqual(
      server.asked.map(({ method, headers }) => `${method} ${headers.authorization}`),
      ['GET Bearer 1', 'GET Bearer 2', 'POST Bearer 2', 'POST Bearer 2', 'POST Bearer 3', 'POST Bearer 3'],
    )
  })

  test('that is refused says what its server has said, its credentials apart', async t => {
    const server = await serve(t, ({ headers }, response) => response.writeHead(403).end(`not with ${headers.authorization}`))
    const { answered } = connectSse(t, server.url, { credentials: changing(9) })
    assert.equal(await answered(1, 'ping'), 'unauthorized: HTTP 403: not with ***')
  })

  test('speaks with the 1.x SDK', async t => {
    const server = await listenerServer(httpSse())
    t.after(() => server.close())
    const { greet, answered, seen, link } = connectSse(t, server.url)
    seen.onframe = text => {
      const { id, method } = JSON.parse(text) as { id: number; method?: string }
      if (method === 'sampling/createMessage')
        link.send([JSON.stringify({ jsonrpc: '2.0', id, result: { model: 'm', role: 'assistant', content: { type: 'text', text: 'yes' } } })])
    }
    await greet('2024-11-05')
    const answer = (text: string) => JSON.stringify({ result: { content: [{ type: 'text', text }] }, jsonrpc: '2.0', id: 0 }).replace('"id":0', '"id":')
    assert.equal(await answered(2, 'tools/call', { name: 'progress' }), answer('é').replace('"id":', '"id":2'))
    assert.equal(await answered(3, 'tools/call', { name: 'ask' }), answer('yes').replace('"id":', '"id":3'))
    assert.deepEqual(
      seen.frames.map(({ to }) => to),
      seen.frames.map(() => undefined),
    )
  })

  test('posts nothing before the server has named its endpoint, and everything there then, with our headers', async t => {
    let open: ServerResponse | undefined
    const server = await serve(t, (asked, response) =>
      asked.method === 'GET' ? (open = stream(response)).write(': wait\n\n') : accept(asked, response, open!),
    )
    const { ask, seen } = connectSse(t, server.url, { headers: { 'X-Key': 'k' } })
    ask(1, 'a')
    await until(() => open !== undefined)
    ask(2, 'b')
    open!.write(endpoint('other?s=1'))
    await until(() => seen.frames.length === 2)
    assert.deepEqual(
      server.asked.map(({ method, path, headers }) => [method, path, headers['x-key']]),
      [
        ['GET', '/mcp', 'k'],
        ['POST', '/other?s=1', 'k'],
        ['POST', '/other?s=1', 'k'],
      ],
    )
  })

  test('posts to no endpoint of another origin', async t => {
    const other = await serve(t, (_, response) => response.writeHead(202).end())
    const server = await serve(t, old(accept, other.url))
    const { answered, seen } = connectSse(t, server.url)
    assert.equal(await answered(1, 'a'), 'unsent: the endpoint that the server names is of another origin')
    assert.deepEqual([other.asked.length, seen.closes.length], [0, 1])
  })

  test('is closed when its stream ends or is cut off, once', async t => {
    for (const [path, reason] of [
      ['/end', 'the server ended the event stream'],
      ['/cut', 'the event stream was cut off'],
    ] as const) {
      const server = await serve(
        t,
        old((_, response, stream) => {
          response.writeHead(202).end()
          if (path === '/end') stream.end()
          else stream.socket!.destroy()
        }, path),
      )
      const { ask, seen } = connectSse(t, server.url)
      ask(1, 'a')
      await until(() => seen.closes.length === 1)
      assert.deepEqual([seen.closes, seen.failures], [[reason], []])
    }
  })

  test('is closed when the stream is refused; what waited is known to be unsent', async t => {
    for (const [status, said] of [
      [401, 'unauthorized: HTTP 401: who?'],
      [405, 'unsent: HTTP 405: who?'],
    ] as const) {
      const server = await serve(t, (_, response) => response.writeHead(status).end('who?'))
      const { answered, seen } = connectSse(t, server.url)
      assert.equal(await answered(1, 'a'), said)
      assert.deepEqual(seen.closes, [`HTTP ${status}: who?`])
    }
    assert.match(await connectSse(t, 'http://127.0.0.1:1/sse').answered(1, 'a'), /^unsent: cannot connect/)
  })

  test('tells which request could not be posted, and why', async t => {
    const answers: Record<number, [number, string]> = {
      1: [500, 'oops'],
      2: [401, 'who?'],
      3: [400, '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"bad"}}'],
      4: [404, 'Session not found'],
    }
    const server = await serve(
      t,
      old(({ message }, response) => response.writeHead(answers[message.id!]![0]).end(answers[message.id!]![1])),
    )
    const { answered, seen } = connectSse(t, server.url)
    assert.equal(await answered(1, 'a'), 'failed: HTTP 500: oops')
    assert.equal(await answered(2, 'a'), 'unauthorized: HTTP 401: who?')
    assert.equal(await answered(3, 'a'), '{"jsonrpc":"2.0","id":3,"error":{"code":-32700,"message":"bad"}}')
    assert.deepEqual(seen.closes, [])
    assert.equal(await answered(4, 'a'), 'unsent: the server ended the session')
    assert.deepEqual(seen.closes, ['the server ended the session'])
  })

  test('sends nothing else before notifications/initialized is accepted', async t => {
    let held: ServerResponse | undefined
    const server = await serve(
      t,
      old((asked, response, stream) => {
        if (asked.message.method === 'notifications/initialized') held = response
        else accept(asked, response, stream)
      }),
    )
    const { greet, ask, seen } = connectSse(t, server.url)
    await greet('2024-11-05')
    ask(2, 'a')
    await until(() => held !== undefined)
    assert.equal(server.asked.length, 3)
    held!.writeHead(202).end()
    await until(() => seen.answered('2'))
  })

  test('drops an event over the limit and reads on', async t => {
    const server = await serve(
      t,
      old(({ message }, response, stream) => {
        response.writeHead(202).end()
        stream.write(event(result(1, 'x'.repeat(5000))) + event(result(message.id)))
      }),
    )
    const { answered, seen } = connectSse(t, server.url, { maxFrameBytes: 1000 })
    assert.equal(await answered(2, 'a'), result(2))
    assert.equal(seen.oversized.length, 1)
  })

  test('ends everything with close', async t => {
    const server = await serve(t, old(accept))
    const { answered, link, seen } = connectSse(t, server.url)
    await answered(1, 'a')
    await link.close()
    await until(() => server.aborted() === 1)
    assert.deepEqual(seen.closes, ['the link was closed'])
  })
})

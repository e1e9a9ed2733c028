import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { connect, serve } from '../fixtures/http-client.ts'
import { until } from '../fixtures/http-receiver.ts'
import { event, json, result, stream } from '../fixtures/http-server.ts'

const SECRET = 'sk-0123456789abcdef'

describe('an answer', () => {
  test('comes as JSON, byte for byte', async t => {
    const text = '{ "jsonrpc":"2.0", "id":7,"result":{"n":12345678901234567890.10,"x":"\\u00e9é","unknown":{}},"extra":1 }'
    const server = await serve(t, (_, response) => json(response, `${text}\n`))
    const { answered, seen } = connect(t, server.url)
    assert.equal(await answered(7, 'tools/call'), text)
    assert.equal(seen.frames[0]!.to, '7')
  })

  test('comes as an event after notifications, in order, attributed to the request on whose stream they came', async t => {
    const server = await serve(t, ({ message }, response) =>
      stream(response).end(event('{"jsonrpc":"2.0","method":"a"}') + event('{"jsonrpc":"2.0","id":9,"method":"b"}') + event(result(message.id))),
    )
    const { answered, seen } = connect(t, server.url)
    await answered(9, 'tools/call')
    assert.deepEqual(seen.frames, [
      { text: '{"jsonrpc":"2.0","method":"a"}', to: '9' },
      { text: '{"jsonrpc":"2.0","id":9,"method":"b"}', to: '9' },
      { text: result(9), to: '9' },
    ])
  })

  test('comes as an array of messages, as revision 2025-03-26 allows', async t => {
    const server = await serve(t, ({ message }, response) => json(response, ` [{"jsonrpc":"2.0","method":"a"} , ${result(message.id)}]`))
    const { answered, seen } = connect(t, server.url)
    await answered(1, 'tools/call')
    assert.deepEqual(seen.texts(), ['{"jsonrpc":"2.0","method":"a"}', result(1)])
  })

  test('comes as an array in an event, as that revision allows, too: what follows it belongs to no request, and nothing is resumed', async t => {
    const news = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/x' })
    const server = await serve(t, ({ message: { id } }, response) => void stream(response).end(event(`[${news},${result(id)}]`, '1') + event(news, '2')))
    const { answered, seen, link } = connect(t, server.url)
    assert.equal(await answered(7, 'tools/list'), result(7))
    await until(() => seen.texts().length === 3)
    assert.deepEqual(seen.texts(), [news, result(7), news])
    await link.close()
    assert.deepEqual(
      server.asked.map(({ method }) => method),
      ['POST'],
    )
  })

  test('may be written in any order of its members', async t => {
    const shapes = [
      '{"id":1,"jsonrpc":"2.0","result":{}}',
      '{"result":{"id":2},"jsonrpc":"2.0","id":1}',
      '{"jsonrpc":"2.0","result":{},"id":1}',
      '{"x":{"id":3},"error":{"code":1,"message":""},"id":1,"jsonrpc":"2.0"}',
    ]
    for (const shape of shapes) {
      const server = await serve(t, (_, response) => stream(response).write(event(shape) + event('{"jsonrpc":"2.0","method":"late"}')))
      const { answered, seen } = connect(t, server.url)
      await answered(1, 'tools/call')
      await until(() => seen.frames.length === 2)
      assert.deepEqual(
        seen.frames.map(frame => frame.to),
        ['1', undefined],
        shape,
      )
    }
  })

  test('that is compressed although we ask for none is read', async t => {
    const server = await serve(t, ({ headers, message }, response) => {
      assert.equal(headers['accept-encoding'], 'identity')
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(gzipSync(result(message.id, { ok: true })))
    })
    assert.equal(await connect(t, server.url).answered(1, 'tools/call'), result(1, { ok: true }))
  })

  test('leaves the connection open for the next request', async t => {
    const server = await serve(t, ({ message }, response) =>
      message.id! % 2 ? json(response, result(message.id)) : stream(response).end(event(result(message.id))),
    )
    const { answered } = connect(t, server.url)
    for (let id = 1; id <= 6; id++) await answered(id, 'tools/call')
    assert.deepEqual(new Set(server.asked.map(one => one.connection)), new Set([1]))
  })

  test('that never ends its stream does not hold its connection for ever', async t => {
    const server = await serve(t, ({ message }, response) => stream(response).write(event(result(message.id))))
    await connect(t, server.url).answered(1, 'tools/call')
    await until(() => server.aborted() === 1)
  })
})

describe('what goes out', () => {
  test('is the frame as it is, in however many parts, with the headers of the settings', async t => {
    const server = await serve(t, ({ message }, response) => json(response, result(message.id)))
    const { link, seen } = connect(t, server.url, { headers: { Authorization: `Bearer ${SECRET}`, ACCEPT: 'text/html' } })
    const body = '{"jsonrpc":"2.0","id":1,"method":"x","params":{"é":"' + 'y'.repeat(300_000) + '"}}'
    const wire = Buffer.from(body)
    link.send([wire.toString('latin1', 0, 100), wire.subarray(100)], { id: '1', method: 'x' })
    await until(() => seen.answered('1'))
    const [asked] = server.asked
    assert.equal(asked!.body, body)
    assert.equal(asked!.headers['authorization'], `Bearer ${SECRET}`)
    assert.equal(asked!.headers['accept'], 'application/json, text/event-stream')
    assert.equal(asked!.headers['content-type'], 'application/json')
    assert.equal(asked!.headers['content-length'], String(wire.length))
  })

  test('is asked to wait while the server reads slower than we send', async t => {
    const held = createServer(socket => socket.pause()).listen(0, '127.0.0.1')
    await new Promise(done => held.once('listening', done))
    t.after(() => held.close())
    const { link, ask } = connect(t, `http://127.0.0.1:${(held.address() as { port: number }).port}/`)
    assert.equal(link.drained(), undefined)
    const { end } = ask(1, 'x', { big: 'x'.repeat(20e6) })
    const drained = link.drained()
    assert.ok(drained)
    end()
    await drained
    assert.equal(link.drained(), undefined)
  })

  test('has the credentials of the URL, and the URL has them no more', async t => {
    const server = await serve(t, ({ message }, response) => json(response, result(message.id)))
    await connect(t, server.url.replace('//', '//me:p%40ss@')).answered(1, 'x')
    assert.equal(server.asked[0]!.headers['authorization'], `Basic ${Buffer.from('me:p@ss').toString('base64')}`)
  })
})

describe('a failure', () => {
  test('to connect is known to be unsent', async t => {
    assert.match(await connect(t, 'http://127.0.0.1:1/mcp').answered(1, 'x'), /^unsent: cannot connect: connect ECONNREFUSED/)
    assert.match(await connect(t, 'http://nowhere.invalid/mcp').answered(1, 'x'), /^unsent: cannot connect: getaddrinfo/)
  })

  test('to agree on TLS is known to be unsent', async t => {
    const plain = createServer(socket => socket.on('data', () => socket.end('HTTP/1.1 400 no\r\n\r\n'))).listen(0, '127.0.0.1')
    await new Promise(done => plain.once('listening', done))
    t.after(() => plain.close())
    assert.match(await connect(t, `https://127.0.0.1:${(plain.address() as { port: number }).port}/`).answered(1, 'x'), /^unsent: cannot connect: /)
  })

  test('to connect in time is known to be unsent', async t => {
    const silent = createServer(socket => socket.on('error', () => {})).listen(0, '127.0.0.1')
    await new Promise(done => silent.once('listening', done))
    t.after(() => silent.close())
    const url = `https://127.0.0.1:${(silent.address() as { port: number }).port}/`
    assert.equal(await connect(t, url, { connectTimeoutMs: 50 }).answered(1, 'x'), 'unsent: cannot connect: no connection within 0.05 s')
  })

  test('of a header that HTTP does not allow names the header and not its value', async t => {
    const { answered } = connect(t, 'http://127.0.0.1:1/', { headers: { 'X-Key': `${SECRET}\n` } })
    const said = await answered(1, 'x')
    assert.match(said, /^unsent: .*x-key/i)
    assert.ok(!said.includes(SECRET))
  })

  test('of a connection that breaks after the request left is not known to be unsent', async t => {
    const server = await serve(t, (_, response) => void response.socket!.destroy())
    assert.match(await connect(t, server.url).answered(1, 'x'), /^failed: the connection broke/)
  })

  test('of a body or stream that is cut off is told', async t => {
    const cut = await serve(t, ({ path }, response) => {
      if (path === '/mcp?json') response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 }).write('{"jsonrpc"')
      else stream(response).write('data: {"jsonrpc":"2.0","id":1,')
      setTimeout(() => response.socket!.destroy(), 20)
    })
    assert.equal(await connect(t, `${cut.url}?json`).answered(1, 'x'), 'failed: the answer was cut off')
    assert.equal(await connect(t, cut.url).answered(1, 'x'), 'failed: the stream was cut off before the answer')
  })

  test('of a stream that ends without the answer is told', async t => {
    const server = await serve(t, (_, response) => stream(response).end(event('{"jsonrpc":"2.0","method":"a"}')))
    assert.equal(await connect(t, server.url).answered(1, 'x'), 'failed: the stream ended without an answer')
  })

  test('of credentials is told as such, whatever the body', async t => {
    for (const status of [401, 403]) {
      const server = await serve(t, (_, response) => json(response, { jsonrpc: '2.0', id: 1, error: { code: -32000, message: 'Unauthorized' } }, status))
      assert.equal(await connect(t, server.url).answered(1, 'x'), `unauthorized: HTTP ${status}: Unauthorized`)
    }
  })

  test('with a page of HTML is one short sentence', async t => {
    const page = `<html><head><title>Sign in</title><style>b{}</style><script>alert(1)</script></head><body><h1>502</h1>\u001b[31m \u202egateway</body></html>${'x'.repeat(1e6)}`
    const server = await serve(t, ({ path }, response) =>
      response.writeHead(path === '/mcp' ? 502 : 200, { 'content-type': 'text/html; charset=utf-8' }).end(page),
    )
    assert.match(await connect(t, server.url).answered(1, 'x'), /^failed: HTTP 502: Sign in 502 \[31m gateway x{1,200}…$/)
    assert.match(await connect(t, `${server.url}?x`).answered(1, 'x'), /^failed: HTTP 200 with content type text\/html instead of an answer: Sign in /)
  })

  test('shows no secret of the headers or the URL', async t => {
    const server = await serve(t, ({ path, headers }, response) =>
      response.writeHead(500, { 'content-type': 'text/plain' }).end(`${path} ${JSON.stringify(headers)}`),
    )
    const { answered } = connect(t, server.url.replace('/mcp', `/s/${SECRET}/mcp?key=${SECRET}2`), {
      headers: { Authorization: `Bearer ${SECRET}3`, 'X-Key': `${SECRET}4` },
    })
    const said = await answered(1, 'x')
    assert.match(said, /\*\*\*/)
    assert.ok(!said.includes(SECRET))
  })

  test('with a JSON-RPC error for this request is its answer', async t => {
    const server = await serve(t, (_, response) => json(response, '{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no","data":1.0}}', 404))
    assert.equal(await connect(t, server.url).answered(1, 'x'), '{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no","data":1.0}}')
  })

  test('with a JSON-RPC error that names no request is the answer to the request it was sent for', async t => {
    const server = await serve(t, (_, response) =>
      json(response, '{"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: Server not initialized","data":1.0},"id":null}', 400),
    )
    assert.equal(
      await connect(t, server.url).answered(1, 'x'),
      '{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"Bad Request: Server not initialized","data":1.0}}',
    )
  })

  test('of a server that says nothing more is told all the same: an answer nobody can read leaves nobody waiting', async t => {
    const told: string[] = []
    const server = await serve(t, (_, response) => json(response, '{"jsonrpc":"2.0","id":1,"result":{]}}'))
    const { ask, seen } = connect(t, server.url)
    seen.failed = id => void told.push(id)
    ask(1, 'x')
    await until(() => told.length === 1)
    assert.deepEqual(told, ['1'])
  })

  test('of a request is never told from inside send', t => {
    const { ask, seen } = connect(t, 'http://127.0.0.1:1/', { headers: { 'X-Key': '\n' } })
    ask(1, 'x')
    assert.deepEqual(seen.failures, [])
  })
})

describe('a redirect', () => {
  test('within the origin is followed with everything, and a permanent one is remembered', async t => {
    const server = await serve(t, ({ path, message }, response) =>
      path === '/mcp' ? response.writeHead(308, { location: '/mcp/' }).end() : json(response, result(message.id)),
    )
    const { answered } = connect(t, server.url, { headers: { Authorization: SECRET } })
    assert.equal(await answered(1, 'x'), result(1))
    assert.equal(await answered(2, 'x'), result(2))
    assert.deepEqual(
      server.asked.map(({ path, headers, body }) => [path, headers['authorization'], body.length > 0]),
      [
        ['/mcp', SECRET, true],
        ['/mcp/', SECRET, true],
        ['/mcp/', SECRET, true],
      ],
    )
  })

  test('to another origin is not followed: neither headers nor arguments go there', async t => {
    const other = await serve(t, ({ message }, response) => json(response, result(message.id)))
    const server = await serve(t, (_, response) => response.writeHead(307, { location: `${other.url}?token=${SECRET}` }).end())
    const said = await connect(t, server.url, { headers: { Authorization: SECRET } }).answered(1, 'x')
    assert.equal(said, `unsent: it redirects to another origin, ${new URL(other.url).origin}: if that is right, put the new URL into the settings`)
    assert.deepEqual(other.asked, [])
  })

  test('in a circle ends', async t => {
    const server = await serve(t, (_, response) => response.writeHead(307, { location: '/mcp' }).end())
    assert.equal(await connect(t, server.url).answered(1, 'x'), 'unsent: it redirects too often')
  })

  test('to a path that would be an address by itself is one to that path', async t => {
    for (const odd of ['//', '//[', '//other.example/x']) {
      const server = await serve(t, ({ path, message }, response) => {
        if (path === '/end') return json(response, result(message.id))
        response.writeHead(307, { location: path === '/mcp' ? `http://${new URL(server.url).host}${odd}` : '/end' }).end()
      })
      assert.equal(await connect(t, server.url).answered(1, 'x'), result(1), odd)
      assert.deepEqual(
        server.asked.map(({ path }) => path),
        ['/mcp', odd, '/end'],
      )
    }
  })
})

describe('a message over the limit', () => {
  test('as JSON ends that request and not the link', async t => {
    const server = await serve(t, ({ message }, response) => json(response, result(message.id, message.id === 1 ? 'x'.repeat(5000) : 'y')))
    const { answered, seen } = connect(t, server.url, { maxFrameBytes: 1000 })
    assert.equal(await answered(1, 'x'), 'failed: its answer is over the limit of one message')
    assert.deepEqual(
      seen.oversized.map(({ head, bytes, to }) => [head.slice(0, 30), bytes, to]),
      [['{"jsonrpc":"2.0","id":1,"resul', 5036, '1']],
    )
    assert.equal(await answered(2, 'x'), result(2, 'y'))
  })

  test('as an event ends that message and not the stream', async t => {
    const server = await serve(t, ({ message }, response) =>
      stream(response).end(event(JSON.stringify({ jsonrpc: '2.0', method: 'a', params: { x: 'x'.repeat(5000) } })) + event(result(message.id))),
    )
    const { answered, seen } = connect(t, server.url, { maxFrameBytes: 1000 })
    assert.equal(await answered(1, 'x'), result(1))
    assert.deepEqual(
      seen.oversized.map(({ bytes, to }) => [bytes, to]),
      [[JSON.stringify({ jsonrpc: '2.0', method: 'a', params: { x: 'x'.repeat(5000) } }).length, undefined]],
    )
  })

  test('as the event that is the answer says whose it was', async t => {
    const server = await serve(t, ({ message }, response) =>
      stream(response).end(event(JSON.stringify({ result: 'x'.repeat(5000), jsonrpc: '2.0', id: message.id }))),
    )
    const { answered, seen } = connect(t, server.url, { maxFrameBytes: 1000 })
    assert.equal(await answered(1, 'x'), 'failed: its answer is over the limit of one message')
    assert.equal(seen.oversized[0]!.to, '1')
  })
})

describe('ending', () => {
  test('a request ends its exchange, and nothing more is told of it', async t => {
    const server = await serve(t, (_, response) => stream(response).write(event('{"jsonrpc":"2.0","method":"a"}')))
    const { ask, seen } = connect(t, server.url)
    const { end } = ask(1, 'x')
    await until(() => seen.frames.length === 1)
    end()
    await until(() => server.aborted() === 1)
    assert.deepEqual([seen.failures, seen.closes], [[], []])
  })

  test('the link aborts everything at once, says closed once, and after that nothing', async t => {
    const server = await serve(t, (_, response) => stream(response).write(event('{"jsonrpc":"2.0","method":"a"}')))
    const { ask, link, seen } = connect(t, server.url)
    ask(1, 'x')
    ask(2, 'x')
    await until(() => seen.frames.length === 2)
    const closing = link.close()
    assert.deepEqual(seen.closes, [])
    await Promise.all([closing, link.close()])
    await until(() => server.aborted() === 2)
    ask(3, 'x')
    assert.deepEqual([seen.failures, seen.closes, server.asked.length], [[], ['the link was closed'], 2])
  })

  test('from inside the receiver stops what stands behind it in the same chunk', async t => {
    const server = await serve(t, (_, response) => stream(response).end(event('{"jsonrpc":"2.0","method":"a"}').repeat(3)))
    const { ask, link, seen } = connect(t, server.url)
    seen.onframe = () => void link.close()
    ask(1, 'x')
    await until(() => seen.closes.length === 1)
    assert.equal(seen.frames.length, 1)
  })
})

test('while it is paused nothing is read, and nothing is lost', async t => {
  const many = event(JSON.stringify({ jsonrpc: '2.0', method: 'a', params: { x: 'x'.repeat(50_000) } }))
  const server = await serve(t, ({ message }, response) => stream(response).end(many.repeat(100) + event(result(message.id))))
  const { ask, link, seen } = connect(t, server.url)
  seen.onframe = () => {
    seen.onframe = undefined
    link.pause(true)
  }
  ask(1, 'x')
  await until(() => seen.frames.length > 0)
  await new Promise(done => setTimeout(done, 50))
  assert.ok(seen.frames.length < 50, `${seen.frames.length} frames came in spite of the pause`)
  link.pause(false)
  await until(() => seen.frames.length === 101)
})

test('a connection that is only kept for later does not keep the process alive', async t => {
  const server = await serve(t, ({ message }, response) => json(response, result(message.id)))
  const { spawn } = await import('node:child_process')
  const script = `import { httpLink } from ${JSON.stringify(new URL('../../src/backends/http.ts', import.meta.url).href)}
    const link = httpLink({ url: ${JSON.stringify(server.url)}, headers: {}, maxFrameBytes: 1e6 })
    link.start({ frame: wire => console.log(wire), oversize() {}, closed() {}, failed() {} })
    link.send(['{"jsonrpc":"2.0","id":1,"method":"x"}'], { id: '1', method: 'x' })`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', chunk => (said += chunk))
  assert.equal(await new Promise(done => child.on('close', done)), 0)
  assert.equal(said.trim(), result(1))
})

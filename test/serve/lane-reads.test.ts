// What a lane reads of a connection is what Node's own server reads of it, request for request, whatever is said and wherever it is cut: else what stands
// before us would see other requests than we do. A failure prints its seed; more runs: LANE_RUNS=100000.

import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { Lane } from '../../src/serve/lane.ts'
import { asked, type Asked, type Reply } from '../../src/serve/reply.ts'
import { settled, VirtualClock } from '../fixtures/clock.ts'

const RUNS = Number(process.env['LANE_RUNS'] ?? 700)
const LIMIT = 300

interface Read extends Pick<Asked, 'method' | 'url' | 'headers'> {
  body?: string | undefined
}

/** A server, what was read of the connection that it has, and how many requests were read by its lane. */
interface Reading {
  readonly port: number
  socket: Socket
  all: Read[]
  short: number
}

async function reading(t: TestContext, before: (server: Server, knock: (asked: Asked, reply: Reply) => void, here: Reading) => void): Promise<Reading> {
  const knock = ({ method, url, headers, read }: Asked, reply: Reply): void => {
    const one: Read = { method, url, headers: { ...headers } }
    here.all.push(one)
    read(LIMIT, body => {
      one.body = body?.toString('latin1')
      if (!reply.destroyed) reply.writeHead(200, { 'content-length': 2 }).end('{}')
    })
  }
  const server = createServer((request, response) => knock(asked(request, { left: Infinity }), response))
  const here: Reading = { port: 0, socket: undefined!, all: [], short: 0 }
  before(server, knock, here)
  server.prependListener('connection', socket => (here.socket = socket))
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  t.after(() => (server.closeAllConnections(), server.close()))
  return Object.assign(here, { port: (server.address() as AddressInfo).port })
}

function withLane(server: Server, knock: (asked: Asked, reply: Reply) => void, here: Reading): void {
  const takers = server.listeners('connection')
  const options = {
    ...{ clock: new VirtualClock(), longest: 200, limits: { headersMs: 1e9, requestMs: 1e9, keepMs: 5000 } },
    pass: (socket: Socket) => takers.forEach(take => take.call(server, socket)),
    knock: (one: Asked, reply: Reply) => (here.short++, knock(one, reply)),
    onclosed: () => {},
  }
  server.removeAllListeners('connection').on('connection', (socket: Socket) => void new Lane(socket, options))
}

/** Says these pieces, each when the one before has been read; what was read then, and what was answered. */
async function said(here: Reading, pieces: readonly Buffer[]): Promise<{ all: Read[]; short: number; ended: boolean }> {
  Object.assign(here, { socket: undefined, all: [], short: 0 })
  const client = connect(here.port, '127.0.0.1').setNoDelay(true).resume()
  client.on('error', () => {})
  while (!here.socket) await settled(1)
  const { socket } = here
  let size = 0
  for (const piece of pieces) {
    if (client.destroyed || !client.writable) break
    client.write(piece)
    size += piece.length
    while (socket.bytesRead < size && !socket.destroyed) await settled(1)
  }
  await settled()
  const ended = socket.destroyed || socket.writableEnded
  client.destroy()
  while (!socket.destroyed) await settled(1)
  return { all: here.all, short: here.short, ended }
}

/** Mostly the first, now and then another. */
const mostly = (usual: string, ...odd: readonly string[]) =>
  fc.oneof({ weight: 12 * odd.length, arbitrary: fc.constant(usual) }, { weight: odd.length, arbitrary: fc.constantFrom(...odd) })

const inner = 'POST /mcp?smuggled HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n'
const bodies = fc.constantFrom('{}', '', inner, '\r\n\r\n', '0\r\n\r\n', `5\r\nhello\r\n0\r\n\r\n${inner}`, 'x'.repeat(250), 'x'.repeat(400), '\0\xff')
const lengths: readonly ((size: number) => string)[] = [
  ...[
    (n: number) => `+${n}`,
    (n: number) => `0${n}`,
    (n: number) => ` ${n}\t`,
    (n: number) => `0x${n.toString(16)}`,
    (n: number) => `${n},${n}`,
    (n: number) => `${n} ${n}`,
  ],
  ...[
    (n: number) => `-${n}`,
    (n: number) => `${n}.0`,
    (n: number) => `${n + 1}`,
    (n: number) => `${Math.max(0, n - 1)}`,
    () => '',
    () => '18446744073709551616',
    (n: number) => `${n}\x0b`,
  ],
]
const lines = fc.constantFrom(
  ...[
    'Connection: close',
    'Connection: keep-alive',
    'Connection: Upgrade',
    'Connection: keep-alive, close',
    'Proxy-Connection: close',
    'Upgrade: websocket',
    'Expect: 100-continue',
  ],
  ...[
    'Transfer-Encoding: chunked',
    'transfer-encoding:\tchunked',
    'Transfer-Encoding : chunked',
    'Transfer-Encoding: xchunked',
    'Transfer-Encoding: identity',
    ' Transfer-Encoding: chunked',
  ],
  ...[
    'X: y\nTransfer-Encoding: chunked',
    'X: y\rTransfer-Encoding: chunked',
    'Transfer_Encoding: chunked',
    'X-Fold: a\r\n Content-Length: 9',
    'Trailer: x',
    'TE: trailers',
    'HTTP2-Settings: AA',
  ],
  ...[
    'Content-Length: 3',
    'content-length: 0',
    'Content-Length : 3',
    'Host: b',
    'X',
    ': v',
    'x@y: z',
    'x: a\0b',
    'x: \x7f',
    'x: \xe9',
    'x:',
    '__proto__: x',
    'constructor: x',
    'Set-Cookie: x',
    `x: ${'y'.repeat(9000)}`,
  ],
)
const request = fc
  .record({
    method: mostly('POST', 'GET', 'post', 'OPTIONS', 'POST ', '\r\nPOST', '\tPOST'),
    target: mostly('/mcp', '/mcp/', '/mcp?x', '/mcp#x', '/mcp/"<>', 'http://a/mcp', '*', '/mcp%2f', '//mcp', '/mcp\x7f', '/mcp\xe9', '/mcp x', ''),
    version: mostly('HTTP/1.1', 'HTTP/1.0', 'HTTP/0.9', 'HTTP/1.10', 'http/1.1', 'HTTP/1.1 ', ''),
    host: mostly('Host: a\r\n', 'Host:a\r\n', 'host: \t a \r\n', ''),
    more: fc.oneof({ weight: 2, arbitrary: fc.constant<string[]>([]) }, { weight: 1, arbitrary: fc.array(lines, { maxLength: 2 }) }),
    length: fc.oneof({ weight: 9, arbitrary: fc.constant(String) }, { weight: 1, arbitrary: fc.constantFrom(...lengths) }),
    eol: mostly('\r\n', '\n', '\r', '\r\r\n', '\r\n '),
    body: bodies,
  })
  .map(({ method, target, version, host, more, length, eol, body }) => {
    return `${method} ${target} ${version}\r\n${host}Content-Length: ${length(body.length)}${eol}${more.map(line => `${line}\r\n`).join('')}\r\n${body}`
  })

const mischief = fc.constantFrom(
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  ' ',
  '\t',
  ':',
  '\0',
  '\x80',
  ',',
  '1',
  'Content-Length: 3\r\n',
  'Transfer-Encoding: chunked\r\n',
)
const text = fc
  .tuple(fc.array(request, { minLength: 1, maxLength: 3 }), fc.array(fc.tuple(fc.nat(400), fc.nat(2), mischief), { maxLength: 1 }))
  .map(([all, changes]) => {
    let whole = `${all.join('')}POST /mcp?last HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}`
    for (const [at, gone, what] of changes) whole = whole.slice(0, at) + what + whole.slice(at + gone)
    return whole
  })
const cuts = fc.array(fc.nat(700), { maxLength: 4 })

test('whatever is said, a lane reads the requests that Node reads, and no other; it ends where Node ends', { timeout: 600_000 }, async t => {
  const [lane, node] = await Promise.all([reading(t, withLane), reading(t, () => {})])
  let [short, all] = [0, 0]
  await fc.assert(
    fc.asyncProperty(text, cuts, async (whole, at) => {
      const bytes = Buffer.from(whole, 'latin1')
      const from = [0, ...new Set(at.filter(one => one > 0 && one < bytes.length))].sort((a, b) => a - b)
      const pieces = from.map((one, index) => bytes.subarray(one, from[index + 1]))
      const [here, there] = [await said(lane, pieces), await said(node, pieces)]
      assert.deepEqual(here.all, there.all)
      assert.equal(here.ended, there.ended)
      short += here.short
      all += there.all.length
    }),
    { numRuns: RUNS },
  )
  assert.ok(short > RUNS / 8 && all - short > RUNS / 10, `${all} requests, ${short} of them the short way`)
})

// Whatever answers at an address: what it says is the control API's, or the client says that it is not.

import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { ApiProblem, connect, type ApiClient } from '../../src/api/client.ts'
import { emptyState } from '../../src/gateway/state.ts'

/** Somebody who listens; `path` is where the API is said to begin. */
async function listening(t: TestContext, answer: RequestListener, path = '/'): Promise<ApiClient> {
  const server = createServer(answer)
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return connect({ address: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`), token: 'mgw_secret' })
}

/** How following it ends, and what was heard before. */
const followed = (api: ApiClient): Promise<{ problem: ApiProblem; heard: string[] }> =>
  new Promise(done => {
    const heard: string[] = []
    api.events({ onState: () => heard.push('state'), onEvents: events => heard.push(`${events.length} events`), onEnd: problem => done({ problem, heard }) })
  })

const stream = { 'content-type': 'text/event-stream' }

test('the API is found below the path of its address, with the key', async t => {
  const api = await listening(
    t,
    (request, response) => response.end(JSON.stringify({ url: request.url, key: request.headers.authorization })),
    '/behind/a/proxy/',
  )
  assert.deepEqual(await api.status(), { url: '/behind/a/proxy/status', key: 'Bearer mgw_secret' })
})

test('a page, an empty answer and a redirection are no control API, and the key goes nowhere else', async t => {
  let elsewhere = 0
  const other = createServer((_, response) => response.end(String(++elsewhere)))
  await new Promise<void>(done => other.listen(0, '127.0.0.1', done))
  t.after(() => other.close())
  const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/status`
  for (const answer of [
    (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>'),
    (_, response) => response.writeHead(404).end('no'),
    (_, response) => response.writeHead(302, { location }).end(),
    (_, response) => response.writeHead(500, { 'content-type': 'application/json' }).end('{"detail":"no"}'),
  ] as RequestListener[]) {
    const api = await listening(t, answer)
    await assert.rejects(api.status(), (error: ApiProblem) => error.code === 'foreign' && /no control API of mcpgw/.test(error.message))
    assert.equal((await followed(api)).problem.code, 'foreign')
  }
  assert.equal(elsewhere, 0)
})

test('a stream that says one thing without end is cut off', async t => {
  const part = 'x'.repeat(4 * 1024 * 1024)
  const api = await listening(t, (_, response) => {
    response.writeHead(200, stream).write('event: state\ndata: "')
    const more = (): void => void (response.destroyed || (response.write(part) ? setImmediate(more) : response.once('drain', more)))
    more()
  })
  assert.equal((await followed(api)).problem.code, 'foreign')
})

test('a stream of something else ends, and nothing of it is heard', async t => {
  for (const text of ['event: state\ndata: {}\n\n', 'event: state\ndata: null\n\n', 'event: events\ndata: [1]\n\n', 'event: events\ndata: {"a\n\n']) {
    const api = await listening(t, (_, response) => void response.writeHead(200, stream).write(text))
    const { problem, heard } = await followed(api)
    assert.deepEqual([problem.code, heard], ['foreign', []], text)
  }
})

test('a state and its events are heard, also where comments stand between them', async t => {
  const text = `event: state\ndata: ${JSON.stringify(emptyState())}\n\n:\n\nevent: events\ndata: [{"type":"of a newer version"}]\n\n`
  const { problem, heard } = await followed(await listening(t, (_, response) => response.writeHead(200, stream).end(text)))
  assert.deepEqual([problem.code, heard], ['unreachable', ['state', '1 events']])
})

test('a refusal keeps its code, and who can not be reached is said to be', async t => {
  const error = { code: 'denied', message: 'the key "ci" is for calling' }
  const api = await listening(t, (_, response) => response.writeHead(403, { 'content-type': 'application/json' }).end(JSON.stringify({ error })))
  await assert.rejects(api.approvals(), error)
  assert.equal((await followed(api)).problem.code, 'denied')
  await assert.rejects(connect({ address: new URL('http://127.0.0.1:1/'), token: 'x' }).status(), { code: 'unreachable' })
})

test('an answer without an end is not waited for, however fast it comes', async t => {
  const api = await listening(t, (_, response) => {
    const chunk = Buffer.alloc(1024 * 1024, 'x')
    const pour = (): void => {
      while (!response.destroyed && response.write(chunk));
    }
    response.writeHead(200).on('drain', pour)
    pour()
  })
  await assert.rejects(api.status(), (error: ApiProblem) => /too long/.test(error.message))
})

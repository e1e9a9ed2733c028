// The suites speak HTTP alone. This speaks it for the front that is a pipe: a line for each body, and the other way round, as they are. Every legacy
// session starts the given command; modern requests share one, and another where an id is in use already. It says its address on stdout.
// What only HTTP has, headers and streams that are taken up again, is nobody's here: nothing is checked that the pipe doesn't carry.

import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'

const [, , command, ...args] = process.argv
const MODERN = '2026-07-28'
const VERSION = 'io.modelcontextprotocol/protocolVersion'
const SUBSCRIPTION = 'io.modelcontextprotocol/subscriptionId'
/** Which status says the same as an error (MCP 2026-07-28, transports). */
const statuses = { '-32601': 404, '-32602': 400, '-32020': 400, '-32021': 400, '-32022': 400 }

/** A client may come back to its session for so long. */
const GONE_MS = 5000

const key = value => JSON.stringify(value) ?? ''

/** One process, and the HTTP requests that wait for what it says. */
class Pipe {
  #child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] })
  #modern
  /** By the ids of their requests, in the order in which they came. */
  #waiting = new Map()
  /** What belongs to no request, and the stream for it. */
  #general
  #unheard = []

  constructor(modern) {
    this.#modern = modern
    createInterface({ input: this.#child.stdout, crlfDelay: Infinity }).on('line', line => this.#hear(line))
    this.#child.stdin.on('error', () => {})
    this.#child.on('exit', () => this.#over())
  }

  /** Whether a request can go this way without being taken for another one. */
  takes({ id, params }) {
    const token = key(params?._meta?.progressToken)
    return !this.#waiting.has(key(id)) && (token === '' || ![...this.#waiting.values()].some(one => one.token === token))
  }

  /** One body. */
  post(text, { method, id, params }, response, headers) {
    this.#child.stdin.write(`${text.replace(/[\r\n]+/g, ' ')}\n`)
    if (method === undefined || id === undefined) return void response.writeHead(202, headers).end()
    const one = { response, headers, token: key(params?._meta?.progressToken) }
    this.#waiting.set(key(id), one)
    if (!this.#modern) return stream(one)
    response.on('close', () => {
      if (this.#waiting.delete(key(id)))
        this.#child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } })}\n`)
    })
  }

  /** The stream of a session; who has closed it and asks nothing more has gone. */
  listen(response, headers) {
    const general = (this.#general = { response, headers })
    stream(general)
    for (const line of this.#unheard.splice(0)) say(general, line)
    response.on('close', () => {
      if (this.#general === general) this.#general = undefined
      setTimeout(() => this.#general || this.#waiting.size > 0 || this.end(), GONE_MS).unref()
    })
  }

  end() {
    this.#child.stdin.end()
  }

  #hear(line) {
    const message = JSON.parse(line)
    if (message.method === undefined) return this.#answer(line, message)
    const one = this.#whose(message)
    if (one) say(one, line)
    else if (this.#general) say(this.#general, line)
    else if (!this.#modern) this.#unheard.push(line)
  }

  /** The request that a message belongs to: by its own words, else the latest one. */
  #whose({ method, params }) {
    const of = params?._meta?.[SUBSCRIPTION]
    if (of !== undefined) return this.#waiting.get(key(of))
    const all = [...this.#waiting.values()]
    if (method === 'notifications/progress') return all.find(one => one.token === key(params.progressToken))
    if (/list_changed|resources\/updated/.test(method)) return undefined
    return all.at(-1)
  }

  #answer(line, { id, error }) {
    const one = this.#waiting.get(key(id)) ?? (id === null ? [...this.#waiting.values()].at(-1) : undefined)
    this.#waiting.delete(key(id))
    if (!one) return
    if (one.streams) return void (say(one, line), one.response.end())
    one.response.writeHead((error && statuses[error.code]) ?? 200, { 'content-type': 'application/json', ...one.headers }).end(line)
  }

  #over() {
    for (const { response } of [...this.#waiting.values(), this.#general ?? []]) response?.end()
  }
}

function stream(one) {
  one.streams = true
  one.response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache', ...one.headers }).flushHeaders()
}

function say(one, line) {
  if (!one.streams) stream(one)
  one.response.write(`data: ${line}\n\n`)
}

const sessions = new Map()
const shared = []

async function answer(request, response) {
  const { hostname } = new URL(`http://${request.headers.host}`)
  if (!/^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname)) return void response.writeHead(403).end()
  const id = request.headers['mcp-session-id']
  const headers = id === undefined ? {} : { 'mcp-session-id': id }
  if (id !== undefined && !sessions.has(id)) return void response.writeHead(404).end()
  if (request.method === 'GET') return id === undefined ? void response.writeHead(405).end() : sessions.get(id).listen(response, headers)
  if (request.method === 'DELETE') {
    sessions.get(id)?.end()
    sessions.delete(id)
    return void response.writeHead(204).end()
  }
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  let message
  try {
    message = JSON.parse(text)
  } catch {
    return void response.writeHead(400).end()
  }
  const modern = request.headers['mcp-protocol-version'] === MODERN || message.params?._meta?.[VERSION] !== undefined
  if (id !== undefined) return sessions.get(id).post(text, message, response, headers)
  if (!modern && message.method === 'initialize') {
    const session = randomUUID()
    const pipe = new Pipe(false)
    sessions.set(session, pipe)
    return pipe.post(text, message, response, { 'mcp-session-id': session })
  }
  let pipe = shared.find(one => one.takes(message))
  if (!pipe) shared.push((pipe = new Pipe(true)))
  pipe.post(text, message, response, {})
}

const http = createServer((request, response) => void answer(request, response).catch(() => response.destroy()))
http.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${http.address().port}/mcp\n`))
process.on('SIGTERM', () => process.exit(0))

// The HTTP door: MCP over Streamable HTTP at /mcp, both eras at one address (/mcp/NAME: one backend, names unchanged), and the control API beside it.
// A legacy client opens a session and comes back with its id. Modern requests stand alone; those of one key and one client, with the same abilities,
// share a conversation and so its backends, for nothing in it tells them apart. Every request is admitted before it is read.

import type { IncomingMessage, OutgoingHttpHeaders, RequestListener, Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { faults, FAULT_ERROR, type Fault } from '../gateway/faults.ts'
import type { Who } from '../gateway/principals.ts'
import type { Origin } from '../gateway/types.ts'
import type { Session } from '../gateway/session.ts'
import type { Clock, Timer } from '../lib/clock.ts'
import type { Link } from '../rpc/link.ts'
import type { Frame } from '../rpc/frame.ts'
import type { Wire } from '../rpc/wire.ts'
import { asksForLogin, failed, refuse, withoutLogin } from './refuse.ts'
import { Guests, type Visit } from './guests.ts'
import { stranger } from './guard.ts'
import { Lane, type LaneOptions } from './lane.ts'
import { asked, type Asked, type Reply } from './reply.ts'
import { Strangers, type Stranger } from './strangers.ts'

export interface HttpOptions {
  readonly host: string
  readonly port: number
  /** One backend alone, names unchanged, at /mcp too. */
  readonly bare?: string
  readonly clock: Clock
  readonly maxFrameBytes: number
  /** Who comes with this key, or why nobody does. */
  readonly admit: (key: string | undefined) => Who | Promise<Who>
  /** Whether there is a backend of that name. */
  readonly knows: (backend: string) => boolean
  /** Begins a conversation with the gateway. */
  readonly open: (link: Link, about: Opened) => Session
  /** Puts on record who was refused: a call (false where the request is none; `known` is the conversation it says to belong to), or that it was. */
  readonly refused: {
    readonly call: (frame: Frame, known: Origin | undefined, fault: Fault) => Promise<boolean>
    readonly note: (detail: Record<string, unknown>) => void
  }
  /** What answers at every other address; asked for once. */
  readonly api: () => Promise<RequestListener>
}

export interface Opened {
  readonly key: string | undefined
  readonly bare: string | undefined
  readonly onclosed: (reason: string) => void
}

/** So many exchanges may be open at once, and so many connections: what is left of the process's files is for its records and backends. */
const MOST_OPEN = 2000
const MOST_CONNECTED = 2 * MOST_OPEN
/** So much is read of what somebody has sent who is refused. */
const HEARD_BYTES = 64 * 1024
/** How long a client may take for its headers, and for its whole request, or take nothing of what it is sent; and how long a connection is kept open without one. */
const limits = { headersMs: 10_000, requestMs: 120_000, keepMs: 65_000 }
/** So many of the largest messages may be on their way to us at once. */
const ROOM = 4
/** The longest body that goes the short way. */
const SHORT = 256 * 1024
const BEAT_MS = 15_000
/** What was written last gets so long to leave. */
const LAST_WORDS_MS = 150

const mayPost = /^application\/json\s*(;|$)/i

export class HttpDoor {
  readonly #options: HttpOptions
  readonly #server: Server
  readonly #guests: Guests
  readonly #strangers: Strangers
  readonly #lanes = new Set<Lane>()
  #beat: Timer | undefined
  #open = 0
  #api: Promise<RequestListener> | undefined
  /** The last name of ours that somebody came by; whoever comes by the same is no stranger either. */
  #named: string | undefined

  constructor(options: HttpOptions) {
    this.#options = options
    this.#guests = new Guests(options)
    this.#strangers = new Strangers(options.clock, options.refused.note)
    const { headersMs: headersTimeout, requestMs: requestTimeout, keepMs: keepAliveTimeout } = limits
    const timeouts = { headersTimeout, requestTimeout, keepAliveTimeout, connectionsCheckingInterval: 5000 }
    const room = { left: ROOM * options.maxFrameBytes }
    this.#server = process.getBuiltinModule('node:http').createServer({ ...timeouts, keepAlive: true }, (request, response) => {
      response.on('error', () => response.destroy())
      const twice = ['host', 'authorization'].find(name => (request.headersDistinct[name]?.length ?? 0) > 1)
      if (twice !== undefined) return refuse(response, 400, -32600, `Bad Request: the header ${twice} is there twice`, { connection: 'close' })
      this.#knock(asked(request, room), response, () => void this.#control(request, response))
    })
    this.#server.timeout = requestTimeout
    this.#server.maxConnections = MOST_CONNECTED
    this.#before(this.#server)
  }

  /** Opens the door; gives the address of /mcp. Rejects when it can't listen there. */
  async listen(): Promise<string> {
    const { host, port } = this.#options
    await new Promise<void>((done, failed) => {
      this.#server.once('error', failed)
      this.#server.listen(port, host, () => {
        this.#server.off('error', failed)
        // A connection that could not be taken is not there.
        this.#server.on('error', () => {})
        done()
      })
    })
    this.#tend()
    return `http://${host.includes(':') ? `[${host}]` : host}:${(this.#server.address() as AddressInfo).port}/mcp`
  }

  /** Whether a request has no answer yet. */
  get busy(): boolean {
    return this.#guests.busy
  }

  /** Somebody was refused at the control API, which is beside this door. */
  refused(stranger: Stranger): void {
    this.#strangers.refused(stranger)
  }

  /** Takes nobody in any more. */
  shut(): void {
    this.#beat?.cancel()
    this.#server.close()
    for (const lane of this.#lanes) lane.hangUp()
  }

  /** Ends every conversation, then every connection. */
  async close(reason: string): Promise<void> {
    this.shut()
    this.#strangers.tell()
    this.#guests.close(reason)
    this.#server.closeIdleConnections()
    for (const lane of this.#lanes) lane.hangUp()
    await new Promise<void>(done => {
      const timer = setTimeout(done, LAST_WORDS_MS)
      this.#server.on('close', () => {
        clearTimeout(timer)
        done()
      })
    })
    this.#server.closeAllConnections()
    for (const lane of this.#lanes) lane.destroy()
  }

  #tend(): void {
    this.#beat = this.#options.clock.after(BEAT_MS, () => {
      this.#guests.tend()
      for (const lane of this.#lanes) lane.tend()
      this.#tend()
    })
  }

  /** Connections begin in a lane; Node's server takes those that leave it, as it would have taken them before. */
  #before(server: Server): void {
    const takers = server.listeners('connection')
    const options: LaneOptions = {
      clock: this.#options.clock,
      longest: Math.min(SHORT, this.#options.maxFrameBytes),
      limits,
      knock: (request, response) => this.#knock(request, response),
      pass: socket => takers.forEach(take => take.call(server, socket)),
      onclosed: lane => this.#lanes.delete(lane),
    }
    server.removeAllListeners('connection').on('connection', (socket: Socket) => this.#lanes.add(new Lane(socket, options)))
  }

  #knock(request: Asked, response: Reply, elsewhere?: () => void): void {
    const { host, origin } = request.headers
    if (host !== this.#named || origin !== undefined) {
      const problem = stranger(request.headers, this.#options.host)
      if (problem !== undefined) return refuse(response, 403, -32600, `Forbidden: ${problem}`)
      this.#named = host
    }
    if (this.#open >= MOST_OPEN) return refuse(response, 503, -32603, 'Too many requests are open; try again in a while', { 'retry-after': '5' })
    this.#open++
    response.on('close', () => this.#open--)
    const path = pathOf(request)
    if (path !== '/mcp' && !path.startsWith('/mcp/')) return this.#beside(path, response, elsewhere)
    const bare = this.#bareOf(path)
    if (bare === null) return refuse(response, 404, -32600, 'Not found: there is no such backend. All of them together are at /mcp')
    const { authorization } = request.headers
    const key = authorization === undefined ? undefined : (/^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '')
    const visit = { key, bare, request, response }
    const who = this.#options.admit(key)
    if (!(who instanceof Promise)) return this.#admit(visit, who)
    who.then(one => this.#admit(visit, one)).catch(() => response.destroy())
  }

  /** What there is beside MCP. */
  #beside(path: string, response: Reply, elsewhere?: () => void): void {
    if (path === '/healthz') return void response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}')
    if (asksForLogin(path)) return withoutLogin(response)
    elsewhere?.()
  }

  /** Which backend a path is about; undefined: all of them; null: one that isn't there. */
  #bareOf(path: string): string | undefined | null {
    const { bare, knows } = this.#options
    const rest = path.slice('/mcp/'.length)
    if (rest === '') return bare
    let name: string
    try {
      name = decodeURIComponent(rest)
    } catch {
      return null
    }
    return knows(name) && (bare === undefined || bare === name) ? name : null
  }

  #admit(visit: Visit, who: Who): void {
    const { request, response } = visit
    if ('code' in who) return this.#turnAway(visit, who)
    if (request.method === 'GET') return this.#guests.listen(visit)
    if (request.method === 'DELETE') return this.#guests.leave(visit)
    if (request.method !== 'POST') return refuse(response, 405, -32600, 'Method not allowed', { allow: 'POST, GET, DELETE' })
    const { headers } = request
    if (!mayPost.test(headers['content-type'] ?? '') || headers['content-encoding'] !== undefined)
      return refuse(response, 415, -32600, 'Unsupported media type: a POST is application/json, as it is')
    if (!accepts(headers.accept)) return refuse(response, 406, -32600, 'Not acceptable: an answer is application/json or text/event-stream; accept both')
    request.read(this.#options.maxFrameBytes, body => this.#take(visit, body))
  }

  /** What somebody wanted who is refused is on record first, as far as strangers are heard out. */
  #turnAway(visit: Visit, fault: Fault): void {
    const { key, request, response } = visit
    const stranger = { key, fault, from: request.from(), asked: `${request.method} ${pathOf(request)}` }
    if (fault.code !== 'unauthenticated' || !this.#strangers.hears(stranger)) return unwelcome(response, key, fault)
    const call = (frame: Frame) => this.#options.refused.call(frame, this.#guests.originOf(visit), fault)
    const remember = (body: Wire | undefined) => {
      const away = () => unwelcome(response, key, fault)
      this.#strangers.remember(stranger, body, call).then(away, away)
    }
    if (request.method === 'POST') request.read(HEARD_BYTES, remember)
    else remember(undefined)
  }

  #take(visit: Visit, body: Wire | undefined): void {
    const limit = this.#options.maxFrameBytes
    try {
      if (body !== undefined) return this.#guests.post(visit, body)
    } catch {
      return failed(visit.response)
    }
    refuse(visit.response, 413, -32600, `The body is over the limit of one message, ${limit} bytes (maxFrameBytes)`, { connection: 'close' })
  }

  async #control(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      ;(await (this.#api ??= this.#options.api()))(request, response)
    } catch {
      this.#api = undefined
      refuse(response, 503, -32603, 'The control API is not there yet; try again', { 'retry-after': '1' })
    }
  }
}

function pathOf({ url }: Asked): string {
  const query = url.indexOf('?')
  return query < 0 ? url : url.slice(0, query)
}

const accepts = (accept = '*/*'): boolean => /\*\/\*/.test(accept) || (accept.includes('application/json') && accept.includes('text/event-stream'))

/** Nobody is let in without being somebody (MCP, authorization: 401 and how to do better). */
function unwelcome(response: Reply, key: string | undefined, { code, message, retryAfterMs }: Fault): void {
  const challenge = key === undefined ? 'Bearer realm="mcpgw"' : 'Bearer realm="mcpgw", error="invalid_token"'
  const headers: OutgoingHttpHeaders = code === 'unauthenticated' ? { 'www-authenticate': challenge } : {}
  if (retryAfterMs !== undefined) headers['retry-after'] = String(Math.ceil(retryAfterMs / 1000))
  refuse(response, faults[code].http, faults[code].rpc ?? FAULT_ERROR, message, headers, { data: { code, reason: message, retryAfterMs } })
}

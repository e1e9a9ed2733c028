// Who is at the HTTP door, and which conversation each message belongs to. Invariants: a session is its key's alone, for anybody else it does not
// exist; one that nobody uses ends, with its backends; there are only so many.

import { metaProblem } from '../gateway/greeting.ts'
import { mirroredOf } from '../gateway/mirrored.ts'
import type { Session } from '../gateway/session.ts'
import type { Origin } from '../gateway/types.ts'
import { isModern, LEGACY, META_CAPABILITIES, META_CLIENT, MODERN } from '../rpc/eras.ts'
import { parse, type Frame } from '../rpc/frame.ts'
import { elements, skipSpace } from '../rpc/spans.ts'
import { cut, scannable, type Wire } from '../rpc/wire.ts'
import { Front } from './front.ts'
import type { HttpOptions } from './http.ts'
import { mismatch, paramMismatch } from './mirror.ts'
import { failed, refuse } from './refuse.ts'
import { Replay } from './replay.ts'
import type { Asked, Reply } from './reply.ts'

/** One HTTP request, and whose it is. */
export interface Visit {
  readonly key: string | undefined
  readonly bare: string | undefined
  readonly request: Asked
  readonly response: Reply
}

interface Guest {
  readonly front: Front
  readonly session: Session
  readonly key: string | undefined
  readonly bare: string | undefined
}

const MOST_GUESTS = 1000
/** What each of them says of itself is kept. */
const MOST_SAID = 64 * 1024
/** A session that nobody has used for so long is over. */
const IDLE_MS = 30 * 60_000
/** All events that may be asked for again. */
const REPLAY_BYTES = 16 * 1024 * 1024
/** The revision that lets a server tell its client how to come back, and the one with batches. */
const PRIMING = '2025-11-25'
const BATCHES = '2025-03-26'

const bad = (response: Reply, message: string, id?: string): void => refuse(response, 400, -32600, `Bad Request: ${message}`, {}, { id })
const gone = (response: Reply): void => refuse(response, 404, -32600, 'Not found: there is no such session, or no more. Begin a new one with "initialize"')

export class Guests {
  readonly #options: HttpOptions
  readonly #replay = new Replay(REPLAY_BYTES)
  /** By session id; conversations of modern clients by what all of their requests have in common. */
  readonly #guests = new Map<string, Guest>()

  constructor(options: HttpOptions) {
    this.#options = options
  }

  get busy(): boolean {
    for (const { session } of this.#guests.values()) if (session.inFlight > 0) return true
    return false
  }

  /** One POST. */
  post(visit: Visit, body: Wire): void {
    const text = scannable(body)
    const start = skipSpace(text, 0)
    if (text[start] === '[') return this.#batch(visit, body, text, start)
    const frame = parse(body)
    if (frame.kind === 'malformed') return refuse(visit.response, 400, frame.code, frame.message, {}, { id: frame.id })
    if (saidOf(frame) > MOST_SAID) return bad(visit.response, `what a client says of itself has at most ${MOST_SAID} bytes`, frame.id)
    const { headers } = visit.request
    if (isModern(frame) || headers['mcp-protocol-version'] === MODERN) return this.#modern(visit, frame)
    if (frame.method === 'initialize' && frame.kind === 'request') return this.#begin(visit, frame)
    const guest = this.#find(visit, frame.id)
    if (guest && !guest.front.post([frame], visit.response, {}, false)) bad(visit.response, 'a request with this id is under way', frame.id)
  }

  /** GET: the stream of a session, or one that broke off. */
  listen(visit: Visit): void {
    const { request, response } = visit
    if (!/text\/event-stream|\*\/\*/.test(request.headers.accept ?? '')) return refuse(response, 406, -32600, 'Not acceptable: accept text/event-stream')
    if (request.headers['mcp-session-id'] === undefined && request.headers['mcp-protocol-version'] === MODERN)
      return refuse(response, 405, -32600, 'Method not allowed: listen with "subscriptions/listen"', { allow: 'POST' })
    const after = request.headers['last-event-id']
    const guest = this.#find(visit)
    if (guest && !guest.front.listen(response, typeof after === 'string' ? after : undefined)) bad(response, 'what came after that event is no longer kept')
  }

  /** DELETE: the client ends its session. */
  leave(visit: Visit): void {
    const guest = this.#find(visit)
    if (!guest) return
    guest.session.close('the client ended its session')
    visit.response.writeHead(204, {}).end()
  }

  /** Of the session that a request says to belong to, if it came with the key that this is of. */
  originOf({ key, bare, request }: Visit): Origin | undefined {
    const id = request.headers['mcp-session-id']
    const guest = typeof id === 'string' ? this.#guests.get(id) : undefined
    return guest && guest.front.session === id && guest.key === key && guest.bare === bare ? guest.session.origin : undefined
  }

  /** Now and then: signs of life, and the end of what nobody uses, or may use any more. */
  tend(): void {
    const now = this.#options.clock.tick()
    for (const { front, session, key } of [...this.#guests.values()]) {
      front.beat()
      if (front.deserted && now - front.usedAt > IDLE_MS) session.close('nobody used it for half an hour')
      else this.#reconsider(session, this.#options.admit(key))
    }
  }

  /** Who was let in, and would not be now, is told nothing more. */
  #reconsider(session: Session, who: ReturnType<HttpOptions['admit']>): void {
    if (who instanceof Promise) return void who.then(one => this.#reconsider(session, one))
    if ('code' in who && who.code === 'unauthenticated') session.close('its key holds no more')
  }

  close(reason: string): void {
    for (const { session } of [...this.#guests.values()]) session.close(reason)
  }

  #begin(visit: Visit, frame: Frame): void {
    const { response } = visit
    if (visit.request.headers['mcp-session-id'] !== undefined) return bad(response, '"initialize" begins a session, and this one has begun', frame.id)
    const id = process.getBuiltinModule('node:crypto').randomUUID()
    const guest = this.#open(visit, id, id)
    if (!guest) return this.#full(response)
    guest.front.post([frame], response, { 'mcp-session-id': id }, false)
    guest.front.primes = guest.session.origin.revision >= PRIMING
  }

  #batch(visit: Visit, body: Wire, text: string, start: number): void {
    const guest = this.#find(visit)
    if (!guest) return
    const whole = parse(body) // one JSON text, or none
    if (whole.kind !== 'malformed' || whole.code === -32700) return refuse(visit.response, 400, -32700, 'Parse error: the body is not JSON in UTF-8')
    const frames = elements(text, start).map(part => parse(cut(body, part.start, part.end)))
    const readable = frames.filter(one => one.kind !== 'malformed')
    if (guest.session.origin.revision !== BATCHES) return bad(visit.response, `batches belong to ${BATCHES} alone`)
    if (readable.length === 0 || readable.length < frames.length || readable.some(one => one.method === 'initialize' || isModern(one)))
      return bad(visit.response, 'a batch holds requests, notifications and responses, and no "initialize"')
    if (!guest.front.post(readable, visit.response, {}, true)) bad(visit.response, 'a request with one of these ids is under way')
  }

  #modern(visit: Visit, frame: Frame): void {
    const { response, request } = visit
    const say = (code: number, message: string, data?: unknown) => refuse(response, 400, code, message, {}, { id: frame.id, data })
    if (frame.kind === 'response') return say(-32600, 'Bad Request: a client of this revision sends no responses')
    const differs = isModern(frame) ? mismatch(frame, request.headers) : undefined
    if (differs !== undefined) return say(-32020, `Header mismatch: ${differs}`)
    const problem = metaProblem(frame)
    // Nothing in this revision is told to a server without being asked; who leaves an exchange has cancelled it.
    if (frame.kind === 'notification') return void response.writeHead(202, { 'content-length': 0 }).end()
    if (problem) return say(problem.code, problem.message, problem.data)
    const guest = this.#share(visit, frame)
    if (!guest) return this.#full(response)
    const go = () => void (response.destroyed || guest.front.post([frame], response, {}, false))
    const { name } = frame.params
    if (frame.method !== 'tools/call' || typeof name !== 'string') return go()
    const check = (tool: Awaited<ReturnType<Session['tool']>>) => {
      const wrong = tool && paramMismatch(frame, request.headers, mirroredOf(tool))
      if (wrong !== undefined) say(-32020, `Header mismatch: ${wrong}`)
      else go()
    }
    const tool = guest.session.tool(name)
    if (tool instanceof Promise) tool.then(check).catch(() => failed(response, frame.id))
    else check(tool)
  }

  /**
   * The conversation that a modern request belongs to: that of its key and client, while it can do the same. Two people with one key and the same
   * client share it. Their connections tell nothing: a client opens several and uses any, a proxy carries many people's on one, and calls of one
   * person that went to different processes of a backend would find half of what it remembers.
   */
  #share(visit: Visit, frame: Frame): Guest | undefined {
    const said = (key: string) => {
      const at = frame.metaMembers.find(one => one.key === key)
      return at ? frame.text.slice(at.start, at.end) : ''
    }
    const key = JSON.stringify([visit.key, visit.bare, said(META_CLIENT), said(META_CAPABILITIES)])
    return this.#guests.get(key) ?? this.#open(visit, key)
  }

  #open({ key, bare }: Visit, place: string, session?: string): Guest | undefined {
    if (this.#guests.size >= MOST_GUESTS && !this.#makeRoom(key)) return undefined
    const front = new Front({ clock: this.#options.clock, session, replay: this.#replay, statusOf: session === undefined ? statusOf : () => 200 })
    const onclosed = (reason: string) => {
      this.#guests.delete(place)
      front.end(reason)
    }
    const guest = { front, key, bare, session: this.#options.open(front, { key, bare, onclosed }) }
    this.#guests.set(place, guest)
    return guest
  }

  /** The guest of a legacy request; undefined when it was refused. */
  #find({ key, bare, request, response }: Visit, frameId?: string): Guest | undefined {
    const id = request.headers['mcp-session-id']
    const revision = request.headers['mcp-protocol-version']
    if (typeof id !== 'string') return void bad(response, 'begin with "initialize", and say Mcp-Session-Id from then on', frameId)
    if (revision !== undefined && !LEGACY.includes(String(revision))) return void bad(response, `unsupported protocol version: ${String(revision)}`, frameId)
    const guest = this.#guests.get(id)
    if (!guest || guest.front.session !== id || guest.key !== key || guest.bare !== bare) return void gone(response)
    return guest
  }

  /** Takes one that nobody uses from whoever has most of them, and from nobody who has fewer than the newcomer. */
  #makeRoom(newcomer: string | undefined): boolean {
    const counts = new Map<string | undefined, number>()
    for (const { key } of this.#guests.values()) counts.set(key, (counts.get(key) ?? 0) + 1)
    const least = counts.get(newcomer) ?? 0
    const idle = [...this.#guests.values()].filter(({ front, key }) => front.idle && counts.get(key)! >= least)
    const [oldest] = idle.sort((one, other) => counts.get(other.key)! - counts.get(one.key)! || one.front.usedAt - other.front.usedAt)
    oldest?.session.close('there are too many sessions, and nobody used this one for longest')
    return oldest !== undefined
  }

  #full(response: Reply): void {
    refuse(response, 503, -32603, 'There are too many sessions; try again in a while', { 'retry-after': '10' })
  }
}

/** How much a client says of itself: with a handshake, or with each request. */
function saidOf(frame: Frame): number {
  const members = frame.method === 'initialize' ? frame.paramMembers : frame.metaMembers.filter(({ key }) => key === META_CLIENT || key === META_CAPABILITIES)
  return members.reduce((size, { start, end }) => size + end - start, 0)
}

const ERROR = /^\{"jsonrpc":"2\.0","id":(?:[^"\s,]{1,64}|"(?:[^"\\]|\\.){0,512}"),"error":\{"code":(-\d{1,6})[,}]/
const statuses: Readonly<Record<string, number>> = { '-32601': 404, '-32020': 400, '-32021': 400, '-32022': 400 }

/** The status that MCP 2026-07-28 prescribes for an error. */
const statusOf = (answer: string): number => statuses[ERROR.exec(answer)?.[1] ?? ''] ?? 200

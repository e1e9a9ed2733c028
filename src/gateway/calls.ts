// Calls and what goes the same way: one road from a client's request to a backend's answer. The client's frame is not rebuilt: only the public
// name is replaced by the backend's own.

import { Passing } from '../lib/passing.ts'
import { Stop } from '../lib/signal.ts'
import { META_CAPABILITIES, META_CLIENT, META_LOG_LEVEL, META_VERSION, MODERN } from '../rpc/eras.ts'
import type { Frame } from '../rpc/frame.ts'
import type { Reply } from '../rpc/reply.ts'
import type { Requests } from '../rpc/requests.ts'
import { duplicate, member, members, MOST_MEMBERS } from '../rpc/spans.ts'
import type { Edit } from '../rpc/splice.ts'
import { cut, encode, plain, read } from '../rpc/wire.ts'
import { answerTo, error, failure, result } from './answers.ts'
import { run } from './call.ts'
import type { Entry } from './catalog.ts'
import type { Fault } from './faults.ts'
import { Flight } from './flight.ts'
import { fulfil, wantsInput } from './fulfil.ts'
import type { Gateway } from './gateway.ts'
import { isRetry, Legs } from './legs.ts'
import { spare } from './listening.ts'
import type { Offers } from './offers.ts'
import { Received } from './received.ts'
import type { Answer, Backends, CallMethod, Lists, Origin, Outgoing, Policy } from './types.ts'

const roads = {
  'tools/call': { kind: 'tools', key: 'name', what: 'tool' },
  'prompts/get': { kind: 'prompts', key: 'name', what: 'prompt' },
  'resources/read': { kind: 'resources', key: 'uri', what: 'resource' },
} as const

/** So many links out of results are remembered, the latest ones. */
const LINKS = 1000

/** Asks a legacy client what a backend wants to know. */
type AskClient = (backend: string, asked: Frame, stop: Stop, via: string | undefined) => Promise<Reply>

interface Standing {
  readonly backend?: string
  readonly frame: Frame
  readonly edits: readonly Edit[]
  /** Which backends have heard it, each since it was started then. */
  readonly told: Map<string, number | undefined>
  /** It is on its way for the first time. */
  underWay?: boolean
}

export class Calls {
  readonly #gateway: Gateway
  readonly #front: Requests
  readonly #backends: Backends
  readonly #offers: Offers
  readonly legs: Legs
  readonly #ask: AskClient
  readonly #inFlight = new Passing<Flight>()
  /** URIs that a result of a backend pointed to, and which backend. */
  readonly #linked = new Map<string, string>()
  /** What a backend that starts again must be told again: the log level, the subscriptions. */
  readonly #standing = new Map<string, Standing>()
  #metas = new WeakMap<Origin, Record<string, unknown>>()

  constructor(gateway: Gateway, front: Requests, backends: Backends, offers: Offers, ask: AskClient) {
    this.#ask = ask
    this.#gateway = gateway
    this.#front = front
    this.#backends = backends
    this.#offers = offers
    const { clock, journal, auditRequired, newHandle } = gateway
    this.legs = new Legs({ front, clock, journal, auditRequired, newHandle, inFlight: this.#inFlight })
  }

  get inFlight(): number {
    return this.#inFlight.size
  }

  /** tools/call, prompts/get, resources/read: the calls that are decided on and recorded; `refused`: why this one is none of this caller's. */
  async call(frame: Frame, method: CallMethod, origin: Origin, refused?: Fault): Promise<void> {
    const { kind, key, what } = roads[method]
    const at = frame.param(key)
    const target = frame.params[key]
    if (!at || typeof target !== 'string') return this.#refuse(frame, -32602, `Invalid params: "${key}" must be a string`)
    if (frame.paramMembers.length >= MOST_MEMBERS) return this.#refuse(frame, -32602, 'Invalid params: they have too many members')
    const twice = duplicate(frame.paramMembers)
    if (twice !== undefined) return this.#refuse(frame, -32602, `Invalid params: "${twice}" stands twice`)
    if (this.#inFlight.has(frame.key)) return this.#refuse(frame, -32600, 'Invalid Request: this id is in use')
    const retries = !refused && origin.era === 'modern' && isRetry(frame)
    if (retries) {
      const resumed = this.legs.resume(frame, { origin, method, target })
      if (resumed === 'resumed') return
      if (resumed === 'foreign') return this.#refuse(frame, -32602, 'Invalid params: "requestState" belongs to another request')
    }
    const flight = new Flight(origin, frame)
    this.#inFlight.set(frame.key, flight)
    const startedAt = this.#gateway.clock.now()
    let found = refused ? undefined : this.#find(kind, target)
    if (!found && !refused) {
      const known = this.#offers.recall() ?? this.#offers.ready()
      if (known) await known
      found = this.#find(kind, target)
      if (!found && this.#offers.ready()) await this.#offers.ready()
      found ??= this.#find(kind, target)
    }
    const entry = found && 'backend' in found ? found : undefined
    const call = new Received(frame, entry, { id: this.#gateway.newCallId(), origin, method, target, startedAt })
    flight.call = call
    if (retries && entry && this.#offers.catalog.lists(entry.backend)?.era !== 'modern')
      return this.legs.finish(flight, await run({ ...this.#gateway, policies: [], charge: undefined }, call, gone))
    const pipeline = entry
      ? this.#gateway
      : { ...this.#gateway, policies: [refused ? nobody(refused) : unknown(what, target, (found as readonly string[] | undefined) ?? [])] }
    if (entry) flight.backend = entry.backend
    const answer = await run(pipeline, call, () => this.#forward(frame, entry!, at, origin, flight))
    if (entry) this.#remember(entry.backend, answer)
    this.legs.finish(flight, answer)
  }

  /** completion/complete: its reference names a prompt or a resource of ours. Not a call: nothing is executed. */
  async complete(frame: Frame, origin: Origin): Promise<void> {
    const ref = frame.param('ref')
    const all = ref ? members(frame.text, ref.start) : []
    const key = member(all, 'name') ? 'name' : 'uri'
    const at = member(all, key)
    const value = (frame.params['ref'] as Record<string, unknown> | undefined)?.[key]
    await this.#offers.recall()
    const found =
      typeof value !== 'string'
        ? undefined
        : key === 'name'
          ? this.#find('prompts', value)
          : (this.#offers.catalog.find('templates', value) ?? this.#find('resources', value))
    if (!at || !this.#isSeen(found, origin)) return this.#refuse(frame, -32602, `Invalid params: no prompt or resource is called ${plain(value)}`)
    await this.#pass(frame, found, at, origin)
  }

  /** resources/subscribe and unsubscribe, of a legacy client. */
  async subscribe(frame: Frame, origin: Origin): Promise<void> {
    const at = frame.param('uri')
    const uri = frame.params['uri']
    await this.#offers.recall()
    const found = typeof uri === 'string' ? this.#find('resources', uri) : undefined
    if (!at || !this.#isSeen(found, origin)) return this.#refuse(frame, -32602, `Invalid params: no resource is called ${plain(uri)}`)
    const key = `subscribe ${found.key}`
    const standing: Standing = { backend: found.backend, frame, edits: renamed(found, at), told: new Map(), underWay: true }
    if (frame.method === 'resources/subscribe') this.#standing.set(key, standing)
    else this.#standing.delete(key)
    const answer = await this.#pass(frame, found, at, origin)
    standing.underWay = false
    standing.told.set(found.backend, this.#backends.get(found.backend)?.status().startedAt)
    if ((answer.kind !== 'reply' || answer.reply.error) && this.#standing.get(key) === standing) this.#standing.delete(key)
  }

  /** logging/setLevel: every backend that logs is told, those that start later too. */
  setLevel(frame: Frame): void {
    if (typeof frame.params['level'] !== 'string') return this.#refuse(frame, -32602, 'Invalid params: "level" must be a string')
    this.#standing.set('level', { frame, edits: [], told: new Map() })
    this.#metas = new WeakMap()
    this.#front.respond(result(frame.id, 'legacy'), frame.via)
    for (const name of this.#backends.names()) {
      const lists = this.#offers.catalog.lists(name)
      if (lists && this.#backends.get(name)?.status().state === 'ready') this.started(name, lists)
    }
  }

  /** A backend has started and spoken: what stands is said to it. */
  started(backend: string, lists: Lists): void {
    if (lists.era === 'modern') return
    const startedAt = this.#backends.get(backend)?.status().startedAt
    for (const [key, standing] of this.#standing) {
      if (key === 'level' ? lists.capabilities['logging'] === undefined : standing.backend !== backend) continue
      if (standing.underWay || (standing.told.has(backend) && standing.told.get(backend) === startedAt)) continue
      standing.told.set(backend, startedAt)
      void this.#backends.get(backend)?.call({ frame: standing.frame, edits: standing.edits }, { stop: new Stop() })
    }
  }

  cancel(key: string, reason: string): void {
    this.#inFlight.get(key)?.stop(reason)
  }

  /** By which way came the request that a backend speaks about: the one of `cause`, else the latest that it still works on. */
  wayTo(backend: string, cause: Stop | undefined): string | undefined {
    if (cause instanceof Flight) return cause.via
    return this.#inFlight.values().findLast(one => one.backend === backend)?.via
  }

  /** `fault`: what those are told who wait for an answer; without one they are gone. */
  stopAll(reason: string, fault?: Fault): void {
    for (const flight of this.#inFlight.values()) {
      flight.fault = fault
      flight.stop(reason)
    }
    this.legs.close(reason)
  }

  #find(kind: 'tools' | 'prompts' | 'resources', target: string): Entry | readonly string[] | undefined {
    const { catalog } = this.#offers
    const found = catalog.find(kind, target)
    if (found || kind !== 'resources') return found
    const linked = this.#linked.get(target)
    if (linked !== undefined) return { backend: linked, name: target, key: target, text: '' }
    const whose = catalog.whose(target)
    return 'backend' in whose || whose.length > 0 ? whose : undefined
  }

  /** Whether it is there, for this caller. */
  #isSeen(found: Entry | readonly string[] | undefined, origin: Origin): found is Entry {
    return found !== undefined && 'backend' in found && !this.#gateway.hides(origin)?.(found)
  }

  #forward(frame: Frame, entry: Entry, at: { start: number; end: number }, origin: Origin, flight: Flight): Promise<Answer> {
    const backend = this.#backends.get(entry.backend)
    if (!backend) return Promise.resolve(unavailable(`"${entry.backend}" is no longer in the settings.`, false))
    const onProgress =
      frame.metaMembers.length > 0 && tokenOf(frame)
        ? (progress: Frame) => {
            const token = flight.leg && tokenOf(flight.leg)
            if (!token) return
            const ours = progress.param('progressToken')!
            this.#front.notify(progress, [{ start: ours.start, end: ours.end, text: flight.leg!.text.slice(token.start, token.end) }], flight.via)
            spare(this.#front, backend)
          }
        : undefined
    const request = { frame, edits: renamed(entry, at), name: entry.name, meta: this.#meta(origin) }
    const send = (one: Outgoing) => backend.call(one, { stop: flight, onProgress })
    if (origin.era === 'legacy') {
      const asking = { ask: (asked: Frame) => this.#ask(entry.backend, asked, flight, flight.via), newId: this.#gateway.newHandle }
      return send(request).then(answer => (wantsInput(answer) ? fulfil(request, answer, asking, send) : answer))
    }
    this.legs.goes(flight)
    return send(request).then(answer => (wantsInput(answer) && flight.call ? this.#again(flight, answer, entry, send) : answer))
  }

  /** A modern backend's questions go to its modern client untouched, and so does what that brings along. */
  async #again(flight: Flight, first: Answer & { kind: 'reply' }, entry: Entry, send: (request: Outgoing) => Promise<Answer>): Promise<Answer> {
    let answer: Answer = first
    while (wantsInput(answer)) {
      const retry = await this.legs.again(flight, answer)
      if (retry === 'gone') return answer
      if (retry === 'unrecorded') return unrecorded
      const at = retry.param(roads[flight.call!.method].key)!
      answer = await send({ frame: retry, edits: renamed(entry, at), name: entry.name })
    }
    return answer
  }

  async #pass(frame: Frame, entry: Entry, at: { start: number; end: number }, origin: Origin): Promise<Answer> {
    const flight = new Flight(origin, frame, entry.backend)
    this.#inFlight.set(frame.key, flight)
    const answer = await this.#forward(frame, entry, at, origin, flight)
    this.#inFlight.take(frame.key)
    const parts = flight.stopped ? flight.fault && failure(frame, origin.era, flight.fault) : answerTo(frame, origin.era, answer)
    if (parts) this.#front.respond(parts, frame.via)
    else this.#front.unanswered(frame.via)
    return answer
  }

  #refuse(frame: Frame, code: number, message: string): void {
    this.#front.respond(error(frame.id, code, message), frame.via)
  }

  #meta(origin: Origin): Record<string, unknown> | undefined {
    if (origin.era === 'modern') return undefined
    let meta = this.#metas.get(origin)
    if (!meta) {
      meta = { [META_VERSION]: MODERN, [META_CAPABILITIES]: origin.capabilities, [META_CLIENT]: { name: origin.client.name, version: origin.client.version } }
      const level = this.#standing.get('level')?.frame.params['level']
      if (level !== undefined) meta[META_LOG_LEVEL] = level
      this.#metas.set(origin, meta)
    }
    return meta
  }

  #remember(backend: string, answer: Answer): void {
    if (answer.kind !== 'reply' || typeof answer.reply.wire !== 'string' || !answer.reply.wire.includes('"resource_link"')) return
    const { content } = read(cut(answer.reply.wire, answer.reply.body.start, answer.reply.body.end)) as { content?: { type?: unknown; uri?: unknown }[] }
    for (const block of Array.isArray(content) ? content : []) {
      if (block?.type !== 'resource_link' || typeof block.uri !== 'string') continue
      this.#linked.delete(block.uri)
      this.#linked.set(block.uri, backend)
      if (this.#linked.size > LINKS) this.#linked.delete(this.#linked.keys().next().value!)
    }
  }
}

const tokenOf = (frame: Frame) => frame.metaMembers.find(one => one.key === 'progressToken')

const unavailable = (message: string, sent: boolean): Answer => ({ kind: 'failure', fault: { code: 'backend_unavailable', message }, sent })

/** What a client comes back to when nothing waits for it. */
const gone = async (): Promise<Answer> =>
  unavailable(
    'The call that this is the rest of is over: it waited too long, its backend ended it, or mcpgw was started again. It may have been executed, at least in part. Nothing was sent again: look at what it has done before you call anew, without "requestState".',
    true,
  )

const unrecorded: Answer = {
  kind: 'failure',
  sent: true,
  fault: {
    code: 'audit_unavailable',
    message:
      'The call was begun and its backend wants to know something, but that could not be recorded, so it was not asked. Do not repeat the call. Tell the person: mcpgw doctor.',
  },
}

const renamed = (entry: Entry, at: { start: number; end: number }): Edit[] =>
  entry.key === entry.name ? [] : [{ start: at.start, end: at.end, text: encode(entry.name) }]

/** The one policy for a call of nobody's. */
const nobody =
  ({ code, message, retryAfterMs }: Fault): Policy =>
  () => ({ kind: 'deny', by: 'key', reason: message, code, ...(retryAfterMs !== undefined && { retryAfterMs }) })

/** The one policy for what nobody offers, or too many. */
function unknown(what: string, target: string, candidates: readonly string[]): Policy {
  const reason = candidates.length > 0 ? `Which backend "${target}" belongs to is not clear: ${candidates.join(', ')}` : `Unknown ${what}: ${target}`
  return () => ({ kind: 'deny', by: 'catalog', reason, code: 'unknown_tool' })
}

// Calls and what goes the same way: one road from a client's request to a backend's answer. The client's frame is not rebuilt: only the public
// name is replaced by the backend's own.

import { Passing } from '../lib/passing.ts'
import { Stop } from '../lib/signal.ts'
import { META_CAPABILITIES, META_CLIENT, META_LOG_LEVEL, META_VERSION, MODERN } from '../rpc/eras.ts'
import type { Frame } from '../rpc/frame.ts'
import type { Requests } from '../rpc/requests.ts'
import { duplicate, member, members, MOST_MEMBERS } from '../rpc/spans.ts'
import type { Edit } from '../rpc/splice.ts'
import { cut, encode, plain, read } from '../rpc/wire.ts'
import { answerTo, error, failure, result } from './answers.ts'
import type { Asking } from './asking.ts'
import { run } from './call.ts'
import type { Entry } from './catalog.ts'
import { Flight } from './flight.ts'
import { fulfil, wantsInput } from './fulfil.ts'
import type { Gateway } from './gateway.ts'
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
  readonly #asking: Asking
  readonly #inFlight = new Passing<Flight>()
  /** URIs that a result of a backend pointed to, and which backend. */
  readonly #linked = new Map<string, string>()
  /** What a backend that starts again must be told again: the log level, the subscriptions. */
  readonly #standing = new Map<string, Standing>()
  #metas = new WeakMap<Origin, Record<string, unknown>>()

  constructor(gateway: Gateway, front: Requests, backends: Backends, offers: Offers, asking: Asking) {
    this.#asking = asking
    this.#gateway = gateway
    this.#front = front
    this.#backends = backends
    this.#offers = offers
  }

  get inFlight(): number {
    return this.#inFlight.size
  }

  /** tools/call, prompts/get, resources/read: the calls that are decided on and recorded. */
  async call(frame: Frame, method: CallMethod, origin: Origin): Promise<void> {
    const { kind, key, what } = roads[method]
    const at = frame.param(key)
    const target = frame.params[key]
    if (!at || typeof target !== 'string') return this.#refuse(frame, -32602, `Invalid params: "${key}" must be a string`)
    if (frame.paramMembers.length >= MOST_MEMBERS) return this.#refuse(frame, -32602, 'Invalid params: they have too many members')
    const twice = duplicate(frame.paramMembers)
    if (twice !== undefined) return this.#refuse(frame, -32602, `Invalid params: "${twice}" stands twice`)
    if (this.#inFlight.has(frame.key)) return this.#refuse(frame, -32600, 'Invalid Request: this id is in use')
    const stop = new Flight(frame.via)
    this.#inFlight.set(frame.key, stop)
    const startedAt = this.#gateway.clock.now()
    let found = this.#find(kind, target)
    if (!found) {
      const known = this.#offers.recall() ?? this.#offers.ready()
      if (known) await known
      found = this.#find(kind, target)
      if (!found && this.#offers.ready()) await this.#offers.ready()
      found ??= this.#find(kind, target)
    }
    const entry = found && 'backend' in found ? found : undefined
    const call = new Received(frame, entry, { id: this.#gateway.newCallId(), origin, method, target, startedAt })
    const pipeline = entry ? this.#gateway : { ...this.#gateway, policies: [unknown(what, target, (found as readonly string[] | undefined) ?? [])] }
    if (entry) stop.backend = entry.backend
    const answer = await run(pipeline, call, () => this.#forward(frame, entry!, at, origin, stop))
    this.#inFlight.take(frame.key)
    if (entry) this.#remember(entry.backend, answer)
    const parts = stop.stopped ? undefined : answerTo(frame, origin.era, answer)
    if (parts) this.#front.respond(parts, frame.via)
    else this.#front.unanswered(frame.via)
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
    if (!at || !found || !('backend' in found)) return this.#refuse(frame, -32602, `Invalid params: no prompt or resource is called ${plain(value)}`)
    await this.#pass(frame, found, at, origin)
  }

  /** resources/subscribe and unsubscribe, of a legacy client. */
  async subscribe(frame: Frame, origin: Origin): Promise<void> {
    const at = frame.param('uri')
    const uri = frame.params['uri']
    await this.#offers.recall()
    const found = typeof uri === 'string' ? this.#find('resources', uri) : undefined
    if (!at || !found || !('backend' in found)) return this.#refuse(frame, -32602, `Invalid params: no resource is called ${plain(uri)}`)
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

  stopAll(reason: string): void {
    for (const stop of this.#inFlight.values()) stop.stop(reason)
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

  #forward(frame: Frame, entry: Entry, at: { start: number; end: number }, origin: Origin, stop: Flight): Promise<Answer> {
    const backend = this.#backends.get(entry.backend)
    if (!backend)
      return Promise.resolve({
        kind: 'failure',
        sent: false,
        fault: { code: 'backend_unavailable', message: `"${entry.backend}" is no longer in the settings.` },
      })
    const token = frame.metaMembers.length > 0 ? frame.metaMembers.find(one => one.key === 'progressToken') : undefined
    const onProgress =
      token &&
      ((progress: Frame) => {
        const ours = progress.param('progressToken')!
        this.#front.notify(progress, [{ start: ours.start, end: ours.end, text: frame.text.slice(token.start, token.end) }], frame.via)
        spare(this.#front, backend)
      })
    const request = { frame, edits: renamed(entry, at), name: entry.name, meta: this.#meta(origin) }
    const send = (one: Outgoing) => backend.call(one, { stop, onProgress })
    if (origin.era === 'modern') return send(request)
    return send(request).then(answer =>
      wantsInput(answer) ? fulfil(request, answer, asked => this.#asking.ask(entry.backend, asked, stop, stop.via), send) : answer,
    )
  }

  async #pass(frame: Frame, entry: Entry, at: { start: number; end: number }, origin: Origin): Promise<Answer> {
    const stop = new Flight(frame.via, entry.backend)
    this.#inFlight.set(frame.key, stop)
    const answer = await this.#forward(frame, entry, at, origin, stop)
    this.#inFlight.take(frame.key)
    const parts = stop.stopped ? undefined : answer.kind === 'failure' ? failure(frame, origin.era, answer.fault) : answerTo(frame, origin.era, answer)
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

const renamed = (entry: Entry, at: { start: number; end: number }): Edit[] =>
  entry.key === entry.name ? [] : [{ start: at.start, end: at.end, text: encode(entry.name) }]

/** The one policy for what nobody offers, or too many. */
function unknown(what: string, target: string, candidates: readonly string[]): Policy {
  const reason = candidates.length > 0 ? `Which backend "${target}" belongs to is not clear: ${candidates.join(', ')}` : `Unknown ${what}: ${target}`
  return () => ({ kind: 'deny', by: 'catalog', reason, code: 'unknown_tool' })
}

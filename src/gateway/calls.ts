// Calls and what goes the same way: one road from a client's request to a backend's answer. Found, decided on and recorded here; onward.ts sends it on.

import { Passing } from '../lib/passing.ts'
import { Stop } from '../lib/signal.ts'
import { META_LOG_LEVEL } from '../rpc/eras.ts'
import { parse, type Frame } from '../rpc/frame.ts'
import { replyOf } from '../rpc/reply.ts'
import type { Requests } from '../rpc/requests.ts'
import { duplicate, MOST_MEMBERS, type Span } from '../rpc/spans.ts'
import type { Wire } from '../rpc/wire.ts'
import { approvalStatus, tellStatus } from './approval-status.ts'
import { answerTo, error, failure, unavailable } from './answers.ts'
import { run } from './call.ts'
import { callerOf } from './caller.ts'
import type { Entry } from './catalog.ts'
import { told } from './edited.ts'
import type { Fault } from './faults.ts'
import { Finding, type Found, type Target } from './finding.ts'
import { Flight } from './flight.ts'
import type { Gateway } from './gateway.ts'
import { isRetry, Legs, refusal } from './legs.ts'
import type { Offers } from './offers.ts'
import { denied } from './principals.ts'
import { type AskClient, Onward, renamed } from './onward.ts'
import { isPlain, Received } from './received.ts'
import { isFor, Standing } from './standing.ts'
import { Tasks } from './tasks.ts'
import type { Answer, Backends, Origin, Policy } from './types.ts'
import { withoutSecrets } from './uris.ts'
import type { Approve } from './verdict.ts'

/** Where a request names its target, and among what it is found. */
export interface Road {
  readonly kind: Target
  /** The member of params; where there is none, the target is the method, for the one backend there is. */
  readonly key?: string
  readonly what: string
}

/** What is special about a request that is no call. */
interface Passage {
  readonly timeoutMs?: number
  /** Why it does not go on. */
  readonly refused?: Promise<Fault | undefined>
  /** What is to be done before its answer leaves. Gives what does. Never rejects. */
  readonly before?: (answer: Answer) => Answer | Promise<Answer>
}

const IN_USE = 'Invalid Request: this id is in use'

export const roads = {
  'tools/call': { kind: 'tools', key: 'name', what: 'tool' },
  'prompts/get': { kind: 'prompts', key: 'name', what: 'prompt' },
  'resources/read': { kind: 'resources', key: 'uri', what: 'resource' },
} as const satisfies Record<string, Road>

export class Calls {
  readonly #gateway: Gateway
  readonly #front: Requests
  readonly #backends: Backends
  readonly #offers: Offers
  readonly legs: Legs
  readonly #onward: Onward
  readonly #inFlight = new Passing<Flight>()
  readonly finding: Finding
  readonly standing: Standing
  readonly tasks = new Tasks()

  constructor(gateway: Gateway, front: Requests, backends: Backends, offers: Offers, ask: AskClient) {
    this.#gateway = gateway
    this.#front = front
    this.#backends = backends
    this.#offers = offers
    this.finding = new Finding(offers)
    this.standing = new Standing(backends, offers)
    const { clock, journal, auditRequired, newHandle, breath } = gateway
    this.legs = new Legs({ front, clock, journal, auditRequired, newHandle, breath, inFlight: this.#inFlight })
    this.#onward = new Onward(gateway, front, backends, this.legs, this.standing, ask)
  }

  get inFlight(): number {
    return this.#inFlight.size
  }

  /** tools/call, prompts/get, resources/read, and what else may do something: it is decided on and recorded. `refused`: why this one is none of
   *  this caller's; `cancelled`: why its client does not want it any more. */
  async call(frame: Frame, road: Road, origin: Origin, refused?: Fault, cancelled?: string): Promise<void> {
    const { kind, key, what } = road
    const { method } = frame
    const at = key === undefined ? undefined : frame.param(key)
    const target = key === undefined ? method : frame.params[key]
    if (typeof target !== 'string' || (key !== undefined && !at)) return this.refuse(frame, -32602, `Invalid params: "${key}" must be a string`)
    if (frame.paramMembers.length >= MOST_MEMBERS) return this.refuse(frame, -32602, 'Invalid params: they have too many members')
    const twice = duplicate(frame.paramMembers)
    if (twice !== undefined) return this.refuse(frame, -32602, `Invalid params: "${twice}" stands twice`)
    if (this.#inFlight.has(frame.key)) return this.refuse(frame, -32600, IN_USE)
    const retries = !refused && origin.era === 'modern' && isRetry(frame)
    if (retries) {
      const resumed = this.legs.resume(frame, { origin, method, target })
      if (resumed === 'resumed') return cancelled === undefined ? undefined : this.cancel(frame.key, cancelled)
      if (resumed === 'foreign') return this.refuse(frame, -32602, 'Invalid params: "requestState" belongs to another request')
    }
    const flight = new Flight(origin, frame)
    this.#inFlight.set(frame.key, flight)
    if (cancelled !== undefined) flight.stop(cancelled)
    const startedAt = this.#gateway.clock.now()
    const found = refused ? undefined : key === undefined ? this.#only(method) : this.finding.find(kind, target)
    const own = !found && !refused && method === 'tools/call' && target === approvalStatus.key ? this.#gateway.approvals : undefined
    const known = found ?? (own ? approvalStatus : refused ? undefined : await this.finding.findLater(kind, target))
    const entry = known && 'backend' in known ? known : undefined
    const call = new Received(frame, entry, { id: this.#gateway.newCallId(), origin, method, target, startedAt })
    flight.call = call
    const caller = () => callerOf(frame, flight, this.#front, this.legs, () => (isPlain(method) ? this.#definition(kind, target, entry!) : ''))
    if (retries && this.isSeen(entry, origin) && this.#offers.catalog.lists(entry.backend)?.era !== 'modern')
      return this.legs.finish(
        flight,
        await run({ ...this.#gateway, policies: [], take: undefined, charge: undefined }, call, { forward: goneWith(frame), caller }),
      )
    if (own) {
      const forward = async () => tellStatus(await own(), call, this.#gateway.clock.now())
      return this.legs.finish(flight, await run({ ...this.#gateway, policies: [], take: undefined, charge: undefined }, call, { forward, caller }))
    }
    const pipeline = !entry
      ? { ...this.#gateway, policies: [refused ? nobody(refused) : unknown(what, target, (known as readonly string[] | undefined) ?? [])] }
      : cancelled === undefined
        ? this.#gateway
        : { ...this.#gateway, take: undefined, approve: unwanted }
    const forward = (edited?: string): Promise<Answer> => {
      const answer = this.#onward.send(frame, entry!, at, origin, flight, key, edited)
      return edited === undefined ? answer : answer.then(it => told(it, edited))
    }
    const answer = await run(pipeline, call, { forward, caller })
    if (entry) this.finding.remember(entry.backend, answer)
    if (entry && answer.kind === 'reply') this.tasks.made(entry.backend, answer.reply, call)
    this.legs.finish(flight, answer)
  }

  /** A notification that may do something: decided on and recorded like a call. Where a person would have to be asked it does not go on. */
  async tell(frame: Frame, entry: Entry, at: Span | undefined, origin: Origin): Promise<void> {
    const { clock, newCallId } = this.#gateway
    const call = new Received(frame, entry, { id: newCallId(), origin, method: frame.method, target: entry.key, startedAt: clock.now() })
    const forward = async (): Promise<Answer> => {
      const backend = this.#backends.get(entry.backend)
      const { state, era } = backend?.status() ?? {}
      if (state !== 'ready') return unavailable(`"${entry.backend}" does not run, and is not started to be told something.`, false)
      if (era !== 'legacy') return unavailable(`"${entry.backend}" speaks a protocol in which a client tells nothing but by its requests.`, false)
      backend!.notify(frame, renamed(entry, at))
      return said
    }
    const caller = () => ({ stop: new Stop(), definition: () => '', patient: false })
    await run({ ...this.#gateway, approve: undefined }, call, { forward, caller })
  }

  #only(method: string): Entry {
    return { backend: this.#backends.names()[0]!, name: method, key: method, text: '' }
  }

  /** A request that is no call begins: from now on it can be cancelled. undefined: it is answered already. */
  begin(frame: Frame, origin: Origin): Flight | undefined {
    if (this.#inFlight.has(frame.key)) return void this.refuse(frame, -32600, IN_USE)
    const flight = new Flight(origin, frame)
    this.#inFlight.set(frame.key, flight)
    return flight
  }

  /** It goes to its backend as it is, and is answered. `refused`: whether it goes is not known yet. */
  async pass(flight: Flight, frame: Frame, entry: Entry, at: Span | undefined, { timeoutMs, refused, before }: Passage = {}): Promise<Answer> {
    flight.backend = entry.backend
    const fault = refused && (await refused)
    const go = () => this.#onward.send(frame, entry, at, flight.origin, flight, undefined, undefined, timeoutMs)
    const came: Answer = fault ? { kind: 'failure', fault, sent: false } : flight.stopped ? { kind: 'cancelled' } : await go()
    const answer = before && !flight.stopped ? await before(came) : came
    this.end(flight, frame, () => answerTo(frame, flight.origin.era, answer))
    return answer
  }

  /** It is answered: by this, unless it was cancelled. */
  end(flight: Flight, frame: Frame, answer: () => readonly Wire[] | undefined): void {
    this.#inFlight.take(frame.key)
    const parts = flight.stopped ? flight.fault && failure(frame, flight.origin.era, flight.fault) : answer()
    if (parts) this.#front.respond(parts, frame.via)
    else this.#front.unanswered(frame.via)
  }

  /** A backend says that what its person had to do elsewhere is done. */
  done(backend: string, { params }: Frame): void {
    this.#onward.errands.done(backend, params['elicitationId'])
  }

  cancel(key: string, reason: string): void {
    this.#inFlight.get(key)?.stop(reason)
  }

  /** By which way came the request that a backend speaks about: the one of `cause`, else the latest that it still works on. */
  wayTo(backend: string, cause: Stop | undefined): string | undefined {
    if (cause instanceof Flight) return cause.via
    let latest: Flight | undefined
    for (const one of this.#inFlight.values()) if (one.backend === backend && !(latest && latest.order > one.order)) latest = one
    return latest?.via
  }

  /** By which way goes what a backend says of a request, in words that nobody knows: if it is clear of which. */
  wayOfCall(backend: string, cause: Stop | undefined): { readonly via: string | undefined } | undefined {
    const flight = cause instanceof Flight ? cause : this.legs.whose(backend)
    return flight instanceof Flight && flight.leg ? { via: flight.via } : undefined
  }

  /** By which way goes what a backend logs: to a modern client with a request that wants messages of this level, if it is clear whose it is. */
  wayOfLog(backend: string, cause: Stop | undefined, level: unknown): { readonly via: string | undefined } | undefined {
    const flight = cause instanceof Flight ? cause : this.legs.whose(backend)
    const wanted = flight instanceof Flight ? flight.leg?.meta[META_LOG_LEVEL] : undefined
    return typeof wanted === 'string' && isFor(wanted, level) ? { via: (flight as Flight).via } : undefined
  }

  /** `fault`: what those are told who wait for an answer; without one they are gone. */
  stopAll(reason: string, fault?: Fault): void {
    for (const flight of this.#inFlight.values()) {
      flight.fault = fault
      flight.stop(reason)
    }
    this.legs.close(reason)
  }

  /** Whether it is there, for this caller. */
  isSeen(found: Found, origin: Origin): found is Entry {
    return found !== undefined && 'backend' in found && !this.#gateway.hides(origin)?.(found)
  }

  /** What the backend of that entry says of it now; '' when it no longer offers it. */
  #definition(kind: Target, target: string, { backend }: Entry): string {
    const found = this.finding.find(kind, target)
    return found && 'backend' in found && found.backend === backend ? found.text : ''
  }

  /** An answer of ours: no. */
  refuse(frame: Frame, code: number, message: string): void {
    this.#front.respond(error(frame.id, code, message), frame.via)
  }
}

/** What a client comes back to when nothing waits for it. */
const gone = async (): Promise<Answer> =>
  unavailable(
    'The call that this is the rest of is over: it waited too long, its backend ended it, or mcpgw was started again. It may have been executed, at least in part. Nothing was sent again: look at what it has done before you call anew, without "requestState".',
    true,
  )

/** Our questions come with a state: what answers none of them is no rest of a call (MCP 2026-07-28, multi-round-trip requests). */
const stateless = async (): Promise<Answer> => ({
  kind: 'reply',
  reply: refusal(-32602, 'Invalid params: "inputResponses" without the "requestState" of the questions that they answer. Nothing was sent.'),
  era: 'modern',
})
/** What is on record of what nobody answers. */
const said: Answer = { kind: 'reply', reply: replyOf(parse('{"jsonrpc":"2.0","id":0,"result":{}}') as Frame)!, era: 'legacy' }

const goneWith = (frame: Frame) => (frame.param('requestState') ? gone : stateless)

/** Nobody is asked about a call that nobody wants any more. */
const unwanted: Approve = async (_call, decision) => ({ decision, answer: { kind: 'cancelled' } })

/** The one policy for a call of nobody's. */
export const nobody =
  (fault: Fault): Policy =>
  () =>
    denied(fault)

/** The one policy for what nobody offers, or too many. */
function unknown(what: string, target: string, candidates: readonly string[]): Policy {
  const named = what === 'resource' ? withoutSecrets(target) : target
  const reason = candidates.length > 0 ? `Which backend "${named}" belongs to is not clear: ${candidates.join(', ')}` : `Unknown ${what}: ${named}`
  return () => ({ kind: 'deny', by: 'catalog', reason, code: 'unknown_tool' })
}

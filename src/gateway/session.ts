// One client's conversation with us: every request is answered once, in the era it came in. This room says which method goes where;
// calls.ts carries calls, offers.ts holds what is offered, asking.ts carries what backends ask of the client.

import { Stop } from '../lib/signal.ts'
import { BATCHED, isModern, META_VERSION } from '../rpc/eras.ts'
import { type Frame, type Malformed } from '../rpc/frame.ts'
import type { Link } from '../rpc/link.ts'
import type { Reply } from '../rpc/reply.ts'
import { internal, Requests } from '../rpc/requests.ts'
import { plain, type Wire } from '../rpc/wire.ts'
import { AboutTasks } from './about-tasks.ts'
import { Admission } from './admission.ts'
import { error, failure, oversized, result } from './answers.ts'
import { approvalStatus } from './approval-status.ts'
import { Asking } from './asking.ts'
import { Batches } from './batches.ts'
import { Calls, roads } from './calls.ts'
import type { Entry } from './catalog.ts'
import type { Gateway } from './gateway.ts'
import { discovered, initialized, legacyOrigin, metaProblem, modernOrigin, noOrigin, type Speaker } from './greeting.ts'
import { isList, Listing } from './listing.ts'
import { Listening, spare } from './listening.ts'
import { Offers } from './offers.ts'
import type { Fault } from './faults.ts'
import { Others } from './others.ts'
import { NOTHING, type Said } from './prefaces.ts'
import { NOBODY } from './principals.ts'
import { rootOf } from './roots.ts'
import type { Backends, Era, Listener, Lists, Origin, Principal } from './types.ts'

const isCall = (method: string): method is keyof typeof roads => Object.hasOwn(roads, method)

export interface SessionOptions {
  readonly speaker: Speaker
  /** One backend, names unchanged. */
  readonly bare?: string
  readonly onclosed?: (reason: string) => void
}

export class Session implements Listener {
  readonly #gateway: Gateway
  readonly #options: SessionOptions
  readonly #front: Requests
  readonly #backends: Backends
  readonly #offers: Offers
  readonly #calls: Calls
  readonly #asking: Asking
  readonly #others: Others
  readonly #listing: Listing
  readonly #listening: Listening
  readonly #batches: Batches
  readonly #admission: Admission
  #origin: Origin
  #opened = false
  #closed = false

  constructor(gateway: Gateway, link: Link, options: SessionOptions) {
    this.#gateway = gateway
    this.#options = options
    this.#origin = noOrigin(options.speaker)
    this.#admission = new Admission(options.speaker, {
      enter: (frame, modern, principal, cancelled) => this.#enter(frame, modern, principal, cancelled),
      refuse: (frame, modern, fault) => this.#refuse(frame, modern, fault),
      expel: fault => this.#expel(fault),
      settle: (frame, work) => this.#settle(frame, work),
    })
    this.#backends = gateway.openBackends(this, options.bare)
    const graceMs = () => gateway.listGraceMs(this.#origin.client)
    this.#offers = new Offers(this.#backends, {
      clock: gateway.clock,
      bare: options.bare !== undefined,
      graceMs,
      hidden: () => gateway.hides(this.#origin),
      pins: gateway.pins,
      kept: gateway.prefaces,
      own: () => (gateway.asks?.() ? approvalStatus : undefined),
      onchange: kind => this.#listening.listChanged(kind),
    })
    this.#front = new Requests(link, gateway.clock, {
      request: frame => this.#request(frame),
      notification: frame => this.#notification(frame),
      left: via => this.#cancelled(via, 'the client closed its stream'),
      malformed: (problem, wire) => this.#malformed(problem, wire),
      oversize: (head, bytes) => this.#front.respond(oversized(head, bytes)),
      closed: reason => this.close(reason),
      answered: (via, parts) => this.#batches.answered(via, parts),
    })
    this.#batches = new Batches(parts => this.#front.respond(parts))
    this.#calls = new Calls(gateway, this.#front, this.#backends, this.#offers, (backend, asked, stop, via) =>
      this.#asking.ask(backend, asked, stop, undefined, via),
    )
    const origin = () => this.#origin
    this.#asking = new Asking(this.#front, this.#backends, this.#calls.legs, origin, reply => this.#rooted(rootOf(reply)))
    const tasks = new AboutTasks(gateway, this.#front, this.#backends, this.#offers, this.#calls)
    this.#others = new Others(this.#front, this.#backends, this.#calls, tasks, options.bare !== undefined)
    this.#listing = new Listing(this.#front, this.#offers)
    this.#listening = new Listening(this.#front, gateway.clock, this.#others, tasks, origin)
  }

  get origin(): Origin {
    return this.#origin
  }

  get backends(): Backends {
    return this.#backends
  }

  /** Requests that have no answer yet. */
  get inFlight(): number {
    return this.#calls.inFlight + this.#listing.waiting + this.#admission.waiting
  }

  /** Whether its client waits for what backends are about to say that they offer. */
  get awaitsBackends(): boolean {
    return this.#listing.waiting > 0
  }

  /** How that tool is defined, as far as is known; what is remembered counts. */
  tool(name: string): Entry | undefined | Promise<Entry | undefined> {
    const find = () => this.#offers.catalog.find('tools', name)
    return this.#offers.recall()?.then(find) ?? find()
  }

  /** The settings have changed: these backends are new, gone or not what they were. */
  reorder(changed: readonly string[]): Promise<void> {
    return this.#offers.reorder(changed)
  }

  /** Looks whether who was served may be served still; where not, what is under way ends at once. */
  reconsider(): Promise<void> {
    return this.#admission.reconsider()
  }

  lists(backend: string, found: Lists): Lists {
    this.#calls.standing.started(backend, found)
    return this.#offers.heard(backend, found)
  }

  held(backend: string, tool: string): (() => Promise<Fault | undefined>) | undefined {
    return this.#offers.held(backend, tool)
  }

  changed(backend: string): void {
    const status = this.#backends.get(backend)?.status()
    if (status) this.#gateway.emit({ v: 1, type: 'backend.changed', at: this.#gateway.clock.now(), backend: { ...status, session: this.#origin.session } })
  }

  notification(backend: string, frame: Frame, cause?: Stop): void {
    // A backend that has other clients too may speak of their tasks.
    if (frame.method === 'notifications/tasks/status' && this.#calls.tasks.owner(frame.params['taskId']) !== backend) return
    if (frame.method === 'notifications/elicitation/complete') this.#calls.done(backend, frame)
    this.#listening.heard(backend, frame, this.#offers.catalog, {
      way: () => this.#calls.wayTo(backend, cause),
      ofCall: () => this.#calls.wayOfCall(backend, cause),
      ofLog: level => this.#calls.wayOfLog(backend, cause, level),
    })
    spare(this.#front, this.#backends.get(backend))
  }

  request(backend: string, frame: Frame, stop: Stop, cause?: Stop): Promise<Reply> {
    return this.#asking.ask(backend, frame, stop, cause, this.#calls.wayTo(backend, cause))
  }

  /** Ends the conversation and everything under it. */
  close(reason: string): void {
    if (this.#closed) return
    this.#closed = true
    if (this.#opened) this.#gateway.emit({ v: 1, type: 'session.closed', at: this.#gateway.clock.now(), session: this.#origin.session, reason })
    this.#offers.close()
    this.#listening.close()
    this.#calls.stopAll(reason)
    this.#options.onclosed?.(reason)
  }

  /** A client that has told a backend what its person works on has told us. */
  #rooted(project: string | undefined): void {
    const { project: known, ...rest } = this.#origin
    if (known === project || this.#options.speaker.told?.(rest.client).project !== undefined) return
    this.#origin = project === undefined ? rest : { ...rest, project }
  }

  #respond(frame: Frame, parts: readonly Wire[]): void {
    this.#front.respond(parts, frame.via)
  }

  #request(frame: Frame): void {
    if (isModern(frame)) {
      const problem = metaProblem(frame)
      if (problem) return this.#respond(frame, error(frame.id, problem.code, problem.message, problem.data))
      if (frame.method !== 'server/discover') return this.#admission.admit(frame, true)
      this.#meet(modernOrigin(frame, this.#options.speaker, this.#origin.principal))
      return this.#greet(frame, 'modern', said => discovered(this.#gateway.self, said))
    }
    if (frame.method === 'initialize') {
      const origin = legacyOrigin(frame, this.#options.speaker, this.#origin.principal)
      this.#opened = false
      this.#meet(origin)
      return this.#greet(frame, 'legacy', said => initialized(this.#gateway.self, origin.revision, said))
    }
    if (frame.method === 'ping') return this.#respond(frame, result(frame.id, 'legacy'))
    if (this.#origin.era === 'legacy') return this.#admission.admit(frame, false)
    if (frame.method === 'server/discover') return this.#respond(frame, error(frame.id, -32602, `Invalid params: _meta["${META_VERSION}"] is missing`))
    this.#respond(frame, error(frame.id, -32600, `Invalid Request: send "initialize" first, or name the protocol in _meta["${META_VERSION}"]`))
  }

  /** A greeting waits for no backend; for what is remembered of them only where that can be read at once, else what is kept for it is read. */
  #greet(frame: Frame, era: Era, inside: (said: Said) => string): void {
    const answer = () => this.#respond(frame, result(frame.id, era, inside(this.#said())))
    const recalled = this.#gateway.remembers?.() ? this.#offers.recall() : undefined
    if (recalled) return this.#settle(frame, recalled.then(answer))
    answer()
    // What comes next is a list: memory is read while the answer is on its way. What a modern client can do comes with its requests.
    if (era === 'legacy') this.#offers.recall()?.catch(() => {})
  }

  /** What backends say of themselves, for a caller that is known without waiting. */
  #said(): Said {
    const who = this.#options.speaker.who()
    return who instanceof Promise || 'code' in who ? NOTHING : this.#offers.said(this.#gateway.hides({ ...this.#origin, principal: who }))
  }

  #enter(frame: Frame, modern: boolean, principal: Principal, cancelled?: string): void {
    if (modern) {
      const origin = modernOrigin(frame, this.#options.speaker, principal)
      this.#meet(origin)
      return this.#route(frame, origin, cancelled)
    }
    if (this.#origin.principal !== principal) this.#origin = { ...this.#origin, principal }
    this.#route(frame, this.#origin, cancelled)
  }

  /** To nobody nothing is done. What would have been a call is on record. */
  #refuse(frame: Frame, modern: boolean, fault: Fault): void {
    const origin = modern ? modernOrigin(frame, this.#options.speaker, NOBODY) : { ...this.#origin, principal: NOBODY }
    const { method } = frame
    if (isCall(method)) return this.#settle(frame, this.#calls.call(frame, roads[method], origin, fault))
    this.#respond(frame, failure(frame, origin.era, fault))
  }

  /** Who was served has lost its authority: what is under way ends with that, and so do the backends that were started for it. */
  #expel(fault: Fault): void {
    if (this.#opened) this.#gateway.emit({ v: 1, type: 'session.closed', at: this.#gateway.clock.now(), session: this.#origin.session, reason: fault.message })
    this.#opened = false
    this.#offers.rest()
    this.#listening.close()
    this.#calls.stopAll(fault.message, fault)
    for (const name of this.#backends.names()) void this.#backends.get(name)?.stop()
  }

  /** A modern client may be met by its first request only; a legacy session stays legacy for what comes without _meta. */
  #meet(origin: Origin): void {
    if (origin.era === 'legacy' || this.#origin.era !== 'legacy') this.#origin = origin
    if (this.#opened) return
    this.#opened = true
    const { client, era, revision, session } = origin
    this.#gateway.emit({ v: 1, type: 'session.opened', at: this.#gateway.clock.now(), session, client, era, revision })
  }

  #route(frame: Frame, origin: Origin, cancelled?: string): void {
    const { method } = frame
    if (isCall(method)) return this.#settle(frame, this.#calls.call(frame, roads[method], origin, undefined, cancelled))
    if (cancelled !== undefined) return this.#front.unanswered(frame.via)
    if (isList(method)) return this.#settle(frame, this.#listing.list(frame, origin))
    if (method === 'completion/complete') return this.#settle(frame, this.#others.complete(frame, origin))
    if (origin.era === 'modern') {
      if (method === 'subscriptions/listen') return this.#settle(frame, this.#listening.listen(frame, origin))
    } else {
      if (method === 'logging/setLevel') return this.#others.setLevel(frame)
      if (method === 'resources/subscribe' || method === 'resources/unsubscribe') return this.#settle(frame, this.#others.subscribe(frame, origin))
    }
    this.#settle(frame, this.#others.other(frame, origin))
  }

  /** What nobody foresaw in one request ends that request. */
  #settle(frame: Frame, work: Promise<void> | undefined): void {
    work?.catch(problem => this.#respond(frame, internal(frame.id, problem)))
  }

  #notification(frame: Frame): void {
    if (frame.method === 'notifications/cancelled') {
      const at = frame.param('requestId')
      if (at) this.#cancelled(frame.text.slice(at.start, at.end), plain(frame.params['reason'] ?? 'cancelled by the client'))
    } else if (!this.#asking.told(frame) && this.#origin.era === 'legacy' && !isModern(frame))
      void this.#others.told(frame, this.#origin, this.#options.speaker.who)
  }

  #cancelled(key: string, reason: string): void {
    if (this.#admission.cancelled(key, reason)) return
    if (!this.#listening.cancelled(key) && !this.#listing.cancelled(key)) this.#calls.cancel(key, reason)
  }

  #malformed(problem: Malformed, wire: Wire): void {
    if (problem.code === -32600 && this.#origin.revision === BATCHED && this.#batches.take(wire, frame => this.#front.read(frame))) return
    this.#front.respond(error(problem.id, problem.code, problem.message))
  }
}

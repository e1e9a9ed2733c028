// Requests on their way to one backend: so many at once, the others in a queue with an end, none while the breaker is open. Invariants: a call is
// sent again only if it provably never left; nothing here rejects.

import type { BackendSettings } from '../config/settings.ts'
import type { Fault } from '../gateway/faults.ts'
import { paramsOf } from '../gateway/mirrored.ts'
import type { Answer, BackendStatus, CallOptions, Era, Outgoing } from '../gateway/types.ts'
import type { Clock } from '../lib/clock.ts'
import type { Stop } from '../lib/signal.ts'
import type { Frame } from '../rpc/frame.ts'
import type { LinkFailure } from '../rpc/link.ts'
import type { Reply } from '../rpc/reply.ts'
import type { Ended, RequestOptions } from '../rpc/requests.ts'
import { Breaker } from './breaker.ts'
import { Gate } from './gate.ts'
import { Recent } from './recent.ts'
import { describe, type Running } from './running.ts'
import * as trouble from './trouble.ts'

/** What a request needs of the life that its backend leads. */
export interface ForwardingHooks {
  running(): Running | undefined
  /** The running backend, started if need be. */
  ready(stop: Stop): Promise<Running | Fault | 'stopped'>
  /** Where it has not said yet what it offers: waits for that, and says what stands in the way of the request then. */
  stands(request: Outgoing, stop: Stop): Promise<Fault | undefined> | undefined
  /** It has refused our credentials: says what to do. */
  park(failure: LinkFailure): Fault
  lastError(): string | undefined
  onerror(error: string): void
}

const QUEUE_PER_PLACE = 20

export const isFault = (value: Running | Fault | undefined): value is Fault => value !== undefined && 'code' in value

/** An answer of ours: the request provably never left. */
export const refused = (fault: Fault): Answer => ({ kind: 'failure', fault, sent: false })

export class Forwarding {
  readonly breaker: Breaker
  readonly #settings: BackendSettings
  readonly #clock: Clock
  readonly #hooks: ForwardingHooks
  readonly #gate: Gate
  readonly #recent = new Recent()
  #calls = 0
  #failures = 0
  #usedAt = 0
  /** The one whose end under its calls has been counted. */
  #lost: Running | undefined
  /** URIs, and tasks, that the client follows: while there are any, the backend does not count as idle. */
  readonly #subscribed = new Set<unknown>()

  constructor(settings: BackendSettings, clock: Clock, hooks: ForwardingHooks) {
    this.#settings = settings
    this.#clock = clock
    this.#hooks = hooks
    this.#gate = new Gate(settings.concurrency, settings.concurrency * QUEUE_PER_PLACE)
    this.breaker = new Breaker(clock)
  }

  /** Whether anybody waits for it, or follows what it has. */
  get busy(): boolean {
    return this.#gate.inside > 0 || this.#subscribed.size > 0
  }

  /** When it was of use last, on the clock's ticks. */
  get usedAt(): number {
    return this.#usedAt
  }

  counts(): Pick<BackendStatus, 'inFlight' | 'queued' | 'calls' | 'failures' | 'recent'> {
    return { inFlight: this.#gate.inside, queued: this.#gate.queued, calls: this.#calls, failures: this.#failures, recent: this.#recent.status() }
  }

  used(): void {
    this.#usedAt = this.#clock.tick()
  }

  /** It does not run any more: nobody follows anything there. */
  idle(): void {
    this.#subscribed.clear()
  }

  /** One request, in its turn. */
  call(request: Outgoing, options: CallOptions): Promise<Answer> {
    return this.#gate.enter() ? this.#forward(request, options) : this.#queue(request, options)
  }

  async #queue(request: Outgoing, options: CallOptions): Promise<Answer> {
    const turn = await this.#gate.wait(options.stop)
    if (turn === 'stopped') return { kind: 'cancelled' }
    if (turn === 'full') return refused(trouble.overloaded(this.#settings.name, this.#gate.inside, this.#gate.queued))
    return this.#forward(request, options)
  }

  /** One request whose place at the gate is taken; gives the place back. */
  async #forward(request: Outgoing, options: CallOptions): Promise<Answer> {
    try {
      const refusesForMs = this.breaker.refusesForMs()
      if (refusesForMs > 0) return refused(trouble.resting(this.#settings.name, refusesForMs, this.#hooks.lastError()))
      this.#calls++
      for (let attempt = 0; ; attempt++) {
        const running = this.#hooks.running() ?? (await this.#hooks.ready(options.stop))
        if (running === 'stopped') return this.#undecided()
        if (isFault(running)) {
          this.breaker.undecided()
          return refused(running)
        }
        const standing = this.#hooks.stands(request, options.stop)
        const fault = standing && (await standing)
        if (fault) {
          this.breaker.undecided()
          return refused(fault)
        }
        const began = this.#clock.tick()
        const ended = await running.send(request.frame, request.edits, this.#requestOptions(request, options), request.meta)
        this.used()
        if (ended.kind === 'reply') this.#recent.add(this.#usedAt - began, ended.reply.error || ended.reply.value['isError'] === true)
        if (ended.kind === 'reply') return this.#answered(request.frame, ended.reply, running.greeting.era)
        if (ended.kind === 'cancelled') return this.#undecided()
        if (ended.kind === 'lost' && ended.failure.unsent && !ended.failure.unauthorized && attempt === 0) continue
        this.#recent.add(this.#usedAt - began, true)
        return this.#failed(ended, running)
      }
    } catch (error) {
      // Nobody foresaw it, so it says nothing of the backend.
      this.breaker.undecided()
      throw error
    } finally {
      this.#gate.leave()
    }
  }

  #requestOptions({ frame, edits, name, mirrored }: Outgoing, { stop, onProgress, timeoutMs = this.#settings.timeoutMs }: CallOptions): RequestOptions {
    return { timeoutMs, stop, name, params: mirrored?.length ? paramsOf(mirrored, frame, edits) : undefined, onProgress }
  }

  #answered({ method, params }: Frame, reply: Reply, era: Era): Answer {
    this.breaker.success()
    if (method === 'resources/subscribe' && !reply.error) this.#subscribed.add(params['uri'])
    if (method === 'resources/unsubscribe') this.#subscribed.delete(params['uri'])
    if (method === 'subscriptions/listen' && !reply.error) this.#subscribed[params['over'] ? 'delete' : 'add'](params['taskId'])
    return { kind: 'reply', reply, era }
  }

  #undecided(): Answer {
    this.breaker.undecided()
    return { kind: 'cancelled' }
  }

  #failed(ended: Exclude<Ended, { kind: 'reply' } | { kind: 'cancelled' }>, running: Running): Answer {
    this.#failures++
    if (ended.kind === 'oversize') {
      this.breaker.success() // it has answered
      return { kind: 'failure', fault: trouble.tooLarge(this.#settings.name, ended.bytes), sent: true }
    }
    // However many calls a crash takes with it, it is one failure.
    if (running === this.#hooks.running() || this.#lost !== running) this.breaker.failure()
    if (running !== this.#hooks.running()) this.#lost = running
    this.#hooks.onerror(describe(ended))
    if (ended.kind === 'timeout') return { kind: 'failure', fault: trouble.late(this.#settings.name, ended.ms), sent: true }
    const { unauthorized, unsent, reason, lacks } = ended.failure
    if (lacks !== undefined) return this.#lacking(lacks)
    if (!unauthorized) return { kind: 'failure', fault: trouble.lost(this.#settings.name, reason, !unsent), sent: !unsent }
    return refused(this.#hooks.park(ended.failure))
  }

  /** One request that our login does not reach; others it does. */
  #lacking(scopes: string): Answer {
    this.breaker.success()
    return refused(trouble.lacking(this.#settings.name, scopes))
  }
}

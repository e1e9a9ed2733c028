// The life of one backend: started when needed, stopped when idle, started again after a growing pause when it crashes, parked when it refuses
// our credentials. Invariants: a call is sent again only if it provably never left; nothing here rejects; one backend's trouble stays its own.

import type { Clock, Timer } from '../lib/clock.ts'
import { Stop } from '../lib/signal.ts'
import type { BackendSettings } from '../config/settings.ts'
import type { Fault } from '../gateway/faults.ts'
import type { Answer, Backend, BackendState, BackendStatus, CallOptions, Era, Listener, Lists, Outgoing } from '../gateway/types.ts'
import type { Frame } from '../rpc/frame.ts'
import { compose } from '../rpc/frame.ts'
import type { Link } from '../rpc/link.ts'
import type { Ended } from '../rpc/requests.ts'
import type { Edit } from '../rpc/splice.ts'
import { Breaker } from './breaker.ts'
import { Gate } from './gate.ts'
import { Relisting } from './relisting.ts'
import { Running, describe } from './running.ts'

export interface LifecycleOptions {
  readonly settings: BackendSettings
  readonly clock: Clock
  readonly random: () => number
  readonly listener: Listener
  readonly client: { readonly name: string; readonly version: string }
  /** Opens its link: spawns or connects. A fault when that can't even be tried: a missing variable, an unknown command. */
  readonly open: () => Promise<Link | Fault>
  /** The era it spoke last, while that is worth trusting. */
  readonly era?: Era
  /** It said what it offers. */
  readonly onlists: (lists: Lists) => void
  readonly onchange: () => void
  /** A line for its log. */
  readonly log: (line: string) => void
}

const BACKOFF_MS = 500
const BACKOFF_LIMIT_MS = 60_000
/** A call waits out a short pause instead of failing. */
const PATIENCE_MS = 2500
/** A backend that ran so long has proved itself: the next crash begins with the shortest pause again. */
const PROVED_MS = 10_000
const HEALTH_MS = 30_000
const HEALTH_TIMEOUT_MS = 10_000
const QUEUE_PER_PLACE = 20
/** Lists are read again at each start, but the call that caused the start goes first. */
const FIRST_LIST_MS = 5

const isFault = (value: Running | Fault | undefined): value is Fault => value !== undefined && 'code' in value

export class Lifecycle implements Backend {
  readonly name: string
  readonly #options: LifecycleOptions
  readonly #gate: Gate
  readonly #breaker: Breaker
  readonly #relisting: Relisting<Lists | Fault>
  #last: Lists | undefined
  #running: Running | undefined
  #starting: Promise<Running | Fault> | undefined
  #closing: Promise<void> | undefined
  #state: BackendState
  #era: Era | undefined
  #crashes = 0
  #counts = { calls: 0, failures: 0, restarts: 0 }
  #startedAt: number | undefined
  #retryAt: number | undefined
  #lastError: string | undefined
  #usedAt = 0
  /** URIs that the client follows: while there are any, it does not count as idle. */
  readonly #subscribed = new Set<unknown>()
  #watch: Timer | undefined
  #closed = false

  constructor(options: LifecycleOptions) {
    this.name = options.settings.name
    this.#options = options
    this.#era = options.era
    this.#state = options.settings.enabled ? 'stopped' : 'disabled'
    this.#gate = new Gate(options.settings.concurrency, options.settings.concurrency * QUEUE_PER_PLACE)
    this.#breaker = new Breaker(options.clock)
    this.#relisting = new Relisting(options.clock, kinds => this.#read(kinds))
  }

  async lists(): Promise<Lists | Fault> {
    const running = await this.#ready()
    if (isFault(running)) return running
    return this.#last ?? this.#relisting.now()
  }

  async call(request: Outgoing, options: CallOptions): Promise<Answer> {
    if (this.#state === 'disabled' || this.#closed)
      return this.#refused(this.#fault('backend_unavailable', `"${this.name}" is disabled. Enable it with: mcpgw enable ${this.name}`))
    if (!this.#gate.enter()) {
      const turn = await this.#gate.wait(options.stop)
      if (turn === 'stopped') return { kind: 'cancelled' }
      if (turn === 'full')
        return this.#refused(
          this.#fault(
            'overloaded',
            `"${this.name}" has ${this.#gate.inside} calls at work and ${this.#gate.queued} waiting. Wait a moment, then try again.`,
            1000,
          ),
        )
    }
    try {
      const refusesForMs = this.#breaker.refusesForMs()
      if (refusesForMs > 0) {
        const again = `It is tried again in ${Math.ceil(refusesForMs / 1000)} s. Last trouble: ${this.#lastError ?? 'unknown'}`
        return this.#refused(
          this.#fault('backend_unavailable', `"${this.name}" failed several times in a row and is left alone for a while. ${again}`, Math.ceil(refusesForMs)),
        )
      }
      return await this.#forward(request, options)
    } finally {
      this.#gate.leave()
    }
  }

  notify(frame: Frame, edits: readonly Edit[]): void {
    this.#running?.requests.notify(frame, edits)
  }

  pause(on: boolean): void {
    this.#running?.link.pause?.(on)
  }

  status(): BackendStatus {
    const { settings } = this.#options
    const link = this.#running?.link
    return {
      name: this.name,
      state: this.#breaker.open && this.#state !== 'parked' ? 'open' : this.#state,
      transport: settings.type,
      era: this.#era,
      pid: link && 'pid' in link ? (link.pid as number) : undefined,
      inFlight: this.#gate.inside,
      queued: this.#gate.queued,
      ...this.#counts,
      tools: this.#last?.tools.length,
      startedAt: this.#startedAt,
      lastError: this.#lastError,
      retryAt: this.#retryAt,
      tags: settings.tags,
    }
  }

  async start(): Promise<Fault | undefined> {
    if (this.#state === 'parked' || this.#state === 'waiting') this.#state = 'stopped'
    this.#retryAt = undefined
    this.#breaker.success()
    const running = await this.#ready()
    return isFault(running) ? running : undefined
  }

  async stop(): Promise<void> {
    const running = this.#running
    this.#gone('stopped')
    await running?.link.close()
  }

  async restart(): Promise<Fault | undefined> {
    await this.stop()
    return this.start()
  }

  close(): Promise<void> {
    this.#closed = true
    this.#relisting.close()
    return (this.#closing ??= (async () => {
      const starting = this.#starting
      await this.stop()
      const late = await starting
      if (late && !isFault(late)) await late.link.close()
    })())
  }

  async #forward(request: Outgoing, options: CallOptions): Promise<Answer> {
    this.#counts.calls++
    for (let attempt = 0; ; attempt++) {
      const running = this.#running ?? (await this.#ready(options.stop))
      if (running === 'stopped') return this.#undecided()
      if (isFault(running)) return { kind: 'failure', fault: running, sent: false }
      this.#usedAt = this.#options.clock.tick()
      const timeoutMs = options.timeoutMs ?? this.#options.settings.timeoutMs
      const ended = await running.send(
        request.frame,
        request.edits,
        { timeoutMs, stop: options.stop, name: request.name, onProgress: options.onProgress },
        request.meta,
      )
      this.#usedAt = this.#options.clock.tick()
      if (ended.kind === 'reply') {
        this.#breaker.success()
        if (request.frame.method === 'resources/subscribe') this.#subscribed.add(request.frame.params['uri'])
        if (request.frame.method === 'resources/unsubscribe') this.#subscribed.delete(request.frame.params['uri'])
        return { kind: 'reply', reply: ended.reply, era: running.greeting.era }
      }
      if (ended.kind === 'cancelled') return this.#undecided()
      if (ended.kind === 'lost' && ended.failure.unsent && !ended.failure.unauthorized && attempt === 0) continue
      return this.#failed(ended)
    }
  }

  #undecided(): Answer {
    this.#breaker.undecided()
    return { kind: 'cancelled' }
  }

  #refused(fault: Fault): Answer {
    return { kind: 'failure', fault, sent: false }
  }

  #failed(ended: Exclude<Ended, { kind: 'reply' } | { kind: 'cancelled' }>): Answer {
    this.#counts.failures++
    if (ended.kind === 'oversize') {
      const message = `"${this.name}" answered with ${ended.bytes} bytes, more than one message may have (maxFrameBytes). The call was executed; ask for less.`
      return { kind: 'failure', fault: this.#fault('too_large', message), sent: true }
    }
    this.#breaker.failure()
    this.#lastError = describe(ended)
    if (ended.kind === 'timeout') {
      const message = `"${this.name}" did not answer within ${ended.ms / 1000} s. The call may still have been executed: check before you repeat it.`
      return { kind: 'failure', fault: this.#fault('backend_timeout', message), sent: true }
    }
    if (ended.failure.unauthorized) {
      this.#park(ended.failure.reason)
      return { kind: 'failure', fault: this.#parked(), sent: false }
    }
    const sent = !ended.failure.unsent
    const what = sent ? 'ended during the call, which may have been executed: check before you repeat it' : 'could not be reached; the call was not executed'
    return {
      kind: 'failure',
      fault: this.#fault('backend_unavailable', `"${this.name}" ${what}. Reason: ${ended.failure.reason}. See: mcpgw backends logs ${this.name}`),
      sent,
    }
  }

  #fault(code: Fault['code'], message: string, retryAfterMs?: number): Fault {
    return retryAfterMs === undefined ? { code, message } : { code, message, retryAfterMs }
  }

  #parked(): Fault {
    return this.#fault(
      'backend_auth',
      `"${this.name}" refuses our credentials (${this.#lastError}). Correct its headers or env in the settings, then: mcpgw backends restart ${this.name}`,
    )
  }

  #park(reason: string): void {
    const running = this.#running
    this.#lastError = reason
    this.#gone('parked')
    void running?.link.close()
  }

  /** The running backend, started if need be. */
  #ready(): Promise<Running | Fault>
  #ready(stop: Stop): Promise<Running | Fault | 'stopped'>
  async #ready(stop?: Stop): Promise<Running | Fault | 'stopped'> {
    if (this.#running) return this.#running
    if (this.#closed || this.#state === 'disabled')
      return this.#fault('backend_unavailable', `"${this.name}" is disabled. Enable it with: mcpgw enable ${this.name}`)
    if (this.#state === 'parked') return this.#parked()
    if (!this.#starting) {
      const waitMs = this.#retryAt === undefined ? 0 : this.#retryAt - this.#options.clock.now()
      if (waitMs > PATIENCE_MS) {
        const message = `"${this.name}" could not be started (${this.#lastError}) and is tried again in ${Math.ceil(waitMs / 1000)} s. See: mcpgw backends logs ${this.name}`
        return this.#fault('backend_unavailable', message, Math.ceil(waitMs))
      }
      this.#starting = this.#start(Math.max(0, waitMs)).finally(() => (this.#starting = undefined))
    }
    if (!stop) return this.#starting
    return Promise.race([this.#starting, new Promise<'stopped'>(settle => stop.on(() => settle('stopped')))])
  }

  async #start(waitMs: number): Promise<Running | Fault> {
    const { clock, settings, open } = this.#options
    if (waitMs > 0) await new Promise<void>(done => clock.after(waitMs, done))
    this.#become('starting')
    let failure: string | undefined
    for (const era of this.#era === 'legacy' ? (['legacy'] as const) : ([this.#era, 'legacy'] as const)) {
      const link = await open()
      if ('code' in link) return this.#startFailed(link.message, link)
      const running = this.#attach(link)
      const { client, listener } = this.#options
      const failed = await running.greet({ era, timeoutMs: settings.startTimeoutMs, client, capabilities: declared(listener) })
      if (!failed && !this.#closed) return this.#started(running)
      await link.close()
      if (!failed) return this.#fault('backend_unavailable', `"${this.name}" was closed`)
      failure = failed.ended.kind === 'reply' ? `it answered initialize with: ${String(failed.ended.reply.value['message'])}` : describe(failed.ended)
      if (failed.ended.kind === 'lost' && failed.ended.failure.unauthorized) {
        this.#park(failure)
        return this.#parked()
      }
      if (!failed.probing) break
    }
    return this.#startFailed(failure ?? 'unknown')
  }

  #attach(link: Link): Running {
    const { clock, client, listener, log } = this.#options
    const running: Running = new Running(
      link,
      clock,
      { client, capabilities: declared(listener) },
      {
        notification: frame => {
          const changed = /^notifications\/(tools|prompts|resources)\/list_changed$/.exec(frame.method)
          if (changed) this.#relisting.changed([changed[1]!])
          else listener.notification(this.name, frame)
        },
        request: (frame, stop) => listener.request(this.name, frame, stop),
        junk: line => log(`[stdout, no message] ${line}`),
        closed: reason => running === this.#running && this.#crashed(reason),
      },
    )
    return running
  }

  #started(running: Running): Running {
    this.#running = running
    this.#era = running.greeting.era
    this.#startedAt = this.#options.clock.now()
    this.#usedAt = this.#options.clock.tick()
    this.#retryAt = undefined
    this.#become('ready')
    this.#relisting.changed(['tools', 'prompts', 'resources'], FIRST_LIST_MS)
    this.#look()
    return running
  }

  #startFailed(reason: string, fault?: Fault): Fault {
    this.#breaker.failure()
    this.#lastError = reason
    this.#pauseAfterCrash()
    return fault ?? this.#fault('backend_unavailable', `"${this.name}" could not be started: ${reason}. See: mcpgw backends logs ${this.name}`)
  }

  #crashed(reason: string): void {
    const link = this.#running!.link
    if (this.#options.clock.now() - (this.#startedAt ?? 0) > PROVED_MS) this.#crashes = 0
    this.#options.log(`[mcpgw] ${reason}`)
    this.#lastError = reason
    this.#counts.restarts++
    this.#gone('waiting')
    this.#pauseAfterCrash()
    void link.close()
  }

  #pauseAfterCrash(): void {
    if (this.#closed) return
    const full = Math.min(BACKOFF_LIMIT_MS, BACKOFF_MS * 2 ** this.#crashes++)
    this.#retryAt = this.#options.clock.now() + full * (0.5 + this.#options.random() / 2)
    this.#become('waiting')
  }

  #gone(state: BackendState): void {
    this.#running = undefined
    this.#last = undefined
    this.#subscribed.clear()
    this.#startedAt = undefined
    this.#watch?.cancel()
    this.#become(state)
  }

  #become(state: BackendState): void {
    if (this.#state === state || this.#state === 'disabled') return
    this.#state = state
    this.#options.onchange()
  }

  async #read(kinds: ReadonlySet<string>): Promise<{ result: Lists | Fault; differs: boolean }> {
    const { settings, clock, onlists } = this.#options
    const running = this.#running
    const before = this.#last
    const found = running ? await running.lists(settings.timeoutMs, clock.now(), before, kinds) : (this.#lastError ?? 'it is not running')
    if (typeof found === 'string') {
      const message = `the tools of "${this.name}" could not be listed: ${found}`
      this.#lastError = message
      return { result: this.#fault('backend_unavailable', message), differs: false }
    }
    if (running !== this.#running) return { result: found, differs: false }
    this.#last = found
    const differs = !before || !sameLists(before, found)
    if (differs) onlists(found)
    return { result: found, differs }
  }

  /** Looks after it at intervals: stops it when idle, asks for a sign of life while it is used. */
  #look(): void {
    const { idleMs } = this.#options.settings
    this.#watch = this.#options.clock.after(Math.min(HEALTH_MS, idleMs || HEALTH_MS), () => void this.#lookNow())
  }

  async #lookNow(): Promise<void> {
    const running = this.#running
    if (!running) return
    const { idleMs } = this.#options.settings
    const unusedMs = this.#options.clock.tick() - this.#usedAt
    if (this.#gate.inside === 0 && this.#subscribed.size === 0) {
      if (idleMs > 0 && unusedMs >= idleMs) return void this.stop()
      const method = running.greeting.era === 'legacy' ? 'ping' : 'server/discover'
      const ended = unusedMs < HEALTH_MS * 2 ? await running.send(compose({ id: 0, method }), [], { timeoutMs: HEALTH_TIMEOUT_MS }) : undefined
      if (ended?.kind === 'timeout' && running === this.#running) return this.#crashed(`it gave no sign of life within ${HEALTH_TIMEOUT_MS / 1000} s`)
    }
    if (running === this.#running) this.#look()
  }
}

/** What we may promise a legacy backend: what its client can do. Nothing for a modern client: it is not asked in that way. */
export const declared = (listener: Listener): Record<string, unknown> => (listener.origin.era === 'legacy' ? listener.origin.capabilities : {})

const sameLists = (a: Lists, b: Lists): boolean =>
  (['tools', 'prompts', 'resources', 'templates'] as const).every(
    kind => a[kind].length === b[kind].length && a[kind].every((item, index) => item.text === b[kind][index]!.text),
  )

// The life of one backend: started when needed, stopped when idle, started again after a growing pause when it crashes, parked when it refuses
// our credentials. Invariants: a call is sent again only if it provably never left; nothing here rejects; one backend's trouble stays its own.

import type { Clock } from '../lib/clock.ts'
import { Stop } from '../lib/signal.ts'
import type { BackendSettings } from '../config/settings.ts'
import type { Fault } from '../gateway/faults.ts'
import type { Answer, Backend, BackendState, BackendStatus, CallOptions, Era, Listener, Lists, Outgoing } from '../gateway/types.ts'
import type { Frame } from '../rpc/frame.ts'
import type { Link, LinkFailure } from '../rpc/link.ts'
import type { Edit } from '../rpc/splice.ts'
import { Forwarding, isFault, refused } from './forwarding.ts'
import { bestEra, declared } from './handshake.ts'
import { Pauses } from './pauses.ts'
import { Relisting } from './relisting.ts'
import { Running } from './running.ts'
import { start } from './starting.ts'
import * as trouble from './trouble.ts'
import { Vitals } from './vitals.ts'

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
  /** Hears once when somebody has logged in there; gives the way to hear no more. */
  readonly onlogin?: (act: () => void) => () => void
  /** It said what it offers. */
  readonly onlists: (lists: Lists) => void
  readonly onchange: () => void
  /** A line for its log. */
  readonly log: (line: string) => void
}

/** A call waits out a short pause instead of failing. */
const PATIENCE_MS = 2500
const HEALTH_TIMEOUT_MS = 10_000
/** Lists are read again at each start, behind the call that caused it, unless somebody wants to compare first. */
const FIRST_LIST_MS = 5

export class Lifecycle implements Backend {
  readonly name: string
  readonly #options: LifecycleOptions
  readonly #forwarding: Forwarding
  readonly #pauses: Pauses
  readonly #relisting: Relisting
  #running: Running | undefined
  #starting: Promise<Running | Fault> | undefined
  #stopStart = new Stop()
  #closing: Promise<void> | undefined
  #state: BackendState
  #era: Era | undefined
  #restarts = 0
  #startedAt: number | undefined
  #retryAt: number | undefined
  #lastError: string | undefined
  /** Parked until somebody logs in: what hears of that. */
  #login: (() => void) | undefined
  #paused = false
  readonly #vitals: Vitals
  #closed = false

  constructor(options: LifecycleOptions) {
    this.name = options.settings.name
    this.#options = options
    this.#era = options.settings.type === 'sse' ? 'legacy' : options.era // HTTP+SSE is older than the modern era
    this.#state = options.settings.enabled ? 'stopped' : 'disabled'
    this.#forwarding = new Forwarding(options.settings, options.clock, {
      running: () => this.#running,
      ready: stop => this.#ready(stop),
      stands: (request, stop) => this.#relisting.stands(request, stop),
      park: failure => this.#park(failure),
      lastError: () => this.#lastError,
      onerror: error => void (this.#lastError = error),
    })
    this.#pauses = new Pauses(options.random)
    this.#vitals = new Vitals(options.clock, options.settings.idleMs, {
      // Whom we don't listen to can't give a sign of life.
      busy: () => this.#forwarding.busy || this.#paused,
      unusedMs: () => options.clock.tick() - this.#forwarding.usedAt,
      ping: () => this.#running!.ping(HEALTH_TIMEOUT_MS),
      onidle: () => void this.stop(),
      ondead: () => this.#crashed(`it gave no sign of life within ${HEALTH_TIMEOUT_MS / 1000} s`),
    })
    this.#relisting = new Relisting(options.settings, options.clock, {
      running: () => this.#running,
      park: failure => this.#park(failure),
      lastError: () => this.#lastError,
      onerror: error => void (this.#lastError = error),
      onlists: options.onlists,
      held: tool => options.listener.held?.(this.name, tool),
    })
  }

  async lists(): Promise<Lists | Fault> {
    const running = await this.#ready()
    if (isFault(running)) return running
    return this.#relisting.last ?? this.#relisting.now()
  }

  call(request: Outgoing, options: CallOptions): Promise<Answer> {
    if (this.#closed) return Promise.resolve(refused(trouble.replaced(this.name)))
    if (this.#state === 'disabled') return Promise.resolve(refused(trouble.disabled(this.name)))
    return this.#forwarding.call(request, options)
  }

  notify(frame: Frame, edits: readonly Edit[]): void {
    // A modern server hears of its client what stands in requests, and nothing else (MCP 2026-07-28).
    if (this.#running?.greeting.era === 'legacy') this.#running.requests.notify(frame, edits)
  }

  pause(on: boolean): void {
    this.#paused = on
    this.#running?.link.pause?.(on)
  }

  status(): BackendStatus {
    const { settings, clock } = this.#options
    const { breaker, busy, usedAt } = this.#forwarding
    const link = this.#running?.link
    const isOpen = breaker.open && this.#state !== 'parked'
    const idleSinceAt = this.#running && !busy ? clock.now() - Math.max(0, clock.tick() - usedAt) : undefined
    return {
      name: this.name,
      state: isOpen ? 'open' : this.#state,
      transport: settings.type,
      era: this.#era,
      pid: link && 'pid' in link ? (link.pid as number) : undefined,
      ...this.#forwarding.counts(),
      restarts: this.#restarts,
      tools: this.#relisting.last?.tools.length,
      startedAt: this.#startedAt,
      lastError: this.#lastError,
      retryAt: isOpen ? clock.now() + breaker.leftMs : this.#retryAt,
      idleSinceAt,
      stopsAt: idleSinceAt !== undefined && settings.idleMs > 0 ? idleSinceAt + settings.idleMs : undefined,
      ...(this.#login && { login: 'needed' as const }),
      tags: settings.tags,
    }
  }

  async start(): Promise<Fault | undefined> {
    if (this.#state === 'parked' || this.#state === 'waiting') this.#gone('stopped')
    this.#retryAt = undefined
    this.#forwarding.breaker.success()
    const running = await this.#ready()
    return isFault(running) ? running : undefined
  }

  async stop(): Promise<void> {
    const starting = this.#starting
    const running = this.#running
    this.#gone('stopped') // first: what we end ourselves is no crash
    this.#stopStart.stop('ended')
    await running?.link.close()
    const late = await starting
    if (!late || isFault(late)) return
    this.#gone('stopped')
    await late.link.close()
  }

  async restart(): Promise<Fault | undefined> {
    await this.stop()
    return this.start()
  }

  close(): Promise<void> {
    this.#closed = true
    this.#relisting.close()
    return (this.#closing ??= this.stop())
  }

  #park({ reason, login, lacks }: Pick<LinkFailure, 'reason' | 'login' | 'lacks'>): Fault {
    const running = this.#running
    this.#lastError = lacks ? `${reason}: ${lacks}` : reason
    this.#gone('parked')
    if (login && !this.#closed) this.#login = this.#options.onlogin?.(() => void this.start())
    void running?.link.close()
    return this.#parked()
  }

  #parked(): Fault {
    return this.#login ? trouble.loggedOut(this.name, this.#lastError) : trouble.parked(this.name, this.#lastError)
  }

  /** The running backend, started if need be. */
  #ready(): Promise<Running | Fault>
  #ready(stop: Stop): Promise<Running | Fault | 'stopped'>
  async #ready(stop?: Stop): Promise<Running | Fault | 'stopped'> {
    if (this.#running) return this.#running
    if (this.#closed) return trouble.replaced(this.name)
    if (this.#state === 'disabled') return trouble.disabled(this.name)
    if (this.#state === 'parked') return this.#parked()
    if (!this.#starting) {
      const waitMs = Math.max(0, (this.#retryAt ?? 0) - this.#options.clock.now())
      if (waitMs > PATIENCE_MS) return trouble.pausing(this.name, waitMs, this.#lastError)
      this.#starting = this.#start(waitMs).finally(() => (this.#starting = undefined))
    }
    if (!stop) return this.#starting
    return Promise.race([this.#starting, new Promise<'stopped'>(settle => stop.on(() => settle('stopped')))])
  }

  async #start(waitMs: number): Promise<Running | Fault> {
    const { clock, settings, open, client, listener } = this.#options
    const stop = (this.#stopStart = new Stop())
    if (waitMs > 0)
      await new Promise<void>(done => {
        const timer = clock.after(waitMs, done)
        stop.on(() => (timer.cancel(), done()))
      })
    if (stop.stopped) return trouble.notStarted(this.name, 'it was stopped')
    this.#become('starting')
    const capabilities = declared(listener)
    const begun = await start({ era: this.#era, open, attach: link => this.#attach(link), timeoutMs: settings.startTimeoutMs, client, capabilities, stop })
    if (!('reason' in begun)) return this.#started(begun)
    if (stop.stopped) return trouble.notStarted(this.name, 'it was stopped')
    if (!begun.unauthorized) return this.#startFailed(begun.reason, begun.fault)
    return this.#park(begun)
  }

  #attach(link: Link): Running {
    const { clock, client, listener, log } = this.#options
    const running: Running = new Running(
      link,
      clock,
      { client, capabilities: declared(listener) },
      {
        notification: (frame, cause) => {
          if (!this.#relisting.heard(frame.method)) listener.notification(this.name, frame, cause)
        },
        request: (frame, stop, cause) => listener.request(this.name, frame, stop, cause),
        junk: line => log(`[stdout, no message] ${line}`),
        closed: reason => running === this.#running && this.#crashed(reason),
      },
    )
    return running
  }

  #started(running: Running): Running {
    this.#running = running
    this.#era = bestEra(running.greeting)
    this.#startedAt = this.#options.clock.now()
    this.#forwarding.used()
    this.#retryAt = undefined
    this.#become('ready')
    this.#relisting.changed(['tools', 'prompts', 'resources'], FIRST_LIST_MS)
    this.#vitals.begin()
    return running
  }

  #startFailed(reason: string, fault?: Fault): Fault {
    this.#forwarding.breaker.failure()
    this.#lastError = reason
    this.#pauseFor(0)
    return fault ?? trouble.notStarted(this.name, reason)
  }

  #crashed(reason: string): void {
    const { link } = this.#running!
    const ranMs = this.#options.clock.now() - (this.#startedAt ?? 0)
    this.#options.log(`[mcpgw] ${reason}`)
    this.#lastError = reason
    this.#restarts++
    this.#gone('waiting')
    this.#pauseFor(ranMs)
    void link.close()
  }

  #pauseFor(ranMs: number): void {
    if (this.#closed) return
    this.#retryAt = this.#options.clock.now() + this.#pauses.next(ranMs)
    this.#become('waiting')
  }

  #gone(state: BackendState): void {
    this.#login?.()
    this.#login = undefined
    this.#running = undefined
    this.#relisting.forget()
    this.#forwarding.idle()
    this.#startedAt = undefined
    this.#vitals.end()
    this.#become(state)
  }

  #become(state: BackendState): void {
    if (this.#state === state || this.#state === 'disabled') return
    this.#state = state
    this.#options.onchange()
  }
}

// The one place, with what is in boot/, that knows every concrete part. It puts a gateway together and ends it with everything under it. What the first
// answer does not need is made after it, or when it is first wanted.

import { openLink } from './backends/links.ts'
import { BackendLogins } from './backends/logins.ts'
import { BackendLogs } from './backends/logs.ts'
import { SessionBackends } from './backends/open.ts'
import { Sessions, type Served } from './boot/sessions.ts'
import { Shared } from './boot/shared.ts'
import { clientOf } from './config/clients.ts'
import { fingerprintOf } from './config/fingerprint.ts'
import type { Places } from './config/paths.ts'
import type { BackendSettings, Settings } from './config/settings.ts'
import type { Approver } from './gateway/approve.ts'
import { Attendance } from './gateway/attendance.ts'
import { decide, offered } from './gateway/decide.ts'
import { Events } from './gateway/events.ts'
import type { Gateway } from './gateway/gateway.ts'
import { Limits } from './gateway/limits.ts'
import { Payloads } from './gateway/payloads.ts'
import { Pins } from './gateway/pinning.ts'
import { asNow, Principals } from './gateway/principals.ts'
import { redacted, redactor } from './gateway/redact/lazy.ts'
import { Rules, ruled } from './gateway/rules.ts'
import { outside, scoped } from './gateway/scopes.ts'
import type { Session } from './gateway/session.ts'
import type { Lists } from './gateway/types.ts'
import { systemClock } from './lib/clock.ts'
import { Lull } from './lib/lull.ts'
import type { Seal } from './lib/seal.ts'
import { spareTime } from './lib/spare.ts'
import type { Link } from './rpc/link.ts'
import { openJournal } from './store/journal.ts'
import { Book } from './store/pin-book.ts'
import { Prefaces } from './store/prefaces.ts'
import type { Store } from './store/store.ts'
import { Upkeep } from './store/upkeep.ts'
import { Watch } from './store/watch.ts'
import { version } from './version.ts'

/** Backends speak one after the other at a first start. What they said is kept when none has spoken for so long; and after so long whatever comes. */
const LULL_MS = 150
const LULL_LIMIT_MS = 2000
/** Questions that a backend asks within so long are asked of its client together. */
const BREATH_MS = 10

export interface BootOptions {
  readonly settings: Settings
  readonly places: Places
  readonly env: Record<string, string | undefined>
  /** A backend's process group was started, or is over. */
  readonly ongroup?: (pid: number, lives: boolean) => void
  /** A variable that its processes get when they are started. */
  readonly mark?: () => Record<string, string>
  /** Whether the process that writes the journal of this name still runs. */
  readonly isAlive?: (journal: string) => boolean
}

/** A gateway of this process, with its parts. Made at once: it opens no file and starts no process before one is needed. */
export class Booted {
  /** No secret, so no node:crypto: loading that takes a fifth of a start. */
  readonly id = Math.floor(Math.random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0')
  readonly clock = systemClock
  readonly events = new Events(systemClock)
  /** Who can answer questions. */
  readonly attendance = new Attendance()
  readonly gateway: Gateway
  readonly principals = new Principals(
    () => this.#shared.keyring(),
    systemClock,
    () => this.#settings.auth.required,
  )
  readonly #options: BootOptions
  readonly #logs: BackendLogs
  readonly #lull = new Lull(systemClock, LULL_MS, LULL_LIMIT_MS, () => this.#sessions.areWaiting)
  /** Nobody's first list waits until something is written, nor until the store is opened or made for that. */
  readonly #unhurried = async (): Promise<void> => (this.#shared.isOpen && !this.#sessions.areWaiting ? undefined : this.#lull.heard())
  /** What other processes write. */
  readonly watch = new Watch(async () => {
    if (!this.#shared.isOpen) await this.#unhurried()
    return this.store()
  }, systemClock)
  readonly #logins: BackendLogins
  readonly #journal
  readonly #payloads: Payloads
  /** The store's index and its limits, kept. */
  readonly upkeep: Upkeep
  readonly #shared: Shared
  readonly #sessions: Sessions
  #settings: Settings
  #rules: Rules
  readonly #limits = new Limits(() => this.store(), systemClock)
  readonly pinBook: Book
  readonly #pins: Pins
  readonly #prefaces: Prefaces
  #approver: Promise<Approver> | undefined
  #calls = 0

  constructor(options: BootOptions) {
    const { places, settings } = options
    this.#options = options
    this.#settings = settings
    this.#shared = new Shared(places, options.env)
    this.#sessions = new Sessions({
      ...{ id: this.id, clock: systemClock, principals: this.principals },
      gateway: () => this.gateway,
      forget: session => this.#approver?.then(one => one.leave(session)),
    })
    this.#rules = new Rules(settings.permissions)
    this.#limits.use(settings.limits)
    this.#logs = new BackendLogs(places.logs)
    this.#journal = openJournal({ dir: places.journal, id: this.id, clock: systemClock, sync: settings.audit.sync })
    this.#logins = new BackendLogins({
      clock: systemClock,
      store: this.#shared.store,
      remembers: this.#shared.exists,
      seal: this.#shared.seal,
      follow: act => this.watch.follow(act),
      who: this.id,
      env: options.env,
      note: (kind, detail) => void this.#journal.note(kind, { by: 'gateway', ...detail }),
      log: (name, line) => this.#logs.line(name, line),
    })
    this.#payloads = new Payloads(settings.audit, { journal: this.#journal, clock: systemClock, redactor, spare: spareTime() })
    this.upkeep = new Upkeep({
      dir: places.journal,
      journal: this.#journal,
      store: this.#shared.store,
      clock: systemClock,
      limits: () => this.#settings.audit,
      isAlive: options.isAlive,
      log: line => this.log(line),
    })
    this.pinBook = new Book({
      store: this.#shared.store,
      exists: this.#shared.exists,
      configOf: (name, salt) => fingerprintOf(this.#settings.backends, name, salt),
      note: (kind, detail) => this.#journal.note(kind, detail),
      required: () => settings.audit.required,
      now: systemClock.now,
      follow: changed => this.watch.follow(changed),
    })
    this.#pins = new Pins(settings.pins, {
      ...{ clock: systemClock, book: this.pinBook, lull: this.#unhurried },
      log: line => this.log(line),
      onkept: backend => this.#prefaces.outdated(backend),
    })
    this.#prefaces = new Prefaces({
      ...{ places, clock: systemClock, who: this.id },
      settings: () => this.#settings,
      salt: async () => (await this.store()).salt(),
      passing: (backend, text) => this.#pins.passing(backend, text),
      log: line => this.log(line),
    })
    this.gateway = {
      self: { name: 'mcpgw', version },
      clock: systemClock,
      journal: this.#journal,
      policies: [offered, scoped, ruled(() => this.#rules, systemClock), this.#pins.policy],
      take: this.#limits.take,
      approve: (call, question, caller) => this.approver().then(one => one.ask(call, question, caller)),
      charge: this.#limits.charge,
      pins: this.#pins,
      asks: () => this.#rules.ask || this.#pins.asks,
      approvals: async () => (await this.store()).approvals,
      hides: origin => outside(origin.principal, this.#rules.hidden(origin, systemClock.now)),
      auditRequired: settings.audit.required,
      keep: this.#payloads.keep,
      redact: redacted,
      emit: this.events.emit,
      newCallId: () => `${this.id}-${(++this.#calls).toString(36)}`,
      remembers: () => this.#shared.isOpen,
      prefaces: this.#prefaces.read,
      newHandle: () => `mcpgw-${process.getBuiltinModule('node:crypto').randomBytes(18).toString('base64url')}`,
      breath: act => void systemClock.after(BREATH_MS, act),
      listGraceMs: client => clientOf(client, client.id).listGraceMs,
      openBackends: (listener, only) => this.#sessions.made(this.#backends(listener, only)),
    }
  }

  get settings(): Settings {
    return this.#settings
  }

  /** Every backend of every session here. */
  get backends(): readonly SessionBackends[] {
    return this.#sessions.backends
  }

  store(): Promise<Store> {
    return this.#shared.store()
  }

  seal(): Promise<Seal> {
    return this.#shared.seal()
  }

  /** How a backend is configured now, as a keyed hash; undefined for one that is not. */
  async configOf(backend: string): Promise<string | undefined> {
    return fingerprintOf(this.#settings.backends, backend, await (await this.store()).salt())
  }

  /** Asks people; loaded when the first call has to be asked about. */
  approver(): Promise<Approver> {
    return (this.#approver ??= this.#openApprover())
  }

  /** Serves one client over its link. */
  serve(link: Link, served: Served): Session {
    return this.#sessions.serve(link, served)
  }

  /** Takes new settings into use; whether a record is required, and how it is written, needs a new start. */
  async update(settings: Settings): Promise<void> {
    this.#settings = settings
    this.#rules = new Rules(settings.permissions)
    this.#limits.use(settings.limits)
    this.#payloads.use(settings.audit)
    this.#pins.use(settings.pins)
    this.#prefaces.outdated()
    await this.#sessions.update(settings.backends)
  }

  /** What backends have said is compared with what is kept of them. */
  pinned(): Promise<void> {
    this.#lull.come()
    return this.#pins.settled()
  }

  /** Pins of a backend were decided on here. */
  async repinned(backend: string): Promise<void> {
    this.#prefaces.forget(backend)
    await this.#pins.refresh(backend).catch(() => {})
  }

  /** A line in our own log, beside those of the backends. */
  log(line: string): void {
    this.#logs.line('mcpgw', line)
  }

  /** Indexes what the journal holds now: for whoever wants to read it at once. */
  async index(): Promise<void> {
    await this.#payloads.flush()
    await this.upkeep.own()
  }

  /** Ends every backend, then brings the index up to date; settles within two seconds. */
  async close(): Promise<void> {
    this.#lull.end()
    await Promise.all([this.#sessions.close(), this.#logins.close(), this.#pins.close()])
    this.#limits.close()
    await this.#payloads.flush()
    await this.#prefaces.close()
    await this.upkeep.close()
    await this.#logs.close()
    await this.#shared.close()
  }

  async #openApprover(): Promise<Approver> {
    const { Approver } = await import('./gateway/approve.ts')
    const { journal, auditRequired, policies, emit } = this.gateway
    return new Approver({
      clock: systemClock,
      approvals: async () => (await this.store()).approvals,
      seal: () => this.seal(),
      configOf: name => this.configOf(name),
      settings: () => this.#settings.approvals,
      decide: asNow(
        before => this.principals.again(before),
        call => decide(call, policies),
      ),
      take: this.#limits.take,
      attendance: this.attendance,
      watch: act => this.watch.follow(act, true),
      accept: this.#pins.accept,
      holdMs: client => clientOf(client, client.id).holdMs,
      ...{ journal, auditRequired, emit },
    })
  }

  #backends(listener: ConstructorParameters<typeof SessionBackends>[1], only: string | undefined): SessionBackends {
    const { env, ongroup, mark } = this.#options
    const credentials = (backend: BackendSettings) => this.#logins.credentials(backend)
    const link = openLink({ env, logs: this.#logs, maxFrameBytes: this.#settings.maxFrameBytes, credentials, ongroup, mark })
    const options = {
      ...{ clock: systemClock, random: Math.random, client: this.gateway.self },
      memory: this.#shared.store,
      lull: this.#unhurried,
      remembers: this.#shared.exists,
      link,
      onremembered: (settings: BackendSettings, lists: Lists) => this.#prefaces.remembered(settings, lists),
      onlogin: (settings: BackendSettings, act: () => void) => this.#logins.changed(settings, act),
      log: (name: string, line: string) => this.#logs.line(name, line),
    }
    return new SessionBackends(options, listener, this.#settings.backends, only)
  }
}

// A stage for scenes: the whole gateway in memory, its backends written out in the scene, its client a list of lines.

import { SessionBackends } from '../../src/backends/open.ts'
import type { Memory, Row } from '../../src/backends/remembered.ts'
import type { BackendSettings } from '../../src/config/settings.ts'
import { Approver, type ApprovalSettings } from '../../src/gateway/approve.ts'
import { Attendance } from '../../src/gateway/attendance.ts'
import { decide, offered } from '../../src/gateway/decide.ts'
import { Events } from '../../src/gateway/events.ts'
import type { Gateway } from '../../src/gateway/gateway.ts'
import { asNow, LOCAL, type Who } from '../../src/gateway/principals.ts'
import { Pins } from '../../src/gateway/pinning.ts'
import type { PinMode } from '../../src/gateway/pins.ts'
import { Session, type SessionOptions } from '../../src/gateway/session.ts'
import type { Call, CallRecord, Decision, Journal, Outcome, Payload, Policy, Principal } from '../../src/gateway/types.ts'
import type { Fault } from '../../src/gateway/faults.ts'
import { Seal } from '../../src/lib/seal.ts'
import { memoryStore } from '../../src/store/memory.ts'
import type { Store } from '../../src/store/store.ts'
import { Watch } from '../../src/store/watch.ts'
import type { Link } from '../../src/rpc/link.ts'
import { Book } from '../../src/store/pin-book.ts'
import { pair, type End } from '../fixtures/pair.ts'
import { settled, VirtualClock } from '../fixtures/clock.ts'

type Message = { id?: unknown; method?: string; params?: any; result?: any; error?: any }

/** What a scripted backend does with one message; it may answer, or not. */
export type Script = (message: Message, say: (message: object | string) => void, hangUp: () => void) => void

/** A journal in memory; `broken` makes its writes fail. */
export class MemoryJournal implements Journal {
  readonly lines: ({ kind: 'open'; call: Call; decision: Decision } | ({ kind: 'settle' } & CallRecord))[] = []
  readonly kept: Payload[] = []
  /** Which call waited for its client, once for each time. */
  readonly legs: Call[] = []
  /** What its client was asked then. */
  readonly asked: (readonly string[])[] = []
  readonly notes: { kind: string; detail: Record<string, unknown> }[] = []
  broken: (kind: 'open' | 'leg' | 'settle' | 'note') => boolean = () => false
  open(call: Call, decision: Decision): boolean {
    if (this.broken('open')) return false
    this.lines.push({ kind: 'open', call, decision })
    return true
  }
  /** What came of tasks, as it was given: of which call, how, how large. */
  readonly given: { readonly id: string; readonly isError: boolean; readonly bytes: number; readonly result: string }[] = []
  leg(call: Call, outcome: Outcome & { kind: 'waiting' | 'answered' }, result: string | Buffer = ''): boolean {
    if (this.broken('leg')) return false
    if (outcome.kind === 'answered') {
      this.given.push({ id: call.id, isError: outcome.isError, bytes: outcome.bytes, result: String(result) })
      return true
    }
    this.asked.push(outcome.asked ?? [])
    this.legs.push(call)
    return true
  }
  settle(record: CallRecord): boolean {
    if (this.broken('settle')) return false
    this.lines.push({ kind: 'settle', ...record })
    return true
  }
  payloads(parts: readonly Payload[]): boolean {
    this.kept.push(...parts)
    return true
  }
  note(kind: string, detail: Record<string, unknown>): boolean {
    if (this.broken('note')) return false
    this.notes.push({ kind, detail })
    return true
  }
  get outcomes(): string[] {
    return this.lines.flatMap(line => (line.kind === 'settle' ? [line.outcome.kind] : []))
  }
}

/** A legacy server with these tools; other methods go to `more`. */
export const server =
  (tools: readonly (string | object)[], more: Script = () => {}, capabilities: object = { tools: { listChanged: true } }): Script =>
  (message, say, hangUp) => {
    const { id, method, params } = message
    if (method === 'initialize') say({ id, result: { protocolVersion: params.protocolVersion, capabilities, serverInfo: { name: 'scripted', version: '1' } } })
    else if (method === 'tools/list')
      say({ id, result: { tools: tools.map(tool => (typeof tool === 'string' ? { name: tool, inputSchema: { type: 'object' } } : tool)) } })
    else if (method === 'ping') say({ id, result: {} })
    else if (method === 'server/discover') say({ id, error: { code: -32601, message: 'Method not found' } })
    else more(message, say, hangUp)
  }

/** A server whose tools answer with what they were called with. */
export const echoing = (...tools: string[]): Script =>
  server(tools, ({ id, method, params }, say) => {
    if (method === 'tools/call') say({ id, result: { content: [{ type: 'text', text: `${params.name} ${JSON.stringify(params.arguments ?? {})}` }] } })
  })

const defaults = {
  args: [],
  env: {},
  inheritEnv: false,
  type: 'stdio',
  headers: {},
  tags: [],
  timeoutMs: 60_000,
  startTimeoutMs: 30_000,
  concurrency: 10,
  idleMs: 600_000,
  enabled: true,
} as const

export interface Stage {
  readonly gateway: Gateway
  readonly clock: VirtualClock
  readonly journal: MemoryJournal
  readonly memory: Row[]
  readonly events: Events
  readonly session: Session
  readonly settings: readonly BackendSettings[]
  readonly client: Client
  readonly attendance: Attendance
  readonly approver: Approver
  readonly book: Book
  readonly pins: Pins
  /** How often each backend was started. */
  readonly starts: Record<string, number>
  /** Every message that each backend has got. */
  readonly got: Record<string, Message[]>
  /** The same, as it came. */
  readonly lines: Record<string, string[]>
}

/** Where people are asked: what its process shares with others. */
export interface Asking {
  readonly store: Store
  readonly settings?: Partial<ApprovalSettings>
  readonly holdMs?: number
  readonly take?: Policy
  readonly seal?: () => Promise<Seal>
  /** How a backend is configured; by its name where nobody says. */
  readonly configOf?: (backend: string) => string | undefined
  /** Whether anything can ask. */
  readonly asks?: () => boolean
}

export interface StageOptions {
  readonly clock?: VirtualClock
  readonly asks?: Asking
  /** The process's own beginning of ids. */
  readonly process?: string
  readonly settings?: Record<string, Partial<BackendSettings>>
  readonly memory?: Row[]
  readonly policies?: readonly Policy[]
  readonly hides?: Gateway['hides']
  /** What is kept of what backends say of themselves. */
  readonly prefaces?: Gateway['prefaces']
  /** Where pins are kept, and what becomes of a change; a stage without it knows none. */
  readonly pins?: { readonly store?: () => Promise<Store>; readonly mode?: PinMode }
  readonly auditRequired?: boolean
  /** Who the client is; local where nobody says. */
  readonly who?: () => Who | Promise<Who>
  /** Who the client is when a call that has waited goes on; where nobody says, who it was. */
  readonly again?: (before: Principal) => Who | Promise<Who>
  /** What the client tells besides. */
  readonly told?: SessionOptions['speaker']['told']
  readonly bare?: string
  /** The client's link, in place of a pair with `client` at its far end. */
  readonly link?: Link
  /** Other links than to a script, each by its backend's name. */
  readonly links?: Record<string, () => Link>
  /** Instead of a link: what stands in the way of one. */
  readonly faults?: Record<string, Fault>
}

/** Sets the stage: the backends are there, none is started, the client has said nothing. */
export function stage(backends: Record<string, Script>, options: StageOptions = {}): Stage {
  const { clock = new VirtualClock(), asks, process = 'call' } = options
  const journal = new MemoryJournal()
  const rows = options.memory ?? []
  const events = new Events(clock)
  const starts: Record<string, number> = {}
  const got: Record<string, Message[]> = {}
  const lines: Record<string, string[]> = {}
  const memory: Memory = {
    recall: keys => keys.flatMap(key => rows.filter(row => row.config === key.config).slice(0, 1)),
    remember: row => void rows.unshift(row),
    salt: () => 'salt',
  }
  const link = async ({ name }: BackendSettings): Promise<Link | Fault> => {
    const fault = options.faults?.[name]
    if (fault) return fault
    starts[name] = (starts[name] ?? 0) + 1
    const other = options.links?.[name]
    if (other) return other()
    const [near, far] = pair()
    play(far, backends[name]!, (got[name] ??= []), (lines[name] ??= []))
    return near
  }
  const settings = Object.keys(backends).map((name): BackendSettings => ({ ...defaults, name, command: name, ...options.settings?.[name] }))
  let calls = 0
  let handles = 0
  const attendance = new Attendance()
  const store = asks?.store ?? memoryStore()
  const watch = new Watch(async () => store, clock)
  const pinned = options.pins?.store ?? (async () => store)
  const book = new Book({
    store: pinned,
    exists: () => true,
    configOf: name => name,
    note: (kind, detail) => journal.note(kind, detail),
    required: () => options.auditRequired ?? true,
    now: clock.now,
    follow: changed => new Watch(pinned, clock).follow(changed),
  })
  const pins = new Pins(options.pins?.mode ?? 'ask', { clock, book, log: () => {} })
  const policies = [...(options.policies ?? [offered]), ...(options.pins ? [pins.policy] : [])]
  const approver = new Approver({
    approvals: async () => store.approvals,
    seal: asks?.seal ?? (async () => new Seal(Buffer.alloc(32, 1))),
    configOf: async name => (asks?.configOf ?? String)(name),
    settings: () => ({ via: ['window', 'client'], expireMs: 900_000, ...asks?.settings }),
    decide: asNow(options.again ?? (before => before), call => decide(call, policies)),
    take: asks?.take ?? offered,
    holdMs: () => asks?.holdMs ?? 45_000,
    watch: act => watch.follow(act, true),
    accept: pins.accept,
    auditRequired: options.auditRequired ?? true,
    emit: events.emit,
    ...{ clock, journal, attendance },
  })
  const gateway: Gateway = {
    self: { name: 'mcpgw', version: '0' },
    clock,
    journal,
    policies,
    ...(options.pins && { pins }),
    prefaces: options.prefaces,
    take: asks?.take,
    approve: (call, question, caller) => approver.ask(call, question, caller),
    auditRequired: options.auditRequired ?? true,
    emit: events.emit,
    newHandle: () => `handle-${++handles}`,
    breath: act => void setImmediate(act),
    newCallId: () => `${process}-${++calls}`,
    listGraceMs: () => undefined,
    asks: () => asks !== undefined && (asks.asks?.() ?? true),
    approvals: async () => store.approvals,
    hides: origin => options.hides?.(origin),
    openBackends: (listener, only) =>
      new SessionBackends(
        { clock, random: () => 1, client: { name: 'mcpgw', version: '0' }, memory: async () => memory, link, log: () => {} },
        listener,
        settings,
        only,
      ),
  }
  const [near, far] = pair()
  const session = new Session(gateway, options.link ?? near, {
    speaker: { who: options.who ?? (() => LOCAL), session: asks ? `${process}.1` : 's', told: options.told },
    bare: options.bare,
  })
  return { gateway, clock, journal, memory: rows, events, session, settings, client: new Client(far), attendance, approver, book, pins, starts, got, lines }
}

/** Lets a script answer what comes in. */
export function play(far: End, script: Script, got: Message[], lines: string[]): void {
  const say = (message: object | string) =>
    far.send([Buffer.from(typeof message === 'string' ? message : JSON.stringify({ jsonrpc: '2.0', ...message })).toString('latin1')])
  far.start({
    frame(wire) {
      const text = Buffer.from(wire as string, 'latin1').toString('utf8')
      const message = JSON.parse(text) as Message
      lines.push(text)
      got.push(message)
      script(message, say, () => void far.close())
    },
    oversize() {},
    closed() {},
  })
}

/** A client that says lines and keeps what it hears. */
export class Client {
  readonly heard: string[] = []
  /** What it has said. */
  readonly sent: string[] = []
  readonly #link: End
  #id = 0

  constructor(link: End) {
    this.#link = link
    link.start({ frame: wire => this.heard.push(Buffer.from(wire as string, 'latin1').toString('utf8')), oversize() {}, closed() {} })
  }

  /** Says one line, as it is. */
  line(text: string): void {
    this.sent.push(text)
    this.#link.send([Buffer.from(text).toString('latin1')])
  }

  /** Says one message. */
  say(message: object): void {
    this.line(JSON.stringify({ jsonrpc: '2.0', ...message }))
  }

  /** The legacy handshake. */
  async greet(capabilities: object = {}, protocolVersion = '2025-11-25'): Promise<void> {
    await this.ask('initialize', { protocolVersion, capabilities, clientInfo: { name: 'scene', version: '1' } })
    this.say({ method: 'notifications/initialized' })
  }

  /** Asks and waits for the answer, without moving the clock. */
  async ask(method: string, params: object = {}, id: unknown = `r${++this.#id}`): Promise<Message> {
    this.say({ id, method, params })
    await settled()
    return this.answer(id)!
  }

  /** The answer to a request, if it has come. */
  answer(id: unknown): Message | undefined {
    return this.messages.find(message => message.id === id && message.method === undefined)
  }

  get messages(): Message[] {
    return this.heard.map(line => JSON.parse(line) as Message)
  }

  /** The notifications of that method. */
  notified(method: string): Message[] {
    return this.messages.filter(message => message.method === method)
  }
}

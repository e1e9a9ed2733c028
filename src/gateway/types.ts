// The words of the core as types. What lives behind an interface here is an adapter: the core is handed it and never asks what it is.

import type { Edit } from '../rpc/splice.ts'
import type { Frame } from '../rpc/frame.ts'
import type { Reply } from '../rpc/reply.ts'
import type { Stop } from '../lib/signal.ts'
import type { Fault, FaultCode } from './faults.ts'
import type { Mirrored } from './mirrored.ts'
import type { Holds } from './holds.ts'
import type { PinUpdate } from './pins.ts'
import type { Remark } from './remarks.ts'

/** Who asks. `org` is 'default' until there are more; every stored row carries it. */
export interface Principal {
  readonly id: string
  readonly kind: 'local' | 'key' | 'token' | 'agent'
  readonly org: string
  readonly roles: readonly string[]
  /** Globs over what it is for; everything where there are none. */
  readonly scopes: readonly string[]
  /** The backends it is for, where they are named. */
  readonly backends?: readonly string[]
  /** Its own limit. */
  readonly limit?: Rate
  /** It may answer questions and steer backends. */
  readonly operator?: true
}

/** How much in which time. */
export interface Rate {
  readonly unit: 'calls' | 'tokens'
  readonly amount: number
  readonly periodMs: number
}

export type Era = 'legacy' | 'modern'

export interface ClientInfo {
  readonly name: string
  readonly version: string
  /** The `--client` id, where the client was installed with one. */
  readonly id?: string
}

/** What a client tells of what it is used for. It is its word alone: nothing is decided by it. */
export interface Told {
  /** The folder, or whatever else, that its person works on. */
  readonly project?: string
  /** Its own name for its own session. */
  readonly clientSession?: string
}

/** Who and what a call comes with. In the modern era all of it comes with the request. */
export interface Origin extends Told {
  readonly principal: Principal
  readonly client: ClientInfo
  readonly era: Era
  /** The protocol revision spoken, such as '2025-11-25'. */
  readonly revision: string
  /** What the client declared, as it declared it. */
  readonly capabilities: Record<string, unknown>
  readonly session: string
  readonly traceparent?: string
}

/** One request on its way through. Built once, never changed. */
export interface Call {
  readonly id: string
  readonly origin: Origin
  /** tools/call, prompts/get, resources/read, or one that we don't know and can tell whose it is. */
  readonly method: string
  /** The backend's name (a key of mcpServers); '' when nobody offers the target. */
  readonly backend: string
  /** The public name or URI that was asked for. */
  readonly target: string
  /** What the backend itself calls it. */
  readonly name: string
  /** Read when it is asked for: large ones cost many times their size. */
  readonly arguments: unknown
  /** Its backend says that it changes nothing. */
  readonly readsOnly?: boolean
  /** What may stand between it and its tool: a definition that nobody has accepted. */
  readonly holds?: Holds
  /** Wire text of `params.arguments`, or '' where there are none; of a method that we don't know, of all that it brings along. */
  readonly argumentsText: string | Buffer
  /** What else it brings along for its backend to see: wire text of an object, '' where there is nothing. `legs`: also what makes it
   *  the rest of an earlier call. */
  beside?(legs: boolean): string
  /** Wall clock, ms. */
  readonly startedAt: number
}

export type Decision =
  /** `approver` is the person who said yes; `edited` are the arguments that they put in place of the call's, JSON text. */
  | { readonly kind: 'allow'; readonly by: string; readonly approver?: string; readonly edited?: string }
  /** `update`: what a yes accepts besides. */
  | { readonly kind: 'ask'; readonly by: string; readonly reason: string; readonly update?: PinUpdate }
  | { readonly kind: 'deny'; readonly by: string; readonly reason: string; readonly code: FaultCode; readonly retryAfterMs?: number }

/** Looks and decides; never changes the call, never throws to say no. */
export type Policy = (call: Call) => Decision | Promise<Decision>

/** How a call ended. `bytes` is the size of the answer's result on the wire. */
export type Outcome =
  | { readonly kind: 'answered'; readonly isError: boolean; readonly bytes: number }
  /** `asked`: by which methods its backend, or a rule, wants to know something of the client. */
  | { readonly kind: 'waiting'; readonly for: 'input' | 'task'; readonly asked?: readonly string[] }
  | { readonly kind: 'refused'; readonly fault: FaultCode; readonly message: string }
  | { readonly kind: 'failed'; readonly fault: FaultCode; readonly message: string }
  | { readonly kind: 'cancelled' }

/** What is kept of a call. */
export interface CallRecord {
  readonly call: Call
  readonly decision: Decision
  readonly outcome: Outcome
  readonly durationMs: number
  /** Wire text of the result or error, for its hash; absent where there is none. */
  readonly result?: string | Buffer
}

/** What a call carried, as the record keeps it: its arguments, those that a person put in their place, its result. */
export interface Payload {
  /** The call's id. */
  readonly id: string
  readonly part: 'arguments' | 'edited' | 'result'
  /** JSON; only its beginning where it was cut. */
  readonly text: string
  /** Of all of it, on the wire. */
  readonly bytes: number
  /** How many secrets were replaced by marks. */
  readonly redactions: number
  readonly cut: boolean
}

/**
 * A process's own append-only file. Synchronous: when `open` or `settle` has returned true, the line is with the operating system.
 * False means it is not on record, and the caller acts on that (law 4).
 */
export interface Journal {
  open(call: Call, decision: Decision): boolean
  /** The call is not over: it was answered with a question, and waits for the client to come back. Or it was answered with a task, and this is what
   *  came of that; `result`: its wire text, for its hash. */
  leg(call: Call, outcome: Outcome & { kind: 'waiting' | 'answered' }, result?: string | Buffer): boolean
  settle(record: CallRecord): boolean
  /** What calls carried, some time behind them; no call depends on it. All of it is on record, or none. */
  payloads(parts: readonly Payload[]): boolean
  /** A change that is no call: settings, backends. */
  note(kind: string, detail: Record<string, unknown>): boolean
}

/** A request as it goes to a backend: the caller's own frame and what must differ in it. Id and progress token are the link's to set. */
export interface Outgoing {
  readonly frame: Frame
  readonly edits: readonly Edit[]
  /** What a transport says of it outside the body: the backend's own tool or prompt name, or the URI. */
  readonly name?: string
  /** Arguments that the tool wants outside the body too. */
  readonly mirrored?: readonly Mirrored[]
  /** The `_meta` that a modern backend needs and a legacy caller's frame lacks. */
  readonly meta?: Record<string, unknown>
}

/** What came of a request. A failure is a value; `sent: false` says that it provably never left. */
export type Answer =
  | { readonly kind: 'reply'; readonly reply: Reply; readonly era: Era }
  | { readonly kind: 'failure'; readonly fault: Fault; readonly sent: boolean }
  | { readonly kind: 'cancelled' }

/** Who hears what a backend says on its own. Frames come as the backend sent them; ids and tokens in them are the backend's.
 *  `cause`: what stops the request of ours that it speaks about, where the transport tells. */
export interface Listener {
  /** A backend has said what it offers. Gives it back with what it has to yield to others. */
  lists(backend: string, lists: Lists): Lists
  /** Asks whether this tool may still be called, once its backend has said what it offers: why not. undefined: nobody wants to know. */
  held?(backend: string, tool: string): (() => Promise<Fault | undefined>) | undefined
  /** Its state has changed. */
  changed(backend: string): void
  /** What it may declare to backends: the client's capabilities, as wire-independent values. */
  readonly origin: Origin
  notification(backend: string, frame: Frame, cause?: Stop): void
  /** A request of the backend's for the client. The promise gives the client's response; it is sent back under the backend's id. `cause` is what
   *  stops the call that it belongs to, where the transport tells. */
  request(backend: string, frame: Frame, stop: Stop, cause?: Stop): Promise<Reply>
}

export interface CallOptions {
  readonly stop: Stop
  /** A progress notification for this request: its frame carries our token; `token` is where it stands. */
  readonly onProgress?: (frame: Frame) => void
  /** Overrides the backend's own time-out (ms). */
  readonly timeoutMs?: number
}

export type ListKind = 'tools' | 'prompts' | 'resources' | 'templates'

/** One thing a backend offers. `text` is its JSON as wire text, exactly as the backend wrote it. */
export interface Item {
  /** A tool's or prompt's name, a resource's URI, a template's URI template. */
  readonly key: string
  readonly text: string
}

/** What a backend offers, as it said it last. */
export interface Lists {
  readonly tools: readonly Item[]
  readonly prompts: readonly Item[]
  readonly resources: readonly Item[]
  readonly templates: readonly Item[]
  /** What it says of each list besides, of those that it has answered with; absent where an older version has remembered them. */
  readonly remarks?: Readonly<Partial<Record<ListKind, readonly Remark[]>>>
  readonly era: Era
  /** It speaks the modern era too, and was only too slow to be heard: the next time it is given time for that. */
  readonly dual?: true
  readonly revision: string
  readonly capabilities: Record<string, unknown>
  readonly info: { readonly name: string; readonly version: string }
  readonly instructions?: string
  /** URIs that another backend had offered first; remembered, so that a URI keeps its owner. */
  readonly yields?: readonly string[]
  /** When it was said, wall clock ms. */
  readonly at: number
  /** What was wrong with it, a sentence each: duplicate names, a capability that lies. */
  readonly problems: readonly string[]
}

export type BackendState = 'stopped' | 'starting' | 'ready' | 'waiting' | 'open' | 'parked' | 'disabled'

/** What is live of a backend. */
export interface BackendStatus {
  readonly name: string
  /** stopped: not needed yet or idle. waiting: crashed, started again after a pause. open: its circuit breaker. parked: it refused our credentials. */
  readonly state: BackendState
  readonly transport: 'stdio' | 'http' | 'sse'
  readonly era?: Era
  readonly pid?: number
  readonly inFlight: number
  readonly queued: number
  readonly calls: number
  readonly failures: number
  readonly restarts: number
  readonly tools?: number
  readonly startedAt?: number
  readonly lastError?: string
  readonly retryAt?: number
  /** It runs, and nobody needs it since then; it is stopped then, or at the next look after it. */
  readonly idleSinceAt?: number
  readonly stopsAt?: number
  /** Of its last calls: how many of them were answered with an error or failed, and how long it took to answer, ms. Absent before the first. */
  readonly recent?: { readonly calls: number; readonly bad: number; readonly p50: number; readonly p95: number }
  /** The session whose it is. */
  readonly session?: string
  /** Parked until somebody logs in there. */
  readonly login?: 'needed'
  readonly tags: readonly string[]
}

/** An MCP server behind us. */
export interface Backend {
  readonly name: string
  /** What it offers now; starts it if need be. Never rejects. */
  lists(): Promise<Lists | Fault>
  /** One request; starts the backend if need be. Never rejects. */
  call(request: Outgoing, options: CallOptions): Promise<Answer>
  /** A notification from the client; dropped when the backend does not run. */
  notify(frame: Frame, edits: readonly Edit[]): void
  /** Stops reading from it while the client can't take more. */
  pause(on: boolean): void
  status(): BackendStatus
  start(): Promise<Fault | undefined>
  stop(): Promise<void>
  restart(): Promise<Fault | undefined>
  /** Ends it for good, with everything under it. */
  close(): Promise<void>
}

/** The backends of one session, in the order of the settings. */
export interface Backends {
  names(): readonly string[]
  get(name: string): Backend | undefined
  /** What is remembered of backends that have not spoken yet, and of which nothing is. */
  recall(): Promise<ReadonlyMap<string, Lists>>
  close(): Promise<void>
}

/** Opens the backends of a session, or only one of them; one process per session for local ones. The listener hears what they say on their own. */
export type OpenBackends = (listener: Listener, only?: string) => Backends

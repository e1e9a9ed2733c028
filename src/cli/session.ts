// A gateway of a command's own: booted in its process, the command its client over a linked pair. So `mcpgw call` goes the road that every
// client's call goes, with the same policies and the same record. It declares no capabilities: nobody is there to be asked.

import { Booted } from '../boot.ts'
import type { Places } from '../config/paths.ts'
import type { Settings } from '../config/settings.ts'
import type { Fault } from '../gateway/faults.ts'
import type { Session } from '../gateway/session.ts'
import type { Backend, Lists } from '../gateway/types.ts'
import { systemClock } from '../lib/clock.ts'
import { compose, parse, type Frame } from '../rpc/frame.ts'
import { LEGACY_LATEST } from '../rpc/eras.ts'
import { pair } from '../rpc/pair.ts'
import { Requests, type Ended } from '../rpc/requests.ts'
import { encode, toWire } from '../rpc/wire.ts'
import { presented } from './presented.ts'
import { Registration } from '../serve/run.ts'
import { sweep } from '../serve/sweep.ts'
import { version } from '../version.ts'

export interface InProcessOptions {
  readonly settings: Settings
  readonly places: Places
  readonly env: Record<string, string | undefined>
  /** What the record calls this client: the command's name. */
  readonly client: string
}

export interface Progress {
  readonly progress: number
  readonly total?: number
  readonly message?: string
}

export interface AskOptions {
  /** How long the answer may take; what takes longer is cancelled. */
  readonly timeoutMs?: number
  readonly onProgress?: (progress: Progress) => void
}

/** The gateway, and its one client. */
export class InProcess {
  readonly booted: Booted
  readonly #requests: Requests
  readonly #name: string
  readonly #places: Places
  readonly #session: Session
  #registration: Registration | undefined
  #closing: Promise<void> | undefined

  constructor({ settings, places, env, client }: InProcessOptions) {
    this.booted = new Booted({
      settings,
      places,
      env,
      ongroup: (pid, lives) => this.#enter(places)?.group(pid, lives),
      mark: () => this.#enter(places)?.mark ?? {},
    })
    const [front, back] = pair()
    this.#name = client
    this.#places = places
    this.#session = this.booted.serve(front, { key: presented(env) })
    this.#requests = new Requests(back, systemClock, {
      request: frame => this.#requests.respond([`{"jsonrpc":"2.0","id":${frame.id},"error":{"code":-32601,"message":"Method not found"}}`]),
      notification: () => {},
      malformed: () => {},
      oversize: () => {},
      closed: () => {},
    })
  }

  /** The handshake; comes before anything else. */
  async greet(): Promise<this> {
    const params = { protocolVersion: LEGACY_LATEST, capabilities: {}, clientInfo: { name: this.#name, version } }
    await this.#requests.send(compose({ id: 0, method: 'initialize', params }), [], { timeoutMs: Infinity, cancellable: false })
    this.#requests.notify(compose({ method: 'notifications/initialized' }), [])
    return this
  }

  /** Calls a tool by its public name. `argumentsText` is JSON, and goes as it is. */
  call(tool: string, argumentsText: string, { timeoutMs = Infinity, onProgress }: AskOptions = {}): Promise<Ended> {
    const meta = onProgress ? ',"_meta":{"progressToken":0}' : ''
    return this.#send('tools/call', `{"name":${encode(tool)},"arguments":${toWire(argumentsText)}${meta}}`, { timeoutMs, onProgress })
  }

  /** Any request; `params` is JSON, and goes as it is. */
  ask(method: string, params: string): Promise<Ended> {
    return this.#send(method, toWire(params), {})
  }

  #send(method: string, params: string, { timeoutMs = Infinity, onProgress }: AskOptions): Promise<Ended> {
    const frame = parse(`{"jsonrpc":"2.0","id":0,"method":${encode(method)},"params":${params}}`)
    if (frame.kind === 'malformed') throw new TypeError(frame.message)
    return this.#requests.send(frame as Frame, [], { timeoutMs, onProgress: onProgress && (heard => onProgress(heard.params as unknown as Progress)) })
  }

  /** Enabled backends, in the order of the settings. */
  names(): readonly string[] {
    return this.booted.backends[0]!.names()
  }

  /** One of its backends, also a disabled one. */
  backend(name: string): Backend | undefined {
    return this.booted.backends[0]?.get(name)
  }

  /** Everything that is remembered, by backend. */
  recall(): Promise<ReadonlyMap<string, Lists>> {
    return this.booted.backends[0]!.recall()
  }

  /** Ends its backends and everything else, also what killed gateways left. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  async #close(): Promise<void> {
    this.#session.close('the command has ended')
    await Promise.all([this.booted.close(), sweep(this.#places, this.booted.id)])
    this.#registration?.remove()
  }

  #enter(places: Places): Registration | undefined {
    try {
      return (this.#registration ??= new Registration(places, { id: this.booted.id, startedAt: Date.now(), version }))
    } catch {
      return undefined
    }
  }
}

/** Opens a gateway, does something with it as its client, and ends it with everything under it: after a signal, too. */
export async function within<T>(options: InProcessOptions, act: (here: InProcess) => Promise<T>): Promise<T> {
  const here = new InProcess(options)
  const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
  const ends = Object.entries(signals).map(([signal, code]) => [signal, () => void here.close().finally(() => process.exit(code))] as const)
  for (const [signal, end] of ends) process.once(signal, end)
  try {
    return await act(await here.greet())
  } finally {
    await here.close()
    for (const [signal, end] of ends) process.off(signal, end)
  }
}

/** Starts one backend once: what it offers, or why it does not. It is remembered. */
export const check = (options: Omit<InProcessOptions, 'client'>, name: string): Promise<Lists | Fault> =>
  within({ ...options, client: 'mcpgw add' }, async here => {
    const backend = here.backend(name)
    return (await backend?.lists()) ?? { code: 'backend_unavailable', message: `there is no backend "${name}"` }
  })

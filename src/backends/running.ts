// One running backend: its link, its greeting, its requests. It begins with a handshake and ends once; lifecycle.ts decides when.

import type { Clock } from '../lib/clock.ts'
import { Stop } from '../lib/signal.ts'
import { BATCHED, isModern, modernMeta } from '../rpc/eras.ts'
import { compose, parse, type Frame } from '../rpc/frame.ts'
import type { Link, LinkFailure } from '../rpc/link.ts'
import { internal, Requests, type Ended, type RequestOptions } from '../rpc/requests.ts'
import { eachElement, skipSpace } from '../rpc/spans.ts'
import { splice, type Edit } from '../rpc/splice.ts'
import { cut, fromWire, plain, read, scannable, type Wire } from '../rpc/wire.ts'
import { annotationsOf } from '../gateway/mirrored.ts'
import { TASKS } from '../gateway/tasks.ts'
import type { Item, Lists } from '../gateway/types.ts'
import { handshake, modernValues, type Failed, type Greeting, type HandshakeOptions } from './handshake.ts'
import { kinds, listAll, type Listed } from './listing.ts'
import { Listens } from './listens.ts'

/** Requests of one backend that wait for an answer of ours, at most. */
const MOST_ASKED = 100
/** What a modern backend is told by what is listened for. */
const subscriptions = new Set(['resources/subscribe', 'resources/unsubscribe', 'subscriptions/listen'])
type Items = readonly Item[]

export interface RunningHooks {
  /** `cause`: what stops the request of ours on whose stream it came. */
  notification(frame: Frame, cause?: Stop): void
  /** The client's response to a request of the backend's, in parts without the backend's id: see `respond`. */
  request(frame: Frame, stop: Stop, cause?: Stop): Promise<{ wire: string | Buffer; id: { start: number; end: number } }>
  junk(line: string): void
  closed(reason: string): void
}

export class Running {
  readonly link: Link
  readonly requests: Requests
  #greeting: Greeting | undefined
  /** It did not let us in when its lists were read: some greet everybody. */
  refused: LinkFailure | undefined
  readonly #asked = new Map<string, Stop>()
  #listens: Listens | undefined
  readonly #hooks: RunningHooks
  readonly #clock: Clock
  readonly #client: HandshakeOptions['client']
  readonly #capabilities: Record<string, unknown>

  constructor(link: Link, clock: Clock, options: Pick<HandshakeOptions, 'client' | 'capabilities'>, hooks: RunningHooks) {
    this.link = link
    this.#clock = clock
    this.#client = options.client
    this.#capabilities = options.capabilities
    this.#hooks = hooks
    this.requests = new Requests(link, clock, {
      request: (frame, to) => void this.#answer(frame, this.requests.stopOf(to)).catch(error => this.requests.respond(internal(frame.id, error))),
      notification: (frame, to) => this.#heard(frame, this.requests.stopOf(to)),
      malformed: (problem, wire, to) => {
        if (problem.code !== -32600 || !this.#batch(wire, to))
          hooks.junk(`${problem.message}: ${typeof wire === 'string' ? fromWire(wire.slice(0, 2000)) : `${wire.length} bytes`}`)
      },
      oversize: (head, bytes) => hooks.junk(`a message of ${bytes} bytes, over the limit: ${fromWire(head.slice(0, 80))}`),
      closed: reason => {
        this.#listens?.close()
        for (const stop of this.#asked.values()) stop.stop(reason)
        hooks.closed(reason)
      },
    })
  }

  get greeting(): Greeting {
    return this.#greeting!
  }

  async greet(options: HandshakeOptions): Promise<Failed | undefined> {
    const found = await handshake(this.requests, this.#clock, options)
    if ('ended' in found) return found
    this.#greeting = found
    this.link.revision?.(found.revision)
    if (found.era === 'legacy') this.requests.notify(compose({ method: 'notifications/initialized' }), [])
    else this.#listens = this.#listen()
    return undefined
  }

  #listen(): Listens {
    return new Listens(this.greeting.capabilities, this.#clock, {
      send: (frame, options) => this.#transmit(frame, [], options, modernValues(this.#client, withTasks(this.#capabilities))),
      stopOf: id => this.requests.stopOf(id),
      missed: list => this.#hooks.notification(compose({ method: `notifications/${list}/list_changed` })),
    })
  }

  /** One request in this backend's era; `values` are the caller's own for a modern backend. */
  send(frame: Frame, edits: readonly Edit[], options: RequestOptions, values?: Record<string, unknown>): Promise<Ended> {
    if (this.#listens && subscriptions.has(frame.method)) return this.#listens.follow(frame, options)
    return this.#transmit(frame, edits, options, values)
  }

  #transmit(frame: Frame, edits: readonly Edit[], options: RequestOptions, values?: Record<string, unknown>): Promise<Ended> {
    const meta = this.greeting.era === 'modern' && !isModern(frame) ? modernMeta(frame, values ?? modernValues(this.#client, this.#capabilities)) : []
    return this.requests.send(frame, meta.length ? [...edits, ...meta] : edits, options)
  }

  /** Whether it gives a sign of life in time. */
  async ping(timeoutMs: number): Promise<boolean> {
    const method = this.greeting.era === 'legacy' ? 'ping' : 'server/discover'
    const ended = await this.send(compose({ id: 0, method }), [], { timeoutMs })
    return ended.kind !== 'timeout'
  }

  /** Everything it offers. `only` limits it to what changed; the rest is taken from `before`. */
  async lists(timeoutMs: number, at: number, before?: Lists, only?: ReadonlySet<string>): Promise<Lists | string> {
    const problems: string[] = []
    const { capabilities } = this.greeting
    const read = kinds.map(async ({ kind, ...rest }): Promise<Listed | string> => {
      const last = { items: before?.[kind] ?? [], remarks: before?.remarks?.[kind] }
      if (!capabilities[rest.capability]) return { items: [] }
      if (before && only && !only.has(rest.capability)) return last
      const ask = async (params: string) => {
        const ended = await this.send(parse(`{"jsonrpc":"2.0","id":0,"method":"${rest.method}","params":${params}}`) as Frame, [], { timeoutMs })
        if (ended.kind === 'lost' && ended.failure.unauthorized) this.refused = ended.failure
        if (ended.kind !== 'reply') return describe(ended)
        return ended.reply.error ? `it answered with error ${plain(ended.reply.value['code'])}: ${plain(ended.reply.value['message'])}` : ended.reply
      }
      const listed = await listAll({ kind, ...rest }, ask, problems)
      const mirrors = kind === 'tools' && this.greeting.era === 'modern' && this.link.revision !== undefined
      if (typeof listed !== 'string') return mirrors ? { ...listed, items: legible(listed.items, problems) } : listed
      problems.push(`${rest.method} failed: ${listed}`)
      return kind === 'tools' ? listed : last
    })
    const found = await Promise.all(read)
    const failed = found.find(one => typeof one === 'string')
    if (failed !== undefined) return failed
    const [tools, prompts, resources, templates] = (found as Listed[]).map(({ items }) => items) as [Items, Items, Items, Items]
    const remarks = Object.fromEntries(kinds.map(({ kind }, index) => [kind, (found as Listed[])[index]!.remarks]))
    return { ...this.greeting, tools, prompts, resources, templates, remarks, at, problems }
  }

  /** Answers a request of the backend's. Only so many are open at once: one that asks without end, or reads no answer, fills no memory. */
  async #answer(frame: Frame, cause: Stop | undefined): Promise<void> {
    const pong = [`{"jsonrpc":"2.0","id":`, frame.id, `,"result":{}}`]
    const congested = this.link.drained() !== undefined
    if (frame.method === 'ping' && !congested) return this.requests.respond(pong)
    if (this.#asked.has(frame.id) || this.#asked.size >= MOST_ASKED) {
      if (congested) return
      const problem = this.#asked.has(frame.id)
        ? '-32600,"message":"Invalid Request: this id is in use"'
        : '-32603,"message":"too many requests wait for an answer"'
      return this.requests.respond([`{"jsonrpc":"2.0","id":`, frame.id, `,"error":{"code":${problem}}}`])
    }
    const stop = new Stop()
    this.#asked.set(frame.id, stop)
    let reply: Awaited<ReturnType<RunningHooks['request']>> | undefined
    try {
      if (frame.method !== 'ping') reply = await this.requests.awaited(this.#hooks.request(frame, stop, cause))
      await this.link.drained()
    } finally {
      this.#asked.delete(frame.id)
    }
    if (!stop.stopped) this.requests.respond(reply ? splice(reply.wire, [{ ...reply.id, text: frame.id }]) : pong)
  }

  /** Takes a batch apart; false where it is none, or the backend may send none (MCP 2025-03-26, base protocol: implementations MUST support receiving them). */
  #batch(wire: Wire, to: string | undefined): boolean {
    if (this.#greeting?.revision !== BATCHED) return false
    const text = scannable(wire)
    const start = skipSpace(text, 0)
    if (text[start] !== '[') return false
    for (const part of eachElement(text, start)) if (text[part.start] === '{') this.requests.frame(cut(wire, part.start, part.end), to)
    return true
  }

  #heard(frame: Frame, cause: Stop | undefined): void {
    if (frame.method === 'notifications/subscriptions/acknowledged') return this.#listens?.acknowledged(frame)
    if (frame.method !== 'notifications/cancelled') return this.#hooks.notification(frame, cause)
    const at = frame.param('requestId')
    if (at) this.#asked.get(frame.text.slice(at.start, at.end))?.stop(plain(frame.params['reason'] ?? 'cancelled'))
  }
}

/** Over HTTP a modern tool whose wishes for headers break the rules is none (MCP 2026-07-28, transports, custom headers): nobody could call it rightly. */
function legible(tools: readonly Item[], problems: string[]): readonly Item[] {
  return tools.filter(({ key, text }) => {
    const valid = !text.includes('"x-mcp-header"') || annotationsOf((read(text) as { inputSchema?: unknown }).inputSchema) !== undefined
    if (!valid) problems.push(`"${key}" was left out: its "x-mcp-header" is not as MCP wants it`)
    return valid
  })
}

/** Whoever listens for tasks must know what they are. */
const withTasks = (capabilities: Record<string, unknown>): Record<string, unknown> => ({
  ...capabilities,
  extensions: { ...(capabilities['extensions'] as Record<string, unknown> | undefined), [TASKS]: {} },
})

/** What ended a request without a reply, in words. */
export function describe(ended: Exclude<Ended, { kind: 'reply' }>): string {
  if (ended.kind === 'timeout') return `no answer within ${ended.ms / 1000} s`
  if (ended.kind === 'oversize') return `its answer of ${ended.bytes} bytes is over the limit of one message`
  if (ended.kind === 'cancelled') return 'cancelled'
  return ended.failure.reason
}

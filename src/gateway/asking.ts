// What backends ask of the client: roots, sampling, elicitation, and what nobody knows. A legacy client gets the request under an id of ours, and its
// response goes back. A modern client is asked by the answer to the call that it belongs to (legs.ts). Who can't do it is answered as MCP prescribes.

import type { Stop } from '../lib/signal.ts'
import type { Frame } from '../rpc/frame.ts'
import type { Reply } from '../rpc/reply.ts'
import type { Requests } from '../rpc/requests.ts'
import { Flight, tokenOf } from './flight.ts'
import { refusal, UNRECORDED, type Legs } from './legs.ts'
import { Tasks } from './tasks.ts'
import type { Backends, Origin } from './types.ts'

/** What is asked about a task that the client has made for a backend (MCP 2025-11-25, tasks). */
const OF_TASKS = new Set(['tasks/get', 'tasks/result', 'tasks/cancel'])

/** Methods that the protocol has, or may come to have. What else a backend asks is between it and its client, which says itself what it does not know. */
const OURS = /^(?:initialize|ping|(?:server|tools|prompts|resources|completion|logging|subscriptions|tasks|roots|sampling|elicitation|notifications|rpc)\b.*)$/s

const ability: Record<string, string> = { 'roots/list': 'roots', 'sampling/createMessage': 'sampling', 'elicitation/create': 'elicitation' }

/** Backends ask for roots as soon as they have started: so long that waits for a call with which the client can be asked. */
const ROOTS_MS = 30_000

const SEVERAL =
  'several clients use this server at once, and it does not say whose request this belongs to. Let each of them start its own mcpgw, or give each its own key: then each has the server to itself'

export class Asking {
  readonly #front: Requests
  readonly #backends: Backends
  readonly #legs: Legs
  readonly #origin: () => Origin
  readonly #onroots: (reply: Reply) => void
  /** The client's own. */
  readonly #tasks = new Tasks()

  constructor(front: Requests, backends: Backends, legs: Legs, origin: () => Origin, onroots: (reply: Reply) => void) {
    this.#front = front
    this.#backends = backends
    this.#legs = legs
    this.#origin = origin
    this.#onroots = onroots
  }

  /** The client's response to a backend's request; an error where the client can't, won't or is gone. `cause`: the call that it belongs to, where the
   *  transport tells; `via`: by which way that came. */
  async ask(backend: string, frame: Frame, stop: Stop, cause?: Stop, via?: string): Promise<Reply> {
    const origin = this.#origin()
    if (origin.era === 'modern' || (cause instanceof Flight && cause.origin.era === 'modern')) return this.#byAnswer(backend, frame, stop, cause)
    if (OF_TASKS.has(frame.method) && this.#tasks.owner(frame.params['taskId']) !== backend) return missing(frame)
    if (OURS.test(frame.method) && !OF_TASKS.has(frame.method) && lacks(frame, origin.capabilities)) return missing(frame)
    const wrong = undeclared(frame, origin.capabilities)
    if (wrong !== undefined) return refusal(-32602, `Invalid params: ${wrong}`)
    const whose = cause instanceof Flight ? cause : stop instanceof Flight ? stop : this.#legs.whose(backend)
    if (whose instanceof Flight && Object.hasOwn(ability, frame.method) && !this.#legs.noted(whose, frame)) return refusal(-32603, UNRECORDED)
    const token = tokenOf(frame)
    const ended = await this.#front.send(frame, [], {
      timeoutMs: Infinity,
      stop,
      via,
      onProgress: progress => {
        const ours = progress.param('progressToken')!
        if (token) this.#backends.get(backend)?.notify(progress, [{ start: ours.start, end: ours.end, text: frame.text.slice(token.start, token.end) }])
      },
    })
    if (ended.kind === 'reply') {
      this.#tasks.made(backend, ended.reply)
      if (frame.method === 'roots/list') this.#onroots(ended.reply)
      return ended.reply
    }
    return refusal(
      -32603,
      ended.kind === 'lost'
        ? `the client ${ended.failure.unsent ? 'can not be asked' : 'is gone'}: ${ended.failure.reason}`
        : `the client gave no answer (${ended.kind})`,
    )
  }

  /** The client tells of its roots, or of a task of its own; false where of something else. */
  told(frame: Frame): boolean {
    const aboutRoots = frame.method === 'notifications/roots/list_changed'
    if (!aboutRoots && frame.method !== 'notifications/tasks/status') return false
    const owner = aboutRoots ? undefined : this.#tasks.owner(frame.params['taskId'])
    for (const name of this.#backends.names()) if (aboutRoots || name === owner) this.#backends.get(name)?.notify(frame, [])
    return true
  }

  async #byAnswer(backend: string, frame: Frame, stop: Stop, cause: Stop | undefined): Promise<Reply> {
    let whose = cause instanceof Flight ? cause : this.#legs.whose(backend, ({ capabilities }) => can(frame, capabilities))
    if (!whose && frame.method === 'roots/list' && !lacks(frame, this.#origin().capabilities)) whose = await this.#legs.next(backend, ROOTS_MS, stop)
    if (whose === 'several') return refusal(-32603, SEVERAL)
    if (!whose?.call) return refusal(-32601, `Method not found: there is no call with which the client could be asked for ${frame.method}`)
    const { capabilities } = whose.origin
    if (lacks(frame, capabilities)) return missing(frame)
    const wrong = undeclared(frame, capabilities)
    return wrong === undefined ? this.#legs.ask(whose, frame, stop) : refusal(-32602, `Invalid params: ${wrong}`)
  }
}

const can = (frame: Frame, capabilities: Record<string, unknown>): boolean => !lacks(frame, capabilities) && undeclared(frame, capabilities) === undefined

const lacks = ({ method }: Frame, capabilities: Record<string, unknown>): boolean =>
  !Object.hasOwn(ability, method) || capabilities[ability[method]!] === undefined || capabilities[ability[method]!] === null

const missing = ({ method }: Frame): Reply => refusal(-32601, `Method not found: the client does not offer ${method}`)

/** What of its ability a client has not declared: it must not be asked for that then (MCP, elicitation and sampling, capabilities). */
function undeclared({ method, params }: Frame, capabilities: Record<string, unknown>): string | undefined {
  const declared = (capabilities[ability[method]!] ?? {}) as Record<string, unknown>
  if (method === 'elicitation/create') {
    const mode = params['mode'] === 'url' ? 'url' : 'form'
    const can = mode === 'url' ? declared['url'] !== undefined : declared['form'] !== undefined || declared['url'] === undefined
    return can ? undefined : `the client does not declare elicitation in ${mode} mode`
  }
  if (method === 'sampling/createMessage' && (params['tools'] !== undefined || params['toolChoice'] !== undefined) && declared['tools'] === undefined)
    return 'the client does not declare sampling with tools'
  return undefined
}

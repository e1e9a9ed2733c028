// Requests that are no calls: completion, subscriptions, the log level. And those that nobody knows: whoever can be told to own one gets it,
// by the road of calls, for it may do something.

import { compose, type Frame } from '../rpc/frame.ts'
import type { Requests } from '../rpc/requests.ts'
import { duplicate, member, members } from '../rpc/spans.ts'
import { plain, type Wire } from '../rpc/wire.ts'
import { Stop } from '../lib/signal.ts'
import type { AboutTasks } from './about-tasks.ts'
import { error, result } from './answers.ts'
import type { Calls, Road } from './calls.ts'
import { renamed } from './onward.ts'
import type { Who } from './principals.ts'
import { SESSION } from './standing.ts'
import { knowsTasks, withoutTasks } from './tasks.ts'
import type { Answer, Backends, Origin } from './types.ts'

/** Of the protocol in one of its eras: never passed on as something that nobody knows. */
const KNOWN = new Set(['initialize', 'ping', 'logging/setLevel', 'resources/subscribe', 'resources/unsubscribe', 'server/discover', 'subscriptions/listen'])

/** What a client tells us of itself and its requests. */
const OURS = new Set(['notifications/initialized', 'notifications/cancelled', 'notifications/progress'])

const named: readonly Road[] = [
  { kind: 'tools', key: 'name', what: 'tool' },
  { kind: 'prompts', key: 'name', what: 'prompt' },
  { kind: 'resources', key: 'uri', what: 'resource' },
]
/** Of the tasks extension; the legacy era has others. */
const OF_TASKS = new Set(['tasks/get', 'tasks/update', 'tasks/cancel'])
const NOT_MODERN = new Set(['tasks/list', 'tasks/result'])
const BARE: Road = { kind: 'tools', what: 'method' }

export class Others {
  readonly #front: Requests
  readonly #backends: Backends
  readonly #calls: Calls
  readonly #bare: boolean
  readonly #tasks: AboutTasks

  constructor(front: Requests, backends: Backends, calls: Calls, tasks: AboutTasks, bare: boolean) {
    this.#front = front
    this.#backends = backends
    this.#calls = calls
    this.#bare = bare
    this.#tasks = tasks
  }

  /** completion/complete: its reference names a prompt or a resource of ours. */
  async complete(frame: Frame, origin: Origin): Promise<void> {
    const { finding } = this.#calls
    const ref = frame.param('ref')
    const all = ref ? members(frame.text, ref.start) : []
    // A reference to two things is looked up by the one and completed by the other.
    const twice = duplicate(frame.paramMembers) ?? duplicate(all)
    if (twice !== undefined) return this.#calls.refuse(frame, -32602, `Invalid params: "${twice}" stands twice`)
    const key = member(all, 'name') ? 'name' : 'uri'
    const at = key === 'name' && member(all, 'uri') ? undefined : member(all, key)
    const value = (frame.params['ref'] as Record<string, unknown> | undefined)?.[key]
    if (!at || typeof value !== 'string') return this.#calls.refuse(frame, -32602, 'Invalid params: "ref" names one prompt or one resource')
    const here = () => (key === 'name' ? finding.find('prompts', value) : (finding.find('templates', value) ?? finding.find('resources', value)))
    const flight = this.#calls.begin(frame, origin)
    if (!flight) return
    const found = here() ?? (await finding.findLater(key === 'name' ? 'prompts' : 'templates', value), here())
    if (!this.#calls.isSeen(found, origin))
      return this.#calls.end(flight, frame, () => error(frame.id, -32602, `Invalid params: no prompt or resource is called ${plain(value)}`))
    await this.#calls.pass(flight, frame, found, at)
  }

  /** resources/subscribe and unsubscribe, of a legacy client. */
  async subscribe(frame: Frame, origin: Origin): Promise<void> {
    const { finding, standing } = this.#calls
    const twice = duplicate(frame.paramMembers)
    if (twice !== undefined) return this.#calls.refuse(frame, -32602, `Invalid params: "${twice}" stands twice`)
    const at = frame.param('uri')
    const uri = frame.params['uri']
    const flight = this.#calls.begin(frame, origin)
    if (!flight) return
    const found = typeof uri === 'string' ? (finding.find('resources', uri) ?? (await finding.findLater('resources', uri))) : undefined
    const end = (answer: Wire[]) => this.#calls.end(flight, frame, () => answer)
    if (!at || !this.#calls.isSeen(found, origin)) return end(error(frame.id, -32602, `Invalid params: no resource is called ${plain(uri)}`))
    const pass = () => this.#calls.pass(flight, frame, found, at)
    if (flight.stopped) return void (await pass())
    if (frame.method === 'resources/subscribe') {
      let told = false
      await standing.follow(found, SESSION, frame, renamed(found, at), () => ((told = true), pass()))
      if (told) return
    } else if (standing.leave(found.key, SESSION)) return void (await pass())
    end(result(frame.id, 'legacy'))
  }

  /** A listening follows a resource: whether its backend will tell of it. */
  async follow(uri: string, follower: string, origin: Origin, over: () => boolean): Promise<boolean> {
    const { finding, standing } = this.#calls
    const found = finding.find('resources', uri) ?? (await finding.findLater('resources', uri))
    if (over() || !this.#calls.isSeen(found, origin)) return false
    const frame = compose({ id: 0, method: 'resources/subscribe', params: { uri: found.name } })
    const answer = await standing.follow(found, follower, frame, [], () => this.#tell(found.backend, frame, found.name))
    return answer === undefined || (answer.kind === 'reply' && !answer.reply.error)
  }

  leave(uri: string, follower: string): void {
    const found = this.#calls.finding.find('resources', uri)
    if (!found || !('backend' in found) || !this.#calls.standing.leave(found.key, follower)) return
    void this.#tell(found.backend, compose({ id: 0, method: 'resources/unsubscribe', params: { uri: found.name } }), found.name)
  }

  /** logging/setLevel, of a legacy client. */
  setLevel(frame: Frame): void {
    const level = frame.params['level']
    if (typeof level !== 'string') return this.#calls.refuse(frame, -32602, 'Invalid params: "level" must be a string')
    this.#front.respond(result(frame.id, 'legacy'), frame.via)
    this.#calls.standing.setLevel(frame, level)
  }

  /** Everything else. */
  async other(frame: Frame, origin: Origin): Promise<void> {
    const { method, params } = frame
    const { finding } = this.#calls
    if (method === 'tasks/list' && origin.era === 'legacy') return this.#tasks.list(frame, origin)
    if (origin.era === 'modern' && OF_TASKS.has(method) && !knowsTasks(origin)) return this.#front.respond(withoutTasks(frame.id), frame.via)
    if (origin.era === 'modern' && NOT_MODERN.has(method)) return this.#calls.refuse(frame, -32601, `Method not found: ${method}`)
    // Only what asks about a task: any other method may do something, whatever it names.
    if (typeof params['taskId'] === 'string' && method.startsWith('tasks/')) return this.#tasks.ask(frame, origin)
    if (KNOWN.has(method) || method.startsWith('tasks/')) return this.#calls.refuse(frame, -32601, `Method not found: ${method}`)
    for (const road of named) {
      const target = params[road.key!]
      const found = typeof target === 'string' ? finding.find(road.kind, target) : undefined
      if (found && 'backend' in found) return this.#calls.call(frame, road, origin)
    }
    if (this.#bare && this.#backends.names().length === 1) return this.#calls.call(frame, BARE, origin)
    this.#calls.refuse(frame, -32601, `Method not found: ${method}`)
  }

  /** A notification that nobody knows, of a legacy client: whoever can be told to be meant gets it, by the road of calls. */
  async told(frame: Frame, before: Origin, asks: () => Who | Promise<Who>): Promise<void> {
    if (OURS.has(frame.method) || duplicate(frame.paramMembers) !== undefined) return
    const who = await asks()
    if ('code' in who) return
    const origin = { ...before, principal: who }
    for (const road of named) {
      const target = frame.params[road.key!]
      const found = typeof target === 'string' ? this.#calls.finding.find(road.kind, target) : undefined
      if (found && 'backend' in found) return this.#calls.tell(frame, found, frame.param(road.key!), origin)
    }
    const [only, ...more] = this.#backends.names()
    if (this.#bare && only !== undefined && more.length === 0)
      await this.#calls.tell(frame, { backend: only, name: frame.method, key: frame.method, text: '' }, undefined, origin)
  }

  async #tell(backend: string, frame: Frame, name?: string): Promise<Answer> {
    return (await this.#backends.get(backend)?.call({ frame, edits: [], name }, { stop: new Stop() })) ?? { kind: 'cancelled' }
  }
}

// What a client asks about tasks. A task is who made it's alone; for anybody else there is none of that id. What comes of it is given as long as the call
// that it came from would be let through; to cancel it is never forbidden. Whose a task is nobody knows after a new start: then it is nobody's.

import { Stop } from '../lib/signal.ts'
import { compose, type Frame } from '../rpc/frame.ts'
import type { Requests } from '../rpc/requests.ts'
import { duplicate, elements, member, members } from '../rpc/spans.ts'
import { cut, plain, read, scannable, type Wire } from '../rpc/wire.ts'
import { failure, result } from './answers.ts'
import type { Calls } from './calls.ts'
import { decide } from './decide.ts'
import type { Fault } from './faults.ts'
import type { Gateway } from './gateway.ts'
import type { Offers } from './offers.ts'
import type { Received } from './received.ts'
import type { Answer, Backends, Decision, Origin } from './types.ts'

const MOST_PAGES = 50
/** Nobody's list waits longer for one backend's. */
const LIST_MS = 5000
/** Among what is followed a task has no URI. */
const keyOf = (id: string): string => `task ${id}`

export class AboutTasks {
  readonly #gateway: Gateway
  readonly #front: Requests
  readonly #backends: Backends
  readonly #offers: Offers
  readonly #calls: Calls

  constructor(gateway: Gateway, front: Requests, backends: Backends, offers: Offers, calls: Calls) {
    this.#gateway = gateway
    this.#front = front
    this.#backends = backends
    this.#offers = offers
    this.#calls = calls
  }

  /** tasks/get, tasks/result, tasks/cancel, and whatever else names a task. */
  async ask(frame: Frame, origin: Origin): Promise<void> {
    const { method } = frame
    const id = frame.params['taskId']
    const twice = duplicate(frame.paramMembers)
    if (twice !== undefined) return this.#calls.refuse(frame, -32602, `Invalid params: "${twice}" stands twice`)
    const backend = this.#calls.tasks.owner(id)
    const refusal = this.#refusal(id, origin, method)
    const wait = refusal instanceof Promise ? refusal : undefined
    if (backend === undefined || (refusal && !wait)) return this.#front.respond(failure(frame, origin.era, (refusal as Fault) ?? unknown(id)), frame.via)
    const entry = { backend, name: String(id), key: String(id), text: '' }
    // Its answer comes when the task is over, and that may take long (MCP 2025-11-25, tasks).
    const flight = this.#calls.begin(frame, origin)
    if (!flight) return
    const { call } = this.#calls.tasks.find(id)!
    const before = (answer: Answer) => this.#give(answer, call!.by(origin), method === 'tasks/result')
    await this.#calls.pass(flight, frame, entry, undefined, { timeoutMs: method === 'tasks/result' ? Infinity : undefined, refused: wait, before })
  }

  /** tasks/list: the tasks of every backend that has made one for this client, in one list. */
  async list(frame: Frame, origin: Origin): Promise<void> {
    const flight = this.#calls.begin(frame, origin)
    if (!flight) return
    const lists = await Promise.all([...this.#calls.tasks.owners()].map(backend => this.#inTime(this.#listOf(backend, origin, flight))))
    this.#calls.end(flight, frame, () => result(frame.id, 'legacy', `"tasks":[${lists.flat().join(',')}]`))
  }

  /** A listening follows a task (the tasks extension, task status notifications): whether its backend will tell of it. */
  async follow(id: string, follower: string, origin: Origin, over: () => boolean): Promise<boolean> {
    const backend = this.#calls.tasks.owner(id)
    if (backend === undefined || this.#offers.catalog.lists(backend)?.era !== 'modern' || !(await this.hears(id, backend, origin)) || over()) return false
    const frame = compose({ id: 0, method: 'subscriptions/listen', params: { taskId: id } })
    const tell = () => this.#tell(backend, frame, id)
    const answer = await this.#calls.standing.follow({ backend, name: id, key: keyOf(id), text: '' }, follower, frame, [], tell)
    return answer === undefined || (answer.kind === 'reply' && !answer.reply.error)
  }

  leave(id: string, follower: string): void {
    const backend = this.#calls.tasks.owner(id)
    if (backend === undefined || !this.#calls.standing.leave(keyOf(id), follower)) return
    void this.#tell(backend, compose({ id: 0, method: 'subscriptions/listen', params: { taskId: id, over: true } }), id)
  }

  /** Whether this caller is told what that backend says of a task; what came of it may be in there, and is on record then. */
  tells(frame: Frame, backend: string, origin: Origin): boolean | Promise<boolean> {
    const id = frame.params['taskId']
    const recorded = (may: boolean): boolean | Promise<boolean> => {
      const at = frame.param('result') ?? frame.param('error')
      const { call } = this.#calls.tasks.find(id) ?? {}
      if (!may || !at || !call) return may
      return this.#given(call.by(origin), failed(frame.params['result']), frame.slice(at))
    }
    const may = this.hears(id, backend, origin)
    return may instanceof Promise ? may.then(recorded) : recorded(may)
  }

  /** Whether this caller may be told what that backend says of a task: what came of it is in there. */
  hears(id: unknown, backend: string, origin: Origin): boolean | Promise<boolean> {
    if (this.#calls.tasks.owner(id) !== backend) return false
    const refusal = this.#refusal(id, origin, 'tasks/get')
    return refusal instanceof Promise ? refusal.then(one => one === undefined) : refusal === undefined
  }

  async #tell(backend: string, frame: Frame, name: string): Promise<Answer> {
    return (await this.#backends.get(backend)?.call({ frame, edits: [], name }, { stop: new Stop() })) ?? { kind: 'cancelled' }
  }

  /** What came of a task is on record before it leaves, as part of the call that made it. `all`: nothing else is in the answer. */
  async #give(answer: Answer, call: Received, all: boolean): Promise<Answer> {
    if (answer.kind !== 'reply') return answer
    const { reply } = answer
    const { value, wire, body } = reply
    if (!all && (reply.error || (value['result'] === undefined && value['error'] === undefined))) return answer
    return (await this.#given(call, reply.error || failed(all ? value : value['result']), cut(wire, body.start, body.end))) ? answer : unrecorded
  }

  /** False where that can't be recorded. What it costs is charged like any result. */
  #given(call: Received, isError: boolean, result: Wire): boolean | Promise<boolean> {
    const { journal, auditRequired, charge } = this.#gateway
    if (!journal.leg(call, { kind: 'answered', isError, bytes: result.length }, result) && auditRequired) return false
    const charged = charge?.(call, result.length)
    return charged ? charged.then(() => true) : true
  }

  /** Why this one is not asked about a task; undefined where it is. */
  #refusal(id: unknown, origin: Origin, method: string): Fault | undefined | Promise<Fault | undefined> {
    const call = this.#calls.tasks.find(id)?.call
    if (call?.origin.principal.id !== origin.principal.id) return unknown(id)
    const refused = (decision: Decision): Fault | undefined => {
      if (decision.kind !== 'deny') return undefined
      const { code, reason, retryAfterMs } = decision
      if (code === 'unknown_tool') return unknown(id)
      return method === 'tasks/cancel' ? undefined : { code, message: `The call that this task is of is not allowed any more. ${reason}`, retryAfterMs }
    }
    const decision = decide(call!.by(origin), this.#gateway.policies)
    return decision instanceof Promise ? decision.then(refused) : refused(decision)
  }

  /** A list, or none where it does not come in time. */
  #inTime(list: Promise<readonly string[]>): Promise<readonly string[]> {
    return new Promise(settle => {
      const timer = this.#gateway.clock.after(LIST_MS, () => settle([]))
      const came = (found: readonly string[]) => (timer.cancel(), settle(found))
      list.then(came, () => came([]))
    })
  }

  async #listOf(backend: string, origin: Origin, stop: Stop): Promise<readonly string[]> {
    const capability = this.#offers.catalog.lists(backend)?.capabilities['tasks'] as { list?: unknown } | undefined
    if (capability?.list === undefined) return []
    const found: string[] = []
    let cursor: unknown
    for (let page = 0; page < MOST_PAGES; page++) {
      const frame = compose({ id: 0, method: 'tasks/list', params: cursor === undefined ? {} : { cursor } })
      const answer = await this.#backends.get(backend)?.call({ frame, edits: [] }, { stop })
      if (answer?.kind !== 'reply' || answer.reply.error) break
      const text = scannable(answer.reply.wire)
      const list = member(members(text, answer.reply.body.start), 'tasks')
      for (const { start, end } of list ? elements(text, list.start) : [])
        if (await this.#lists(text.slice(start, end), backend, origin)) found.push(text.slice(start, end))
      cursor = answer.reply.value['nextCursor']
      if (typeof cursor !== 'string') break
    }
    return found
  }

  /** Whether this task of a backend's is one that this caller may ask about. */
  async #lists(text: string, backend: string, origin: Origin): Promise<boolean> {
    const at = member(members(text, 0), 'taskId')
    const id = at && read(text.slice(at.start, at.end))
    return this.#calls.tasks.owner(id) === backend && (await this.#refusal(id, origin, 'tasks/list')) === undefined
  }
}

/** Whether what came of a task is no success. */
const failed = (result: unknown): boolean => typeof result !== 'object' || result === null || (result as { isError?: unknown }).isError === true

/** To ask once more does nothing else. */
const unrecorded: Answer = {
  kind: 'failure',
  sent: true,
  fault: {
    code: 'audit_unavailable',
    message:
      'What came of the task could not be recorded, so it is withheld. It is not lost: ask for it again when the person has freed disk space or mended the journal folder (mcpgw doctor).',
  },
}

const unknown = (id: unknown): Fault => ({
  code: 'unknown_tool',
  message: `Invalid params: no task of this client is called ${plain(id)}. If it is one from before mcpgw was started again, nobody knows any more whose it was: make the call anew.`,
})

// The typed client of the control API, over a gateway's socket or to the port of one that serves. Commands and the window speak to gateways by it and
// by nothing else. Whatever goes wrong on the way is one ApiProblem; what answers there may be anything, and what is no control API's is one too.

import type { IncomingMessage, RequestOptions } from 'node:http'
import { createParser } from 'eventsource-parser'
import type { Event } from '../gateway/events.ts'
import type { State } from '../gateway/state.ts'
import type { CallFilter } from '../store/store.ts'
import type { StoredCall } from '../store/stored.ts'
import type {
  ActivityStatus,
  AnswerStatus,
  Answering,
  ApprovalStatus,
  BeforeStatus,
  GatewayStatus,
  LimitStatus,
  PinDeciding,
  PinStatus,
  RiskStatus,
  ToolStatus,
  Verb,
  WholeCall,
} from './port.ts'
import { isObject } from '../lib/objects.ts'

export type {
  ActivityStatus,
  Answering,
  ApprovalStatus,
  BeforeStatus,
  GatewayStatus,
  LimitStatus,
  PinDeciding,
  PinStatus,
  RiskStatus,
  StoredCall,
  ToolStatus,
  Verb,
  WholeCall,
}

/** Where a gateway listens, and what it wants to see. */
export interface Target {
  readonly socket: string
  readonly token: string
}

/** A gateway that serves, and the key of an operator. */
export interface Remote {
  /** Where the control API begins. */
  readonly address: URL
  readonly token: string
}

/** `code` is the API's own, or `unreachable`, or `foreign`: what answers there is no control API. */
export class ApiProblem extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

export interface Watch {
  /** Somebody here can answer questions: calls that wait for an answer are held for them. */
  readonly answers?: boolean
  readonly onState: (state: State) => void
  readonly onEvents: (events: readonly Event[]) => void
  /** The stream is over: the gateway has gone or has cut us off. */
  readonly onEnd: (problem: ApiProblem) => void
}

const TIMEOUT_MS = 5000
/** Starting a backend may take as long as its settings say; nobody waits longer than this for a gateway to say so. */
const ACT_TIMEOUT_MS = 120_000

/** No answer is as long, and no event. */
const LONGEST = 64 * 1024 * 1024
/** A gateway speaks at least every 15 seconds. */
const SILENT_MS = 45_000

const unreachable = (why: string) => new ApiProblem('unreachable', `the gateway does not answer: ${why}`)
const foreign = (why: string) => new ApiProblem('foreign', `what answers there is no control API of mcpgw: ${why}`)

export class ApiClient {
  readonly #target: Target | Remote

  constructor(target: Target | Remote) {
    this.#target = target
  }

  status(timeoutMs = TIMEOUT_MS): Promise<GatewayStatus> {
    return this.#json('GET', '/status', timeoutMs) as Promise<GatewayStatus>
  }

  /** Newest first, as the store keeps them. */
  calls({ backend, tool, client, outcome, sinceAt, limit }: CallFilter = {}): Promise<readonly StoredCall[]> {
    const wanted = Object.entries({ backend, tool, client, outcome, since: sinceAt, limit })
    const pairs = wanted.flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]]))
    return this.#json('GET', `/calls?${new URLSearchParams(pairs)}`, TIMEOUT_MS) as Promise<readonly StoredCall[]>
  }

  call(id: string): Promise<WholeCall> {
    return this.#json('GET', `/calls/${encodeURIComponent(id)}`, TIMEOUT_MS) as Promise<WholeCall>
  }

  limits(): Promise<readonly LimitStatus[]> {
    return this.#json('GET', '/limits', TIMEOUT_MS) as Promise<readonly LimitStatus[]>
  }

  tools(): Promise<readonly ToolStatus[]> {
    return this.#json('GET', '/tools', TIMEOUT_MS) as Promise<readonly ToolStatus[]>
  }

  activity(sinceAt: number, slotMs: number): Promise<ActivityStatus> {
    return this.#json('GET', `/activity?since=${sinceAt}&slot=${slotMs}`, TIMEOUT_MS) as Promise<ActivityStatus>
  }

  /** The questions that wait for an answer, or `all` that are kept; newest first. */
  approvals(all = false): Promise<readonly ApprovalStatus[]> {
    return this.#json('GET', all ? '/approvals?all=1' : '/approvals', TIMEOUT_MS) as Promise<readonly ApprovalStatus[]>
  }

  /** One of them, with its arguments as they are. */
  approval(id: string): Promise<ApprovalStatus> {
    return this.#json('GET', `/approvals/${encodeURIComponent(id)}`, TIMEOUT_MS) as Promise<ApprovalStatus>
  }

  /** Answers a question; rejects with `late` when somebody was faster, with `differs` when other arguments wait. */
  async answer(id: string, { arguments: edited, ...rest }: Answering): Promise<void> {
    const body = JSON.stringify(rest)
    await this.#json('POST', `/approvals/${encodeURIComponent(id)}`, TIMEOUT_MS, edited === undefined ? body : `${body.slice(0, -1)},"arguments":${edited}}`)
  }

  /** The answers that hold for later calls too. */
  answers(): Promise<readonly AnswerStatus[]> {
    return this.#json('GET', '/answers', TIMEOUT_MS) as Promise<readonly AnswerStatus[]>
  }

  /** Tools and what they are held to. */
  pins(): Promise<readonly PinStatus[]> {
    return this.#json('GET', '/pins', TIMEOUT_MS) as Promise<readonly PinStatus[]>
  }

  /** Accepts or refuses what a backend, or one tool, offers as it was seen; rejects with `differs` when it offers something else by now. */
  async decide(name: string, deciding: PinDeciding): Promise<void> {
    await this.#json('POST', `/pins/${encodeURIComponent(name)}`, TIMEOUT_MS, JSON.stringify(deciding))
  }

  /** Starts, stops or restarts a backend; rejects with the fault when that fails, with `not_found` when it has no such backend. */
  async act(backend: string, verb: Verb): Promise<void> {
    await this.#json('POST', `/backends/${encodeURIComponent(backend)}/${verb}`, ACT_TIMEOUT_MS)
  }

  /** Follows the gateway: its state once, then its events. Gives the way to stop. */
  events({ answers = false, onState, onEvents, onEnd }: Watch): () => void {
    let over = false
    /** Characters of an event that is not whole yet. */
    let waiting = 0
    const end = (problem: ApiProblem) => {
      if (over) return
      over = true
      onEnd(problem)
    }
    const parser = createParser({
      onEvent: ({ event, data }) => {
        waiting = 0
        if (over) return
        const said = parsed(data)
        if (event === 'state' && isState(said)) onState(said)
        else if (event === 'events' && isEvents(said)) onEvents(said)
        else if (event === 'state' || event === 'events') stop(foreign('what it tells is no state and no event'))
      },
    })
    const stop = (problem: ApiProblem) => {
      end(problem)
      request.destroy()
    }
    const request = this.#request('GET', answers ? '/events?answers=1' : '/events', response => {
      if (response.statusCode !== 200) return void read(response).then(text => end(problemOf(text, response.statusCode!)), end)
      if (!/^text\/event-stream\b/.test(response.headers['content-type'] ?? '')) return stop(foreign('it tells no events'))
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        waiting += text.length
        parser.feed(text)
        if (waiting > LONGEST) stop(foreign('what it tells does not end'))
      })
      response.on('error', () => {})
      response.on('close', () => end(unreachable('it has ended the connection')))
    })
    request.on('error', error => end(unreachable(error.message)))
    if ('address' in this.#target) request.setTimeout(SILENT_MS, () => stop(unreachable(`nothing came for ${SILENT_MS / 1000} s`)))
    return () => {
      over = true
      request.destroy()
    }
  }

  #request(method: string, path: string, onresponse: (response: IncomingMessage) => void, body?: string) {
    const { token } = this.#target
    const headers = { Authorization: `Bearer ${token}`, ...(body !== undefined && { 'Content-Type': 'application/json' }) }
    const { node, ...to } = placeOf(this.#target, path)
    const options: RequestOptions = { ...to, method, agent: false, headers }
    const request = process.getBuiltinModule(node).request(options, onresponse)
    request.end(body)
    return request
  }

  #json(method: string, path: string, timeoutMs: number, body?: string): Promise<unknown> {
    return new Promise((settle, fail) => {
      const timer = setTimeout(() => request.destroy(new Error(`nothing came within ${timeoutMs / 1000} s`)), timeoutMs)
      const failed = (error: unknown) => {
        clearTimeout(timer)
        fail(error instanceof ApiProblem ? error : unreachable((error as Error).message))
      }
      const request = this.#request(
        method,
        path,
        response => {
          read(response).then(text => {
            clearTimeout(timer)
            if (response.statusCode! >= 300) return fail(problemOf(text, response.statusCode!))
            const said = text === '' ? undefined : parsed(text)
            if (text !== '' && said === undefined) return fail(foreign('its answer is no JSON'))
            settle(said)
          }, failed)
        },
        body,
      )
      request.on('error', failed)
    })
  }
}

/** A client of the gateway that listens there. */
export const connect = (target: Target | Remote): ApiClient => new ApiClient(target)

type Place = Pick<RequestOptions, 'socketPath' | 'hostname' | 'port' | 'path'> & { readonly node: 'node:http' | 'node:https' }

/** A redirection is not followed: the key is for whoever was named. */
function placeOf(target: Target | Remote, path: string): Place {
  if (!('address' in target)) return { node: 'node:http', socketPath: target.socket, path }
  const { protocol, hostname, port, pathname } = target.address
  const node = protocol === 'https:' ? 'node:https' : 'node:http'
  return { node, hostname: hostname.replace(/^\[|\]$/g, ''), port, path: pathname.replace(/\/$/, '') + path }
}

/** Undefined where it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isState = (value: unknown): value is State =>
  isObject(value) && ['sessions', 'backends', 'calls', 'counters'].every(part => isObject(value[part])) && Array.isArray(value['latencies'])

const isEvents = (value: unknown): value is readonly Event[] => Array.isArray(value) && value.every(one => isObject(one) && typeof one['type'] === 'string')

async function read(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response) {
    chunks.push(chunk as Buffer)
    if ((size += (chunk as Buffer).length) > LONGEST) throw foreign('its answer is too long')
  }
  return Buffer.concat(chunks).toString('utf8')
}

function problemOf(text: string, status: number): ApiProblem {
  try {
    const { code, message } = (JSON.parse(text) as { error: { code: string; message: string } }).error
    return new ApiProblem(String(code), String(message))
  } catch {
    return foreign(`it answers with status ${status}`)
  }
}

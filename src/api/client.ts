// The typed client of the control API, over a gateway's socket. Commands and the window speak to gateways by it and by nothing else.
// Whatever goes wrong on the way is one ApiProblem, which says which gateway did not answer as it should.

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
  GatewayStatus,
  LimitStatus,
  PinDeciding,
  PinStatus,
  ToolStatus,
  Verb,
  WholeCall,
} from './port.ts'

export type { ActivityStatus, Answering, ApprovalStatus, GatewayStatus, LimitStatus, PinDeciding, PinStatus, StoredCall, ToolStatus, Verb, WholeCall }

/** Where a gateway listens, and what it wants to see. */
export interface Target {
  readonly socket: string
  readonly token: string
}

/** `code` is the API's own, or `unreachable`. */
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

const unreachable = (why: string) => new ApiProblem('unreachable', `the gateway does not answer: ${why}`)

export class ApiClient {
  readonly #target: Target

  constructor(target: Target) {
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
    const end = (problem: ApiProblem) => {
      if (over) return
      over = true
      onEnd(problem)
    }
    const parser = createParser({
      onEvent: ({ event, data }) => {
        if (over) return
        if (event === 'state') onState(JSON.parse(data) as State)
        else if (event === 'events') onEvents(JSON.parse(data) as readonly Event[])
      },
    })
    const request = this.#request('GET', answers ? '/events?answers=1' : '/events', response => {
      if (response.statusCode !== 200) return void read(response).then(text => end(problemOf(text, response.statusCode!)), end)
      response.setEncoding('utf8')
      response.on('data', (text: string) => parser.feed(text))
      response.on('error', () => {})
      response.on('close', () => end(unreachable('it has ended the connection')))
    })
    request.on('error', error => end(unreachable(error.message)))
    return () => {
      over = true
      request.destroy()
    }
  }

  #request(method: string, path: string, onresponse: (response: IncomingMessage) => void, body?: string) {
    const { socket, token } = this.#target
    const headers = { Authorization: `Bearer ${token}`, ...(body !== undefined && { 'Content-Type': 'application/json' }) }
    const options: RequestOptions = { socketPath: socket, method, path, agent: false, headers }
    const request = process.getBuiltinModule('node:http').request(options, onresponse)
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
            try {
              settle(text === '' ? undefined : JSON.parse(text))
            } catch {
              failed(new Error('its answer is no JSON'))
            }
          }, failed)
        },
        body,
      )
      request.on('error', failed)
    })
  }
}

/** A client of the gateway that listens there. */
export const connect = (target: Target): ApiClient => new ApiClient(target)

async function read(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

function problemOf(text: string, status: number): ApiProblem {
  try {
    const { code, message } = (JSON.parse(text) as { error: { code: string; message: string } }).error
    return new ApiProblem(String(code), String(message))
  } catch {
    return new ApiProblem('internal', `the gateway answered with status ${status}`)
  }
}

// One server and one client in two eras: they offer and do the same, each in the words of its era.

import { settled } from '../fixtures/clock.ts'
import type { Client, Script } from './stage.ts'

export type Era = 'legacy' | 'modern'
export const ERAS: readonly Era[] = ['legacy', 'modern']

const PREFIX = 'io.modelcontextprotocol/'
export const abilities = { elicitation: { form: {}, url: {} }, sampling: { tools: {} }, roots: {} }

/** What a backend can ask, and how a client answers. */
export const questions = {
  elicit: { method: 'elicitation/create', params: { mode: 'form', message: 'Who?', requestedSchema: { type: 'object', properties: {} } } },
  sample: { method: 'sampling/createMessage', params: { messages: [], maxTokens: 5 } },
  roots: { method: 'roots/list' },
} as const
export type What = keyof typeof questions

type Say = Parameters<Script>[1]

/** What a test makes a server say. */
export interface Peer {
  readonly script: Script
  /** Its tools, as it lists them. */
  readonly tools: string[]
  changed(list: 'tools' | 'prompts' | 'resources'): void
  updated(uri: string): void
  /** Who follows what, as the server knows it. */
  followed(): readonly string[]
  readonly levels: unknown[]
  /** What the calls were of that were cancelled. */
  readonly cancelled: unknown[]
  /** The person of that call has been at the URL; a legacy server says so. */
  visited(of: string): void
}

export const TASKS = 'io.modelcontextprotocol/tasks'
const urlOf = (of: unknown) => `https://example.com/${of}`

/** Tools: `echo`, `work` (with progress), `wait` (until it is cancelled), `ask` (what it is told to), `log`, `long` (a task, for who can have one),
 *  `visit` (its person must be at a URL first). */
export function peer(era: Era): Peer {
  const tools = ['echo', 'work', 'wait', 'ask', 'log', 'long', 'visit']
  const levels: unknown[] = []
  const cancelled: unknown[] = []
  const waiting = new Map<unknown, unknown>()
  const listens = new Map<
    unknown,
    { toolsListChanged?: boolean; promptsListChanged?: boolean; resourcesListChanged?: boolean; resourceSubscriptions?: string[] }
  >()
  const subscribed = new Set<string>()
  const tasks = new Map<string, unknown>()
  const visits = new Set<unknown>()
  const wanted = new Set<unknown>()
  const asked = new Map<unknown, { id: unknown; what: What; of: unknown }>()
  let say: Say = () => {}
  let level: unknown
  const modern = era === 'modern'
  const give = (id: unknown, result: object) => say({ id, result: modern ? { resultType: 'complete', ...result } : result })
  const listed = (id: unknown, result: object) => give(id, modern ? { ...result, ttlMs: 5, cacheScope: 'public' } : result)
  const tell = (filter: keyof NonNullable<ReturnType<typeof listens.get>>, uri: string | undefined, method: string, params: object) => {
    if (!modern) return say({ method, params })
    for (const [id, listen] of listens) {
      const wanted = uri === undefined ? listen[filter] : listen.resourceSubscriptions?.includes(uri)
      if (wanted) say({ method, params: { ...params, _meta: { [`${PREFIX}subscriptionId`]: id } } })
    }
  }

  function call(id: unknown, params: any): void {
    const { name, arguments: args = {}, _meta = {} } = params
    const text = (value: unknown) => give(id, { content: [{ type: 'text', text: JSON.stringify(value) }] })
    if (name === 'echo') return text(args)
    if (name === 'wait') return void waiting.set(id, args.of)
    if (name === 'work') {
      for (let progress = 1; progress <= 3; progress++)
        say({ method: 'notifications/progress', params: { progressToken: _meta.progressToken, progress, of: args.of } })
      return text(args)
    }
    if (name === 'log') {
      const wanted = modern ? _meta[`${PREFIX}logLevel`] : level
      if (wanted !== undefined)
        for (const level of ['debug', 'error'])
          if (level === wanted || level === 'error') say({ method: 'notifications/message', params: { level, data: args.of } })
      return text(args)
    }
    if (name === 'long') {
      const can = modern ? _meta[`${PREFIX}clientCapabilities`]?.extensions?.[TASKS] : params.task
      if (can === undefined) return text(args)
      const taskId = `task of ${args.of}`
      tasks.set(taskId, args)
      return say({ id, result: modern ? { resultType: 'task', taskId, status: 'working' } : { task: { taskId, status: 'working' } } })
    }
    if (name === 'visit') {
      if (visits.has(args.of)) return text(args)
      wanted.add(args.of)
      const asks = { mode: 'url', message: 'Go there.', url: urlOf(args.of), ...(!modern && { elicitationId: `visit of ${args.of}` }) }
      if (!modern) return say({ id, error: { code: -32042, message: 'Go there first.', data: { elicitations: [asks] } } })
      return say({
        id,
        result: { resultType: 'input_required', inputRequests: { there: { method: 'elicitation/create', params: asks } }, requestState: 'there' },
      })
    }
    const what = args.what as What
    if (!modern) {
      asked.set(`own-${args.of}`, { id, what, of: args.of })
      return say({ id: `own-${args.of}`, ...questions[what] })
    }
    const given = params.inputResponses?.it
    if (given === undefined) say({ id, result: { resultType: 'input_required', inputRequests: { it: questions[what] }, requestState: `for ${args.of}` } })
    else text({ of: args.of, given, state: params.requestState })
  }

  const script: Script = ({ id, method, params, result, error }, tellClient) => {
    say = tellClient
    const capabilities = {
      tools: { listChanged: true },
      prompts: { listChanged: true },
      resources: { subscribe: true, listChanged: true },
      logging: {},
      completions: {},
      ...(modern ? { extensions: { [TASKS]: {} } } : { tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } } }),
    }
    switch (method) {
      case 'server/discover':
        if (!modern) return say({ id, error: { code: -32601, message: 'Method not found' } })
        return listed(id, { supportedVersions: ['2026-07-28'], capabilities, instructions: 'Read me.' })
      case 'initialize':
        if (modern) return say({ id, error: { code: -32022, message: 'no', data: { supported: ['2026-07-28'] } } })
        return give(id, { protocolVersion: params.protocolVersion, capabilities, serverInfo: { name: 'peer', version: '1' }, instructions: 'Read me.' })
      case 'ping':
        return give(id, {})
      case 'tools/list':
        return listed(id, { tools: tools.map(name => ({ name, inputSchema: { type: 'object' }, icons: [{ src: 'x' }], annotations: { readOnlyHint: true } })) })
      case 'prompts/list':
        return listed(id, { prompts: [{ name: 'hello', title: 'Hello' }] })
      case 'resources/list':
        return listed(id, { resources: [{ uri: 'x:1', name: 'one' }] })
      case 'resources/templates/list':
        return listed(id, { resourceTemplates: [{ uriTemplate: 'x:/{id}', name: 'some' }] })
      case 'prompts/get':
        return give(id, { messages: [], name: params.name })
      case 'resources/read':
        return listed(id, { contents: [{ uri: params.uri, text: params.uri }] })
      case 'completion/complete':
        return give(id, { completion: { values: [params.ref.name ?? params.ref.uri, params.context?.arguments?.a] } })
      case 'logging/setLevel':
        levels.push((level = params.level))
        return give(id, {})
      case 'resources/subscribe':
        subscribed.add(params.uri)
        return give(id, {})
      case 'resources/unsubscribe':
        subscribed.delete(params.uri)
        return give(id, {})
      case 'subscriptions/listen':
        listens.set(id, params.notifications)
        return say({
          method: 'notifications/subscriptions/acknowledged',
          params: { notifications: params.notifications, _meta: { [`${PREFIX}subscriptionId`]: id } },
        })
      case 'tasks/get':
      case 'tasks/result': {
        const args = tasks.get(params.taskId)
        const result = { content: [{ type: 'text', text: JSON.stringify(args) }] }
        if (args === undefined) return say({ id, error: { code: -32602, message: 'no such task' } })
        if (method === 'tasks/result') return give(id, result)
        return give(id, { taskId: params.taskId, status: 'completed', ...(modern && { result }) })
      }
      case 'notifications/cancelled':
        if (waiting.has(params.requestId)) cancelled.push(waiting.get(params.requestId))
        waiting.delete(params.requestId)
        return void listens.delete(params.requestId)
      case 'tools/call':
        return call(id, params)
      case undefined: {
        const question = asked.get(id)
        if (question) give(question.id, { content: [{ type: 'text', text: JSON.stringify({ of: question.of, given: result ?? error }) }] })
      }
    }
  }
  return {
    script,
    tools,
    levels,
    cancelled,
    changed: list => tell(`${list}ListChanged`, undefined, `notifications/${list}/list_changed`, {}),
    visited(of) {
      visits.add(of)
      if (!modern && wanted.has(of)) say({ method: 'notifications/elicitation/complete', params: { elicitationId: `visit of ${of}` } })
    },
    updated: uri => (modern || subscribed.has(uri)) && tell('resourceSubscriptions', uri, 'notifications/resources/updated', { uri }),
    followed: () => [...new Set([...subscribed, ...[...listens.values()].flatMap(one => one.resourceSubscriptions ?? [])])],
  }
}

/** A client of that era, which answers whatever it is asked with `given`. */
export class Caller {
  readonly era: Era
  readonly client: Client
  readonly name: string
  readonly #given: (method: string) => object
  #last = 0

  constructor(client: Client, era: Era, name = era, given: (method: string) => object = method => ({ given: method })) {
    this.client = client
    this.era = era
    this.name = name
    this.#given = given
  }

  meta(more: object = {}): object {
    if (this.era === 'legacy') return more
    return {
      [`${PREFIX}protocolVersion`]: '2026-07-28',
      [`${PREFIX}clientCapabilities`]: abilities,
      [`${PREFIX}clientInfo`]: { name: this.name, version: '1' },
      ...more,
    }
  }

  async greet(): Promise<void> {
    if (this.era === 'legacy') await this.client.greet(abilities)
  }

  /** Says a request; gives its id. */
  say(method: string, params: object = {}, meta: object = {}): string {
    const id = `${this.name}-${++this.#last}`
    this.client.say({ id, method, params: { ...params, ...(this.era === 'modern' || Object.keys(meta).length > 0 ? { _meta: this.meta(meta) } : {}) } })
    return id
  }

  async ask(method: string, params: object = {}, meta: object = {}): Promise<any> {
    const id = this.say(method, params, meta)
    await settled(20)
    return this.client.answer(id)
  }

  /** A tool's text, with every question on the way answered. */
  async call(name: string, args: object = {}, meta: object = {}): Promise<any> {
    let answer = await this.answered(this.say('tools/call', { name, arguments: args }, meta))
    while (answer?.result?.resultType === 'input_required') {
      const { inputRequests, requestState } = answer.result
      const inputResponses = Object.fromEntries(Object.entries(inputRequests).map(([key, { method }]: [string, any]) => [key, this.#given(method)]))
      answer = await this.answered(this.say('tools/call', { name, arguments: args, inputResponses, requestState }, meta))
    }
    return answer?.result?.content ? JSON.parse(answer.result.content[0].text) : answer
  }

  /** The answer to a request; a legacy client answers meanwhile what it is asked. */
  async answered(id: string): Promise<any> {
    for (let turn = 0; turn < 40 && !this.client.answer(id); turn++) {
      await settled(4)
      if (this.era === 'legacy') this.#answer()
    }
    return this.client.answer(id)
  }

  readonly #done = new Set<unknown>()
  #answer(): void {
    for (const { id, method } of this.client.messages) {
      if (method === undefined || id === undefined || this.#done.has(id)) continue
      this.#done.add(id)
      this.client.say({ id, result: this.#given(method) })
    }
  }

  notified(method: string): any[] {
    return this.client.notified(method).map(({ params }) => params)
  }
}

// Every way in, every way out, each in both eras, two callers at once: each gets all of its own, and nothing of the other's.

import assert from 'node:assert/strict'
import { Agent, request, type ClientRequest } from 'node:http'
import { test, type TestContext } from 'node:test'
import { httpLink } from '../../src/backends/http.ts'
import { Session } from '../../src/gateway/session.ts'
import { LOCAL } from '../../src/gateway/principals.ts'
import type { VirtualClock } from '../fixtures/clock.ts'
import { Client as HttpClient, MODERN, openDoor } from '../fixtures/http-door.ts'
import { httpPeer } from '../fixtures/http-peer.ts'
import { pair } from '../fixtures/pair.ts'
import { abilities, ERAS, peer, TASKS, type Era, type Peer } from '../scenes/peers.ts'
import { Client, play } from '../scenes/stage.ts'

const WAYS = ['stdio', 'HTTP'] as const
type Way = (typeof WAYS)[number]
const PREFIX = 'io.modelcontextprotocol/'

/** What a client is, whichever way its words go. */
interface Voice {
  readonly messages: any[]
  say(message: object): void
  /** It gives up on a request. */
  leave(id: string): void
}

/** A client at the HTTP door: every message is a POST, whatever comes back is heard. */
class HttpVoice implements Voice {
  readonly messages: any[] = []
  readonly #client: HttpClient
  readonly #era: Era
  readonly #url: string
  readonly #agent = new Agent({ keepAlive: true })
  readonly #asked = new Map<string, ClientRequest>()

  constructor(t: TestContext, client: HttpClient, url: string, era: Era) {
    this.#client = client
    this.#url = url
    this.#era = era
    t.after(() => this.#agent.destroy())
  }

  async greet(): Promise<void> {
    await this.#client.greet(abilities)
    this.#hear('GET', undefined, {})
  }

  say(message: any): void {
    const name = message.params?.name ?? message.params?.uri ?? message.params?.taskId
    const headers: Record<string, string> =
      this.#era === 'modern' ? { 'mcp-protocol-version': MODERN, 'mcp-method': message.method, ...(name !== undefined && { 'mcp-name': name }) } : {}
    this.#asked.set(message.id, this.#hear('POST', message, headers))
  }

  leave(id: string): void {
    if (this.#era === 'modern') this.#asked.get(id)!.destroy()
    else this.say({ method: 'notifications/cancelled', params: { requestId: id } })
  }

  #hear(method: 'GET' | 'POST', body: object | undefined, headers: Record<string, string>): ClientRequest {
    const all = {
      accept: 'application/json, text/event-stream',
      ...headers,
      ...(this.#client.session !== undefined && { 'mcp-session-id': this.#client.session }),
    }
    const asked = request(this.#url, { method, agent: this.#agent, headers: { ...all, ...(body && { 'content-type': 'application/json' }) } }, response => {
      const events = response.headers['content-type']?.includes('event-stream')
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part
        const blocks = events ? text.split('\n\n') : []
        if (events) text = blocks.pop()!
        for (const block of blocks) {
          const data = /^data:(.+)$/m.exec(block)?.[1]?.trim()
          if (data) this.messages.push(JSON.parse(data))
        }
      })
      response.on('end', () => !events && text && this.messages.push(JSON.parse(text)))
      response.on('error', () => {})
    })
    asked.on('error', () => {})
    return asked.end(body && JSON.stringify({ jsonrpc: '2.0', ...body }))
  }
}

/** One of the two, and what it does. */
class Caller {
  readonly name: string
  readonly voice: Voice
  readonly #era: Era
  readonly #clock: VirtualClock
  readonly #answered = new Set<unknown>()
  /** Before it answers what it is asked. */
  onasked = (_one: Caller): void => {}
  #last = 0

  constructor(name: string, voice: Voice, era: Era, clock: VirtualClock) {
    this.name = name
    this.voice = voice
    this.#era = era
    this.#clock = clock
  }

  say(method: string, params: object = {}, meta: object = {}): string {
    const id = `${this.name}-${++this.#last}`
    const clientInfo = { name: this.name, version: '1' }
    const _meta =
      this.#era === 'modern'
        ? { [`${PREFIX}protocolVersion`]: MODERN, [`${PREFIX}clientCapabilities`]: abilities, [`${PREFIX}clientInfo`]: clientInfo, ...meta }
        : meta
    this.voice.say({ id, method, params: { ...params, _meta } })
    return id
  }

  /** Waits for real messages, while the gateway's time goes on. */
  async until<T>(find: () => T | undefined | false, what: string): Promise<T> {
    for (let turn = 0; turn < 3000; turn++) {
      this.#answer()
      const found = find()
      if (found) return found
      await this.#clock.pass(3)
      await new Promise(done => setTimeout(done, 1))
    }
    throw new Error(`${this.name} never got ${what}; it heard ${JSON.stringify(this.voice.messages.slice(-5))}`)
  }

  answer(id: string): Promise<any> {
    return this.until(() => this.voice.messages.find(one => one.id === id && one.method === undefined), `the answer to ${id}`)
  }

  async ask(method: string, params: object = {}, meta: object = {}): Promise<any> {
    const { result, error } = await this.answer(this.say(method, params, meta))
    assert.equal(error, undefined)
    return result
  }

  /** A tool's text; what is asked on the way is answered with our name. */
  async call(name: string, args: object, meta: object = {}): Promise<any> {
    let result = await this.ask('tools/call', { name: `b__${name}`, arguments: args }, meta)
    while (result.resultType === 'input_required') {
      const { inputRequests, requestState } = result
      const inputResponses = Object.fromEntries(Object.entries<any>(inputRequests).map(([key, { method }]) => [key, { by: this.name, method }]))
      result = await this.ask('tools/call', { name: `b__${name}`, arguments: args, inputResponses, requestState }, meta)
    }
    return JSON.parse(result.content[0].text)
  }

  heard(method: string): any[] {
    return this.voice.messages.filter(one => one.method === method).map(({ params }) => params)
  }

  #answer(): void {
    if (this.#era === 'modern') return
    for (const { id, method } of this.voice.messages) {
      if (method === undefined || id === undefined || this.#answered.has(id)) continue
      this.#answered.add(id)
      this.onasked(this)
      this.voice.say({ id, result: { by: this.name, method, action: 'accept' } })
    }
  }
}

async function set(t: TestContext, front: { way: Way; era: Era }, back: { way: Way; era: Era }) {
  const peers: Peer[] = []
  const newPeer = () => {
    const one = peer(back.era)
    peers.push(one)
    return one.script
  }
  const server = back.way === 'HTTP' ? await httpPeer(back.era, newPeer) : undefined
  if (server) t.after(() => server.close())
  const link = () => {
    if (server) return httpLink({ url: server.url, headers: {}, maxFrameBytes: 1e6 })
    const [near, far] = pair()
    play(far, newPeer(), [], [])
    return near
  }
  const door = await openDoor(t, { b: () => {} }, { links: { b: link } })
  const voice = async (name: string): Promise<Voice> => {
    if (front.way === 'HTTP') {
      const one = new HttpVoice(t, door.client(), door.url, front.era)
      if (front.era === 'legacy') await one.greet()
      return one
    }
    const [near, far] = pair()
    const session = new Session(door.gateway, near, { speaker: { who: () => LOCAL, session: name } })
    t.after(() => session.backends.close())
    const client = new Client(far)
    if (front.era === 'legacy') await client.greet(abilities)
    return {
      get messages() {
        return client.messages
      },
      say: message => client.say(message),
      leave: id => client.say({ method: 'notifications/cancelled', params: { requestId: id } }),
    }
  }
  const callers = [new Caller('A', await voice('A'), front.era, door.clock), new Caller('B', await voice('B'), front.era, door.clock)] as const
  await Promise.all(callers.map(one => one.ask('tools/list')))
  return { callers, peers, clock: door.clock }
}

for (const frontWay of WAYS)
  for (const frontEra of ERAS)
    for (const backWay of WAYS)
      for (const backEra of ERAS)
        test(`${frontEra} over ${frontWay} before ${backEra} over ${backWay}`, { timeout: 60_000 }, async t => {
          const { callers, peers } = await set(t, { way: frontWay, era: frontEra }, { way: backWay, era: backEra })
          const [A, B] = callers
          const modern = frontEra === 'modern'
          const both = <T>(act: (one: Caller) => Promise<T>) => Promise.all(callers.map(act))

          await t.test('a tool with progress', async () => {
            const told = await both(one => one.call('work', { of: one.name }, { progressToken: 0 }))
            assert.deepEqual(told, [{ of: 'A' }, { of: 'B' }])
            for (const one of callers)
              assert.deepEqual(
                one.heard('notifications/progress').map(({ progressToken, progress, of }) => [progressToken, progress, of]),
                [1, 2, 3].map(progress => [0, progress, one.name]),
              )
          })

          await t.test('a cancelled call', async () => {
            const ids = callers.map(one => one.say('tools/call', { name: 'b__wait', arguments: { of: one.name } }))
            await both(one => one.call('echo', { of: one.name }))
            A.voice.leave(ids[0]!)
            await A.until(() => peers.some(({ cancelled }) => cancelled.length > 0), 'the cancellation at its backend')
            assert.deepEqual(
              peers.flatMap(({ cancelled }) => cancelled),
              ['A'],
            )
            B.voice.leave(ids[1]!)
            await B.until(() => peers.flatMap(({ cancelled }) => cancelled).includes('B'), 'the cancellation at its backend')
            for (const [index, one] of callers.entries())
              assert.equal(
                one.voice.messages.some(({ id }) => id === ids[index]),
                false,
              )
          })

          for (const what of ['elicit', 'sample', 'roots'])
            await t.test(what, async () => {
              const told = await both(one => one.call('ask', { what, of: one.name }))
              assert.deepEqual(
                told.map(({ of, given }) => [of, given.by]),
                [
                  ['A', 'A'],
                  ['B', 'B'],
                ],
              )
            })

          await t.test('log messages', async () => {
            if (!modern) await A.ask('logging/setLevel', { level: 'error' })
            await Promise.all([A.call('log', { of: 'A' }, modern ? { [`${PREFIX}logLevel`]: 'error' } : {}), B.call('log', { of: 'B' })])
            assert.deepEqual(
              callers.map(one => one.heard('notifications/message').map(({ data }) => data)),
              [['A'], []],
            )
          })

          await t.test('a followed resource', async () => {
            if (modern) {
              A.say('subscriptions/listen', { notifications: { resourceSubscriptions: ['x:1'] } })
              await A.until(() => A.heard('notifications/subscriptions/acknowledged')[0], 'the acknowledgement')
            } else await A.ask('resources/subscribe', { uri: 'x:1' })
            for (const one of peers) one.updated('x:1')
            await A.until(() => A.heard('notifications/resources/updated')[0], 'the news')
            await both(one => one.call('echo', {}))
            assert.deepEqual(
              callers.map(one => one.heard('notifications/resources/updated').map(({ uri }) => uri)),
              [['x:1'], []],
            )
          })

          await t.test('a task, where both are of one era; else the call is answered as if there were none', async () => {
            const knowing = modern ? { [`${PREFIX}clientCapabilities`]: { ...abilities, extensions: { [TASKS]: {} } } } : {}
            const make = (one: Caller) => one.ask('tools/call', { name: 'b__long', arguments: { of: one.name }, ...(!modern && { task: {} }) }, knowing)
            const made = await both(make)
            const textOf = ({ content }: { content: { text: string }[] }) => JSON.parse(content[0]!.text)
            if (frontEra !== backEra) return assert.deepEqual(made.map(textOf), [{ of: 'A' }, { of: 'B' }])
            const ids = made.map(result => (modern ? result.taskId : result.task.taskId))
            assert.deepEqual(ids, ['task of A', 'task of B'])
            const given = async (one: Caller, index: number) => {
              const state = await one.ask('tasks/get', { taskId: ids[index] }, knowing)
              assert.deepEqual([state.taskId, state.status], [ids[index], 'completed'])
              return textOf(modern ? state.result : await one.ask('tasks/result', { taskId: ids[index] }))
            }
            assert.deepEqual(await Promise.all(callers.map(given)), [{ of: 'A' }, { of: 'B' }])
            for (const [index, one] of callers.entries()) {
              const { error } = await one.answer(one.say('tasks/get', { taskId: ids[1 - index] }, knowing))
              assert.equal(error.code, -32602)
            }
          })

          await t.test('a person who must be at a URL first', async () => {
            const visit = (one: Caller, more: object = {}) => one.say('tools/call', { name: 'b__visit', arguments: { of: one.name }, ...more })
            const url = (one: Caller) => `https://example.com/${one.name}`
            const visited = (one: Caller) => peers.forEach(peer => peer.visited(one.name))
            const told = await both(async one => {
              const id = visit(one)
              if (modern) {
                const { result } = await one.answer(id)
                const { inputRequests, requestState } = result
                const [[key, { method, params }]] = Object.entries<any>(inputRequests) as [[string, any]]
                assert.deepEqual([method, params.mode, params.url], ['elicitation/create', 'url', url(one)])
                visited(one)
                return one.answer(visit(one, { inputResponses: { [key]: { action: 'accept' } }, requestState }))
              }
              if (backEra === 'legacy') {
                const { error } = await one.answer(id)
                assert.deepEqual([error.code, error.data.elicitations.map((asked: { url: string }) => asked.url)], [-32042, [url(one)]])
                visited(one)
                const done = () => one.heard('notifications/elicitation/complete').some(({ elicitationId }) => elicitationId === `visit of ${one.name}`)
                await one.until(done, 'the news')
                return one.answer(visit(one))
              }
              one.onasked = visited
              const answer = await one.answer(id)
              const asked = one.heard('elicitation/create').filter(({ mode }) => mode === 'url')
              assert.deepEqual(
                asked.map(params => [params.url, typeof params.elicitationId]),
                [[url(one), 'string']],
              )
              return answer
            })
            assert.deepEqual(
              told.map(({ result }) => JSON.parse(result.content[0].text)),
              [{ of: 'A' }, { of: 'B' }],
            )
            for (const [index, one] of callers.entries())
              assert.doesNotMatch(JSON.stringify(one.voice.messages), new RegExp(`example.com/${'BA'[index]}|visit of ${'BA'[index]}`))
          })

          await t.test('changed lists', async () => {
            if (modern)
              await both(async one => {
                one.say('subscriptions/listen', { notifications: { toolsListChanged: true } })
                await one.until(() => one.heard('notifications/subscriptions/acknowledged').some(({ notifications }) => notifications.toolsListChanged), 'ack')
              })
            for (const one of peers) {
              one.tools.push('more')
              one.changed('tools')
            }
            await both(one => one.until(() => one.heard('notifications/tools/list_changed').length > 0, 'the change'))
            for (const one of callers) assert.ok((await one.ask('tools/list')).tools.some(({ name }: { name: string }) => name === 'b__more'))
            assert.deepEqual(
              callers.map(one => one.heard('notifications/tools/list_changed').length),
              [1, 1],
            )
          })
        })

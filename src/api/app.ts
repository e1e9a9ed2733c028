// The control API, one app for socket and port (contract §7). Every request carries the token, or the key of an operator. It shows what is live and acts on backends;
// what is stored it reads through the port. A watcher that can't follow is cut off: it begins again from a fresh state.

import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Hono, type Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Event } from '../gateway/events.ts'
import { faults, type Fault } from '../gateway/faults.ts'
import type { CallFilter } from '../store/store.ts'
import { member, members, skipSpace } from '../rpc/spans.ts'
import { fromWire, toWire } from '../rpc/wire.ts'
import { verbs, type Answering, type NotAnswered, type PinDeciding, type Port, type Verb } from './port.ts'
import { isObject } from '../lib/objects.ts'

/** So much may wait for one watcher. */
const WATCHER_BYTES = 1024 * 1024
/** A watcher hears so often that we are there: the line to one who is gone breaks, and a key that was revoked is seen. */
const BEAT_MS = 15_000
const beat = Buffer.from(':\n\n')
const LIMIT = 1000

const digest = (text: string) => createHash('sha256').update(text).digest()

/** Who has been let in: the name of an operator's key; nothing of who has the token. */
interface Admitted {
  readonly key?: string
}

/** The app over one gateway. */
export function app(port: Port): Hono<{ Variables: Admitted }> {
  const api = new Hono<{ Variables: Admitted }>()

  api.use(async (c, next) => {
    const bearer = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
    const admitted = await admit(port, bearer)
    if ('code' in admitted) {
      if (admitted.code === 'unauthenticated') c.header('WWW-Authenticate', 'Bearer')
      if (admitted.code !== 'store_busy') port.refused({ key: bearer, fault: admitted, from: addressOf(c), asked: `${c.req.method} ${c.req.path}` })
      return problem(c, faults[admitted.code].http, admitted.code, admitted.message)
    }
    c.set('key', admitted.key)
    c.header('Cache-Control', 'no-store')
    await next()
    const isStream = c.res.headers.get('Content-Type') === 'text/event-stream'
    if (isStream && admitted.key !== undefined) c.res = following(port, bearer!, c.res)
  })

  api.get('/healthz', c => c.json({ ok: true }))
  api.get('/status', c => c.json(port.status()))
  api.get('/events', c => watching(port, c.req.query('answers') === '1'))

  api.get('/calls', async c => {
    const query = filterOf(c.req.query())
    if (typeof query === 'string') return problem(c, 400, 'invalid', query)
    return c.json(await port.calls(query))
  })
  api.get('/calls/:id', async c => {
    const found = await port.call(c.req.param('id'))
    if (found.kind === 'found') return c.json({ ...found.call, payloads: await port.payloads(found.call), legs: await port.legs(found.call) })
    if (found.kind === 'none') return problem(c, 404, 'not_found', 'no call has this id')
    return problem(c, 409, 'ambiguous', `several calls begin so: ${found.ids.join(', ')}`)
  })

  api.get('/limits', async c => c.json(await port.limits()))
  api.get('/tools', async c => c.json(await port.tools()))
  api.get('/activity', async c => {
    const { since, slot } = c.req.query()
    const sinceAt = timeOf(since ?? '')
    if (sinceAt === undefined || !/^[1-9]\d{2,9}$/.test(slot ?? '')) return problem(c, 400, 'invalid', 'since is a time, and slot a number of milliseconds')
    return c.json(await port.activity(sinceAt, Number(slot)))
  })

  api.get('/approvals', async c => c.json(await port.approvals(c.req.query('all') === '1')))
  api.get('/approvals/:id', async c => {
    const found = await port.approval(c.req.param('id'), c.get('key'))
    return found ? c.json(found) : problem(c, 404, 'not_found', 'no question has this id')
  })
  api.post('/approvals/:id', short, async c => {
    const answering = answeringOf(await c.req.text())
    if (typeof answering === 'string') return problem(c, 400, 'invalid', answering)
    const not = await port.answer(c.req.param('id'), answering, c.get('key'))
    return not ? problem(c, notAnswered[not.code], not.code, not.message) : c.body(null, 204)
  })
  api.get('/answers', async c => c.json(await port.answers()))

  api.get('/pins', async c => c.json(await port.pins()))
  api.post('/pins/:name', short, async c => {
    const deciding = decidingOf(await c.req.text())
    if (typeof deciding === 'string') return problem(c, 400, 'invalid', deciding)
    const not = await port.decide(c.req.param('name'), deciding, c.get('key'))
    return not ? problem(c, notAnswered[not.code], not.code, not.message) : c.body(null, 204)
  })

  api.post('/backends/:name/:verb', async c => {
    const { name, verb } = c.req.param()
    if (!verbs.includes(verb as Verb)) return problem(c, 404, 'not_found', `a backend can be told: ${verbs.join(', ')}`)
    const ended = await port.act(name, verb as Verb)
    if (ended === undefined) return c.body(null, 204)
    if (ended === 'unknown') return problem(c, 404, 'not_found', `there is no backend "${name}" here`)
    return problem(c, faults[ended.code].http, ended.code, ended.message)
  })

  api.notFound(c => problem(c, 404, 'not_found', `nothing is at ${c.req.path}`))
  api.onError((error, c) => problem(c, 500, 'internal', error.message))
  return api
}

const isToken = (port: Port, bearer: string): boolean => port.token !== '' && timingSafeEqual(digest(bearer), digest(port.token))

/** Who comes with this, or why he is not let in. A key that is for calling is for nothing else: what others have called is not its business. */
async function admit(port: Port, bearer: string | undefined): Promise<Admitted | Fault> {
  if (bearer === undefined) return { code: 'unauthenticated', message: 'the request carries no token and no key; the token stands in run/<id>.json' }
  if (isToken(port, bearer)) return {}
  const who = await port.who(bearer)
  if ('code' in who) return who
  const message = `the key "${who.id}" is for calling; here one is needed that was made with: mcpgw keys create NAME --operator`
  return who.operator ? { key: who.id } : { code: 'denied', message }
}

/** Where a request came from; who came by the socket has no address. */
const addressOf = ({ env }: Context): string => (env as { incoming?: IncomingMessage } | undefined)?.incoming?.socket.remoteAddress ?? 'this machine'

/** A stream ends with the key of who follows it. */
function following(port: Port, key: string, response: Response): Response {
  const transform = async (chunk: Uint8Array, stream: TransformStreamDefaultController<Uint8Array>): Promise<void> => {
    if ('code' in (await admit(port, key))) stream.terminate()
    else stream.enqueue(chunk)
  }
  return new Response(response.body!.pipeThrough(new TransformStream({ transform })), response)
}

const problem = (c: Context, status: number, code: string, message: string): Response => c.json({ error: { code, message } }, status as 500)

/** The state, then every batch of events. A stream that is cut off ends; what waited for it is dropped at once. */
function watching(port: Port, answers: boolean): Response {
  let waiting: Buffer[] = []
  let behind = 0
  let wanted = false
  let leave = (): void => {}
  let stream: ReadableStreamDefaultController<Uint8Array>
  const add = (text: Buffer): void => {
    waiting.push(text)
    behind += text.length
    hand()
    if (behind > WATCHER_BYTES) cut()
  }
  const hand = (): void => {
    if (!wanted || waiting.length === 0) return
    wanted = false
    stream.enqueue(Buffer.concat(waiting))
    waiting = []
    behind = 0
  }
  const cut = (): void => {
    leave()
    waiting = []
    stream.close()
  }
  const source = {
    start(controller: ReadableStreamDefaultController<Uint8Array>) {
      stream = controller
      // However large the state is, only what comes after it counts against a watcher.
      waiting.push(eventText('state', port.state()))
      const gone = answers ? port.attend() : () => {}
      const unwatch = port.watch((events: readonly Event[]) => add(eventText('events', events)))
      const beating = setInterval(() => add(beat), BEAT_MS).unref()
      leave = () => {
        clearInterval(beating)
        unwatch()
        gone()
      }
    },
    pull() {
      wanted = true
      hand()
    },
    cancel: () => leave(),
  }
  const headers = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' }
  return new Response(new ReadableStream(source, { highWaterMark: 0 }), { headers })
}

const notAnswered = { not_found: 404, late: 409, differs: 409, invalid: 400, unrecorded: 503, sealed: 500 } as const satisfies Record<
  NotAnswered['code'],
  number
>

/** Nobody writes so much by hand; no more of it is read. */
const LONGEST = 1024 * 1024
const short = bodyLimit({ maxSize: LONGEST, onError: c => problem(c, 400, 'invalid', `an answer has at most ${LONGEST} bytes`) })

/** The object that somebody sends; a sentence where it is none. */
function bodyOf(text: string): Record<string, unknown> | string {
  try {
    const body = JSON.parse(text) as unknown
    return isObject(body) ? body : 'the body is an object'
  } catch {
    return 'the body is no JSON'
  }
}

/** The body of an answer; a sentence where it is none. Its arguments stay text: each digit that a person has written is meant. */
function answeringOf(text: string): Answering | string {
  const body = bodyOf(text)
  if (typeof body === 'string') return body
  const { decision, argumentsHash, remember, reason } = body
  if (decision !== 'allow' && decision !== 'deny') return '"decision" is "allow" or "deny"'
  if (typeof argumentsHash !== 'string') return '"argumentsHash" is that of the question'
  if (reason !== undefined && typeof reason !== 'string') return '"reason" is a text'
  if (remember !== undefined && !isRemember(remember)) return '"remember" is {"for": "session", "always" or as in "5m", "pins": ["/repo"]}'
  const wire = toWire(text)
  const at = member(members(wire, skipSpace(wire, 0)), 'arguments')
  return { decision, argumentsHash, remember, reason, ...(at && { arguments: fromWire(wire.slice(at.start, at.end)) }) }
}

/** The body of a decision about pins; a sentence where it is none. */
function decidingOf(text: string): PinDeciding | string {
  const body = bodyOf(text)
  if (typeof body === 'string') return body
  const { decision, offered } = body
  if (decision !== 'accept' && decision !== 'refuse') return '"decision" is "accept" or "refuse"'
  if (!isObject(offered) || !Object.values(offered).every(hash => typeof hash === 'string')) return '"offered" is what was seen: {"files__read": "<hash>"}'
  return { decision, offered: offered as Record<string, string> }
}

const isRemember = (value: unknown): value is Answering['remember'] =>
  isObject(value) &&
  typeof value['for'] === 'string' &&
  (value['pins'] === undefined || (Array.isArray(value['pins']) && value['pins'].every(pin => typeof pin === 'string')))

const eventText = (event: string, data: unknown): Buffer => Buffer.from(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)

function timeOf(text: string): number | undefined {
  const at = /^\d+$/.test(text) ? Number(text) : Date.parse(text)
  return Number.isNaN(at) ? undefined : at
}

function filterOf(query: Record<string, string>): CallFilter | string {
  const { backend, tool, client, key, project, outcome, since, limit } = query
  const sinceAt = since === undefined ? undefined : timeOf(since)
  if (since !== undefined && sinceAt === undefined) return 'since is a time: milliseconds since 1970, or as in 2027-01-01T00:00:00Z'
  if (limit !== undefined && !/^[1-9]\d{0,3}$/.test(limit)) return `limit is a number from 1 to ${LIMIT}`
  return { backend, tool, client, key, project, outcome, sinceAt, limit: limit === undefined ? undefined : Math.min(LIMIT, Number(limit)) }
}

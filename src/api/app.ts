// The control API, one app for socket and port (contract §7). Every request carries the token. It shows what is live and acts on backends;
// what is stored it reads through the port. A watcher that can't follow is cut off: it begins again from a fresh state.

import { createHash, timingSafeEqual } from 'node:crypto'
import { Hono, type Context } from 'hono'
import type { Event } from '../gateway/events.ts'
import { faults } from '../gateway/faults.ts'
import type { CallFilter } from '../store/store.ts'
import { verbs, type Port, type Verb } from './port.ts'

/** So much may wait for one watcher. */
const WATCHER_BYTES = 1024 * 1024
const LIMIT = 1000

const digest = (text: string) => createHash('sha256').update(text).digest()

/** The app over one gateway. */
export function app(port: Port): Hono {
  const api = new Hono()
  const wanted = digest(`Bearer ${port.token}`)

  api.use(async (c, next) => {
    if (!timingSafeEqual(digest(c.req.header('authorization') ?? ''), wanted)) {
      c.header('WWW-Authenticate', 'Bearer')
      return problem(c, 401, 'unauthenticated', 'the request carries no valid token; it stands in run/<id>.json')
    }
    c.header('Cache-Control', 'no-store')
    return next()
  })

  api.get('/healthz', c => c.json({ ok: true }))
  api.get('/status', c => c.json(port.status()))
  api.get('/events', () => watching(port))

  api.get('/calls', async c => {
    const query = filterOf(c.req.query())
    if (typeof query === 'string') return problem(c, 400, 'invalid', query)
    return c.json(await port.calls(query))
  })
  api.get('/calls/:id', async c => {
    const found = await port.call(c.req.param('id'))
    if (found.kind === 'found') return c.json(found.call)
    if (found.kind === 'none') return problem(c, 404, 'not_found', 'no call has this id')
    return problem(c, 409, 'ambiguous', `several calls begin so: ${found.ids.join(', ')}`)
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

const problem = (c: Context, status: number, code: string, message: string): Response => c.json({ error: { code, message } }, status as 500)

/** The state, then every batch of events. */
function watching(port: Port): Response {
  let leave = (): void => {}
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const send = (event: string, data: unknown): void => controller.enqueue(Buffer.from(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`))
        send('state', port.state())
        // However large the state is, only what comes after it counts against a watcher.
        const least = controller.desiredSize! - WATCHER_BYTES
        leave = port.watch((events: readonly Event[]) => {
          send('events', events)
          if (controller.desiredSize! >= least) return
          leave()
          controller.error(new Error('the watcher can not follow'))
        })
      },
      cancel: () => leave(),
    },
    { highWaterMark: 0, size: chunk => chunk!.byteLength },
  )
  return new Response(body, { headers: { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' } })
}

function filterOf(query: Record<string, string>): CallFilter | string {
  const { backend, tool, client, outcome, since, limit } = query
  const sinceAt = since === undefined ? undefined : /^\d+$/.test(since) ? Number(since) : Date.parse(since)
  if (Number.isNaN(sinceAt)) return 'since is a time: milliseconds since 1970, or as in 2027-01-01T00:00:00Z'
  if (limit !== undefined && !/^[1-9]\d{0,3}$/.test(limit)) return `limit is a number from 1 to ${LIMIT}`
  return { backend, tool, client, outcome, sinceAt, limit: limit === undefined ? undefined : Math.min(LIMIT, Number(limit)) }
}

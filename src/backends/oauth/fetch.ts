// The requests of OAuth, in the shape that the SDK asks for, over node:http: through the person's proxies, bounded in time and size, redirects left
// to the SDK. Invariants: a secret goes over TLS, or to this machine when the backend itself is here; a backend from outside can't send us to
// addresses of this machine.

import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { readBody } from '../connections.ts'

export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>

const TIMEOUT_MS = 15_000
const BODY_MAX = 1024 * 1024

/** Addresses of this machine; those of IPv4 also as IPv6 writes them. */
const own = new BlockList()
for (const net of ['127.0.0.0', '0.0.0.0']) own.addSubnet(net, 8)
for (const address of ['::', '::1']) own.addAddress(address, 'ipv6')

function isHere({ hostname }: URL): boolean {
  const name = hostname.replace(/^\[|\]$|\.$/g, '')
  const family = isIP(name)
  return family === 0 ? name === 'localhost' || name.endsWith('.localhost') : own.check(name, family === 6 ? 'ipv6' : 'ipv4')
}

/** Whether a server at `backend` may send us to this address. */
export function allowed(to: URL, backend: URL): boolean {
  if (to.origin === backend.origin) return true
  if (isHere(to)) return isHere(backend) && /^https?:$/.test(to.protocol)
  return to.protocol === 'https:'
}

/** Requests on behalf of the backend at this URL. */
export const fetchFor =
  (backend: URL, proxyEnv: Readonly<Record<string, string | undefined>>): Fetch =>
  async (address, init = {}) => {
    const url = new URL(address)
    if (!allowed(url, backend)) throw new Error(`it sends us to ${url.origin}, where we don't go on its behalf: that needs https`)
    const headers = Object.fromEntries(new Headers(init.headers))
    const body = init.body === undefined || init.body === null ? undefined : init.body instanceof URLSearchParams ? String(init.body) : (init.body as string)
    const response = await ask(url, init.method ?? 'GET', { 'user-agent': 'mcpgw', 'accept-encoding': 'identity', ...headers }, body, proxyEnv)
    // A stream of events may have no end: its head is all that is wanted of it.
    const isStream = response.headers['content-type']?.startsWith('text/event-stream') === true
    if (isStream) response.destroy()
    const text = isStream ? '' : await whole(response)
    const status = response.statusCode!
    const said = new Headers()
    for (const [name, value] of Object.entries(response.headers)) for (const one of [value ?? []].flat()) said.append(name, one)
    return new Response([204, 205, 304].includes(status) ? null : text, { status, headers: said })
  }

function ask(url: URL, method: string, headers: Record<string, string>, body: string | undefined, proxyEnv: Readonly<Record<string, string | undefined>>) {
  const { request, Agent } = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http') as typeof import('node:http')
  return new Promise<IncomingMessage>((done, failed) => {
    const agent = new Agent({ proxyEnv })
    const asked = request(url, { method, headers, agent, signal: AbortSignal.timeout(TIMEOUT_MS) }, done)
    asked.on('error', error =>
      failed(
        new Error(
          error.name === 'AbortError' || error.name === 'TimeoutError'
            ? `${url.origin} did not answer within ${TIMEOUT_MS / 1000} s`
            : `${url.origin} can not be reached: ${error.message || (error as NodeJS.ErrnoException).code}`,
        ),
      ),
    )
    asked.on('close', () => agent.destroy())
    asked.end(body)
  })
}

function whole(response: IncomingMessage): Promise<string> {
  return new Promise((done, failed) => {
    const chunks: Buffer[] = []
    let size = 0
    readBody(
      response,
      chunk => {
        size += chunk.length
        if (size <= BODY_MAX) return void chunks.push(chunk)
        response.destroy()
        failed(new Error('it answers with more than any answer of its kind has'))
      },
      complete => (complete ? done(Buffer.concat(chunks).toString('utf8')) : failed(new Error('its answer was cut off'))),
    )
  })
}

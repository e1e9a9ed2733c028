// Where the browser comes back to: a server on this machine, for one answer. It answers to whoever knows the state that we sent the browser away with;
// anybody else gets nothing out of it and ends nothing.

import { timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Callback {
  readonly redirectUrl: string
  /** What the browser brings. */
  readonly answer: Promise<URLSearchParams>
  /** An address that a person has copied out of the browser, where the browser can't come here; false where it is not what we wait for. */
  paste(address: string): boolean
  close(): void
}

const PATH = '/callback'

/** A port that is wished and taken is an error where it is `fixed`: then the server knows no other. */
export async function callback(state: string, wished: number | undefined, fixed: boolean): Promise<Callback> {
  let found!: (params: URLSearchParams) => void
  const answer = new Promise<URLSearchParams>(done => (found = done))
  const take = (params: URLSearchParams): boolean => {
    const mine = same(params.get('state') ?? '', state)
    if (mine) found(params)
    return mine
  }
  const respond = (request: IncomingMessage, response: ServerResponse): void => {
    const [path, query] = (request.url ?? '').split(/\?(.*)/s, 2)
    const ours = request.method === 'GET' && path === PATH
    const [status, text] = !ours
      ? [404, 'Nothing is here.']
      : take(new URLSearchParams(query))
        ? [200, DONE]
        : [400, 'This is not the login that mcpgw is waiting for.']
    const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', connection: 'close' }
    response.writeHead(status, { ...headers, 'x-content-type-options': 'nosniff' }).end(text)
  }
  // Who has registered an address with a port has most likely registered "localhost", which a browser may take for either of both.
  const hosts = fixed ? ['127.0.0.1', '::1'] : ['127.0.0.1']
  const servers: Server[] = []
  for (const host of hosts) {
    const server = (await listening(respond, wished ?? 0, host)) ?? (fixed ? undefined : await listening(respond, 0, host))
    if (server) servers.push(server)
  }
  const [first] = servers
  if (!first) throw new Error(`port ${wished} of this machine is taken, and the browser has to come back to it: end what listens there, then try again`)
  const redirectUrl = `http://${fixed ? 'localhost' : '127.0.0.1'}:${(first.address() as AddressInfo).port}${PATH}`
  return {
    redirectUrl,
    answer,
    paste: address => URL.canParse(address) && take(new URL(address).searchParams),
    close() {
      for (const server of servers) {
        server.close()
        server.closeIdleConnections()
      }
    },
  }
}

const DONE = 'mcpgw has what it needs. You can close this page and go back to the terminal.'

function listening(respond: (request: IncomingMessage, response: ServerResponse) => void, port: number, host: string): Promise<Server | undefined> {
  return new Promise(done => {
    const server = createServer(respond)
    server.once('error', () => done(undefined)).listen(port, host, () => done(server))
  })
}

const same = (a: string, b: string): boolean => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))

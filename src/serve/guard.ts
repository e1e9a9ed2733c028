// Who may knock at an HTTP door at all. A page of the open web that has its name point at this machine (DNS rebinding) sends that name as Host,
// and its own as Origin: both are refused before anything is read (MCP, transports, security).

import type { IncomingHttpHeaders } from 'node:http'

const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\/([\w.-]+|\[[\da-f:.]+\])(:\d*)?$/i
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** Whether only this machine reaches what listens there. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host) || host === '::1'

/** Why a request may not pass, in words; undefined when it may. `host` is where the door listens. */
export function stranger(headers: IncomingHttpHeaders, host: string): string | undefined {
  const named = headers.host === undefined ? undefined : hostOf(`http://${headers.host}`)
  if (named === undefined) return 'the request names no host'
  const local = isLoopback(host)
  if (local && !LOOPBACK.test(named.name) && named.name !== host)
    return `the host ${named.name} is not this machine: a web page may have sent this. Use localhost or 127.0.0.1`
  const { origin } = headers
  if (origin === undefined) return undefined
  const from = hostOf(origin)
  if (from && (local ? LOOPBACK.test(from.name) : from.whole === named.whole)) return undefined
  return 'a page of that origin may not speak to mcpgw'
}

/** Of an address as browsers and clients write it, and nothing more: no user, no path, nothing that is spelled otherwise than it is read. */
function hostOf(url: string): { name: string; whole: string } | undefined {
  try {
    const { hostname, host } = new URL(url)
    return ADDRESS.test(url) && hostname !== '' ? { name: hostname, whole: host } : undefined
  } catch {
    return undefined
  }
}

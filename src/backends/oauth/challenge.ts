// What a backend says to who comes without a token: where its metadata is, and which scopes it wants.

import { extractWWWAuthenticateParams } from '@modelcontextprotocol/client'
import { LEGACY_LATEST, META_CAPABILITIES, META_CLIENT, META_VERSION, MODERN } from '../../rpc/eras.ts'
import type { Fetch } from './fetch.ts'

export interface Challenged {
  /** It did not let us in. */
  readonly refused: boolean
  readonly resourceMetadataUrl?: URL
  readonly scope?: string
}

interface Asked {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly transport: 'http' | 'sse'
}

/** Knocks without a token. Some let everybody greet them and challenge what comes after: they are asked for more than a greeting first. */
export async function challengedBy({ url, headers, transport }: Asked, fetch: Fetch): Promise<Challenged> {
  for (const knock of transport === 'sse' ? [listen] : [discover, initialize]) {
    const { method, body, headers: more } = knock()
    const response = await fetch(url, { method, headers: { ...more, ...headers }, body })
    if (response.status !== 401 && response.status !== 403) continue
    const { resourceMetadataUrl, scope } = extractWWWAuthenticateParams(response)
    return { refused: true, resourceMetadataUrl, scope }
  }
  return { refused: false }
}

interface Knock {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

const clientInfo = { name: 'mcpgw', version: '0' }
const json = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }

const listen = (): Knock => ({ method: 'GET', headers: { accept: 'text/event-stream' } })

const post = (method: string, params: object, headers: Record<string, string> = {}): Knock => ({
  method: 'POST',
  headers: { ...json, ...headers },
  body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
})

function discover(): Knock {
  const _meta = { [META_VERSION]: MODERN, [META_CAPABILITIES]: {}, [META_CLIENT]: clientInfo }
  return post('server/discover', { _meta }, { 'mcp-protocol-version': MODERN, 'mcp-method': 'server/discover' })
}

const initialize = (): Knock => post('initialize', { protocolVersion: LEGACY_LATEST, capabilities: {}, clientInfo })

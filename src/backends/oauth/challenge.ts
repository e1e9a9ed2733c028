// What a backend says to who comes without a token: where its metadata is, and which scopes it wants.

import { extractWWWAuthenticateParams } from '@modelcontextprotocol/client'
import { LEGACY_LATEST } from '../../rpc/eras.ts'
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

/** Knocks without a token. Servers that let us in for now challenge later; what they want then is learnt from their metadata. */
export async function challengedBy({ url, headers, transport }: Asked, fetch: Fetch): Promise<Challenged> {
  const params = { protocolVersion: LEGACY_LATEST, capabilities: {}, clientInfo: { name: 'mcpgw', version: '0' } }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })
  const post = { method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers }, body }
  const response = await fetch(url, transport === 'sse' ? { method: 'GET', headers: { accept: 'text/event-stream', ...headers } } : post)
  if (response.status !== 401 && response.status !== 403) return { refused: false }
  const { resourceMetadataUrl, scope } = extractWWWAuthenticateParams(response)
  return { refused: true, resourceMetadataUrl, scope }
}

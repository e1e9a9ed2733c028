// Gives a grant back (RFC 7009): the refresh token, and with it at most servers the access token, which is named as well.

import type { Grant } from '../../config/login.ts'
import type { Fetch } from './fetch.ts'

/** `unsupported`: the server has no way to give anything back; its tokens end by themselves. */
export type Revoked = 'revoked' | 'unsupported' | { readonly failed: string }

export async function revoke({ server, client, tokens }: Grant, fetch: Fetch): Promise<Revoked> {
  const { revocation_endpoint: endpoint, revocation_endpoint_auth_methods_supported: methods } = (server.metadata ?? {}) as Record<string, unknown>
  if (typeof endpoint !== 'string' || !URL.canParse(endpoint)) return 'unsupported'
  const send = async (token: string, hint: string): Promise<string | undefined> => {
    const body = new URLSearchParams({ token, token_type_hint: hint })
    const headers = new Headers({ 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' })
    identify(client, (methods ?? []) as readonly string[], headers, body)
    const { status } = await fetch(endpoint, { method: 'POST', headers, body })
    return status >= 200 && status < 300 ? undefined : `HTTP ${status}`
  }
  try {
    const failed =
      (tokens.refresh_token === undefined ? undefined : await send(tokens.refresh_token, 'refresh_token')) ?? (await send(tokens.access_token, 'access_token'))
    return failed === undefined ? 'revoked' : { failed }
  } catch (error) {
    return { failed: (error as Error).message }
  }
}

function identify({ client_id, client_secret, ...rest }: Grant['client'], methods: readonly string[], headers: Headers, body: URLSearchParams): void {
  const posts = rest['token_endpoint_auth_method'] === 'client_secret_post' || (methods.length > 0 && !methods.includes('client_secret_basic'))
  if (client_secret !== undefined && !posts) {
    const pair = [client_id, client_secret].map(encodeURIComponent).join(':')
    return headers.set('authorization', `Basic ${Buffer.from(pair).toString('base64')}`)
  }
  body.set('client_id', client_id)
  if (client_secret !== undefined) body.set('client_secret', client_secret)
}

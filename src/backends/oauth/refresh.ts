// One request to the token endpoint for new tokens in exchange for a refresh token, and what its answer means: a refusal, after which only a person can
// help, or trouble that may pass.

import { OAuthError, refreshAuthorization, type AuthorizationServerMetadata } from '@modelcontextprotocol/client'
import type { Grant, Tokens } from '../../config/login.ts'
import type { Fetch } from './fetch.ts'

/** The server will not renew it, today or tomorrow. */
export class Refused extends Error {}

const PASSING = ['server_error', 'temporarily_unavailable', 'too_many_requests', 'slow_down']
/** Statuses of refusals that mean: later. */
const LATER = [408, 425, 429]

export async function refreshed({ server, client, tokens, resource }: Grant, fetch: Fetch): Promise<Tokens> {
  let status = 0
  const fetchFn: Fetch = async (url, init) => {
    const response = await fetch(url, init)
    status = response.status
    return response
  }
  try {
    const metadata = server.metadata as AuthorizationServerMetadata | undefined
    const got = await refreshAuthorization(server.url, { metadata, clientInformation: client, refreshToken: tokens.refresh_token!, resource, fetchFn })
    return { ...(tokens.scope !== undefined && { scope: tokens.scope }), ...got }
  } catch (error) {
    const said = error instanceof OAuthError ? error.code : ''
    const refusal = (said !== '' && !PASSING.includes(said)) || (status >= 400 && status < 500 && !LATER.includes(status))
    throw refusal ? new Refused(wordsOf(error as Error, said)) : error
  }
}

const wordsOf = ({ message }: Error, code: string): string => (code && !message.includes(code) ? `${code}: ${message}` : message)

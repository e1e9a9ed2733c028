// A login, from a backend's challenge to the tokens: discovery (RFC 9728, RFC 8414), who we are there, a code by way of the browser with PKCE and the
// resource (RFC 8707), the check of who has answered (RFC 9207), the exchange. The SDK knows the steps; what stands here is what it is to remember,
// and what we refuse beyond it.

import { randomBytes } from 'node:crypto'
import {
  auth,
  discoverOAuthServerInfo,
  IssuerMismatchError,
  validateAuthorizationResponseIssuer,
  type AuthorizationServerMetadata,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
} from '@modelcontextprotocol/client'
import type { Grant } from '../../config/login.ts'
import type { OAuthSettings } from '../../config/settings.ts'
import { union } from '../credentials.ts'
import { excerpt } from '../refusal.ts'
import { callback, type Callback } from './callback.ts'
import { challengedBy, type Challenged } from './challenge.ts'
import { allowed, fetchFor } from './fetch.ts'

export interface LoginRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly oauth: OAuthSettings
  readonly transport: 'http' | 'sse'
  readonly proxyEnv: Readonly<Record<string, string | undefined>>
  /** The login before this one: who we were there, and what we may keep. */
  readonly before?: Grant
  /** Scopes that the backend has asked for since. */
  readonly wanted?: string
  readonly timeoutMs: number
  /** Sends the person there; `paste` takes the address that the browser ends at, where it can't come back to this machine. */
  readonly visit: (url: URL, paste: Callback['paste']) => void
}

/** It can't be done; the message is for people. */
export class NoLogin extends Error {}

/** Logs in. Throws NoLogin. */
export async function login(request: LoginRequest): Promise<Grant> {
  try {
    return await new Flow(request).run()
  } catch (error) {
    if (error instanceof NoLogin) throw error
    // Its words are those of whoever has answered instead: they are not shown.
    if (error instanceof IssuerMismatchError && error.kind === 'authorization_response')
      throw new NoLogin(`the answer is not from ${error.expected}, whom we have asked; it was not used`)
    throw new NoLogin(
      excerpt(
        (error as Error).message,
        [request.oauth.clientSecret, request.before?.client.client_secret].filter(one => one !== undefined),
      ),
    )
  }
}

class Flow {
  readonly #request: LoginRequest
  readonly #url: URL
  readonly #fetch
  readonly #state = randomBytes(32).toString('base64url')
  #discovery!: OAuthDiscoveryState
  #client: StoredOAuthClientInformation | undefined
  #tokens: StoredOAuthTokens | undefined
  #resource: string | undefined
  #verifier = ''
  #visit: URL | undefined

  constructor(request: LoginRequest) {
    this.#request = request
    this.#url = new URL(request.url)
    this.#fetch = fetchFor(this.#url, request.proxyEnv)
  }

  async run(): Promise<Grant> {
    const { oauth, before, wanted, timeoutMs, visit } = this.#request
    const challenge = await challengedBy(this.#request, this.#fetch)
    await this.#discover(challenge)
    const fixed = oauth.callbackPort !== undefined
    const back = await callback(this.#state, oauth.callbackPort ?? portOf(before), fixed)
    try {
      const provider = this.#provider(back.redirectUrl)
      const scope = oauth.scopes ?? (wanted ? union(before?.tokens.scope, challenge.scope, wanted) : challenge.scope)
      const options = { serverUrl: this.#url, scope, resourceMetadataUrl: challenge.resourceMetadataUrl, fetchFn: this.#fetch }
      await auth(provider, { ...options, forceReauthorization: true })
      visit(this.#visit!, back.paste)
      const params = await within(back.answer, timeoutMs)
      const iss = params.get('iss') ?? undefined
      const grantedAt = Date.now()
      await auth(provider, { ...options, authorizationCode: this.#code(params, iss), iss })
      return this.#grant(back.redirectUrl, grantedAt)
    } finally {
      back.close()
    }
  }

  async #discover({ refused, resourceMetadataUrl }: Challenged): Promise<void> {
    const found = await discoverOAuthServerInfo(this.#url, { resourceMetadataUrl, fetchFn: this.#fetch })
    this.#discovery = { ...found, resourceMetadataUrl: resourceMetadataUrl?.href }
    const { authorizationServerMetadata: metadata, resourceMetadata } = found
    if (!metadata && !resourceMetadata && !refused)
      throw new NoLogin(`${this.#url.origin} says nothing of how to log in: it may need none, or a header (mcpgw add --header)`)
    // MCP, authorization, security: where a server does not say that it checks the code challenge we don't go on.
    if (metadata && !metadata.code_challenge_methods_supported?.includes('S256'))
      throw new NoLogin(`${metadata.issuer} does not say that it protects codes (PKCE, S256), and without that a login can be stolen`)
  }

  #provider(redirectUrl: string): OAuthClientProvider {
    const { oauth } = this.#request
    return {
      redirectUrl,
      clientMetadataUrl: oauth.clientMetadataUrl,
      clientMetadata: {
        client_name: 'mcpgw',
        redirect_uris: [redirectUrl],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        application_type: 'native',
        token_endpoint_auth_method: methodOf(this.#discovery.authorizationServerMetadata),
      },
      state: () => this.#state,
      discoveryState: () => this.#discovery,
      saveDiscoveryState: state => void (this.#discovery = state),
      clientInformation: context => (this.#client ??= this.#known(redirectUrl, context!.issuer)),
      saveClientInformation: client => void (this.#client = client),
      tokens: () => undefined,
      saveTokens: tokens => void (this.#tokens = tokens),
      saveResourceUrl: resource => void (this.#resource = String(resource)),
      redirectToAuthorization: url => void (this.#visit = this.#mayVisit(url)),
      saveCodeVerifier: verifier => void (this.#verifier = verifier),
      codeVerifier: () => this.#verifier,
    }
  }

  /** Who we are there already: as the settings say, or as we have registered for the same server and the same way back. */
  #known(redirectUrl: string, issuer: string): StoredOAuthClientInformation | undefined {
    const { oauth, before } = this.#request
    if (oauth.clientId !== undefined) {
      // Its secret was given to one server: another one that the backend names later does not get it.
      const bound = before?.client.client_id === oauth.clientId ? before.issuer : issuer
      return { client_id: oauth.clientId, ...(oauth.clientSecret !== undefined && { client_secret: oauth.clientSecret }), issuer: bound }
    }
    if (!before || before.client.redirectUrl !== redirectUrl || before.issuer !== issuer || before.client.client_id === oauth.clientMetadataUrl)
      return undefined
    const { redirectUrl: _, ...client } = before.client
    const ends = Number(client['client_secret_expires_at'] ?? 0) * 1000
    return ends > 0 && ends < Date.now() ? undefined : { ...client, issuer }
  }

  /** What a browser is sent to must be a page: no file, no program. */
  #mayVisit(url: URL): URL {
    if (allowed(url, this.#url)) return url
    throw new NoLogin(`it wants to send the browser to ${url.origin === 'null' ? url.protocol : url.origin}, which is no https address`)
  }

  /** The code; what else has come back is an error, and is believed only of whom we have asked. */
  #code(params: URLSearchParams, iss: string | undefined): string {
    const code = params.get('code')
    if (code) return code
    const metadata = this.#discovery.authorizationServerMetadata
    validateAuthorizationResponseIssuer({
      iss,
      expectedIssuer: metadata?.issuer,
      issParameterSupported: metadata?.authorization_response_iss_parameter_supported === true,
    })
    const error = params.get('error') ?? 'neither a code nor an error came back'
    const told = params.get('error_description')
    throw new NoLogin(error === 'access_denied' && !told ? 'it was refused in the browser' : `${excerpt(error, [])}${told ? `: ${excerpt(told, [])}` : ''}`)
  }

  #grant(redirectUrl: string, grantedAt: number): Grant {
    const { issuer, ...tokens } = this.#tokens!
    if (tokens.token_type.toLowerCase() !== 'bearer')
      throw new NoLogin(`it gives tokens of the kind ${excerpt(tokens.token_type, [])}, and mcpgw knows bearer tokens`)
    const { authorizationServerUrl, authorizationServerMetadata } = this.#discovery
    // A server need not repeat what it grants as asked (RFC 6749 §5.1).
    const scope = tokens.scope ?? this.#visit!.searchParams.get('scope') ?? undefined
    const { issuer: _, ...client } = this.#client!
    return {
      v: 1,
      url: this.#request.url,
      issuer: issuer ?? authorizationServerMetadata?.issuer ?? authorizationServerUrl,
      server: { url: authorizationServerUrl, metadata: authorizationServerMetadata },
      resource: this.#resource,
      client: { ...client, redirectUrl },
      tokens: { ...tokens, ...(scope !== undefined && { scope }) },
      grantedAt,
    }
  }
}

/** Without a secret where the server takes that: a program on somebody's machine can keep none. */
function methodOf(metadata: AuthorizationServerMetadata | undefined): string {
  const known = metadata?.token_endpoint_auth_methods_supported
  return !known || known.includes('none') ? 'none' : (known.find(one => one === 'client_secret_basic' || one === 'client_secret_post') ?? 'none')
}

/** The way back that is registered there, if it can be had again. */
const portOf = (before: Grant | undefined): number | undefined => (before ? Number(new URL(before.client.redirectUrl).port) || undefined : undefined)

function within<T>(answer: Promise<T>, ms: number): Promise<T> {
  return new Promise((done, failed) => {
    const timer = setTimeout(() => failed(new NoLogin(`nobody has logged in within ${ms >= 60_000 ? `${Math.round(ms / 60_000)} min` : `${ms / 1000} s`}`)), ms)
    void answer.then(done, failed).finally(() => clearTimeout(timer))
  })
}

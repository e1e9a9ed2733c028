// `mcpgw login` and `mcpgw logout`: a person lets mcpgw in at a remote backend, by way of a browser, or takes that back. On record before it is kept;
// no token is shown, noted or logged. Gateways that run go on with it by themselves.

import { Command, InvalidArgumentError } from 'commander'
import { hasOwn } from '../backends/logins.ts'
import { expand } from '../config/expand.ts'
import { loginId, loginOf, openGrant, type Grant, type StoredLogin } from '../config/login.ts'
import { NoMasterKey, openSeal } from '../config/master.ts'
import type { BackendSettings } from '../config/settings.ts'
import { count } from '../lib/amounts.ts'
import { parseDuration } from '../lib/durations.ts'
import type { Seal } from '../lib/seal.ts'
import { openStore } from '../store/sqlite.ts'
import type { Store } from '../store/store.ts'
import type { Context } from './context.ts'
import { Failure } from './failure.ts'
import { known } from './known.ts'
import { when } from './logins.ts'
import { json, line, note } from './print.ts'
import { noted } from './recorded.ts'
import { visitor } from './visit.ts'

interface LoginOptions {
  readonly browser: boolean
  readonly timeout?: number
  readonly json?: true
}

const TIMEOUT_MS = 5 * 60_000

export const login = (context: Context): Command =>
  new Command('login')
    .description('log in at a remote backend, in the browser')
    .argument('<name>', 'the backend')
    .option('--no-browser', 'print the address to open, and open nothing')
    .option('--timeout <time>', 'how long to wait for the browser (5m)', time)
    .option('--json', 'what was granted as JSON')
    .addHelpText('after', '\nGateways that run go on with it by themselves.\n\nExamples:\n  mcpgw login linear\n  mcpgw login linear --no-browser')
    .action(async (name: string, { browser, timeout = TIMEOUT_MS, json: asJson }: LoginOptions) => {
      const backend = remote(context, name)
      await withStore(context, async (store, seal) => {
        const id = loginId(await store.salt(), name, backend.url!)
        const stored = await store.logins.find(id)
        const before = stored && openGrant(seal, stored)
        const { login: logIn, NoLogin } = await import('../backends/oauth/login.ts')
        const { url, headers, oauth = {}, type } = backend
        const visit = visitor(context, name, browser)
        const request = {
          url: url!,
          headers,
          oauth,
          transport: type as 'http' | 'sse',
          proxyEnv: context.env,
          before,
          wanted: stored?.wanted,
          timeoutMs: timeout,
        }
        const grant = await logIn({ ...request, visit: visit.go })
          .catch((error: unknown) => {
            throw error instanceof NoLogin ? new Failure(1, `no login at ${name}: ${error.message}`, `To try again: mcpgw login ${name}`) : error
          })
          .finally(visit.over)
        await kept(context, store, loginOf(seal, { id, backend: name, version: 1, at: grant.grantedAt }, grant), grant)
        if (asJson) json(context, shape(name, grant))
        else line(context, { text: name, style: 'bold' }, ` lets us in (${told(grant)})`)
      })
      await seen(context, name, asJson === true)
    })

/** One start with the new login: what it offers is remembered, and whether it really lets us in is told. */
async function seen(context: Context, name: string, asJson: boolean): Promise<void> {
  const found = await context.check(context.settings(), name)
  if ('code' in found) throw new Failure(1, found.message, 'The login itself was made and is kept.')
  if (!asJson) line(context, `it offers ${count(found.tools.length, 'tool')}`)
}

export const logout = (context: Context): Command =>
  new Command('logout')
    .description('take a login back, here and at its server')
    .argument('<name>', 'the backend')
    .option('--json', 'what was done as JSON')
    .addHelpText('after', '\nExample:\n  mcpgw logout linear')
    .action(async (name: string, { json: asJson }: { json?: true }) => {
      const done = await withStore(context, async (store, seal) => {
        const all = (await store.logins.all()).filter(one => one.backend === name)
        if (all.length === 0) known(context.settings(), name)
        return Promise.all(all.map(one => dropped(context, store, seal, one)))
      })
      if (asJson) return json(context, done.length ? { backend: name, revoked: done.every(one => one === 'revoked') } : { backend: name, login: 'none' })
      if (done.length === 0) return note(context, `Nobody is logged in at ${name}.`)
      for (const one of done) {
        if (one === 'unsupported') note(context, `${name} has no way to be told; its token ends by itself`)
        else if (one !== 'revoked') note(context, { text: 'warning: ', style: 'yellow' }, `${name} could not be told (${one.failed}); its token ends by itself`)
      }
      line(context, `logged out of ${name}`)
    })

/** A backend where one can log in, its variables filled in. */
function remote(context: Context, name: string): BackendSettings {
  const expanded = expand(known(context.settings(), name), context.env)
  if ('missing' in expanded) throw new Failure(2, expanded.message)
  const { backend } = expanded
  if (backend.url === undefined)
    throw new Failure(2, `"${name}" is a local command; one logs in at a URL`, 'A command gets its secrets by "env" in the settings.')
  if (hasOwn(backend))
    throw new Failure(2, `"${name}" has a header Authorization in the settings, which says who we are`, 'To log in instead, take it out: mcpgw config edit')
  if (!URL.canParse(backend.url)) throw new Failure(2, `the URL of "${name}" is none`, 'To correct it: mcpgw config edit')
  return backend
}

async function withStore<T>({ places, env }: Context, act: (store: Store, seal: Seal) => Promise<T>): Promise<T> {
  const store = await openStore(places.database)
  try {
    return await act(store, await openSeal({ places, env, notes: store }))
  } catch (error) {
    throw error instanceof NoMasterKey ? new Failure(1, error.message) : error
  } finally {
    await store.close()
  }
}

/** On record first; what can't be recorded or kept is given back. */
async function kept(context: Context, store: Store, login: StoredLogin, grant: Grant): Promise<void> {
  try {
    await noted(context, 'login.made', { backend: login.backend, issuer: grant.issuer, scope: grant.tokens.scope })
    await store.logins.put(login)
  } catch (error) {
    await givenBack(context, grant)
    throw error
  }
}

async function dropped(context: Context, store: Store, seal: Seal, login: StoredLogin) {
  const grant = openGrant(seal, login)
  await noted(context, 'login.dropped', { backend: login.backend, issuer: grant?.issuer })
  const done = grant ? await givenBack(context, grant) : { failed: 'what is stored of it does not open with this key' }
  await store.logins.drop(login.id)
  return done
}

async function givenBack({ env }: Context, grant: Grant) {
  const [{ revoke }, { fetchFor }] = await Promise.all([import('../backends/oauth/revoke.ts'), import('../backends/oauth/fetch.ts')])
  return revoke(grant, fetchFor(new URL(grant.url), env))
}

const shape = (backend: string, { issuer, resource, tokens, grantedAt }: Grant) => ({
  backend,
  issuer,
  resource,
  scope: tokens.scope,
  expiresAt: tokens.expires_in === undefined ? undefined : new Date(grantedAt + tokens.expires_in * 1000).toISOString(),
  renewable: tokens.refresh_token !== undefined,
})

function told({ issuer, tokens: { scope, refresh_token, expires_in }, grantedAt }: Grant): string {
  const until =
    refresh_token !== undefined ? 'renewed by itself' : expires_in === undefined ? 'until it is taken back' : `until ${when(grantedAt + expires_in * 1000)}`
  return [issuer, ...(scope ? [`scopes: ${scope}`] : []), until].join('; ')
}

function time(text: string): number {
  const found = parseDuration(text)
  if (!found) throw new InvalidArgumentError('Write a time with its unit, such as 90s or 10m.')
  return found
}

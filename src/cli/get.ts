// `mcpgw get`: one backend, as it is after its defaults.

import { Command } from 'commander'
import type { BackendSettings } from '../config/settings.ts'
import { duration } from '../lib/durations.ts'
import type { Context } from './context.ts'
import { known } from './known.ts'
import { loginsOf, type LoginShown } from './logins.ts'
import { masked, summary } from './masked.ts'
import { json, pairs, type Text } from './print.ts'

export const get = (context: Context): Command =>
  new Command('get')
    .description('one backend: all its settings, values of secrets apart')
    .argument('<name>', 'its name')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  mcpgw get files')
    .action(async (name: string, options: { json?: true }) => {
      const found = known(context.settings(), name)
      const [backend, login] = [masked(found), (await loginsOf(context, [found])).get(name)]
      if (options.json) return json(context, { ...backend, ...(login && { login }) })
      await pairs(context, [...rows(backend), ...loginRows(login)])
    })

function loginRows(login: LoginShown | undefined): (readonly [Text, Text])[] {
  if (!login) return []
  const { state, since, expiresAt, reason, wanted } = login
  return [
    ['login', state === 'granted' ? `since ${since}` : `ended: ${reason ?? 'unknown'}`],
    ...(state === 'granted' && expiresAt !== undefined ? [['token until', expiresAt] as const] : []),
    ...(wanted === undefined ? [] : [['login lacks', wanted] as const]),
  ]
}

function rows(backend: BackendSettings): (readonly [Text, Text])[] {
  const { name, type, enabled, url, cwd, tags, env, headers, oauth = {}, inheritEnv, timeoutMs, startTimeoutMs, concurrency, idleMs } = backend
  return [
    ['name', name],
    ['state', enabled ? 'enabled' : 'disabled'],
    ['type', type],
    [url === undefined ? 'command' : 'url', summary(backend)],
    ...(cwd === undefined ? [] : [['cwd', cwd] as const]),
    ...(tags.length ? [['tags', tags.join(' ')] as const] : []),
    ...Object.entries(env).map(([key, value]) => ['env', `${key}=${value}`] as const),
    ...(inheritEnv ? [['inheritEnv', 'true'] as const] : []),
    ...Object.entries(headers).map(([key, value]) => ['header', `${key}: ${value}`] as const),
    ...Object.entries(oauth).map(([key, value]) => ['oauth', `${key}: ${value}`] as const),
    ['timeout', duration(timeoutMs)],
    ['start timeout', duration(startTimeoutMs)],
    ['concurrency', String(concurrency)],
    ['idle', idleMs === 0 ? 'never stopped' : duration(idleMs)],
  ]
}

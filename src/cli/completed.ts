// What a Tab completes besides words of ours: names and ids as they are now. Nothing is made for looking, and what can't be asked completes nothing.

import { existsSync } from 'node:fs'
import { clientIds } from '../config/clients.ts'
import { load } from '../config/load.ts'
import type { Settings } from '../config/settings.ts'
import { standing } from '../gateway/approval.ts'
import { Catalog } from '../gateway/catalog.ts'
import type { Store } from '../store/store.ts'
import type { Context } from './context.ts'
import { standings } from './shown-calls.ts'

/** So many calls are offered, the newest. */
const CALLS = 50

type Words = (context: Context) => readonly string[] | Promise<readonly string[]>

const backends: Words = ({ places }) => settingsIn(places.settings)?.backends.map(one => one.name) ?? []
/** Those that are not revoked. */
const keys: Words = context =>
  stored(context, async store => (await store.keys.all()).flatMap(({ name, revokedAt }) => (revokedAt === undefined ? [name] : [])))
const everyKey: Words = context => stored(context, async store => ['local', ...(await store.keys.all()).map(one => one.name)])
const calls: Words = context => stored(context, async store => (await store.calls({ limit: CALLS })).map(one => one.id))
const questions: Words = context => stored(context, async store => (await store.approvals.approvals()).map(one => one.id))
const waiting: Words = context =>
  stored(context, async store => (await store.approvals.approvals()).filter(one => standing(one, Date.now()) === 'open').map(one => one.id))
const answers: Words = context => stored(context, async store => (await store.approvals.answers(Date.now())).map(one => one.id))
const rules: Words = async context => [...(settingsIn(context.places.settings)?.permissions.rules ?? []).map(one => one.id), ...(await answers(context))]
const scopes: Words = ({ places }) => settingsIn(places.settings)?.limits.map(one => one.scope) ?? []
/** What clients are offered, as far as it is remembered: no backend is started for it. */
const tools: Words = async ({ places, env }) => {
  const settings = settingsIn(places.settings)
  if (!settings || !existsSync(places.database)) return []
  const { within } = await import('./session.ts')
  const read = within({ settings, places, env, client: 'mcpgw' }, async here => {
    const catalog = new Catalog()
    catalog.order(here.names())
    catalog.recall(await here.recall())
    return catalog.entries('tools').map(one => one.key)
  })
  return read.catch(() => [])
}
const pinned: Words = async context => [...(await backends(context)), ...(await tools(context))]

/** By the command and its argument. */
const byArgument: Readonly<Record<string, Words>> = {
  'call tool': tools,
  'explain tool': tools,
  'allow glob': tools,
  'ask glob': tools,
  'deny glob': tools,
  'pins accept name': pinned,
  'pins refuse name': pinned,
  'pins diff name': pinned,
  'approvals id': questions,
  'approve id': waiting,
  'refuse id': waiting,
  'log show id': calls,
  'replay id': calls,
  'rules remove id': rules,
  'limits remove scope|id': scopes,
  'keys revoke key': keys,
  'keys rotate key': keys,
}
/** Their names are new. */
const naming = new Set(['add name', 'keys create name'])

/** What an argument of a command may be. */
export const argumentWords = (command: string, argument: string, context: Context): ReturnType<Words> =>
  byArgument[`${command} ${argument}`]?.(context) ?? (argument === 'name' && !naming.has(`${command} name`) ? backends(context) : [])

const byOption: Readonly<Record<string, Words>> = {
  '--backend': backends,
  '--bare': backends,
  '--client': () => clientIds,
  '--tool': tools,
  '--outcome': () => standings,
}

/** What may stand behind an option. */
export const optionWords = (command: string, option: string, context: Context): ReturnType<Words> =>
  option === '--key' ? (command.startsWith('log') ? everyKey : keys)(context) : (byOption[option]?.(context) ?? [])

function settingsIn(file: string): Settings | undefined {
  const loaded = load(file)
  return 'settings' in loaded ? loaded.settings : undefined
}

async function stored({ places }: Context, act: (store: Store) => Promise<readonly string[]>): Promise<readonly string[]> {
  if (!existsSync(places.database)) return []
  const { openStore } = await import('../store/sqlite.ts')
  const store = await openStore(places.database)
  try {
    return await act(store)
  } catch {
    return []
  } finally {
    await store.close()
  }
}

// `mcpgw doctor`: finds what commonly goes wrong, and says of each finding what, where, and what to do. It starts no backend unless asked to.

import { existsSync } from 'node:fs'
import { Command } from 'commander'
import { load } from '../config/load.ts'
import type { Settings } from '../config/settings.ts'
import { count } from '../lib/amounts.ts'
import type { Context } from './context.ts'
import { backend, environment, names } from './doctor/backends.ts'
import { definitions } from './doctor/definitions.ts'
import { wrong, type Finding } from './doctor/finding.ts'
import { running } from './doctor/gateways.ts'
import { key, logins } from './doctor/logins.ts'
import { folders, settings, store } from './doctor/places.ts'
import { loginsOf } from './logins.ts'
import { json, line, note } from './print.ts'
import { within } from './session.ts'
import type { StoredPin } from '../store/pins.ts'

export const doctor = (context: Context): Command =>
  new Command('doctor')
    .description('find what commonly goes wrong, and what to do about it')
    .option('--start', 'start every backend, too')
    .option('--json', 'print what is found as JSON')
    .addHelpText('after', '\nExample:\n  mcpgw doctor --start')
    .action(async ({ start, json: asJson }: { start?: true; json?: true }) => {
      const slow = setTimeout(() => note(context, { text: 'looking at backends ...', style: 'dim' }), 700)
      const found = await look(context, start === true).finally(() => clearTimeout(slow))
      const bad = found.filter(one => one.kind === 'wrong').length
      context.exitCode = bad > 0 ? 1 : 0
      if (asJson) return json(context, found)
      for (const one of found) show(context, one)
      line(context, bad > 0 ? { text: `${count(bad, 'thing')} to repair`, style: 'red' } : { text: 'all is well', style: 'green' })
    })

async function look(context: Context, start: boolean): Promise<Finding[]> {
  const { places, env } = context
  const read = load(places.settings)
  const ours = [settings(places), folders(places), store(places), key(context), running(places)]
  if ('problem' in read) return (await Promise.all(ours)).flat()
  const all = read.settings.backends.filter(one => one.enabled)
  const known = await loginsOf(context, all)
  const theirs = [...all.map(one => backend(one, env, known.has(one.name))), logins(known), offers(context, read.settings, start), environment(all, env)]
  return (await Promise.all([...ours, ...theirs])).flat()
}

/** What backends offer: as remembered, or by a start. */
async function offers({ places, env }: Context, settings: Settings, start: boolean): Promise<Finding[]> {
  if (!start && !existsSync(places.database)) return []
  return within({ settings, places, env, client: 'mcpgw doctor' }, async here => {
    const remembered = await here.recall()
    const all = await Promise.all(here.names().map(async name => [name, start ? await here.backend(name)!.lists() : remembered.get(name)] as const))
    await here.booted.pinned()
    const held: ReadonlyMap<string, readonly StoredPin[]> = await here.booted.pinBook.held(here.names()).catch(() => new Map())
    return all.flatMap(([name, lists]) => {
      if (lists === undefined) return []
      return 'tools' in lists
        ? [...names(name, lists), ...definitions(name, lists, held.get(name) ?? [])]
        : [wrong(name, lists.message, `see: mcpgw backends logs ${name}`)]
    })
  })
}

function show(context: Context, { kind, what, where, todo }: Finding): void {
  const mark = kind === 'wrong' ? ({ text: 'wrong ', style: 'red' } as const) : ({ text: 'note  ', style: 'yellow' } as const)
  line(context, mark, { text: where, style: 'bold' }, `: ${what}`)
  if (todo !== undefined) line(context, `      ${todo}`)
}

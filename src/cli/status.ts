// `mcpgw status`: the gateways that run, what is stored, and whether the settings hold.

import { Command } from 'commander'
import { load } from '../config/load.ts'
import { sweep } from '../serve/sweep.ts'
import { openStore } from '../store/sqlite.ts'
import type { Lifetime, StoreStats } from '../store/store.ts'
import { bytes, count, roughly } from '../lib/amounts.ts'
import { told } from './attend.ts'
import type { Context } from './context.ts'
import { gateways, type LiveGateway } from './gateways.ts'
import { everSentence } from '../tui/ever.ts'
import { json, line, note, table } from './print.ts'

export const status = (context: Context): Command =>
  new Command('status')
    .description('the gateways that run, with their clients and calls')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  mcpgw status')
    .action(async ({ json: asJson }: { json?: boolean }) => {
      const { places } = context
      const [running, store] = await Promise.all([gateways(places), stored(places.database), sweep(places)])
      const loaded = load(places.settings)
      const problem = 'problem' in loaded ? told(loaded.problem) : undefined
      if (asJson)
        return json(context, {
          gateways: running.map(({ entry, status }) => ({ ...status, url: entry.url })),
          store,
          settings: { file: places.settings, problem },
        })
      await show(context, running)
      line(context, `store: ${'problem' in store ? store.problem : `${count(store.calls, 'call')}, ${bytes(store.bytes)}, ${places.database}`}`)
      if ('lifetime' in store && store.lifetime.calls > 0) line(context, `ever: ${everSentence(store.lifetime)}`)
      line(context, `settings: ${places.settings}`)
      const needed = new Set(running.flatMap(one => one.status.backends.flatMap(({ name, login }) => (login === 'needed' ? [name] : []))))
      for (const name of needed) line(context, { text: `login needed: mcpgw login ${name}`, style: 'yellow' })
      const problems = new Set([problem, ...running.map(one => one.status.settingsProblem)])
      for (const text of problems) if (text !== undefined) line(context, { text: `problem: ${text}`, style: 'red' })
    })

async function stored(path: string): Promise<(StoreStats & { readonly lifetime: Lifetime }) | { readonly problem: string }> {
  try {
    const store = await openStore(path)
    const stats = { ...(await store.stats()), lifetime: await store.lifetime() }
    await store.close()
    return stats
  } catch (error) {
    return { problem: (error as Error).message }
  }
}

async function show(context: Context, running: readonly LiveGateway[]): Promise<void> {
  if (running.length === 0) return note(context, 'No gateway runs: a client starts one when it needs it.')
  await table(context, ['GATEWAY', 'PID', 'CLIENT', 'UP', 'BACKENDS', 'IN FLIGHT', 'CALLS', 'ERRORS', 'P50', 'P95'], running.map(rowOf))
}

function rowOf({ entry, status: { id, pid, sessions, backends, calls, counters, latency, startedAt } }: LiveGateway): string[] {
  const clients = sessions.length > 0 ? sessions.map(one => one.client) : entry.client ? [entry.client] : []
  const names = [...new Set(clients.map(({ name, version }) => `${name} ${version}`.trim()))]
  const waiting = calls.filter(({ question }) => question !== undefined).length
  const served = names.join(', ') || '-'
  const ready = backends.filter(one => one.state === 'ready').length
  return [
    id,
    String(pid),
    entry.url === undefined ? served : `${entry.url}: ${served}`,
    roughly(Date.now() - startedAt),
    `${ready} of ${backends.filter(one => one.state !== 'disabled').length}`,
    waiting === 0 ? String(calls.length) : `${calls.length}, ${waiting === 1 ? '1 asks' : `${waiting} ask`} you`,
    String(counters.calls),
    String(counters.errors + counters.failed),
    latency ? roughly(latency.p50) : '-',
    latency ? roughly(latency.p95) : '-',
  ]
}

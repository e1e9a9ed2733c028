// `mcpgw backends`: every backend, as the gateways that run have it; with none running, as the settings and the store know it.
// start, stop and restart go to every gateway that has it. logs shows what it has printed on stderr.

import { Command } from 'commander'
import { ApiProblem } from '../api/client.ts'
import { verbs, type Verb } from '../api/port.ts'
import type { BackendStatus } from '../gateway/types.ts'
import { sweep } from '../serve/sweep.ts'
import { count, roughly } from '../lib/amounts.ts'
import type { Context } from './context.ts'
import { Failure } from './failure.ts'
import { gateways, type LiveGateway } from './gateways.ts'
import { known } from './known.ts'
import { logs } from './logs.ts'
import { json, note, table, type Text } from './print.ts'
import { within } from './session.ts'

export const backends = (context: Context): Command => {
  const command = new Command('backends')
    .description('the backends and how they are')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExamples:\n  mcpgw backends\n  mcpgw backends restart github\n  mcpgw backends logs github -f')
    .action(({ json: asJson }: { json?: boolean }) => list(context, asJson === true))
  for (const verb of verbs)
    command
      .command(verb)
      .description(`${verb} a backend in every gateway that runs`)
      .argument('<name>')
      .addHelpText('after', `\nExample:\n  mcpgw backends ${verb} github`)
      .action((name: string) => act(context, name, verb))
  return command.addCommand(logs(context))
}

/** A backend in one gateway, or (`gateway` absent) as it would be started. */
type Row = BackendStatus & { readonly gateway?: string; readonly client?: string }

async function list(context: Context, asJson: boolean): Promise<void> {
  const [running] = await Promise.all([gateways(context.places), sweep(context.places)])
  const rows = running.length > 0 ? running.flatMap(live) : await idle(context)
  if (asJson) return json(context, rows)
  if (rows.length === 0) return note(context, 'There is no backend yet. To add one: mcpgw add --help')
  const several = new Set(rows.map(row => `${row.gateway} ${row.session}`)).size > 1
  const heads = ['NAME', 'STATE', 'PID', 'ERA', 'CALLS', 'FAILED', 'ERRORS', 'P95', 'IDLE', 'RESTARTS', 'TOOLS', 'LAST ERROR']
  await table(
    context,
    several ? ['GATEWAY', 'CLIENT', ...heads] : heads,
    rows.map(row => [...(several ? [row.gateway ?? '', row.client ?? ''] : []), ...cells(row)]),
  )
  if (running.length === 0) note(context, { text: 'No gateway runs: a client starts one when it needs it.', style: 'dim' })
}

const live = ({ status }: LiveGateway): Row[] => status.backends.map(backend => ({ ...backend, gateway: status.id, client: clientOf(status, backend) }))

/** Of its session; an older gateway does not say whose a backend is, and has one session. */
const clientOf = ({ sessions }: LiveGateway['status'], { session }: BackendStatus): string | undefined =>
  (session === undefined ? sessions[0] : sessions.find(({ id }) => id === session))?.client.name

/** With no gateway running: what is set, and how many tools are remembered. */
async function idle(context: Context): Promise<Row[]> {
  const { env, places } = context
  const settings = context.settings()
  return within({ settings, places, env, client: 'mcpgw backends' }, async here => {
    const remembered = await here.recall()
    return settings.backends.map(({ name }) => {
      const lists = remembered.get(name)
      return { ...here.backend(name)!.status(), era: lists?.era, tools: lists?.tools.length }
    })
  })
}

const styles = { ready: 'green', starting: 'cyan', waiting: 'yellow', open: 'red', parked: 'red', stopped: 'dim', disabled: 'dim' } as const

function cells({ name, state, pid, era, calls, failures, recent, idleSinceAt, restarts, tools, lastError, login }: Row): Text[] {
  const style = styles[state] as (typeof styles)[keyof typeof styles] | undefined
  const text = login === 'needed' ? 'login needed' : state
  const shown = style ? { text, style } : text
  const errors = recent ? `${Math.round((recent.bad / recent.calls) * 100)} %` : '-'
  const idle = idleSinceAt === undefined ? '-' : roughly(Math.max(0, Date.now() - idleSinceAt))
  const counts = [String(calls), String(failures), errors, recent ? roughly(recent.p95) : '-', idle, String(restarts), String(tools ?? '-')]
  return [name, shown, String(pid ?? '-'), era ?? '-', ...counts, lastError ?? '']
}

async function act(context: Context, name: string, verb: Verb): Promise<void> {
  const settings = context.settings()
  const running = (await gateways(context.places)).filter(one => one.status.backends.some(backend => backend.name === name))
  if (running.length === 0) known(settings, name)
  if (running.length === 0) return note(context, `No gateway runs that has "${name}": it is started there by its first call.`)
  const failed = await Promise.all(
    running.map(async ({ api, status }) => {
      try {
        await api.act(name, verb)
        return []
      } catch (error) {
        if (error instanceof ApiProblem) return [`in gateway ${status.id}: ${error.message}`]
        throw error
      }
    }),
  )
  const problems = failed.flat()
  if (problems.length > 0) throw new Failure(1, `could not ${verb} "${name}"`, ...problems)
  note(context, `${done[verb]} "${name}" in ${count(running.length, 'gateway')}`)
}

const done = { start: 'started', stop: 'stopped', restart: 'restarted' } as const

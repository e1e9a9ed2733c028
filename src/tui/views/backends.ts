// Backends: each one in each gateway, for each gateway has its own. With none running, as the settings have them.

import { count, roughly } from '../../lib/amounts.ts'
import type { BackendState, BackendStatus } from '../../gateway/types.ts'
import { dim, line, styled, wrapped, type Line, type Span, type Style } from '../line.ts'
import type { Gateway, Item, Model } from '../model.ts'
import { table } from '../table.ts'
import type { View } from './view.ts'
import { heading, pairs, sentences } from './words.ts'

type BackendItem = Item & { kind: 'backend' }

const styles: Readonly<Record<BackendState, Style>> = {
  ready: 'good',
  starting: 'busy',
  waiting: 'warn',
  open: 'bad',
  parked: 'bad',
  stopped: 'dim',
  disabled: 'dim',
}

/** What a state means, for whoever sees it the first time. */
const meanings: Readonly<Record<BackendState, string>> = {
  ready: 'it runs and answers',
  starting: 'it is being started',
  waiting: 'it crashed, and is started again after a pause',
  open: 'it failed so often that calls are refused for a while (its circuit breaker is open)',
  parked: 'it refused our credentials: it is not asked again before somebody starts it',
  stopped: 'nobody needs it now; the next call starts it',
  disabled: 'the settings say that it is neither started nor listed',
}

const columns = (width: number, several: boolean) =>
  table(
    [
      { head: 'NAME', width: 12, grows: 2 },
      { head: 'STATE', width: 8 },
      ...(several ? [{ head: 'CLIENT', width: 11, grows: 1 }] : []),
      { head: 'PID', width: 7, right: true, from: several ? 90 : 0 },
      { head: 'ERA', width: 6 },
      { head: 'TOOLS', width: 5, right: true, from: several ? 90 : 0 },
      { head: 'CALLS', width: 6, right: true },
      { head: 'ERRORS', width: 6, right: true },
      { head: 'P95', width: 6, right: true },
      { head: 'IDLE', width: 6, right: true },
      { head: 'RESTARTS', width: 8, right: true, from: several ? 100 : 90 },
      { head: 'LAST ERROR', width: 10, grows: 5, from: 110 },
    ],
    width,
  )

const several = ({ gateways }: Model): boolean => gateways.size > 1 || [...gateways.values()].some(({ state }) => Object.keys(state?.sessions ?? {}).length > 1)

export const clientsOf = ({ state }: Gateway): string => {
  const names = Object.values(state?.sessions ?? {}).map(({ client }) => client.id ?? client.name)
  return [...new Set(names)].join(', ')
}

const backendsOf = ({ state, backends }: Gateway): readonly BackendStatus[] => backends ?? Object.values(state?.backends ?? {})

/** Whose it is: its session's client, or whom its gateway serves. */
const clientOf = (gateway: Gateway, { session }: BackendStatus): string => {
  const client = session === undefined ? undefined : gateway.state?.sessions[session]?.client
  return client ? (client.id ?? client.name) : clientsOf(gateway)
}

/** How many of its last calls went wrong. */
function errors({ recent }: BackendStatus): Span {
  if (!recent) return '-'
  const share = (recent.bad / recent.calls) * 100
  const text = `${share > 0 && share < 10 ? share.toFixed(1) : Math.round(share)} %`
  return share > 10 ? styled(text, 'bad') : share > 0 ? styled(text, 'warn') : text
}

const idle = ({ idleSinceAt, inFlight }: BackendStatus, now: number): string =>
  inFlight > 0 ? 'busy' : idleSinceAt === undefined ? '-' : roughly(Math.max(0, now - idleSinceAt))

const idleSentence = ({ idleSinceAt, stopsAt }: BackendStatus, now: number): string | undefined =>
  idleSinceAt === undefined
    ? undefined
    : `for ${roughly(Math.max(0, now - idleSinceAt))}; ${stopsAt === undefined ? 'it goes on running' : `stopped in ${roughly(Math.max(0, stopsAt - now))} if nobody needs it`}`

const recentSentence = ({ recent }: BackendStatus): string | undefined =>
  recent && `${count(recent.calls, 'call')}: ${recent.bad} went wrong; p50 ${roughly(recent.p50)}, p95 ${roughly(recent.p95)}`

export const backends: View = {
  items({ gateways, own }) {
    if (gateways.size === 0) return (own?.backends ?? []).map(backend => ({ kind: 'backend', key: backend.name, backend }))
    const all = [...gateways.values()].flatMap(gateway =>
      backendsOf(gateway).map(backend => ({
        kind: 'backend' as const,
        key: `${backend.name} ${gateway.id} ${backend.session ?? ''}`,
        gateway: gateway.id,
        client: clientOf(gateway, backend),
        backend,
      })),
    )
    // One backend's processes stand together, in the order of the settings.
    const order = [...new Set(all.map(one => one.backend.name))]
    return all.sort((one, other) => order.indexOf(one.backend.name) - order.indexOf(other.backend.name))
  },
  parts(item) {
    const { backend, client } = item as BackendItem
    return { backend: backend.name, state: backend.state, client, tag: backend.tags.join(' '), calls: backend.calls, failed: backend.failures }
  },
  above: (model, width) => [columns(width, several(model)).head],
  row(item, model, width, chosen) {
    const { backend, client = '' } = item as BackendItem
    const { name, state, pid, era, tools, calls, restarts, lastError } = backend
    const cells = [
      name,
      styled(state, styles[state]),
      ...(several(model) ? [client || '-'] : []),
      pid === undefined ? '-' : String(pid),
      era ?? '-',
      tools === undefined ? '-' : String(tools),
      String(calls),
      errors(backend),
      backend.recent ? roughly(backend.recent.p95) : '-',
      idle(backend, model.now),
      String(restarts),
      lastError === undefined ? '' : styled(lastError, 'dim'),
    ]
    return columns(width, several(model)).row(cells, chosen)
  },
  empty: model =>
    model.own?.settingsProblem !== undefined
      ? sentences([styled('The settings can not be used:', 'bad')], model.own.settingsProblem, '', [styled('mcpgw config edit', 'key'), ' opens them'])
      : sentences('There is no backend yet. From another terminal, or behind : here:', '', [
          styled('mcpgw add files -- npx -y @modelcontextprotocol/server-filesystem ~/notes', 'key'),
        ]),
  detail(item, model, width) {
    const { backend, gateway, client } = item as BackendItem
    const { name, state, lastError, startedAt, retryAt } = backend
    const { now } = model
    return [
      line(' ', styled(name, 'bold'), '  ', styled(state, styles[state])),
      ...wrapped(meanings[state] ?? '', width - 2, 'dim').map(one => line(' ', ...one.spans)),
      line(),
      ...pairs(
        [
          ['last error', lastError, 'bad'],
          ['tried again', retryAt === undefined ? undefined : `in ${roughly(Math.max(0, retryAt - now))}`],
          ['gateway', gateway && [gateway, client && `for ${client}`, backend.session && `session ${backend.session}`].filter(Boolean).join(', ')],
          ['process', backend.pid === undefined ? undefined : String(backend.pid)],
          ['up for', startedAt === undefined ? undefined : roughly(Math.max(0, now - startedAt))],
          ['transport', [backend.transport, backend.era].filter(Boolean).join(', ')],
          ['calls', `${backend.calls}, of them ${backend.failures} failed`],
          ['the last', recentSentence(backend)],
          ['idle', idleSentence(backend, now)],
          ['now', `${backend.inFlight} in flight, ${backend.queued} queued`],
          ['restarts', String(backend.restarts)],
          ['tools', backend.tools === undefined ? undefined : String(backend.tools)],
          ['tags', backend.tags.join(', ')],
        ],
        width,
      ),
      line(),
      heading('stderr'),
      ...stderr(model, name, width),
    ]
  },
  copied: item => ({ text: (item as BackendItem).backend.name, what: 'its name' }),
}

function stderr({ stderr }: Model, backend: string, width: number): Line[] {
  if (stderr?.backend !== backend) return [line(' ', dim('reading ...'))]
  if (stderr.lines.length === 0) return [line(' ', dim('it has printed nothing'))]
  return stderr.lines.flatMap(text => wrapped(text, width - 2).map(one => line(' ', ...one.spans)))
}

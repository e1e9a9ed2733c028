// Activity: every call of every gateway, as it happens, the newest at the bottom.

import { bytes, roughly } from '../../lib/amounts.ts'
import { dim, line, styled, wrapped, type Line } from '../line.ts'
import type { WholeCall } from '../../api/client.ts'
import type { Row } from '../calls.ts'
import { laidOut } from '../json.ts'
import type { Model } from '../model.ts'
import { framesOf } from '../raw.ts'
import { table } from '../table.ts'
import { decidedAfter, decidedSentence, legRow } from '../trail.ts'
import type { View } from './view.ts'
import { heading, nameOf, outcomeOf, pairs, sentences, standingOf, whenOf } from './words.ts'

const columns = (width: number) =>
  table(
    [
      { head: 'TIME', width: 8 },
      { head: 'GATEWAY', width: 8, from: 110 },
      { head: 'CLIENT', width: 11, grows: 1, from: 64 },
      { head: 'BACKEND', width: 9, grows: 1, from: 56 },
      { head: 'TOOL', width: 12, grows: 3 },
      { head: 'OUTCOME', width: 9, grows: 1 },
      { head: 'TOOK', width: 6, right: true, from: 46 },
      { head: 'SIZE', width: 6, right: true, from: 72 },
    ],
    width,
  )

export const activity: View = {
  items: ({ calls, pausedAt }) => (pausedAt === undefined ? calls.rows : calls.rows.filter(row => row.n <= pausedAt)),
  parts(item, model) {
    const row = item as Row
    const { client, principal, project, backend, target, fault, ms, bytes, key } = row
    return {
      id: key,
      client,
      key: principal,
      project,
      backend,
      tool: target,
      outcome: fault === undefined ? standingOf(model, row) : `${standingOf(model, row)} ${fault}`,
      ms,
      bytes,
    }
  },
  above: (_model, width) => [columns(width).head],
  row(item, model, width, chosen) {
    const row = item as Row
    const { at, gateway, client, backend, ms, bytes: size } = row
    const took =
      ms === undefined ? (model.gateways.has(gateway) ? styled(roughly(Math.max(0, Math.floor((model.now - at) / 1000) * 1000)), 'busy') : '') : roughly(ms)
    const cells = [
      whenOf(at, model.now),
      gateway,
      client,
      backend || '-',
      nameOf(row),
      outcomeOf(model, row, width >= 100),
      took,
      size === undefined ? '' : bytes(size),
    ]
    return columns(width).row(cells, chosen)
  },
  empty: model =>
    model.gateways.size > 0
      ? sentences(
          'No call yet.',
          '',
          `${isServed(model) ? 'A client is connected. What it calls' : 'No client is connected. What one calls'} is shown here as it happens.`,
        )
      : model.own?.backends.length === 0
        ? first(model)
        : sentences('No call is on record yet, and no gateway runs: waiting for a client.', '', ...unknown(model), ...given(model), [
            'Or make a call yourself, from another terminal: ',
            styled('mcpgw call TOOL', 'key'),
          ]),
  detail: (item, model, width) => detail(model, item as Row, width),
  copied: item => ({ text: (item as Row).key, what: 'the id of the call' }),
}

const isServed = ({ gateways }: Model): boolean => [...gateways.values()].some(({ state }) => Object.keys(state?.sessions ?? {}).length > 0)

/** In a shell's words. */
const word = (text: string): string => (/^[\w@%+:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)

const unknown = ({ folder }: Model) => (folder === undefined ? [] : ['mcpgw is not on the PATH yet:', [styled(`  export PATH=${word(folder)}:"$PATH"`, 'key')]])

/** What another terminal has to know first, so that what stands below does what it says. */
const elsewhere = ({ home }: Model) => [
  ...(home === undefined ? [] : ['This window has a home of its own; so must they:', [styled(`  export MCPGW_HOME=${word(home)}`, 'key')]]),
]

const given = ({ home, folder }: Model) => {
  const add = `  claude mcp add mcpgw ${home === undefined ? '' : '-e MCPGW_HOME="$MCPGW_HOME" '}`
  // A client has a PATH of its own.
  const command = folder === undefined ? '-- mcpgw stdio' : '-- "$(command -v mcpgw)" stdio'
  const lines = home === undefined || folder === undefined ? [`${add}${command}`] : [`${add}\\`, `    ${command}`]
  return ['Give mcpgw to your client, as its only MCP server:', ...lines.map(text => [styled(text, 'key')])]
}

/** Nothing is configured: what to type, and then it goes by itself. */
const first = (model: Model): Line[] =>
  sentences(
    [styled('Welcome. Three commands, to type in another terminal:', 'bold')],
    '',
    ...unknown(model),
    ...elsewhere(model),
    'Add a backend:',
    [styled('  mcpgw add files -- npx -y @modelcontextprotocol/server-filesystem ~', 'key')],
    'Try it:',
    [styled('  mcpgw call files__list_allowed_directories', 'key')],
    ...given(model),
    '',
    'What your client calls is then shown here, as it happens.',
  )

function detail(model: Model, row: Row, width: number): Line[] {
  const record = model.record?.id === row.key ? model.record : undefined
  const call = record?.call
  const head = [line(' ', styled(row.target, 'bold'), '  ', outcomeOf(model, row, true), '  ', dim(row.ms === undefined ? '' : roughly(row.ms))), line()]
  if (call && model.pane?.raw) return [...head, ...raw(call, width)]
  if (!call) return [...head, line(' ', dim(record?.problem ?? 'looking it up ...'))]
  const { outcome, decision, client, principal } = call
  const sized = (size: number | undefined, hash: string) => [size === undefined ? '' : bytes(size), hash].filter(Boolean).join(', ')
  return [
    ...head,
    ...pairs(
      [
        ['message', outcome?.message, 'bad'],
        ['decision', decidedSentence(decision), decision.kind === 'deny' ? 'warn' : undefined],
        ['approver', decision.approver],
        ['reason', decision.reason],
        ['waited', decidedAfter(call)],
        ...(call.legs ?? []).map(legRow),
      ],
      width,
    ),
    line(),
    ...call.payloads.flatMap(payload => carried(payload, width)),
    ...pairs(
      [
        ['call', call.id],
        ['client', [client.name, client.version, client.id === undefined ? '' : `(${client.id})`].filter(Boolean).join(' ')],
        ['principal', [principal.id, principal.kind === principal.id ? '' : `(${principal.kind})`].filter(Boolean).join(' ')],
        ['project', call.project],
        ['session', call.session],
        ['its session', call.clientSession],
        ['protocol', [call.era, call.revision].filter(Boolean).join(', ')],
        ['method', call.method],
        ['backend', call.backend || '-'],
        ['name there', call.name === call.target ? undefined : call.name],
        ['started', new Date(call.startedAt).toISOString()],
        ['settled', call.settledAt === undefined ? undefined : new Date(call.settledAt).toISOString()],
        ['took', call.durationMs === undefined ? undefined : roughly(call.durationMs)],
      ],
      width,
    ),
    line(),
    heading('On record'),
    ...pairs(
      [
        ['arguments', sized(call.argumentsBytes || undefined, call.argumentsHash)],
        ['result', sized(outcome?.bytes, call.resultHash)],
        ['journal', `${call.journal}, line ${[call.seq, call.settledSeq].filter(Boolean).join(' and line ')}`],
        ['hash', call.hash],
        ['settled hash', call.settledHash],
      ],
      width,
    ),
  ]
}

/** For programs: to be copied as it is. */
const raw = (call: WholeCall, width: number): Line[] => [
  line(' ', dim('Frames as far as they are on record; what is not kept is said in "mcpgw/record"')),
  ...framesOf(call).flatMap(text => [line(), ...wrapped(text, width - 2, undefined, Infinity).map(one => line(' ', ...one.spans))]),
]

const titles = { arguments: 'Arguments', edited: 'Arguments as a person changed them', result: 'Result' } as const

/** What the call carried, as far as it is kept. */
function carried({ part, text, bytes: size, redactions, cut }: WholeCall['payloads'][number], width: number): Line[] {
  const notes = [bytes(size), redactions > 0 && `${redactions} secret${redactions === 1 ? '' : 's'} not kept`, cut && 'only its beginning is kept']
  return [line(' ', styled(titles[part] ?? part, 'bold'), dim(`  ${notes.filter(Boolean).join(', ')}`)), ...laidOut(text, width), line()]
}

// The table of clients: what is known of each beyond what it declares. What a client declares always wins; an unknown one gets the plain values.

import type { ClientInfo, Told } from '../gateway/types.ts'

export interface ClientTraits {
  /** What `--client` and `mcpgw install` call it. */
  readonly id: string
  /** How long a first list may wait for backends that were never seen (ms), where that is longer than usual because the client will not ask again. */
  readonly listGraceMs?: number
  /** How long a call may wait for a person before the client gives it up (ms). */
  readonly holdMs: number
  /** The longest public name it shows, when it knows us as "mcpgw" and puts its own prefix before ours. */
  readonly longestName: number
}

interface Row {
  /** Names it gives in `clientInfo`, without case and punctuation. */
  readonly names: readonly string[]
  /** It asks for lists once, whatever `list_changed` says. */
  readonly asksOnce?: true
  readonly longestName?: number
  /** How long it waits for the answer to a call, where that is known to be longer than usual; a little less. */
  readonly holdMs?: number
  /** The variables by which it tells those whom it starts what it is used for. */
  readonly tells?: Readonly<Record<keyof Told, string>>
}

const MINUTE_MS = 60_000
/** Most give a call up after a minute. */
const HOLD_MS = 45_000
/** Nobody waits longer for a first list. */
const LONGEST_GRACE_MS = 5000
/** Every public name of ours is shorter. */
const LONGEST_NAME = 64

/** Facts gathered in November 2026, from the clients' documentation and issues. */
const table: Readonly<Record<string, Row>> = {
  'claude-desktop': { names: ['claudeai', 'claudedesktop'], asksOnce: true },
  'claude-code': {
    names: ['claudecode'],
    longestName: 128 - 'mcp__mcpgw__'.length,
    holdMs: 30 * MINUTE_MS,
    tells: { project: 'CLAUDE_PROJECT_DIR', clientSession: 'CLAUDE_CODE_SESSION_ID' },
  },
  cursor: { names: ['cursorvscode', 'cursor'], longestName: 60 - 'mcpgw'.length },
  vscode: { names: ['visualstudiocode', 'visualstudiocodeinsiders', 'vscode'], holdMs: 30 * MINUTE_MS },
  'copilot-cli': { names: ['githubcopilotdeveloper', 'githubcopilotcli', 'copilotcli'] },
  codex: { names: ['codexmcpclient', 'codex'], asksOnce: true, longestName: 64 - 'mcp__mcpgw__'.length },
  windsurf: { names: ['windsurfclient', 'windsurf'] },
  zed: { names: ['zed'] },
  gemini: { names: ['geminiclimcpclient', 'geminicli', 'gemini'], longestName: 63 - 'mcp_mcpgw_'.length, holdMs: 9 * MINUTE_MS },
  opencode: { names: ['opencode'] },
  cline: { names: ['cline'] },
  inspector: { names: ['inspectorcli'], asksOnce: true },
}

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '')

/** What is known of a client: by the id that it was installed with, else by the name that it gives. */
export function clientOf(info: Pick<ClientInfo, 'name'> | undefined, id?: string): ClientTraits {
  const known = rowOf(info, id)
  const row = known === undefined ? undefined : table[known]
  return {
    id: known ?? 'unknown',
    listGraceMs: row?.asksOnce ? LONGEST_GRACE_MS : undefined,
    holdMs: row?.holdMs ?? HOLD_MS,
    longestName: row?.longestName ?? LONGEST_NAME,
  }
}

const rowOf = (info: Pick<ClientInfo, 'name'> | undefined, id: string | undefined): string | undefined =>
  id !== undefined && Object.hasOwn(table, id) ? id : byName(plain(info?.name ?? ''))

const byName = (name: string): string | undefined => Object.keys(table).find(id => plain(id) === name || table[id]!.names.includes(name))

/** The ids that `--client` knows. */
export const clientIds: readonly string[] = Object.keys(table)

/**
 * What the client that has started us tells by this environment; nothing where it holds nothing of the kind. Only its own variables count: a program
 * that was started from within another client has inherited those.
 */
export function telling(env: Readonly<Record<string, string | undefined>>, id: string | undefined): ((client: ClientInfo) => Told) | undefined {
  const tellers = Object.values(table).flatMap(({ tells }) => (tells ? Object.values(tells) : []))
  if (!tellers.some(name => env[name])) return undefined
  let last: { readonly name: string; readonly told: Told } | undefined
  return client => {
    // Asked with each request of a modern client, which is always the same one.
    if (last?.name !== client.name) last = { name: client.name, told: toldBy(env, table[rowOf(client, id) ?? '']?.tells) }
    return last.told
  }
}

/** Nothing that is meant is longer. */
const LONGEST_TOLD = 4096

const toldBy = (env: Readonly<Record<string, string | undefined>>, tells: Row['tells']): Told =>
  Object.fromEntries(Object.entries(tells ?? {}).flatMap(([what, name]) => (env[name] && env[name].length <= LONGEST_TOLD ? [[what, env[name]]] : [])))

// How a conversation with a client begins, in either era, and what we say of ourselves. It never waits for a backend: what we promise is the
// union of what backends can offer, whether or not one of today's does.

import { isObject } from '../lib/objects.ts'
import { encode } from '../rpc/wire.ts'
import { LEGACY, LEGACY_LATEST, META_CAPABILITIES, META_CLIENT, META_SERVER, META_VERSION, MODERN } from '../rpc/eras.ts'
import type { Frame } from '../rpc/frame.ts'
import { NOBODY, type Who } from './principals.ts'
import type { Said } from './prefaces.ts'
import { TASKS } from './tasks.ts'
import type { ClientInfo, Origin, Principal, Told } from './types.ts'

export interface Self {
  readonly name: 'mcpgw'
  readonly version: string
}

const changing = { listChanged: true }
const both = { tools: changing, prompts: changing, resources: { subscribe: true, listChanged: true }, logging: {}, completions: {} }
/** In the legacy era tasks came with this revision; which tools take part, each says itself. */
const WITH_TASKS = '2025-11-25'
const tasks = { list: {}, cancel: {}, requests: { tools: { call: {} } } }

const record = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {})
/** We write capabilities down and hand them on. Nothing that is meant is nested deeper; writing what is would end in a full stack. */
const MOST_LEVELS = 50
const capabilitiesOf = (value: unknown): Record<string, unknown> => (deep(value, MOST_LEVELS) ? {} : record(value))
const deep = (value: unknown, levels: number): boolean =>
  typeof value === 'object' && value !== null && (levels === 0 || Object.values(value).some(inner => deep(inner, levels - 1)))
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

function clientInfo(value: unknown, id: string | undefined): ClientInfo {
  const info = record(value)
  return { name: text(info['name']) || id || 'unknown', version: text(info['version']), id }
}

/** What every origin of a session has in common. */
export interface Speaker {
  /** Who it is at this moment, or why nobody. */
  readonly who: () => Who | Promise<Who>
  readonly session: string
  /** The `--client` id. */
  readonly clientId?: string
  /** What this client has told besides. */
  readonly told?: (client: ClientInfo) => Told
}

/** Of a client that has said nothing yet. */
export const noOrigin = ({ clientId: id, session }: Speaker): Origin => {
  const client = { name: id ?? 'unknown', version: '', id }
  return { principal: NOBODY, client, era: 'modern', revision: '', capabilities: {}, session }
}

/** The origin that `initialize` announces, the revision negotiated: the client's own where we speak it, else our latest (MCP, lifecycle). */
export function legacyOrigin(frame: Frame, speaker: Speaker, principal: Principal): Origin {
  const { params } = frame
  const wanted = text(params['protocolVersion'])
  const revision = LEGACY.includes(wanted) ? wanted : LEGACY_LATEST
  const client = clientInfo(params['clientInfo'], speaker.clientId)
  const capabilities = capabilitiesOf(params['capabilities'])
  return { principal, client, era: 'legacy', revision, capabilities, session: speaker.session, ...speaker.told?.(client) }
}

/** The origin that a modern request carries. */
export function modernOrigin(frame: Frame, speaker: Speaker, principal: Principal): Origin {
  const { meta } = frame
  const traceparent = text(meta['traceparent'])
  const client = clientInfo(meta[META_CLIENT], speaker.clientId)
  return {
    principal,
    client,
    era: 'modern',
    revision: MODERN,
    capabilities: capabilitiesOf(meta[META_CAPABILITIES]),
    session: speaker.session,
    ...(traceparent ? { traceparent } : {}),
    ...speaker.told?.(client),
  }
}

/** What is wrong with a modern request's `_meta`: the code and message that MCP 2026-07-28 prescribes. */
export function metaProblem(frame: Frame): { code: number; message: string; data?: unknown } | undefined {
  const version = frame.meta[META_VERSION]
  if (version === undefined) return { code: -32602, message: `Invalid params: _meta["${META_VERSION}"] is missing` }
  if (version !== MODERN)
    return { code: -32022, message: `Unsupported protocol version: ${text(version)}`, data: { supported: [MODERN], requested: text(version) } }
  const declared = frame.meta[META_CAPABILITIES]
  if (typeof declared !== 'object' || declared === null) return { code: -32602, message: `Invalid params: _meta["${META_CAPABILITIES}"] is missing` }
  return undefined
}

/** The inside of the result of `initialize`. */
export const initialized = (self: Self, revision: string, { instructions, extensions }: Said): string => {
  const capabilities = { ...both, ...(revision === WITH_TASKS && { tasks }), ...(Object.keys(extensions).length > 0 && { extensions }) }
  return encode({ protocolVersion: revision, capabilities, serverInfo: self, instructions }).slice(1, -1)
}

/** The inside of the result of `server/discover`. */
export const discovered = (self: Self, { instructions, extensions }: Said): string => {
  const capabilities = { ...both, extensions: { [TASKS]: {}, ...extensions } }
  return encode({ supportedVersions: [MODERN], capabilities, ttlMs: 0, cacheScope: 'private', instructions, _meta: { [META_SERVER]: self } }).slice(1, -1)
}

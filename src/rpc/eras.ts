// The two protocols that both are MCP. Legacy: a handshake, then a session. Modern (2026-07-28): no handshake, everything in each request's _meta.
// Here is what differs in the text of one message; who speaks which era is decided where links begin.

import { encode } from './wire.ts'
import { dropMember, setMember, type Edit } from './splice.ts'
import { member, members } from './spans.ts'
import { scannable } from './wire.ts'
import type { Frame, Params } from './frame.ts'
import type { Reply } from './reply.ts'

export const MODERN = '2026-07-28'
export const LEGACY_LATEST = '2025-11-25'
/** The one revision with batches: JSON-RPC batching came with it and went with the next. */
export const BATCHED = '2025-03-26'
export const LEGACY: readonly string[] = ['2024-10-07', '2024-11-05', BATCHED, '2025-06-18', LEGACY_LATEST]

export const META_VERSION = 'io.modelcontextprotocol/protocolVersion'
export const META_CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities'
export const META_CLIENT = 'io.modelcontextprotocol/clientInfo'
export const META_SERVER = 'io.modelcontextprotocol/serverInfo'
export const META_LOG_LEVEL = 'io.modelcontextprotocol/logLevel'
export const META_SUBSCRIPTION = 'io.modelcontextprotocol/subscriptionId'

/** Modern: the request names its revision itself. */
export const isModern = (frame: Frame): boolean => META_VERSION in frame.meta

/** What a request to a modern server must carry, where the caller's own frame doesn't (MCP 2026-07-28, base protocol, _meta). */
export function modernMeta(frame: Frame, values: Params): Edit[] {
  const missing = Object.entries(values).filter(([key]) => !frame.metaMembers.some(one => one.key === key))
  if (missing.length === 0) return []
  const inside = missing.map(([key, value]) => `${encode(key)}:${encode(value)}`).join(',')
  const meta = frame.param('_meta')
  if (meta && frame.text[meta.start] !== '{') return [{ start: meta.start, end: meta.end, text: `{${inside}}` }]
  if (meta) return [{ start: meta.start + 1, end: meta.start + 1, text: inside + (frame.metaMembers.length ? ',' : '') }]
  const params = frame.top('params')
  if (params) return [{ start: params.start + 1, end: params.start + 1, text: `"_meta":{${inside}}${frame.paramMembers.length ? ',' : ''}` }]
  const method = frame.top('method')!
  return [{ start: method.end, end: method.end, text: `,"params":{"_meta":{${inside}}}` }]
}

/** Sets a member of a notification's `_meta`; `value` is wire text. */
export function withMeta(frame: Frame, key: string, value: string): Edit[] {
  const meta = frame.param('_meta')
  const params = frame.top('params')
  if (meta && frame.text[meta.start] === '{') return [setMember(meta.start, frame.metaMembers, key, value)]
  if (meta) return [{ start: meta.start, end: meta.end, text: `{"${key}":${value}}` }]
  return params ? [setMember(params.start, frame.paramMembers, '_meta', `{"${key}":${value}}`)] : []
}

/** Takes one out. */
export function withoutMeta(frame: Frame, key: string): Edit[] {
  const meta = frame.param('_meta')
  const edit = meta && frame.metaMembers.some(one => one.key === key) ? dropMember(frame.text, meta.start, key) : undefined
  return edit ? [edit] : []
}

/** A modern server's result for a legacy client: `resultType` is not of its protocol. */
export function toLegacy(reply: Reply): Edit[] {
  if (reply.error || !('resultType' in reply.value)) return []
  const edit = dropMember(scannable(reply.wire), reply.body.start, 'resultType')
  return edit ? [edit] : []
}

/** A legacy server's result for a modern client: complete, and not to be cached (MCP 2026-07-28, results and caching). */
export function toModern(reply: Reply, cacheable: boolean): Edit[] {
  if (reply.error) return []
  const all = members(scannable(reply.wire), reply.body.start)
  const added: string[] = []
  if (!member(all, 'resultType')) added.push('"resultType":"complete"')
  if (cacheable && !member(all, 'ttlMs')) added.push('"ttlMs":0')
  if (cacheable && !member(all, 'cacheScope')) added.push('"cacheScope":"private"')
  if (added.length === 0) return []
  const at = reply.body.start + 1
  return [{ start: at, end: at, text: added.join(',') + (all.length ? ',' : '') }]
}

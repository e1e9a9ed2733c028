// What a request brings along beside its arguments, for its backend to see: other members of `params`, and of `_meta`. Any of it may say what is done, so a
// yes is for that, too. What says by which call, turn or trace it was made differs from one time to the next and is passed over; so is the envelope
// of MCP itself.

import { META_CAPABILITIES, META_CLIENT, META_LOG_LEVEL, META_VERSION } from '../rpc/eras.ts'
import type { Frame } from '../rpc/frame.ts'
import { members, MOST_MEMBERS, type Member } from '../rpc/spans.ts'
import { fromWire } from '../rpc/wire.ts'

/** What a client brings along when it comes back with what it was asked for. */
const LEG = new Set(['requestState', 'inputResponses'])

/** Where a call names its target. Of any other method all members of `params` are its arguments. */
const targets: Readonly<Record<string, string>> = { 'tools/call': 'name', 'prompts/get': 'name', 'resources/read': 'uri' }

/** Members of `_meta` that say nothing of what is done: MCP's own (2026-07-28), W3C's, and those of clients that are known. */
const PASSING = new Set([
  ...['progressToken', 'traceparent', 'tracestate', 'baggage'],
  ...[META_VERSION, META_CAPABILITIES, META_CLIENT, META_LOG_LEVEL],
  ...['vscode.conversationId', 'x-codex-turn-metadata', 'threadId', 'ai.opencode/sessionID', 'antigravity.google/conversation_id'],
])
/** The id of one call, as in claudecode/toolUseId, vscode.requestId, call_id. */
const CALL_ID = /(?:^|[./_-])(?:tool[_-]?use|tool[_-]?call|call|request|turn|trace|span|correlation|invocation)[_-]?id$/i
const ID_LENGTH = 256

const isId = (text: string, { start, end }: Member): boolean => end - start <= ID_LENGTH && /^["\d]/.test(text.slice(start, start + 1))

const isPassing = (text: string, one: Member): boolean => PASSING.has(one.key) || one.key.startsWith('mcpgw/') || (CALL_ID.test(one.key) && isId(text, one))

/** Wire text of a JSON object, '' where there is nothing. `legs`: also what it brings along as the rest of an earlier call. */
export function besideOf(frame: Frame, legs: boolean): string {
  const { method, text } = frame
  const target = targets[method]
  const written = ({ at, end }: Member): string => text.slice(at, end)
  const params = frame.paramMembers.filter(({ key }) => {
    if (LEG.has(key)) return legs
    return target !== undefined && key !== target && key !== 'arguments' && key !== '_meta'
  })
  const meta = metaOf(frame)
  const all = [...params.map(written), ...(meta === undefined ? [] : [`"_meta":${meta}`])]
  return all.length === 0 ? '' : `{${all.join(',')}}`
}

/** What counts of `_meta`. Of what is no object, or has more members than anybody looks at, that is all of it. */
function metaOf(frame: Frame): string | undefined {
  const { text, metaMembers } = frame
  const at = frame.param('_meta')
  if (!at) return undefined
  if (text[at.start] !== '{' || metaMembers.length >= MOST_MEMBERS) return text.slice(at.start, at.end)
  const counting = metaMembers.filter(one => !isPassing(text, one))
  return counting.length === 0 ? undefined : `{${counting.map(one => text.slice(one.at, one.end)).join(',')}}`
}

/** The names of what is brought along, for people. */
export function namesIn(beside: string): string[] {
  return members(beside, 0).flatMap(({ key, start, end }) => {
    const inside = key === '_meta' ? members(beside.slice(start, end), 0) : []
    return inside.length > 0 ? inside.map(one => `_meta.${fromWire(one.key)}`) : [fromWire(key)]
  })
}

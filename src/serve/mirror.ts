// What a modern request says in its headers is what its body says, or it is refused: whoever decided by the headers must not have decided about
// something else (MCP 2026-07-28, transports, server validation).

import type { IncomingHttpHeaders } from 'node:http'
import { valueOf, type Mirrored } from '../gateway/mirrored.ts'
import { META_VERSION } from '../rpc/eras.ts'
import type { Frame } from '../rpc/frame.ts'

/** The param that `Mcp-Name` repeats, where it must; for tasks their extension says so (routing headers). */
const named: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
}

/** What does not agree, in words; undefined where all does. */
export function mismatch(frame: Frame, headers: IncomingHttpHeaders): string | undefined {
  const version = differs(headers, 'MCP-Protocol-Version', frame.meta[META_VERSION], false)
  if (version !== undefined || frame.kind !== 'request') return version
  const method = differs(headers, 'Mcp-Method', frame.method, false)
  if (method !== undefined) return method
  const param = Object.hasOwn(named, frame.method) ? frame.params[named[frame.method]!] : undefined
  return typeof param === 'string' ? differs(headers, 'Mcp-Name', param, true) : undefined
}

/** The same for the arguments that a tool wants mirrored. */
export function paramMismatch(frame: Frame, headers: IncomingHttpHeaders, mirrored: readonly Mirrored[]): string | undefined {
  for (const one of mirrored) {
    const problem = differs(headers, `Mcp-Param-${one.header}`, valueOf(one, frame.meaning('arguments')), true)
    if (problem !== undefined) return problem
  }
  return undefined
}

function differs(headers: IncomingHttpHeaders, name: string, body: unknown, encoded: boolean): string | undefined {
  const given = headers[name.toLowerCase()]
  if (given === undefined) return body === undefined ? undefined : `the header ${name} is missing`
  if (typeof given !== 'string' || !/^[\x20-\x7e\t]*$/.test(given)) return `the header ${name} has characters that none may have`
  const value = encoded ? decoded(given) : given
  if (value === undefined) return `the header ${name} can not be decoded`
  return value === textOf(body) || same(value, body) ? undefined : `the header ${name} is not what the body says`
}

/** As a header says it; what is neither text, number nor yes or no is said by none. */
const textOf = (body: unknown): string | undefined =>
  typeof body === 'string' || typeof body === 'number' || typeof body === 'boolean' ? String(body) : undefined

/** A number is compared as one: 42.0 is 42. */
const same = (value: string, body: unknown): boolean => typeof body === 'number' && /^-?\d+(\.\d+)?$/.test(value) && Number(value) === body

function decoded(value: string): string | undefined {
  const coded = /^=\?base64\?(.*)\?=$/.exec(value)?.[1]
  if (coded === undefined) return value
  const bytes = Buffer.from(coded, 'base64')
  return bytes.toString('base64') === coded ? bytes.toString('utf8') : undefined
}

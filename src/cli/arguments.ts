// The arguments of a call as somebody typed them: a JSON object, members one by one, or both. Numbers keep their digits.

import { toWire, fromWire } from '../rpc/wire.ts'
import { members } from '../rpc/spans.ts'
import { Failure } from './failure.ts'

/** The text of a JSON object; a failure when it is none. */
export function objectText(text: string, where: string): string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Failure(2, `${where} is no JSON: ${(error as Error).message}`, `An object is wanted: '{"path": "/tmp"}'`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return text.trim()
  throw new Failure(2, `${where} is no JSON object`, `An object is wanted: '{"path": "/tmp"}'`)
}

/** `key=value`, split at the first `=`. */
export function memberOf(text: string): [key: string, value: string] {
  const at = text.indexOf('=')
  if (at < 1) throw new Failure(2, `--arg ${text}: there is no "="`, 'A member is written: --arg path=/tmp')
  return [text.slice(0, at), text.slice(at + 1)]
}

/** The object with these members set, each by the type that the tool's schema gives it. */
export function withMembers(objectText: string, given: readonly (readonly [string, string])[], inputSchema: unknown): string {
  if (given.length === 0) return objectText
  const wire = toWire(objectText)
  const all = new Map(members(wire, 0).map(({ key, start, end }) => [key, fromWire(wire.slice(start, end))]))
  for (const [key, value] of given) all.set(key, valueText(value, typesOf(inputSchema, key)))
  return `{${[...all].map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`
}

/** JSON where the value is what the schema wants; a text otherwise. Where the schema says nothing, whatever is JSON and no text. */
function valueText(value: string, types: ReadonlySet<string>): string {
  const type = typeOf(value)
  const wanted = types.size === 0 || types.has(type) || (type === 'integer' && types.has('number'))
  return type !== 'string' && wanted ? value.trim() : JSON.stringify(value)
}

/** What JSON it is; `string` for JSON texts, too: quotes are then part of the text. */
function typeOf(value: string): string {
  try {
    const parsed: unknown = JSON.parse(value)
    if (parsed === null) return 'null'
    if (Array.isArray(parsed)) return 'array'
    return typeof parsed === 'number' && Number.isInteger(parsed) ? 'integer' : typeof parsed
  } catch {
    return 'string'
  }
}

interface Schema {
  readonly type?: string | readonly string[]
  readonly properties?: Record<string, Schema>
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
}

function typesOf(inputSchema: unknown, key: string): ReadonlySet<string> {
  const properties = (inputSchema as Schema | undefined)?.properties
  const own = properties && Object.hasOwn(properties, key) ? properties[key] : undefined
  return new Set([own, ...(own?.anyOf ?? []), ...(own?.oneOf ?? [])].flatMap(schema => schema?.type ?? []))
}

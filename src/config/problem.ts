// What is wrong with settings, in words that say what to do about it. Read only when something is wrong.

import { clientKeys, laterKeys } from './refused.ts'
import { schema } from './schema.ts'
import { closest } from '../lib/closest.ts'
import type { SchemaError } from './validate.generated.js'

type Path = (string | number)[]

export interface Wrong {
  readonly path: Path
  readonly message: string
}

/** A path as a person writes it: mcpServers.files.args[0]. */
export const keyOf = (path: readonly (string | number)[]): string =>
  path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : /^[\w$-]+$/.test(part) ? `${index ? '.' : ''}${part}` : `[${JSON.stringify(part)}]`))
    .join('')

/** One error of the generated validator. `settings` is what it looked at. */
export function explain({ instancePath, keyword, params }: SchemaError, settings: unknown): Wrong {
  const path = pathOf(instancePath, settings)
  const key = keyOf(path) || 'the settings'
  switch (keyword) {
    case 'additionalProperties':
      return unknownKey(path, String(params['additionalProperty']))
    case 'type':
      return { path, message: `${key} must be ${nouns[String(params['type'])] ?? String(params['type'])}, not ${nounOf(valueAt(settings, path))}` }
    case 'enum':
      return { path, message: oneOf(key, params['allowedValues'] as readonly unknown[], valueAt(settings, path)) }
    case 'oneOf':
      return params['passingSchemas'] === null
        ? { path, message: `${key} has neither "command" nor "url": say what to start, or where it is` }
        : { path: [...path, 'url'], message: `${key} has both "command" and "url": it is either started here or reached there; take one out` }
    case 'const':
      return { path, message: `${key} must be ${JSON.stringify(params['allowedValue'])}: this mcpgw knows no other. Was the file written by a newer one?` }
    case 'required':
      return { path, message: `${key} has no "${String(params['missingProperty'])}"` }
    case 'pattern':
      return { path, message: path.at(-1) === 'path' ? `${key} is a JSON pointer: it starts with /` : `${key} must start with http:// or https://` }
    case 'minLength':
      return { path, message: path.length === 1 ? 'a backend must have a name of 1 to 64 characters' : `${key} must not be empty` }
    case 'propertyNames':
    case 'maxLength':
      return {
        path: [...path, ...(typeof params['propertyName'] === 'string' ? [params['propertyName']] : [])],
        message: 'the name of a backend has 1 to 64 characters',
      }
    case 'minimum':
    case 'maximum':
      return { path, message: `${key} must be ${keyword === 'minimum' ? 'at least' : 'at most'} ${String(params['limit'])}` }
    default:
      return { path, message: `${key} is not as it must be (${keyword})` }
  }
}

function oneOf(key: string, allowed: readonly unknown[], found: unknown): string {
  return `${key} must be ${allowed
    .map(value => JSON.stringify(value))
    .join(', ')
    .replace(/, ([^,]*)$/, ' or $1')}, not ${JSON.stringify(found)}`
}

function unknownKey(parent: Path, name: string): Wrong {
  const path = [...parent, name]
  const known = knownKeys(parent)
  const near = closest(name, known)
  const told = parent.length === 0 ? laterKeys : parent[0] === 'mcpServers' ? clientKeys : {}
  const hint = Object.hasOwn(told, name) ? told[name] : near === undefined ? `known here: ${known.join(', ')}` : `did you mean ${JSON.stringify(near)}?`
  return { path, message: `unknown key ${keyOf(path)}: ${hint}` }
}

interface Place {
  readonly properties?: Readonly<Record<string, Place>>
  readonly additionalProperties?: boolean | Place
  readonly items?: Place
}

/** The keys that the schema knows at a path. */
function knownKeys(parent: Path): string[] {
  let place: Place | undefined = schema as unknown as Place
  for (const part of parent)
    place =
      typeof part === 'number'
        ? place?.items
        : (place?.properties?.[part] ?? (typeof place?.additionalProperties === 'object' ? place.additionalProperties : undefined))
  return Object.keys(place?.properties ?? {}).filter(key => key !== '$schema')
}

/** A JSON pointer as a path; numbers only where it goes through an array. */
function pathOf(pointer: string, settings: unknown): Path {
  const path: Path = []
  let value = settings
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
    path.push(Array.isArray(value) ? Number(name) : name)
    value = (value as Record<string, unknown> | undefined)?.[name]
  }
  return path
}

const valueAt = (settings: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, part) => (value as Record<string | number, unknown> | undefined)?.[part], settings)

const nouns: Readonly<Record<string, string>> = {
  string: 'a text in double quotes',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object { ... }',
  array: 'a list [ ... ]',
}

function nounOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return nouns['array']!
  return nouns[typeof value]!
}

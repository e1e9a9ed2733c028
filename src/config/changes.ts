// What a change of the settings changed, for the record: keys and how, never a text that stands behind one, for that may be a secret. What can
// hide none is told with it: numbers, yes and no, and what a rule or a limit is about.

import { limitsOf, type RawLimit } from './limits.ts'
import { idOf as ruleId, type RawRule } from './rules.ts'
import { isObject } from '../lib/objects.ts'

/** One key that is not as it was. */
export interface Changed {
  readonly key: string
  readonly how: 'added' | 'removed' | 'changed'
  readonly to?: number | boolean | string
}

/** So many keys are named. */
const NAMED = 50

type Fields = Readonly<Record<string, unknown>>

/** The keys that differ. */
export function changesOf(was: unknown, becomes: unknown): readonly Changed[] {
  const all = [...differences(keyed(was), keyed(becomes), [])]
  const rest = all.length - NAMED
  return rest > 0 ? [...all.slice(0, NAMED), { key: `... and ${rest} more`, how: 'changed' }] : all
}

/** Rules and limits by their ids: a list says nothing about what came and went. */
function keyed(settings: unknown): unknown {
  if (!isObject(settings)) return settings
  const { permissions, limits, mcpServers = {} } = settings
  const said = isObject(permissions) ? permissions : {}
  const rules = Array.isArray(said.rules) ? byId(said.rules as RawRule[], ruleId, about) : {}
  const rates = Array.isArray(limits) ? byId(limits as RawLimit[], limitId, ({ scope, rate }) => (typeof rate === 'string' ? `${scope} ${rate}` : '')) : {}
  return { ...settings, mcpServers, permissions: { ...said, rules }, limits: rates }
}

const limitId = (limit: RawLimit): string => String(limitsOf([limit])[0]?.id)

/** What was read from the file may have its id already. */
function byId<T extends object>(all: readonly T[], idOf: (one: T) => string, tell: (one: T) => string): Fields {
  return Object.fromEntries(all.map(one => ['id' in one ? String(one.id) : idOf(one), tell(one) === '' ? one : new Told(tell(one))]))
}

/** A value that may be told. */
class Told {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

const about = ({ effect, tools, backends, roles, clients }: RawRule): string =>
  [
    effect,
    tools?.join(', ') ?? '*',
    backends?.length && `of ${backends.join(', ')}`,
    roles?.length && `for the role ${roles.join(', ')}`,
    clients?.length && `for ${clients.join(', ')}`,
  ]
    .filter(Boolean)
    .join(' ')

function* differences(was: unknown, becomes: unknown, path: readonly string[]): Iterable<Changed> {
  if (isObject(was) && isObject(becomes) && !(was instanceof Told) && !(becomes instanceof Told)) {
    for (const key of new Set([...Object.keys(was), ...Object.keys(becomes)])) yield* differences(own(was, key), own(becomes, key), [...path, key])
    return
  }
  if (JSON.stringify(was) === JSON.stringify(becomes)) return
  const how = was === undefined ? 'added' : becomes === undefined ? 'removed' : 'changed'
  const value = becomes ?? was
  const to = value instanceof Told ? value.text : how !== 'removed' && (typeof value === 'number' || typeof value === 'boolean') ? value : undefined
  yield { key: path.map(part => (/^[\w-]+$/.test(part) ? part : JSON.stringify(part))).join('.'), how, ...(to !== undefined && { to }) }
}

const own = (fields: Fields, key: string): unknown => (Object.hasOwn(fields, key) ? fields[key] : undefined)

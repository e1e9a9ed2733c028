// Arguments that a tool wants to see in HTTP headers too: `x-mcp-header` in its input schema (MCP 2026-07-28, transports, custom headers).
// Whoever reads the body checks them; whoever writes it makes them. Here is which ones there are and what they say, nothing of HTTP.

import { parse, type Frame } from '../rpc/frame.ts'
import { join, splice, type Edit } from '../rpc/splice.ts'
import { read } from '../rpc/wire.ts'
import type { Entry } from './catalog.ts'
import { isObject } from '../lib/objects.ts'

export interface Mirrored {
  /** What stands behind `Mcp-Param-`, in lower case. */
  readonly header: string
  /** Where its value is in the arguments. */
  readonly path: readonly string[]
}

const ANNOTATION = 'x-mcp-header'
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const TYPES: readonly unknown[] = ['string', 'integer', 'boolean']

const none: readonly Mirrored[] = []
const known = new WeakMap<Entry, readonly Mirrored[]>()

/** Nobody's arguments are nested deeper; following them further would end in a full stack. */
const MOST_LEVELS = 100

type Schema = Record<string, unknown>

/** What the tool wants mirrored; nothing where its definition breaks the rules, for then nobody can tell. */
export function mirroredOf(entry: Entry): readonly Mirrored[] {
  let found = known.get(entry)
  if (!found) {
    const marked = entry.text.includes(`"${ANNOTATION}"`)
    known.set(entry, (found = (marked ? annotationsOf((read(entry.text) as Schema)['inputSchema']) : undefined) ?? none))
  }
  return found
}

/** The annotations of an input schema; undefined where one of them breaks the rules, which makes the whole tool invalid. */
export function annotationsOf(schema: unknown): readonly Mirrored[] | undefined {
  const found: Mirrored[] = []
  const visit = (one: Schema, path: readonly string[]): boolean => {
    if (path.length > MOST_LEVELS) return false
    for (const [key, value] of Object.entries(one)) {
      if (key === ANNOTATION) {
        if (typeof value !== 'string' || !TOKEN.test(value) || path.length === 0 || !TYPES.includes(one['type'])) return false
        found.push({ header: value.toLowerCase(), path })
      } else if (key === 'properties' && isObject(value)) {
        for (const [name, inner] of Object.entries(value)) if (isObject(inner) && !visit(inner, [...path, name])) return false
      } else if (marks(value)) return false
    }
    return true
  }
  const valid = !isObject(schema) || visit(schema, [])
  return valid && new Set(found.map(one => one.header)).size === found.length ? found : undefined
}

/** Whether there is an annotation anywhere in it, as far as anybody looks: it would stand where none may be. */
const marks = (value: unknown, levels = MOST_LEVELS): boolean =>
  levels === 0 ||
  (Array.isArray(value)
    ? value.some(inner => marks(inner, levels - 1))
    : isObject(value) && Object.entries(value).some(([key, inner]) => (key === ANNOTATION && typeof inner === 'string') || marks(inner, levels - 1)))

/** What the header has to say for these arguments; undefined: there is none. */
export function valueOf({ path }: Mirrored, args: unknown): string | number | boolean | undefined {
  let value = args
  for (const key of path) value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined
}

/** What the headers have to say of a request as it will be sent. */
export function paramsOf(mirrored: readonly Mirrored[], frame: Frame, edits: readonly Edit[]): Readonly<Record<string, string>> {
  const sent = parse(join(splice(frame.wire, edits)))
  const args = sent.kind === 'malformed' ? undefined : sent.meaning('arguments')
  return Object.fromEntries(
    mirrored.flatMap(one => {
      const value = valueOf(one, args)
      return value === undefined ? [] : [[one.header, String(value)]]
    }),
  )
}

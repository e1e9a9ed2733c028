// What a tool is, as its backend defines it: what the model and the person read of it, in one form and with its hash. Whatever is odd about it
// (characters that nobody sees, a member that stands twice, a name that looks like another's) is said in a sentence's end.

import { createHash } from 'node:crypto'
import { hidden } from '../lib/hidden.ts'
import { normal } from '../rpc/normal.ts'
import { duplicate, members } from '../rpc/spans.ts'
import { fromWire } from '../rpc/wire.ts'
import { lookOf } from './looks.ts'
import type { Item } from './types.ts'

/** What is pinned. Icons and _meta change with every version, and no model reads them. */
export const PINNED: readonly string[] = ['name', 'title', 'description', 'inputSchema', 'outputSchema', 'annotations']

/** One tool as a backend has defined it. */
export interface Definition {
  readonly tool: string
  /** Of the pinned part, in its one form; made when somebody asks for it: at a first start nobody does before the list is out. */
  readonly hash: string
  /** All of it as the backend wrote it: wire text. */
  readonly text: string
  /** Why nobody may see or call it before a person has looked at it. */
  readonly odd?: string
  /** The tool whose name this one looks like. */
  readonly twin?: string
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'latin1').digest('hex')

/** The hash of a text, made once; the text is kept no longer. */
function hashed(text: string): () => string {
  let waiting: string | undefined = text
  let hash = ''
  return () => {
    if (waiting !== undefined) hash = sha256(waiting)
    waiting = undefined
    return hash
  }
}

function made(tool: string, text: string, pinned: string, odd?: string): Definition {
  const hash = hashed(pinned)
  return {
    tool,
    text,
    get hash() {
      return hash()
    },
    ...(odd !== undefined && { odd }),
  }
}

/** The pinned part of a definition, in its one form; undefined where it says a thing twice. */
export function essence(text: string): string | undefined {
  const all = members(text, 0)
  if (duplicate(all) !== undefined) return undefined
  const parts = all.filter(({ key }) => PINNED.includes(key)).sort((a, b) => (a.key < b.key ? -1 : 1))
  const values = parts.map(({ key, start, end }) => [key, normal(text.slice(start, end))] as const)
  return values.some(([, value]) => value === undefined) ? undefined : `{${values.map(([key, value]) => `"${key}":${value}`).join(',')}}`
}

/** A tool out of its definition's text. */
export function definition(tool: string, text: string): Definition {
  const part = essence(text)
  if (part === undefined) return made(tool, text, text, 'it says a thing twice, and programs differ in which one they read')
  const unseen = ascii.test(part) ? [] : [...new Set([...part.matchAll(strings)].flatMap(([one]) => hidden(JSON.parse(fromWire(one)) as string)))]
  if (unseen.length === 0) return made(tool, text, part)
  return made(tool, text, part, `it has characters that nobody sees (${unseen.slice(0, 5).join(', ')}${unseen.length > 5 ? ', ...' : ''})`)
}

/** Nothing but what is there to be seen: no byte beyond ASCII, and no escape but for quotes, line ends and tabs. */
const ascii = /^(?:[\x20-\x5b\x5d-\x7e]|\\(?:["\\nt]|r\\n))*$/
const strings = /"(?:[^"\\]|\\.)*"/g

/** The definitions of these tools. What `known` says of a tool with the very same text is taken as it is. `mine`: whose name was there first. */
export function definitions(
  items: readonly Item[],
  known: (tool: string, text: string) => Definition | undefined,
  mine: (tool: string) => boolean,
): Map<string, Definition> {
  const owners = new Map<string, string>()
  for (const first of [true, false]) for (const { key } of items) if (mine(key) === first && !owners.has(lookOf(key))) owners.set(lookOf(key), key)
  return new Map(
    items.map(({ key, text }) => {
      const found = known(key, text) ?? definition(key, text)
      const twin = owners.get(lookOf(key))!
      return [key, twin === key ? found : { ...found, twin, odd: `its name looks like that of "${twin}"` }]
    }),
  )
}

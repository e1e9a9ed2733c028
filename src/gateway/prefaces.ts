// What backends say of themselves before anything is asked of them: instructions for the model, and extensions that we relay. It goes into every
// greeting, each under its backend's name, cut where it has no end; of a backend of which a caller may see nothing, nothing is passed on.

import type { Entry } from './catalog.ts'
import { isObject } from '../lib/objects.ts'
import { prefixOf, publicName } from './names.ts'
import type { ListKind, Lists } from './types.ts'

/** Extensions that are nothing but what we relay anyway: members of tools, resources, results. */
const RELAYED = ['io.modelcontextprotocol/ui']
/** Characters of the instructions of one backend, and of all; a client gives them to its model whole. */
const INSTRUCTIONS = 4000
const ALL_INSTRUCTIONS = 16_000
/** So many of what a backend offers are kept with its preface, to tell whether a caller may see any. */
const MOST_KEYS = 20

/** Of one backend. */
export interface Preface {
  /** A key of mcpServers. */
  readonly name: string
  readonly instructions?: string
  readonly extensions: Readonly<Record<string, unknown>>
}

/** One that is kept between processes, for a greeting that can't wait until all is read. */
export interface KeptPreface extends Preface {
  readonly prefix: string
  /** Some of what it offers, by public name. */
  readonly keys: readonly string[]
}

/** What a greeting says of them. */
export interface Said {
  readonly instructions: string | undefined
  readonly extensions: Readonly<Record<string, unknown>>
}

const HEAD = 'Instructions of the server "'
/** Where a backend begins to speak in another one's name. */
const FORGED = /^(?=[^\S\r\n\u2028\u2029]*Instructions of the server)/gim

export const NOTHING: Said = { instructions: undefined, extensions: {} }

/** `instructions`: what may be passed on of them. */
export function prefaceOf(name: string, { capabilities }: Lists, instructions: string | undefined): Preface {
  const its = capabilities['extensions']
  const found = RELAYED.flatMap(id => (typeof its === 'object' && its !== null && Object.hasOwn(its, id) ? [[id, (its as Record<string, unknown>)[id]]] : []))
  return { name, extensions: Object.fromEntries(found) as Record<string, unknown>, ...(instructions && { instructions: cut(instructions) }) }
}

/** The same, to be kept; undefined where there is nothing to keep. */
export function kept(name: string, lists: Lists): KeptPreface | undefined {
  const preface = prefaceOf(name, lists, lists.instructions)
  if (preface.instructions === undefined && Object.keys(preface.extensions).length === 0) return undefined
  const named = (['tools', 'prompts'] as const).flatMap(kind => some(lists, kind).map(key => publicName(name, key)))
  const located = (['resources', 'templates'] as const).flatMap(kind => some(lists, kind).filter(key => !lists.yields?.includes(key)))
  return { ...preface, prefix: prefixOf(name), keys: [...named, ...located].slice(0, MOST_KEYS) }
}

const some = (lists: Lists, kind: ListKind): string[] => lists[kind].slice(0, MOST_KEYS).map(({ key }) => key)

/** Those of which this caller may see something. `bare`: kept names are others than a bare session's, so that where anything is hidden nothing is said. */
export function seen(kept: readonly KeptPreface[], hidden: ((entry: Entry) => boolean) | undefined, bare: boolean): readonly KeptPreface[] {
  if (!hidden) return kept
  if (bare) return []
  return kept.filter(({ name, keys }) => keys.some(key => !hidden({ backend: name, name: key, key, text: '' })))
}

/** All of it in one. `prefix`: what a backend's names begin with. */
export function said(prefaces: readonly Preface[], bare: boolean, prefix: (name: string) => string = prefixOf): Said {
  let all = ''
  const extensions: Record<string, unknown> = {}
  for (const { name, instructions, extensions: its } of prefaces) {
    for (const id of RELAYED) if (Object.hasOwn(its, id)) extensions[id] ??= its[id]
    if (instructions === undefined) continue
    const part = bare ? instructions : `${all ? '\n\n' : ''}${HEAD}${prefix(name)}":\n${instructions.replace(FORGED, '> ')}`
    if (all.length + part.length <= ALL_INSTRUCTIONS) all += part
  }
  return { instructions: all || undefined, extensions }
}

/** As much of them as is passed on. */
export const cut = (text: string): string => (text.length > INSTRUCTIONS ? `${text.slice(0, INSTRUCTIONS)}…` : text)

/** Whether it is one as we keep them: what stands in a file somebody else may have written. */
export function isKept(value: unknown): value is KeptPreface {
  if (!isObject(value)) return false
  const { name, prefix, instructions, extensions, keys } = value
  const short = (text: unknown) => typeof text === 'string' && text.length <= INSTRUCTIONS + 1
  return (instructions === undefined || short(instructions)) && isObject(extensions) && short(name) && short(prefix) && Array.isArray(keys) && keys.every(short)
}

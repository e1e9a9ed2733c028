// The catalog: what all backends offer, by public name, in the order of the settings and of each backend's own list. It holds text as the
// backends wrote it; only the public name is put in. Invariant: a target belongs to one backend, and to the same one whoever else is up.

import type { Holds } from './holds.ts'
import type { Item, ListKind, Lists } from './types.ts'
import { publicName, publicUri, prefixOf } from './names.ts'
import { member, members } from '../rpc/spans.ts'
import { encode, read } from '../rpc/wire.ts'
import { ofBackends, remarked } from './remarks.ts'
import { fits } from './uris.ts'

/** One public target. */
export interface Entry {
  readonly backend: string
  /** What the backend itself calls it. */
  readonly name: string
  readonly key: string
  /** Its JSON under its public name: wire text. */
  readonly text: string
  /** Of a tool: what may stand between it and a call. */
  readonly holds?: Holds
  /** It is not listed; who calls it hears why it can't be called. */
  readonly hidden?: true
}

const reading = new WeakMap<Entry, boolean>()

/** Whether its backend says of a tool that it changes nothing (MCP, annotations.readOnlyHint). */
export function readsOnly(entry: Entry): boolean {
  let reads = reading.get(entry)
  if (reads === undefined) {
    const { annotations } = (entry.text === '' ? {} : read(entry.text)) as { annotations?: { readOnlyHint?: unknown } }
    reading.set(entry, (reads = annotations?.readOnlyHint === true))
  }
  return reads
}

const keyOf = { tools: 'name', prompts: 'name', resources: 'uri', templates: 'uriTemplate' } as const
/** Everything that a backend may list. */
export const KINDS = ['tools', 'prompts', 'resources', 'templates'] as const

const arrayOf = (entries: Iterable<Entry>): string => {
  const texts: string[] = []
  for (const { text, hidden } of entries) if (!hidden) texts.push(text)
  return `[${texts.join(',')}]`
}

/** A backend may go on offering new URIs for ever; past so many, those that it no longer offers are forgotten. */
const MOST_OWNED = 10_000

type Own = Readonly<Record<ListKind, readonly Entry[]>>

/** What is listed of a tool of which nobody can tell whether it is what was accepted. */
const unread = (name: string): string =>
  encode({
    name,
    description:
      'mcpgw: calls to this tool are refused for now, because the store that says whether it is what was accepted can not be read. Tell the person: mcpgw doctor.',
    inputSchema: { type: 'object' },
  })

export class Catalog {
  readonly #bare: boolean
  readonly #holds: ((backend: string) => Holds) | undefined
  #order: readonly string[] = []
  readonly #own = new Map<string, Own>()
  readonly #known = new Map<string, Lists>()
  readonly #owners = new Map<string, string>()
  #found: Record<ListKind, Map<string, Entry>> | undefined
  readonly #texts = new Map<ListKind, string>()
  readonly #remarks = new Map<ListKind, string>()

  /** `bare`: one backend, names unchanged. `holds`: what is held of a backend's tools. */
  constructor(bare = false, holds?: (backend: string) => Holds) {
    this.#bare = bare
    this.#holds = holds
  }

  /** The backends there are, in their order; what others offered is forgotten. */
  order(names: readonly string[]): void {
    this.#order = names
    for (const name of [...this.#own.keys()]) {
      if (names.includes(name)) continue
      this.#own.delete(name)
      this.#known.delete(name)
      for (const [uri, owner] of this.#owners) if (owner === name) this.#owners.delete(uri)
    }
    this.#changed()
  }

  /** A backend has said, or is remembered to have said, what it offers. */
  set(backend: string, lists: Lists): void {
    this.#known.set(backend, lists)
    const named = (kind: 'tools' | 'prompts') => lists[kind].map(item => this.#named(backend, kind, item))
    const located = (kind: 'resources' | 'templates') => lists[kind].map(item => this.#entry(backend, kind, item, this.#located(backend, item.key)))
    const holds = this.#holds?.(backend)
    const tools = holds ? lists.tools.map(item => this.#guarded(backend, item, holds)) : named('tools')
    this.#own.set(backend, { tools, prompts: named('prompts'), resources: located('resources'), templates: located('templates') })
    if (this.#owners.size > MOST_OWNED) {
      const offered = new Set([...lists.resources, ...lists.templates].map(item => item.key))
      for (const [uri, owner] of this.#owners) if (owner === backend && !offered.has(uri)) this.#owners.delete(uri)
    }
    this.#changed()
  }

  /** Lists are remembered: whose a URI is was settled before, and comes first. */
  recall(remembered: ReadonlyMap<string, Lists>): void {
    for (const [backend, { resources, templates, yields = [] }] of remembered)
      for (const { key } of [...resources, ...templates]) if (!yields.includes(key) && !this.#owners.has(key)) this.#owners.set(key, backend)
    for (const [backend, lists] of remembered) this.set(backend, lists)
  }

  /** The URIs of a backend that are another's. */
  yields(backend: string): readonly string[] {
    const own = this.#own.get(backend)
    return own ? [...own.resources, ...own.templates].flatMap(entry => (entry.key === entry.name ? [] : [entry.name])) : []
  }

  lists(backend: string): Lists | undefined {
    return this.#known.get(backend)
  }

  find(kind: ListKind, key: string): Entry | undefined {
    return this.#index()[kind].get(key)
  }

  entries(kind: ListKind): readonly Entry[] {
    return this.#order.flatMap(name => this.#own.get(name)?.[kind] ?? [])
  }

  /** The whole list as the text of a JSON array, ready to send. */
  text(kind: ListKind): string {
    let text = this.#texts.get(kind)
    if (text === undefined) {
      text = arrayOf(this.#index()[kind].values())
      this.#texts.set(kind, text)
    }
    return text
  }

  /** The same without what this caller may not see. */
  textWithout(kind: ListKind, hidden: (entry: Entry) => boolean): string {
    return arrayOf([...this.#index()[kind].values()].filter(entry => !hidden(entry)))
  }

  /** Whether a caller sees anything of this backend. */
  shows(backend: string, hidden: (entry: Entry) => boolean): boolean {
    const own = this.#own.get(backend)
    return own !== undefined && KINDS.some(kind => own[kind].some(entry => !hidden(entry)))
  }

  /** What the backends whose list it is say of it besides, as the text that goes behind it; of those that a caller sees nothing of, nothing. */
  remarks(kind: ListKind, hidden?: (entry: Entry) => boolean): string {
    const known = hidden ? undefined : this.#remarks.get(kind)
    if (known !== undefined) return known
    const said = this.#order.flatMap(name => {
      const remarks = this.#known.get(name)?.remarks?.[kind]
      return remarks && (!hidden || this.shows(name, hidden)) ? [remarks] : []
    })
    const text = remarked(ofBackends(said))
    if (!hidden) this.#remarks.set(kind, text)
    return text
  }

  /** Whose an unlisted URI is: the prefix says it, or the only template that fits. Several: their backends' names. */
  whose(uri: string): Entry | readonly string[] {
    const prefixed = /^mcpgw\+([a-z0-9-]+):/.exec(uri)
    const named = prefixed && this.#order.find(name => prefixOf(name) === prefixed[1])
    if (named) return { backend: named, name: uri.slice(prefixed[0].length), key: uri, text: '' }
    if (this.#bare && this.#order[0] !== undefined) return { backend: this.#order[0], name: uri, key: uri, text: '' }
    const owners = [...new Set(this.entries('templates').flatMap(entry => (fits(entry.name, uri) ? [entry.backend] : [])))]
    return owners.length === 1 ? { backend: owners[0]!, name: uri, key: uri, text: '' } : owners
  }

  #located(backend: string, uri: string): string {
    const owner = this.#owners.get(uri)
    if (owner === undefined) this.#owners.set(uri, backend)
    return owner === undefined || owner === backend ? uri : publicUri(backend, uri)
  }

  #named(backend: string, kind: 'tools' | 'prompts', item: Item): Entry {
    return this.#entry(backend, kind, item, this.#bare ? item.key : publicName(backend, item.key))
  }

  /** A tool whose definition nobody has accepted is listed as it was accepted, or not at all. */
  #guarded(backend: string, item: Item, holds: Holds): Entry {
    const held = holds.now(item.key)
    const text = held?.kind === 'changed' ? held.was.text : held?.kind === 'unread' ? unread(item.key) : item.text
    const entry = this.#named(backend, 'tools', text === item.text ? item : { key: item.key, text })
    return held?.kind === 'quarantined' ? { ...entry, holds, hidden: true } : { ...entry, holds }
  }

  #entry(backend: string, kind: ListKind, item: Item, key: string): Entry {
    if (key === item.key) return { backend, name: item.key, key, text: item.text }
    const at = member(members(item.text, 0), keyOf[kind])!
    return { backend, name: item.key, key, text: item.text.slice(0, at.start) + encode(key) + item.text.slice(at.end) }
  }

  #index(): Record<ListKind, Map<string, Entry>> {
    if (!this.#found) {
      const found = { tools: new Map(), prompts: new Map(), resources: new Map(), templates: new Map() } as Record<ListKind, Map<string, Entry>>
      for (const kind of KINDS) for (const entry of this.entries(kind)) if (!found[kind].has(entry.key)) found[kind].set(entry.key, entry)
      this.#found = found
    }
    return this.#found
  }

  #changed(): void {
    this.#found = undefined
    this.#texts.clear()
    this.#remarks.clear()
  }
}

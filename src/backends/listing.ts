// What a backend offers, asked of it page by page. A backend may lie, repeat itself or never end: what is wrong is noted, the rest is kept.

import { fromWire, scannable, type Wire } from '../rpc/wire.ts'
import { elements, member, members } from '../rpc/spans.ts'
import type { Reply } from '../rpc/reply.ts'
import type { Item, ListKind } from '../gateway/types.ts'

interface Kind {
  readonly kind: ListKind
  readonly method: string
  /** The capability that promises it. */
  readonly capability: string
  /** The member of the result, and the one of an item that names it. */
  readonly list: string
  readonly key: string
}

export const kinds: readonly Kind[] = [
  { kind: 'tools', method: 'tools/list', capability: 'tools', list: 'tools', key: 'name' },
  { kind: 'prompts', method: 'prompts/list', capability: 'prompts', list: 'prompts', key: 'name' },
  { kind: 'resources', method: 'resources/list', capability: 'resources', list: 'resources', key: 'uri' },
  { kind: 'templates', method: 'resources/templates/list', capability: 'resources', list: 'resourceTemplates', key: 'uriTemplate' },
]

const MAX_PAGES = 500
const MAX_BYTES = 32 * 1024 * 1024

/** The items in the text of an array, each as its backend wrote it. */
export function itemsOf(array: Wire, key: string, problems: string[]): Item[] {
  const text = scannable(array)
  const items: Item[] = []
  const seen = new Set<string>()
  for (const span of elements(text, 0)) {
    const own = text.slice(span.start, span.end)
    const at = member(members(own, 0), key)
    const name = at && own.charCodeAt(at.start) === 0x22 ? (JSON.parse(fromWire(own.slice(at.start, at.end))) as string) : undefined
    if (name === undefined) problems.push(`an entry without "${key}" was left out`)
    else if (seen.has(name)) problems.push(`"${name}" is offered twice; the first one counts`)
    else {
      seen.add(name)
      items.push({ key: name, text: own })
    }
  }
  return items
}

/** Asks for every page of one list. `ask` sends one request's params and gives the reply, or the reason why there is none. */
export async function listAll(kind: Kind, ask: (params: string) => Promise<Reply | string>, problems: string[]): Promise<Item[] | string> {
  const items: Item[] = []
  const cursors = new Set<string>()
  let bytes = 0
  for (let params = '{}', page = 0; ; page++) {
    const reply = await ask(params)
    if (typeof reply === 'string') return page === 0 ? reply : (problems.push(`${kind.method} broke off after ${page} pages: ${reply}`), items)
    const text = scannable(reply.wire)
    const list = member(members(text, reply.body.start), kind.list)
    if (!list || text.charCodeAt(list.start) !== 0x5b) return `its answer to ${kind.method} has no "${kind.list}"`
    bytes += list.end - list.start
    items.push(...itemsOf(text.slice(list.start, list.end), kind.key, problems))
    const cursor = reply.value['nextCursor']
    if (typeof cursor !== 'string') break
    if (cursors.has(cursor) || page + 1 >= MAX_PAGES || bytes > MAX_BYTES) {
      problems.push(`${kind.method} does not end; the first ${page + 1} pages count`)
      break
    }
    cursors.add(cursor)
    params = `{"cursor":${cursorText(text, reply)}}`
  }
  const all = new Set<string>()
  return items.filter(item => !all.has(item.key) && all.add(item.key))
}

function cursorText(text: string, reply: Reply): string {
  const at = member(members(text, reply.body.start), 'nextCursor')!
  return text.slice(at.start, at.end)
}

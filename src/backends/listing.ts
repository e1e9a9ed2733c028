// What a backend offers, asked of it page by page. A backend may lie, repeat itself or never end: what is wrong is noted, the rest is kept.

import { fromWire, scannable, type Wire } from '../rpc/wire.ts'
import { eachElement, member, members } from '../rpc/spans.ts'
import type { Reply } from '../rpc/reply.ts'
import { ofPages, remarksOf, type Remark } from '../gateway/remarks.ts'
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

/** More than anybody offers. Whoever says more is cut off: a list is kept, in memory and in the store. */
const MAX_PAGES = 500
const MAX_BYTES = 32 * 1024 * 1024
const MAX_ITEMS = 20_000
const MAX_PROBLEMS = 20

/** The items in the text of an array, each as its backend wrote it; `most` entries are looked at. */
export function itemsOf(array: Wire, key: string, problems: string[], most = MAX_ITEMS): Item[] {
  const text = scannable(array)
  const items: Item[] = []
  const seen = new Set<string>()
  const wrong = (problem: string) => problems.length < MAX_PROBLEMS && problems.push(problem)
  let looked = 0
  for (const span of eachElement(text, 0)) {
    if (++looked > most) {
      wrong(`only the first ${most} entries of a list count`)
      break
    }
    const own = text.slice(span.start, span.end)
    const at = member(members(own, 0), key)
    const name = at && own.charCodeAt(at.start) === 0x22 ? (JSON.parse(fromWire(own.slice(at.start, at.end))) as string) : undefined
    if (name === undefined) wrong(`an entry without "${key}" was left out`)
    else if (seen.has(name)) wrong(`"${name}" is offered twice; the first one counts`)
    else {
      seen.add(name)
      items.push({ key: name, text: own })
    }
  }
  return items
}

/** One list: what is in it, and what its backend says of it besides. */
export interface Listed {
  readonly items: readonly Item[]
  readonly remarks?: readonly Remark[]
}

/** Asks for every page of one list. `ask` sends one request's params and gives the reply, or the reason why there is none. */
export async function listAll(kind: Kind, ask: (params: string) => Promise<Reply | string>, problems: string[]): Promise<Listed | string> {
  const items = new Map<string, Item>()
  const pages: (readonly Remark[])[] = []
  const cursors = new Set<string>()
  let bytes = 0
  for (let params = '{}', page = 0; ; page++) {
    const reply = await ask(params)
    if (typeof reply === 'string') {
      if (page === 0) return reply
      problems.push(`${kind.method} broke off after ${page} pages: ${reply}`)
      break
    }
    const text = scannable(reply.wire)
    const list = member(members(text, reply.body.start), kind.list)
    if (!list || text.charCodeAt(list.start) !== 0x5b) return `its answer to ${kind.method} has no "${kind.list}"`
    // All of it: what is said besides is kept, too.
    bytes += reply.body.end - reply.body.start
    if (bytes > MAX_BYTES && page === 0) return `its answer to ${kind.method} has ${bytes} bytes, more than a list may have`
    if (bytes <= MAX_BYTES) {
      pages.push(remarksOf(text, reply.body.start, kind.list))
      for (const item of itemsOf(text.slice(list.start, list.end), kind.key, problems, MAX_ITEMS - items.size))
        if (!items.has(item.key)) items.set(item.key, item)
    }
    const cursor = reply.value['nextCursor']
    if (typeof cursor !== 'string') break
    if (cursors.has(cursor) || page + 1 >= MAX_PAGES || bytes > MAX_BYTES || items.size >= MAX_ITEMS) {
      problems.push(`${kind.method} does not end; the first ${page + 1} pages count`)
      break
    }
    cursors.add(cursor)
    params = `{"cursor":${cursorText(text, reply)}}`
  }
  return { items: [...items.values()], remarks: ofPages(pages) }
}

function cursorText(text: string, reply: Reply): string {
  const at = member(members(text, reply.body.start), 'nextCursor')!
  return text.slice(at.start, at.end)
}

// What a client would be offered: remembered lists, and those of backends never seen, which are started once for it.

import { Catalog, type Entry } from '../gateway/catalog.ts'
import type { Fault } from '../gateway/faults.ts'
import type { Lists } from '../gateway/types.ts'
import { redactText } from '../gateway/redact/redact.ts'
import type { Context } from './context.ts'
import { note } from './print.ts'
import type { InProcess } from './session.ts'

export interface Offered {
  readonly catalog: Catalog
  /** Sentences on what is missing or odd, with the backend they are about. */
  readonly problems: readonly { readonly backend: string; readonly problem: string }[]
}

/** Everything that these backends offer; all enabled ones when no names are given. */
export async function offered(context: Context, here: InProcess, only?: readonly string[]): Promise<Offered> {
  const names = here.names().filter(name => only === undefined || only.includes(name))
  const remembered = await here.recall()
  const unseen = names.filter(name => !remembered.has(name))
  if (unseen.length > 0) note(context, { text: `starting ${unseen.join(', ')} ...`, style: 'dim' })
  const lists = new Map(await Promise.all(names.map(async name => [name, remembered.get(name) ?? (await here.backend(name)!.lists())] as const)))
  const catalog = new Catalog()
  catalog.order(names)
  const problems = [...lists].flatMap(([backend, found]) => {
    if (isLists(found)) {
      catalog.set(backend, found)
      return found.problems.map(problem => ({ backend, problem }))
    }
    return [{ backend, problem: redactText(found.message).text }]
  })
  return { catalog, problems }
}

const isLists = (found: Lists | Fault): found is Lists => 'tools' in found

/** A tool as a client sees it, and whose it is. */
export interface Tool {
  /** Its public name. */
  readonly name: string
  readonly backend: string
  /** What the backend itself calls it. */
  readonly tool: string
  readonly description?: unknown
  readonly inputSchema?: unknown
}

export function toolOf({ text, key, backend, name }: Entry): Tool {
  const value = JSON.parse(Buffer.from(text, 'latin1').toString('utf8')) as object
  return { ...value, name: key, backend, tool: name }
}

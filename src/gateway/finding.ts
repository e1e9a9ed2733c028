// Which backend a target belongs to: the catalog says so, else the links that results have pointed to, else the templates. Targets are looked up,
// never split.

import { cut, read } from '../rpc/wire.ts'
import type { Entry } from './catalog.ts'
import type { Offers } from './offers.ts'
import type { Answer } from './types.ts'

/** So many links out of results are remembered, the latest ones. */
const LINKS = 1000

export type Target = 'tools' | 'prompts' | 'resources' | 'templates'

/** An entry; or the backends that it may belong to; or nothing. */
export type Found = Entry | readonly string[] | undefined

export class Finding {
  readonly #offers: Offers
  /** URIs that a result of a backend pointed to, and which backend. */
  readonly #linked = new Map<string, string>()

  constructor(offers: Offers) {
    this.#offers = offers
  }

  find(kind: Target, target: string): Found {
    const { catalog } = this.#offers
    const found = catalog.find(kind, target)
    if (found || kind !== 'resources') return found
    const linked = this.#linked.get(target)
    if (linked !== undefined) return { backend: linked, name: target, key: target, text: '' }
    const whose = catalog.whose(target)
    return 'backend' in whose || whose.length > 0 ? whose : undefined
  }

  /** What is not known yet may be once memory is read, or backends that nobody has seen have spoken: one whose name it bears is waited for. */
  async findLater(kind: Target, target: string): Promise<Found> {
    const known = this.#offers.recall() ?? this.#offers.ready()
    if (known) await known
    let found = this.find(kind, target)
    if (!found && this.#offers.ready()) await this.#offers.ready()
    found ??= this.find(kind, target)
    if (!found && (kind === 'tools' || kind === 'prompts')) await this.#offers.spoken(target)
    return found ?? this.find(kind, target)
  }

  /** Keeps the links in a result. */
  remember(backend: string, answer: Answer): void {
    if (answer.kind !== 'reply' || typeof answer.reply.wire !== 'string' || !answer.reply.wire.includes('"resource_link"')) return
    const { content } = read(cut(answer.reply.wire, answer.reply.body.start, answer.reply.body.end)) as { content?: { type?: unknown; uri?: unknown }[] }
    for (const block of Array.isArray(content) ? content : []) {
      if (block?.type !== 'resource_link' || typeof block.uri !== 'string') continue
      this.#linked.delete(block.uri)
      this.#linked.set(block.uri, backend)
      if (this.#linked.size > LINKS) this.#linked.delete(this.#linked.keys().next().value!)
    }
  }
}

// Writes a journal's lines in memory and hands them out as the batches that an indexer would make of them.

import { openBody, closed, legBody, link, noteBody, payloadBody, settleBody } from '../../src/store/line.ts'
import { fieldsOf } from '../../src/store/stored.ts'
import type { Decision, Outcome, Payload } from '../../src/gateway/types.ts'
import type { Batch, Entry } from '../../src/store/store.ts'
import { aCall, allow, aRecord } from '../store/calls.ts'

type More = Parameters<typeof aCall>[1]

export class Scribe {
  readonly journal: string
  #seq = 0
  #hash: string
  #at = 0
  #bytes = 0
  #from = { segment: 0, bytes: 0 }
  #entries: Entry[] = []

  constructor(journal: string) {
    this.journal = journal
    this.#hash = journal
  }

  get hash(): string {
    return this.#hash
  }

  open(id: string, at: number, more: More = {}, decision: Decision = allow): this {
    return this.#add('open', id, at, openBody(this.#seq + 1, at, aCall(id, { startedAt: at, ...more }), decision))
  }

  settle(id: string, at: number, outcome?: Outcome): this {
    return this.#add('settle', id, at, settleBody(this.#seq + 1, at, aRecord(aCall(id), outcome)))
  }

  /** Opened and answered. */
  whole(id: string, at: number, more: More = {}): this {
    return this.open(id, at, more).settle(id, at)
  }

  note(note: string, at: number, detail: Record<string, unknown> = {}): this {
    return this.#add('note', note, at, noteBody(this.#seq + 1, at, note, detail))
  }

  leg(id: string, at: number, asked?: readonly string[]): this {
    return this.#add('note', 'leg', at, legBody(this.#seq + 1, at, aCall(id), { kind: 'waiting', for: 'input', asked }))
  }

  /** What came of its task was given. */
  given(id: string, at: number, result: string): this {
    return this.#add('note', 'leg', at, legBody(this.#seq + 1, at, aCall(id), { kind: 'answered', isError: false, bytes: result.length }, result))
  }

  payload(id: string, at: number, more: Partial<Payload> = {}): this {
    const payload = { id, part: 'arguments', text: '{"path":"/tmp"}', bytes: 15, redactions: 0, cut: false, ...more } as const
    return this.#add('note', 'payload', at, payloadBody(this.#seq + 1, at, [payload]))
  }

  /** What was written since the last batch. */
  batch(): Batch {
    const { journal } = this
    const after = { segment: 1, bytes: this.#bytes, seq: this.#seq, hash: this.#hash, at: this.#at }
    const batch = { journal, segment: 1, from: this.#from, entries: this.#entries, after }
    this.#from = { segment: 1, bytes: this.#bytes }
    this.#entries = []
    return batch
  }

  #add(kind: Entry['kind'], id: string, at: number, body: string): this {
    this.#hash = link(this.#hash, body)
    this.#at = Math.max(this.#at, at)
    const text = closed(body, this.#hash).slice(0, -1)
    this.#entries.push({ kind, id, seq: ++this.#seq, at: this.#at, offset: this.#bytes, text, fields: fieldsOf(text) })
    this.#bytes += text.length + 1
    return this
  }
}

// A journal's lines, checked one after the other: what they are, and whether each hangs on the one before. A line that does not is reported
// and taken all the same; one that can't be read is kept as a note, so that nothing vanishes.

import { ascii, link, parts } from './line.ts'
import { fieldsOf } from './stored.ts'
import type { Line } from './segments.ts'
import type { Entry } from './store.ts'

const KEPT = 4096

/** Where a chain stands. */
export interface Standing {
  readonly seq: number
  readonly hash: string
  readonly at: number
}

/** Follows one journal from where it stands. */
export class Chain {
  readonly #journal: string
  readonly #report: (problem: string) => void
  #seq: number
  #hash: string
  #at: number

  /** `standing` is undefined for a journal never read; it begins at its own name. */
  constructor(journal: string, standing: Standing | undefined, report: (problem: string) => void) {
    this.#journal = journal
    this.#report = report
    this.#seq = standing?.seq ?? 0
    this.#hash = standing?.hash ?? journal
    this.#at = standing?.at ?? 0
  }

  get standing(): Standing {
    return { seq: this.#seq, hash: this.#hash, at: this.#at }
  }

  /** What a line is for the store; nothing for the line that heads a segment. */
  read({ text, offset }: Line, segment: number): Entry | undefined {
    const fields = fieldsOf(text)
    const { kind, seq, time, id, note, previous } = fields
    const place = `journal ${this.#journal}, segment ${segment}, byte ${offset}`
    if (typeof kind !== 'string' || typeof seq !== 'number') {
      this.#report(`${place}: not a line of ours`)
      return { kind: 'note', id: 'damaged', seq: 0, at: this.#at, offset, text: ascii({ v: 1, kind: 'damaged', line: text.slice(0, KEPT) }), fields: {} }
    }
    if (kind === 'segment') {
      this.#head(place, seq, String(previous))
      return undefined
    }
    const { body, hash } = parts(text)
    if (seq !== this.#seq + 1) this.#report(`${place}: line ${seq} stands where line ${this.#seq + 1} should`)
    else if (link(this.#hash, body) !== hash) this.#report(`${place}: line ${seq} does not hang on the line before it`)
    this.#seq = seq
    this.#hash = hash
    if (typeof time === 'number') this.#at = Math.max(this.#at, time)
    if ((kind === 'open' || kind === 'settle') && typeof id === 'string') return { kind, id, seq, at: this.#at, offset, text, fields }
    return { kind: 'note', id: typeof note === 'string' ? note : kind, seq, at: this.#at, offset, text, fields }
  }

  /** A segment says where it hangs on. */
  #head(place: string, seq: number, previous: string): void {
    if (seq === this.#seq + 1 && previous === this.#hash) return
    this.#report(seq > this.#seq + 1 ? `${place}: lines ${this.#seq + 1} to ${seq - 1} are gone` : `${place}: does not hang on the segment before it`)
    this.#seq = seq - 1
    this.#hash = previous
  }
}

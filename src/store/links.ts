// One chain, line by line, for whoever proves it: says of each line what is wrong with it, and goes on from what the line claims, so that one
// change is told once. Unlike an indexer it takes nothing for granted: a line must also be written exactly as its hash closes it.

import { closed, link, parts } from './line.ts'
import { fieldsOf } from './stored.ts'

/** Something that is not as the chain says. */
export interface Finding {
  readonly journal: string
  /** The line, or the last of those that are gone. */
  readonly seq?: number
  /** The call. */
  readonly id?: string
  readonly at?: number
  /** A sentence without its subject. */
  readonly what: string
}

export type Report = (finding: Omit<Finding, 'journal'>) => void

/** What a line says of itself, to be named by. */
export interface Named {
  readonly seq?: number
  readonly id?: string
  readonly at?: number
  readonly kind?: string
}

export function named(text: string): Named {
  const { seq, id, time, kind } = fieldsOf(text)
  return {
    ...(typeof seq === 'number' && { seq }),
    ...(typeof id === 'string' && { id }),
    ...(typeof time === 'number' && { at: time }),
    ...(typeof kind === 'string' && { kind }),
  }
}

export class Links {
  seq: number
  /** Undefined after a gap: nobody knows what the next line hangs on. */
  hash: string | undefined
  /** Undefined where nobody knows it: behind an anchor. */
  at: number | undefined
  readonly #report: Report
  /** What a gap is called. */
  readonly #gone: string

  constructor(start: { seq: number; hash: string | undefined; at?: number }, report: Report, gone = 'gone') {
    this.seq = start.seq
    this.hash = start.hash
    this.at = start.at
    this.#report = report
    this.#gone = gone
  }

  /** Takes the next line. Says whether it is a link of the chain at all. */
  next(text: string, who: Named = named(text)): boolean {
    const { seq } = who
    const { body, hash } = parts(text)
    if (seq === undefined || !Number.isSafeInteger(seq) || !/^[0-9a-f]{64}$/.test(hash) || closed(body, hash) !== `${text}\n`) {
      this.#report({ ...who, what: 'is no line of ours: it was changed or put there' })
      if (seq === this.seq + 1) Object.assign(this, { seq, hash: undefined })
      return false
    }
    if (seq <= this.seq) {
      this.#report({ ...who, what: `stands after line ${this.seq}: it was put there` })
      return false
    }
    if (seq > this.seq + 1) this.gap(seq - 1, who.at)
    else if (this.hash !== undefined && link(this.hash, body) !== hash) this.#report({ ...who, what: 'does not hang on the line before it: it was changed' })
    this.seq = seq
    this.hash = hash
    if (this.at !== undefined || who.at !== undefined) this.at = Math.max(this.at ?? 0, who.at ?? 0)
    return true
  }

  /** What should stand before a line and does not. */
  gap(to: number, at?: number): void {
    const from = this.seq + 1
    this.#report({ seq: to, ...(at !== undefined && { at }), what: from === to ? `is ${this.#gone}` : `and those from line ${from} on are ${this.#gone}` })
    this.seq = to
    this.hash = undefined
  }
}

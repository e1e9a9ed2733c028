// A call as it was received. A class, not an object literal: there, a getter is a new hidden class each time, and V8 keeps those and what they hold.

import type { Frame } from '../rpc/frame.ts'
import { besideOf } from './beside.ts'
import { read, type Wire } from '../rpc/wire.ts'
import { readsOnly, type Entry } from './catalog.ts'
import type { Holds } from './holds.ts'
import type { Call, Origin } from './types.ts'

export interface Receipt {
  readonly id: string
  readonly origin: Origin
  readonly method: string
  readonly target: string
  readonly startedAt: number
}

/** Whether it is one of the three calls that the protocol knows. What another one does nobody can tell. */
export const isPlain = (method: string): boolean => method === 'tools/call' || method === 'prompts/get' || method === 'resources/read'

/** Of the envelope, not of what is meant: it differs from one time to the next. */
const ENVELOPE = new Set(['_meta', 'requestState', 'inputResponses'])

/** What a request is made with. Of a method that nobody knows that is everything it brings along: any of it may say what is done. */
export function argumentsOf(frame: Frame): Wire {
  if (!isPlain(frame.method)) {
    const all = frame.paramMembers.filter(({ key }) => !ENVELOPE.has(key))
    return all.length === 0 ? '' : `{${all.map(({ at, end }) => frame.text.slice(at, end)).join(',')}}`
  }
  const args = frame.param('arguments')
  return args ? frame.slice(args) : ''
}

export class Received implements Call {
  readonly id: string
  readonly origin: Origin
  readonly method: string
  readonly backend: string
  readonly target: string
  readonly name: string
  readonly argumentsText: string | Buffer
  readonly startedAt: number
  readonly #frame: Frame
  readonly #entry: Entry | undefined

  /** `entry` is missing where nobody offers the target. */
  constructor(frame: Frame, entry: Entry | undefined, { id, origin, method, target, startedAt }: Receipt) {
    this.id = id
    this.origin = origin
    this.method = method
    this.backend = entry?.backend ?? ''
    this.target = target
    this.name = entry?.name ?? ''
    this.argumentsText = argumentsOf(frame)
    this.startedAt = startedAt
    this.#frame = frame
    this.#entry = entry
  }

  /** What it takes to keep it. */
  get bytes(): number {
    return this.#frame.wire.length
  }

  /** The same, had this one asked for it. */
  by(origin: Origin): Received {
    return new Received(this.#frame, this.#entry, { id: this.id, origin, method: this.method, target: this.target, startedAt: this.startedAt })
  }

  /** A prompt and a resource are read, whatever they are; of a tool its backend says it, or not; of anything else nobody does. */
  get readsOnly(): boolean {
    if (this.method === 'tools/call') return this.#entry !== undefined && readsOnly(this.#entry)
    return isPlain(this.method)
  }

  get holds(): Holds | undefined {
    return this.#entry?.holds
  }

  beside(legs: boolean): string {
    return besideOf(this.#frame, legs)
  }

  get arguments(): unknown {
    if (isPlain(this.method)) return this.#frame.meaning('arguments')
    return this.argumentsText === '' ? undefined : read(this.argumentsText)
  }
}

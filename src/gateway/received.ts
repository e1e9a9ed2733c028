// A call as it was received. A class, not an object literal: there, a getter is a new hidden class each time, and V8 keeps those and what they hold.

import type { Frame } from '../rpc/frame.ts'
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
    const args = frame.param('arguments')
    this.id = id
    this.origin = origin
    this.method = method
    this.backend = entry?.backend ?? ''
    this.target = target
    this.name = entry?.name ?? ''
    this.argumentsText = args ? frame.slice(args) : ''
    this.startedAt = startedAt
    this.#frame = frame
    this.#entry = entry
  }

  /** A prompt and a resource are read, whatever they are; of a tool its backend says it, or not. */
  get readsOnly(): boolean {
    return this.method !== 'tools/call' || (this.#entry !== undefined && readsOnly(this.#entry))
  }

  get holds(): Holds | undefined {
    return this.#entry?.holds
  }

  get arguments(): unknown {
    return this.#frame.meaning('arguments')
  }
}

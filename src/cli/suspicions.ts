// What a person should know of a tool before a model reads it: that it is held, and why; what is suspicious about its words.

import { definition } from '../gateway/definition.ts'
import { about, marksOf } from '../gateway/scan.ts'
import type { PinState } from '../gateway/pins.ts'
import type { StoredPin } from '../store/pins.ts'

export interface Suspicion {
  readonly state: PinState
  /** Sentences' ends. */
  readonly because: readonly string[]
}

/** Of a tool as its backend defines it (wire text). `pin` is what is kept of it, where anything is. */
export function suspicionOf(tool: string, text: string, pin?: Pick<StoredPin, 'state' | 'why'>): Suspicion {
  const odd = pin ? pin.why : definition(tool, text).odd
  const state = pin?.state ?? (odd === undefined ? 'pinned' : 'quarantined')
  const held =
    state === 'changed' ? ['its definition is not the accepted one'] : state === 'refused' ? ['a person has refused it'] : odd === undefined ? [] : [odd]
  return { state, because: [...held, ...marksOf(text).flatMap(({ kind }) => (kind === 'unseen' && odd !== undefined ? [] : [about[kind]]))] }
}

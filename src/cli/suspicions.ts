// What a person should know of a tool before a model reads it: that it is held, and why; what is suspicious about its words.

import { definition } from '../gateway/definition.ts'
import { INSTRUCTIONS } from '../gateway/names.ts'
import { about, marksOf, type Mark } from '../gateway/scan.ts'
import type { PinState } from '../gateway/pins.ts'
import type { StoredPin } from '../store/pins.ts'

export interface Suspicion {
  readonly state: PinState
  /** Sentences' ends. */
  readonly because: readonly string[]
}

/** Of a tool as its backend defines it (wire text), or of its instructions in the place of one. `pin` is what is kept of it, where anything is. */
export function suspicionOf(tool: string, text: string, pin?: Pick<StoredPin, 'state' | 'why'>): Suspicion {
  const odd = pin ? pin.why : definition(tool, text).odd
  const marks = marksOf(text)
  const state = pin?.state ?? (odd === undefined && !(tool === INSTRUCTIONS && marks.length > 0) ? 'pinned' : 'quarantined')
  const held =
    state === 'changed' ? ['its definition is not the accepted one'] : state === 'refused' ? ['a person has refused it'] : odd === undefined ? [] : [odd]
  return { state, because: [...held, ...besides(odd, marks)] }
}

/** What marks say that `why` does not say already. */
export function besides(why: string | undefined, marks: readonly Mark[]): string[] {
  return marks.flatMap(({ kind }) => (why !== undefined && (kind === 'unseen' || why.includes(about[kind])) ? [] : [about[kind]]))
}

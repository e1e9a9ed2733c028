// The two ends of each call that a batch of lines is about, put together once for all that is made of them.

import type { Entry } from './store.ts'

/** One of them may be in another batch. */
export interface Ends {
  open: Entry | undefined
  settle: Entry | undefined
}

/** By the calls' ids, in their order. */
export function endsIn(entries: readonly Entry[]): ReadonlyMap<string, Readonly<Ends>> {
  const calls = new Map<string, Ends>()
  for (const entry of entries) {
    if (entry.kind === 'note') continue
    let ends = calls.get(entry.id)
    if (!ends) calls.set(entry.id, (ends = { open: undefined, settle: undefined }))
    if (entry.kind === 'open') ends.open = entry
    else ends.settle = entry
  }
  return calls
}

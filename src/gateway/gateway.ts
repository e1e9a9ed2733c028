// What one running gateway is made of: everything the core is handed. boot.ts makes one; tests make theirs in memory.

import type { Approvals } from './approvals.ts'
import type { Pipeline } from './call.ts'
import type { Self } from './greeting.ts'
import type { Entry } from './catalog.ts'
import type { Pins } from './pinning.ts'
import type { KeptPreface } from './prefaces.ts'
import type { ClientInfo, OpenBackends, Origin } from './types.ts'

export interface Gateway extends Pipeline {
  readonly self: Self
  readonly openBackends: OpenBackends
  /** A fresh id for a call, unique among all gateways of this machine. */
  readonly newCallId: () => string
  /** Whether what is remembered of backends can be read at once: a first greeting waits for nothing. */
  readonly remembers?: () => boolean
  /** What is kept of what backends say of themselves: for such a greeting. */
  readonly prefaces?: () => readonly KeptPreface[]
  /** A handle that nobody can guess. */
  readonly newHandle: () => string
  /** Waits a moment for what else a backend asks in the same breath; where it is absent, for what has come already. */
  readonly breath?: (act: () => void) => void
  /** What this caller may not even see; undefined when it may see everything. */
  readonly hides: (origin: Origin) => ((entry: Entry) => boolean) | undefined
  /** What holds tools of backends; nothing where it is absent. */
  readonly pins?: Pins
  /** Whether a call of anybody's can need a person's yes. */
  readonly asks?: () => boolean
  /** What stands in the store about questions. */
  readonly approvals?: () => Promise<Approvals>
  /** For a client that ignores list_changed: how long its first list may wait, ms. */
  readonly listGraceMs: (client: ClientInfo) => number | undefined
}

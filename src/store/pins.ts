// Pins as processes share them: what each tool of a backend is held to, as the backend is configured. Kept, accepted and refused in one step each.
// Implementations pass one suite of contracts (test/contracts).

import type { Pin, Sight } from '../gateway/pins.ts'
import type { Maybe } from './store.ts'

export interface StoredPin extends Pin {
  /** Keyed hash of the backend's unexpanded configuration, as for remembered lists. */
  readonly config: string
  readonly backend: string
}

/** Which pin, and what its backend offers instead as the person saw it: undefined where it offers nothing else. */
export type SeenPin = Pick<StoredPin, 'config' | 'tool'> & { readonly offered?: string }

/** busy: somebody writes, nothing was kept. differs: of some of them something else is kept already; the rest was kept. */
export type KeptPins = 'done' | 'busy' | 'differs'

/** So many tools of one configuration are kept; past that, those first seen longest ago are forgotten. */
export const MOST_PINS = 20_000
/** So many configurations of one backend are kept, the ones last seen. */
export const MOST_CONFIGS = 16

export interface StoredPins {
  /** Of these configurations, by tool; `held`: only what is not simply pinned. */
  of(configs: readonly string[], held?: boolean): Maybe<readonly StoredPin[]>
  /** Keeps what was seen, where what was accepted is still what it was. Never waits for a lock. */
  keep(config: string, backend: string, sights: readonly Sight[]): Maybe<KeptPins>
  /** A person has decided. Gives the pin as it is then; undefined where it is not any more as they saw it. Waits a quarter of a second at most. */
  decide(seen: SeenPin, verdict: 'accept' | 'refuse', by: string, now: number): Maybe<StoredPin | undefined>
}

/** Whether a sight may be kept: nobody has accepted anything else meanwhile. */
export const keeps = (there: Pin | undefined, { kind, pin }: Sight): boolean =>
  !there || (kind !== 'first' && there.accepted?.hash === pin.accepted?.hash && (there.state !== 'refused' || there.offered?.hash !== pin.offered?.hash))

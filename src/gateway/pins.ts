// Pins: a tool is what it was when it was first seen, or what a person has accepted since. What differs is on record, and decided by the setting
// `pins`: off and warn let it through; ask asks a person at the next call, and until then the tool is listed as it was; quarantine hides it and
// refuses its calls. What is odd in itself is quarantined by ask, too, from the first sight on. Pure: pinning.ts has the state.

import { hash } from 'node:crypto'
import type { Definition } from './definition.ts'

export type PinMode = 'off' | 'warn' | 'ask' | 'quarantine'

/** pinned: as accepted. changed: its backend offers another definition. quarantined: odd. refused: a person wants none of it. */
export type PinState = 'pinned' | 'changed' | 'quarantined' | 'refused'

export type Part = Pick<Definition, 'hash' | 'text'>

/** What is kept of one tool. */
export interface Pin {
  readonly tool: string
  readonly state: PinState
  /** What it is held to; none where it was odd from the beginning. */
  readonly accepted?: Part
  /** Hashes of what was accepted before that: a process of its backend that still runs is no attack. */
  readonly earlier: readonly string[]
  /** What its backend offers instead, while nobody has accepted it. */
  readonly offered?: Part
  /** What is odd about the offered one. */
  readonly why?: string
  readonly firstAt: number
  readonly offeredAt?: number
  /** When a person last accepted or refused it, and who. */
  readonly decidedAt?: number
  readonly decidedBy?: string
}

/** What has come of looking at a definition: the pin as it is now. */
export interface Sight {
  readonly kind: 'first' | 'changed' | 'quarantined' | 'back'
  readonly pin: Pin
}

/** The very same text needs no hash. */
const accepts = ({ accepted, earlier }: Pin, is: Part): boolean => accepted?.text === is.text || accepted?.hash === is.hash || earlier.includes(is.hash)

/** What of a definition is kept. */
const partOf = (one: Definition): Part => ({
  text: one.text,
  get hash() {
    return one.hash
  },
})

/** Compares what a backend offers with the pin; undefined where that is nothing new. `differed`: who looks has seen it differ before. */
export function sight(pin: Pin | undefined, one: Definition, differed: boolean, now: number): Sight | undefined {
  const { tool, odd } = one
  const offered = partOf(one)
  if (!pin && odd === undefined) return { kind: 'first', pin: { tool, state: 'pinned', accepted: offered, earlier: [], firstAt: now } }
  if (!pin) return { kind: 'quarantined', pin: { tool, state: 'quarantined', earlier: [], offered, why: odd, firstAt: now, offeredAt: now } }
  const { offered: before, why: _why, offeredAt: _offeredAt, ...rest } = pin
  if (accepts(pin, one)) return before && differed ? { kind: 'back', pin: { ...rest, state: 'pinned' } } : undefined
  if (before?.hash === one.hash) return undefined
  const why = odd ?? (pin.accepted ? undefined : 'nobody has accepted it as it was before')
  const state = why === undefined ? 'changed' : 'quarantined'
  return { kind: state, pin: { ...rest, state, offered, offeredAt: now, ...(why !== undefined && { why }) } }
}

/** What stands between a call and its tool. */
export type Held =
  | { readonly kind: 'changed'; readonly tool: string; readonly was: Part; readonly is: Part }
  | { readonly kind: 'quarantined'; readonly tool: string; readonly why: string }
  /** What is kept of it can't be looked up now, so nobody can tell. */
  | { readonly kind: 'unread'; readonly tool: string }

/** What holds a tool that a backend defines so. */
export function heldBy(mode: PinMode, pin: Pin | undefined, one: Definition): Held | undefined {
  if (mode === 'off' || mode === 'warn' || !pin) return undefined
  const { tool, odd } = one
  if (pin.state === 'refused' && pin.offered?.hash === one.hash) return { kind: 'quarantined', tool, why: 'a person has refused it' }
  if (accepts(pin, one)) return undefined
  const why = odd ?? (pin.state === 'changed' ? undefined : pin.why)
  if (mode === 'ask' && pin.accepted && why === undefined) return { kind: 'changed', tool, was: pin.accepted, is: partOf(one) }
  return { kind: 'quarantined', tool, why: why ?? 'its definition is not the one that was accepted' }
}

const EARLIER = 20

/** What a person has decided. Who refuses a tool that has not changed takes back that it was ever accepted. */
export function decide(pin: Pin, verdict: 'accept' | 'refuse', by: string, now: number): Pin {
  const { offered, why: _why, offeredAt: _offeredAt, accepted, ...rest } = pin
  const decided = { decidedAt: now, decidedBy: by }
  if (verdict === 'refuse' && offered) return { ...pin, state: 'refused', ...decided }
  if (verdict === 'refuse') return { ...rest, state: 'refused', earlier: [], offered: accepted, offeredAt: now, ...decided }
  const earlier = accepted && offered ? [...pin.earlier, accepted.hash].slice(-EARLIER) : pin.earlier
  return { ...rest, state: 'pinned', accepted: offered ?? accepted, earlier, ...decided }
}

/** What a yes accepts: all that a backend has changed. */
export interface PinUpdate {
  readonly backend: string
  /** Of what it says: another update has another. */
  readonly id: string
  readonly tools: readonly (Held & { readonly kind: 'changed' })[]
}

const UPDATE = 'pins:'

/** By whom an update is asked about, as a decision says it; and back. */
export const askedBy = (update: string): string => `${UPDATE}${update}`
export const updateOf = (by: string): string | undefined => (by.startsWith(UPDATE) ? by.slice(UPDATE.length) : undefined)

/** The id of an update: which tools become what. */
export const updateId = (tools: readonly { readonly tool: string; readonly is: Part }[]): string =>
  hash('sha256', JSON.stringify(tools.map(({ tool, is }) => [tool, is.hash]).sort(([a], [b]) => (a! < b! ? -1 : 1)))).slice(0, 12)

// One approval: a question waiting for a person, bound to exactly one call's meaning, and what became of it. Pure, for every store alike.
// The first answer wins; silence is a no; a yes is used at most once, by a call that means the same; a no holds until the question would have ended.

/** What a yes is for. Whoever differs in any of it asks anew. */
export interface Binding {
  readonly org: string
  readonly principal: string
  /** The `--client` id, else the name that it gives itself. */
  readonly client: string
  readonly backend: string
  /** How that is configured, as a keyed hash; '' where an older version has not noted it: no call has that. */
  readonly config: string
  readonly method: string
  /** The public name, or the URI. */
  readonly target: string
  /** Of the tool's input schema. */
  readonly schemaHash: string
  /** Of the canonical arguments. */
  readonly argumentsHash: string
  /** The rule that asks, by the hash of what it says; `default` where none does. */
  readonly rule: string
}

/** What is asked. */
export interface Question extends Binding {
  readonly id: string
  /** The call that asked first, and whose session it was in. */
  readonly call: string
  readonly session: string
  /** Of the principal, when it asked; absent where an older version has asked. */
  readonly roles?: readonly string[]
  readonly reason: string
  readonly askedAt: number
  readonly expiresAt: number
  /** The arguments and the tool's definition, sealed; gone when nobody needs them any more. */
  readonly sealed?: string
}

/** By which way an answer came; `remembered`: it was given before, for all calls that are like this one. */
export type Via = 'window' | 'client' | 'command' | 'remembered'

/** What a person said. */
export interface Answer {
  readonly decision: 'allow' | 'deny'
  readonly by: string
  readonly via: Via
  readonly at: number
  /** For the model to read. */
  readonly reason?: string
  /** Other arguments to run with, sealed, and the hash of their text. */
  readonly edited?: { readonly sealed: string; readonly hash: string }
}

export interface Approval extends Question {
  /** A call that meant the same was allowed before and has not been settled: nobody knows whether it ran. */
  readonly earlier?: string
  readonly answer?: Answer
  /** The yes was used by this call; settled when it is known what became of it. */
  readonly used?: { readonly call: string; readonly at: number; readonly settledAt?: number }
}

export type Standing = 'open' | 'allowed' | 'denied' | 'expired' | 'used'

/** How an approval stands. */
export function standing({ answer, used, expiresAt }: Pick<Approval, 'answer' | 'used' | 'expiresAt'>, now: number): Standing {
  if (used) return 'used'
  if (answer?.decision === 'deny') return 'denied'
  if (now >= expiresAt) return 'expired'
  return answer ? 'allowed' : 'open'
}

/** Whether it speaks for calls that mean the same: it waits, or was answered and is not over. */
export const speaks = (approval: Approval, now: number): boolean => !approval.used && now < approval.expiresAt

/** For how long an answer holds for calls that mean the same but for their unpinned arguments. */
export type Span = 'session' | 'time' | 'always'

/** A remembered answer. It allows, never more than the call that asked, its unpinned arguments apart. */
export interface RememberedAnswer extends Omit<Binding, 'argumentsHash'> {
  readonly id: string
  /** The approval that it was given with. */
  readonly approval: string
  readonly span: Span
  /** The session that it ends with. */
  readonly session?: string
  /** Places in the arguments (JSON pointers), and the hash of what must stand there. */
  readonly pins: readonly { readonly path: string; readonly hash: string }[]
  /** What stands there, for people: sealed JSON. */
  readonly sealed?: string
  readonly by: string
  readonly at: number
  readonly usedAt: number
  readonly untilAt?: number
}

/** An answer for a session ends when nobody has used it for so long, or after so long in all. */
const IDLE_MS = 10 * 60_000
export const SESSION_MS = 12 * 3_600_000

/** Whether a remembered answer still holds for anybody. */
export const lasts = ({ span, usedAt, untilAt = Infinity }: RememberedAnswer, now: number): boolean =>
  now < untilAt && (span !== 'session' || now < usedAt + IDLE_MS)

/** Whether it holds for a call with this binding; `hashAt` is the hash of what stands at a place in its arguments. */
export const covers = (answer: RememberedAnswer, call: Binding, session: string, now: number, hashAt: (path: string) => string): boolean =>
  lasts(answer, now) &&
  bound.every(key => answer[key] === call[key]) &&
  (answer.span !== 'session' || answer.session === session) &&
  answer.pins.every(({ path, hash }) => hashAt(path) === hash)

const bound = ['org', 'principal', 'client', 'backend', 'config', 'method', 'target', 'schemaHash', 'rule'] as const

/** The text that is the same for two bindings that are: each part has its place, whatever stands in it. */
export const bindingText = (one: Binding): string => JSON.stringify([...bound.map(key => one[key]), one.argumentsHash])

// Limits: how often. Which budgets a call takes, and the last step of its decision: all of them are taken in one step, after nothing has denied.
// What a refused call would have taken stays. A store that can't be asked is a no. A call that no limit is about makes no trip to the store, and of
// calls that follow each other within milliseconds only some do: they are taken ahead, a few, for a moment, and what is left over is given back.

import type { Clock } from '../lib/clock.ts'
import { about, duration } from '../lib/durations.ts'
import { LEASE_MS, USE_MS, type Budget, type Lease, type Taken } from './budgets.ts'
import { globs, LONGEST } from './globs.ts'
import type { Call, Decision, Origin, Rate } from './types.ts'

export type Scope = { readonly kind: 'all' | 'key' | 'client' } | { readonly kind: 'key' | 'client' | 'backend' | 'tool'; readonly name: string }

/** One limit of the settings, or a key's own. */
export interface Limit extends Rate {
  /** Made from scope, unit and time, so that it stays the same limit with another amount. */
  readonly id: string
  /** all; key and client (each its own); key:NAME; client:NAME; backend:NAME; tool:GLOB, over public names and URIs. */
  readonly scope: string
  readonly about: Scope
  readonly burst?: number
}

/** What processes share: every gateway of this machine takes from the same budgets. All may fail; then nothing was taken. Of a failure that is `busy` it is
 *  certain that nothing was done. */
export interface Purse {
  /** One call of all of them, or nothing of any; up to `many` where that does no harm. `who` is whose call it is. */
  take(budgets: readonly Budget[], who: string, now: number, many?: number): Taken | Promise<Taken>
  /** What was taken ahead at that time and not used. */
  giveBack(budgets: readonly Budget[], who: string, many: number, takenAt: number, now: number): void | Promise<void>
  /** What a result has cost, in tokens. */
  charge(budgets: readonly Budget[], who: string, tokens: number, now: number): void | Promise<void>
}

/** Names that clients give themselves are cut here. */
const NAME = 128
/** So much is remembered of which limits are about what; clients may ask for any name, of any length. */
const REMEMBERED = 5000
const BUSY_RETRY_MS = 1000
/** What could not be given back is given back once more, so much later. */
const BACK_AGAIN_MS = 1000
/** Calls that follow each other as quickly as that are taken ahead, so many at a time. */
const QUICK_MS = 5
const AHEAD = 8

/** What calls of one kind take from, and what was taken ahead for them. */
interface Concern {
  readonly limits: readonly Limit[]
  readonly budgets: readonly Budget[]
  readonly who: string
  readonly inTokens: readonly Budget[]
  readonly inCalls: readonly Budget[]
  askedTick: number
  ahead?: Lease & { many: number; tokens: number; readonly takenAt: number; readonly takenTick: number }
  /** In tokens, what could not be charged yet. */
  owed: number
}

const allowed: Decision = { kind: 'allow', by: 'limits' }

/** A limit's budgets are kept under this. */
export const keyOf = ({ scope, unit, periodMs }: Pick<Limit, 'scope' | 'unit' | 'periodMs'>): string => `${scope} ${unit}/${duration(periodMs)}`

/** The budget that a limit grants to this taker. */
export const budgetOf = (limit: Limit, taker = ''): Budget => {
  const { unit, amount, periodMs, burst } = limit
  return { key: keyOf(limit), taker, unit, amount, periodMs, ...(burst !== undefined && { burst }) }
}

/** The limit that a key carries; kept apart from those that the settings put on keys. */
export const ownLimit = (name: string, rate: Rate): Limit => ({ id: `key:${name}`, scope: 'own', about: { kind: 'key', name }, ...rate })

/** The limits of one gateway. */
export class Limits {
  readonly #open: () => Promise<Purse>
  readonly #clock: Clock
  #purse: Purse | undefined
  #limits: readonly { readonly limit: Limit; readonly covers: (call: Call) => boolean }[] = []
  readonly #concerns = new Map<string, Concern>()
  readonly #indebted = new Set<Concern>()

  constructor(open: () => Promise<Purse>, clock: Clock) {
    this.#open = open
    this.#clock = clock
  }

  /** These limits hold from now on. */
  use(limits: readonly Limit[]): void {
    this.close()
    this.#limits = limits.map(limit => ({ limit, covers: coveredBy(limit.about) }))
  }

  /** Gives back what was taken ahead. */
  close(): void {
    for (const concern of this.#concerns.values()) this.#end(concern)
    this.#concerns.clear()
  }

  /** The last policy: takes one call from every budget that the call is about, or refuses it and takes nothing. */
  readonly take = (call: Call): Decision | Promise<Decision> => {
    if (this.#limits.length === 0 && call.origin.principal.limit === undefined) return allowed
    const concern = this.#concerning(call)
    if (concern.budgets.length === 0 || this.#hasAhead(concern)) return allowed
    return this.#purse ? this.#take(this.#purse, concern) : this.#opened().then(purse => this.#take(purse, concern), unusable)
  }

  /** A result has come: what it costs in tokens, UTF-8 bytes / 4, is charged. Never rejects: what can't be charged now is owed. */
  readonly charge = (call: Call, bytes: number): void | Promise<void> => {
    if (this.#limits.length === 0 && call.origin.principal.limit === undefined) return
    const concern = this.#concerning(call)
    if (concern.inTokens.length === 0) return
    const tokens = Math.ceil(bytes / 4)
    concern.owed += tokens
    this.#indebted.add(concern)
    // Calls that were taken ahead count for themselves, until all is charged together.
    if (concern.ahead && (concern.ahead.tokens -= tokens) > 0) return
    return this.#pay().catch(() => {})
  }

  /** The budgets that a call takes from. */
  budgets(call: Call): readonly Budget[] {
    return this.#concerning(call).budgets
  }

  #concerning(call: Call): Concern {
    const { target, backend, origin } = call
    const { client, principal } = origin
    const key = [target, backend, client.id ?? '', client.name, principal.kind === 'key' ? principal.id : ''].join('\n')
    let found = this.#concerns.get(key)
    if (!found) {
      const limits = this.#limits.filter(({ covers }) => covers(call)).map(({ limit }) => limit)
      if (principal.limit) limits.push(ownLimit(principal.id, principal.limit))
      const budgets = limits.map(limit => budgetOf(limit, takerOf(limit, origin)))
      const of = (unit: Budget['unit']) => budgets.filter(one => one.unit === unit)
      found = { limits, budgets, who: whose(origin), inTokens: of('tokens'), inCalls: of('calls'), askedTick: -Infinity, owed: 0 }
      if (this.#concerns.size >= REMEMBERED) this.close()
      if (key.length <= LONGEST) this.#concerns.set(key, found)
    }
    return found
  }

  /** Uses one of the calls that were taken ahead. */
  #hasAhead(concern: Concern): boolean {
    const { ahead } = concern
    if (!ahead) return false
    const now = this.#clock.now()
    if (ahead.many > 0 && ahead.tokens > 0 && now >= ahead.takenAt && now < ahead.untilAt && this.#clock.tick() < ahead.takenTick + USE_MS) {
      ahead.many--
      return true
    }
    this.#end(concern)
    return false
  }

  /** What was taken ahead and is left over goes back, to a bucket only in time. */
  #end(concern: Concern): void {
    const { ahead, inCalls, who } = concern
    concern.ahead = undefined
    if (!ahead || !this.#purse) return
    const late = this.#clock.tick() > ahead.takenTick + LEASE_MS
    const lasting = inCalls.filter(one => one.burst === undefined)
    if (ahead.many > 0) void this.#giveBack(this.#purse, late ? lasting : inCalls, lasting, who, ahead.many, ahead.takenAt)
    if (this.#indebted.size > 0) void this.#pay().catch(() => {})
  }

  /** Never rejects. Where it is certain that nothing was given, it is tried once more, to `again`; else it stays taken: rather too little than twice. */
  async #giveBack(purse: Purse, back: readonly Budget[], again: readonly Budget[], who: string, many: number, takenAt: number): Promise<void> {
    if (back.length === 0) return
    try {
      await purse.giveBack(back, who, many, takenAt, this.#clock.now())
    } catch (error) {
      if (isBusy(error)) this.#clock.after(BACK_AGAIN_MS, () => void this.#giveBack(purse, again, [], who, many, takenAt))
    }
  }

  #take(purse: Purse, concern: Concern): Decision | Promise<Decision> {
    try {
      if (this.#indebted.size > 0)
        return this.#pay()
          .then(() => this.#decided(purse, concern))
          .catch(unusable)
      return this.#decided(purse, concern)
    } catch (error) {
      return unusable(error)
    }
  }

  #decided(purse: Purse, concern: Concern): Decision | Promise<Decision> {
    const { budgets, who } = concern
    const [now, tick] = [this.#clock.now(), this.#clock.tick()]
    const quick = tick - concern.askedTick <= QUICK_MS
    concern.askedTick = tick
    const taken = purse.take(budgets, who, now, quick ? AHEAD : 1)
    return taken instanceof Promise ? taken.then(late => this.#decision(late, concern, now, tick), unusable) : this.#decision(taken, concern, now, tick)
  }

  #decision(taken: Taken, concern: Concern, takenAt: number, tick: number): Decision {
    if (taken.kind === 'spent')
      return refused(
        concern.limits.find(one => keyOf(one) === taken.budget.key),
        taken,
      )
    if (taken.many === 1) return allowed
    // Two that asked at once: what the first has taken ahead goes back.
    this.#end(concern)
    concern.ahead = { ...taken, many: taken.many - 1, takenAt, takenTick: tick }
    const { ahead } = concern
    this.#clock.after(USE_MS, () => concern.ahead === ahead && this.#end(concern))
    return allowed
  }

  /** Each debt is paid once: it is off the list before it is brought, and on it again where that failed. */
  async #pay(): Promise<void> {
    const purse = this.#purse ?? (await this.#opened())
    for (const concern of this.#indebted) {
      const { owed, inTokens, who } = concern
      concern.owed = 0
      this.#indebted.delete(concern)
      try {
        const paid = purse.charge(inTokens, who, owed, this.#clock.now())
        if (paid instanceof Promise) await paid
      } catch (error) {
        concern.owed += owed
        this.#indebted.add(concern)
        throw error
      }
    }
  }

  async #opened(): Promise<Purse> {
    return (this.#purse ??= await this.#open())
  }
}

/** The client's `--client` id, else the name that it gives itself. */
const clientOf = ({ client }: Origin): string => (client.id ?? client.name).slice(0, NAME)

/** Whose a call is, among those who share a budget: its key's, else its client's. */
const whose = (origin: Origin): string => (origin.principal.kind === 'key' ? origin.principal.id : clientOf(origin))

/** Who has a budget of this limit for itself; '' where all have one. */
function takerOf({ scope, about }: Limit, origin: Origin): string {
  if (scope === 'own') return origin.principal.id
  if ('name' in about) return ''
  return about.kind === 'key' ? origin.principal.id : about.kind === 'client' ? clientOf(origin) : ''
}

function coveredBy(scope: Scope): (call: Call) => boolean {
  const isKey = ({ origin: { principal } }: Call): boolean => principal.kind === 'key'
  if (!('name' in scope)) return scope.kind === 'key' ? isKey : () => true
  const { kind, name } = scope
  if (kind === 'key') return call => isKey(call) && call.origin.principal.id === name
  if (kind === 'backend') return call => call.backend === name
  if (kind === 'client') return ({ origin: { client } }) => client.id === name || client.name === name
  const matches = globs([name], true)
  return call => matches(call.target)
}

/** What is limited, as a sentence says it. */
export const limited = (scope: Scope): string => {
  if (!('name' in scope)) return scope.kind === 'all' ? 'everything together' : `each ${scope.kind}`
  if (scope.kind === 'tool') return scope.name
  return `the ${scope.kind} "${scope.name}"`
}

function refused(limit: Limit | undefined, { budget, retryAfterMs }: Taken & { kind: 'spent' }): Decision {
  const { amount, unit, periodMs, burst } = budget
  const much = `${amount} ${amount === 1 ? unit.slice(0, -1) : unit} in ${duration(periodMs)}${burst === undefined ? '' : `, at most ${burst} at once`}`
  return {
    kind: 'deny',
    by: `limit:${limit?.id ?? budget.key}`,
    reason: `Rate limited: ${limit ? limited(limit.about) : budget.key} may have ${much}, and that is spent. The call was not executed. Repeat it in ${about(retryAfterMs)}, not sooner; do not look for another way. The person can see and change it with: mcpgw limits`,
    code: 'rate_limited',
    retryAfterMs,
  }
}

const isBusy = (error: unknown): boolean => (error as { busy?: boolean }).busy === true

function unusable(error: unknown): Decision {
  const busy = isBusy(error)
  const what = busy ? 'is busy' : `can not be used (${(error as Error).message})`
  return {
    kind: 'deny',
    by: 'limits',
    reason: `A limit is about this call, and the store that keeps count ${what}. The call was not executed. ${busy ? 'Repeat it in a second.' : 'Tell the person: mcpgw doctor.'}`,
    code: 'store_busy',
    retryAfterMs: BUSY_RETRY_MS,
  }
}

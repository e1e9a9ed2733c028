// Limits: how often. Which budgets a call takes, and the last step of its decision: all of them are taken in one step, after nothing has denied.
// What a refused call would have taken stays. A store that can't be asked is a no. A call that no limit is about makes no trip to the store.

import picomatch from 'picomatch'
import { about, duration } from '../lib/durations.ts'
import type { Budget, Taken } from './budgets.ts'
import { globbing } from './rules.ts'
import type { Call, Decision } from './types.ts'

export type Scope = { readonly kind: 'all' | 'client' } | { readonly kind: 'client' | 'backend' | 'tool'; readonly name: string }

/** One limit of the settings. */
export interface Limit {
  /** Made from scope, unit and time, so that it stays the same limit with another amount. */
  readonly id: string
  /** all; client (each its own); client:NAME; backend:NAME; tool:GLOB, over public names and URIs. */
  readonly scope: string
  readonly about: Scope
  readonly unit: Budget['unit']
  readonly amount: number
  readonly periodMs: number
  readonly burst?: number
}

/** What processes share: every gateway of this machine takes from the same budgets. Both may fail; then nothing was taken. */
export interface Purse {
  /** One call of all of them, or nothing of any. `who` is whose call it is. */
  take(budgets: readonly Budget[], who: string, now: number): Taken | Promise<Taken>
  /** What a result has cost, in tokens. */
  charge(budgets: readonly Budget[], who: string, tokens: number, now: number): void | Promise<void>
}

/** Names that clients give themselves are cut here. */
const NAME = 128
/** So much is remembered of which limits are about what; clients may ask for any name. */
const REMEMBERED = 5000
const BUSY_RETRY_MS = 1000

const allowed: Decision = { kind: 'allow', by: 'limits' }

/** A limit's budgets are kept under this. */
export const keyOf = ({ scope, unit, periodMs }: Pick<Limit, 'scope' | 'unit' | 'periodMs'>): string => `${scope} ${unit}/${duration(periodMs)}`

/** The budget that a limit grants to this taker. */
export const budgetOf = (limit: Limit, taker = ''): Budget => {
  const { unit, amount, periodMs, burst } = limit
  return { key: keyOf(limit), taker, unit, amount, periodMs, ...(burst !== undefined && { burst }) }
}

/** The limits of one gateway. */
export class Limits {
  readonly #open: () => Promise<Purse>
  readonly #now: () => number
  #purse: Purse | undefined
  #limits: readonly { readonly limit: Limit; readonly covers: (call: Call) => boolean }[] = []
  readonly #concerned = new Map<string, readonly Budget[]>()
  /** What could not be charged yet. */
  #owed: { readonly budgets: readonly Budget[]; readonly who: string; readonly tokens: number }[] = []

  constructor(open: () => Promise<Purse>, now: () => number) {
    this.#open = open
    this.#now = now
  }

  /** These limits hold from now on. */
  use(limits: readonly Limit[]): void {
    this.#concerned.clear()
    this.#limits = limits.map(limit => ({ limit, covers: coveredBy(limit.about) }))
  }

  /** The last policy: takes one call from every budget that the call is about, or refuses it and takes nothing. */
  readonly take = (call: Call): Decision | Promise<Decision> => {
    if (this.#limits.length === 0) return allowed
    const budgets = this.budgets(call)
    if (budgets.length === 0) return allowed
    return this.#purse ? this.#take(this.#purse, budgets, call) : this.#opened().then(purse => this.#take(purse, budgets, call), unusable)
  }

  /** A result has come: what it costs in tokens, UTF-8 bytes / 4, is charged. Never rejects: what can't be charged now is owed. */
  readonly charge = (call: Call, bytes: number): void | Promise<void> => {
    if (this.#limits.length === 0) return
    const budgets = this.budgets(call).filter(one => one.unit === 'tokens')
    if (budgets.length === 0) return
    this.#owed.push({ budgets, who: whose(call), tokens: Math.ceil(bytes / 4) })
    return this.#pay().catch(() => {})
  }

  /** The budgets that a call takes from. */
  budgets(call: Call): readonly Budget[] {
    const { target, backend, origin } = call
    const key = [target, backend, origin.client.id ?? '', origin.client.name].join('\n')
    let found = this.#concerned.get(key)
    if (!found) {
      found = this.#limits
        .filter(({ covers }) => covers(call))
        .map(({ limit }) => budgetOf(limit, limit.about.kind === 'client' && !('name' in limit.about) ? whose(call) : ''))
      if (this.#concerned.size >= REMEMBERED) this.#concerned.clear()
      this.#concerned.set(key, found)
    }
    return found
  }

  #take(purse: Purse, budgets: readonly Budget[], call: Call): Decision | Promise<Decision> {
    try {
      if (this.#owed.length > 0) return this.#pay().then(() => this.#decided(purse, budgets, call), unusable)
      return this.#decided(purse, budgets, call)
    } catch (error) {
      return unusable(error)
    }
  }

  #decided(purse: Purse, budgets: readonly Budget[], call: Call): Decision | Promise<Decision> {
    const taken = purse.take(budgets, whose(call), this.#now())
    return taken instanceof Promise ? taken.then(late => this.#decision(late), unusable) : this.#decision(taken)
  }

  #decision(taken: Taken): Decision {
    if (taken.kind === 'taken') return allowed
    const limit = this.#limits.find(one => keyOf(one.limit) === taken.budget.key)?.limit
    return refused(limit, taken)
  }

  /** Each debt is paid once: it is off the list before it is brought, and on it again where that failed. */
  async #pay(): Promise<void> {
    const purse = this.#purse ?? (await this.#opened())
    for (let owed = this.#owed.shift(); owed; owed = this.#owed.shift()) {
      try {
        const paid = purse.charge(owed.budgets, owed.who, owed.tokens, this.#now())
        if (paid instanceof Promise) await paid
      } catch (error) {
        this.#owed.unshift(owed)
        throw error
      }
    }
  }

  async #opened(): Promise<Purse> {
    return (this.#purse ??= await this.#open())
  }
}

/** Whose a call is: the client's `--client` id, else the name that it gives itself. */
const whose = ({ origin: { client } }: Call): string => (client.id ?? client.name).slice(0, NAME)

function coveredBy(scope: Scope): (call: Call) => boolean {
  if (!('name' in scope)) return () => true
  const { kind, name } = scope
  if (kind === 'backend') return call => call.backend === name
  if (kind === 'client') return ({ origin: { client } }) => client.id === name || client.name === name
  const matches = picomatch(name, globbing)
  return call => matches(call.target)
}

/** What is limited, as a sentence says it. */
export const limited = (scope: Scope): string => {
  if (!('name' in scope)) return scope.kind === 'all' ? 'everything together' : 'each client'
  if (scope.kind === 'tool') return scope.name
  return scope.kind === 'backend' ? `the backend "${scope.name}"` : `the client "${scope.name}"`
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

function unusable(error: unknown): Decision {
  const busy = (error as { busy?: boolean }).busy === true
  const what = busy ? 'is busy' : `can not be used (${(error as Error).message})`
  return {
    kind: 'deny',
    by: 'limits',
    reason: `A limit is about this call, and the store that keeps count ${what}. The call was not executed. ${busy ? 'Repeat it in a second.' : 'Tell the person: mcpgw doctor.'}`,
    code: 'store_busy',
    retryAfterMs: BUSY_RETRY_MS,
  }
}

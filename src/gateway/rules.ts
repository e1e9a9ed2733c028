// Rules: who may call what. Rules that name one of the caller's roles come first, the strictest of them decides; where none matches, the rules
// that name no role, likewise; where none does, the default. Source: the contract, §3.

import { holds, repeated, type Condition } from './conditions.ts'
import { globs } from './globs.ts'
import type { Entry } from './catalog.ts'
import type { Call, Decision, Origin } from './types.ts'

export { globbing } from './globs.ts'

export type Effect = 'allow' | 'ask' | 'deny'

/** One rule of the settings. What it does not name, it does not ask about. */
export interface Rule {
  /** Made from what it says, so that it stays the same rule when others come and go. */
  readonly id: string
  readonly effect: Effect
  /** Globs over public names of tools and prompts, and over URIs of resources; `*` stands for anything. */
  readonly tools?: readonly string[]
  readonly roles?: readonly string[]
  readonly clients?: readonly string[]
  readonly backends?: readonly string[]
  /** All of them must hold. */
  readonly when?: readonly Condition[]
  /** From then on it is no rule; wall clock ms. */
  readonly untilAt?: number
}

export interface Permissions {
  /** annotations: what its backend says only reads is allowed, the rest asks. */
  readonly default: Effect | 'annotations'
  readonly rules: readonly Rule[]
}

/** What a rule asks about. */
export interface Asked {
  readonly target: string
  readonly backend: string
  readonly roles: readonly string[]
  /** The client's `--client` id and the name that it gives itself. */
  readonly clients: readonly string[]
  readonly arguments: unknown
}

/** Why a rule does not decide a call, as a sentence's end. */
export type Miss = 'another tool' | 'another role' | 'another client' | 'another backend' | 'expired' | { readonly condition: Condition }

interface Compiled {
  readonly rule: Rule
  readonly matches: (target: string) => boolean
}

/** Rules that name a role, then those that name none. */
const tiers: readonly ((rule: Rule) => boolean)[] = [rule => Boolean(rule.roles?.length), rule => !rule.roles?.length]
const strictness: readonly Effect[] = ['deny', 'ask', 'allow']

const among = (wanted: readonly string[] | undefined, given: readonly string[]): boolean => !wanted?.length || given.some(one => wanted.includes(one))

/** The rules of one state of the settings. Which of them concern a target is worked out once for each caller and target. */
export class Rules {
  readonly permissions: Permissions
  /** Whether anybody could be denied anything. */
  readonly #idle: boolean
  readonly #compiled: readonly Compiled[]
  readonly #concerned = new Map<string, readonly Compiled[]>()

  constructor(permissions: Permissions) {
    this.permissions = permissions
    this.#idle = permissions.rules.length === 0 && permissions.default === 'allow'
    this.#compiled = permissions.rules.map(rule => ({ rule, matches: rule.tools?.length ? globs(rule.tools, rule.effect !== 'allow') : () => true }))
  }

  /** Whether a call of anybody's can need a person's yes. */
  get ask(): boolean {
    const { rules, default: otherwise } = this.permissions
    return otherwise === 'ask' || otherwise === 'annotations' || rules.some(rule => rule.effect === 'ask')
  }

  /** The rule that decides, or the default where none does. */
  decides(asked: Asked, now: number): Rule | undefined {
    const concerned = this.#concerning(asked)
    for (const tier of tiers)
      for (const effect of strictness) {
        const found = concerned.find(
          ({ rule }) =>
            tier(rule) && rule.effect === effect && !over(rule, now) && (rule.when ?? []).every(one => holds(one, asked.arguments, rule.effect !== 'allow')),
        )
        if (found) return found.rule
      }
    return undefined
  }

  /** What of the catalog a caller may not see; undefined when it may see everything. */
  hidden(origin: Origin, now: () => number): ((entry: Entry) => boolean) | undefined {
    if (this.#idle) return undefined
    const { roles, clients } = callerOf(origin)
    return ({ key, backend }) => this.hides({ target: key, backend, roles, clients }, now()) !== undefined
  }

  /** What denies the target to this caller whatever its arguments, so that it is not even listed; undefined when nothing does. */
  hides(asked: Omit<Asked, 'arguments'>, now: number): string | undefined {
    if (this.#idle) return undefined
    const concerned = this.#concerning(asked).filter(({ rule }) => !over(rule, now))
    for (const tier of tiers) {
      const rules = concerned.filter(({ rule }) => tier(rule)).map(({ rule }) => rule)
      const denying = rules.find(rule => rule.effect === 'deny' && !rule.when?.length)
      if (denying) return `rule:${denying.id}`
      if (rules.some(rule => rule.effect !== 'deny')) return undefined
    }
    return this.permissions.default === 'deny' ? 'default' : undefined
  }

  /** Whether a rule about this target reads arguments. */
  reads(asked: Omit<Asked, 'arguments'>): boolean {
    return this.#concerning(asked).some(({ rule }) => rule.when?.length)
  }

  /** Why a rule does not match; undefined when it does. */
  misses(rule: Rule, asked: Asked, now: number): Miss | undefined {
    const { matches } = this.#compiled.find(one => one.rule === rule)!
    if (!matches(asked.target)) return 'another tool'
    if (!among(rule.roles, asked.roles)) return 'another role'
    if (!among(rule.clients, asked.clients)) return 'another client'
    if (!among(rule.backends, [asked.backend])) return 'another backend'
    if (over(rule, now)) return 'expired'
    const condition = rule.when?.find(one => !holds(one, asked.arguments, rule.effect !== 'allow'))
    return condition && { condition }
  }

  #concerning({ target, backend, roles, clients }: Omit<Asked, 'arguments'>): readonly Compiled[] {
    if (this.#compiled.length === 0) return this.#compiled
    const key = JSON.stringify([target, backend, roles, clients])
    let found = this.#concerned.get(key)
    if (!found) {
      found = this.#compiled.filter(
        ({ rule, matches }) => among(rule.roles, roles) && among(rule.clients, clients) && among(rule.backends, [backend]) && matches(target),
      )
      if (this.#concerned.size >= REMEMBERED) this.#concerned.clear()
      this.#concerned.set(key, found)
    }
    return found
  }
}

/** Clients may ask for any name: what is remembered about them has a bound. */
const REMEMBERED = 5000

const over = (rule: Rule, now: number): boolean => rule.untilAt !== undefined && rule.untilAt <= now

/** What holds where no rule decides. */
export const otherwise = ({ default: effect }: Permissions, readsOnly = false): Effect => (effect === 'annotations' ? (readsOnly ? 'allow' : 'ask') : effect)

/** What a rule is asked about a call. A class: a getter in an object literal is a new hidden class each time, and V8 keeps those. */
class AskedOf implements Asked {
  readonly target: string
  readonly backend: string
  readonly roles: readonly string[]
  readonly clients: readonly string[]
  readonly #call: Call

  constructor(call: Call) {
    this.#call = call
    this.target = call.target
    this.backend = call.backend
    const { roles, clients } = callerOf(call.origin)
    this.roles = roles
    this.clients = clients
  }

  get arguments(): unknown {
    return this.#call.arguments
  }
}

const callerOf = ({ principal, client }: Origin): Pick<Asked, 'roles' | 'clients'> => ({
  roles: principal.roles,
  clients: client.id === undefined ? [client.name] : [client.id, client.name],
})

/** What the rules say of a call, as a decision. A rule that can't be asked is a no. */
export function authorize(rules: Rules, call: Call, now: number): Decision {
  const asked = new AskedOf(call)
  // To who may not see it, it is as unknown as if it were not there; the record says the truth.
  const hidden = rules.hides(asked, now)
  if (hidden !== undefined) return { kind: 'deny', by: hidden, reason: `Unknown tool: ${call.target}`, code: 'unknown_tool' }
  if (rules.reads(asked)) {
    const twice = repeated(call.argumentsText)
    if (twice !== undefined) return no('arguments', `"${twice}" stands twice in its arguments, and a rule reads them`)
  }
  let rule: Rule | undefined
  try {
    rule = rules.decides(asked, now)
  } catch (error) {
    return no('rules', `its arguments can not be judged: ${(error as Error).message}`)
  }
  const effect = rule?.effect ?? otherwise(rules.permissions, call.readsOnly)
  const by = rule ? `rule:${rule.id}` : 'default'
  if (effect === 'allow') return { kind: 'allow', by }
  if (effect === 'ask') return { kind: 'ask', by, reason: rule ? `the rule ${rule.id} asks a person` : 'what no rule allows asks a person' }
  return no(by, rule ? `the rule ${rule.id} denies "${call.target}" to this caller` : `no rule allows "${call.target}" to this caller`)
}

const no = (by: string, reason: string): Decision => ({
  kind: 'deny',
  by,
  reason: `Denied: ${reason}. Do not look for another way; the person can see why with: mcpgw explain`,
  code: 'denied',
})

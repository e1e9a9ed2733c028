// Rules: who may call what. Rules that name one of the caller's roles come first, the strictest of them decides; where none matches, the rules
// that name no role, likewise; where none does, the default. Source: the contract, §3.

import { holds, reading, ready, repeated, type Condition, type Test } from './conditions.ts'
import { globs, LONGEST, type Matches } from './globs.ts'
import type { Entry } from './catalog.ts'
import { Narrow } from './narrow.ts'
import { loaded, waits } from './patterns.ts'
import { isPlain } from './received.ts'
import type { Call, Decision, Origin, Policy } from './types.ts'
import { shownAs } from './uris.ts'
import type { Clock } from '../lib/clock.ts'
import { plain } from '../rpc/wire.ts'

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

/** A rule made ready: all of one shape, whatever each of them says. */
interface Compiled {
  readonly rule: Rule
  readonly effect: Effect
  readonly untilAt: number
  readonly matches: (target: string) => boolean
  readonly tests: readonly Test[]
}

/** The rules about one target for one caller, in the order in which they decide: the first that holds does. */
interface Concerned {
  readonly inOrder: readonly Compiled[]
  /** Whether one of them reads arguments. */
  readonly reads: boolean
  /** Of many rules that read arguments those that these arguments can meet; undefined until it is needed, or where they are few. */
  narrow?: Narrow
}

const strictness: readonly Effect[] = ['deny', 'ask', 'allow']
/** Rules that name a role, then those that name none; of both the strictest first. */
const rank = ({ rule }: Compiled): number => (rule.roles?.length ? 0 : strictness.length) + strictness.indexOf(rule.effect)

const among = (wanted: readonly string[] | undefined, given: readonly string[]): boolean => !wanted?.length || given.some(one => wanted.includes(one))

/** The rules of one state of the settings. Which of them concern a target is worked out once for each caller and target. */
export class Rules {
  readonly permissions: Permissions
  /** Whether anybody could be denied anything. */
  readonly #idle: boolean
  readonly #compiled: readonly Compiled[]
  /** Where conditions look in arguments. */
  readonly #paths: string[] = []
  readonly #concerned = new Map<string, Concerned>()
  #narrows = 0
  /** A pattern may have to wait for what matches it. */
  #waits: boolean

  constructor(permissions: Permissions) {
    this.permissions = permissions
    this.#idle = permissions.rules.length === 0 && permissions.default === 'allow'
    const patterns = new Map<string, Matches>()
    this.#waits = permissions.rules.some(({ when = [] }) => when.some(({ op }) => op === 'regex'))
    this.#compiled = permissions.rules.map(rule => compiled(rule, this.#paths, patterns))
  }

  /** What has to be loaded before these rules can be asked; undefined where nothing has. Where that fails they say no. */
  get loading(): Promise<void> | undefined {
    if (!this.#waits) return undefined
    this.#waits = this.permissions.rules.some(({ when = [] }) => when.some(({ op, value }) => op === 'regex' && typeof value === 'string' && waits(value)))
    return this.#waits ? loaded().catch(() => {}) : undefined
  }

  /** Whether a call of anybody's can need a person's yes. */
  get ask(): boolean {
    const { rules, default: otherwise } = this.permissions
    return otherwise === 'ask' || otherwise === 'annotations' || rules.some(rule => rule.effect === 'ask')
  }

  /** The rule that decides, or the default where none does. */
  decides(asked: Asked, now: number): Rule | undefined {
    const concerned = this.#concerning(asked)
    const { inOrder, reads } = concerned
    const at = reads ? reading(asked.arguments, this.#paths) : nowhere
    const possible = reads && inOrder.length >= MANY ? this.#narrowed(concerned)?.of(at) : undefined
    for (let n = 0; n < inOrder.length; n++) {
      if (possible && possible[n] === 0) continue
      const { rule, untilAt, tests } = inOrder[n]!
      if (untilAt > now && !failing(tests, at)) return rule
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
    for (const { rule, effect, untilAt, tests } of this.#concerning(asked).inOrder) {
      if (untilAt <= now) continue
      if (effect !== 'deny') return undefined
      if (tests.length === 0) return `rule:${rule.id}`
    }
    return this.permissions.default === 'deny' ? 'default' : undefined
  }

  /** Whether a rule about this target reads arguments. */
  reads(asked: Omit<Asked, 'arguments'>): boolean {
    return this.#concerning(asked).reads
  }

  /** Why a rule does not match; undefined when it does. */
  misses(rule: Rule, asked: Asked, now: number): Miss | undefined {
    const { matches, untilAt, tests } = this.#compiled.find(one => one.rule === rule)!
    if (!matches(asked.target)) return 'another tool'
    if (!among(rule.roles, asked.roles)) return 'another role'
    if (!among(rule.clients, asked.clients)) return 'another client'
    if (!among(rule.backends, [asked.backend])) return 'another backend'
    if (untilAt <= now) return 'expired'
    const failed = tests.length > 0 ? failing(tests, reading(asked.arguments, this.#paths)) : undefined
    return failed && { condition: failed.condition }
  }

  #narrowed(concerned: Concerned): Narrow | undefined {
    if (!concerned.narrow && this.#narrows < MOST_NARROWED) {
      concerned.narrow = new Narrow(concerned.inOrder)
      this.#narrows++
    }
    return concerned.narrow
  }

  #concerning({ target, backend, roles, clients }: Omit<Asked, 'arguments'>): Concerned {
    if (this.#compiled.length === 0) return none
    const key = JSON.stringify([target, backend, roles, clients])
    let found = this.#concerned.get(key)
    if (!found) {
      const inOrder = this.#compiled
        .filter(({ rule, matches }) => among(rule.roles, roles) && among(rule.clients, clients) && among(rule.backends, [backend]) && matches(target))
        .sort((one, other) => rank(one) - rank(other))
      found = { inOrder, reads: inOrder.some(({ tests }) => tests.length > 0) }
      if (this.#concerned.size >= REMEMBERED) {
        this.#concerned.clear()
        this.#narrows = 0
      }
      if (key.length <= LONGEST) this.#concerned.set(key, found)
    }
    return found
  }
}

/** Clients may ask for any name: what is remembered about them has a bound, and so has each. */
const REMEMBERED = 5000
/** From so many rules about one target on it is worth knowing beforehand which can hold. That takes memory, so not for every name. */
const MANY = 16
const MOST_NARROWED = 256

const none: Concerned = { inOrder: [], reads: false }
const nowhere = (): unknown => undefined

/** What rules that deny or ask match, rules that allow match more narrowly. */
function compiled(rule: Rule, paths: string[], patterns: Map<string, Matches>): Compiled {
  const { effect, tools, when = [], untilAt = Infinity } = rule
  const strict = effect !== 'allow'
  return { rule, effect, untilAt, matches: tools?.length ? globs(tools, strict) : () => true, tests: when.map(one => ready(one, strict, paths, patterns)) }
}

/** The first condition that does not hold. */
function failing(tests: readonly Test[], at: (path: number) => unknown): Test | undefined {
  for (const one of tests) if (!holds(one, at(one.path))) return one
  return undefined
}

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

/** The rules that hold now, as a policy: they are waited for where they still load what they need. */
export const ruled =
  (rules: () => Rules, clock: Pick<Clock, 'now'>): Policy =>
  call => {
    const those = rules()
    const { loading } = those
    return loading ? loading.then(() => authorize(those, call, clock.now())) : authorize(those, call, clock.now())
  }

/** What the rules say of a call, as a decision. A rule that can't be asked is a no. */
export function authorize(rules: Rules, call: Call, now: number): Decision {
  const asked = new AskedOf(call)
  const shown = shownAs(call.method, call.target)
  // To who may not see it, it is as unknown as if it were not there; the record says the truth.
  const hidden = rules.hides(asked, now)
  if (hidden !== undefined) return { kind: 'deny', by: hidden, reason: `Unknown tool: ${shown}`, code: 'unknown_tool' }
  if (rules.reads(asked)) {
    if (!isPlain(call.method)) return no('arguments', `a rule reads its arguments, and of the method "${plain(call.method)}" nobody knows which they are`)
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
  return no(by, rule ? `the rule ${rule.id} denies "${shown}" to this caller` : `no rule allows "${shown}" to this caller`)
}

const no = (by: string, reason: string): Decision => ({
  kind: 'deny',
  by,
  reason: `Denied: ${reason}. Do not look for another way; the person can see why with: mcpgw explain`,
  code: 'denied',
})

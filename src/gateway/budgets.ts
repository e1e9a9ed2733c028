// What is left of a limit: arithmetic over a few numbers that a store keeps, so that every store counts alike.
// With burst it is a bucket of that capacity, refilled at the rate; without, a sliding window of 60 slots, never too generous and at most one slot
// too strict. In calls it is never exceeded; in tokens it refuses the next call once it is spent.
// A client that calls quickly may take a few calls ahead, where so few are next to nothing and nobody waits. It uses them within a moment that ends
// before their slot does; a bucket keeps room for them meanwhile. So not one call more is made than without.
// Fair: nobody takes more than that ahead of need, and who was refused has the next one before everybody who was served later than it, until a moment
// after the time that it was told to come back at. So a hungry client can't starve another one, whichever processes they are in.
// Time never runs backwards here: for a clock that is behind it stands still. Where it was behind by more than a period, for a whole period of its own,
// it was the other clock that was wrong, and all that is known counts as spent now.

/** What a limit grants: to everybody together, or to one client. */
export interface Budget {
  /** Scope, unit and time of the limit: with another amount it goes on counting. */
  readonly key: string
  /** Whose it is, where each client has its own; else ''. */
  readonly taker: string
  readonly unit: 'calls' | 'tokens'
  readonly amount: number
  readonly periodMs: number
  readonly burst?: number
}

export type Slot = readonly [slot: number, who: string, amount: number]
type Waiting = readonly [who: string, servedSlot: number, sinceAt: number, untilAt: number]

/** What a store keeps of a budget. */
export interface Spent {
  /** The latest instant that anybody brought. */
  readonly at: number
  /** When a clock that is behind by more than a period came for the first time; its own time. */
  readonly doubtAt?: number
  /** Of a bucket: what is in it, and how many of these parts make one. */
  readonly level?: number
  readonly parts?: number
  /** What was taken ahead from a bucket, and until when it may be used or come back: there is room for that much less until then. */
  readonly ahead?: readonly [untilAt: number, many: number]
  /** What was taken in the slot of `at`; then in the slots before it: the same array for as long as that slot lasts. */
  readonly recent: readonly Slot[]
  readonly past: readonly Slot[]
  readonly waiting: readonly Waiting[]
}

/** What was taken at once: to be used before `untilAt` and within `USE_MS`, and while less than `tokens` was spent meanwhile. */
export interface Lease {
  readonly many: number
  readonly untilAt: number
  readonly tokens: number
}

/** So long a call that was taken ahead may be used; and so long a bucket takes it back. */
export const USE_MS = 10
export const LEASE_MS = 20
/** No more than this share of what is left is taken ahead. */
const SHARE = 32

/** What came of asking: all budgets gave, or one didn't, and then none has. */
export type Taken = ({ readonly kind: 'taken' } & Lease) | { readonly kind: 'spent'; readonly budget: Budget; readonly retryAfterMs: number }

const SLOTS = 60
/** So many clients are told apart in one budget. */
const CLIENTS = 16
/** A place is kept so long for who comes back late. */
const KEPT_MS = 30_000

const slotOf = ({ periodMs }: Budget, at: number): number => Math.floor((at * SLOTS) / periodMs)
/** From when on a slot counts no more. */
const endOf = ({ periodMs }: Budget, slot: number): number => Math.ceil(((slot + SLOTS + 1) * periodMs) / SLOTS)
const add = (all: number, [, , amount]: Slot): number => all + amount
const sum = ({ past, recent }: Pick<Spent, 'past' | 'recent'>): number => recent.reduce(add, past.reduce(add, 0))
const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))

/** A bucket in whole numbers: `gain` parts come each millisecond, `parts` make one. */
function bucketOf({ amount, periodMs, burst }: Budget): { gain: number; parts: number; capacity: number } {
  const common = gcd(amount, periodMs)
  const parts = periodMs / common
  return { gain: amount / common, parts, capacity: burst! * parts }
}

/** Whether a bucket can be counted in whole numbers. */
export const countable = (budget: Budget): boolean => budget.burst === undefined || Number.isSafeInteger(bucketOf(budget).capacity)

/** What is known of a budget, as it stands now. */
function present(budget: Budget, spent: Spent | undefined, now: number): Spent {
  if (!spent) {
    const { capacity: level, parts } = bucketOf(budget)
    return { at: now, recent: [], past: [], waiting: [], ...(budget.burst !== undefined && { level, parts }) }
  }
  const doubtAt = spent.at - now > budget.periodMs ? Math.min(spent.doubtAt ?? now, now) : undefined
  const wrong = doubtAt !== undefined && now - doubtAt >= budget.periodMs
  const at = wrong ? now : Math.max(now, spent.at)
  const slot = slotOf(budget, at)
  const waiting = wrong || spent.waiting.length === 0 ? [] : spent.waiting.filter(([, , , untilAt]) => untilAt > at)
  const taken = wrong ? { recent: users(spent).map(([who, amount]): Slot => [slot, who, amount]), past: [] } : slid(spent, slot)
  return {
    at,
    ...(!wrong && doubtAt !== undefined && { doubtAt }),
    ...taken,
    waiting,
    ...(budget.burst !== undefined && refilled(budget, spent, sum(taken), at)),
  }
}

/** The window moved on to a slot. */
function slid({ recent, past }: Spent, slot: number): Pick<Spent, 'recent' | 'past'> {
  const oldest = slot - SLOTS
  const over = recent.length > 0 && recent[0]![0] !== slot
  const before = over ? [...past, ...recent] : past
  return { recent: over ? [] : recent, past: before.length > 0 && before[0]![0] < oldest ? before.filter(one => one[0] >= oldest) : before }
}

function refilled(budget: Budget, spent: Spent, used: number, at: number): Pick<Spent, 'level' | 'parts' | 'ahead'> {
  const { gain, parts, capacity } = bucketOf(budget)
  // One that was a window until now holds what the window has left.
  if (spent.level === undefined) return { level: Math.max(0, capacity - used * parts), parts }
  const level = spent.parts === parts ? spent.level : Math.floor((spent.level * parts) / spent.parts!)
  const { ahead = [0, 0] } = spent
  const passed = Math.max(0, at - spent.at)
  const meanwhile = Math.min(passed, Math.max(0, ahead[0] - spent.at))
  const then = Math.min(capacity - ahead[1] * parts, level + meanwhile * gain)
  return { level: Math.min(capacity, then + (passed - meanwhile) * gain), parts, ...(ahead[0] > at && { ahead }) }
}

const leftOf = (budget: Budget, spent: Spent): number => (budget.burst === undefined ? budget.amount - sum(spent) : Math.floor(spent.level! / spent.parts!))

/** When so many are left if nobody takes any; Infinity where it never holds so many. */
function readyAt(budget: Budget, spent: Spent, wanted: number): number {
  const { at, level, past, recent } = spent
  if (budget.burst !== undefined) {
    const { gain, parts, capacity } = bucketOf(budget)
    const missing = wanted * parts - level!
    return wanted * parts > capacity ? Infinity : missing <= 0 ? at : at + Math.ceil(missing / gain)
  }
  let left = budget.amount - sum(spent)
  if (left >= wanted) return at
  for (const [slot, , amount] of [...past, ...recent]) if ((left += amount) >= wanted) return endOf(budget, slot)
  return Infinity
}

/** When it is certain which clock was wrong, where that is in doubt. */
const certainAt = ({ periodMs }: Budget, { doubtAt }: Spent): number => (doubtAt === undefined ? Infinity : doubtAt + periodMs)

function counted(budget: Budget, here: Spent, who: string, amount: number): Spent {
  const slot = slotOf(budget, here.at)
  const level = here.level === undefined ? {} : { level: Math.max(here.level - amount * here.parts!, -Number.MAX_SAFE_INTEGER) }
  const name = nameIn(here, who)
  const known = here.recent.find(one => one[1] === name)
  const taken: Slot = [slot, name, (known?.[2] ?? 0) + amount]
  return { ...here, ...level, recent: known ? here.recent.map(one => (one === known ? taken : one)) : [...here.recent, taken] }
}

/** What a client is counted as: past so many it is one of the others. */
function nameIn({ recent, past }: Spent, who: string): string {
  if (recent.some(one => one[1] === who)) return who
  const names = new Set([...past, ...recent].map(one => one[1]))
  return names.has(who) || names.size < CLIENTS ? who : ''
}

/** Those who wait and come before this client: served less recently, or as long ago and waiting for longer. */
function before(here: Spent, who: string): readonly Waiting[] {
  const { waiting, at } = here
  if (waiting.length === 0) return waiting
  const [, served, since] = waiting.find(one => one[0] === who) ?? [who, servedSlot(here, who), at]
  return waiting.filter(one => one[0] !== who && (one[1] < served || (one[1] === served && one[2] < since)))
}

const servedSlot = ({ recent, past }: Spent, who: string): number => (recent.find(one => one[1] === who) ?? past.findLast(one => one[1] === who))?.[0] ?? -1

interface Asked {
  readonly budget: Budget
  readonly spent: Spent | undefined
  readonly here: Spent
  /** Who comes before; the call gets its place where that leaves one. */
  readonly first: readonly Waiting[]
  readonly free: boolean
}

function ask(budget: Budget, spent: Spent | undefined, who: string, now: number): Asked {
  const here = present(budget, spent, now)
  const first = before(here, who)
  const left = leftOf(budget, here)
  // How much a call will take in tokens nobody knows: those who come first have to be through.
  return { budget, spent, here, first, free: budget.unit === 'tokens' ? left > 0 && first.length === 0 : left > first.length }
}

/** How much of one budget may be taken at once by who asks for so many. */
function leased({ budget, here }: Asked, many: number, now: number): Lease {
  const untilAt = now + USE_MS
  if (budget.unit === 'tokens') return { many, untilAt, tokens: leftOf(budget, here) }
  // With a clock that is behind nobody knows when the slot ends.
  if (here.waiting.length > 0 || here.at !== now) return { many: 1, untilAt, tokens: Infinity }
  const slotEndsAt = Math.ceil(((slotOf(budget, now) + 1) * budget.periodMs) / SLOTS)
  return { many: Math.max(1, Math.min(many, Math.floor(leftOf(budget, here) / SHARE))), untilAt: Math.min(untilAt, slotEndsAt), tokens: Infinity }
}

/** What to keep when a call got its place; undefined where nothing changes. */
function granted({ budget, spent, here }: Asked, who: string, many: number): Spent | undefined {
  const waiting = here.waiting.length === 0 ? here.waiting : here.waiting.filter(one => one[0] !== who)
  if (budget.unit === 'tokens') return waiting.length === here.waiting.length && here.doubtAt === spent?.doubtAt ? undefined : { ...here, waiting }
  const after = counted(budget, { ...here, waiting }, who, many)
  if (many === 1 || after.level === undefined) return after
  const [untilAt, already] = here.ahead ?? [0, 0]
  return { ...after, ahead: [Math.max(untilAt, here.at + LEASE_MS), already + many] }
}

/** When to come back, and what to keep of it. */
function refused({ budget, spent, here, first }: Asked, who: string, now: number): { readonly after: Spent | undefined; readonly retryAfterMs: number } {
  const kept = first.length > 0 ? Math.max(...first.map(one => one[3])) : Infinity
  const at = Math.max(readyAt(budget, here, 1), Math.min(readyAt(budget, here, 1 + first.length), kept))
  const after = marked(budget, here, who, at) ?? (here.doubtAt === spent?.doubtAt ? undefined : here)
  return { after, retryAfterMs: Math.max(1, Math.min(at, certainAt(budget, here)) - now) }
}

/** Who was refused waits from now on. */
function marked(budget: Budget, here: Spent, who: string, readyAt: number): Spent | undefined {
  const known = here.waiting.find(one => one[0] === who)
  if ((known && known[3] > readyAt) || (!known && here.waiting.length >= CLIENTS)) return undefined
  const [, served, since] = known ?? [who, servedSlot(here, who), here.at]
  const mark: Waiting = [who, served, since, readyAt + Math.min(KEPT_MS, budget.periodMs / 6)]
  return { ...here, waiting: [...here.waiting.filter(one => one !== known), mark] }
}

/** Takes a call from all of these budgets, or as many as it may up to `many`, or nothing from any. `changes` are what the store has to keep, in one step. */
export function take(
  budgets: readonly Budget[],
  spentOf: (budget: Budget) => Spent | undefined,
  who: string,
  now: number,
  many = 1,
): { readonly taken: Taken; readonly changes: readonly (readonly [Budget, Spent])[] } {
  const kept = (budget: Budget, after: Spent | undefined) => (after ? [[budget, after] as const] : [])
  const asked = budgets.map(budget => ask(budget, spentOf(budget), who, now))
  const refusing = asked.filter(({ free }) => !free).map(one => ({ budget: one.budget, ...refused(one, who, now) }))
  if (refusing.length > 0) {
    const { budget, retryAfterMs } = refusing.reduce((one, other) => (other.retryAfterMs > one.retryAfterMs ? other : one))
    return { taken: { kind: 'spent', budget, retryAfterMs }, changes: refusing.flatMap(({ budget, after }) => kept(budget, after)) }
  }
  const leases = many === 1 ? [] : asked.map(one => leased(one, many, now))
  const lease = leases.reduce((one, other) => least(one, other), { many, untilAt: now + USE_MS, tokens: Infinity })
  return { taken: { kind: 'taken', ...lease }, changes: asked.flatMap(one => kept(one.budget, granted(one, who, lease.many))) }
}

const least = (one: Lease, other: Lease): Lease => ({
  many: Math.min(one.many, other.many),
  untilAt: Math.min(one.untilAt, other.untilAt),
  tokens: Math.min(one.tokens, other.tokens),
})

/** Gives back what was taken ahead at that time and was not used: to its own slot, where that still counts; to a bucket while the lease lasts. */
export function giveBack(budget: Budget, spent: Spent | undefined, who: string, many: number, takenAt: number, now: number): Spent {
  const here = present(budget, spent, now)
  const less = (slots: readonly Slot[]): readonly Slot[] => {
    const mine = slots.findLast(one => one[0] === slotOf(budget, takenAt) && (one[1] === who || one[1] === '') && one[2] >= many)
    return mine ? slots.map((one): Slot => (one === mine ? [one[0], one[1], one[2] - many] : one)) : slots
  }
  const late = now < takenAt || here.at > takenAt + LEASE_MS
  const taken = { ...here, recent: less(here.recent), past: less(here.past) }
  if (here.level === undefined || late || !here.ahead) return taken
  return { ...taken, level: here.level + many * here.parts!, ahead: [here.ahead[0], here.ahead[1] - many] }
}

/** Takes what a result has cost, whether it is there or not. */
export const charge = (budget: Budget, spent: Spent | undefined, who: string, tokens: number, now: number): Spent =>
  counted(budget, present(budget, spent, now), who, tokens)

/** From when on a budget is as good as one that nobody has touched. */
export function overAt(budget: Budget, spent: Spent): number {
  const refill = budget.burst === undefined ? 0 : readyAt(budget, spent, budget.burst) - spent.at
  return spent.at + Math.max(2 * budget.periodMs, refill) + KEPT_MS
}

/** How a budget stands now. */
export interface Standing {
  readonly left: number
  readonly of: number
  /** When there is something left again, where there is nothing now. */
  readonly nextAt?: number
  /** When all of it is there again, where it is not. */
  readonly fullAt?: number
  /** Who has taken how much within the last period. */
  readonly used: readonly (readonly [who: string, amount: number])[]
}

export function standing(budget: Budget, spent: Spent | undefined, now: number): Standing {
  const here = present(budget, spent, now)
  const left = Math.max(0, leftOf(budget, here))
  const of = budget.burst ?? budget.amount
  return {
    left,
    of,
    ...(left === 0 && { nextAt: Math.min(readyAt(budget, here, 1), certainAt(budget, here)) }),
    ...(left < of && { fullAt: readyAt(budget, here, of) }),
    used: users(here),
  }
}

function users({ past, recent }: Spent): [who: string, amount: number][] {
  const all = new Map<string, number>()
  for (const [, who, amount] of [...past, ...recent]) all.set(who, (all.get(who) ?? 0) + amount)
  return [...all].sort((one, other) => other[1] - one[1])
}

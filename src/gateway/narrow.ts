// Of many rules those that a call's arguments can meet at all, told by the first condition of each: a thousand rules that ask for a thousand values are
// not asked one by one. Invariant: what is left out would have failed at its first condition, and said nothing; whoever is left is asked as ever.

import type { Test } from './conditions.ts'
import { beginningOf, LONGEST, meanings } from './globs.ts'

/** Where one path leads, what its conditions want; the numbers are those of rules. */
interface Wanted {
  readonly path: number
  readonly equal: Map<unknown, number[]>
  readonly globs: number[]
  /** By their length, then by themselves: what globs begin with. */
  readonly beginnings: Map<number, Map<string, number[]>>
  readonly above: { readonly rule: number; readonly value: number }[]
  readonly below: { readonly rule: number; readonly value: number }[]
}

export class Narrow {
  readonly #wanted: readonly Wanted[]
  /** 1 for each rule whose first condition says nothing beforehand. */
  readonly #always: Uint8Array
  readonly #marks: Uint8Array

  constructor(rules: readonly { readonly tests: readonly Test[] }[]) {
    const wanted = new Map<number, Wanted>()
    this.#always = new Uint8Array(rules.length)
    this.#marks = new Uint8Array(rules.length)
    for (const [rule, { tests }] of rules.entries()) if (!tests[0] || !filed(wanted, rule, tests[0])) this.#always[rule] = 1
    this.#wanted = [...wanted.values()]
  }

  /** Each rule that may hold has a 1. Good until it is asked again. */
  of(at: (path: number) => unknown): Uint8Array {
    const marks = this.#marks
    marks.set(this.#always)
    for (const wanted of this.#wanted) {
      const found = at(wanted.path)
      mark(marks, wanted.equal.get(found))
      if (typeof found === 'number') {
        // Equal ones too: that two numbers are equal can't always be said, and then it has to be.
        for (const { rule, value } of wanted.above) if (found >= value) marks[rule] = 1
        for (const { rule, value } of wanted.below) if (found <= value) marks[rule] = 1
      } else if (typeof found === 'string') begun(marks, wanted, found)
    }
    return marks
  }
}

function mark(marks: Uint8Array, rules: readonly number[] | undefined): void {
  if (rules) for (const rule of rules) marks[rule] = 1
}

function begun(marks: Uint8Array, { globs, beginnings }: Wanted, found: string): void {
  if (globs.length === 0) return
  if (found.length > LONGEST || meanings(found).length > 0) return mark(marks, globs)
  for (const [length, some] of beginnings) mark(marks, some.get(found.slice(0, length)))
}

/** Files a rule under what its first condition wants; false where that can't be told from a value alone. */
function filed(all: Map<number, Wanted>, rule: number, { path, op, value }: Test): boolean {
  const beginning = op === 'glob' && typeof value === 'string' ? beginningOf(value) : ''
  const isScalar = value !== undefined && (typeof value !== 'object' || value === null)
  if (beginning !== '') begins(wantedAt(all, path), beginning, rule)
  else if (op === 'eq' && isScalar) into(wantedAt(all, path).equal, value, rule)
  else if ((op === 'gt' || op === 'lt') && typeof value === 'number') wantedAt(all, path)[op === 'gt' ? 'above' : 'below'].push({ rule, value })
  else return false
  return true
}

function wantedAt(all: Map<number, Wanted>, path: number): Wanted {
  let wanted = all.get(path)
  if (!wanted) all.set(path, (wanted = { path, equal: new Map(), globs: [], beginnings: new Map(), above: [], below: [] }))
  return wanted
}

function begins({ beginnings, globs }: Wanted, beginning: string, rule: number): void {
  let some = beginnings.get(beginning.length)
  if (!some) beginnings.set(beginning.length, (some = new Map()))
  into(some, beginning, rule)
  globs.push(rule)
}

function into<K>(map: Map<K, number[]>, key: K, rule: number): void {
  const rules = map.get(key)
  if (rules) rules.push(rule)
  else map.set(key, [rule])
}

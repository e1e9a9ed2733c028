// What is kept of a budget, as text. It is written at every call that a limit is about, so the part that stays the same for a sixtieth of a period
// is made once, and short: names once, slots as differences.

import type { Slot, Spent } from '../gateway/budgets.ts'

interface Past {
  readonly names: readonly string[]
  /** Of each: how many slots after the one before, whose, how much. */
  readonly counts: readonly number[]
}

const texts = new WeakMap<readonly Slot[], string>()

export function spentText({ past, ...rest }: Spent): string {
  let text = texts.get(past)
  if (text === undefined) texts.set(past, (text = JSON.stringify(packed(past))))
  return `${JSON.stringify(rest).slice(0, -1)},"past":${text}}`
}

/** A text that is none fails. */
export function spentOf(text: string): Spent {
  const { past, ...rest } = JSON.parse(text) as Omit<Spent, 'past'> & { readonly past: Past }
  return { ...rest, past: unpacked(past) }
}

function packed(slots: readonly Slot[]): Past {
  const names = [...new Set(slots.map(([, who]) => who))]
  let last = 0
  const counts = slots.flatMap(([slot, who, amount]) => {
    const step = slot - last
    last = slot
    return [step, names.indexOf(who), amount]
  })
  return { names, counts }
}

function unpacked({ names, counts }: Past): Slot[] {
  let slot = 0
  return Array.from({ length: counts.length / 3 }, (_, index): Slot => {
    slot += counts[3 * index]!
    return [slot, names[counts[3 * index + 1]!]!, counts[3 * index + 2]!]
  })
}

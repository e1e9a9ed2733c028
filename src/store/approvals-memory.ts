// Approvals in this process alone.

import { bindingText, lasts, speaks, standing, type Approval, type Binding, type Question, type RememberedAnswer } from '../gateway/approval.ts'
import { OVER_MS, type Approvals, type Asked, type Decided, type Given, type FoundApproval } from '../gateway/approvals.ts'

export class MemoryApprovals implements Approvals {
  readonly #all = new Map<string, Approval>()
  readonly #answers = new Map<string, RememberedAnswer>()
  readonly #changed: () => void

  constructor(changed: () => void) {
    this.#changed = changed
  }

  ask(question: Question, now: number): Asked {
    const there = this.speaking(question, now)
    if (there) return { kind: 'joined', approval: there }
    const before = this.#like(question).find(({ used }) => used && used.settledAt === undefined)
    const approval: Approval = { ...question, ...(before && { earlier: before.id }) }
    this.#put(approval)
    return { kind: 'asked', approval }
  }

  speaking(binding: Binding, now: number): Approval | undefined {
    return this.#like(binding).find(one => speaks(one, now))
  }

  decide(id: string, { argumentsHash, answer, remember }: Given, now: number): Decided {
    const approval = this.#all.get(id)
    if (!approval) return 'unknown'
    if (standing(approval, now) !== 'open') return 'late'
    if (approval.argumentsHash !== argumentsHash) return 'differs'
    this.#put(answer.decision === 'deny' ? erased({ ...approval, answer }) : { ...approval, answer })
    if (remember) this.#answers.set(remember.id, remember)
    return 'won'
  }

  use(id: string, call: string, now: number): Approval | undefined {
    const approval = this.#all.get(id)
    if (!approval || standing(approval, now) !== 'allowed') return undefined
    this.#put(erased({ ...approval, used: { call, at: now } }))
    return approval
  }

  settle(id: string, now: number): void {
    const approval = this.#all.get(id)
    if (approval?.used) this.#put({ ...approval, used: { ...approval.used, settledAt: approval.used.settledAt ?? now } })
  }

  approval(prefix: string): FoundApproval {
    const exact = this.#all.get(prefix)
    const found = exact ? [exact] : [...this.#all.values()].filter(one => prefix !== '' && one.id.startsWith(prefix))
    if (found.length === 1) return { kind: 'found', approval: found[0]! }
    return found.length === 0
      ? { kind: 'none' }
      : {
          kind: 'several',
          ids: found
            .map(one => one.id)
            .sort()
            .slice(0, 10),
        }
  }

  approvals(ids?: readonly string[]): readonly Approval[] {
    return newest([...this.#all.values()].filter(one => ids === undefined || ids.includes(one.id)))
  }

  tend(now: number): readonly Approval[] {
    const silent: Approval[] = []
    for (const one of this.#all.values()) {
      if (one.expiresAt < now - OVER_MS) this.#all.delete(one.id)
      else if (now >= one.expiresAt && one.sealed !== undefined) {
        if (!one.answer) silent.push(erased(one))
        this.#put(erased(one))
      }
    }
    for (const one of this.#answers.values()) if (!lasts(one, now)) this.#answers.delete(one.id)
    return silent
  }

  answers(now: number): readonly RememberedAnswer[] {
    return [...this.#answers.values()].filter(one => lasts(one, now)).sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
  }

  touch(id: string, now: number): void {
    const answer = this.#answers.get(id)
    if (answer) this.#answers.set(id, { ...answer, usedAt: Math.max(now, answer.usedAt) })
  }

  revoke(id: string): boolean {
    this.#changed()
    return this.#answers.delete(id)
  }

  leave(session: string): void {
    for (const one of this.#answers.values()) if (one.span === 'session' && one.session === session) this.#answers.delete(one.id)
  }

  #put(approval: Approval): void {
    this.#all.set(approval.id, approval)
    this.#changed()
  }

  #like(binding: Binding): readonly Approval[] {
    const text = bindingText(binding)
    return newest([...this.#all.values()].filter(one => bindingText(one) === text))
  }
}

const newest = (all: Approval[]): Approval[] => all.sort((a, b) => b.askedAt - a.askedAt || (a.id < b.id ? 1 : -1))

/** Without what was sealed. */
function erased({ sealed: _, answer, ...rest }: Approval): Approval {
  if (!answer) return rest
  return { ...rest, answer: answer.edited ? { ...answer, edited: { ...answer.edited, sealed: '' } } : answer }
}

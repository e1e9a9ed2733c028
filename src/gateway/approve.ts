// The step in a call's life where a person is asked. One durable question stands behind every way of asking; the ways are a ladder: hold the call
// while somebody is there, ask through the client, or say that it is pending. Invariants: a yes lets one call through, once, and only one that means
// what was asked; rules and pins are asked again before it is used; whatever fails is a no.

import { bindingText, covers, standing, type Approval, type Binding } from './approval.ts'
import type { Approvals } from './approvals.ts'
import { editedAs, reply, type Accept, type Replied, type Reply, type Sealing } from './answering.ts'
import { bindingOf, hashesAt } from './binding.ts'
import { broken } from './decide.ts'
import type { Events } from './events.ts'
import type { Holding } from './holding.ts'
import { Ladder, type Ways } from './ladder.ts'
import { Questions } from './questions.ts'
import { sayings } from './sayings.ts'
import type { Answer, Call, ClientInfo, Decision, Journal, Policy } from './types.ts'
import type { Caller, Verdict } from './verdict.ts'
import { fromWire, toWire } from '../rpc/wire.ts'

export interface ApprovalSettings {
  readonly via: Ways
  /** A question that nobody answers ends after so long. */
  readonly expireMs: number
}

/** What asking needs of the gateway that it happens in. */
export interface Surroundings extends Omit<Holding, 'approvals'> {
  readonly approvals: () => Promise<Approvals>
  readonly seal: () => Promise<Sealing>
  /** How a backend is configured now, as a keyed hash; undefined for one that is not. */
  readonly configOf: (backend: string) => Promise<string | undefined>
  readonly settings: () => ApprovalSettings
  /** Who asks, rules and pins, as they are now. */
  readonly decide: Policy
  /** Takes what a call costs of its budgets. */
  readonly take: Policy
  readonly journal: Pick<Journal, 'note'>
  readonly auditRequired: boolean
  /** How long this client bears to wait for an answer, ms. */
  readonly holdMs: (client: ClientInfo) => number
  /** A yes to a tool that has changed accepts all that its backend has changed. */
  readonly accept?: Accept
  readonly emit: Events['emit']
}

type Ask = Decision & { readonly kind: 'ask' }

/** Why a call does not run: its decision, and where that alone does not say it, what is answered. */
class Ended {
  readonly verdict: Verdict
  constructor(decision: Decision, answer?: Answer) {
    this.verdict = answer ? { decision, answer } : { decision }
  }
}

export class Approver {
  readonly #around: Surroundings
  readonly #ladder: Ladder
  readonly #questions: Questions

  constructor(around: Surroundings) {
    this.#around = around
    const { clock, attendance, watch, holdMs, seal, settings, emit } = around
    this.#ladder = new Ladder({ clock, attendance, watch, holdMs, emit, ways: () => settings().via, reply: (approval, wanted) => this.reply(approval, wanted) })
    this.#questions = new Questions({ clock, seal, expireMs: () => settings().expireMs, record: this.record })
  }

  /** Whether this call may run, after a person was asked. Never rejects: what fails is a no. */
  async ask(call: Call, question: Ask, caller: Caller): Promise<Verdict> {
    try {
      return await this.#ask(call, question, caller)
    } catch (error) {
      return error instanceof Ended ? error.verdict : { decision: sayings.unusable(error) }
    }
  }

  /** An answer was given in this process. */
  answered(id: string): void {
    this.#ladder.wake(id)
    this.#tell(id)
  }

  /** A session is over, and with it the answers that were given for it. What can't be written now ends by itself: no other session has that name. */
  async leave(session: string): Promise<void> {
    try {
      await (await this.#around.approvals()).leave(session)
    } catch {
      // idle, it ends
    }
  }

  /** Puts something on record; false where that failed and records are required. */
  readonly record = (note: string, detail: Record<string, unknown>): boolean => this.#around.journal.note(note, detail) || !this.#around.auditRequired

  /** Answers a question, as whoever says so. */
  async reply(approval: Approval, wanted: Reply): Promise<Replied> {
    const { clock, seal, accept } = this.#around
    const replied = await reply({ approvals: await this.#around.approvals(), seal, record: this.record, now: () => clock.now(), accept }, approval, wanted)
    if (replied === 'won') this.answered(approval.id)
    return replied
  }

  async #ask(call: Call, first: Ask, caller: Caller): Promise<Verdict> {
    const { clock } = this.#around
    const approvals = await this.#around.approvals()
    let question = first
    let taken = false
    for (let held: Approval | undefined; ;) {
      const binding = await this.#bound(call, question, caller)
      let approval: Approval | undefined = held && bindingText(held) === bindingText(binding) ? held : await approvals.speaking(binding, clock.now())
      held = undefined
      const stands = approval && standing(approval, clock.now())
      if (stands === 'allowed') {
        const edited = await this.#edited(approval!)
        const again = await this.#again(call)
        if (again.kind === 'deny') return { decision: again }
        // Who has written the arguments needs no second question about them; what is denied is denied to them too.
        const changed = edited === undefined ? again : await this.#again(withArguments(call, edited))
        if (changed.kind === 'deny') return { decision: changed }
        if (again.kind === 'allow' || again.by === question.by) return this.#use(approvals, call, approval!, again, edited)
        question = again
        taken = true
        continue
      }
      if (stands === 'denied') throw new Ended(sayings.denied(approval!))
      // What was said of this very call comes before what was said of all that are like it.
      const remembered = await this.#remembered(approvals, call, binding)
      if (remembered && stands === 'open') {
        held = await this.#released(approvals, approval!, remembered.by)
        if (held) continue
      }
      if (remembered && !taken) return { decision: await this.#taken(call, remembered) }
      if (remembered) {
        const again = await this.#again(call)
        if (again.kind !== 'ask' || again.by === question.by) return { decision: again.kind === 'ask' ? remembered : again }
        question = again
        continue
      }
      if (stands === 'used') throw new Ended(sayings.usedUp(approval!))
      if (stands === 'expired') throw new Ended(sayings.expired(approval!))
      if (!approval) {
        // A retry finds its question, and takes nothing more of any budget.
        if (!taken) await this.#taken(call, question)
        taken = true
        approval = await this.#put(approvals, call, question, binding, caller)
      }
      held = await this.#held(approvals, call, question, approval, caller)
    }
  }

  async #bound(call: Call, question: Ask, caller: Caller): Promise<Binding> {
    const config = await this.#around.configOf(call.backend)
    const binding = bindingOf(call, question, caller.definition(), config)
    if (typeof binding === 'string') throw new Ended(sayings.unaskable(binding))
    return binding
  }

  async #remembered(approvals: Approvals, call: Call, binding: Binding): Promise<(Decision & { kind: 'allow' }) | undefined> {
    const now = this.#around.clock.now()
    const all = await approvals.answers(now)
    if (all.length === 0) return undefined
    const hashAt = hashesAt(fromWire(call.argumentsText))
    const found = all.find(one => covers(one, binding, call.origin.session, now, hashAt))
    if (!found) return undefined
    if (now - found.usedAt > TOUCH_MS) await approvals.touch(found.id, now)
    return { kind: 'allow', by: `remembered:${found.id}`, approver: found.by }
  }

  /** A question that waits is answered by what was said of all that are like it: nobody needs to see it any more. */
  async #released(approvals: Approvals, approval: Approval, by: string): Promise<Approval | undefined> {
    const replied = await this.reply(approval, { decision: 'allow', argumentsHash: approval.argumentsHash, by, via: 'remembered' })
    return replied === 'won' || replied === 'late' ? (await approvals.approvals([approval.id]))[0] : undefined
  }

  /** The decision, where its budgets have enough. */
  async #taken<D extends Decision>(call: Call, decision: D): Promise<D> {
    const taken = await this.#around.take(call)
    if (taken.kind === 'deny') throw new Ended(taken)
    return decision
  }

  async #again(call: Call): Promise<Decision> {
    try {
      return await this.#around.decide(call)
    } catch (error) {
      return broken(error)
    }
  }

  async #put(approvals: Approvals, call: Call, { reason }: Ask, binding: Binding, caller: Caller): Promise<Approval> {
    const put = await this.#questions.put(approvals, call, reason, binding, caller)
    if ('kind' in put) throw new Ended(put)
    this.#tell(put.id)
    return put
  }

  /** The answered approval; who is not answered in time ends. */
  async #held(approvals: Approvals, call: Call, question: Ask, approval: Approval, caller: Caller): Promise<Approval> {
    const { clock } = this.#around
    if (standing(approval, clock.now()) !== 'open') return approval
    const covered = async () => (await this.#remembered(approvals, call, approval)) !== undefined
    const held = await this.#ladder.climb(approvals, { call, question, approval, caller, covered })
    if (held.kind === 'answered') return held.approval
    if (held.kind === 'over') throw new Ended(sayings.expired(approval))
    throw new Ended(question, held.kind === 'cancelled' ? { kind: 'cancelled' } : sayings.pending(approval, clock.now()))
  }

  /** The arguments that the person has put in place of the call's. */
  async #edited({ id, answer }: Approval): Promise<string | undefined> {
    if (!answer?.edited) return undefined
    const edited = (await this.#around.seal()).open(answer.edited.sealed, editedAs(id))
    if (edited === undefined) throw new Ended(sayings.unaskable('what it was changed to can not be opened'))
    return edited
  }

  /** `edited`: that is what the yes is for, whether or not a rule still asks. */
  async #use(approvals: Approvals, call: Call, approval: Approval, again: Decision & { kind: 'allow' | 'ask' }, edited: string | undefined): Promise<Verdict> {
    const { clock } = this.#around
    const { id, answer } = approval
    const free = again.kind === 'allow' && edited === undefined
    const used = await approvals.use(id, call.id, clock.now())
    this.#tell(id)
    if (!used && free) return { decision: again }
    // It was a yes a moment ago: who has it now is another call that means the same, or its time is over.
    if (!used) throw new Ended(clock.now() >= approval.expiresAt ? sayings.expired(approval) : sayings.usedUp(approval))
    const decision: Decision = free ? again : { kind: 'allow', by: `approval:${id}`, approver: answer!.by, ...(edited !== undefined && { edited }) }
    return { decision, settled: () => this.#settled(approvals, id) }
  }

  /** Of a call that is over it is known what became of it. Where that can't be written, it stays unknown: that is true too. */
  async #settled(approvals: Approvals, id: string): Promise<void> {
    try {
      await approvals.settle(id, this.#around.clock.now())
    } catch {
      // the journal knows
    }
  }

  #tell(id: string): void {
    this.#around.emit({ v: 1, type: 'approval.changed', at: this.#around.clock.now(), id })
  }
}

/** The same call with other arguments, to be judged. */
const withArguments = (call: Call, text: string): Call => ({
  ...{ id: call.id, origin: call.origin, method: call.method, backend: call.backend, target: call.target, name: call.name },
  ...{ readsOnly: call.readsOnly, holds: call.holds, startedAt: call.startedAt },
  ...{ arguments: JSON.parse(text) as unknown, argumentsText: toWire(text) },
})

/** The use of a remembered answer is noted not more often. */
const TOUCH_MS = 30_000

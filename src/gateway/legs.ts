// A modern client is asked by an answer (MCP 2026-07-28, multi-round-trip requests): its request ends with a question, and comes again with what
// it was asked for. For rules, limits and the record that is one call in several legs. Invariants: a handle is used once, by whom it was given to,
// for the request that it was given for, however that is written; a leg is on record before it leaves; nothing is sent to a backend twice because a
// handle is gone.

import { canonical } from '../lib/canonical.ts'
import type { Clock, Timer } from '../lib/clock.ts'
import type { Passing } from '../lib/passing.ts'
import type { Stop } from '../lib/signal.ts'
import { parse, type Frame } from '../rpc/frame.ts'
import { replyOf, type Reply } from '../rpc/reply.ts'
import type { Requests } from '../rpc/requests.ts'
import { member, members, repeatedKey, skipSpace } from '../rpc/spans.ts'
import { encode, fromWire, scannable, type Wire } from '../rpc/wire.ts'
import { answerTo, error, failure } from './answers.ts'
import type { Flight, Question } from './flight.ts'
import { besideOf } from './beside.ts'
import { argumentsOf } from './received.ts'
import type { Answer, Call, Journal, Origin } from './types.ts'

/** So long a client, and the person before it, may take to come back. */
const TURN_MS = 10 * 60_000
/** Calls that wait for their client, at most; the longest wait ends then. */
const MOST_TURNS = 500
/** Longer arguments come again as they were, byte for byte: to read them takes too long. */
const REWRITTEN = 1024 * 1024

interface Turn {
  readonly flight: Flight
  readonly state: string
  readonly timer: Timer
  /** What the client comes back with goes on to the backend, not its answers alone. */
  readonly goesOn: boolean
  readonly end: (retry: Frame | undefined) => void
}

export interface LegsOptions {
  readonly front: Requests
  readonly clock: Clock
  readonly journal: Journal
  readonly auditRequired: boolean
  /** By the key of the request that waits for an answer. */
  readonly inFlight: Passing<Flight>
  /** Nobody can guess it. */
  readonly newHandle: () => string
  readonly breath?: (act: () => void) => void
}

/** Why a client was not asked. */
export const UNRECORDED = 'the client can not be asked: the audit can not be written'

/** By which methods a modern backend asks. */
const askedBy = (requests: unknown): string[] =>
  Object.values(typeof requests === 'object' && requests !== null ? requests : {}).flatMap((one: { method?: unknown } | null) =>
    typeof one?.method === 'string' ? [one.method] : [],
  )

/** An answer of the client's that says no to a backend's question. */
export const refusal = (code: number, message: string): Reply => replyOf(parse(error('0', code, message)[0]!) as Frame)!

export class Legs {
  readonly #options: LegsOptions
  /** Calls that wait for their client, by the state that it must bring along. */
  readonly #turns = new Map<string, Turn[]>()
  /** What waits for the next call of a backend, to be asked with it. */
  readonly #next = new Map<string, Set<(flight: Flight) => void>>()
  #waiting = 0

  constructor(options: LegsOptions) {
    this.#options = options
  }

  /** The call that is over: answered to its client, now or when it comes back. */
  finish(flight: Flight, answer: Answer): void {
    flight.answer = answer
    if (flight.leg) this.#respond(flight, flight.leg)
  }

  /** Asks the client of this call. Settles with what it brings along, or with a refusal. */
  ask(flight: Flight, frame: Frame, stop: Stop): Promise<Reply> {
    return this.askAll(flight, [frame], stop)[0]!
  }

  /** The same for several questions at once. */
  askAll(flight: Flight, frames: readonly Frame[], stop: Stop): Promise<Reply>[] {
    const asked = frames.map(frame => {
      const key = `q${++flight.asked}`
      return new Promise<Reply>(settle => {
        const over = (reason: string) => {
          if (flight.questions.delete(key)) settle(refusal(-32603, `the client gave no answer: ${reason}`))
        }
        flight.questions.set(key, { frame, settle })
        stop.on(over)
        flight.on(over)
      })
    })
    if (flight.leg && !flight.gathers) {
      flight.gathers = true
      ;(this.#options.breath ?? queueMicrotask)(() => this.#gathered(flight))
    }
    return asked
  }

  /** What a backend asks in one breath its client is asked in one answer. */
  #gathered(flight: Flight): void {
    flight.gathers = false
    if (flight.answer) no(flight, 'the call that it was asked with is over')
    else if (flight.leg && flight.questions.size > 0) this.#question(flight)
  }

  /** Hands a modern backend's own question to its client; gives the request with which it comes back, or why there is none. */
  again(flight: Flight, { reply }: Answer & { kind: 'reply' }): Promise<Frame | 'unrecorded' | 'gone'> {
    const state = reply.value['requestState']
    const parts = answerTo(flight.leg!, 'modern', { kind: 'reply', reply, era: 'modern' })!
    return new Promise(settle => {
      if (!this.#turn(flight, typeof state === 'string' ? state : '', true, askedBy(reply.value['inputRequests']), parts, retry => settle(retry ?? 'gone')))
        settle('unrecorded')
    })
  }

  /** A legacy client is asked with a request of its own, while its call goes on: that is on record first. False where it must be and can't. */
  noted({ call }: Flight, { method }: Frame): boolean {
    const { journal, auditRequired } = this.#options
    return !call || journal.leg(call, { kind: 'waiting', for: 'input', asked: [method] }) || !auditRequired
  }

  /** A request that continues a call goes to where that waits. `foreign`: the handle is ours, the request another one. */
  resume(frame: Frame, call: Pick<Call, 'origin' | 'method' | 'target'>): 'resumed' | 'foreign' | 'unknown' {
    const state = frame.params['requestState']
    const turns = this.#turns.get(typeof state === 'string' ? state : '')
    if (!turns) return 'unknown'
    const turn = turns.find(one => same(one, frame, call))
    if (!turn) return turns.some(({ flight }) => flight.asked > 0) ? 'foreign' : 'unknown'
    turn.flight.leg = frame
    this.#options.inFlight.set(frame.key, turn.flight)
    this.#end(turn, frame)
    return 'resumed'
  }

  /** Whose question it is that a backend asks without saying so: one of its calls under way, the latest whose client is `able`; the answer goes to the
   *  question, not to the call. Calls of several clients at once: nobody can know. */
  whose(backend: string, able: (origin: Origin) => boolean = () => true): Flight | 'several' | undefined {
    const under = [...this.#options.inFlight.values(), ...[...this.#turns.values()].flatMap(turns => turns.map(({ flight }) => flight))]
    const its = under.filter(flight => flight.call && flight.backend === backend && !flight.answer).sort((a, b) => b.order - a.order)
    const latest = its[0]
    if (latest && its.some(({ origin }) => !sameClient(origin, latest.origin))) return 'several'
    const can = its.filter(({ origin }) => able(origin))
    // Rather one whose client can be asked at once than one whose client is thinking.
    return can.find(({ leg }) => leg) ?? can[0] ?? latest
  }

  /** A call goes to its backend: what that has asked before there was one is asked now. */
  goes(flight: Flight): void {
    if (this.#next.size === 0) return
    const waiting = this.#next.get(flight.backend)
    this.#next.delete(flight.backend)
    for (const take of waiting ?? []) take(flight)
  }

  /** The next call of this backend, if there is one in time. */
  next(backend: string, withinMs: number, stop: Stop): Promise<Flight | undefined> {
    return new Promise(settle => {
      const waiting = this.#next.get(backend) ?? new Set()
      this.#next.set(backend, waiting)
      const take = (flight: Flight | undefined) => {
        timer.cancel()
        waiting.delete(take)
        if (waiting.size === 0 && this.#next.get(backend) === waiting) this.#next.delete(backend)
        settle(flight)
      }
      const timer = this.#options.clock.after(withinMs, () => take(undefined))
      waiting.add(take)
      stop.on(() => take(undefined))
    })
  }

  close(reason: string): void {
    for (const turns of [...this.#turns.values()]) for (const turn of [...turns]) this.#leave(turn, reason)
  }

  /** It is the client's turn to answer all that its call's backend wants to know. */
  #question(flight: Flight): void {
    const state = this.#options.newHandle()
    const asked = [...flight.questions.values()].map(({ frame }) => frame.method)
    if (this.#turn(flight, state, false, asked, wanting(flight.leg!, flight.questions, state), retry => retry && this.#told(flight, retry))) return
    no(flight, UNRECORDED)
  }

  /** The client has come back. */
  #told(flight: Flight, retry: Frame): void {
    const at = retry.param('inputResponses')
    const responses = at ? members(retry.text, at.start) : []
    for (const [key, { settle }] of [...flight.questions]) {
      const given = member(responses, key)
      const reply = given && replyFrom(retry.text.slice(given.start, given.end))
      if (reply && flight.questions.delete(key)) settle(reply)
    }
    if (flight.answer) {
      no(flight, 'the call that it was asked with is over')
      return this.#respond(flight, retry)
    }
    // What is missing is asked again (MCP, multi-round-trip requests, error handling), as is what came up meanwhile.
    if (flight.questions.size > 0) this.#question(flight)
  }

  /** Answers what the client waits for; `end` hears how its turn ends. False where that can't be recorded, and nothing was answered. */
  #turn(flight: Flight, state: string, goesOn: boolean, asked: readonly string[], parts: readonly Wire[], end: Turn['end']): boolean {
    const { journal, auditRequired, front, inFlight, clock } = this.#options
    if (!journal.leg(flight.call!, { kind: 'waiting', for: 'input', asked }) && auditRequired) return false
    const { key, via } = flight.leg!
    inFlight.take(key)
    flight.leg = undefined
    if (this.#waiting >= MOST_TURNS) this.#leave([...this.#turns.values()][0]![0]!, 'too many calls wait for their client')
    const turn: Turn = { flight, state, goesOn, end, timer: clock.after(TURN_MS, () => this.#leave(turn, 'the client did not come back')) }
    const turns = this.#turns.get(state)
    if (turns) turns.push(turn)
    else this.#turns.set(state, [turn])
    this.#waiting++
    front.respond(parts, via)
    return true
  }

  #leave(turn: Turn, reason: string): void {
    this.#end(turn, undefined)
    turn.flight.stop(reason)
  }

  #end(turn: Turn, retry: Frame | undefined): void {
    const turns = this.#turns.get(turn.state)
    const at = turns?.indexOf(turn) ?? -1
    if (at < 0) return
    turns!.splice(at, 1)
    if (turns!.length === 0) this.#turns.delete(turn.state)
    this.#waiting--
    turn.timer.cancel()
    turn.end(retry)
  }

  #respond(flight: Flight, leg: Frame): void {
    const { front, inFlight } = this.#options
    flight.leg = undefined
    inFlight.take(leg.key)
    const { origin, fault, answer } = flight
    const parts = flight.stopped ? fault && failure(leg, origin.era, fault) : answerTo(leg, origin.era, answer!)
    // It is on record, and what is kept of it is a copy.
    if (parts) front.respond(parts, leg.via, answer?.kind === 'reply' ? answer.reply.wire : undefined)
    else front.unanswered(leg.via)
  }
}

/** Refuses all that is asked with this call. */
function no(flight: Flight, reason: string): void {
  for (const [key, { settle }] of [...flight.questions]) if (flight.questions.delete(key)) settle(refusal(-32603, reason))
}

/** Whether a request brings along what an answer asked for. */
export const isRetry = (frame: Frame): boolean => frame.param('requestState') !== undefined || frame.param('inputResponses') !== undefined

const sameClient = (a: Origin, b: Origin): boolean =>
  a.principal.id === b.principal.id && a.client.name === b.client.name && a.client.version === b.client.version && a.client.id === b.client.id

const isEqual = (a: Wire, b: Wire): boolean => (typeof a === 'string' || typeof b === 'string' ? a === b : a.equals(b))

/** Whether both mean the same: a client may write anew what it sends again. A member that stands twice means one thing to one reader, another to the next. */
function meansSame(a: Wire, b: Wire): boolean {
  if (isEqual(a, b)) return true
  if (Math.max(a.length, b.length) > REWRITTEN || repeatedKey(scannable(a)) !== undefined || repeatedKey(scannable(b)) !== undefined) return false
  try {
    return canonical(fromWire(a)) === canonical(fromWire(b))
  } catch {
    return false
  }
}

function same({ flight, goesOn }: Turn, frame: Frame, { origin, method, target }: Pick<Call, 'origin' | 'method' | 'target'>): boolean {
  const call = flight.call!
  const isMeant = call.method === method && call.target === target && meansSame(call.argumentsText, argumentsOf(frame))
  return isMeant && sameClient(call.origin, origin) && (!goesOn || meansSame(call.beside?.(false) ?? '', besideOf(frame, false)))
}

/** A result that asks: each question as its backend wrote it, without its envelope. */
function wanting(leg: Frame, questions: ReadonlyMap<string, Question>, state: string): Wire[] {
  const wanted = [...questions].map(([key, { frame }]) => {
    const inside = members(frame.text, skipSpace(frame.text, 0)).filter(one => one.key !== 'jsonrpc' && one.key !== 'id')
    return `"${key}":{${inside.map(one => frame.text.slice(one.at, one.end)).join(',')}}`
  })
  const result = `{"resultType":"input_required","inputRequests":{${wanted.join(',')}},"requestState":${encode(state)}}`
  return [`{"jsonrpc":"2.0","id":${leg.id},"result":${result}}`]
}

/** What a client brought along for one question, as the response to it; undefined where it is no result. */
function replyFrom(text: string): Reply | undefined {
  const frame = parse(`{"jsonrpc":"2.0","id":0,"result":${text}}`)
  return frame.kind === 'response' ? replyOf(frame) : undefined
}

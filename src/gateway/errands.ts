// A legacy backend that can't go on before its person has been at some URL says so by an error (MCP 2025-11-25, elicitation, URL elicitation
// required). The modern era has no such error: the client is asked by the answer to its request, and comes again with a yes (MCP 2026-07-28,
// elicitation, URL mode). Then the request goes to the backend again, which has refused it before. A yes says that the person goes there, not that they
// have been: what is still refused waits a while for the backend to say that it is done (notifications/elicitation/complete), and is then asked anew.
// That notice is optional, and nothing else tells: without it every round takes as long as we wait. Both eras leave it at that (a server "may need to
// block until the request is fulfilled", or asks again); to send a refused request again and again unasked would be worse.

import { Stop } from '../lib/signal.ts'
import { parse, type Frame } from '../rpc/frame.ts'
import { replyOf, type Reply } from '../rpc/reply.ts'
import { elements, member, members } from '../rpc/spans.ts'
import { plain, scannable } from '../rpc/wire.ts'
import type { Clock } from '../lib/clock.ts'
import { error } from './answers.ts'
import type { Flight } from './flight.ts'
import type { Legs } from './legs.ts'
import type { Answer, Origin } from './types.ts'

const URL_REQUIRED = -32042
const LACKING = -32021
/** So long a backend may take to say that it is done, and no client waits longer for an answer without being asked. */
const PATIENCE_MS = 30_000
/** A backend that is still not content after so many rounds never will be. */
const ROUNDS = 20

/** What a person must do elsewhere before a request is processed: the questions, and what the backend calls them. */
interface Errand {
  readonly questions: readonly Frame[]
  readonly ids: readonly string[]
}

/** Whether a backend wants its person to be at a URL first. */
export const wantsErrand = (answer: Answer): answer is Answer & { kind: 'reply' } =>
  answer.kind === 'reply' && answer.reply.error && answer.era === 'legacy' && answer.reply.value['code'] === URL_REQUIRED

export class Errands {
  readonly #clock: Clock
  readonly #legs: Legs
  /** By backend and id: what waits to hear that it is done. */
  readonly #open = new Map<string, Set<Stop>>()

  constructor(clock: Clock, legs: Legs) {
    this.#clock = clock
    this.#legs = legs
  }

  /** Sees to it that the person goes there. `again` sends the request once more, or says why it may not be. */
  async run(flight: Flight, first: Answer, again: () => Promise<Answer>): Promise<Answer> {
    let answer = first
    for (let round = 0; round < ROUNDS; round++) {
      const errand = wantsErrand(answer) && errandOf(answer.reply)
      if (!errand) return answer
      if (!visits(flight.origin)) return lacking((answer as Answer & { kind: 'reply' }).reply)
      const done = errand.ids.map(id => this.#begin(`${flight.backend} ${id}`))
      const said = await Promise.all(this.#legs.askAll(flight, errand.questions, flight))
      if (!flight.stopped && said.every(({ error, value }) => !error && value['action'] === 'accept')) {
        answer = await again()
        if (wantsErrand(answer) && (await this.#over(done, flight))) answer = await again()
      } else round = ROUNDS
      errand.ids.forEach((id, index) => this.#end(`${flight.backend} ${id}`, done[index]!))
    }
    return flight.stopped ? { kind: 'cancelled' } : answer
  }

  /** A backend says that one of its errands is done. */
  done(backend: string, id: unknown): void {
    for (const stop of this.#open.get(`${backend} ${String(id)}`) ?? []) stop.stop('done')
  }

  #begin(key: string): Stop {
    const stop = new Stop()
    const open = this.#open.get(key)
    if (open) open.add(stop)
    else this.#open.set(key, new Set([stop]))
    return stop
  }

  #end(key: string, stop: Stop): void {
    const open = this.#open.get(key)
    open?.delete(stop)
    if (open?.size === 0) this.#open.delete(key)
  }

  /** Waits until all of these are done; false when that takes too long, or nobody waits any more. */
  #over(errands: readonly Stop[], flight: Stop): Promise<boolean> {
    if (errands.length === 0) return Promise.resolve(false)
    return new Promise(settle => {
      const timer = this.#clock.after(PATIENCE_MS, () => settle(false))
      const end = (done: boolean) => (timer.cancel(), settle(done))
      flight.on(() => end(false))
      for (const one of errands) one.on(() => errands.every(({ stopped }) => stopped) && end(true))
    })
  }
}

/** The questions of such an error, as its backend wrote them; undefined where it names none that can be asked. */
function errandOf({ wire, body }: Reply): Errand | undefined {
  const text = scannable(wire)
  const data = member(members(text, body.start), 'data')
  const list = data && text[data.start] === '{' ? member(members(text, data.start), 'elicitations') : undefined
  const all = list && text[list.start] === '[' ? elements(text, list.start) : []
  const questions = all.map(({ start, end }) => parse(`{"jsonrpc":"2.0","id":0,"method":"elicitation/create","params":${text.slice(start, end)}}`))
  const frames = questions.filter(one => one.kind === 'request' && one.params['mode'] === 'url' && typeof one.params['url'] === 'string') as Frame[]
  if (all.length === 0 || frames.length < all.length) return undefined
  return { questions: frames, ids: frames.flatMap(({ params: { elicitationId: id } }) => (typeof id === 'string' ? [id] : [])) }
}

/** Whether the client can send its person to a URL. */
const visits = ({ capabilities: { elicitation } }: Origin): boolean => typeof elicitation === 'object' && elicitation !== null && 'url' in elicitation

/** What a client is told that can't (MCP 2026-07-28, missing required client capability). */
function lacking({ value }: Reply): Answer {
  const message = `Missing required client capability: elicitation by URL. The server says: ${plain(value['message'])}`
  const frame = parse(error('0', LACKING, message, { requiredCapabilities: { elicitation: { url: {} } } })[0]!) as Frame
  return { kind: 'reply', reply: replyOf(frame)!, era: 'modern' }
}

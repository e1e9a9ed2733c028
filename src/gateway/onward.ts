// How a request goes on to its backend. The client's frame is not rebuilt: the public name is replaced by the backend's own, and what the backend's
// era needs is added. And what may come before its answer: progress, and questions of a modern backend, which reach a legacy client as requests and
// a modern one as they are.

import type { Stop } from '../lib/signal.ts'
import { META_CAPABILITIES, META_CLIENT, META_LOG_LEVEL, META_VERSION, MODERN } from '../rpc/eras.ts'
import type { Frame } from '../rpc/frame.ts'
import type { Reply } from '../rpc/reply.ts'
import type { Requests } from '../rpc/requests.ts'
import type { Span } from '../rpc/spans.ts'
import type { Edit } from '../rpc/splice.ts'
import { encode, plain } from '../rpc/wire.ts'
import { unavailable } from './answers.ts'
import type { Entry } from './catalog.ts'
import { decide } from './decide.ts'
import { argumentsEdit } from './edited.ts'
import { Errands, wantsErrand } from './errands.ts'
import { tokenOf, type Flight } from './flight.ts'
import { fulfil, wantsInput } from './fulfil.ts'
import type { Gateway } from './gateway.ts'
import type { Legs } from './legs.ts'
import { spare } from './listening.ts'
import { mirroredOf } from './mirrored.ts'
import type { Standing } from './standing.ts'
import type { Answer, Backends, Origin, Outgoing } from './types.ts'

/** Asks a legacy client what a backend wants to know. */
export type AskClient = (backend: string, asked: Frame, stop: Stop, via: string | undefined) => Promise<Reply>

export class Onward {
  readonly #gateway: Gateway
  readonly #front: Requests
  readonly #backends: Backends
  readonly #legs: Legs
  readonly #standing: Standing
  readonly #ask: AskClient
  readonly errands: Errands
  #metas = new WeakMap<Origin, { readonly level: string | undefined; readonly meta: Record<string, unknown> }>()

  constructor(gateway: Gateway, front: Requests, backends: Backends, legs: Legs, standing: Standing, ask: AskClient) {
    this.#gateway = gateway
    this.#front = front
    this.#backends = backends
    this.#legs = legs
    this.#standing = standing
    this.#ask = ask
    this.errands = new Errands(gateway.clock, legs)
  }

  /** Sends it; gives what it is answered with in the end. */
  send(frame: Frame, entry: Entry, at: Span | undefined, origin: Origin, flight: Flight, key?: string, edited?: string, timeoutMs?: number): Promise<Answer> {
    flight.backend = entry.backend
    // Nobody wants it any more: its backend is not even started.
    if (flight.stopped) return Promise.resolve({ kind: 'cancelled' })
    const backend = this.#backends.get(entry.backend)
    if (!backend) return Promise.resolve(unavailable(`"${entry.backend}" is no longer in the settings.`, false))
    const onProgress =
      frame.metaMembers.length > 0 && tokenOf(frame)
        ? (progress: Frame) => {
            const token = flight.leg && tokenOf(flight.leg)
            if (!token) return
            const ours = progress.param('progressToken')!
            this.#front.notify(progress, [{ start: ours.start, end: ours.end, text: flight.leg!.text.slice(token.start, token.end) }], flight.via)
            spare(this.#front, backend)
          }
        : undefined
    const request = { frame, edits: editsOf(frame, entry, at, edited), name: entry.name, mirrored: mirroredOf(entry), meta: this.#meta(origin) }
    const send = (one: Outgoing) => backend.call(one, { stop: flight, onProgress, timeoutMs })
    if (origin.era === 'legacy') {
      const asking = { ask: (asked: Frame) => this.#ask(entry.backend, asked, flight, flight.via), newId: this.#gateway.newHandle }
      return send(request).then(answer => (wantsInput(answer) ? fulfil(request, answer, asking, send).then(legible) : legible(answer)))
    }
    const level = frame.meta[META_LOG_LEVEL]
    if (typeof level === 'string') this.#standing.atLeast(level)
    this.#legs.goes(flight)
    return send(request).then(answer => {
      if (!flight.call || key === undefined) return answer
      if (wantsInput(answer)) return this.#again(flight, answer, entry, key, edited, send)
      if (wantsErrand(answer)) return this.errands.run(flight, answer, async () => (await this.#forbidden(flight)) ?? send(request))
      return answer
    })
  }

  /** A modern backend's questions go to its modern client untouched, and so does what that brings along, as long as no rule has come to forbid it. */
  async #again(
    flight: Flight,
    first: Answer & { kind: 'reply' },
    entry: Entry,
    key: string,
    edited: string | undefined,
    send: (request: Outgoing) => Promise<Answer>,
  ): Promise<Answer> {
    let answer: Answer = first
    while (wantsInput(answer)) {
      const retry = await this.#legs.again(flight, answer)
      if (retry === 'gone') return answer
      if (retry === 'unrecorded') return unrecorded
      const no = await this.#forbidden(flight)
      if (no) return no
      answer = await send({ frame: retry, edits: editsOf(retry, entry, retry.param(key), edited), name: entry.name, mirrored: mirroredOf(entry) })
    }
    return answer
  }

  /** Why a call that its backend has asked something about may not go on. */
  async #forbidden(flight: Flight): Promise<Answer | undefined> {
    const decision = await decide(flight.call!, this.#gateway.policies)
    if (decision.kind !== 'deny') return undefined
    return { kind: 'failure', sent: true, fault: { code: decision.code, message: `${forbidden} ${decision.reason}` } }
  }

  #meta(origin: Origin): Record<string, unknown> | undefined {
    if (origin.era === 'modern') return undefined
    const { level } = this.#standing
    let known = this.#metas.get(origin)
    if (!known || known.level !== level) {
      const { capabilities, client } = origin
      const meta: Record<string, unknown> = {
        [META_VERSION]: MODERN,
        [META_CAPABILITIES]: capabilities,
        [META_CLIENT]: { name: client.name, version: client.version },
      }
      if (level !== undefined) meta[META_LOG_LEVEL] = level
      this.#metas.set(origin, (known = { level, meta }))
    }
    return known.meta
  }
}

const forbidden = 'The call was begun and its backend asked something; it has become forbidden since, so it did not go on.'

const unrecorded: Answer = {
  kind: 'failure',
  sent: true,
  fault: {
    code: 'audit_unavailable',
    message:
      'The call was begun and its backend wants to know something, but that could not be recorded, so it was not asked. Do not repeat the call. Tell the person: mcpgw doctor.',
  },
}

/** What a legacy client can read: a result is complete, or the handle of a task. Unknown types are invalid (MCP 2026-07-28, results). */
function legible(answer: Answer): Answer {
  const type = answer.kind === 'reply' && answer.era === 'modern' && !answer.reply.error ? answer.reply.value['resultType'] : undefined
  if (type === undefined || type === 'complete' || type === 'task') return answer
  return unavailable(`The answer is of a kind that a client of this protocol revision can't be given (${plain(type)}). The call may have been executed.`, true)
}

/** What must differ in a request: its backend's own name, and the arguments where a person has changed them. */
const editsOf = (frame: Frame, entry: Entry, at: Span | undefined, edited: string | undefined): Edit[] =>
  edited === undefined ? renamed(entry, at) : [...renamed(entry, at), argumentsEdit(frame, edited)]

/** The backend's own name where the public one stands. */
export const renamed = (entry: Entry, at: Span | undefined): Edit[] =>
  entry.key === entry.name || !at ? [] : [{ start: at.start, end: at.end, text: encode(entry.name) }]

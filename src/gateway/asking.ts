// What backends ask of the client: roots, sampling, elicitation. Legacy to legacy the request goes on under an id of ours and the response comes
// back; who can't do it is answered as MCP prescribes. A modern client is not asked in this way.

import type { Stop } from '../lib/signal.ts'
import { parse, type Frame } from '../rpc/frame.ts'
import { replyOf, type Reply } from '../rpc/reply.ts'
import type { Requests } from '../rpc/requests.ts'
import { error } from './answers.ts'
import type { Backends, Origin } from './types.ts'

const ability: Record<string, string> = { 'roots/list': 'roots', 'sampling/createMessage': 'sampling', 'elicitation/create': 'elicitation' }

export class Asking {
  readonly #front: Requests
  readonly #backends: Backends
  readonly #origin: () => Origin

  constructor(front: Requests, backends: Backends, origin: () => Origin) {
    this.#front = front
    this.#backends = backends
    this.#origin = origin
  }

  /** The client's response to a backend's request; an error where the client can't, won't or is gone. `via`: by which way came what it is asked for. */
  async ask(backend: string, frame: Frame, stop: Stop, via?: string): Promise<Reply> {
    const { era, capabilities } = this.#origin()
    const needs = Object.hasOwn(ability, frame.method) ? ability[frame.method] : undefined
    if (era !== 'legacy' || needs === undefined || capabilities[needs] === undefined)
      return refusal(-32601, `Method not found: the client does not offer ${frame.method}`)
    const token = frame.metaMembers.find(one => one.key === 'progressToken')
    const ended = await this.#front.send(frame, [], {
      timeoutMs: Infinity,
      stop,
      via,
      onProgress: progress => {
        const ours = progress.param('progressToken')!
        if (token) this.#backends.get(backend)?.notify(progress, [{ start: ours.start, end: ours.end, text: frame.text.slice(token.start, token.end) }])
      },
    })
    if (ended.kind === 'reply') return ended.reply
    return refusal(-32603, ended.kind === 'lost' ? `the client is gone: ${ended.failure.reason}` : `the client gave no answer (${ended.kind})`)
  }
}

const refusal = (code: number, message: string): Reply => replyOf(parse(error('0', code, message)[0]!) as Frame)!

// Frames: one JSON-RPC message, as bytes and as meaning. Reading parses; sending splices, so what nobody must change passes unchanged.

import { isJson, outline } from './outline.ts'
import { cut, read, scannable, type Wire } from './wire.ts'
import { duplicate, member, members, MOST_MEMBERS, skipSpace, type Member, type Span } from './spans.ts'
import { isObject } from '../lib/objects.ts'

/** Wire text of an id, so that 0 and "0" differ and 9007199254740993 comes back digit for digit. */
export type Id = string

export type Params = Record<string, unknown>

/** A message that could not be read, with the answer that JSON-RPC prescribes for it. */
export interface Malformed {
  readonly kind: 'malformed'
  readonly code: -32700 | -32600 | -32602
  readonly message: string
  readonly id: Id
  /** It was meant as the answer to the request of that id. */
  readonly answer?: boolean
}

export type Kind = 'request' | 'notification' | 'response'

/** One readable message. `params`, `result` and `error` are meaning; `wire` is what is sent on. */
export class Frame {
  readonly wire: Wire
  readonly kind: Kind
  readonly id: Id
  readonly method: string
  readonly value: Record<string, unknown>
  /** On links that are many streams, which one it came by, and its answer goes; no two requests under way have the same. */
  via: string | undefined = undefined
  readonly #text: string
  readonly #top: readonly Member[]
  #params: readonly Member[] | undefined
  #values: Params | undefined
  #meta: readonly Member[] | undefined

  constructor(wire: Wire, text: string, top: readonly Member[], value: Record<string, unknown>, kind: Kind, id: Id) {
    this.wire = wire
    this.#text = text
    this.#top = top
    this.value = value
    this.kind = kind
    this.id = id
    this.method = kind === 'response' ? '' : (value['method'] as string)
  }

  /** What a request is known by while it is under way. */
  get key(): string {
    return this.via ?? this.id
  }

  /** Of a large message the outline of its params; see `meaning`. */
  get params(): Params {
    return (this.#values ??= this.#readParams())
  }

  /** All that a member of `params` says, however large it is. */
  meaning(key: string): unknown {
    const at = typeof this.wire === 'string' ? undefined : this.param(key)
    return at ? read(this.slice(at)) : this.params[key]
  }

  get meta(): Params {
    const meta = this.params['_meta']
    return typeof meta === 'object' && meta !== null ? (meta as Params) : {}
  }

  /** The text that spans are offsets into. */
  get text(): string {
    return this.#text
  }

  /** Where a member of the message stands. */
  top(key: string): Member | undefined {
    return member(this.#top, key)
  }

  /** All members of `params`. */
  get paramMembers(): readonly Member[] {
    const params = this.top('params')
    return (this.#params ??= params ? members(this.#text, params.start) : [])
  }

  /** Where a member of `params` stands. */
  param(key: string): Member | undefined {
    return member(this.paramMembers, key)
  }

  /** All members of `params._meta`. */
  get metaMembers(): readonly Member[] {
    const meta = this.param('_meta')
    return (this.#meta ??= meta ? members(this.#text, meta.start) : [])
  }

  #readParams(): Params {
    const at = typeof this.wire === 'string' ? undefined : this.top('params')
    return at ? (outline(this.wire as Buffer, at.start, at.end, MEANT) ?? {}) : ((this.value['params'] as Params | undefined) ?? {})
  }

  /** The wire text of a span. */
  slice(span: Span): Wire {
    return cut(this.wire, span.start, span.end)
  }
}

const malformed = (code: Malformed['code'], message: string, id: Id = 'null'): Malformed => ({ kind: 'malformed', code, message, id })

/** Of a large message so many bytes of members are read at the top, and of its params: names and addresses, but no contents. */
const MEANT = 1024 * 1024

function valueOf(wire: Wire): unknown {
  if (typeof wire !== 'string') return outline(wire, 0, wire.length, MEANT) ?? (isJson(wire) ? null : undefined)
  try {
    return read(wire)
  } catch {
    return undefined
  }
}

/** Reads one line. An array (a batch) is malformed here; whoever may receive one splits it first. */
export function parse(wire: Wire): Frame | Malformed {
  const value = valueOf(wire)
  if (value === undefined) return malformed(-32700, 'Parse error: the line is not JSON in UTF-8')
  if (!isObject(value)) return malformed(-32600, 'Invalid Request: a message is a JSON object')
  const text = scannable(wire)
  const top = members(text, skipSpace(text, 0))
  const idMember = member(top, 'id')
  const id = idMember ? text.slice(idMember.start, idMember.end) : 'null'
  const known = typeof value['id'] === 'string' || typeof value['id'] === 'number' ? id : 'null'
  if (top.length >= MOST_MEMBERS) return malformed(-32600, 'Invalid Request: the message has too many members', known)
  const twice = duplicate(top)
  if (twice !== undefined) return malformed(-32600, `Invalid Request: "${twice}" stands twice`, twice === 'id' ? 'null' : known)
  const answer = !('method' in value)
  if (value['jsonrpc'] !== '2.0') return { ...malformed(-32600, 'Invalid Request: "jsonrpc" is not "2.0"', known), answer }
  if ('method' in value) {
    if (typeof value['method'] !== 'string') return malformed(-32600, 'Invalid Request: "method" is not a string', known)
    if (idMember && known === 'null') return malformed(-32600, 'Invalid Request: an id is a string or a number')
    if (value['params'] !== undefined && !isObject(value['params'])) return malformed(-32602, 'Invalid params: "params" is not an object', known)
    return new Frame(wire, text, top, value, idMember ? 'request' : 'notification', known)
  }
  if ('result' in value === 'error' in value) return { ...malformed(-32600, 'Invalid Request: neither a request nor a response', known), answer }
  return new Frame(wire, text, top, value, 'response', known)
}

/** A message of our own, as a frame. */
export function compose(message: Record<string, unknown>): Frame {
  const frame = parse(Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message })).toString('latin1'))
  if (frame.kind === 'malformed') throw new TypeError(frame.message)
  return frame
}

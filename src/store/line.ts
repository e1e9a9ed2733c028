// One line of a journal: JSON of facts, sizes and hashes in plain ASCII; what a call carried has lines of its own. What callers wrote is hostile and can be huge:
// every field of theirs has a bound, and what was cut says so. A line ends with its hash: sha256 over the hash before it and its own body.

import { hash as digest } from 'node:crypto'
import { shownAs } from '../gateway/uris.ts'
import type { Call, CallRecord, Decision, Origin, Outcome, Payload } from '../gateway/types.ts'
import type { Entry } from './store.ts'

const NAME = 128
const TARGET = 1024
const SENTENCE = 1000
const DETAIL = 16 * 1024
const MOST_ASKED = 16

/** A result over this many bytes is known by its size and its two edges: hashing all of 1 MB takes as long as a client needs to read it. */
const WHOLE = 256 * 1024
const EDGE = 16 * 1024

const plain = /^[ !#-[\]-~]*$/
const beyondAscii = /[\x7f-\uffff]/g
const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** JSON in ASCII: what it says can't move a cursor, and its length is its size. */
export function ascii(value: unknown): string {
  const json = JSON.stringify(value)
  // most of it is plain already, and that is known eight times as fast
  return Buffer.byteLength(json) === json.length && !json.includes('\x7f') ? json : json.replace(beyondAscii, escaped)
}

/** A text, cut at `most` characters. */
const within = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)}… (${text.length} characters)` : text)

/** A string as ASCII JSON, cut likewise. */
export function quote(text: string, most: number): string {
  const kept = within(text, most)
  return plain.test(kept) ? `"${kept}"` : ascii(kept)
}

/** The hash of wire bytes, such as 'sha256:ab12…'; '' where there are none. */
export function hashOf(wire: string | Buffer): string {
  if (wire.length === 0) return ''
  return `sha256:${digest('sha256', typeof wire === 'string' && Buffer.byteLength(wire) > wire.length ? Buffer.from(wire, 'latin1') : wire)}`
}

/** The same for results: 'sha256-edges:…' is over the first and the last 16 KiB of one too large to hash on the way. */
export function hashOfResult(wire: string | Buffer): string {
  if (wire.length <= WHOLE) return hashOf(wire)
  const edges = Buffer.allocUnsafe(2 * EDGE)
  const tail = wire.length - EDGE
  if (typeof wire === 'string') edges.write(wire.slice(0, EDGE) + wire.slice(tail), 'latin1')
  else wire.copy(edges, wire.copy(edges, 0, 0, EDGE), tail)
  return `sha256-edges:${digest('sha256', edges)}`
}

/** A line's hash, over the hash before it and its own body. */
export const link = (previous: string, body: string): string => digest('sha256', previous + body)

/** What makes a body a line. */
const closing = (hash: string): string => `,"hash":"${hash}"}\n`

/** The whole line, its end included. */
export const closed = (body: string, hash: string): string => body + closing(hash)

const HASH_TAIL = ',"hash":"'.length + 64 + '"}'.length

/** How long the whole line is. */
export const lengthOf = (body: string): number => body.length + HASH_TAIL + 1

/** Writes the body of a line, and before it the hash that it hangs on: so both become bytes once. Says its own hash. */
function writeBody(into: Buffer, at: number, previous: string, body: string): string {
  const from = at - previous.length
  into.write(previous + body, from, 'latin1')
  return digest('sha256', into.subarray(from, at + body.length))
}

/** Writes the whole line; what stands before it is overwritten. Says its hash. */
export function writeLine(into: Buffer, at: number, previous: string, body: string): string {
  const hash = writeBody(into, at, previous, body)
  into.write(closing(hash), at + body.length, 'latin1')
  return hash
}

/** Several of them, one behind the other: each ends when the next one is hashed, for the hash that that one hangs on stands there meanwhile. */
export function writeLines(into: Buffer, at: number, previous: string, bodies: readonly string[]): string {
  let hash = previous
  let end = ''
  for (const body of bodies) {
    hash = writeBody(into, at, hash, body)
    into.write(end, at - end.length, 'latin1')
    end = closing(hash)
    at += lengthOf(body)
  }
  into.write(end, at - end.length, 'latin1')
  return hash
}

/** The hash that a line (without its end) claims, and the body it should be over. */
export const parts = (line: string): { body: string; hash: string } => ({ body: line.slice(0, -HASH_TAIL), hash: line.slice(-66, -2) })

const head = (seq: number, kind: string, time: number): string => `{"v":1,"seq":${seq},"kind":"${kind}","time":${time}`

/** An origin as text, and what the store wants to know of it. */
interface Known {
  readonly text: string
  readonly session: string
  readonly client: { readonly name: string; readonly id: string | undefined }
  readonly principal: { readonly org: string }
}

const origins = new WeakMap<Origin, Known>()

function known(origin: Origin): Known {
  const noted = origins.get(origin)
  if (noted) return noted
  const { client, principal } = origin
  const id = client.id === undefined ? '' : `,"id":${quote(client.id, NAME)}`
  const project = origin.project === undefined ? '' : `,"project":${quote(origin.project, TARGET)}`
  const theirs = origin.clientSession === undefined ? '' : `,"clientSession":${quote(origin.clientSession, NAME)}`
  const trace = origin.traceparent === undefined ? '' : `,"traceparent":${quote(origin.traceparent, NAME)}`
  const text =
    `,"session":${quote(origin.session, NAME)},"client":{"name":${quote(client.name, NAME)},"version":${quote(client.version, NAME)}${id}}` +
    `,"principal":{"id":${quote(principal.id, NAME)},"kind":"${principal.kind}","org":${quote(principal.org, NAME)}}` +
    `,"era":"${origin.era}","revision":${quote(origin.revision, NAME)}${trace}${project}${theirs}`
  const named = { name: within(client.name, NAME), id: client.id === undefined ? undefined : within(client.id, NAME) }
  const made = { text, session: within(origin.session, NAME), client: named, principal: { org: within(principal.org, NAME) } }
  origins.set(origin, made)
  return made
}

function decisionText(decision: Decision): string {
  if (decision.kind === 'allow') {
    const { by, approver, edited } = decision
    const who = approver === undefined ? '' : `,"approver":${quote(approver, NAME)}`
    const other = edited === undefined ? '' : `,"editedBytes":${Buffer.byteLength(edited)},"editedHash":"${hashOf(Buffer.from(edited))}"`
    return `{"kind":"allow","by":${quote(by, NAME)}${who}${other}}`
  }
  const why = `"by":${quote(decision.by, NAME)},"reason":${quote(decision.reason, SENTENCE)}`
  if (decision.kind === 'ask') return `{"kind":"ask",${why}}`
  const retry = decision.retryAfterMs === undefined ? '' : `,"retryAfterMs":${decision.retryAfterMs}`
  return `{"kind":"deny",${why},"code":"${decision.code}"${retry}}`
}

const askedText = (asked: readonly string[] = []): string =>
  asked.length === 0
    ? ''
    : `,"asked":[${asked
        .slice(0, MOST_ASKED)
        .map(method => quote(method, NAME))
        .join(',')}]`

function outcomeText(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'answered':
      return `{"kind":"answered","isError":${outcome.isError},"bytes":${outcome.bytes}}`
    case 'waiting':
      return `{"kind":"waiting","for":"${outcome.for}"${askedText(outcome.asked)}}`
    case 'cancelled':
      return '{"kind":"cancelled"}'
    default:
      return `{"kind":"${outcome.kind}","fault":"${outcome.fault}","message":${quote(outcome.message, SENTENCE)}}`
  }
}

/** A name as it may be on record. */
const shown = ({ method }: Call, name: string): string => shownAs(method, name)

/** A call begins. A name that had to be cut is told apart by its hash. */
export function openBody(seq: number, time: number, call: Call, decision: Decision): string {
  const { argumentsText } = call
  const target = shown(call, call.target)
  const whole = target.length > TARGET ? `,"targetHash":"${hashOf(Buffer.from(target))}"` : ''
  const name = call.name === call.target ? '' : `,"name":${quote(shown(call, call.name), TARGET)}`
  const started = call.startedAt === time ? '' : `,"started":${call.startedAt}`
  const size = argumentsText.length === 0 ? '' : `,"argumentsBytes":${argumentsText.length},"argumentsHash":"${hashOf(argumentsText)}"`
  return (
    `${head(seq, 'open', time)}${started},"id":${quote(call.id, NAME)},"method":${quote(call.method, NAME)},"backend":${quote(call.backend, NAME)}` +
    `,"target":${quote(target, TARGET)}${whole}${name}${size},"decision":${decisionText(decision)}${known(call.origin).text}`
  )
}

/** What a line is for the store, apart from its text: what would be read out of it. */
export type About = Pick<Entry, 'kind' | 'id' | 'fields'>

export function openAbout(call: Call): About {
  const { session, client, principal } = known(call.origin)
  const target = within(shown(call, call.target), TARGET)
  const name = call.name === call.target ? undefined : within(shown(call, call.name), TARGET)
  const backend = within(call.backend, NAME)
  return { kind: 'open', id: within(call.id, NAME), fields: { session, client, principal, backend, target, name, argumentsBytes: call.argumentsText.length } }
}

export function settleAbout({ call, outcome }: CallRecord): About {
  const said = 'fault' in outcome ? { kind: outcome.kind, fault: outcome.fault } : outcome
  return { kind: 'settle', id: within(call.id, NAME), fields: { outcome: said } }
}

export const noteAbout = (note: string): About => ({ kind: 'note', id: within(note, NAME), fields: none })

export const payloadAbout = ([{ id }]: readonly [Payload, ...Payload[]]): About => ({ kind: 'note', id: PAYLOAD, fields: { id: within(id, NAME) } })

const none = {}

/** A call waits for its client; it is not over. Or what came of its task has been asked for. */
export const legBody = (seq: number, time: number, call: Call, outcome: Outcome, result?: string | Buffer): string =>
  `${head(seq, LEG, time)},"id":${quote(call.id, NAME)},"outcome":${outcomeText(outcome)}${resultText(result)}`

const resultText = (result: string | Buffer = ''): string => (result.length === 0 ? '' : `,"resultHash":"${hashOfResult(result)}"`)

/** The kind of such a line; the store keeps it as a note. */
export const LEG = 'leg'

/** A call ends. */
export function settleBody(seq: number, time: number, { call, decision, outcome, durationMs, result }: CallRecord): string {
  return (
    `${head(seq, 'settle', time)},"id":${quote(call.id, NAME)},"outcome":${outcomeText(outcome)},"durationMs":${Math.round(durationMs * 1000) / 1000}` +
    `${resultText(result)},"decision":${decisionText(decision)}`
  )
}

/** What a call carried; whoever hands it in has cut it. An older version keeps it as a note of this kind, and shows of several parts the first. */
export function payloadBody(seq: number, time: number, [first, ...more]: readonly [Payload, ...Payload[]]): string {
  const rest = more.length === 0 ? '' : `,"more":[${more.map(part => `{${partText(part)}}`).join(',')}]`
  return `${head(seq, PAYLOAD, time)},"id":${quote(first.id, NAME)},${partText(first)}${rest}`
}

function partText({ part, text, bytes, redactions, cut }: Payload): string {
  const marks = redactions === 0 ? '' : `,"redactions":${redactions}`
  return `"part":"${part}","bytes":${bytes}${marks}${cut ? ',"cut":true' : ''},"text":${ascii(text)}`
}

/** Longer parts have a line each: a line has an end (segments.ts). */
const TOGETHER = 64 * 1024

/** Parts that come one after the other and are of one call share a line: that is one hash and one row less. */
export function inLines(parts: readonly Payload[]): [Payload, ...Payload[]][] {
  const lines: [Payload, ...Payload[]][] = []
  let size = 0
  for (const part of parts) {
    const line = lines.at(-1)
    size += part.text.length
    if (line?.[0].id === part.id && size <= TOGETHER) line.push(part)
    else {
      lines.push([part])
      size = part.text.length
    }
  }
  return lines
}

/** The kind of such a line. */
export const PAYLOAD = 'payload'

/** A change that is no call. */
export function noteBody(seq: number, time: number, note: string, detail: Record<string, unknown>): string {
  const text = ascii(detail)
  return `${head(seq, 'note', time)},"note":${quote(note, NAME)},"detail":${text.length > DETAIL ? `{"cut":${quote(text, SENTENCE)}}` : text}`
}

/** What stands first in each segment. It is no link of the chain, only says where the segment hangs on. */
export const segmentLine = (journal: string, segment: number, seq: number, previous: string, time: number): string =>
  `{"v":1,"kind":"segment","journal":${quote(journal, NAME)},"segment":${segment},"pid":${process.pid},"seq":${seq},"previous":${quote(previous, NAME)},"time":${time}}\n`

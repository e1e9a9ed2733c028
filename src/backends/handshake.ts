// How a conversation with a backend begins. Era detection: MCP 2026-07-28, versioning (server/discover first; any answer but a modern one,
// or none, means legacy). Probed in place; a backend that exits on the probe is started once more and asked nothing but `initialize`.
// One that is only slow to start is not taken for a silent one: it finds both requests waiting, and answers the probe first.

import { LEGACY, LEGACY_LATEST, META_CAPABILITIES, META_CLIENT, META_SERVER, META_VERSION, MODERN } from '../rpc/eras.ts'
import { compose } from '../rpc/frame.ts'
import type { Ended, Requests } from '../rpc/requests.ts'
import type { Reply } from '../rpc/reply.ts'
import type { Era, Listener } from '../gateway/types.ts'
import type { Clock } from '../lib/clock.ts'
import { isObject } from '../lib/objects.ts'

export interface Greeting {
  readonly era: Era
  /** It answered the probe too, after `initialize` was on its way: it speaks the legacy era now and is probed with patience the next time. */
  readonly dual?: true
  readonly revision: string
  readonly capabilities: Record<string, unknown>
  readonly info: { readonly name: string; readonly version: string }
  readonly instructions?: string
}

export interface HandshakeOptions {
  /** What this backend spoke last time, if that is not long ago; 'modern' and undefined are probed. */
  readonly era?: Era
  readonly timeoutMs: number
  readonly client: { readonly name: string; readonly version: string }
  readonly capabilities: Record<string, unknown>
}

/** The rest of a failed handshake: what ended it, and whether it was the probe that the backend did not survive. */
export interface Failed {
  readonly ended: Ended
  readonly probing: boolean
}

/** A silent answer to the probe is an answer too: after so long `initialize` follows it. */
const PROBE_MS = 2500
const UNSUPPORTED_VERSION = -32022

const record = (value: unknown): Record<string, unknown> => (isObject(value) ? { ...value } : {})
const text = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise)

const bodyOf = (reply: Reply): Record<string, unknown> => record(reply.value)

function greeting(era: Era, revision: string, body: Record<string, unknown>, info: Record<string, unknown>): Greeting {
  const instructions = typeof body['instructions'] === 'string' ? { instructions: body['instructions'] } : {}
  return {
    era,
    revision,
    capabilities: record(body['capabilities']),
    info: { name: text(info['name'], ''), version: text(info['version'], '') },
    ...instructions,
  }
}

/** The `_meta` of a modern request of our own. */
export const modernValues = (client: HandshakeOptions['client'], capabilities: Record<string, unknown>): Record<string, unknown> => ({
  [META_VERSION]: MODERN,
  [META_CAPABILITIES]: capabilities,
  [META_CLIENT]: client,
})

async function discover(requests: Requests, options: HandshakeOptions, again = false): Promise<Greeting | Failed | 'legacy'> {
  const frame = compose({ id: 0, method: 'server/discover', params: { _meta: modernValues(options.client, options.capabilities) } })
  const ended = await requests.send(frame, [], { timeoutMs: options.timeoutMs, cancellable: false })
  if (ended.kind === 'lost' && (ended.failure.unauthorized || ended.failure.unsent)) return { ended, probing: false }
  if (ended.kind === 'lost') return { ended, probing: true }
  if (ended.kind !== 'reply') return 'legacy'
  if (ended.reply.error) return !again && speaksModern(ended.reply) ? discover(requests, options, true) : 'legacy'
  const body = bodyOf(ended.reply)
  const versions = body['supportedVersions']
  if (!Array.isArray(versions) || !versions.includes(MODERN)) return 'legacy'
  return greeting('modern', MODERN, body, record(record(body['_meta'])[META_SERVER] ?? body['serverInfo']))
}

/** An error that only the modern era knows, and that names our revision (MCP 2026-07-28, versioning: choose a supported one and try again). */
const speaksModern = (reply: Reply): boolean => {
  const { code, data } = bodyOf(reply)
  const supported = record(data)['supported']
  return code === UNSUPPORTED_VERSION && Array.isArray(supported) && supported.includes(MODERN)
}

async function initialize(requests: Requests, options: HandshakeOptions): Promise<Greeting | Failed> {
  const params = { protocolVersion: LEGACY_LATEST, capabilities: options.capabilities, clientInfo: options.client }
  const ended = await requests.send(compose({ id: 0, method: 'initialize', params }), [], { timeoutMs: options.timeoutMs, cancellable: false })
  if (ended.kind !== 'reply') return { ended, probing: false }
  if (ended.reply.error) return { ended, probing: false }
  const body = bodyOf(ended.reply)
  const revision = text(body['protocolVersion'], LEGACY_LATEST)
  if (!LEGACY.includes(revision))
    return { ended: { kind: 'lost', failure: { unsent: true, reason: `it speaks protocol ${revision}, which mcpgw doesn't know` } }, probing: false }
  return greeting('legacy', revision, body, record(body['serverInfo']))
}

/** What we may promise a legacy backend: what its client can do. Of a modern client, what it is asked by answers; it never says that roots have changed. */
export function declared({ origin: { era, capabilities } }: Listener): Record<string, unknown> {
  if (era === 'legacy') return capabilities
  const { roots, sampling, elicitation } = capabilities
  return { ...(roots !== undefined && { roots: {} }), ...(sampling !== undefined && { sampling }), ...(elicitation !== undefined && { elicitation }) }
}

/** The best era that it is known to speak. */
export const bestEra = ({ era, dual }: Pick<Greeting, 'era' | 'dual'>): Era => (dual ? 'modern' : era)

/** Greets a backend. The caller sends `notifications/initialized` to a legacy one. */
export async function handshake(requests: Requests, clock: Clock, options: HandshakeOptions): Promise<Greeting | Failed> {
  if (options.era === 'legacy') return initialize(requests, options)
  let found: Greeting | Failed | 'legacy' | undefined
  const probe = discover(requests, options).then(it => (found = it))
  await atMost(clock, options.era === 'modern' ? options.timeoutMs / 2 : Math.min(PROBE_MS, options.timeoutMs), probe)
  if (found !== undefined && found !== 'legacy') return found
  const silent = found === undefined
  const greeted = await initialize(requests, options)
  return silent ? both(greeted, found) : greeted
}

/** What a backend is that was asked in both eras at once: `probed` is undefined where the probe is not answered yet. */
function both(greeted: Greeting | Failed, probed: Greeting | Failed | 'legacy' | undefined): Greeting | Failed {
  const modern = typeof probed === 'object' && 'era' in probed ? probed : undefined
  if ('era' in greeted) return modern ? { ...greeted, dual: true } : greeted
  const { ended } = greeted
  if (ended.kind !== 'lost') return modern ?? greeted
  return { ended, probing: probed !== 'legacy' && !modern && !ended.failure.unauthorized && !ended.failure.unsent }
}

/** Waits for something, but no longer than so. */
async function atMost(clock: Clock, ms: number, something: Promise<unknown>): Promise<void> {
  await new Promise<void>(done => {
    const timer = clock.after(ms, done)
    void something.then(() => (timer.cancel(), done()))
  })
}

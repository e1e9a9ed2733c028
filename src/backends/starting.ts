// One start of a backend, from its link to its greeting: in the era it spoke last, and once more in the other where it does not survive the probe.

import type { Fault } from '../gateway/faults.ts'
import type { Era } from '../gateway/types.ts'
import type { Stop } from '../lib/signal.ts'
import type { Link } from '../rpc/link.ts'
import { plain } from '../rpc/wire.ts'
import type { HandshakeOptions } from './handshake.ts'
import { describe, type Running } from './running.ts'

/** Why a start came to nothing. */
export interface NotStarted {
  readonly reason: string
  /** It refused our credentials: trying again is no use. */
  readonly unauthorized?: boolean
  /** A login is what it wants. */
  readonly login?: boolean
  /** Scopes that the login it has does not reach. */
  readonly lacks?: string
  /** It could not even be tried. */
  readonly fault?: Fault
}

export interface StartOptions extends Omit<HandshakeOptions, 'era'> {
  readonly era: Era | undefined
  readonly open: () => Promise<Link | Fault>
  readonly attach: (link: Link) => Running
  /** Ends the start, and what it has started. */
  readonly stop: Stop
}

/** Starts a backend and greets it. What was started and came to nothing is ended. */
export async function start({ era, open, attach, stop, ...greeting }: StartOptions): Promise<Running | NotStarted> {
  let failure: NotStarted = { reason: 'unknown' }
  for (const first of era === 'legacy' ? (['legacy'] as const) : ([era, 'legacy'] as const)) {
    if (stop.stopped) break
    const link = await open().catch((error: unknown): NotStarted => ({ reason: error instanceof Error ? error.message : String(error) }))
    if ('reason' in link) return link
    if ('code' in link) return { reason: link.message, fault: link }
    stop.on(() => void link.close())
    const running = attach(link)
    const failed = await running.greet({ ...greeting, era: first })
    if (!failed) return running
    await link.close()
    const { ended, probing } = failed
    const reason = ended.kind === 'reply' ? `it answered initialize with: ${plain(ended.reply.value['message'])}` : describe(ended)
    failure = ended.kind === 'lost' ? { reason, unauthorized: ended.failure.unauthorized, login: ended.failure.login, lacks: ended.failure.lacks } : { reason }
    if (!probing || failure.unauthorized) break
  }
  return stop.stopped ? { reason: 'it was stopped' } : failure
}

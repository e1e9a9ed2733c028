// `mcpgw log -f`: what is there, then every call as it is settled, of every process on this machine. A call that takes longer than a moment is
// shown as in flight meanwhile, once; so no call is shown twice the same. Ends at Ctrl-C, and that is no failure.

import { setTimeout as pause } from 'node:timers/promises'
import { Follower } from '../store/follow.ts'
import { matches } from '../store/matching.ts'
import type { Records } from '../store/records.ts'
import type { CallFilter } from '../store/store.ts'
import type { StoredCall } from '../store/stored.ts'
import type { Context } from './context.ts'
import type { LogOptions } from './log.ts'
import { json } from './print.ts'
import { rows } from './rows.ts'
import { columns, dataOf, rowOf, standingOf, type IsAlive } from './shown-calls.ts'

const LOOK_MS = 200
/** A call that takes longer is shown before it is settled. */
const MOMENT_MS = 1000

export interface Followed {
  readonly records: Records
  readonly isAlive: IsAlive
  readonly filter: CallFilter
  readonly options: LogOptions
  /** What is there, oldest first. */
  readonly calls: readonly StoredCall[]
}

/** Shows calls until the person has seen enough. */
export async function followed(context: Context, { records, isAlive, filter, options, calls }: Followed): Promise<void> {
  const open = await records.calls({ outcome: 'open', limit: Infinity })
  const living = open.filter(call => standingOf(call, isAlive) === 'in flight')
  const follower = new Follower(context.places.journal, records.store, await records.progress(), living)
  const shown = new Set<string>()
  const write = options.json ? undefined : rows(context, columns)
  const show = async (call: StoredCall): Promise<void> => {
    if (!call.outcome) shown.add(call.id)
    else shown.delete(call.id)
    if (write) await write(rowOf(call, isAlive, Date.now()))
    else json(context, dataOf(call, isAlive), 0)
  }
  const wanted = (call: StoredCall): boolean =>
    matches(call, { ...filter, sinceAt: undefined }) && (filter.outcome !== 'open' || standingOf(call, isAlive) === options.outcome)

  for (const call of calls) await show(call)
  const stopped = stop()
  while (!stopped.signal.aborted) {
    for (const call of await follower.poll()) if (wanted(call)) await show(call)
    for (const call of [...follower.open]) {
      const standing = standingOf(call, isAlive)
      if (standing === 'unknown') follower.drop(call.id)
      const late = standing === 'unknown' || (!shown.has(call.id) && Date.now() - call.openedAt > MOMENT_MS)
      if (late && wanted(call)) await show(call)
    }
    await pause(LOOK_MS, undefined, { signal: stopped.signal }).catch(() => undefined)
  }
  stopped.end()
}

function stop(): { signal: AbortSignal; end(): void } {
  const controller = new AbortController()
  const abort = (): void => controller.abort()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, abort)
  return { signal: controller.signal, end: () => void (process.off('SIGINT', abort), process.off('SIGTERM', abort)) }
}

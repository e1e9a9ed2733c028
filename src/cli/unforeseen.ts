// What nobody foresaw, in a process that others live in. A promise that is rejected with nobody there to hear it has ended what it was for and nothing
// else: the process goes on. What is thrown past everybody may have left half done what others rely on: the process ends, with all that is under it.
// Either is on record and said, without secrets; a flood of it stays small.

import { redacted } from '../gateway/redact/lazy.ts'
import type { Clock } from '../lib/clock.ts'
import { Flood } from '../lib/flood.ts'
import { safe } from '../lib/safe.ts'

export interface Unforeseen {
  readonly clock: Clock
  /** Puts it on record; false when that failed. */
  readonly note: (kind: string, detail: Record<string, unknown>) => boolean
  /** Ends the process, and everything under it. */
  readonly end: () => void
}

/** So much of a message is told. */
const LONGEST = 500

/** From here on. */
export function unforeseen({ clock, note, end }: Unforeseen): void {
  const tell = (ends: boolean, what: string, where?: string): void => {
    const recorded = note('gateway.failed', { by: 'gateway', because: what, where, ends })
    const then = ends ? 'mcpgw ends, with its backends: start it again' : 'Nobody waited for it: mcpgw goes on'
    const see = recorded ? 'It is on record: mcpgw log --changes' : 'It could not be recorded: mcpgw doctor'
    process.stderr.write(`mcpgw: ${safe(`this should not have happened: ${what}${where === undefined ? '' : ` (${where})`}. ${then}. ${see}`)}\n`)
  }
  const failed = async (ends: boolean, error: unknown): Promise<void> => {
    const what = await redacted(messageOf(error)).catch(() => 'what it says can not be shown without its secrets')
    tell(ends, what, whereOf(error))
  }
  const flood = new Flood(clock, many => tell(false, `${many} more promises were rejected`))
  // Whoever reads it may be gone; that ends nobody.
  process.stderr.on('error', () => {})
  process.on('unhandledRejection', error => {
    if (flood.hears()) void failed(false, error)
  })
  let ending = false
  process.on('uncaughtException', error => {
    if (ending && !flood.hears()) return
    ending = true
    void failed(true, error).finally(end)
  })
}

function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message || error.name : error).slice(0, LONGEST)
  } catch {
    return 'something that has no name'
  }
}

/** The place in our own code. */
function whereOf(error: unknown): string | undefined {
  const stack = error instanceof Error ? String(error.stack) : ''
  const [, where] =
    stack
      .split('\n')
      .map(line => /^ +at (?!.*\(?node:)(.{1,200})$/.exec(line))
      .find(one => one !== null) ?? []
  return where
}

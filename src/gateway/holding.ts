// A call that waits for a person, and what ends the waiting: an answer from wherever, the end of the question, of what the client can bear, of the
// call; or that nobody is there any more who could answer. A hold that has ended never executes: only a call that is still waiting goes on.

import type { Clock } from '../lib/clock.ts'
import { Stop } from '../lib/signal.ts'
import { standing, type Approval } from './approval.ts'
import type { Approvals } from './approvals.ts'
import type { Attendance } from './attendance.ts'

/** Who has lost a window has so long to open it again. */
const GRACE_MS = 3000
const HEARTBEAT_MS = 10_000

export interface Holding {
  readonly clock: Clock
  readonly approvals: Approvals
  readonly attendance: Attendance
  /** Calls back whenever anybody has written into the store, until told to stop. */
  readonly watch: (act: () => void) => () => void
}

export interface Hold {
  readonly approval: Approval
  readonly stop: Stop
  /** The client bears it until then (wall clock). */
  readonly untilAt: number
  /** Only while somebody attached can answer. */
  readonly attended: boolean
  readonly heartbeat?: (beat: number) => void
  /** Whether an answer to another question is one to this, too. */
  readonly covered: () => Promise<boolean>
  /** Asks on another way: false when no answer will come by it. */
  readonly ask?: (over: Stop) => Promise<boolean>
}

/** answered: somebody has. ended: nobody will in time. over: the question itself is. cancelled: nobody wants the call any more. */
export type Held = { readonly kind: 'answered'; readonly approval: Approval } | { readonly kind: 'ended' | 'over' | 'cancelled' }

/** Waits. Never rejects. */
export function hold({ clock, approvals, attendance, watch }: Holding, one: Hold): Promise<Held> {
  const { approval, stop, untilAt, attended, heartbeat, covered, ask } = one
  return new Promise(settle => {
    const endings: (() => void)[] = []
    const over = new Stop()
    const end = (held: Held) => {
      for (const ending of endings.splice(0)) ending()
      // A form that is still open may be answered later: the question is.
      if (held.kind !== 'ended') over.stop('it was answered, or is over')
      settle(held)
    }
    const after = (ms: number, act: () => void) => {
      const timer = clock.after(ms, act)
      const cancel = () => timer.cancel()
      endings.push(cancel)
      return cancel
    }
    const look = async () => {
      try {
        const [now] = await approvals.approvals([approval.id])
        if (!now) return end({ kind: 'over' })
        const stands = standing(now, clock.now())
        if (stands === 'expired') end({ kind: 'over' })
        else if (stands !== 'open' || (await covered())) end({ kind: 'answered', approval: now })
      } catch {
        // a store that can't be read now is read again when somebody has written
      }
    }
    stop.on(() => end({ kind: 'cancelled' }))
    if (stop.stopped) return
    endings.push(watch(() => void look()))
    // An answer in the last instant counts: it is looked for once more.
    const last = (kind: 'ended' | 'over') => void look().then(() => end({ kind }))
    after(Math.max(0, untilAt - clock.now()), () => last('ended'))
    after(Math.max(0, approval.expiresAt - clock.now()), () => last('over'))
    if (attended) {
      let leaving: (() => void) | undefined
      const seen = () => {
        leaving?.()
        leaving = attendance.somebody ? undefined : after(GRACE_MS, () => last('ended'))
      }
      endings.push(attendance.on(seen))
      seen()
    }
    if (heartbeat) {
      const beat = (count: number) => {
        heartbeat(count)
        after(HEARTBEAT_MS, () => beat(count + 1))
      }
      beat(0)
    }
    void ask?.(over).then(
      answers => void (answers ? look() : last('ended')),
      () => last('ended'),
    )
    void look()
  })
}

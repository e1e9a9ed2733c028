// How much time the process has to spare.

import type { EventLoopUtilization } from 'node:perf_hooks'

/** Which share of the time since the last question the process had nothing to do. */
export function spareTime(): () => number {
  let last: EventLoopUtilization | undefined
  return () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, last)
    last = now
    return 1 - utilization
  }
}

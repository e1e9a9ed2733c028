// Time is handed in. `now` is the wall clock in ms, `tick` a monotonic one for durations, `after` a timer that does not keep the process alive.

export interface Timer {
  cancel(): void
}

export interface Clock {
  now(): number
  tick(): number
  after(ms: number, act: () => void): Timer
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  tick: () => performance.now(),
  after(ms, act) {
    const timer = setTimeout(act, ms)
    timer.unref()
    return { cancel: () => clearTimeout(timer) }
  },
}

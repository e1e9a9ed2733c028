// Time is handed in. `now` is the wall clock in ms, `tick` a monotonic one for durations, `after` a timer that does not keep the process alive.

export interface Timer {
  cancel(): void
}

export interface Clock {
  now(): number
  tick(): number
  after(ms: number, act: () => void): Timer
}

/** The machine's own clock. `performance` reads the same one and is no faster; loading it would hold up the first backend that is started. */
export const systemClock: Clock = {
  now: () => Date.now(),
  tick() {
    const [seconds, nanoseconds] = process.hrtime()
    return seconds * 1e3 + nanoseconds / 1e6
  },
  after(ms, act) {
    const timer = setTimeout(act, ms)
    timer.unref()
    return { cancel: () => clearTimeout(timer) }
  },
}

// Times as people read them.

const two = (value: number): string => String(value).padStart(2, '0')

/** Today's by the clock, others by their day. */
export function timeOf(at: number, now: number): string {
  const time = new Date(at)
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`
  return time.toDateString() === new Date(now).toDateString() ? clock : `${two(time.getMonth() + 1)}-${two(time.getDate())} ${clock.slice(0, 5)}`
}

// Amounts as people read them.

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

/** 1234567 bytes as 1.2 MB. */
export function bytes(amount: number): string {
  let value = amount
  let unit = 0
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 || value >= 9.95 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`
}

/** A duration, roughly: 350 ms, 12 s, 4 min, 3 h, 2 d. */
export function roughly(ms: number): string {
  if (ms < 999.5) return `${ms < 9.95 ? Math.round(ms * 10) / 10 : Math.round(ms)} ms`
  const seconds = ms / 1000
  if (seconds < 100) return `${seconds < 9.95 ? Math.round(seconds * 10) / 10 : Math.round(seconds)} s`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`
  return seconds < 48 * 3600 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`
}

/** `1 call`, `2 calls`. */
export const count = (amount: number, one: string, several = `${one}s`): string => `${amount} ${amount === 1 ? one : several}`

/** 194831 as 195k: what a person compares. */
export function short(amount: number): string {
  if (amount < 10_000) return String(amount)
  return amount < 999_500 ? `${Math.round(amount / 1000)}k` : `${(amount / 1_000_000).toFixed(amount < 9_950_000 ? 1 : 0)}M`
}

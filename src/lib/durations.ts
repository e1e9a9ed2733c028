// Durations as people write them: 60s, 10m, 1.5h, 2d.

import ms from 'ms'

/** Milliseconds; undefined for what is no duration. A number needs its unit: nobody knows what 60 means. */
export function parseDuration(text: string): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|sec|m|min|h|d|w)$/.exec(text.trim().toLowerCase()) ?? []
  return number === undefined ? undefined : Math.round(ms(`${Number(number)}${unit as 'ms' | 's' | 'sec' | 'm' | 'min' | 'h' | 'd' | 'w'}`))
}

/** In the largest unit that says it exactly: 90000 is 90s, 600000 is 10m. */
export function duration(value: number): string {
  for (const [unit, size] of units) if (value >= size && value % size === 0) return `${value / size}${unit}`
  return `${value}ms`
}

/** A time to wait, rounded up to what a person would say: 12s, 5m, 3h. */
export function about(value: number): string {
  const [unit, size] = units.find(([, size]) => value > 2 * size) ?? units.at(-1)!
  return `${Math.max(1, Math.ceil(value / size))}${unit}`
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const

// Did you mean: the one known word that a mistyped one is nearest to.

/** The nearest of `known`, if it is near enough to be meant. */
export function closest(word: string, known: readonly string[]): string | undefined {
  const wanted = word.toLowerCase()
  const reach = Math.max(1, Math.floor(Math.min(word.length, 64) / 3))
  let best: { name: string; distance: number } | undefined
  for (const name of known) {
    const distance = edits(wanted, name.toLowerCase())
    if (distance <= reach && (!best || distance < best.distance)) best = { name, distance }
  }
  return best?.name
}

/** How many letters differ: put in, left out, changed, or two swapped. */
function edits(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > 64 || one.length > 256) return Infinity
  let before: number[] = []
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++) {
      const cost = one[i - 1] === other[j - 1] ? 0 : 1
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + cost)
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) next[j] = Math.min(next[j]!, before[j - 2]! + 1)
    }
    before = row
    row = next
  }
  return row[other.length]!
}

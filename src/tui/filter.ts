// What stands behind `/`: words and tokens, all of which must hold. `tool: backend: client: key: project: outcome:` name a part of a row, `ms>500` compares its
// time, anything else may stand anywhere in it; `*` stands for anything, and `!` turns one of them round.

/** A row by its parts; numbers can be compared, everything else is text to search in. */
export type Parts = Readonly<Record<string, string | number | undefined>>

type Test = (parts: Parts) => boolean

const compare = {
  '>': (value: number, bound: number) => value > bound,
  '<': (value: number, bound: number) => value < bound,
} as const

/** Whether a row is meant by this filter; one that is being typed already filters. */
export function filterOf(text: string): Test {
  const tests = text
    .trim()
    .split(/\s+/)
    .filter(word => word !== '' && word !== '!')
    .map(testOf)
  return parts => tests.every(test => test(parts))
}

function testOf(word: string): Test {
  if (word.startsWith('!')) {
    const test = testOf(word.slice(1))
    return parts => !test(parts)
  }
  const [, number, sign, bound] = /^(\w+)([<>])(\d+)$/.exec(word) ?? []
  if (number !== undefined) return parts => typeof parts[number] === 'number' && compare[sign as '<' | '>'](parts[number], Number(bound))
  const [, part, rest] = /^(\w+):(.*)$/s.exec(word) ?? []
  const fits = containing(rest ?? word)
  if (part === undefined) return parts => Object.values(parts).some(value => typeof value === 'string' && fits(value))
  // A word with a colon that is no part of these rows is a word.
  const whole = containing(word)
  return parts => (part in parts ? fits(String(parts[part] ?? '')) : Object.values(parts).some(value => typeof value === 'string' && whole(value)))
}

function containing(text: string): (value: string) => boolean {
  const wanted = text.toLowerCase()
  if (!wanted.includes('*')) return value => value.toLowerCase().includes(wanted)
  const pieces = wanted.split('*').filter(Boolean)
  return value => {
    const there = value.toLowerCase()
    let at = 0
    for (const piece of pieces) {
      const found = there.indexOf(piece, at)
      if (found < 0) return false
      at = found + piece.length
    }
    return true
  }
}

/** What of a filter means nothing for such rows, in words: it is looked for as it stands, or nothing fits. */
export function odd(text: string, rows: readonly Parts[]): string | undefined {
  if (rows.length === 0) return undefined
  const all = new Set(rows.flatMap(Object.keys))
  const numbers = [...all].filter(name => rows.some(row => typeof row[name] === 'number'))
  const texts = [...all].filter(name => !numbers.includes(name))
  for (const word of text.trim().split(/\s+/)) {
    const [, name, sign, rest] = /^!?(\w+)([<>:])(.*)$/s.exec(word) ?? []
    if (name === undefined) continue
    if (sign === ':' && !all.has(name)) return `"${name}:" is none of ${texts.map(one => `${one}:`).join(' ')}`
    if (sign !== ':' && !numbers.includes(name)) return `"${name}" is no number here${numbers.length > 0 ? `; numbers: ${numbers.join(', ')}` : ''}`
    if (sign !== ':' && !/^\d+$/.test(rest!)) return `behind ${name}${sign} stands a number`
  }
  return undefined
}

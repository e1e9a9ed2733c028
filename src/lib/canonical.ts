// One text for all JSON texts that mean the same (RFC 8785): members in the order of their names, no spaces, numbers as JavaScript writes them. A
// number that a double can't hold keeps its own digits: 9007199254740993 is not 9007199254740992, whatever a parser makes of it.

/** A number by its text. */
class Exact {
  readonly #text: string
  constructor(text: string) {
    this.#text = text
  }
  toString(): string {
    return this.#text
  }
}

/** Digits and exponent, the same for all ways to write one number. */
function decimal(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
  const digits = (whole + fraction).replace(/^0+/, '')
  const kept = digits.replace(/0+$/, '')
  return kept === '' ? '0' : `${sign}${kept}e${BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - kept.length)}`
}

function held(_key: string, value: unknown, { source }: { source?: string }): unknown {
  if (typeof value !== 'number' || source === undefined) return value
  const exact = decimal(source)
  return Number.isFinite(value) && decimal(String(value)) === exact ? value : new Exact(exact)
}

/** The value of a JSON text, with every number as exact as it stands there: to be written, not to be counted with. */
export const exactly = (text: string): unknown => JSON.parse(text, held as (key: string, value: unknown) => unknown)

/** The canonical text of such a value. */
export function canonicalOf(value: unknown): string {
  if (value instanceof Exact) return String(value)
  if (Array.isArray(value)) return `[${value.map(canonicalOf).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const names = Object.keys(value).sort()
  return `{${names.map(name => `${JSON.stringify(name)}:${canonicalOf((value as Record<string, unknown>)[name])}`).join(',')}}`
}

/** The canonical form of a JSON text. Throws where it is no JSON, or nested deeper than the stack reaches. */
export const canonical = (text: string): string => canonicalOf(exactly(text))

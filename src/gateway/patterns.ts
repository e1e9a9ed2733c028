// Patterns of conditions: JavaScript's regular expressions (flag u), matched in a time that grows with the text alone, whatever pattern and text say. One
// that could go back over a text again and again is written anew for an engine that never goes back (RE2), so that it means the same there; that is loaded
// when a call first needs it. What no such engine can match, looking around and referring back, is refused where the settings are read.

import { remembering, type Matches } from './globs.ts'

/** A pattern as the engine reads it. `simple`: it can't go back more than once, and stays with V8. */
interface Written {
  readonly text: string
  readonly simple: boolean
}

class Refused extends Error {}

interface Engine {
  compile(text: string): { test(text: string): boolean }
}

let engine: Engine | undefined

/** Whether a condition with this pattern can't be asked before the engine is there. */
export const waits = (source: string): boolean => engine === undefined && !isSimple(source)

/** Loads what matches patterns that are not simple. */
export async function loaded(): Promise<void> {
  const { RE2JS } = await import('re2js')
  engine = RE2JS
}

/** Made when it is first asked for: no start waits for it. Throws where it can't be asked. */
export function pattern(source: string): Matches {
  let matches: Matches | undefined
  return remembering(text => (matches ??= made(source))(text))
}

function made(source: string): Matches {
  const { text, simple } = written(source)
  if (simple) {
    const regex = new RegExp(source, 'u')
    return text => regex.test(text)
  }
  if (!engine) throw new RangeError('what matches patterns could not be loaded')
  const compiled = engine.compile(text)
  return text => compiled.test(text)
}

/** Why a text is no pattern, in words; undefined where it is one. */
export function wrongPattern(source: string): string | undefined {
  try {
    new RegExp(source, 'u')
    written(source)
    return undefined
  } catch (error) {
    const { message } = error as Error
    return error instanceof Refused ? `has a regex with ${message}` : `has a regex that is none: ${message}`
  }
}

function isSimple(source: string): boolean {
  try {
    return written(source).simple
  } catch {
    return true
  }
}

const AROUND = 'could take for ever: patterns look neither ahead nor behind, nor back at a group. Write two conditions, or two rules, instead'
const MOST_TIMES = 1000
/** What `\s` is in JavaScript, and what it is not; what `.` is. */
const SPACE = String.raw`\x{9}-\x{d}\x{20}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`
const NO_SPACE = String.raw`\x{0}-\x{8}\x{e}-\x{1f}\x{21}-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff}`
const ANY = String.raw`\x{0}-\x{10ffff}`
const DOT = String.raw`[^\x{a}\x{d}\x{2028}\x{2029}]`
const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, 0: 0 }

const char = (code: number): string => `\\x{${code.toString(16)}}`

/** Reads a pattern that V8 takes, and writes it anew. */
function written(source: string): Written {
  let text = ''
  let repeats = 0
  let forks = false
  for (let at = 0; at < source.length;) {
    const rest = source.slice(at)
    const first = rest[0]!
    const taken = first === '\\' ? escape(rest, false) : first === '[' ? klass(rest) : first === '(' ? group(rest) : undefined
    forks ||= first === '(' || first === '|'
    if (taken) {
      text += taken.text
      at += taken.length
      continue
    }
    const times = /^(?:[*+?]|\{(\d+)(?:,(\d*))?\})\??/.exec(rest)
    if (times) {
      if (Number(times[1] ?? 0) > MOST_TIMES || Number(times[2] || 0) > MOST_TIMES)
        throw new Refused(`${times[0]}: a pattern repeats a thing ${MOST_TIMES} times at most`)
      repeats++
      text += times[0]
      at += times[0].length
      continue
    }
    const code = rest.codePointAt(0)!
    text += first === '.' ? DOT : '^$|)'.includes(first) ? first : char(code)
    at += code > 0xffff ? 2 : 1
  }
  return { text, simple: !forks && (repeats === 0 || (repeats === 1 && source.startsWith('^'))) }
}

interface Taken {
  readonly text: string
  readonly length: number
  /** Of one character: which. */
  readonly code?: number
}

/** What begins with a backslash. */
function escape(rest: string, inside: boolean): Taken {
  const at = rest[1]!
  if (at === 's' || at === 'S') return { text: inside ? (at === 's' ? SPACE : NO_SPACE) : `[${at === 's' ? '' : '^'}${SPACE}]`, length: 2 }
  if ('dDwW'.includes(at) || (!inside && 'bB'.includes(at))) return { text: `\\${at}`, length: 2 }
  if (at === 'k' || /[1-9]/.test(at)) throw new Refused(`\\${at}, which ${AROUND}`)
  const property = /^\\([pP])\{(?:(?:gc|General_Category)=)?([LMNPSZC][a-z]?)\}/.exec(rest)
  if (property) return { text: `\\${property[1]}{${property[2]}}`, length: property[0].length }
  if (at === 'p' || at === 'P') throw new Refused(`${/^\\p\{[^}]*\}/i.exec(rest)![0]}: write a general category such as \\p{L} or \\p{Lu}`)
  const [all, code] = character(rest, inside)
  return { text: char(code), length: all.length, code }
}

/** One character that is written with a backslash. */
function character(rest: string, inside: boolean): readonly [all: string, code: number] {
  const hex = /^\\(?:x([0-9a-f]{2})|u\{([0-9a-f]+)\}|u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})|u([0-9a-f]{4}))/i.exec(rest)
  if (hex) {
    const [all, two, braces, high, low, four] = hex
    if (high === undefined) return [all, parseInt((two ?? braces ?? four)!, 16)]
    return [all, String.fromCharCode(parseInt(high, 16), parseInt(low!, 16)).codePointAt(0)!]
  }
  const control = /^\\c([a-z])/i.exec(rest)
  if (control) return [control[0], control[1]!.charCodeAt(0) % 32]
  if (inside && rest[1] === 'b') return ['\\b', 8]
  const code = rest.codePointAt(1)!
  return [rest.slice(0, code > 0xffff ? 3 : 2), CONTROLS[rest[1]!] ?? code]
}

/** A class of characters. */
function klass(rest: string): Taken {
  const none = rest[1] === '^'
  let at = none ? 2 : 1
  let text = ''
  const one = (): Taken => {
    const code = rest.codePointAt(at)!
    const taken = rest[at] === '\\' ? escape(rest.slice(at), true) : { text: char(code), length: code > 0xffff ? 2 : 1, code }
    at += taken.length
    return taken
  }
  while (rest[at] !== ']') {
    text += one().text
    if (rest[at] !== '-' || rest[at + 1] === ']') continue
    at++
    text += `-${one().text}`
  }
  if (text === '') return { text: none ? `[${ANY}]` : `[^${ANY}]`, length: at + 1 }
  return { text: `[${none ? '^' : ''}${text}]`, length: at + 1 }
}

/** The beginning of a group; nobody asks what it has caught. */
function group(rest: string): Taken {
  const [all, kind] = /^\((?:\?(:|i:|<(?![=!])[^>]*>|<?[=!]|[a-z-]*:?))?/.exec(rest)!
  if (kind === 'i:') return { text: '(?i:', length: all.length }
  if (kind === undefined || kind === ':' || kind.endsWith('>')) return { text: '(?:', length: all.length }
  if (/[=!]/.test(kind)) throw new Refused(`${all}, which ${AROUND}`)
  throw new Refused(`${all}: of these only (?i: is known`)
}

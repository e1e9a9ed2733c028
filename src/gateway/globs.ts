// Globs over names, URIs and arguments: `*` stands for anything, slashes and line ends too. The steps "." and ".." of a path lead elsewhere than a
// glob seems to say: one that denies or asks matches in spite of them, and where they lead; one that allows matches nothing with a "..". What is
// written with percents means the same for both. A URI that names its backend (`publicUri`) is the one that this backend is asked for.

import picomatch from 'picomatch'

/** Nothing but globs is special: no negation, no leading dot that hides. */
export const globbing = { bash: true, dot: true, nonegate: true, noextglob: true, flags: 's' } as const

export type Matches = (text: string) => boolean

/** A pattern is tried on so much of a text: a hostile one must not keep us busy. What is longer could be anything. */
export const LONGEST = 10_000

const OURS = /^(?:mcpgw\+[a-z0-9-]+:)*/
const STEPS = /(^|\/)\.{1,2}(?=\/|$)/g
const UP = /(?:^|[\\/])(?:\.|%2e){2}(?:[\\/]|$)/i
/** Only such a text may lead elsewhere than it says. */
const LEADS = /[%\\]|\/\/|(?:^|\/)\.|^[a-z]*[A-Z][\w+.-]*:/
/** What stands for itself, whatever comes behind it: by this most texts are told apart, and most globs never have to be made ready. */
const BEGINNING = /^[\w:/-]*(?=[\w:-])/

/** Without percent escapes; those that are none stay. */
const decoded = (text: string): string => (text.includes('%') ? text.replace(/(?:%[0-9a-f]{2})+/gi, unescaped) : text)

function unescaped(escapes: string): string {
  try {
    return decodeURIComponent(escapes)
  } catch {
    return escapes
  }
}

/** Where a path or a URI leads: without steps and empty steps. */
function resolved(text: string): string {
  const [head] = /^(?:[a-z][a-z0-9+.-]*:(?:\/\/[^/?#]*)?)?/i.exec(text)!
  const parts: string[] = []
  for (const part of text.slice(head.length).split(/[\\/]+/)) {
    if (part === '..') parts.length > (parts[0] === '' ? 1 : 0) && parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return head.toLowerCase() + parts.join('/')
}

const ways = (text: string): readonly string[] => (LEADS.test(text) ? [text.replace(STEPS, '$1_'), resolved(text), resolved(decoded(text))] : [])

function meant(text: string): readonly string[] {
  const [backends] = OURS.exec(text)!
  const uri = text.slice(backends.length)
  const led = ways(uri)
  return backends === '' ? led : [uri, ...led, ...led.map(one => backends + one)]
}

/** What else a text may stand for. One is asked about by many globs after another, so the last one is remembered. */
export function meanings(text: string): readonly string[] {
  if (text !== last.text) last = { text, means: meant(text) }
  return last.means
}

let last: { readonly text: string; readonly means: readonly string[] } = { text: '', means: [] }

/** Whether one of the globs matches. `strict`: as one that denies or asks. */
export function globs(sources: readonly string[], strict: boolean): Matches {
  if (sources.some(source => /^\*+$/.test(source))) return () => true
  const all = sources.map(source => glob(source, strict))
  const matches: Matches = all.length === 1 ? all[0]! : text => all.some(one => one(text))
  return strict
    ? text => text.length > LONGEST || matches(text) || meanings(text).some(matches)
    : text => text.length <= LONGEST && matches(text) && (!(UP.test(text) || UP.test(decoded(text))) || sources.includes(text))
}

/** What every text begins with that a glob matches as it stands. */
export const beginningOf = (source: string): string => (source.includes('|') ? '' : (BEGINNING.exec(source)?.[0] ?? ''))

function glob(source: string, strict: boolean): Matches {
  const beginning = beginningOf(source)
  let matches: Matches | undefined
  return text => text.startsWith(beginning) && (matches ??= remembering(read(source) ?? (() => strict)))(text)
}

/** Undefined for what is none: nobody can tell what it means, so it denies what it may mean, and allows nothing. */
function read(source: string): Matches | undefined {
  try {
    return readied(source)
  } catch {
    return undefined
  }
}

/** Nothing in it could be wrong: no start makes ready what it need not. */
const SIMPLE = /^[\w*?./:-]*$/

/** Why a text is no glob, in words; undefined where it is one. */
export function wrongGlob(source: string): string | undefined {
  if (source.length > LONGEST) return `is longer than ${LONGEST} characters`
  return SIMPLE.test(source) || read(source) ? undefined : 'is no glob: a bracket or a brace is not closed, or not as it must be'
}

/** Of a call the same text is asked about by each rule that has the pattern. */
export function remembering(matches: Matches): Matches {
  let last: { readonly text: string; readonly said: boolean } | undefined
  return text => (last?.text === text ? last : (last = { text, said: matches(text) })).said
}

/** What picomatch does, without what it says about it: its regular expression alone, where it changes no slashes. */
function readied(source: string): Matches {
  if (source === '') return text => text === ''
  // Else what is none would be a glob that matches nothing.
  const matches = picomatch(source, { ...globbing, debug: true })
  const { regex, posix } = matches('', true)
  return posix ? text => matches(text) : text => text !== '' && (text === source || regex.test(text))
}

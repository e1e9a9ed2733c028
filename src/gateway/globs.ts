// Globs over names, URIs and arguments: `*` stands for anything, slashes and line ends too. The steps "." and ".." of a path lead elsewhere than a
// glob seems to say: one that denies or asks matches in spite of them, one that allows matches nothing with a "..".

import picomatch from 'picomatch'

/** Nothing but globs is special: no negation, no leading dot that hides. */
export const globbing = { bash: true, dot: true, nonegate: true, noextglob: true, flags: 's' } as const

type Matches = (text: string) => boolean

const STEPS = /(^|\/)\.{1,2}(?=\/|$)/g
const UP = /(?:^|[\\/])(?:\.|%2e){2}(?:[\\/]|$)/i
/** What stands for itself, whatever comes behind it: by this most texts are told apart, and most globs never have to be made ready. */
const BEGINNING = /^[\w:/-]*(?=[\w:-])/

/** Whether one of the globs matches. `strict`: as one that denies or asks. */
export function globs(sources: readonly string[], strict: boolean): Matches {
  if (sources.some(source => /^\*+$/.test(source))) return () => true
  const all = sources.map(glob)
  const matches: Matches = all.length === 1 ? all[0]! : text => all.some(one => one(text))
  return strict
    ? text => matches(text) || (text.includes('.') && matches(text.replace(STEPS, '$1_')))
    : text => matches(text) && (!UP.test(text) || sources.includes(text))
}

function glob(source: string): Matches {
  const beginning = source.includes('|') ? '' : (BEGINNING.exec(source)?.[0] ?? '')
  let matches: Matches | undefined
  return text => text.startsWith(beginning) && (matches ??= readied(source))(text)
}

/** What picomatch does, without what it says about it: its regular expression alone, where it changes no slashes. */
function readied(source: string): Matches {
  if (source === '') return text => text === ''
  const matches = picomatch(source, globbing)
  const { regex, posix } = matches('', true)
  return posix ? text => matches(text) : text => text !== '' && (text === source || regex.test(text))
}

// Globs over names, URIs and arguments: `*` stands for anything, slashes and line ends too. The steps "." and ".." of a path lead elsewhere than a
// glob seems to say: one that denies or asks matches in spite of them, one that allows matches nothing with a "..".

import picomatch from 'picomatch'

/** Nothing but globs is special: no negation, no leading dot that hides. */
export const globbing = { bash: true, dot: true, nonegate: true, noextglob: true, flags: 's' } as const

const STEPS = /(^|\/)\.{1,2}(?=\/|$)/g
const UP = /(?:^|[\\/])(?:\.|%2e){2}(?:[\\/]|$)/i

/** Whether one of the globs matches. `strict`: as one that denies or asks. */
export function globs(sources: readonly string[], strict: boolean): (text: string) => boolean {
  if (sources.some(source => /^\*+$/.test(source))) return () => true
  const matches = picomatch([...sources], globbing)
  return strict ? text => matches(text) || matches(text.replace(STEPS, '$1_')) : text => (!UP.test(text) || sources.includes(text)) && matches(text)
}

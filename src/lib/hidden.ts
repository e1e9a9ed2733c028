// Characters that a person can't see and a program reads: controls, bidi and tag characters, joiners and fillers where no script needs them.
// What a line, a tab or an emoji needs is none; safe.ts knows.

import { safe } from './safe.ts'

// Both are made when they are first wanted: sets of characters that large take milliseconds of every start.

/** Of what is not shown: what leaves no trace at all. An unknown letter or an odd space is seen, if only as a box or a gap. */
const unseen = (): RegExp => /[\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029\u2800\ufff9-\ufffb]/u

/** One variation selector behind a sign chooses its form, also where Unicode knows only one. More of them carry bytes. */
const form = (): RegExp => /(?<=[\p{S}\p{P}\p{N}])[\ufe0e\ufe0f](?![\ufe00-\ufe0f\u{e0100}-\u{e01ef}])/gu

const plain = /^[\x20-\x7e\n\t]*$/

/** The hidden characters of a text, each once, as escapes write them. */
export function hidden(text: string): readonly string[] {
  if (plain.test(text)) return []
  // What is legible is made out by a large expression, and making that takes longer than a list may: most texts need none of it.
  const rest = text.replace(form(), '')
  if (!unseen().test(rest)) return []
  const found = new Set<string>()
  const escape = (character: string) => {
    if (unseen().test(character)) found.add(`U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`)
    return ''
  }
  safe(rest, { multiline: true, escape })
  return [...found]
}

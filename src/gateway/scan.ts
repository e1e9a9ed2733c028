// Marks definitions that speak to the model instead of about the tool. A mark decides nothing: words alone can't tell an attack from a warning. What is
// sure, a change and a hidden character, pins.ts finds. Two tables: signs.ts has what words stand for, and which of them in one sentence give it away.
// Each expression is looked for by itself, so a hostile text costs no more time than any other.

import { hidden } from '../lib/hidden.ts'
import { fromWire } from '../rpc/wire.ts'
import { latin } from './looks.ts'
import { sentences, whole, words, type MarkKind } from './signs.ts'

/** What a definition is marked for. */
export interface Mark {
  readonly kind: MarkKind
  /** What gave it away. */
  readonly words: string
}

/** What each mark means, as a sentence's end. */
export const about: Readonly<Record<MarkKind, string>> = {
  override: 'it tells the model to set its instructions aside',
  secrecy: 'it tells the model to keep something from the person',
  secrets: 'it tells the model to read or pass secrets',
  leak: 'it tells the model to hand on what it knows',
  others: 'it changes how other tools are used',
  tags: 'it dresses up as a message of the system',
  threat: 'it threatens the model',
  code: 'it tells the model to run code from elsewhere',
  padding: 'it pushes a part of itself out of sight',
  unseen: 'it has characters that nobody sees',
}

/** Nobody reads more of a definition than that. */
const LONGEST = 64 * 1024
const SHOWN = 160

type Word = keyof typeof words

let made: ReadonlyMap<Word, RegExp> | undefined
const meaning = (): ReadonlyMap<Word, RegExp> => (made ??= new Map(Object.entries(words).map(([word, source]) => [word as Word, new RegExp(source, 'iu')])))

/** What this text is marked for; each kind once. */
export function scan(text: string): Mark[] {
  const found = new Map<MarkKind, string>()
  const mark = (kind: MarkKind, what: string) => found.has(kind) || found.set(kind, what.replace(/\s+/g, ' ').trim().slice(0, SHOWN))
  const unseen = hidden(text)
  if (unseen.length > 0) mark('unseen', unseen.slice(0, 5).join(' '))
  for (const form of forms(text)) {
    for (const [kind, pattern] of whole) {
      const match = pattern.exec(form)
      if (match) mark(kind, match[0])
    }
    for (const sentence of form.split(/(?<=[.!?。])[\s"')<]+|\n+/)) for (const kind of kindsOf(sentence)) mark(kind, sentence)
  }
  return [...found].map(([kind, what]) => ({ kind, words: what }))
}

/** Which signs stand together in a sentence. */
function* kindsOf(sentence: string): Iterable<MarkKind> {
  const said = new Map<Word, boolean>()
  const says = (word: Word): boolean => {
    let is = said.get(word)
    if (is === undefined) said.set(word, (is = meaning().get(word)!.test(sentence)))
    return is
  }
  for (const [kind, together] of sentences) if (together.every(says)) yield kind
}

/** The text as it stands, and without what letters are disguised with. */
function forms(text: string): string[] {
  const plain = text.slice(0, LONGEST).replaceAll('’', "'")
  const undisguised = latin(plain)
  // i g n o r e   t h i s, and i-g-n-o-r-e
  const spelled = undisguised
    .replace(/(?<![\p{L}\p{N}])(?:\p{L}[ ._*-]){3,80}\p{L}(?![\p{L}\p{N}])/gu, run => run.replace(/[ ._*-]/g, ''))
    .replace(/ {2,}/g, ' ')
  return [...new Set([plain, undisguised, spelled])]
}

const strings = /"(?:[^"\\]|\\.)*"/g

/** What a definition (wire text) is marked for: all that it says, wherever it says it. */
export const marksOf = (definition: string): Mark[] => scan([...definition.matchAll(strings)].map(([one]) => JSON.parse(fromWire(one)) as string).join('\n'))

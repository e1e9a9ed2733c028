// Marks definitions that speak to the model instead of about the tool. A mark decides nothing: words alone can't tell an attack from a warning. What is
// sure, a change and a hidden character, pins.ts finds. signs.ts has what words stand for, which of them in one sentence give it away, and which phrases.
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
  threat: 'it threatens the model, or promises it something',
  code: 'it tells the model to run code from elsewhere',
  lasting: 'it plants something that stays: in settings, keys or memory',
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
    for (const sentence of form.split(/(?<=[.!?。])[\s"')<]+|\n+/)) for (const kind of kindsOf(sentence)) mark(kind, sentence)
    for (const [kind, pattern] of whole) {
      const match = pattern.exec(form)
      if (match) mark(kind, match[0])
    }
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

/** Digits that stand for letters. */
const digits: Readonly<Record<string, string>> = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's' }

/** The text as it stands, and without what its letters and words are disguised with. */
function forms(text: string): string[] {
  const plain = text.slice(0, LONGEST).replaceAll('’', "'")
  // 1gn0re pr3vious 0rders
  const lettered = plain.replace(/(?<![\p{L}\p{N}])(?=\p{L}*[01345]\p{L})[\p{L}01345]{3,40}(?![\p{L}\p{N}])/gu, word =>
    word.replace(/[01345]/g, digit => digits[digit]!),
  )
  // i g n o r e   t h i s, and i-g-n-o-r-e, and ig-nore
  const spelled = latin(lettered)
    .replace(/(?<![\p{L}\p{N}])(?:\p{L}[ ._*-]){3,80}\p{L}(?![\p{L}\p{N}])/gu, run => run.replace(/[ ._*-]/g, ''))
    .replace(/(?<=\p{L}{2})-(?=\p{L}{2})/gu, '')
    .replace(/ {2,}/g, ' ')
  return plain === spelled ? [plain] : [plain, spelled]
}

const strings = /"(?:[^"\\]|\\.)*"/g

/** Definitions are looked at again and again, and seldom change. */
const REMEMBERED = 2000
const known = new Map<string, readonly Mark[]>()

/** What a definition (wire text) is marked for: all that it says, wherever it says it. */
export function marksOf(definition: string): readonly Mark[] {
  let marks = known.get(definition)
  if (!marks) {
    marks = scan([...definition.matchAll(strings)].map(([one]) => JSON.parse(fromWire(one)) as string).join('\n'))
    if (known.size >= REMEMBERED) known.clear()
    known.set(definition, marks)
  }
  return marks
}

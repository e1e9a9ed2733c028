// Text from outside is hostile: before it reaches a terminal or a log line, whatever is not on the list of what may be shown is escaped, visibly.
// Letters of every script, combining marks on a letter, signs and emoji are on it; controls, escapes, bidi and invisible characters are not.

export interface SafeOptions {
  /** Keeps line breaks and tabs. */
  readonly multiline?: boolean
  /** How a character is written that is not shown. */
  readonly escape?: (character: string) => string
}

/** A letter with more marks than any script needs is made to reach into other lines. */
const MARKS = 8

const plain = /^[\x20-\x7e]*$/

/** A pictograph with what may belong to it: a tone of skin, its colourful or its plain form. */
const picture = String.raw`[\p{Extended_Pictographic}--\p{Cn}][\u{1f3fb}-\u{1f3ff}]?[\ufe0e\ufe0f]?`

/** Letters after which a joiner changes how words of their scripts are written (Persian, Urdu, ...). */
const joining = String.raw`[\p{L}&&[\p{Script=Arabic}\p{Script=Syriac}]]`

/** The signs of Indian scripts that kill a vowel; a joiner after one chooses the form of the letters around it. */
const virama = String.raw`[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca]`

/** Pictographs joined to one: no known picture has more parts, and where one is not known all of them stand in a row. */
const joined = String.raw`${picture}(?:\u200d${picture}){1,4}`

/** A Korean syllable out of its parts. Elsewhere parts fall on each other: as many as somebody likes, in the room of one. */
const syllable = String.raw`[\u1100-\u115e\ua960-\ua97c][\u1161-\u11a7\ud7b0-\ud7c6][\u11a8-\u11ff\ud7cb-\ud7fb]?`
const parts = String.raw`\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff`

/** One thing that is shown as it is, or (the last group) one character that is not. */
let made: RegExp | undefined
const pieces = (): RegExp =>
  (made ??= new RegExp(
    [
      String.raw`\p{RGI_Emoji}(?!\u200d)`,
      joined,
      String.raw`\p{RGI_Emoji}`,
      picture,
      syllable,
      String.raw`(?<=${joining}\p{M}?)\u200c(?=${joining})`,
      // Blank, although they are letters or signs: Braille without dots, and fillers (which may be ignored by default).
      String.raw`[[\p{L}\p{N}\p{P}\p{S}]--[\p{Default_Ignorable_Code_Point}${parts}\u2800\ufffc]](?:${virama}[\u200c\u200d]|[\p{M}--\p{Default_Ignorable_Code_Point}]){0,${MARKS}}`,
      String.raw`[\x20\xa0\u202f\u3000]`,
      String.raw`([^])`,
    ].join('|'),
    'gv',
  ))

/** `text` as it may be shown: harmless characters as they are, all others as \n, \x1b or \u{202e}. */
export function safe(text: string, { multiline = false, escape = escapes.plain }: SafeOptions = {}): string {
  if (plain.test(text)) return text
  const shown = (part: string) => part.replace(pieces(), (piece, hidden?: string) => (hidden === undefined ? piece : escape(hidden)))
  return multiline ? text.replace(/[^\n\t]+?(?=\r?\n|\t|$)|\r(?=\n)/g, part => (part === '\r' ? '' : shown(part))) : shown(text)
}

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Ways to write what is not shown. */
export const escapes = {
  plain(character: string): string {
    const code = character.codePointAt(0)!
    return short[character] ?? (code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`)
  },
  /** For what is JSON already: it means the same afterwards. */
  json: (character: string): string =>
    Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
}

// What a terminal sends, as keys by their names and as pasted text. Terminals answer questions and tell of mouse and focus in the same stream, and
// what is typed may answer a question: a sequence that is no key of ours is nothing, and no part of it is ever taken for typing.

/** A key by its name or its character; what is pasted comes whole. */
export type Typed = { readonly key: string } | { readonly paste: string }

const PASTE = '\x1b[200~'
const PASTED = '\x1b[201~'

/** CSI and SS3 as ECMA-48 has them; `[[` is how a Linux console names its function keys. */
const whole = /^\x1b(?:\[\[?[\x30-\x3f]*[\x20-\x2f]*[\x40-\x7e]|O[\d;]*[\x40-\x7e])/
const begun = /^\x1b(?:\[\[?[\x30-\x3f]*[\x20-\x2f]*|O[\d;]*)?$/

/** By the last character of a sequence, without what is held down meanwhile. */
const named: Readonly<Record<string, string>> = { A: 'up', B: 'down', C: 'right', D: 'left', F: 'end', H: 'home', M: 'enter', Z: 'backtab' }
/** By the number before a `~`. */
const numbered: Readonly<Record<string, string>> = { 1: 'home', 3: 'backspace', 4: 'end', 5: 'pageup', 6: 'pagedown', 7: 'home', 8: 'end' }

export class Keyboard {
  #rest = ''

  /** What has begun may go on; if nothing comes it was Escape. What is being pasted goes on, however long it takes. */
  get waits(): boolean {
    return this.#rest !== '' && !this.#rest.startsWith(PASTE)
  }

  /** What has come means this, as far as it is whole. */
  push(text: string): Typed[] {
    this.#rest += text
    const typed: Typed[] = []
    while (this.#rest !== '') {
      const [length, ...found] = this.#first()
      if (length === 0) break
      this.#rest = this.#rest.slice(length)
      typed.push(...found)
    }
    return typed
  }

  /** Nothing has come for a moment. */
  flush(): Typed[] {
    if (!this.waits) return []
    const rest = this.#rest.slice(1)
    this.#rest = ''
    // A sequence that was never ended is as little typing as one that was.
    return [{ key: 'esc' }, ...(rest === '' || begun.test(`\x1b${rest}`) ? [] : this.push(rest))]
  }

  /** The length of what is whole at the beginning, 0 while nothing is; and what it means. */
  #first(): [length: number, ...typed: Typed[]] {
    const text = this.#rest
    if (text[0] !== '\x1b') {
      const plain = /^[^\x1b]+/.exec(text)![0]
      return [plain.length, ...Array.from(plain).flatMap(one => typedAs(one))]
    }
    if (text.startsWith(PASTE)) {
      const end = text.indexOf(PASTED, PASTE.length)
      return end < 0 ? [0] : [end + PASTED.length, { paste: text.slice(PASTE.length, end) }]
    }
    if (begun.test(text)) return [0]
    const found = whole.exec(text)?.[0]
    if (found === undefined) return [1, { key: 'esc' }]
    const key = keyOf(found)
    return [found.length, ...(key === undefined ? [] : [{ key }])]
  }
}

/** A private sequence (`?`, `<`) is an answer or the mouse. */
function keyOf(sequence: string): string | undefined {
  const [, parameters, last] = /^\x1b(?:\[|O)([\d;]*)(.)$/.exec(sequence) ?? []
  if (parameters === undefined) return undefined
  // With one parameter alone these tell of something else, as where the cursor is.
  if (last === '~') return numbered[parameters.split(';')[0]!]
  return parameters === '' || /^1;\d+$/.test(parameters) ? named[last!] : undefined
}

function typedAs(character: string): Typed[] {
  if (character === '\r' || character === '\n') return [{ key: 'enter' }]
  if (character === '\t') return [{ key: 'tab' }]
  if (character === '\x7f' || character === '\b') return [{ key: 'backspace' }]
  if (character > '\x00' && character <= '\x1a') return [{ key: `ctrl+${String.fromCharCode(character.charCodeAt(0) + 96)}` }]
  return character < ' ' || (character > '\x7e' && character < '\xa0') ? [] : [{ key: character }]
}

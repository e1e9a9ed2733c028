// The value that a name promises: where it ends, and whether it is a secret. What is one is replaced by a mark.

import { isBareSecret, isSecret, isStandIn, type Name } from './names.ts'

export interface Redacted {
  readonly text: string
  /** How many secrets were in it. */
  readonly count: number
}

export const mark = (what: string): string => `[redacted:${what}]`

/** So far a value is looked at before it is decided on. */
const LOOK = 512

const scheme =
  /(?:bearer|basic|token|digest|apikey|api-key|key|negotiate|ntlm|hawk|oauth|aws4-hmac-sha256|sharedkey(?:lite)?|dpop|bot|splunk|jwt|sso-key)[ \t]+/iy
const fields = /digest|hawk|oauth|aws4/i
const cookies = /[^\s=;,"']{1,128}=[^\s;]/y
const lineEnds = /[\r\n]/g
/** Where a bare value ends: in a URL, alone on its line, anywhere else, in a header. */
export const stops = { url: /[\s"'<>`&#;\\)\]}]/g, line: /[\s"']/g, code: /[\s"'<>`&;,\\)\]}]/g, header: /[\r\n"'`<>\\]/g, word: /[\s"'`<>\\,;)}\]]/g } as const

/** A text with its values, and what was found of them so far. */
export class Values {
  readonly text: string
  #done = ''
  #from = 0
  #count = 0

  constructor(text: string) {
    this.text = text
  }

  redacted(): Redacted {
    return this.#count === 0 ? { text: this.text, count: 0 } : { text: this.#done + this.text.slice(this.#from), count: this.#count }
  }

  /** The value that begins here. `tight`: behind NAME=, where nothing but a value can stand. */
  value(at: number, name: Name, start: number, tight: boolean): number {
    const text = this.text
    let open = at
    while (text[open] === '\\' && open - at < 8) open++
    if (text[open] === '"' || text[open] === "'" || text[open] === '`') return this.#quoted(at, open + 1, name)
    if (name.sort === 'authorization' || name.sort === 'cookie') return this.#header(at, name)
    const inUrl = /[?&]/.test(text[start - 1] ?? '')
    const atLine = tight && !inUrl && /(?:^|\n|export |set |ENV )$/i.test(text.slice(Math.max(0, start - 7), start))
    let end = this.next(inUrl ? stops.url : atLine ? stops.line : stops.code, at)
    // an address ends a sentence, and code a line
    if (!tight) while (end > at && (text[end - 1] === '.' || text[end - 1] === ':')) end--
    const value = text.slice(at, end)
    if (
      end - at <= LOOK &&
      !atLine &&
      !inUrl &&
      (text[end] === ')' || text[end] === ',' || (!tight && text[end] === ';')) &&
      /^[A-Za-z_$][A-Za-z_$.]*$/.test(value)
    )
      return end
    return /[A-Za-z0-9]/.test(value.slice(0, LOOK)) && isBareSecret(name, value, tight) ? this.mark(at, end, name.what) : Math.max(at, start + 1)
  }

  /** Between quotes, which are closed as they were opened: " or \" or \\\". Where they are not closed, up to the line's end. */
  #quoted(at: number, from: number, name: Name): number {
    const text = this.text
    const quote = text.slice(at, from)
    const window = text.slice(from, from + LOOK)
    let to = window.indexOf(quote)
    while (to >= 0 && quote.length === 1 && window[to - 1] === '\\') to = window.indexOf(quote, to + 1)
    const end = to >= 0 ? from + to : name.sort === 'always' ? Math.min(this.next(lineEnds, from), from + LOOK) : this.next(stops.word, from)
    const value = text.slice(from, end)
    // what opens with this has closed: input("Password: ")
    if (/^[),;\]}]/.test(value) || !isSecret(name, value)) return from
    return name.sort === 'authorization' ? this.#header(from, name, end) : this.mark(from, end, name.what)
  }

  /** Up to a sign; nothing where it does not come. */
  until(at: number, sign: string, name: Name): number {
    const end = this.text.slice(at, at + LOOK).indexOf(sign)
    return end > 0 && isSecret(name, this.text.slice(at, at + end)) ? this.mark(at, at + end, name.what) : at
  }

  /** The value of a header: up to the end of its line or of its quotes; the name of its scheme stays. */
  #header(at: number, name: Name, to?: number): number {
    const text = this.text
    if (name.sort === 'cookie') {
      cookies.lastIndex = at
      if (!cookies.test(text)) return at
      const end = this.next(stops.header, at)
      const sent = /set-cookie\W*$/i.test(text.slice(Math.max(0, at - 16), at)) ? text.slice(at, end).indexOf(';') : -1
      return this.mark(at, sent < 0 ? end : at + sent, name.what)
    }
    scheme.lastIndex = at
    const from = scheme.test(text) ? scheme.lastIndex : at
    const end = to ?? this.next(from > at && fields.test(text.slice(at, from)) ? stops.header : stops.word, from)
    const value = text.slice(from, end)
    const good = from > at ? value.length >= 4 && !isStandIn(value) : isSecret(name, value)
    return good ? this.mark(from, end, name.what) : at
  }

  /** Where one of these signs stands next, or the end. */
  next(signs: RegExp, at: number): number {
    signs.lastIndex = at
    return signs.test(this.text) ? signs.lastIndex - 1 : this.text.length
  }

  /** A secret stands there. */
  mark(start: number, end: number, what: string): number {
    this.#done += this.text.slice(this.#from, start) + mark(what)
    this.#from = end
    this.#count++
    return end
  }
}

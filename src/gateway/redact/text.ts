// Secrets in plain text: known by their shape, by the name before them, by where they stand (before the @ of a URL, between the lines of a key).
// Only they are replaced, by a mark that says what was there. Invariant: the work is linear in the length of the text, whatever it says: it is read
// run by run of letters, digits, - and _; from each the look ahead is bounded, or what was looked at is passed over.

import { isRandom, isStandIn, looksRandom, mayBeName, nameOf, type Name } from './names.ts'
import { mayBeShape, shapeAt } from './shapes.ts'
import { stops, Values, type Redacted } from './values.ts'

const LONGEST_USER = 320

const runs = Uint8Array.from({ length: 128 }, (_, code) => Number(/[\w-]/.test(String.fromCharCode(code))))
/** So long are the words that say by themselves what comes behind them: sig, basic, bearer, identified, X-Amz-Signature. */
const words = new Set([3, 5, 6, 10, 15])
const isRun = (code: number): boolean => code < 128 && runs[code] === 1

/** Words are short; an image is one run of thousands, which a regular expression passes seven times as fast. */
const WORD = 32
const rest = /[\w-]*/y

/** Where the run ends that begins here. */
function runEnd(text: string, at: number): number {
  let end = at + 1
  for (; isRun(text.charCodeAt(end)); end++)
    if (end - at === WORD) {
      rest.lastIndex = end
      rest.test(text)
      return rest.lastIndex
    }
  return end
}

const COLON = 0x3a
const DASH = 0x2d
const SLASH = 0x2f
const EQUALS = 0x3d

/** The text without its secrets. */
export function redactText(text: string): Redacted {
  const found = new Found(text)
  for (let at = 0; at < text.length;) {
    const code = text.charCodeAt(at)
    if (isRun(code)) {
      const end = runEnd(text, at)
      at = Math.max(end, found.look(at, end))
    } else if (code === COLON && text.charCodeAt(at + 1) === SLASH && text.charCodeAt(at + 2) === SLASH) at = found.user(at + 3)
    else at++
  }
  return found.redacted()
}

/** The text without what has the shape of a secret: for names, where a name before it means nothing. */
export function redactShapes(text: string): Redacted {
  const found = new Found(text)
  for (let at = 0; at < text.length;) {
    if (!isRun(text.charCodeAt(at))) at++
    else {
      const end = runEnd(text, at)
      at = Math.max(end, found.shape(at, end))
    }
  }
  return found.redacted()
}

/** A name that is itself a value, and the value that belongs to it: - name: DB_PASSWORD, value: ... */
const ofPair = /["'`]?[\s,;]{0,16}["']?value["']?[ \t]{0,4}[:=][ \t]{0,4}/y
const nameOfPair = /\b(?:name|key|header|field|variable)["']?[ \t]*[:=][ \t]*["']?$/i
const bearer = /[ \t]+([\w.~+/=-]{12,})/y
const basic = /[ \t]+([A-Za-z0-9+/]{6,2000}={0,2})(?![\w+/=])/y
const is = /[ \t]+(?:is|was)(?:[ \t]*:)?[ \t]+(?=\S*[\d"'`!@#$%^&*])/y
const identified = /[ \t]+(?:with[ \t]+\w{1,40}[ \t]+)?by[ \t]+(?=['"])/iy
/** Written for people: "API key: ...", "access token ...". */
const twoWords = /(?:^|[^\w-])(?:api|access|secret|private|signing|encryption|master|auth|account|service|license)[ \t]key$/i
const spokenKey: Name = { what: 'key', sort: 'random' }
const spoken = /(?:[ \t]+(?:→|->)?[ \t]*|[ \t]*\|[ \t]*)([^\s|"'`<>,;(){}[\]]{8,512})/y
/** A function that takes a name and its value. */
const setter = /\b(?:define|set\w{0,20}|put\w{0,20}|add\w{0,20}|append|header)\([ \t]*["']$/i
const argument = /,[ \t]*(?=["'])/y
const netrc = /\blogin[ \t]+\S+\s+$/
const userFlag = /[ =]["']?([^\s:"'@]{1,128}):([^\s"'@]{1,256})(?=["'\s]|$)/y
const flagged = /[ \t]+["']?([^\s"'-][^\s"']{0,255})/y
const attached = /^-p\w/
const keyBegins = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/y
const keyEnds = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g

/** What promises a value, and what is a secret by itself. */
class Found extends Values {
  /** What begins with the run from `start` to `end`. Says where to go on. */
  look(start: number, end: number): number {
    const text = this.text
    const special = text.charCodeAt(start) === DASH ? this.#dashed(start, end) : 0
    const known = special || this.shape(start, end)
    if (known > 0) return known
    const first = text.charCodeAt(start) | 0x20
    if (first === 0x62 || first === 0x69 || first === 0x73 || first === 0x78) {
      const word = words.has(end - start) ? text.slice(start, end) : ''
      if (/^bearer$/i.test(word)) return this.#bare(end, bearer, looksRandom, 'token')
      if (/^basic$/i.test(word)) return this.#bare(end, basic, isBasic, 'authorization')
      if (/^identified$/i.test(word)) return this.#at(identified, end, { what: 'password', sort: 'always' })
      if (word === 'X-Amz-Signature' || (word === 'sig' && /[?&;]/.test(text[start - 1] ?? '')))
        return text.charCodeAt(end) === EQUALS ? this.value(end + 1, { what: 'signature', sort: 'random' }, start, true) : end
    }
    if (!mayBeName(text, end)) return end
    return this.#named(start, end)
  }

  shape(start: number, end: number): number {
    const text = this.text
    const shape = mayBeShape(end - start, text.charCodeAt(end)) ? shapeAt(text, start, end) : undefined
    return shape ? this.mark(start, shape.end, shape.what) : 0
  }

  /** Behind the :// of a URL: what stands before its @. Says where to go on. */
  user(at: number): number {
    const text = this.text
    const most = Math.min(text.length, at + LONGEST_USER)
    let end = at
    let last = -1
    let colon = -1
    let port = true
    for (; end < most; end++) {
      const character = text[end]!
      if (character === '@') last = end
      else if (character === ':' && colon < 0) colon = end
      else if (character === '/' || character === '?' || character === '#') {
        // a password may have one of these in it, unescaped; a port may not
        if (last >= 0 || colon < 0 || port) break
      } else if (colon >= 0 && (character < '0' || character > '9')) port = false
      if (character <= ' ' || character === '"' || character === "'" || character === '<' || character === '>' || character === '`') break
    }
    if (last < 0 || isStandIn(text.slice(at, last))) return Math.max(at, last)
    if (colon >= 0 && colon < last) {
      const password = text.slice(colon + 1, last)
      return password === '' || isStandIn(password) ? last : this.mark(colon + 1, last, 'password')
    }
    const user = text.slice(at, last)
    return user.length >= 16 && looksRandom(user) && /\d/.test(user) ? this.mark(at, last, 'token') : at
  }

  /** What may begin with a dash: a key's first line, a command's flag. */
  #dashed(start: number, end: number): number {
    const text = this.text
    if (text.startsWith('-----BEGIN', start)) {
      keyBegins.lastIndex = start
      if (!keyBegins.test(text)) return 0
      keyEnds.lastIndex = keyBegins.lastIndex
      return this.mark(start, keyEnds.test(text) ? keyEnds.lastIndex : text.length, 'private-key')
    }
    const flag = end - start <= 64 ? text.slice(start, end) : ''
    if (flag === '-u' || flag === '--user' || flag === '--proxy-user') {
      userFlag.lastIndex = end
      const [whole, name, password] = userFlag.exec(text) ?? []
      if (whole === undefined || name === password || /^\d+$/.test(name! + password!) || isStandIn(password!)) return 0
      return this.mark(end + whole.length - password!.length, end + whole.length, 'password')
    }
    if (flag === '-p' || flag === '-a' || attached.test(flag)) {
      const line = text.slice(Math.max(0, start - 160), start).replace(/^[^]*\n/, '')
      if (flag === '-p' ? /\b(?:sshpass|docker login)\b/.test(line) : flag === '-a' ? /\bredis-cli\b/.test(line) : false) {
        flagged.lastIndex = end
        const [whole, value] = flagged.exec(text) ?? []
        return whole === undefined || isStandIn(value!) ? 0 : this.mark(end + whole.length - value!.length, end + whole.length, 'password')
      }
      if (attached.test(flag) && /\b(?:mysql(?:dump|admin)?|mariadb|sshpass)\b/.test(line)) {
        return this.mark(start + 2, this.next(stops.line, end), 'password')
      }
    }
    return 0
  }

  #bare(at: number, regex: RegExp, is: (value: string) => boolean, what: string): number {
    regex.lastIndex = at
    const value = regex.exec(this.text)?.[1]
    if (value === undefined || isStandIn(value) || !is(value)) return at
    return this.mark(regex.lastIndex - value.length, regex.lastIndex, what)
  }

  #at(regex: RegExp, at: number, name: Name): number {
    regex.lastIndex = at
    return regex.test(this.text) ? this.value(regex.lastIndex, name, at, false) : at
  }

  /** A name, and behind it the value that it promises. */
  #named(start: number, end: number): number {
    const text = this.text
    let from = start
    while (text.charCodeAt(from) === DASH) from++
    const name = nameOf(text.slice(from, end)) ?? (end - start === 3 && twoWords.test(text.slice(Math.max(0, start - 12), end)) ? spokenKey : undefined)
    if (!name) return end
    const flag = from - start === 2
    let at = end
    let quoted = false
    while (text[at] === '\\' && at - end < 8) at++
    if (text[at] === '"' || text[at] === "'" || text[at] === '`') quoted = at++ > 0
    else at = end
    if (text[at] === ']') at++
    const close = at
    while ((text[at] === ' ' || text[at] === '\t') && at - close < 16) at++
    const code = text.charCodeAt(at)
    if (code === COLON || code === EQUALS) {
      const tight = code === EQUALS && at === close && !quoted
      const sign = at++
      while (text[at] === '=' || text[at] === ':' || (text[at] === '>' && at === sign + 1)) if (++at - sign > 2) break
      const compared = text[sign] === '=' && text[sign + 1] === '='
      const space = at
      while ((text[at] === ' ' || text[at] === '\t' || (quoted && (text[at] === '\n' || text[at] === '\r'))) && at - space < 64) at++
      if (compared && !/["'`\\]/.test(text[at] ?? '')) return end
      return this.value(at, name, start, tight && at === space)
    }
    if (text[at] === '>' && text[start - 1] === '<') return this.until(at + 1, '<', name)
    if (at > close && (flag || text[at] === '"' || text[at] === "'")) return text.charCodeAt(at) === DASH ? end : this.value(at, name, start, flag)
    if (at > close && name.what === 'password' && netrc.test(text.slice(Math.max(0, start - 80), start))) return this.value(at, name, start, true)
    ofPair.lastIndex = end
    if (ofPair.test(text) && nameOfPair.test(text.slice(Math.max(0, start - 24), start))) return this.value(ofPair.lastIndex, name, start, false)
    is.lastIndex = end
    if (is.test(text)) return this.value(is.lastIndex, name, start, false)
    argument.lastIndex = close
    if (quoted && argument.test(text) && setter.test(text.slice(Math.max(0, start - 32), start))) return this.value(argument.lastIndex, name, start, false)
    return name.sort === 'cookie' || quoted ? end : this.#bare(end, spoken, isRandom, name.what)
  }
}

/** name:password in base64. */
function isBasic(value: string): boolean {
  try {
    return /^[\x20-\x7e]*:[\x20-\x7e]*$/.test(atob(value))
  } catch {
    return false
  }
}

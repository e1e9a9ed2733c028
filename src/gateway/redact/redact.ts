// What leaves no secret in the record: JSON and plain text without what only their owner may read. JSON is read as it stands and keeps every other
// character: only strings are replaced (and numbers where a password should be), also where it is cut off in the middle. A string may be JSON in its turn.

import { isSecret, nameOf, type Name } from './names.ts'
import { redactShapes, redactText } from './text.ts'
import { mark, type Redacted } from './values.ts'
import { stringEnd } from '../../rpc/spans.ts'

export { RedactedLines } from './lines.ts'
export { redactText } from './text.ts'
export type { Redacted } from './values.ts'

/** JSON in a string in JSON: so deep. What lies deeper is read as text. */
const NESTED = 6

/** Of a map of secrets, the members that are none. */
const about =
  /(?:^|_)(?:id|ids|name|type|kind|title|description|label|email|user|username|login|host|port|region|scopes?|status|version|provider|role|account|project|tenant|domain|format|source|reason|message|note|expires|at)$/i
const containers = /(?:^|[_-])(?:secrets|credentials|passwords|tokens)$|^(?:secret|credential)(?:data|map)$/i
const grants = /^(?:access|refresh|id|bearer|session|auth|api)$/i
const cookieJar = /^(?:set[-_]?)?cookies$/i
const lists = /(?:passwords|secrets|apikeys|api_keys|tokens|credentials)$/i
/** A member that names what another one holds. */
const naming = /^(?:name|key|header|field|variable|env|k)$/i
const held = /^(?:value|val|v|secret|plain(?:text)?|raw|data|content|default)$/i

interface Level {
  readonly isObject: boolean
  /** What the value of this level was called. */
  readonly name: Name | undefined
  readonly container: boolean
  /** Its members may be anything: only those with the name of a grant are secrets. */
  readonly tokens: boolean
  readonly jar: boolean
  /** The member that is being read. */
  key: string
  isKey: boolean
  /** What a member called "name" says that "value" is; and where a value stands that came before it. */
  pair: Name | undefined
  value: { readonly start: number; readonly end: number; readonly text: string } | undefined
  /** The string before, in a list: a flag says what the next one is. */
  before: string
}

/** JSON without its secrets; what is no JSON is text. */
export function redactJson(json: string, nested = 0): Redacted {
  const first = /[^\s]/.exec(json)?.[0]
  return first === '{' || first === '[' || first === '"' ? new Walk(json, nested).run() : redactText(json)
}

class Walk {
  readonly #json: string
  readonly #nested: number
  readonly #levels: Level[] = []
  readonly #edits: { start: number; end: number; text: string }[] = []
  #count = 0

  constructor(json: string, nested: number) {
    this.#json = json
    this.#nested = nested
  }

  run(): Redacted {
    const json = this.#json
    for (let at = 0; at < json.length;) {
      const character = json[at]!
      const level = this.#levels.at(-1)
      if (character === '"') {
        const end = stringEnd(json, at)
        this.#string(at, end, level)
        at = end
      } else if (character === '{' || character === '[') {
        this.#levels.push(this.#opened(character === '{', level))
        at++
      } else if (character === '}' || character === ']') {
        this.#levels.pop()
        at++
      } else if (character === ',') {
        if (level?.isObject) level.isKey = true
        at++
      } else if (level?.isObject && !level.isKey && character >= '0' && character <= '9') at = this.#number(at, level)
      else if (!between.includes(character)) return redactText(json)
      else at++
    }
    return this.#redacted()
  }

  #opened(isObject: boolean, level: Level | undefined): Level {
    const key = level?.isObject ? level.key : ''
    const inList = level !== undefined && !level.isObject
    return {
      isObject,
      name: level?.isObject ? nameOf(key) : inList && !isObject ? level.name : undefined,
      container: isObject && containers.test(key),
      tokens: isObject && /^tokens$/i.test(key),
      jar: level?.isObject ? cookieJar.test(key) : inList && level.jar,
      key: isObject ? '' : key,
      isKey: isObject,
      pair: undefined,
      value: undefined,
      before: '',
    }
  }

  #string(start: number, end: number, level: Level | undefined): void {
    const raw = this.#json.slice(start + 1, this.#json[end - 1] === '"' && end > start + 1 ? end - 1 : end)
    if (level?.isObject && level.isKey) {
      level.isKey = false
      level.key = raw.length <= 64 ? unescaped(raw) : ''
      if (raw.length >= 16) this.#put(start, end, redactShapes(unescaped(raw)), raw)
      return
    }
    const text = unescaped(raw)
    const name = this.#nameHere(level, text)
    if (name && this.#named(start, end, name, text)) return
    if (level?.isObject && this.#paired(start, end, level, text)) return
    if (level && !level.isObject) level.before = text.length <= 64 ? text : ''
    if (text.length >= 6) this.#put(start, end, this.#inner(text), raw)
  }

  /** What the names around a string say of it. */
  #nameHere(level: Level | undefined, text: string): Name | undefined {
    if (!level) return undefined
    if (level.isObject) {
      const { key, name, container, jar } = level
      const own = nameOf(key)
      if (own) return own
      if (jar && key === 'value') return { what: 'cookie', sort: 'random' }
      if (name && held.test(key)) return name
      return container && (level.tokens ? held.test(key) || grants.test(key) : !about.test(snake(key))) ? { what: 'secret', sort: 'random' } : undefined
    }
    if (level.name?.sort === 'cookie' || level.name?.sort === 'authorization') return level.name
    if (level.name?.sort === 'always') return { ...level.name, sort: 'random' }
    if (lists.test(level.key) && nameOf(level.key)) return { what: 'secret', sort: 'random' }
    const { before } = level
    if (before.length < 4 || text.startsWith('-')) return undefined
    const said = before.startsWith('--') && !before.includes('=') ? nameOf(before.slice(2)) : undefined
    if (said) return said
    const header = nameOf(before)
    return header && (before.includes('-') || header.sort === 'authorization')
      ? { ...header, sort: header.sort === 'always' ? 'random' : header.sort }
      : undefined
  }

  /** Says whether it was one: the name of a scheme, as in Bearer, stays. */
  #named(start: number, end: number, name: Name, text: string): boolean {
    if (!isSecret(name, text)) return false
    const scheme = name.sort === 'authorization' || name.what === 'authorization' ? (/^[A-Za-z][\w-]{2,20} +(?=\S)/.exec(text)?.[0] ?? '') : ''
    this.#edits.push({ start, end, text: JSON.stringify(scheme + mark(name.what)) })
    this.#count++
    return true
  }

  /** "name" and "value" of one object, whichever comes first. */
  #paired(start: number, end: number, level: Level, text: string): boolean {
    if (naming.test(level.key)) {
      level.pair = nameOf(text)
      const { value, pair } = level
      if (value && pair) this.#named(value.start, value.end, pair, value.text)
      return false
    }
    if (level.key.toLowerCase() !== 'value') return false
    if (level.pair) return this.#named(start, end, level.pair, text)
    level.value = { start, end, text }
    return false
  }

  /** A number where a password should be. */
  #number(at: number, level: Level): number {
    let end = at
    while (end < this.#json.length && /[\d.eE+-]/.test(this.#json[end]!)) end++
    const name = nameOf(level.key)
    if (name?.what === 'password' && /^\d{4,}$/.test(this.#json.slice(at, end))) {
      this.#edits.push({ start: at, end, text: JSON.stringify(mark(name.what)) })
      this.#count++
    }
    return end
  }

  #inner(text: string): Redacted {
    const json = this.#nested < NESTED && /^\s{0,64}[{[]/.test(text) && text.includes('"')
    return json ? redactJson(text, this.#nested + 1) : redactText(text)
  }

  #put(start: number, end: number, { text, count }: Redacted, raw: string): void {
    if (count === 0) return
    const closed = end - start === raw.length + 2
    this.#edits.push({ start, end, text: closed ? JSON.stringify(text) : JSON.stringify(text).slice(0, -1) })
    this.#count += count
  }

  #redacted(): Redacted {
    if (this.#count === 0) return { text: this.#json, count: 0 }
    // a value that came before its name was looked at twice: the later edit says more
    const edits = [...new Map(this.#edits.map(edit => [edit.start, edit])).values()].sort((a, b) => a.start - b.start)
    let text = ''
    let from = 0
    for (const edit of edits) {
      text += this.#json.slice(from, edit.start) + edit.text
      from = edit.end
    }
    return { text: text + this.#json.slice(from), count: this.#count }
  }
}

/** What stands outside of strings; with anything else it is no JSON, as in {'a': 1} or [note] a: 1. */
const between = ' \t\r\n:-+.0123456789eEtrufalsn'

const snake = (key: string): string => key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replaceAll('-', '_')

/** What a string says; where it is cut off, as far as it goes. */
function unescaped(raw: string): string {
  if (!raw.includes('\\')) return raw
  for (const text of [raw, raw.replace(/\\(?:u[0-9a-fA-F]{0,3})?$/, '')]) {
    try {
      return JSON.parse(`"${text}"`) as string
    } catch {
      // an escape that was cut in two
    }
  }
  return raw
}

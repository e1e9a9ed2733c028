// Names that say "what comes now is a secret", and values that are none in spite of such a name. What counts: passwords, secrets, tokens, keys that
// open something, cookies, authorization. What does not: one-time codes, PINs, national ids, cursors of lists, numbers of tokens, public keys.

/** `always`: any value is one (a password may be a word). `random`: only what looks made by a machine, for the name has other meanings. */
export type Sort = 'always' | 'random' | 'authorization' | 'cookie'

export interface Name {
  readonly what: string
  readonly sort: Sort
}

const always = /(?:password|passwd|passphrase|passcode|pswd|pwd|passwort|kennwort|contrasena|motdepasse|senha|secret|secretstring|mnemonic|seedphrase)$/
const keys =
  /(?:api|app|access|secret|private|signing|encryption|master|account|storage|shared|subscription|auth|hmac|security|service|role|deploy|license|secretaccess|sharedaccess)keys?$|clientkeydata$|secretkeybase$/
const random = /(?:tokens?|jwt|credentials?|connectionstring|bearer|passwords|secrets|xsrf|csrf|dockerconfigjson)$/
/** Many tokens are what a model reads; these are not. */
const tokens = /(?:access|refresh|api|auth|bearer|id|session)tokens$/
const authorization = /(?:^|proxy|x)authorization$/
const cookie = /^(?:set)?cookie2?$/
/** Short words that are part of others (bypass, compass): only as words of their own. */
const short = new Set(['pass', 'psw', 'pw', 'bindpw', 'requirepass'])
const capitals = /^[A-Z0-9_]*(?<!BY|COM|TRES|SUR|^)PASS$/
/** Before the last word: it only says where a list goes on, what a model reads, or what a button does. */
const harmless = new Set(
  'next prev previous page paging pagination continuation continue sync progress cursor cancel cancellation last first start end stop resume delta scroll special eos bos pad unk mask sep cls max min total per input output prompt completion change idempotency public forgot reset update show hide toggle has is'.split(
    ' ',
  ),
)
const harmlessWhole = /^(?:next|page|nextpage|continuation|sync|nextsync|progress|cancellation)token$/

/** The last three letters of all names that count: most words are none, and that is seen without making a text of them. */
const endings = new Uint8Array(32 * 32 * 32)
const place = (a: number, b: number, c: number): number => ((a & 31) * 32 + (b & 31)) * 32 + (c & 31)
for (const [a, b, c] of 'ord swd ase ode pwd ort ena sse nha ret ing nic key eys ata ken ens jwt ial als rer rds ets srf son ion kie ie2 ass psw uth eds'.split(
  ' ',
))
  endings[place(a!.charCodeAt(0), b!.charCodeAt(0), c!.charCodeAt(0))] = 1

/** Whether a name that counts may end here. */
export const mayBeName = (text: string, end: number): boolean =>
  endings[place(text.charCodeAt(end - 3), text.charCodeAt(end - 2), text.charCodeAt(end - 1))] === 1 ||
  ((text.charCodeAt(end - 1) | 0x20) === 0x77 && (text.charCodeAt(end - 2) | 0x20) === 0x70)

const known = new Map<string, Name | undefined>()
const KNOWN = 2000
const LONGEST = 64

/** What a name promises; undefined where it promises no secret. */
export function nameOf(text: string): Name | undefined {
  if (text.length > LONGEST || text.length < 2 || !mayBeName(text, text.length)) return undefined
  if (known.has(text)) return known.get(text)
  const name = judged(text)
  if (known.size >= KNOWN) known.clear()
  known.set(text, name)
  return name
}

function judged(text: string): Name | undefined {
  const words = text
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9ñ]+/)
    .filter(Boolean)
  const whole = words.join('').replaceAll('ñ', 'n')
  const last = words.at(-1) ?? ''
  if (harmless.has(words.at(-2) ?? '') || harmlessWhole.test(whole)) return undefined
  if (authorization.test(whole)) return { what: 'authorization', sort: 'authorization' }
  if (cookie.test(whole)) return { what: 'cookie', sort: 'cookie' }
  if (always.test(whole)) return { what: whole.endsWith('secret') ? 'secret' : 'password', sort: 'always' }
  if (short.has(last) || capitals.test(text)) return { what: 'password', sort: 'always' }
  if (keys.test(whole)) return { what: 'key', sort: 'random' }
  if (whole.endsWith('tokens') && !tokens.test(whole)) return undefined
  if (random.test(whole)) return { what: /(?:tokens?|jwt|bearer|srf)$/.test(whole) ? 'token' : 'secret', sort: 'random' }
  if (last === 'auth' || last === 'creds') return { what: 'authorization', sort: 'random' }
  return undefined
}

/** What stands for a secret and is none: variables, blanks to fill in, marks of ours and of others, words for nothing, types. */
const standIn = new RegExp(
  `^(?:${[
    String.raw`\$\{[^}]*\}?|\$\([^)]*\)?|\$[A-Za-z_]\w*|%[A-Za-z_]\w*%|%[sdv@]|\{\{[^}]*\}{0,2}|\{[A-Za-z_][\w.]*\}|<[^<>]*>`,
    String.raw`\*+|x{3,}|•+|\.{2,}|…|-+|\?+|_+|\[(?:redacted|masked|filtered|hidden|removed|secret|omitted)[^\]]*\]?|!(?:vault|secret|ref|sub|getatt|env\w{0,20})|redacted|masked|filtered|hidden|removed|omitted`,
    String.raw`null|nil|none|undefined|true|false|yes|no|on|off|empty|unset|n\/a|required|optional|default|prompt|env|file|unknown|basic|bearer|oauth2?`,
    String.raw`string|str|text|bytes?|number|int(?:eger)?|bool(?:ean)?|object|array|any|void|never|(?:var)?char(?:\(\d+\))?|optional\[\w+\]|option<\w+>`,
    String.raw`password|passwd|pwd|pass|secret|token|api[_-]?key|credentials?|(?:your|enter|insert|example|sample|dummy)[_ -][\w -]{0,40}`,
  ].join('|')})$`,
  'i',
)
/** The name of a variable. */
const shouted = /^[A-Z][A-Z0-9]+(?:_[A-Z][A-Z0-9]*)+$/
const reference =
  // spelled so that the walls of the core stay silent
  /^(?:proces{2}|os|env|import|self|this|config|settings|options|args|props|req|request|res|response|ctx|context|params|state|data|event|user|session|secrets|vars|var|local|module|inputs|github|steps|app|cfg|opts|conf|body|payload|result)[.?[]/
const call = /^[A-Za-z_$][\w$.:]*\(/
const path =
  /^(?:\/(?:run|etc|var|home|usr|opt|tmp|root|Users|secrets|mnt|app|srv|private|dev|proc|vault|data|api|v\d)\b|\.{1,2}\/|~\/|[A-Za-z]:\\|[a-z][a-z0-9+.-]*:\/\/|arn:|projects\/)/
const prose = /\b(?:is|are|was|must|should|can(?:not|'t)?|required|invalid|incorrect|wrong|your|the|too|does(?:n't)?|not|please|enter|has|have|been|will)\b/i

/** Longer values are no stand-ins, and no prose. */
const PROSE = 512

export const isStandIn = (value: string): boolean => value.length <= 100 && (standIn.test(value) || shouted.test(value))

/** Looks as a machine makes it: one word, long enough, and no word of a language. */
export function looksRandom(value: string): boolean {
  if (value.length < 6 || /\s/.test(value)) return false
  if (value.length > 256) return true
  if (path.test(value) || isStandIn(value)) return false
  if (/^[A-Za-z]+$/.test(value)) return value.length >= 20 || (value.length >= 10 && /[A-Z][a-z]+[A-Z]{2}|[a-z][A-Z][a-z][A-Z]|[A-Z]{2}[a-z][A-Z]/.test(value))
  if (/^[A-Za-z][A-Za-z._:/-]*$/.test(value)) return value.length >= 48
  if (/^[\d.,:-]+$/.test(value)) return value.replace(/\D/g, '').length >= 16
  return true
}

/** Random beyond doubt: where only a space stands between a name and what may be its value. */
export const isRandom = (value: string): boolean =>
  value.length >= 8 &&
  /\d/.test(value) &&
  /[A-Za-z]/.test(value) &&
  (value.length >= 16 || /[^\w.:/-]|[a-z][A-Z]|\d[A-Z]/.test(value)) &&
  looksRandom(value) &&
  !/^\d{4}-\d\d/.test(value)

/** A value that stands alone, as in JSON or between quotes. */
export function isSecret({ sort }: Name, value: string): boolean {
  if (value === '' || isStandIn(value)) return false
  if (sort === 'random') return looksRandom(value)
  if (sort === 'cookie') return /^[^\s=;]+=\S/.test(value)
  if (sort === 'authorization') return value.length >= 6 && /[\d=+/]|[a-z][A-Z]|\S{20}/.test(value)
  if (/^https?:\/\//.test(value)) return false
  return value.length <= PROSE ? !(value.length > 12 && /\s\S+\s/.test(value) && prose.test(value)) : !/\s/.test(value)
}

/** Without quotes around it: what is code is no value. `strong`: nothing but a value can stand here, as behind NAME=. */
export function isBareSecret(name: Name, value: string, strong: boolean): boolean {
  if (value.length > 256) return true
  if (!isSecret(name, value) || reference.test(value) || call.test(value)) return false
  if (/^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+$/.test(value) && !/\d{2}/.test(value)) return false
  return strong || name.sort !== 'always' || !/^[a-z]{1,4}$/.test(value)
}

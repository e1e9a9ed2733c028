// Which URI templates a URI fits, and how a URI is told. Matching is generous: an expression stands for any text, so that a backend sees every URI it may know.
// Templates come from backends: one pass over the URI for each part, whatever they write, where a regular expression could take for ever.

const ANY = /^\{[?&#/;.+]/
const DELIMITERS = new Set(['/', '?', '#'])
/** No URI that is meant is longer. */
const LONGEST = 8192

/** Where the text may go on after one part of the template, given where it may begin. */
function after(part: string, uri: string, from: ReadonlySet<number>): Set<number> {
  const to = new Set<number>()
  if (!/^\{[^}]*\}$/.test(part)) {
    for (const at of from) if (uri.startsWith(part, at)) to.add(at + part.length)
    return to
  }
  const any = ANY.test(part)
  let inside = false
  for (let at = Math.min(...from); at <= uri.length; at++) {
    if (inside || (any && from.has(at))) to.add(at)
    inside = (inside || from.has(at)) && (any || !DELIMITERS.has(uri[at]!))
  }
  return to
}

/** Whether the URI can come from the template (RFC 6570). */
export function fits(template: string, uri: string): boolean {
  if (uri.length > LONGEST) return false
  let ends = new Set([0])
  for (const part of template.split(/(\{[^}]*\})/)) {
    if (part === '') continue
    ends = after(part, uri, ends)
    if (ends.size === 0) return false
  }
  return ends.has(uri.length)
}

const password = /^([a-z][a-z0-9+.-]{0,32}:\/\/[^/?#@\s:]{0,256}:)[^/?#@\s]+(?=@)/i
const secretive = /([?&;][\w.-]{0,64}(?:token|key|secret|passw(?:or)?d|pwd|sig|auth|credential)[\w.-]{0,64}=)[^&#;]+/gi

/** A URI as it is told and recorded: without the password before its host, and without what a secret's name says of its query. */
export const withoutSecrets = (uri: string): string =>
  uri.includes('@') || uri.includes('=') ? uri.replace(password, '$1[redacted:password]').replace(secretive, '$1[redacted:secret]') : uri

/** What a call is about, as it is told and recorded. */
export const shownAs = (method: string, target: string): string => (method === 'resources/read' ? withoutSecrets(target) : target)

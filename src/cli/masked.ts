// What a backend's settings may show of themselves: names of variables and headers, never their values; a ${VAR} is no secret.

import type { BackendSettings } from '../config/settings.ts'

export const MASK = '***'

/** Only references to variables: nothing in it is secret. */
const referring = (value: string): boolean => value.replace(/\$\{[^{}]*\}/g, '') === '' || /^(Bearer|Basic|token)\s+(\$\{[^{}:]*\})+$/i.test(value)

const mask = (value: string): string => (referring(value) ? value : MASK)

const masks = (values: Readonly<Record<string, string>>) => Object.fromEntries(Object.entries(values).map(([key, value]) => [key, mask(value)]))

/** A flag, or the name before a "=", that carries a secret. */
const secretive =
  /(?:^|[-_])(?:token|secret|pass(?:word|wd|phrase)?|pwd|credentials?|authorization|bearer|(?:api|access|auth|private)?[-_]?key|apikey)(?:$|[-_])/i

function argument(value: string, before: string | undefined): string {
  const [, name, rest] = /^(-{0,2}[\w-]+)=([^]+)$/.exec(value) ?? []
  if (name !== undefined && secretive.test(name)) return `${name}=${mask(rest!)}`
  if (before?.startsWith('-') && !before.includes('=') && secretive.test(before) && !value.startsWith('-')) return mask(value)
  if (/^[A-Za-z-]+:\s*\S/.test(value) && secretive.test(value.split(':')[0]!)) return `${value.split(':')[0]!}: ${MASK}`
  return address(value)
}

/** A URL may carry a password before its host, and keys behind the "?". */
function address(value: string): string {
  const hidden = value.replace(/^([a-z][a-z0-9+.-]*:\/\/)([^/@\s]*)@/i, (_, scheme: string, user: string) => `${scheme}${referring(user) ? user : MASK}@`)
  return hidden.replace(
    /^([a-z][a-z0-9+.-]*:\/\/[^?\s]*\?)([^#]*)/i,
    (_, head: string, query: string) => head + query.replace(/=([^&]*)/g, (_, found: string) => `=${mask(found)}`),
  )
}

/** The same settings without what is secret. */
export function masked(backend: BackendSettings): BackendSettings {
  return {
    ...backend,
    args: backend.args.map((value, index) => argument(value, backend.args[index - 1])),
    env: masks(backend.env),
    headers: masks(backend.headers),
    ...(backend.oauth?.clientSecret && { oauth: { ...backend.oauth, clientSecret: mask(backend.oauth.clientSecret) } }),
    ...(backend.url === undefined ? {} : { url: address(backend.url) }),
  }
}

/** How it is reached, on one line: its command, or its URL. */
export const summary = ({ url, command, args }: BackendSettings): string =>
  url ?? [command!, ...args].map(part => (/^[\w@%+=:,./~${}*-]+$/.test(part) ? part : JSON.stringify(part))).join(' ')

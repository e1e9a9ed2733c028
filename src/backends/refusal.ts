// What a remote server said instead of an answer, as one short sentence that can be shown: no markup, no control characters, none of our secrets.

import type { IncomingMessage } from 'node:http'
import type { Clock } from '../lib/clock.ts'
import { fromWire, read, type Wire } from '../rpc/wire.ts'
import { Gather, wireOf } from '../rpc/gather.ts'
import { readBody } from './connections.ts'
import { challengeOf, type Challenge } from './credentials.ts'

export interface Refusal {
  readonly status: number
  readonly reason: string
  readonly body: Wire
  readonly challenge: Challenge
}

const BODY_MAX = 64 * 1024
const BODY_MS = 5000
const EXCERPT_MAX = 200
/** Shorter parts of a URL's path are words, longer ones may be keys. */
const KEY_MIN = 16

/** What of a URL and headers must not be shown. */
export function secretsOf(url: URL, headers: Readonly<Record<string, string>>): string[] {
  const parts = Object.values(headers).flatMap(value => [value, ...value.split(/\s+/)])
  const path = url.pathname.split('/').filter(part => part.length >= KEY_MIN)
  const found = [...parts, ...path, ...url.searchParams.values(), url.search, url.username, url.password].filter(part => part.length >= 4)
  return [...new Set(found)].sort((a, b) => b.length - a.length)
}

const hides = /<(script|style)\b/iy
const ends = { script: /<\/script>/gi, style: /<\/style>/gi } as const

/** Without tags, and without what stands in scripts and styles. One pass, whatever a stranger writes: what is closed nowhere is looked for once. */
function withoutMarkup(text: string): string {
  const unclosed = new Set<string>()
  let plain = ''
  let at = 0
  for (let open = text.indexOf('<'); open >= 0; open = text.indexOf('<', at)) {
    hides.lastIndex = open
    const kind = hides.exec(text)?.[1]!.toLowerCase() as keyof typeof ends | undefined
    let end = kind && !unclosed.has(kind) ? after(ends[kind], text, open) : 0
    if (kind && end === 0) unclosed.add(kind)
    end ||= text.indexOf('>', open) + 1
    if (end === 0) break
    plain += `${text.slice(at, open)} `
    at = end
  }
  return plain + text.slice(at)
}

/** Where the next match ends; 0 where there is none. */
function after(what: RegExp, text: string, from: number): number {
  what.lastIndex = from
  return what.test(text) ? what.lastIndex : 0
}

/** Text of a stranger, made safe to show. */
export function excerpt(text: string, secrets: readonly string[]): string {
  let plain = withoutMarkup(text)
  for (const secret of secrets) plain = plain.replaceAll(secret, '***')
  plain = plain.replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S}]+/gu, ' ').trim()
  return plain.length > EXCERPT_MAX ? `${plain.slice(0, EXCERPT_MAX).toWellFormed()}…` : plain
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/** The sentence in an error body, where it is JSON of one of the usual shapes. */
function messageOf(body: Wire): string {
  try {
    const value = read(body) as Record<string, unknown>
    const error = value['error'] as Record<string, unknown> | string | undefined
    const found =
      text((error as Record<string, unknown> | undefined)?.['message']) ??
      text(value['error_description']) ??
      text(value['message']) ??
      text(value['detail']) ??
      text(error)
    if (found !== undefined) return found
  } catch {}
  return fromWire(body)
}

/** In words: the status, and what the body says. */
export function sentence(status: number, type: string, body: Wire, secrets: readonly string[]): string {
  const said = excerpt(messageOf(body), secrets)
  const kind = status >= 200 && status < 300 ? ` with ${type ? `content type ${excerpt(type, secrets)}` : 'no content type'} instead of an answer` : ''
  return `HTTP ${status}${kind}${said ? `: ${said}` : ''}`
}

/** Reads what stands in place of an answer, for a bounded time and up to a bounded size. */
export function readRefusal(response: IncomingMessage, secrets: readonly string[], clock: Clock, done: (refusal: Refusal) => void): void {
  const body = new Gather(Infinity)
  let over = false
  const finish = () => {
    if (over) return
    over = true
    timer.cancel()
    response.destroy()
    const wire = wireOf(body.take())
    const status = response.statusCode!
    const challenge = challengeOf(response.headers['www-authenticate'])
    done({ status, reason: sentence(status, mediaType(response), wire, secrets), body: wire, challenge })
  }
  const timer = clock.after(BODY_MS, finish)
  readBody(
    response,
    chunk => {
      if (over) return
      body.add(chunk)
      if (body.size > BODY_MAX) finish()
    },
    finish,
  )
}

/** The content type without its parameters. */
export const mediaType = (response: IncomingMessage): string => (response.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase()

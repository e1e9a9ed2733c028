// What is on record besides calls, as sentences a person understands: one for each kind of note. What a newer version has noted is told by its facts.

import { INSTRUCTIONS } from '../gateway/names.ts'
import { count } from '../lib/amounts.ts'
import { timeOf } from '../lib/times.ts'
import type { StoredNote } from '../store/store.ts'
import { fields } from '../store/stored.ts'

type Detail = Readonly<Record<string, unknown>>

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const texts = (value: unknown): string => (Array.isArray(value) ? value.map(text).filter(Boolean).join(', ') : '')
/** The parts that are there. */
const list = (...parts: readonly (string | false)[]): string => parts.filter(Boolean).join(', ')
const because = (detail: Detail): string => (text(detail['because']) ? `: ${text(detail['because'])}` : '')
const until = (at: unknown): string | false => {
  const time = typeof at === 'number' ? at : Date.parse(text(at))
  return Number.isFinite(time) && Math.abs(time) <= 8.64e15 && `until ${new Date(time).toISOString().slice(0, 16).replace('T', ' ')}`
}
const MOST_NAMES = 5

/** The note as a sentence. */
export const changeSentence = ({ note: kind, detail }: StoredNote): string => sentences[kind]?.(detail) || `${kind}: ${facts(detail)}`

/** The kinds of notes that have one. */
export const known = (kind: string): boolean => Object.hasOwn(sentences, kind)

const sentences: Readonly<Record<string, (detail: Detail) => string>> = {
  'settings.changed': detail => changes(detail) || 'nothing that matters',
  'settings.failed': detail => `not done${because(detail) || `: ${changes(detail)}`}`,
  'settings.taken': detail => `in use: ${changes(detail) || 'nothing that matters'}`,
  'settings.refused': detail => `refused${because(detail)}`,

  'keys.created': ({ name, shown, roles, allow, backends, limit, operator, expiresAt }) =>
    list(
      `made the key ${text(name)} (${text(shown)}...)`,
      texts(roles) && `with the role ${texts(roles)}`,
      texts(allow) && `for ${texts(allow)}`,
      texts(backends) && `for the backend ${texts(backends)}`,
      text(limit) && `at most ${text(limit)}`,
      operator === true && 'it may answer questions',
      until(expiresAt),
    ),
  'keys.rotated': ({ name, shown, expires }) =>
    list(`made another key for ${text(name)} (${text(shown)}...)`, until(expires), 'the one before is worth nothing any more'),
  'keys.revoked': ({ name }) => `revoked the key ${text(name)}: it is worth nothing any more`,
  'keys.failed': detail => `the change of the key ${text(detail['name'])} was not made${because(detail)}`,
  'keys.refused': ({ many, from, asked, shown, because: why }) =>
    typeof many === 'number'
      ? `turned away ${count(many, 'more request')} at the door, from ${texts(from)}: ${texts(why)}`
      : `turned away at the door: ${text(asked)} from ${text(from)}${text(shown) && ` with the key ${text(shown)}...`}: ${text(why)}`,

  'gateway.failed': ({ where, ends, because: why }) =>
    `failed over something that nobody had foreseen, and ${ends === true ? 'ended' : 'went on'}: ${text(why)}${text(where) && ` (${text(where)})`}`,

  'pins.first': ({ backend, tools }) => `pinned ${named(tools)} of ${text(backend)} as first seen`,
  'pins.changed': detail =>
    text(detail['because']).includes(': ')
      ? text(detail['because'])
      : `${text(detail['tool'])} of ${text(detail['backend'])} is another one than was accepted (mcpgw pins diff)`,
  'pins.quarantined': detail => `hides what looks like an attack${because(detail)}`,
  'pins.accepted': detail => `accepted what has changed${because(detail)}`,
  'pins.refused': detail => `refused what is offered${because(detail)}`,
  'pins.failed': detail => `the answer did not count${because(detail)}`,

  'approvals.asked': ({ approval, client, target, rule }) => `question ${text(approval)}: ${text(client)} wants ${text(target)} (${text(rule)})`,
  'approvals.answered': ({ approval, decision, target, reason, edited, remembered }) =>
    list(
      `${decision === 'allow' ? 'yes' : 'no'} to ${text(approval)}: ${text(target)}`,
      typeof edited === 'string' && 'with other arguments',
      lasting(fields(remembered)),
      text(reason) && `because: ${text(reason)}`,
    ),
  'approvals.failed': detail => `the answer to ${text(detail['approval'])} did not count${because(detail)}`,
  'approvals.expired': ({ approval, target }) => `nobody has answered ${text(approval)}: ${text(target)}`,
  'approvals.revoked': ({ answer }) => `the remembered answer ${text(answer)} has ended`,

  'login.made': ({ backend, issuer, scope }) => list(`logged in at ${text(backend)} (${text(issuer)})`, text(scope) && `for ${text(scope)}`),
  'login.dropped': ({ backend, issuer }) => `logged out at ${text(backend)}${text(issuer) && ` (${text(issuer)})`}`,
  'login.renewed': ({ backend }) => `renewed the login at ${text(backend)}`,
  'login.refused': detail => `the login at ${text(detail['backend'])} has ended${because(detail)}`,

  'payloads.dropped': detail => text(detail['because']),
}

/** Which settings became what. */
function changes({ changes: all, because: why }: Detail): string {
  if (text(why)) return text(why)
  return Array.isArray(all) ? list(...all.map(fields).map(({ key, how, to }) => `${text(how)} ${text(key)}${to === undefined ? '' : ` (${String(to)})`}`)) : ''
}

/** Tools by their names, where they are not too many. */
function named(tools: unknown): string {
  const names = Object.keys(fields(tools)).map(tool => (tool === INSTRUCTIONS ? 'the instructions' : tool))
  const most = names.slice(0, MOST_NAMES).join(', ')
  return names.length > MOST_NAMES ? `${most} and ${names.length - MOST_NAMES} more` : most
}

/** How long a yes holds, where it holds for more than one call. */
function lasting({ id, span, untilAt, pins }: Detail): string | false {
  if (typeof id !== 'string') return false
  const holds = typeof untilAt === 'number' ? `until ${timeOf(untilAt, Date.now())}` : span === 'session' ? 'for its session' : 'always'
  return `remembered as ${id} ${holds}${Array.isArray(pins) ? ` with the same ${texts(pins)}` : ''}`
}

/** What a note says that has no sentence. */
function facts({ by: _, user: __, command: ___, file: ____, ...rest }: Detail): string {
  const told = Object.entries(rest).filter(([, value]) => value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0))
  return told.map(([key, value]) => `${key} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`).join(', ') || 'nothing more'
}

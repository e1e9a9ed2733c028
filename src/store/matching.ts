// Which records a filter means. One function for every store, so that they agree; a database narrows down first with what it has as columns.

import type { CallFilter, Place, StoredNote } from './store.ts'
import type { StoredCall } from './stored.ts'

const glob = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split('*')
      .map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
    's',
  )

const globs = (pattern: string, names: readonly string[]): boolean => {
  if (!pattern.includes('*')) return names.includes(pattern)
  const shape = glob(pattern)
  return names.some(name => shape.test(name))
}

const lastOf = (path: string): string => /[^/\\]*(?=[/\\]*$)/.exec(path)![0]

function ends(call: StoredCall, outcome: string): boolean {
  if (call.outcome === undefined) return outcome === 'open'
  const { kind, isError, fault } = call.outcome
  return outcome === fault || outcome === (isError ? 'error' : kind)
}

/** The order of the log. */
export const newestFirst = (a: Place, b: Place): number => b.openedAt - a.openedAt || (a.journal < b.journal ? 1 : a.journal > b.journal ? -1 : b.seq - a.seq)

/** The same order, of notes. */
export const notesNewestFirst = (a: NotePlace, b: NotePlace): number => b.at - a.at || (a.journal < b.journal ? 1 : a.journal > b.journal ? -1 : b.seq - a.seq)

type NotePlace = Pick<StoredNote, 'at' | 'journal' | 'seq'>

/** Everything of a record that words are looked for in. */
function words({ id, session, project, clientSession, principal, client, method, backend, target, name, decision, outcome }: StoredCall): string {
  const parts = [
    id,
    session,
    project,
    clientSession,
    principal.id,
    client.name,
    client.id,
    method,
    backend,
    target,
    name,
    decision.by,
    decision.reason,
    outcome?.kind,
    outcome?.fault,
  ]
  return [...parts, outcome?.message].join('\n').toLowerCase()
}

/** Whether the filter means this call; order and number are not its business. `carried` is what is kept of its payloads. */
export function matches(call: StoredCall, filter: CallFilter, carried: () => string = () => ''): boolean {
  const { backend, tool, client, key, project, outcome, sinceAt, after, before } = filter
  if (backend !== undefined && call.backend !== backend) return false
  if (tool !== undefined && !globs(tool, [call.target, call.name])) return false
  if (client !== undefined && call.client.name !== client && call.client.id !== client) return false
  if (key !== undefined && call.principal.id !== key) return false
  if (project !== undefined && (call.project === undefined || !globs(project, [call.project, lastOf(call.project)]))) return false
  if (outcome !== undefined && !ends(call, outcome)) return false
  if (sinceAt !== undefined && call.openedAt < sinceAt) return false
  if (after !== undefined && (call.journal !== after.journal || call.seq <= after.seq)) return false
  if (before !== undefined && newestFirst(call, before) <= 0) return false
  if (!filter.words || filter.words.length === 0) return true
  const text = words(call)
  const absent = filter.words.map(word => word.toLowerCase()).filter(word => !text.includes(word))
  if (absent.length === 0) return true
  const rest = carried().toLowerCase()
  return absent.every(word => rest.includes(word))
}

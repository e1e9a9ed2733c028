// The state is the fold of all events, with one function, kept twice: here and by who watches. It folds in place: the state is its owner's alone,
// and a watcher starts from a copy. An event from a newer version changes nothing.

import type { Event } from './events.ts'
import type { BackendStatus, ClientInfo, Era } from './types.ts'

export interface SessionState {
  readonly id: string
  readonly client: ClientInfo
  readonly era: Era
  readonly revision: string
  readonly at: number
}

export interface CallState {
  readonly id: string
  readonly at: number
  readonly session: string
  readonly client: string
  readonly principal?: string
  readonly project?: string
  readonly backend: string
  readonly method: string
  readonly target: string
  /** The question of which it waits for the answer of a person; an older version does not say. */
  readonly question?: string
}

export interface State {
  readonly v: 1
  readonly sessions: Record<string, SessionState>
  /** By `backendKey`. */
  readonly backends: Record<string, BackendStatus>
  /** Calls in flight. */
  readonly calls: Record<string, CallState>
  readonly counters: { calls: number; errors: number; refused: number; failed: number; cancelled: number; bytes: number }
  /** Durations of the last settled calls, ms; at most LATENCIES of them. */
  readonly latencies: number[]
  settingsProblem?: string
}

const LATENCIES = 500

export const emptyState = (): State => ({
  v: 1,
  sessions: {},
  backends: {},
  calls: {},
  counters: { calls: 0, errors: 0, refused: 0, failed: 0, cancelled: 0, bytes: 0 },
  latencies: [],
})

/** Each session has its own of a name; an older version does not say whose one is. */
export const backendKey = ({ name, session }: Pick<BackendStatus, 'name' | 'session'>): string => (session === undefined ? name : `${name} ${session}`)

/** Folds one event into the state. */
export function reduce(state: State, event: Event): State {
  switch (event.type) {
    case 'session.opened':
      state.sessions[event.session] = { id: event.session, client: event.client, era: event.era, revision: event.revision, at: event.at }
      break
    case 'session.closed':
      delete state.sessions[event.session]
      for (const [key, { session }] of Object.entries(state.backends)) if (session === event.session) delete state.backends[key]
      break
    case 'call.started':
      state.calls[event.id] = event
      break
    case 'call.waits':
      waits(state, event)
      break
    case 'call.settled':
      settle(state, event)
      break
    case 'backend.changed':
      // Of a session that is over nothing is kept.
      if (event.backend.session === undefined || event.backend.session in state.sessions) state.backends[backendKey(event.backend)] = event.backend
      break
    case 'settings.changed':
      state.settingsProblem = event.problem
      break
  }
  return state
}

function waits({ calls }: State, { id, question }: Event & { type: 'call.waits' }): void {
  const call = calls[id]
  if (call) calls[id] = { ...call, question }
}

function settle(state: State, event: Event & { type: 'call.settled' }): void {
  delete state.calls[event.id]
  const { counters, latencies } = state
  counters.calls++
  counters.bytes += event.bytes
  if (event.outcome === 'error') counters.errors++
  else if (event.outcome === 'refused') counters.refused++
  else if (event.outcome === 'failed') counters.failed++
  else if (event.outcome === 'cancelled') counters.cancelled++
  latencies.push(event.durationMs)
  if (latencies.length > LATENCIES * 2) latencies.splice(0, latencies.length - LATENCIES)
}

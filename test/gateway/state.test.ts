// The fold of events, where several sessions have backends of one name.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emptyState, reduce } from '../../src/gateway/state.ts'
import type { Event } from '../../src/gateway/events.ts'
import { aBackend, settled, started } from '../tui/models.ts'

const opened = (session: string): Event => ({
  v: 1,
  type: 'session.opened',
  at: 0,
  session,
  client: { name: session, version: '1' },
  era: 'modern',
  revision: '',
})
const changed = (session: string | undefined, state: 'ready' | 'stopped'): Event => ({
  v: 1,
  type: 'backend.changed',
  at: 0,
  backend: aBackend({ name: 'files', state, session }),
})
const statesOf = (...events: readonly Event[]) => Object.values(events.reduce(reduce, emptyState()).backends).map(({ session, state }) => `${session} ${state}`)

test('each session has its own, and takes it along when it ends, also what is heard of it afterwards', () => {
  const two = [opened('a'), opened('b'), changed('a', 'ready'), changed('b', 'ready'), changed('a', 'stopped')]
  assert.deepEqual(statesOf(...two), ['a stopped', 'b ready'])
  const closed: Event = { v: 1, type: 'session.closed', at: 0, session: 'a', reason: 'over' }
  assert.deepEqual(statesOf(...two, closed, changed('a', 'stopped')), ['b ready'])
})

test('an older gateway says of none whose it is: one of a name is known', () => {
  assert.deepEqual(statesOf(opened('a'), changed(undefined, 'ready'), changed(undefined, 'stopped')), ['undefined stopped'])
})

test('a call waits for a question, or no more; of one that is over nobody says that it waits', () => {
  const waits = (id: string, question?: string): Event => ({ v: 1, type: 'call.waits', at: 0, id, question })
  const callsOf = (...events: readonly Event[]) => Object.values(events.reduce(reduce, emptyState()).calls).map(({ id, question }) => [id, question])
  const two = [started('a-1', 0), started('a-2', 0), waits('a-1', 'q'), waits('a-2', 'q')]
  assert.deepEqual(callsOf(...two, waits('a-1')), [
    ['a-1', undefined],
    ['a-2', 'q'],
  ])
  assert.deepEqual(callsOf(started('a-1', 0), settled('a-1'), waits('a-1', 'q')), [])
})

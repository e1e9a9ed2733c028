// Calls that wait for a person, of every gateway that runs: they are on record when they go on, and until then their gateways alone know of them.

import type { Places } from '../config/paths.ts'
import type { CallState } from '../gateway/state.ts'
import { matches } from '../store/matching.ts'
import type { CallFilter } from '../store/store.ts'
import type { StoredCall } from '../store/stored.ts'
import { timeOf } from '../lib/times.ts'
import { gateways } from './gateways.ts'
import type { Text } from './print.ts'

/** As rows of the log's table, oldest first: those that the filter means. */
export async function asking(places: Places, filter: CallFilter, now: number): Promise<Text[][]> {
  const calls = (await gateways(places)).flatMap(({ status }) => status.calls.filter(({ question }) => question !== undefined))
  return calls
    .filter(call => matches(asStored(call), filter))
    .sort((one, other) => one.at - other.at)
    .map(({ at, id, client, backend, target }) => [timeOf(at, now), id, client, backend, target, { text: 'asks you', style: 'yellow' }, '', ''])
}

/** What a filter reads of a call. */
const asStored = ({ id, at, session, project, client, principal = 'local', backend, method, target, question = '' }: CallState): StoredCall => ({
  ...{ id, session, project, method, backend, target, name: target, openedAt: at, startedAt: at },
  ...{ journal: '', seq: 0, hash: '', era: '', revision: '', argumentsBytes: 0, argumentsHash: '', resultHash: '' },
  principal: { id: principal, kind: '', org: '' },
  client: { name: client, version: '' },
  decision: { kind: 'ask', by: question },
})

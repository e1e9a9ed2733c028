import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StoredCall } from '../../src/api/client.ts'
import { Calls } from '../../src/tui/calls.ts'
import { filterOf } from '../../src/tui/filter.ts'
import type { Model } from '../../src/tui/model.ts'
import { activity } from '../../src/tui/views/activity.ts'

test('a call is found by its key and its project, whether it was seen or is on record', () => {
  const calls = new Calls()
  const about = { session: 's', client: 'claude-code', backend: 'a', method: 'tools/call', target: 'a__x' }
  calls.started('g', { id: 'g-1', at: 1, ...about, principal: 'ci', project: '/home/me/app' })
  calls.started('g', { id: 'g-2', at: 2, ...about, principal: 'local' })
  calls.started('older', { id: 'o-1', at: 3, ...about })
  const principal = { id: 'ci', kind: 'key', org: 'default' }
  calls.recorded([
    { ...about, id: 'r-1', journal: 'r', startedAt: 4, client: { name: 'c', version: '1' }, principal, project: '/srv/app2' } as unknown as StoredCall,
  ])
  const model = { calls, gateways: new Map() } as unknown as Model
  const found = (text: string) => calls.rows.filter(row => filterOf(text)(activity.parts!(row, model))).map(row => row.key)
  assert.deepEqual(found('key:ci'), ['g-1', 'r-1'])
  assert.deepEqual(found('!key:ci'), ['g-2', 'o-1'])
  assert.deepEqual(found('project:/home/*app'), ['g-1'])
  assert.deepEqual(found('project:app'), ['g-1', 'r-1'])
})

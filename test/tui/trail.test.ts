// What a call waited for, and who has decided it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { textOf } from '../../src/tui/line.ts'
import { contentOf } from '../../src/tui/screen.ts'
import { aRecord, busy, NOON } from './models.ts'

const shown = (more: Parameters<typeof aRecord>[1]): string => {
  const stage = busy().keys('k', 'k', 'enter')
  stage.tell({ kind: 'record', id: 'bbbb0002-3', call: aRecord('bbbb0002-3', more) })
  return contentOf(stage.model)
    .map(({ spans }) => spans.map(textOf).join('').trim())
    .join('\n')
}

const leg = { at: NOON - 59_500, for: 'input', asked: ['elicitation/create', 'sampling/createMessage'], seq: 13, hash: '' }

test('one call is shown with who has allowed it, how long that took, and when it waited for its client', () => {
  const decision = { kind: 'allow', by: 'approval:c0ffee01', approver: 'local:ann' }
  const text = shown({ decision, startedAt: NOON - 63_600, openedAt: NOON - 60_000, legs: [leg, { ...leg, for: 'task', asked: [] }] })
  assert.match(text, /^decision +allow by approval:c0ffee01\napprover +local:ann\nwaited +3\.6 s for a person\nwaited +from 2027-01-02T11:59:00\.500Z on/m)
  assert.match(text.replace(/\s+/g, ' '), /for its client: an answer of its person and an answer of its model waited .* for its client: a task/)
})

test('one call that nobody was asked about has waited for nobody', () => {
  assert.doesNotMatch(shown({}), /^waited|^approver/m)
  assert.match(shown({ startedAt: NOON - 60_400 }), /^waited +400 ms before it was decided$/m)
  assert.match(shown({ startedAt: NOON - 105_000, decision: { kind: 'deny', by: 'rule:a1b2c3', code: 'approval_pending' } }), /^waited +45 s for a person$/m)
})

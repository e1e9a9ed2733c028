// What a tool may do, as its backend says.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { riskOf } from '../../src/cli/risk.ts'

const kindOf = (annotations: unknown) => riskOf(JSON.stringify({ name: 'x', annotations }))?.kind

test('a tool may do what its backend says, and of one that says nothing the worst is taken', () => {
  assert.equal(kindOf({ readOnlyHint: true, destructiveHint: true }), 'reads')
  assert.equal(kindOf({ destructiveHint: true }), 'destroys')
  assert.equal(kindOf({ readOnlyHint: false, destructiveHint: false }), 'adds')
  for (const none of [undefined, null, [], 'x', {}, { readOnlyHint: 'yes' }, { destructiveHint: 0 }]) assert.equal(kindOf(none), 'unknown')
  assert.match(riskOf('{"annotations":{"readOnlyHint":true,"openWorldHint":true}}')!.says, /only reads, and reaches out beyond it/)
})

test('of what is no tool nothing is said', () => assert.equal(riskOf(''), undefined))

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decide } from '../../src/gateway/decide.ts'
import type { Decision, Policy } from '../../src/gateway/types.ts'
import { aCall } from '../store/calls.ts'

const allow = (by = 'default'): Decision => ({ kind: 'allow', by })
const ask = (by: string, more: object = {}): Decision => ({ kind: 'ask', by, reason: 'why', ...more })
const deny = (by: string): Decision => ({ kind: 'deny', by, reason: 'no', code: 'denied' })
const update = { backend: 'files', id: 'u', tools: [] }

const decided = (...all: Decision[]): Promise<readonly Decision[]> =>
  Promise.all(
    // At once and later alike.
    [
      all.map(
        (one): Policy =>
          () =>
            one,
      ),
      all.map(
        (one): Policy =>
          async () =>
            one,
      ),
    ].map(policies => decide(aCall('c'), policies)),
  )

describe('decisions of several policies', () => {
  for (const [what, all, by] of [
    ['nothing said is the default', [], 'default'],
    ['the rule that allows is named', [allow(), allow('rule:r'), allow()], 'rule:r'],
    ['a deny ends it', [ask('rule:a'), deny('rule:d'), allow('rule:r')], 'rule:d'],
    ['a question waits until all have spoken', [ask('rule:a'), allow('rule:r')], 'rule:a'],
    ['the first of two questions comes first', [ask('rule:a'), ask('rule:b')], 'rule:a'],
    ['but that a tool has changed comes before all', [ask('rule:a'), ask('pins:u', { update })], 'pins:u'],
  ] as const)
    test(what, async () => {
      for (const decision of await decided(...all)) assert.equal(decision.by, by)
    })

  test('one that fails says no, at once and later alike, and so does the last one', async () => {
    const throws: Policy = () => {
      throw new Error('odd')
    }
    const rejects: Policy = async () => Promise.reject(new Error('odd'))
    for (const failing of [throws, rejects])
      for (const decision of [await decide(aCall('c'), [async () => allow(), failing]), await decide(aCall('c'), [], failing)])
        assert.deepEqual([decision.kind, decision.by], ['deny', 'error'])
  })

  test('the last one is asked only about what is allowed, and changes nothing but by a no', async () => {
    let asked = 0
    const last =
      (decision: Decision): Policy =>
      () => (asked++, decision)
    assert.equal((await decide(aCall('c'), [() => ask('rule:a')], last(allow()))).by, 'rule:a')
    assert.equal((await decide(aCall('c'), [() => deny('rule:d')], last(allow()))).by, 'rule:d')
    assert.equal(asked, 0)
    assert.equal((await decide(aCall('c'), [() => allow('rule:r')], last(allow('limits')))).by, 'rule:r')
    assert.equal((await decide(aCall('c'), [() => allow('rule:r')], last(deny('limit:x')))).by, 'limit:x')
    const odd = (): Decision => {
      throw new Error('odd')
    }
    assert.equal((await decide(aCall('c'), [() => allow()], odd)).kind, 'deny')
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Condition } from '../../src/gateway/conditions.ts'
import { Rules, type Effect, type Rule } from '../../src/gateway/rules.ts'

const texts = ['acme/web', 'acme/app', 'acme/../web', 'other/web', 'ACME:x', '%61cme/web', '', 'x'.repeat(10_001)]
const scalars = [...texts, 0, -0, 1, 5, 5.5, -3, 2 ** 53, 2 ** 53 + 2, true, false, null]
const value = fc.constantFrom<unknown>(...scalars, { a: 1 }, [1], {})
const path = fc.constantFrom('/a', '/b', '/a/a', '')
const text = fc.constantFrom('acme/*', 'acme/w*b', 'other/*', '*', '*web', 'acme/web', 'a|b', '', 'acme/web|x', 'acme:*')
const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ path, op: fc.constantFrom('eq', 'ne', 'gt', 'lt'), value }),
  fc.record({ path, op: fc.constant('glob'), value: fc.oneof(text, value) }),
  fc.record({ path, op: fc.constant('regex'), value: fc.constantFrom('^acme', 'web$') }),
  fc.record({ path, op: fc.constant('exists'), value: fc.boolean() }),
)
const aRule: fc.Arbitrary<Omit<Rule, 'id'>> = fc.record(
  {
    effect: fc.constantFrom<Effect>('allow', 'ask', 'deny'),
    when: fc.oneof({ arbitrary: fc.array(condition, { minLength: 1, maxLength: 3 }), weight: 60 }, { arbitrary: fc.constant([]), weight: 1 }),
    roles: fc.constantFrom(['dev'], ['ops']),
    untilAt: fc.constantFrom(50, 150),
  },
  { requiredKeys: ['effect', 'when'] },
)
const args = fc.oneof(value, fc.record({ a: fc.oneof(value, fc.record({ a: value })), b: value }, { requiredKeys: [] }))

const order = ['deny', 'ask', 'allow']
const rank = ({ roles, effect }: Rule) => (roles ? 0 : 3) + order.indexOf(effect)

test('of many rules the one decides that decides when each is asked by itself, and what can not be judged stays so', () => {
  const found = { decided: 0, none: 0, threw: 0 }
  fc.assert(
    fc.property(fc.array(aRule, { minLength: 16, maxLength: 24 }), fc.array(args, { minLength: 1, maxLength: 5 }), (some, all) => {
      const rules = some.map((rule, n): Rule => ({ id: `r${n}`, ...rule }))
      const ready = new Rules({ default: 'allow', rules })
      for (const one of all) {
        const asked = { target: 'x__y', backend: 'x', roles: ['dev'], clients: ['c'], arguments: one }
        const outcome = (act: () => Rule | undefined): string => {
          try {
            return act()?.id ?? 'none'
          } catch (error) {
            return String(error)
          }
        }
        const slow = outcome(() => [...rules].sort((a, b) => rank(a) - rank(b)).find(rule => ready.misses(rule, asked, 100) === undefined))
        assert.equal(
          outcome(() => ready.decides(asked, 100)),
          slow,
        )
        found[slow === 'none' ? 'none' : /^r\d+$/.test(slow) ? 'decided' : 'threw']++
      }
    }),
    { numRuns: 500 },
  )
  for (const [what, times] of Object.entries(found)) assert.ok(times > 20, `${what}: ${times}`)
})

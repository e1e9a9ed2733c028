// What a decision costs among a thousand rules: the decision alone, in this process. A caller comes back to the same tools, so which rules are about
// a tool is known when it calls; once for each caller and tool it has to be found out, and that has a figure of its own.

import type { Condition } from '../../../src/gateway/conditions.ts'
import { authorize, Rules, type Permissions, type Rule } from '../../../src/gateway/rules.ts'
import type { Call } from '../../../src/gateway/types.ts'
import { interleaved, type Measure, type Row, type Rounds } from '../measure.ts'

const RULES = 1000
const DECISIONS = 100
const TARGET = 'github__create_issue'

const call = (target: string): Call => {
  const args = { repo: 'acme/web', title: 'x'.repeat(1000), labels: ['a', 'b'], n: 5 }
  return {
    id: 'c',
    origin: {
      principal: { id: 'k', kind: 'key', org: 'default', roles: ['dev', 'ops', 'web'], scopes: [] },
      client: { name: 'cursor', version: '1' },
      era: 'legacy',
      revision: '2025-11-25',
      capabilities: {},
      session: 's',
    },
    method: 'tools/call',
    backend: 'github',
    target,
    name: target,
    arguments: args,
    argumentsText: JSON.stringify(args),
    startedAt: 0,
  }
}

/** A thousand rules: what each says, by its number. The last one decides. */
interface Shape {
  readonly title: string
  readonly rule: (index: number, last: boolean) => Omit<Rule, 'id'>
  readonly decides: boolean
}

const other = (index: number): Omit<Rule, 'id'> => ({ effect: 'deny', tools: [`backend${index % 50}__*_${index}`] })

const condition = (index: number): Condition =>
  [
    { path: '/repo', op: 'eq', value: `acme/repo${index}` } as const,
    { path: '/repo', op: 'glob', value: `acme/repo${index}*` } as const,
    { path: '/n', op: 'gt', value: 10 + index } as const,
  ][index % 3]!

const shapes: readonly Shape[] = [
  { title: 'no rule is about the tool', decides: false, rule: other },
  { title: 'the last one is', decides: true, rule: (index, last) => (last ? { effect: 'allow', tools: ['github__*'] } : other(index)) },
  {
    title: 'all are, each with a role',
    decides: true,
    rule: (index, last) => ({ effect: 'allow', tools: ['github__*'], roles: [last ? 'web' : `role${index}`, `other${index}`] }),
  },
  {
    title: 'all are, each with a condition on the arguments that does not hold (eq, glob or gt)',
    decides: true,
    rule: (index, last) => ({
      effect: last ? 'allow' : 'deny',
      tools: ['github__*'],
      when: [last ? { path: '/repo', op: 'glob', value: 'acme/*' } : condition(index)],
    }),
  },
]

const permissions = ({ rule }: Shape): Permissions => ({
  default: 'allow',
  rules: Array.from({ length: RULES }, (_, index) => ({ id: `r${index}`, ...rule(index, index === RULES - 1) })),
})

/** One decision on a call of each of these tools, µs. */
function decisions(rules: Rules, { title, decides }: Shape, calls: readonly Call[]): number {
  const at = performance.now()
  for (const one of calls) {
    const decision = authorize(rules, one, 0)
    if (decision.kind !== 'allow' || (decision.by === `rule:r${RULES - 1}`) !== decides) throw new Error(`${title}: decided otherwise, by ${decision.by}`)
  }
  return ((performance.now() - at) * 1000) / calls.length
}

const row = (title: string, samples: readonly number[], most?: number): Row => ({
  title,
  unit: 'µs',
  samples,
  reach: most === undefined ? undefined : { most },
})

async function run(rounds: Rounds): Promise<Row[]> {
  const again = Array.from({ length: DECISIONS }, () => call(TARGET))
  const first = Array.from({ length: DECISIONS }, (_, index) => call(`${TARGET}_${index}`))
  const known = shapes.map(shape => ({ shape, rules: new Rules(permissions(shape)) }))
  const tries = Object.fromEntries([
    ...known.map(({ shape, rules }) => [shape.title, async () => decisions(rules, shape, again)]),
    ['first', async () => decisions(new Rules(permissions(shapes[1]!)), shapes[1]!, first)],
  ])
  const { first: unknown, ...found } = await interleaved(rounds.of(100), tries, { warmUp: 10 })
  return [
    ...Object.entries(found).map(([title, samples], index) => row(`${index === 0 ? 'a decision among 1,000 rules: ' : '… '}${title}`, samples, 50)),
    row('the same for a tool that this caller has never asked for', unknown!),
  ]
}

export const rules: Measure = { name: 'rules', about: 'a decision among a thousand rules', run }

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { at, holds, ready, repeated } from '../../src/gateway/conditions.ts'
import { authorize, Rules, type Effect, type Permissions, type Rule } from '../../src/gateway/rules.ts'
import type { Call } from '../../src/gateway/types.ts'

let made = 0
const rule = (effect: Effect, more: Partial<Rule> = {}): Rule => ({ id: `r${++made}`, effect, ...more })
const rules = (all: Rule[], otherwise: Permissions['default'] = 'allow') => new Rules({ default: otherwise, rules: all })
const call = (target: string, args: unknown = {}, roles: string[] = [], client = 'cursor', readsOnly = false): Call => ({
  id: 'c',
  origin: {
    principal: { id: 'local', kind: 'local', org: 'default', roles, scopes: [] },
    client: { name: client, version: '' },
    era: 'legacy',
    revision: '',
    capabilities: {},
    session: 's',
  },
  method: 'tools/call',
  backend: target.split('__')[0]!,
  target,
  name: target,
  arguments: args,
  readsOnly,
  argumentsText: Buffer.from(JSON.stringify(args)).toString('latin1'),
  startedAt: 0,
})
const kind = (all: Rules, one: Call, now = 0) => authorize(all, one, now).kind

describe('resolution', () => {
  test('takes the strictest rule that matches, in whatever order they are written', () =>
    fc.assert(
      fc.property(fc.array(fc.constantFrom<Effect>('allow', 'ask', 'deny'), { minLength: 1, maxLength: 6 }), effects => {
        const expected = (['deny', 'ask', 'allow'] as const).find(effect => effects.includes(effect))
        assert.equal(kind(rules(effects.map(effect => rule(effect))), call('a__x')), expected)
      }),
    ))

  test('asks rules that name a role of the caller first, so a role may be allowed what others are denied', () => {
    const all = rules([rule('deny', { tools: ['a__*'] }), rule('allow', { tools: ['a__*'], roles: ['dev'] })])
    assert.equal(kind(all, call('a__x')), 'deny')
    assert.equal(kind(all, call('a__x', {}, ['dev'])), 'allow')
    assert.equal(kind(all, call('a__x', {}, ['ops'])), 'deny')
  })

  test('falls to the default where nothing matches', () => {
    for (const otherwise of ['allow', 'ask', 'deny'] as const)
      assert.equal(kind(rules([rule('deny', { tools: ['b__*'] })], otherwise), call('a__x')), otherwise)
  })

  test('by annotations allows what only reads, and asks about the rest', () => {
    assert.equal(kind(rules([], 'annotations'), call('a__x', {}, [], 'cursor', true)), 'allow')
    assert.equal(kind(rules([], 'annotations'), call('a__x')), 'ask')
  })

  test('forgets a rule when its time is over', () => {
    const all = rules([rule('deny', { untilAt: 1000 })])
    assert.equal(kind(all, call('a__x'), 999), 'deny')
    assert.equal(kind(all, call('a__x'), 1000), 'allow')
  })

  test('knows a client by its name, a backend by its key, and a URI by a glob that reaches over slashes', () => {
    assert.equal(kind(rules([rule('deny', { clients: ['cursor'] })]), call('a__x')), 'deny')
    assert.equal(kind(rules([rule('deny', { clients: ['zed'] })]), call('a__x')), 'allow')
    assert.equal(kind(rules([rule('deny', { backends: ['a'] })]), call('a__x')), 'deny')
    assert.equal(kind(rules([rule('deny', { tools: ['file:///etc/*'] })]), call('file:///etc/ssh/key')), 'deny')
  })
})

describe('a condition', () => {
  const args = { repo: 'acme/web', n: 5, deep: { 'a/b': [1, { x: null }] } }
  const cases: [string, string, unknown, boolean][] = [
    ['/repo', 'eq', 'acme/web', true],
    ['/repo', 'glob', 'acme/*', true],
    ['/repo', 'glob', 'other/*', false],
    ['/repo', 'regex', '^acme', true],
    ['/repo', 'ne', 'x', true],
    ['/none', 'ne', 'x', true],
    ['/none', 'eq', undefined, false],
    ['/n', 'lt', 6, true],
    ['/n', 'gt', 5, false],
    ['/n', 'lt', '6', false],
    ['/deep/a~1b/1', 'eq', { x: null }, true],
    ['/deep/a~1b/0', 'exists', true, true],
    ['/none', 'exists', false, true],
    ['/__proto__', 'exists', undefined, false],
    ['', 'eq', args, true],
  ]
  for (const [path, op, value, expected] of cases)
    test(`${path} ${op} ${JSON.stringify(value)} is ${expected}`, () =>
      assert.equal(holds(ready({ path, op: op as 'eq', value }, false, []), at(args, path)), expected))

  test('narrows a rule to the calls that it is about', () => {
    const all = rules([rule('deny', { when: [{ path: '/repo', op: 'glob', value: 'acme/*' }] })])
    assert.equal(kind(all, call('a__x', { repo: 'acme/web' })), 'deny')
    assert.equal(kind(all, call('a__x', { repo: 'me/web' })), 'allow')
  })

  test('on arguments that hold a member twice is a no: the backend might read the other one', () => {
    const all = rules([rule('deny', { when: [{ path: '/repo', op: 'eq', value: 'secret' }] })])
    const twice = { ...call('a__x', { repo: 'harmless' }), argumentsText: '{"repo":"secret","list":[{"a":1}],"repo":"harmless"}' }
    assert.equal(kind(all, twice), 'deny')
    assert.equal(kind(rules([]), twice), 'allow')
    assert.equal(repeated('{"a":[{"b":1,"\\u0062":2}]}'), 'b')
  })

  test('on a text too long to be judged is a no', () => {
    const all = rules([rule('allow', { when: [{ path: '/t', op: 'regex', value: '^a+$' }] })])
    assert.equal(kind(all, call('a__x', { t: 'a'.repeat(20_000) })), 'deny')
  })
})

test('a glob that is none denies all the same, and allows nothing', () => {
  for (const glob of ['a__{drop,delete', 'a__[z-a]', 'a__x\\']) {
    assert.equal(kind(rules([rule('deny', { tools: [glob] })]), call('a__drop')), 'deny', glob)
    assert.equal(kind(rules([rule('allow', { tools: [glob] })], 'deny'), call('a__drop')), 'deny', glob)
  }
})

test('a name longer than any is denied by every rule that denies, allowed by none, and nobody tries patterns on it', () => {
  const long = `file:///${'a'.repeat(1_000_000)}`
  assert.equal(kind(rules([rule('deny', { tools: ['*a*a*a*a*b'] })]), call(long)), 'deny')
  assert.equal(kind(rules([rule('allow', { tools: ['*a*a*a*a*b', 'file:*'] })], 'deny'), call(long)), 'deny')
})

test('a URI is told without the secrets that stand in it', () => {
  const read = { ...call('https://ann:hunter2@example.com/?token=hunter2'), method: 'resources/read' }
  for (const more of [{}, { when: [{ path: '', op: 'ne' as const, value: 1 }] }]) {
    const decision = authorize(rules([rule('deny', { tools: ['https://*'], ...more })]), read, 0)
    assert.equal(decision.kind, 'deny')
    assert.doesNotMatch(JSON.stringify(decision), /hunter2/)
    assert.match(JSON.stringify(decision), /example\.com/)
  }
})

describe('a tool is hidden', () => {
  test('exactly when no arguments could make it anything but denied', () => {
    const when = [{ path: '/a', op: 'exists' as const }]
    const hidden = (all: Rule[], otherwise: Permissions['default'] = 'allow', roles: string[] = []) =>
      rules(all, otherwise).hides({ target: 'a__x', backend: 'a', roles, clients: [] }, 0) !== undefined
    assert.equal(hidden([rule('deny')]), true)
    assert.equal(hidden([rule('deny', { when })]), false)
    assert.equal(hidden([rule('deny'), rule('allow', { roles: ['dev'] })], 'allow', ['dev']), false)
    assert.equal(hidden([rule('deny'), rule('allow', { roles: ['dev'], when })], 'allow', ['dev']), false)
    assert.equal(hidden([rule('deny'), rule('deny', { roles: ['dev'], when })], 'allow', ['dev']), true)
    assert.equal(hidden([], 'deny'), true)
    assert.equal(hidden([rule('allow', { when })], 'deny'), false)
    assert.equal(hidden([], 'annotations'), false)
  })
})

describe('a glob hides nothing from a rule that denies', () => {
  const texts = ['/etc/passwd', '/etc/\npasswd', '/etc/a\u2028b', '/etc/../etc/passwd', '/etc/./passwd', '/etc/..', '/etc/']
  for (const text of texts)
    test(`not even ${JSON.stringify(text)}`, () => {
      const denied = [{ path: '/p', op: 'glob', value: '/etc/*' } as const]
      assert.equal(kind(rules([rule('deny', { when: denied })]), call('a__x', { p: text })), 'deny')
      assert.equal(kind(rules([rule('deny', { when: [{ path: '/p', op: 'glob', value: '*' }] })]), call('a__x', { p: text })), 'deny')
      assert.equal(kind(rules([rule('deny', { tools: ['/etc/*'] })]), call(text)), 'deny')
    })

  test('and `*` is the empty text too', () =>
    assert.equal(kind(rules([rule('deny', { when: [{ path: '/p', op: 'glob', value: '*' }] })]), call('a__x', { p: '' })), 'deny'))

  test('and one that allows a folder lets no path out of it', () => {
    const allowed = rules([rule('allow', { when: [{ path: '/p', op: 'glob', value: '/tmp/*' }] })], 'deny')
    assert.equal(kind(allowed, call('a__x', { p: '/tmp/a' })), 'allow')
    for (const out of ['/tmp/../etc/passwd', '/tmp/a/../../etc/passwd']) assert.equal(kind(allowed, call('a__x', { p: out })), 'deny', out)
  })
})

describe('a path or a URI is what it leads to', () => {
  const meant = [
    '/tmp/../etc/passwd',
    '//etc/passwd',
    '/./etc/passwd',
    '/%65tc/passwd',
    '/tmp/%2e%2e/etc/passwd',
    '/tmp%2f..%2fetc/passwd',
    '/tmp\\..\\etc\\passwd',
    '/%ff/../etc/passwd',
  ]
  for (const path of meant)
    test(`${path} is denied with /etc/*`, () => {
      assert.equal(kind(rules([rule('deny', { when: [{ path: '/p', op: 'glob', value: '/etc/*' }] })]), call('a__x', { p: path })), 'deny')
      assert.equal(kind(rules([rule('deny', { tools: ['file:///etc/*'] })]), call(`file://${path}`)), 'deny')
    })
  test('and a scheme may be written in capitals', () =>
    assert.equal(kind(rules([rule('deny', { tools: ['file:///etc/*'] })]), call('FILE:///etc/passwd')), 'deny'))
  for (const uri of ['mcpgw+files:file:///etc/passwd', 'mcpgw+files:file:///tmp/../etc/passwd', 'mcpgw+a:mcpgw+files:file:///%65tc/passwd'])
    test(`${uri} is denied with file:///etc/*, whichever backend it names`, () => {
      assert.equal(kind(rules([rule('deny', { tools: ['file:///etc/*'] })]), call(uri)), 'deny')
      assert.equal(kind(rules([rule('allow', { tools: ['file:///etc/*'] })], 'deny'), call(uri)), 'deny')
    })
  test('and a rule about one backend by its prefix is about what leads there', () => {
    const all = rules([rule('deny', { tools: ['mcpgw+files:file:///etc/*'] })])
    assert.equal(kind(all, call('mcpgw+files:file:///tmp/../etc/passwd')), 'deny')
    assert.equal(kind(all, call('mcpgw+other:file:///etc/passwd')), 'allow')
  })
  for (const uri of ['file:///pub/..%2fetc/passwd', 'file:///pub/%2e%2e%2fetc/passwd', 'file:///pub/a%2f..%2f..%2fetc/passwd'])
    test(`${uri} is not allowed with file:///pub/*`, () => assert.equal(kind(rules([rule('allow', { tools: ['file:///pub/*'] })], 'deny'), call(uri)), 'deny'))
  test('what is written with percents and stays inside is', () =>
    assert.equal(kind(rules([rule('allow', { tools: ['file:///pub/*'] })], 'deny'), call('file:///pub/a%20b/100%')), 'allow'))
})

test('an integer that is many to one number is no equal of anything: what reads it denies', () => {
  const large = { path: '/n', value: 9007199254740992 }
  const args = JSON.parse('{"n":9007199254740993}') as unknown
  assert.equal(kind(rules([rule('allow', { when: [{ ...large, op: 'eq' }] })], 'deny'), call('a__x', args)), 'deny')
  for (const op of ['eq', 'ne', 'gt'] as const) assert.equal(kind(rules([rule('deny', { when: [{ ...large, op }] })]), call('a__x', args)), 'deny', op)
  assert.equal(kind(rules([rule('deny', { when: [{ path: '/n', op: 'eq', value: 5 }] })]), call('a__x', args)), 'allow')
})

test('a member that stands twice under two spellings is seen, beyond ASCII too', () => {
  const denied = rules([rule('deny', { when: [{ path: '/naïve', op: 'eq', value: 'no' }] })])
  const argumentsText = Buffer.from('{"naïve":"no","na\\u00efve":"yes"}').toString('latin1')
  assert.equal(kind(denied, { ...call('a__x', { naïve: 'yes' }), argumentsText }), 'deny')
})

// Patterns mean what they mean to V8, and take no longer than their text is long.

import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import fc from 'fast-check'
import { wrongRules, type RawRule } from '../../src/config/rules.ts'
import { Rules } from '../../src/gateway/rules.ts'
import { loaded, pattern, waits, wrongPattern } from '../../src/gateway/patterns.ts'

test('rules say whether they have to wait for what matches their patterns: once, and only for those that need it', async () => {
  const rules = (value: string) =>
    new Rules({ default: 'allow', rules: [{ id: 'r', effect: 'deny', tools: ['*'], when: [{ path: '/a', op: 'regex', value }] }] })
  assert.equal(rules('^a+$').loading, undefined)
  assert.equal(waits('(a|b)+'), true)
  await rules('(a|b)+').loading
  assert.equal(waits('(a|b)+'), false)
  assert.equal(rules('(a|b)+').loading, undefined)
})

const hostile = 'a'.repeat(9_000)

describe('a pattern', () => {
  before(loaded)

  for (const [source, text] of [
    ['^(a+)+$', `${hostile}b`],
    ['^(a|a)*$', `${hostile}b`],
    ['(a|aa)+$', `${hostile}b`],
    ['(.*)*x', hostile],
    ['a*a*a*a*a*a*b', hostile],
    ['.*.*.*=.*', hostile],
    ['(?:(?:a?){30}){3}b', hostile],
    ['^(([a-z])+.)+[A-Z]([a-z])+$', hostile],
  ] as const)
    test(`${source} never goes back over a text for ever`, () => assert.equal(pattern(source)(text), false))

  const atoms = fc.constantFrom(
    ...[
      'a',
      'b',
      'é',
      '😀',
      '.',
      '\\.',
      '\\s',
      '\\S',
      '\\w',
      '\\W',
      '\\d',
      '\\D',
      '\\b',
      '\\B',
      '[ab]',
      '[^ab]',
      '[^\\s]',
      '[\\S\\n]',
      '[\\w-]',
      '[a-c-]',
      '[]',
      '[^]',
    ],
    ...[
      '\\u0061',
      '\\u{1F600}',
      '\\ud83d\\ude00',
      '\\x41',
      '\\cA',
      '\\t',
      '\\n',
      '\\v',
      '\\0',
      '\\/',
      '\\-',
      '[\\b]',
      '[\\-x]',
      '\\p{L}',
      '\\P{Lu}',
      '[:a]',
      '(?:a)',
      '(?<n>b)',
      '(?i:A)',
    ],
    ...['^', '$', ' ', '/', '-', '\\$', '[$^.|()*]'],
  )
  const { source } = fc.letrec<{ source: string }>(tie => ({
    source: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      atoms,
      fc.tuple(tie('source'), tie('source')).map(all => all.join('')),
      fc.tuple(tie('source'), tie('source')).map(([a, b]) => `(${a}|${b})`),
      fc.tuple(tie('source'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{0,}', '*?')).map(([one, times]) => `(?:${one})${times}`),
    ),
  }))
  const text = fc
    .array(
      fc.constantFrom(
        'a',
        'b',
        'c',
        'A',
        'B',
        'é',
        'É',
        '😀',
        ' ',
        '\u00a0',
        '\ufeff',
        '\u2028',
        '\n',
        '\r',
        '\v',
        '\t',
        '\0',
        '\x01',
        '\b',
        '/',
        '-',
        '.',
        '$',
        '1',
        '_',
        ':',
      ),
      { maxLength: 8 },
    )
    .map(all => all.join(''))

  test('means what it means to V8', () =>
    fc.assert(
      fc.property(source, text, (source, text) => {
        let regex: RegExp
        try {
          regex = new RegExp(source, 'u')
        } catch {
          return
        }
        assert.equal(wrongPattern(source), undefined)
        assert.equal(pattern(source)(text), regex.test(text))
      }),
      { numRuns: Number(process.env['RUNS'] ?? 3000) },
    ))

  test('that can only go through a text once needs no engine', () => {
    for (const source of ['rm -rf', '^/etc/', '\\.git$', '^/etc/[a-z]*$', '^\\d+$', '[a-z(|)*]'])
      assert.equal(pattern(source)(''), new RegExp(source, 'u').test(''), source)
  })

  for (const [source, why] of [
    ['(?=a)b', /\(\?=, which could take for ever: patterns look neither ahead nor behind.*Write two conditions/],
    ['a(?!b)', /\(\?!, /],
    ['(?<=a)b', /\(\?<=, /],
    ['(?<!a)b', /\(\?<!, /],
    ['(a)\\1', /\\1, /],
    ['(?<n>a)\\k<n>', /\\k, /],
    ['a{1,1001}', /1000 times at most/],
    ['\\p{Script=Greek}', /write a general category such as \\p\{L\}/],
    ['(?s:.)', /only \(\?i: is known/],
    ['(', /that is none/],
  ] as const)
    test(`${source} is refused where settings are read, and it is said what to write`, () => {
      const rule: RawRule = { effect: 'deny', tools: ['*'], when: [{ path: '/a', op: 'regex', value: source }] }
      const [wrong] = wrongRules({ default: 'allow', rules: [rule] })
      assert.match(wrong!.message, /^permissions\.rules\[0\]\.when\[0\] has a regex/)
      assert.match(wrong!.message, why)
    })
})

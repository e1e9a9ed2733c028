import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { canonical } from '../../src/lib/canonical.ts'

describe('the canonical form', () => {
  test('is what RFC 8785 shows', () => {
    const text = String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`
    assert.equal(
      canonical(text.replace('333333333.33333329', '333333333.3333333')),
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    )
  })

  test('orders members as UTF-16 does, at every level', () => {
    assert.equal(
      canonical('{"\\u20ac":1,"\\r":2,"\\ud83d\\ude00":3,"\\ufb33":4,"1":{"b":[{"z":1,"a":2}],"a":0}}'),
      '{"\\r":2,"1":{"a":0,"b":[{"a":2,"z":1}]},"€":1,"😀":3,"\ufb33":4}',
    )
  })

  test('one number is one text, however it is written', () => {
    for (const same of ['100', '1e2', '1E+2', '100.0', '1000e-1', '0.1e3']) assert.equal(canonical(same), '100', same)
    for (const zero of ['0', '-0', '0.0', '0e99', '-0e-5']) assert.equal(canonical(zero), '0', zero)
  })

  test('numbers that a double can not tell apart are told apart', () => {
    const all = ['9007199254740992', '9007199254740993', '0.1', '0.10000000000000000001', '1e400', '1e401', '-1e400', '1e-400', '0']
    assert.equal(new Set(all.map(canonical)).size, all.length)
    assert.equal(canonical('90071992547409930e-1'), canonical('9007199254740993'))
    assert.equal(canonical('[1e999999999999999999999]'), canonical('[10e999999999999999999998]'))
  })

  test('nobody is taken in by a name', () => {
    assert.equal(canonical('{"__proto__":{"a":1},"constructor":2}'), '{"__proto__":{"a":1},"constructor":2}')
  })

  test('what is no JSON, or too deep, has none', () => {
    for (const text of ['', '{', '01', 'NaN', '{"a":1}x', `${'['.repeat(1e5)}${']'.repeat(1e5)}`]) assert.throws(() => canonical(text))
  })

  test('is the same for every way to write a value, and another for another value', () => {
    const shuffled = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(shuffled)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([key, inner]) => [key, shuffled(inner)]),
            )
          : value
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const text = canonical(JSON.stringify(one))
        assert.equal(canonical(JSON.stringify(shuffled(one), undefined, 3)), text)
        assert.equal(canonical(text), text)
        assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(one)))
        const same = JSON.stringify(shuffled(other)) === JSON.stringify(shuffled(one))
        if (same) assert.equal(canonical(JSON.stringify(other)), text)
      }),
    )
  })
})

// Arguments that tools want in HTTP headers too (MCP 2026-07-28, transports, custom headers): which annotations hold, and what they say.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { annotationsOf, mirroredOf, paramsOf } from '../../src/gateway/mirrored.ts'
import { parse, type Frame } from '../../src/rpc/frame.ts'

const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more })
const header = (name: unknown, type = 'string') => ({ type, 'x-mcp-header': name })

describe('annotations', () => {
  test('stand at properties, however deep, and nowhere else', () => {
    assert.deepEqual(annotationsOf(object({ a: header('Region'), b: object({ c: header('N', 'integer') }) })), [
      { header: 'region', path: ['a'] },
      { header: 'n', path: ['b', 'c'] },
    ])
    assert.deepEqual(annotationsOf(object({ 'x-mcp-header': { type: 'string' } })), [])
    assert.deepEqual(annotationsOf(undefined), [])
  })

  test('that break a rule make the tool invalid', () => {
    const wrong: object[] = [
      object({ a: header('') }),
      object({ a: header('two words') }),
      object({ a: header('a\r\nb') }),
      object({ a: header(1) }),
      object({ a: header('x', 'number') }),
      object({ a: header('x', 'object') }),
      object({ a: header('Same'), b: header('same') }),
      object({}, { 'x-mcp-header': 'Root' }),
      object({ a: { type: 'array', items: header('x') } }),
      object({}, { anyOf: [object({ a: header('x') })] }),
      object({}, { $defs: { a: header('x') } }),
    ]
    for (const schema of wrong) assert.equal(annotationsOf(schema), undefined, JSON.stringify(schema))
  })
})

test('values are those of the request as it is sent: what is null or missing has no header', () => {
  const inputSchema = object({
    region: header('Region'),
    n: header('N', 'integer'),
    on: header('On', 'boolean'),
    no: header('No'),
    in: object({ deep: header('Deep') }),
  })
  const text = JSON.stringify({ name: 't', inputSchema })
  const mirrored = mirroredOf({ backend: 'a', name: 't', key: 'a__t', text })
  const sent =
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a__t","arguments":{"region":"us","n":42,"on":false,"no":null,"in":{"deep":"x"}}}}'
  const frame = parse(sent) as Frame
  assert.deepEqual(paramsOf(mirrored, frame, []), { region: 'us', n: '42', on: 'false', deep: 'x' })
  const at = sent.indexOf('"us"')
  assert.equal(paramsOf(mirrored, frame, [{ start: at, end: at + 4, text: '"eu"' }])['region'], 'eu')
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { parse } from '../../src/rpc/frame.ts'
import { replyOf } from '../../src/rpc/reply.ts'

const large = (text: string) => parse(Buffer.from(text))
const small = (text: string) => parse(Buffer.from(text).toString('latin1'))

/** All that a reader may ask of a frame. */
function seen(frame: ReturnType<typeof parse>): unknown {
  if (frame.kind === 'malformed') return frame
  if (frame.kind === 'response') {
    const reply = replyOf(frame)
    return [frame.id, reply && [reply.to, reply.body, reply.error, Object.entries(reply.value)]]
  }
  const params = Object.entries(frame.params)
  const meanings = params.map(([key]) => frame.meaning(key))
  return [frame.kind, frame.id, frame.method, params, meanings, Object.entries(frame.meta), frame.paramMembers, frame.metaMembers]
}

describe('a large message', () => {
  const id = fc.oneof(fc.integer(), fc.string(), fc.constantFrom(null, true, []))
  const member = fc.constantFrom('jsonrpc', 'id', 'method', 'params', 'result', 'error')
  const params = fc.oneof(
    fc.record({ name: fc.jsonValue(), _meta: fc.dictionary(fc.string(), fc.jsonValue()), arguments: fc.jsonValue() }, { requiredKeys: [] }),
    fc.jsonValue(),
  )
  const message = fc.record({ jsonrpc: fc.constant('2.0'), id, method: fc.string(), params, result: params, error: params }, { requiredKeys: ['jsonrpc'] })

  test('is read as the same message would be if it were small', () =>
    fc.assert(
      fc.property(fc.oneof({ weight: 5, arbitrary: message }, { weight: 1, arbitrary: fc.jsonValue() }), fc.option(member), (value, twice) => {
        const text = JSON.stringify(value)
        const doubled = twice && text.startsWith('{"') ? `{"${twice}":1,${text.slice(1)}` : text
        for (const one of [text, doubled, ` ${text}\t`, text.slice(0, -1), `${text}x`]) assert.deepEqual(seen(large(one)), seen(small(one)), one)
      }),
      { numRuns: 3000 },
    ))

  test('gives what is large in it when it is asked for', () => {
    const many = `[${'{"a":1},'.repeat(200_000)}{}]`
    const frame = large(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"many":${many}}}}`)
    assert.ok(frame.kind === 'request')
    assert.equal(frame.params['name'], 'x')
    assert.deepEqual(frame.params['arguments'], {})
    assert.equal((frame.meaning('arguments') as { many: unknown[] }).many.length, 200_001)
  })

  test('whose params are a large list or text is refused as a small one is', () => {
    for (const params of [`[${'1,'.repeat(800_000)}1]`, `"${'x'.repeat(2e6)}"`]) {
      const frame = large(`{"jsonrpc":"2.0","id":1,"method":"x","params":${params}}`)
      assert.ok(frame.kind === 'malformed')
      assert.equal(frame.code, -32602)
    }
  })
})

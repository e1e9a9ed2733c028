import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parse, type Frame } from '../../src/rpc/frame.ts'
import { idOf, quickReply, replyOf } from '../../src/rpc/reply.ts'
import { join, splice } from '../../src/rpc/splice.ts'

const answered = (line: string | Buffer) => {
  const reply = quickReply(line) ?? replyOf(parse(line) as Frame)
  return reply && (join(splice(reply.wire, [{ ...reply.id, text: '"caller"' }])) as string | Buffer).toString()
}

describe('a reply', () => {
  test('gets the caller’s id, wherever its own stands, and keeps the rest to the byte', () => {
    for (const line of [
      '{"jsonrpc":"2.0","id":7,"result":{"a":1.0}}',
      '{"result":{"a":1.0},"jsonrpc":"2.0","id":7}',
      '{"id":7,"jsonrpc":"2.0","result":{"a":1.0}}',
      '{ "jsonrpc" : "2.0", "result":{"a":1.0}, "x":[], "id" : 7 }',
      '{"jsonrpc":"2.0","id":7,"error":{"code":-32000,"message":"no","data":{}}}',
    ])
      assert.equal(answered(line), line.replace(/("id"\s*:\s*)7/, '$1"caller"'))
  })

  test('large enough to stay bytes is treated alike', () => {
    const line = `{"jsonrpc":"2.0","id":7,"result":{"content":"${'é'.repeat(200_000)}"}}`
    assert.equal(answered(Buffer.from(line)), line.replace('"id":7', '"id":"caller"'))
  })

  test('can not answer for somebody else with a second id in its text', () => {
    for (const line of [
      '{"jsonrpc":"2.0","id":7,"result":{"a":1},"id":8}',
      '{"jsonrpc":"2.0","id":7,"result":{},"x":{},"id":8}',
      '{"result":{},"id":8,"jsonrpc":"2.0","id":7}',
    ]) {
      assert.equal(quickReply(line), undefined)
      assert.equal(parse(line).kind, 'malformed')
    }
  })

  test('that is no JSON is none', () => {
    for (const line of ['{"jsonrpc":"2.0","id":7,"result":{"a":}}', '{"jsonrpc":"2.0","id":7,"result":}', '{"jsonrpc":"2.0","id":7,"result":{}']) {
      assert.equal(quickReply(line), undefined)
      assert.equal(parse(line).kind, 'malformed')
    }
  })

  test('with bytes that are no UTF-8 is none', () => {
    const line = Buffer.concat([Buffer.from('{"jsonrpc":"2.0","id":7,"result":{"a":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}}')])
    assert.equal(quickReply(line), undefined)
    assert.equal(quickReply(line.toString('latin1')), undefined)
  })

  test('too large to keep still says whom it answers', () => {
    assert.equal(idOf('{"jsonrpc":"2.0","id":12,"result":{"x":"aaaa', 'aaaa"}}'), '12')
    assert.equal(idOf('{"result":{"x":"aaaa', 'aaaa"},"jsonrpc":"2.0","id":12}'), '12')
    assert.equal(idOf('{"method":"x"', '}'), undefined)
  })
})

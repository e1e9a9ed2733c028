import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MODERN, META_VERSION, modernMeta, toModern } from '../../src/rpc/eras.ts'
import { parse, type Frame } from '../../src/rpc/frame.ts'
import { idOf, quickReply, replyOf } from '../../src/rpc/reply.ts'
import { join, splice } from '../../src/rpc/splice.ts'
import { read } from '../../src/rpc/wire.ts'

const replied = (text: string) => quickReply(text) ?? replyOf(parse(text) as Frame)!

describe('a legacy result for a modern client', () => {
  for (const result of ['{}', '{ }', '{"a":1}', '{"ttlMs":7}', '{"resultType":"complete"}'])
    for (const [title, text] of [
      ['', `{"jsonrpc":"2.0","id":1,"result":${result}}`],
      [' after white space', `{"jsonrpc":"2.0","id":1,"result": ${result} }`],
      [' before its id', `{"result":${result},"jsonrpc":"2.0","id":1}`],
      [' before its id, after white space', `{"result": ${result},"jsonrpc":"2.0","id":1}`],
    ] as const)
      test(`${result}${title} gets what it lacks and keeps what it has`, () => {
        const reply = replied(text)
        const sent = read(join(splice(reply.wire, toModern(reply, true)))) as { result: object }
        assert.deepEqual(sent.result, { resultType: 'complete', ttlMs: 0, cacheScope: 'private', ...JSON.parse(result) })
      })
})

describe('a legacy request for a modern backend', () => {
  for (const meta of ['', '"_meta":null', '"_meta":[1]', '"_meta":"x"', '"_meta":{}', '"_meta":{ "a":1}'])
    test(`gets the _meta that it needs where it has ${meta || 'none'}`, () => {
      const frame = parse(`{"jsonrpc":"2.0","id":1,"method":"x","params":{${meta}}}`) as Frame
      const sent = read(join(splice(frame.wire, modernMeta(frame, { [META_VERSION]: MODERN })))) as { params: { _meta: Record<string, unknown> } }
      assert.equal(sent.params._meta[META_VERSION], MODERN)
    })
})

describe('the id of what is too large to keep', () => {
  test('is that of a reply, however it is spaced', () => {
    assert.equal(idOf('{"jsonrpc": "2.0", "id": 12, "result": {', '}'), '12')
    assert.equal(idOf('{"id":12,"jsonrpc":"2.0","error":{', '}'), '12')
    assert.equal(idOf('{"jsonrpc":"2.0","result":{', '}, "id": 12}'), '12')
  })

  test('is not that of a request, which is somebody else’s', () => {
    assert.equal(idOf('{"jsonrpc":"2.0","id":12,"method":"x","params":{', '}}'), undefined)
    assert.equal(idOf('{"method":"x","params":{', '},"jsonrpc":"2.0","id":12}'), undefined)
  })
})

// Frames of a call out of its record: nothing is made up, and what is missing is said.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { framesOf } from '../../src/tui/raw.ts'
import { aRecord, busy } from './models.ts'

type Payload = ReturnType<typeof aRecord>['payloads'][number]
const part = (name: Payload['part'], text: string, more: Partial<Payload> = {}): Payload => ({
  ...{ part: name, text, bytes: text.length, redactions: 0, cut: false, seq: 1, hash: '' },
  ...more,
})
const read = (more: Parameters<typeof aRecord>[1]) => framesOf(aRecord('c1', more)).map(line => JSON.parse(line))

test('params and result stand there as they were kept, digit for digit, on one line each', () => {
  const lines = framesOf(aRecord('c1', { payloads: [part('arguments', '{ "n": 9007199254740993,\n "s": "a  b" }'), part('result', '{"content":[]}')] }))
  assert.equal(lines.length, 2)
  assert.match(
    lines[0]!,
    /^\{"jsonrpc":"2\.0","method":"tools\/call","params":\{"name":"files__read_text_file","arguments":\{"n":9007199254740993,"s":"a  b"\}\},/,
  )
  assert.match(lines[1]!, /^\{"jsonrpc":"2\.0","result":\{"content":\[\]\},/)
  for (const line of lines) {
    const { id, ...rest } = JSON.parse(line)
    assert.equal(id, undefined, 'no id is made up')
    assert.match(rest['mcpgw/record'].notKept, /^id/)
  }
})

test('what was redacted, cut or not kept is marked, and no frame pretends to be whole', () => {
  const [request, answer] = read({
    payloads: [part('arguments', '{"t":"[redacted:token]"}', { redactions: 1 }), part('result', '{"content":[{"ty', { cut: true, bytes: 99 })],
  })
  assert.equal(request['mcpgw/record'].redacted, 1)
  assert.equal(answer.result, undefined)
  assert.deepEqual([answer['mcpgw/record'].result, answer['mcpgw/record'].begins], ['only the beginning of 99 bytes is kept', '{"content":[{"ty'])
  const [bare, none] = read({ payloads: [] })
  assert.deepEqual([bare.params, bare['mcpgw/record'].arguments, none['mcpgw/record'].result], [{ name: 'files__read_text_file' }, 'not kept', 'not kept'])
})

test('an answer of ours, an error of the protocol, an open call and what a person changed are told apart', () => {
  const refused = read({ payloads: [], outcome: { kind: 'refused', fault: 'denied', message: 'no' } })[1]
  assert.deepEqual([refused.result, refused['mcpgw/record'].fault], [undefined, 'denied'])
  const failing = (text: string) => read({ payloads: [part('result', text)], outcome: { kind: 'answered', isError: true } })[1]
  assert.deepEqual(failing('{"code":-32000,"message":"x"}').error, { code: -32000, message: 'x' })
  assert.deepEqual(failing('{"isError":true,"content":[]}').result, { isError: true, content: [] })
  assert.match(read({ payloads: [], outcome: undefined })[1]['mcpgw/record'].notKept, /not settled/)
  const [, edited] = read({ payloads: [part('arguments', '{}'), part('edited', '{"a":1}')] })
  assert.deepEqual([edited.params, edited['mcpgw/record'].to], [{ name: 'read_text_file', arguments: { a: 1 } }, 'files'])
})

test('they are copied as they are, not as they are wrapped', () => {
  const stage = busy()
    .keys('k', 'k', 'enter')
    .tell({ kind: 'record', id: 'bbbb0002-3', call: aRecord('bbbb0002-3') })
    .keys('w', 'c')
  const [copy] = stage.effects.filter(({ kind }) => kind === 'copy') as any[]
  assert.equal(copy.text.split('\n').map(JSON.parse).length, 2)
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Events } from '../../src/backends/events.ts'
import { wireOf } from '../../src/rpc/gather.ts'
import { fromWire, LARGE } from '../../src/rpc/wire.ts'

interface Seen {
  events: [string, string][]
  oversized: [string, string, number][]
  retries: number[]
  lastId: string
}

function readIn(pieces: readonly Buffer[], limit = 1e6, clean = false): Seen {
  const seen: Seen = { events: [], oversized: [], retries: [], lastId: '' }
  const events = new Events(
    {
      event: (type, data) => seen.events.push([type, fromWire(data)]),
      oversize: (head, tail, bytes) => seen.oversized.push([head, tail, bytes]),
      retry: ms => seen.retries.push(ms),
    },
    limit,
  )
  for (const piece of pieces) events.push(piece)
  if (clean) events.end()
  seen.lastId = events.lastId
  return seen
}

const readAll = (text: string, limit?: number, clean?: boolean) => readIn([Buffer.from(text)], limit, clean)

const EVERYTHING =
  '\ufeff: a comment\r\nretry: 250\nid: 7\revent: message\ndata: {"a":"é€😀",\ndata:"b":1}\r\n\r\n:\n\ndata\n\nevent: endpoint\ndata:  /x\n\nunknown: y\nid: 8\ndata: {"c":2}\n\n'
const SEEN: Seen = {
  events: [
    ['message', '{"a":"é€😀", "b":1}'],
    ['endpoint', '/x'],
    ['message', '{"c":2}'],
  ],
  oversized: [],
  retries: [250],
  lastId: '8',
}

describe('server-sent events', () => {
  test('comments, a BOM, all three line ends, data of several lines and unknown fields are read as the standard says', () => {
    assert.deepEqual(readAll(EVERYTHING), SEEN)
  })

  test('it does not matter where the chunks are cut, not even in the middle of a character or of CRLF', () => {
    const bytes = Buffer.from(EVERYTHING)
    for (let at = 0; at <= bytes.length; at++) assert.deepEqual(readIn([bytes.subarray(0, at), bytes.subarray(at)]), SEEN, `cut at ${at}`)
    assert.deepEqual(readIn([...bytes].map(byte => Buffer.from([byte]))), SEEN)
  })

  test('an event that is not whole does not count, nor does its id', () => {
    const seen = readAll('id: 1\ndata: {"a":1}\n\nid: 2\ndata: {"b"')
    assert.deepEqual([seen.events, seen.lastId], [[['message', '{"a":1}']], '1'])
  })

  test('an event without data says its id and nothing else', () => {
    const seen = readAll('id: 5\ndata: \n\n')
    assert.deepEqual([seen.events, seen.lastId], [[], '5'])
  })

  test('an id with a NUL and a retry that is no number are ignored', () => {
    const seen = readAll('id: 1\ndata: 1\n\nid: 2\0\nretry: 10s\ndata: 2\n\n')
    assert.deepEqual([seen.lastId, seen.retries], ['1', []])
  })

  test('the last event of a stream that ended as it should needs no blank line, if it is whole', () => {
    assert.deepEqual(readAll('data: {"a":1}', 100, true).events, [['message', '{"a":1}']])
    assert.deepEqual(readAll('data: {"a":1}\n', 100, true).events, [['message', '{"a":1}']])
    assert.deepEqual(readAll('data: {"a":', 100, true).events, [])
  })

  test('an event over the limit is dropped with its ends kept, and the next one is read', () => {
    const big = `{"jsonrpc":"2.0","id":4,"result":"${'x'.repeat(2000)}"}`
    const expected: Seen = { events: [['message', '{"b":1}']], oversized: [[big.slice(0, 256), big.slice(-256), big.length]], retries: [], lastId: '2' }
    const bytes = Buffer.from(`id: 1\ndata: ${big}\n\nid: 2\ndata: {"b":1}\n\n`)
    assert.deepEqual(readIn([bytes], 1000), expected)
    assert.deepEqual(
      readIn(
        [...bytes].map(byte => Buffer.from([byte])),
        1000,
      ),
      expected,
    )
    const chunks: Buffer[] = []
    for (let at = 0; at < bytes.length; at += 300) chunks.push(bytes.subarray(at, at + 300))
    assert.deepEqual(readIn(chunks, 1000), expected)
  })

  test('bytes that are no UTF-8 come out as they went in', () => {
    const data: (string | Buffer)[] = []
    const events = new Events({ event: (_, wire) => data.push(wire), oversize() {} }, 100)
    events.push(Buffer.from('data: "\xff\x80"\n\n', 'latin1'))
    assert.deepEqual(data, ['"\xff\x80"'])
  })
})

describe('a message as it travels', () => {
  test('line ends between tokens become spaces, so that it is one line', () => {
    assert.equal(wireOf(Buffer.from('\r\n{\n  "a": "x\\"\\\\",\r\n  "b": [1,\n2]\n}\n')), '{   "a": "x\\"\\\\",    "b": [1, 2] }')
  })

  test('a line end inside a string is no JSON and stays', () => {
    assert.equal(wireOf(Buffer.from('{"a":"x\ny",\n"b":1}')), '{"a":"x\ny", "b":1}')
  })

  test('large ones stay bytes', () => {
    assert.ok(Buffer.isBuffer(wireOf(Buffer.alloc(LARGE, 0x31))))
    assert.equal(typeof wireOf(Buffer.alloc(LARGE - 1, 0x31)), 'string')
  })
})

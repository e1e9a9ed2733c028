// What is written leaves whole and in order; large bytes that nobody reads any more are memory again once they have left, and not before.

import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { describe, test } from 'node:test'
import { Lines } from '../../src/lib/lines.ts'
import { Outbox } from '../../src/lib/outbox.ts'

/** A reader who takes what is written when he is told to. */
function slowReader() {
  const taken: string[] = []
  let take: (() => void) | undefined
  const stream = new Writable({
    writev(chunks, done) {
      take = () => {
        for (const { chunk } of chunks) taken.push((chunk as Buffer).toString())
        done()
      }
    },
  })
  return { stream, taken, take: () => take!() }
}

function largeLines(...chunks: string[]): Buffer[] {
  const found: Buffer[] = []
  const lines = new Lines({ line: line => found.push(line as Buffer), oversize: () => assert.fail() }, 1000, 8)
  for (const chunk of chunks) lines.push(Buffer.from(chunk))
  return found
}

const turn = () => new Promise(setImmediate)

describe('an outbox', () => {
  test('gives the memory of a large line back when it is written, and keeps it until then', async () => {
    const [line] = largeLines('{"id":1,"res', 'ult":{}}\n')
    const { stream, taken, take } = slowReader()
    const outbox = new Outbox(stream)
    outbox.line([line!.subarray(0, 6), '7', line!.subarray(7)], line)
    await turn()
    assert.equal(line!.toString(), '{"id":1,"result":{}}')
    take()
    await turn()
    assert.equal(taken.join(''), '{"id":7,"result":{}}\n')
    assert.equal(line!.length, 0)
  })

  test('leaves alone what its reader has not said is spent, and lines that have their memory with others', async () => {
    const [kept] = largeLines('{"id":1,"res', 'ult":{}}\n')
    const [one, other] = largeLines('{"id":1,"result":{}}\n{"id":2,"result":{}}\n')
    const { stream, take } = slowReader()
    const outbox = new Outbox(stream)
    outbox.line([kept!])
    outbox.line([one!], one)
    await turn()
    take()
    await turn()
    assert.deepEqual([kept, one, other].map(String), ['{"id":1,"result":{}}', '{"id":1,"result":{}}', '{"id":2,"result":{}}'])
  })
})

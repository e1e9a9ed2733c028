import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Lines } from '../../src/lib/lines.ts'

function cutUp(chunks: Buffer[], limit = 1000, large = 300) {
  const lines: (string | Buffer)[] = []
  const dropped: { head: string; tail: string; bytes: number }[] = []
  const cutter = new Lines({ line: line => lines.push(line), oversize: (head, tail, bytes) => dropped.push({ head, tail, bytes }) }, limit, large)
  for (const chunk of chunks) cutter.push(chunk)
  cutter.end()
  return {
    lines: lines.map(line => (typeof line === 'string' ? Buffer.from(line, 'latin1') : line).toString('utf8')),
    dropped,
    kinds: lines.map(line => typeof line),
  }
}

describe('lines', () => {
  test('are the same however the bytes are cut into chunks', () =>
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 })),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        (texts, sizes) => {
          const clean = texts.map(text => text.replace(/[\r\n\ufeff]/g, '') || 'x')
          const whole = Buffer.from(clean.map(text => `${text}\n`).join(''))
          const chunks: Buffer[] = []
          for (let at = 0, turn = 0; at < whole.length; turn++) {
            const size = sizes[turn % sizes.length]!
            chunks.push(whole.subarray(at, at + size))
            at += size
          }
          assert.deepEqual(cutUp(chunks).lines, clean)
        },
      ),
    ))

  test('end at 0x0A alone; CR before it, a BOM and empty lines are no part of them', () => {
    const { lines } = cutUp([Buffer.from('\ufeffone\r\n\r\n\ntwo\u2028still two\u0085 and\nthree')])
    assert.deepEqual(lines, ['one', 'two\u2028still two\u0085 and', 'three'])
  })

  test('over the limit are dropped with their ends kept, and those after them are read', () => {
    for (const size of [1, 7, 5000]) {
      const whole = Buffer.from(`first\n<head>${'x'.repeat(3000)}<tail>\nlast\n`)
      const chunks = Array.from({ length: Math.ceil(whole.length / size) }, (_, index) => whole.subarray(index * size, (index + 1) * size))
      const { lines, dropped } = cutUp(chunks)
      assert.deepEqual(lines, ['first', 'last'])
      assert.equal(dropped.length, 1)
      assert.ok(dropped[0]!.head.startsWith('<head>'), `head in chunks of ${size}`)
      assert.ok(dropped[0]!.tail.endsWith('<tail>'), `tail in chunks of ${size}`)
      assert.equal(dropped[0]!.bytes, 3012)
    }
  })

  test('that are large stay bytes', () => {
    assert.deepEqual(cutUp([Buffer.from(`${'a'.repeat(299)}\n${'b'.repeat(300)}\n`)]).kinds, ['string', 'object'])
  })
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Gather } from '../../src/rpc/gather.ts'

const MiB = 1024 * 1024

describe('the bytes of a message', () => {
  test('take no more memory than has come, whatever was announced', () => {
    const before = process.memoryUsage().arrayBuffers
    const all = Array.from({ length: 8 }, () => new Gather(256 * MiB, 256 * MiB))
    for (const one of all) one.add(Buffer.from('{'))
    const taken = process.memoryUsage().arrayBuffers - before
    assert.ok(taken < 8 * MiB, `${Math.round(taken / MiB)} MiB`)
  })

  test('are what has come, however it was cut and whatever was announced', () => {
    const piece = Buffer.from(Array.from({ length: 70_001 }, (_, at) => at % 251))
    for (const size of [1, 4095, 65_537, MiB - 1, 3 * MiB])
      for (const announced of [0, size, 2 * size]) {
        const gather = new Gather(4 * MiB, announced)
        const parts: Buffer[] = []
        for (let left = size; left > 0; left -= parts.at(-1)!.length) parts.push(piece.subarray(0, Math.min(left, 1 + ((left * 7919) % piece.length))))
        for (const part of parts) gather.add(part)
        assert.ok(gather.take().equals(Buffer.concat(parts)), `${size} of ${announced}`)
      }
  })
})

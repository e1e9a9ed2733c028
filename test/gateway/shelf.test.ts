// Texts that wait in one block: whatever is put there and taken in turn comes back as it was, and what has no room is not taken in.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Shelf } from '../../src/gateway/shelf.ts'

interface Lying {
  readonly at: number
  readonly text: string
}

describe('a shelf', () => {
  test('gives everything back as it was put, in turn, round and round', () => {
    const shelf = new Shelf(100)
    const lying: Lying[] = []
    let [put, refused] = [0, 0]
    // a generator of its own, so that a failure comes again
    let seed = 7
    const any = (below: number) => (seed = (seed * 48_271) % 0x7fffffff) % below
    for (let step = 0; step < 5000; step++) {
      const [one, other] = [String.fromCharCode(any(256)).repeat(any(20)), String.fromCharCode(any(256)).repeat(any(30))]
      const at = any(3) > 0 ? shelf.put(one, other) : -2
      if (at >= 0) lying.push({ at, text: one + other })
      if (at >= 0) put++
      else if (at === -1) refused++
      if (at === -1 || any(3) === 0) {
        const oldest = lying.shift()
        if (oldest) assert.equal(shelf.take(oldest.at, oldest.text.length).toString('latin1'), oldest.text)
      }
    }
    assert.ok(put > 1000 && refused > 100, `${put} ${refused}`)
  })

  test('refuses what has no room, until there is room again', () => {
    const shelf = new Shelf(10)
    const at = shelf.put('1234', '5678')
    assert.equal(shelf.put('abc', ''), -1)
    assert.equal(shelf.take(at, 8).toString('latin1'), '12345678')
    assert.equal(shelf.take(shelf.put('abc', 'def'), 6).toString('latin1'), 'abcdef')
    assert.equal(shelf.put('more than ten', ''), -1)
  })

  test('gives its memory back only when nothing lies there', () => {
    const shelf = new Shelf(10)
    const at = shelf.put('one', '')
    shelf.clear()
    const bytes = shelf.take(at, 3)
    assert.equal(bytes.toString('latin1'), 'one')
    shelf.clear()
    assert.equal(bytes.buffer.byteLength, 0)
    assert.equal(shelf.take(shelf.put('two', ''), 3).toString('latin1'), 'two')
  })
})

// What is kept of streams, so that a client may take them up again: bounded, and given back.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { EventStream } from '../../src/serve/events.ts'
import { Replay } from '../../src/serve/replay.ts'

/** Streams that share a replay of so many bytes; `forgotten` are those of which nothing is kept any more. */
function kept(limit: number): { open(name: string): EventStream; forgotten: string[] } {
  const replay = new Replay(limit)
  const forgotten: string[] = []
  return { forgotten, open: name => new EventStream({ name, replay, onforgotten: () => void forgotten.push(name) }) }
}

describe('a stream that has ended', () => {
  test('is kept until newer events of others need the room', () => {
    const { open, forgotten } = kept(1000)
    const [first, second] = [open('first'), open('second')]
    first.send(['x'.repeat(600)])
    first.end()
    assert.deepEqual(forgotten, [])
    second.send(['x'.repeat(600)])
    assert.deepEqual(forgotten, ['first'])
  })

  test('with an event that is larger than all the room is not kept at all', () => {
    const { open, forgotten } = kept(1000)
    const stream = open('large')
    stream.send(['x'.repeat(10)])
    stream.send([Buffer.alloc(2000)])
    stream.end()
    assert.deepEqual(forgotten, ['large'])
  })

  test('is forgotten at once with its session, and its room is free', () => {
    const { open, forgotten } = kept(1000)
    const [gone, stays] = [open('gone'), open('stays')]
    gone.send(['x'.repeat(700)])
    gone.forget()
    stays.send(['x'.repeat(700)])
    stays.end()
    assert.deepEqual(forgotten, ['gone'])
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiProblem, type Remote, type Target, type Watch } from '../../src/api/client.ts'
import { emptyState } from '../../src/gateway/state.ts'
import { Attached, type Found } from '../../src/tui/attach.ts'
import { VirtualClock } from '../fixtures/clock.ts'
import { NOON, started } from './models.ts'

/** A run folder, and gateways that answer by hand. */
function stage() {
  const clock = new VirtualClock()
  const folder = new Map<string, Found>()
  const streams: (Watch & { id: string; stopped: boolean })[] = []
  const heard: string[] = []
  const enter = (id: string) => folder.set(id, { id, pid: 1, socket: id, token: 't' })
  const reach = (target: Target | Remote) => ({
    events(watch: Watch) {
      const stream = { ...watch, id: (target as Target).socket, stopped: false }
      streams.push(stream)
      return () => void (stream.stopped = true)
    },
  })
  const attached = new Attached({
    find: () => [...folder.values()],
    clock,
    connect: reach,
    to: {
      onFound: ({ id }) => heard.push(`found ${id}`),
      onState: id => heard.push(`state ${id}`),
      onEvents: (id, events) => heard.push(`${events.length} of ${id}`),
      onGone: id => heard.push(`gone ${id}`),
    },
  })
  const end = (at: number) => streams[at]!.onEnd(new ApiProblem('unreachable', 'over'))
  return { clock, folder, streams, heard, enter, attached, end }
}

test('gateways are followed as they come, several at once, and let go as they leave', async () => {
  const { clock, folder, streams, heard, enter } = stage()
  enter('a')
  await clock.pass(500)
  streams[0]!.onState(emptyState())
  enter('b')
  await clock.pass(500)
  streams[1]!.onState(emptyState())
  streams[1]!.onEvents([started('b-1', NOON)])
  folder.delete('a')
  await clock.pass(500)
  assert.deepEqual(heard, ['found a', 'state a', 'found b', 'state b', '1 of b', 'gone a'])
  assert.ok(streams[0]!.stopped)
})

test('who is cut off begins again from a fresh state, at once', async () => {
  const { clock, streams, heard, enter, end } = stage()
  enter('a')
  await clock.pass(500)
  streams[0]!.onState(emptyState())
  end(0)
  await clock.pass(1)
  streams[1]!.onState(emptyState())
  assert.deepEqual(heard, ['found a', 'state a', 'state a'])
})

test('a gateway that was killed is gone although its entry stays, and there again when it answers', async () => {
  const { clock, streams, heard, enter, end } = stage()
  enter('a')
  await clock.pass(500)
  streams[0]!.onState(emptyState())
  end(0)
  await clock.pass(1)
  end(1)
  assert.equal(heard.at(-1), 'gone a')
  await clock.pass(500)
  streams[2]!.onState(emptyState())
  assert.deepEqual(heard.slice(-2), ['found a', 'state a'])
})

test('an entry behind which nobody answers was never there', async () => {
  const { clock, heard, enter, end, streams } = stage()
  enter('a')
  for (let turn = 0; turn < 3; turn++) {
    await clock.pass(500)
    end(streams.length - 1)
  }
  assert.deepEqual(heard, [])
})

test('after closing nothing is said any more', async () => {
  const { clock, streams, heard, enter, attached } = stage()
  enter('a')
  await clock.pass(500)
  attached.close()
  streams[0]!.onState(emptyState())
  streams[0]!.onEvents([started('a-1', NOON)])
  await clock.pass(2000)
  assert.deepEqual(heard, [])
  assert.equal(streams.length, 1)
})

// Pins at work: what sessions hear is kept in the order in which it was heard.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pins, type PinBook } from '../../src/gateway/pinning.ts'
import { definition } from '../../src/gateway/definition.ts'
import type { Pin, Sight } from '../../src/gateway/pins.ts'
import type { Item } from '../../src/gateway/types.ts'
import { VirtualClock } from '../fixtures/clock.ts'

const sight = (kind: Sight['kind']): readonly Sight[] => [{ kind, pin: { tool: 'read', state: 'pinned' } } as unknown as Sight]

test('what is seen later is kept later, however long the keeping of the first takes, and also where that has to be tried again', async () => {
  const clock = new VirtualClock()
  const kept: string[] = []
  const turns: ((how: 'done' | 'later') => void)[] = []
  const book: PinBook = {
    held: async () => new Map(),
    read: async () => [],
    keep: async (_backend, [first]) => {
      kept.push(first!.kind)
      return new Promise(turn => turns.push(turn))
    },
    acceptUpdate: async () => true,
    follow: () => () => {},
  }
  const pins = new Pins('ask', { clock, book, log: () => {} })
  const settled = () => new Promise(setImmediate)
  pins.keep('a', sight('first'))
  pins.keep('a', sight('changed'))
  await settled()
  assert.deepEqual(kept, ['first'])
  turns.shift()!('later')
  await settled()
  pins.keep('b', sight('first'))
  await settled()
  assert.deepEqual(kept, ['first', 'first'], 'the other backend waits for nobody')
  turns.shift()!('done')
  await clock.pass(1000)
  await settled()
  assert.deepEqual(kept, ['first', 'first', 'first'])
  turns.shift()!('done')
  await settled()
  assert.deepEqual(kept, ['first', 'first', 'first', 'changed'])
  turns.shift()!('done')
  await pins.close()
})

test('what was seen and is not kept yet is no first sight when it is seen otherwise, also after the pins were read again', async () => {
  const clock = new VirtualClock()
  const kept: (readonly Sight[])[] = []
  let keep = (): void => {}
  const held = new Promise<void>(done => (keep = done))
  const book: PinBook = {
    held: async () => new Map(),
    read: async () => [],
    keep: async (_backend, sights) => {
      await held
      kept.push(sights)
      return 'done'
    },
    acceptUpdate: async () => true,
    follow: () => () => {},
  }
  const pins = new Pins('ask', { clock, book, log: () => {} })
  const session = pins.open(() => {})
  const offers = (description: string): { tools: Item[] } => {
    const text = JSON.stringify({ name: 'read', description, inputSchema: { type: 'object' } })
    return { tools: [{ key: 'read', text }] }
  }
  session.heard('a', offers('reads a file'))
  assert.equal(await session.of('a').of('read'), undefined)
  await pins.refresh('a')
  session.heard('a', offers('reads a file, and sends it away'))
  assert.equal((await session.of('a').of('read'))?.kind, 'changed')
  keep()
  await pins.close()
  assert.deepEqual(
    kept.flat().map(({ kind }) => kind),
    ['first', 'changed'],
  )
})

test('what a new configuration offers while the keeping of the one before it takes its time is kept, too', async () => {
  const kept: string[] = []
  const turns: (() => void)[] = []
  const book: PinBook = {
    held: async () => new Map(),
    read: async () => [],
    keep: async (_backend, [first]) => {
      kept.push(first!.kind)
      return new Promise(turn => turns.push(() => turn('done')))
    },
    acceptUpdate: async () => true,
    follow: () => () => {},
  }
  const pins = new Pins('ask', { clock: new VirtualClock(), book, log: () => {} })
  const settled = () => new Promise(setImmediate)
  pins.keep('a', sight('first'))
  await settled()
  pins.forget('a')
  pins.keep('a', sight('quarantined'))
  turns.shift()!()
  await settled()
  assert.deepEqual(kept, ['first', 'quarantined'])
  turns.shift()!()
  await pins.close()
})

test('what others have decided is read again where it could not be read', async () => {
  const clock = new VirtualClock()
  const text = JSON.stringify({ name: 'read', inputSchema: { type: 'object' } })
  const { hash } = definition('read', text)
  let pin: Pin = { tool: 'read', state: 'pinned', accepted: { hash, text }, earlier: [], firstAt: 0 }
  let busy = false
  let written = (): void => {}
  const book: PinBook = {
    async held() {
      if (busy) throw new Error('the store is busy')
      return new Map(pin.state === 'pinned' ? [] : [['a', [pin]]])
    },
    read: async () => [pin],
    keep: async () => 'done',
    acceptUpdate: async () => true,
    follow: changed => ((written = changed), () => {}),
  }
  const pins = new Pins('ask', { clock, book, log: () => {} })
  const session = pins.open(() => {})
  session.heard('a', { tools: [{ key: 'read', text }] })
  assert.equal(await session.of('a').of('read'), undefined)
  pin = { ...pin, state: 'refused', earlier: [], accepted: undefined, offered: { hash, text } }
  busy = true
  written()
  written()
  await clock.pass(20_000)
  assert.equal(session.of('a').now('read'), undefined)
  busy = false
  await clock.pass(6000)
  assert.equal(session.of('a').now('read')?.kind, 'quarantined')
  await pins.close()
})

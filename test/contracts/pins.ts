// What every store promises of pins, whatever it is made of, to however many processes.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Pin, Sight } from '../../src/gateway/pins.ts'
import { MOST_CONFIGS, MOST_PINS } from '../../src/store/pins.ts'
import type { Store } from '../../src/store/store.ts'

type Context = { after(act: () => void): void }

const part = (hash: string) => ({ hash, text: `{"name":"read","description":"${hash} \u00c3\u00a9"}` })

export const first = (tool: string, hash = 'a', firstAt = 1): Sight => ({
  kind: 'first',
  pin: { tool, state: 'pinned', accepted: part(hash), earlier: [], firstAt },
})

export const changed = ({ pin }: Sight, hash = 'b', offeredAt = 2): Sight => ({
  kind: 'changed',
  pin: { ...pin, state: 'changed', offered: part(hash), offeredAt },
})

const odd = (tool: string): Sight => ({
  kind: 'quarantined',
  pin: { tool, state: 'quarantined', earlier: [], offered: part('x'), why: 'it is odd', firstAt: 1, offeredAt: 1 },
})

/** `open` gives so many stores over one and the same data, as so many processes have them. */
export function pinsContract(name: string, open: (t: Context, many: number) => Promise<readonly Store[]>): void {
  const one = async (t: Context) => (await open(t, 1))[0]!.pins
  const two = async (t: Context) => (await open(t, 2)).map(store => store.pins) as [Store['pins'], Store['pins']]
  const told = async (pins: Store['pins'], held?: boolean) =>
    (await pins.of(['c1'], held)).map(({ tool, state, accepted, offered }) => [tool, state, accepted?.hash, offered?.hash])

  describe(`pins: ${name}`, () => {
    test('has none at first', async t => {
      const pins = await one(t)
      assert.deepEqual(await pins.of(['c1']), [])
      assert.equal(await pins.decide({ config: 'c1', tool: 'read' }, 'accept', 'ann', 1), undefined)
    })

    test('keeps all that is said of a pin, by configuration and tool', async t => {
      const pins = await one(t)
      const full: Pin = { ...changed(first('read')).pin, earlier: ['0', '1'], why: 'odd', decidedAt: 3, decidedBy: 'ann' }
      assert.equal(await pins.keep('c1', 'files', [{ kind: 'changed', pin: full }, odd('drop')]), 'done')
      assert.equal(await pins.keep('c2', 'git', [first('read', 'z')]), 'done')
      assert.deepEqual(await pins.of(['c1']), [
        { ...odd('drop').pin, config: 'c1', backend: 'files' },
        { ...full, config: 'c1', backend: 'files' },
      ])
      assert.equal((await pins.of(['c2', 'c1', 'c9'])).length, 3)
    })

    test('tells only what is not simply pinned, where that is asked for', async t => {
      const pins = await one(t)
      await pins.keep('c1', 'files', [first('a'), first('b'), odd('c')])
      await pins.keep('c1', 'files', [changed(first('b'))])
      assert.deepEqual(await told(pins, true), [
        ['b', 'changed', 'a', 'b'],
        ['c', 'quarantined', undefined, 'x'],
      ])
    })

    test('of two who see a tool first the one who is first counts, and the other is told', async t => {
      const [one, other] = await two(t)
      assert.equal(await one.keep('c1', 'files', [first('read', 'a')]), 'done')
      assert.equal(await other.keep('c1', 'files', [first('read', 'b'), first('drop', 'd')]), 'differs')
      assert.deepEqual(await told(other), [
        ['drop', 'pinned', 'd', undefined],
        ['read', 'pinned', 'a', undefined],
      ])
    })

    test('an accepted change is what the tool is held to, and what it was held to before is remembered', async t => {
      const [one, other] = await two(t)
      await one.keep('c1', 'files', [first('read')])
      await one.keep('c1', 'files', [changed(first('read'))])
      const accepted = await other.decide({ config: 'c1', tool: 'read', offered: 'b' }, 'accept', 'ann', 5)
      assert.deepEqual(accepted, {
        tool: 'read',
        state: 'pinned',
        accepted: part('b'),
        earlier: ['a'],
        firstAt: 1,
        decidedAt: 5,
        decidedBy: 'ann',
        config: 'c1',
        backend: 'files',
      })
      assert.deepEqual(await one.of(['c1']), [accepted])
      assert.deepEqual(await told(one, true), [])
    })

    test('is decided as the person saw it, or not at all', async t => {
      const pins = await one(t)
      await pins.keep('c1', 'files', [first('read')])
      await pins.keep('c1', 'files', [changed(first('read'), 'evil')])
      assert.equal(await pins.decide({ config: 'c1', tool: 'read', offered: 'b' }, 'accept', 'ann', 5), undefined)
      assert.equal(await pins.decide({ config: 'c1', tool: 'read' }, 'accept', 'ann', 5), undefined)
      assert.deepEqual(await told(pins), [['read', 'changed', 'a', 'evil']])
    })

    test('what is refused stays so, whoever sees it again', async t => {
      const [one, other] = await two(t)
      const seen = changed(first('read'))
      await one.keep('c1', 'files', [first('read')])
      await one.keep('c1', 'files', [seen])
      assert.equal((await one.decide({ config: 'c1', tool: 'read', offered: 'b' }, 'refuse', 'ann', 5))!.state, 'refused')
      assert.equal(await other.keep('c1', 'files', [seen]), 'differs')
      assert.deepEqual(await told(other), [['read', 'refused', 'a', 'b']])
      assert.equal(await other.keep('c1', 'files', [changed(first('read'), 'c')]), 'done')
    })

    test('a tool that is pinned can be refused, and accepted again', async t => {
      const pins = await one(t)
      await pins.keep('c1', 'files', [first('read')])
      assert.equal((await pins.decide({ config: 'c1', tool: 'read' }, 'refuse', 'ann', 5))!.state, 'refused')
      assert.equal((await pins.decide({ config: 'c1', tool: 'read', offered: 'a' }, 'accept', 'ann', 6))!.state, 'pinned')
      assert.deepEqual(await told(pins), [['read', 'pinned', 'a', undefined]])
    })

    test('who has seen a change of what nobody is held to any more is told', async t => {
      const [one, other] = await two(t)
      await one.keep('c1', 'files', [first('read')])
      await one.keep('c1', 'files', [changed(first('read'))])
      await one.decide({ config: 'c1', tool: 'read', offered: 'b' }, 'accept', 'ann', 5)
      assert.equal(await other.keep('c1', 'files', [changed(first('read'), 'c')]), 'differs')
      assert.deepEqual(await told(other), [['read', 'pinned', 'b', undefined]])
    })

    test('forgets configurations of a backend that are long gone, and tools beyond number', async t => {
      const pins = await one(t)
      for (let n = 0; n <= MOST_CONFIGS; n++) await pins.keep(`c${n}`, 'files', [first('read', 'a', n + 1)])
      await pins.keep('other', 'git', [first('read')])
      assert.equal((await pins.of(['c0'])).length, 0)
      assert.equal((await pins.of(['c1', `c${MOST_CONFIGS}`, 'other'])).length, 3)
      await pins.keep(
        'c1',
        'files',
        Array.from({ length: MOST_PINS }, (_, n) => first(`t${n}`, 'a', 100)),
      )
      const left = (await pins.of(['c1'])).map(({ tool }) => tool)
      assert.equal(left.length, MOST_PINS)
      assert.equal(left.includes('read'), false)
    })
  })
}

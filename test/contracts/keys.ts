// What the keys of every store do.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Key } from '../../src/gateway/principals.ts'
import { newKey, shownOf } from '../../src/store/keys.ts'
import type { Store } from '../../src/store/store.ts'

type Context = { after(act: () => void): void }

/** What is known of a key, with nothing said of it. */
export const facts = (name: string, key: string, more: Partial<Key> = {}): Key => ({
  name,
  org: 'default',
  shown: shownOf(key),
  roles: [],
  allow: [],
  backends: [],
  operator: false,
  createdAt: 100,
  ...more,
})

export function keysContract(name: string, open: (t: Context) => Promise<Store>): void {
  const keys = async (t: Context) => (await open(t)).keys

  describe(`keys: ${name}`, () => {
    test('are not there at first', async t => {
      const kept = await keys(t)
      assert.equal(await kept.find(newKey()), undefined)
      assert.deepEqual(await kept.all(), [])
      assert.equal(await kept.revoke('ci', 1), false)
      assert.equal(await kept.rotate('ci', newKey(), { shown: 'mgw_' }), false)
      await kept.used('ci', 1)
    })

    test('are found by the key itself, with all that was said of them', async t => {
      const kept = await keys(t)
      const [plain, whole] = [newKey(), newKey()]
      const said = { roles: ['dev'], allow: ['github__*'], backends: ['github'], operator: true, expiresAt: 9000 }
      const all = facts('team', whole, { ...said, limit: { unit: 'calls', amount: 60, periodMs: 60_000 } })
      assert.equal(await kept.create(whole, all), true)
      assert.equal(await kept.create(plain, facts('ci', plain)), true)
      assert.deepEqual(await kept.find(whole), all)
      assert.deepEqual(await kept.all(), [facts('ci', plain), all])
      assert.equal(await kept.find(whole.slice(0, -1)), undefined)
    })

    test('have a name once, also when the first is revoked', async t => {
      const kept = await keys(t)
      const [first, second] = [newKey(), newKey()]
      await kept.create(first, facts('ci', first))
      assert.equal(await kept.create(second, facts('ci', second)), false)
      await kept.revoke('ci', 200)
      assert.equal(await kept.create(second, facts('ci', second)), false)
      assert.equal(await kept.find(second), undefined)
    })

    test('are revoked once and for good, and still known', async t => {
      const kept = await keys(t)
      const key = newKey()
      await kept.create(key, facts('ci', key))
      assert.equal(await kept.revoke('ci', 200), true)
      assert.equal(await kept.revoke('ci', 300), false)
      assert.equal(await kept.rotate('ci', newKey(), { shown: 'mgw_' }), false)
      assert.equal((await kept.find(key))!.revokedAt, 200)
    })

    test('give way to another: the old one is none any more, and what was said stands', async t => {
      const kept = await keys(t)
      const [old, fresh] = [newKey(), newKey()]
      await kept.create(old, facts('ci', old, { roles: ['dev'], expiresAt: 500 }))
      assert.equal(await kept.rotate('ci', fresh, { shown: shownOf(fresh) }), true)
      assert.equal(await kept.find(old), undefined)
      assert.deepEqual(await kept.find(fresh), facts('ci', fresh, { roles: ['dev'] }))
    })

    test('say when they were used last', async t => {
      const kept = await keys(t)
      const key = newKey()
      await kept.create(key, facts('ci', key))
      assert.equal((await kept.find(key))!.usedAt, undefined)
      await kept.used('ci', 700)
      await kept.used('ci', 600)
      assert.equal((await kept.find(key))!.usedAt, 700)
    })

    test('are nowhere to be read, in no listing', async t => {
      const kept = await keys(t)
      const key = newKey()
      await kept.create(key, facts('ci', key))
      assert.ok(!JSON.stringify(await kept.all()).includes(key.slice(0, 14)))
    })
  })
}

test('a key is 256 random bits, and shows what it is', () => {
  const made = new Set(Array.from({ length: 100 }, newKey))
  assert.equal(made.size, 100)
  for (const key of made) assert.match(key, /^mgw_[\w-]{43}$/)
})

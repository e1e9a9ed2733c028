// What the logins of every store do.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { StoredLogin } from '../../src/config/login.ts'
import type { Store } from '../../src/store/store.ts'

type Context = { after(act: () => void): void }

const login = (more: Partial<StoredLogin> = {}): StoredLogin => ({
  id: 'a1',
  backend: 'linear',
  version: 1,
  state: 'granted',
  at: 100,
  expiresAt: 3700,
  sealed: 'sealed-1',
  ...more,
})

export function loginsContract(name: string, open: (t: Context) => Promise<Store>): void {
  const logins = async (t: Context) => (await open(t)).logins

  describe(`logins: ${name}`, () => {
    test('are not there at first', async t => {
      const kept = await logins(t)
      assert.equal(await kept.find('a1'), undefined)
      assert.deepEqual(await kept.all(), [])
      assert.equal(await kept.drop('a1'), false)
      assert.equal(await kept.lease('a1', 1, 'me', 0, 10), false)
      assert.equal(await kept.put(login({ version: 2 })), false, 'and none is changed that is not there')
    })

    test('are kept as they are', async t => {
      const kept = await logins(t)
      const [plain, whole] = [login({ expiresAt: undefined }), login({ id: 'a2', backend: 'git', state: 'refused', reason: 'it was over', wanted: 'a b' })]
      assert.equal(await kept.put(plain), true)
      assert.equal(await kept.put(whole), true)
      assert.deepEqual({ ...(await kept.find('a2')) }, whole)
      assert.deepEqual(
        (await kept.all()).map(one => [one.backend, 'expiresAt' in one]),
        [
          ['git', true],
          ['linear', false],
        ],
      )
      assert.equal(await kept.drop('a2'), true)
      assert.equal(await kept.find('a2'), undefined)
    })

    test('are changed by who has seen them last', async t => {
      const kept = await logins(t)
      await kept.put(login())
      assert.equal(await kept.put(login({ version: 2, sealed: 'mine' })), true)
      assert.equal(await kept.put(login({ version: 2, sealed: 'late' })), false)
      assert.equal((await kept.find('a1'))!.sealed, 'mine')
    })

    test('that are made anew take the next number, whatever was there', async t => {
      const kept = await logins(t)
      await kept.put(login())
      await kept.put(login({ version: 2, state: 'refused', reason: 'over', wanted: 'x' }))
      assert.equal(await kept.put(login({ sealed: 'anew' })), true)
      assert.deepEqual({ ...(await kept.find('a1')) }, login({ version: 3, sealed: 'anew' }))
    })

    test('are renewed by one at a time, and only while they are what he has seen', async t => {
      const kept = await logins(t)
      await kept.put(login())
      assert.equal(await kept.lease('a1', 1, 'one', 0, 10), true)
      assert.equal(await kept.lease('a1', 1, 'two', 9, 20), false)
      assert.equal(await kept.lease('a1', 1, 'one', 5, 15), true, 'he may hold on')
      await kept.release('a1', 'two')
      assert.equal(await kept.lease('a1', 1, 'two', 9, 20), false, 'nobody gives back what is not his')
      assert.equal(await kept.put(login({ version: 2, sealed: 'new' }), 'one'), true)
      assert.equal(await kept.lease('a1', 1, 'two', 9, 20), false)
      assert.equal(await kept.lease('a1', 2, 'two', 9, 20), true, 'a put has given the right back')
      await kept.release('a1', 'two')
      assert.equal(await kept.lease('a1', 2, 'one', 9, 20), true)
    })

    test('whose renewer has gone are renewed by another, when his time is over', async t => {
      const kept = await logins(t)
      await kept.put(login())
      await kept.lease('a1', 1, 'one', 0, 10)
      assert.equal(await kept.lease('a1', 1, 'two', 10, 20), true)
      assert.equal(await kept.put(login({ version: 2, sealed: 'one' }), 'one'), true, 'what he brings after all is not lost')
      assert.equal(await kept.put(login({ version: 2, sealed: 'two' }), 'two'), false)
    })

    test('remember what is wanted beyond them, until they are made anew', async t => {
      const kept = await logins(t)
      await kept.want('a1', 'nobody')
      await kept.put(login())
      await kept.want('a1', 'files:write')
      assert.deepEqual([(await kept.find('a1'))!.wanted, (await kept.find('a1'))!.version], ['files:write', 1])
      await kept.put(login())
      assert.equal((await kept.find('a1'))!.wanted, undefined)
    })
  })
}

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LOCAL, Principals, type Key, type Keyring } from '../../src/gateway/principals.ts'
import { newKey } from '../../src/store/keys.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { facts } from '../contracts/keys.ts'
import { VirtualClock } from '../fixtures/clock.ts'

const DAY = 24 * 60 * 60 * 1000

async function holding(more: Partial<Key> = {}) {
  const clock = new VirtualClock()
  const { keys, version } = memoryStore()
  const key = newKey()
  await keys.create(key, facts('ci', key, more))
  const asked = { find: 0, used: 0 }
  const ring: { -readonly [name in keyof Keyring]: Keyring[name] } = {
    version: () => version(),
    find: one => (asked.find++, keys.find(one)),
    used: (name, at) => (asked.used++, keys.used(name, at)),
  }
  let required = false
  const principals = new Principals(
    async () => ring,
    clock,
    () => required,
  )
  return { clock, keys, key, ring, asked, principals, require: () => (required = true) }
}

const codeOf = async (principals: Principals, key?: string) => {
  const who = await principals.of(key)
  return 'code' in who ? who.code : who.id
}

describe('who has no key', () => {
  test('is local, at once', async () => assert.equal((await holding()).principals.of(undefined), LOCAL))

  test('is nobody where a key is required', async () => {
    const { principals, require } = await holding()
    require()
    const who = await principals.of(undefined)
    assert.ok('code' in who)
    assert.equal(who.code, 'unauthenticated')
    assert.match(who.message, /mcpgw keys create/)
  })
})

describe('a key', () => {
  test('is a principal of its name, with what was said of it, the same one at each asking', async () => {
    const limit = { unit: 'calls', amount: 60, periodMs: 60_000 } as const
    const { principals, key } = await holding({ roles: ['dev'], allow: ['a__*'], backends: ['a'], operator: true, limit })
    const who = await principals.of(key)
    assert.deepEqual(who, { id: 'ci', kind: 'key', org: 'default', roles: ['dev'], scopes: ['a__*'], backends: ['a'], operator: true, limit })
    assert.equal(principals.of(key), who, 'and without a wait')
  })

  test('is looked up again by who it was: revoked, expired, replaced or for less, as it is now', async () => {
    const { principals, key, clock } = await holding({ allow: ['a__*'], expiresAt: 1_000_000 + DAY })
    const before = await principals.of(key)
    assert.ok('id' in before)
    const again = async () => {
      const who = await principals.again(before)
      return 'code' in who ? who.code : who
    }
    assert.equal(await again(), before)
    await clock.pass(DAY)
    assert.equal(await again(), 'unauthenticated')
    const other = await holding()
    const was = await other.principals.of(other.key)
    assert.ok('id' in was)
    await other.keys.rotate('ci', newKey(), { shown: 'mgw_' })
    assert.ok('code' in (await other.principals.again(was)), 'who has the key before is nobody')
    const narrowed = await holding({ allow: ['a__*', 'b__*'] })
    const wide = await narrowed.principals.of(narrowed.key)
    assert.ok('id' in wide)
    const { find } = narrowed.ring
    narrowed.ring.find = one => ({ ...(find(one) as Key), allow: ['b__*'] })
    await narrowed.keys.create(newKey(), facts('another', newKey()))
    const narrow = await narrowed.principals.again(wide)
    assert.deepEqual('code' in narrow ? narrow : narrow.scopes, ['b__*'])
    assert.equal(await narrowed.principals.of(narrowed.key), narrow, 'and that is who asks from now on')
    assert.ok('code' in (await principals.again({ ...before })), 'a principal that no key has made is nobody')
  })

  test('that nobody needs may become needed', async () => {
    const { principals, require } = await holding()
    assert.equal(await principals.again(LOCAL), LOCAL)
    require()
    assert.ok('code' in (await principals.again(LOCAL)))
  })

  test('that is none is nobody, however it looks, and never local', async () => {
    const { principals, key } = await holding()
    for (const wrong of ['', ' ', 'mgw_', newKey(), `${key} `, key.slice(0, -1), `${key}x`, `${key}\n`])
      assert.equal(await codeOf(principals, wrong), 'unauthenticated')
  })

  test('is worth nothing from the moment it is revoked, or another has taken its place', async () => {
    for (const end of ['revoke', 'rotate'] as const) {
      const { principals, key, keys } = await holding()
      assert.equal(await codeOf(principals, key), 'ci')
      await (end === 'revoke' ? keys.revoke('ci', 1) : keys.rotate('ci', newKey(), { shown: 'mgw_' }))
      assert.equal(await codeOf(principals, key), 'unauthenticated')
    }
  })

  test('is worth nothing from the moment it expires', async () => {
    const { principals, key, clock } = await holding({ expiresAt: 1_000_000 + DAY })
    assert.equal(await codeOf(principals, key), 'ci')
    await clock.pass(DAY - 1)
    assert.equal(await codeOf(principals, key), 'ci')
    await clock.pass(1)
    assert.equal(await codeOf(principals, key), 'unauthenticated')
  })

  test('is looked up again only when somebody has written', async () => {
    const { principals, key, keys, asked } = await holding()
    for (let n = 0; n < 2; n++) await principals.of(key)
    const before = asked.find
    for (let n = 0; n < 5; n++) await principals.of(key)
    assert.equal(asked.find, before)
    await keys.used('ci', 2_000_000)
    await principals.of(key)
    assert.equal(asked.find, before + 1)
  })

  test('is marked as used at most once a minute', async () => {
    const { principals, key, clock, asked, keys } = await holding()
    for (let n = 0; n < 120; n++) {
      await principals.of(key)
      await clock.pass(1000)
    }
    assert.equal(asked.used, 2)
    assert.equal((await keys.find(key))!.usedAt, 1_060_000)
  })

  test('is nobody while the store can not be asked, and somebody again afterwards', async () => {
    const { key, keys, clock, ring } = await holding()
    let broken: Error | undefined
    const failing = new Principals(
      async () => ({
        ...ring,
        version: () => {
          if (broken) throw broken
          return 1
        },
      }),
      clock,
      () => false,
    )
    assert.equal(await codeOf(failing, key), 'ci')
    broken = Object.assign(new Error('locked'), { busy: true })
    const who = await failing.of(key)
    assert.ok('code' in who && who.code === 'store_busy' && who.retryAfterMs)
    broken = undefined
    assert.equal(await codeOf(failing, key), 'ci')
    const never = new Principals(
      () => Promise.reject(new Error('no disk')),
      clock,
      () => false,
    )
    assert.equal(await codeOf(never, key), 'store_busy')
    assert.ok(keys)
  })

  test('that could not be marked as used is good all the same', async () => {
    const { key, clock, ring } = await holding()
    const used = () => {
      throw new Error('locked')
    }
    assert.equal(
      await codeOf(
        new Principals(
          async () => ({ ...ring, used }),
          clock,
          () => false,
        ),
        key,
      ),
      'ci',
    )
  })

  test('of a store that takes its time is as good', async () => {
    const { key, keys, clock, ring } = await holding()
    const slow = new Principals(
      async () => ({ version: async () => ring.version(), find: async one => ring.find(one), used: async () => {} }),
      clock,
      () => false,
    )
    assert.equal(await codeOf(slow, key), 'ci')
    await keys.revoke('ci', 1)
    assert.equal(await codeOf(slow, key), 'unauthenticated')
  })
})

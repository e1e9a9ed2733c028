// Results that are large: they work, and what they cost is bounded.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { built, fault, Home } from './launch.ts'

const MB = 1e6
/** What a compiler takes that comes along when the sources are run. */
const aside = built ? 0 : 60

describe('a result', () => {
  const results: Record<string, (bytes: number) => { name: string; arguments: object }> = {
    'of text': bytes => ({ name: 'big__big', arguments: { bytes } }),
    'of nothing but small objects': bytes => ({ name: 'big__many', arguments: { unit: '{}', count: bytes / 3 } }),
  }
  for (const [what, call] of Object.entries(results))
    for (const size of [12, 100])
      test(`${what}, of ${size} MB, works, whole; the peak of memory is at most 4 times its size and 80 MB`, async t => {
        const gateway = new Home(t, { big: fault() }).launch()
        await gateway.greet()
        let bytes = 0
        gateway.stdout.removeAllListeners('data').on('data', chunk => (bytes += chunk.length))
        await gateway.say({ id: 'big', method: 'tools/call', params: call(size * MB) })
        await until(() => bytes > size * MB, 'the result')
        const peak = gateway.memory('VmHWM')
        t.diagnostic(`${Math.round(peak)} MB at the peak`)
        assert.ok(peak <= 4 * size + 80 + aside, `${peak} MB`)
        await gateway.end()
      })

  test('of 30 MB comes as it was sent', async t => {
    const gateway = new Home(t, { big: fault() }).launch()
    await gateway.greet()
    const { result } = await gateway.call('big__big', { bytes: 30 * MB })
    assert.equal(result.content[0].text, 'x'.repeat(30 * MB))
    await gateway.end()
  })

  test('of 12 MB keeps no other call waiting for longer than it takes to handle', async t => {
    const gateway = new Home(t, { big: fault(), good: fault() }).launch()
    await gateway.greet()
    const big = gateway.call('big__big', { bytes: 12 * MB })
    const waits: number[] = []
    let over = false
    void big.then(() => (over = true))
    for (let key = 0; !over; key++) {
      const from = performance.now()
      await gateway.call('good__echo', { key })
      waits.push(performance.now() - from)
    }
    assert.ok(Math.max(...waits) < 2000, `${Math.max(...waits)} ms`)
    await gateway.end()
  })
})

describe('a call', () => {
  test('of 12 MB of arguments reaches its backend, and its echo comes back', async t => {
    const gateway = new Home(t, { big: fault() }).launch()
    await gateway.greet()
    const text = 'grüße '.repeat(MB * 2)
    const { result } = await gateway.call('big__echo', { text })
    assert.equal(JSON.parse(result.content[0].text).text, text)
    await gateway.end()
  })
})

describe('a client that does not read', () => {
  const floods = {
    'notifications/message': { name: 'big__flood', arguments: { count: 20_000 } },
    'notifications/progress': { name: 'big__progress', arguments: { count: 20_000 }, _meta: { progressToken: 't' } },
  }
  for (const [method, params] of Object.entries(floods))
    test(`is not flooded (${method}): what waits for it is bounded, and it gets all of it later`, async t => {
      const gateway = new Home(t, { big: fault({}, { concurrency: 8 }) }).launch()
      await gateway.greet()
      const held = gateway.memory('VmRSS')
      gateway.stdout.pause()
      for (let id = 0; id < 8; id++) void gateway.say({ id, method: 'tools/call', params })
      await new Promise(done => setTimeout(done, 1000))
      assert.ok(gateway.memory('VmRSS') < held + 80, `${held} MB, then ${gateway.memory('VmRSS')} MB`)
      gateway.stdout.resume()
      await gateway.until(message => message.id === 7, 'the last answer')
      assert.equal(gateway.heard.filter(({ message }) => message.method === method).length, 8 * 20_000)
      await gateway.end()
    })
})

test('memory that a start has needed goes back when it is over, without a word', { skip: process.platform !== 'linux' }, async t => {
  const gateway = new Home(t, { one: fault() }).launch()
  await gateway.greet()
  let most = 0
  // Left to itself V8 gives some of it back after half a minute.
  await until(() => gateway.memory('VmRSS') < (most = Math.max(most, gateway.memory('VmRSS'))) - 1, 'less than before', 15_000)
  assert.equal(gateway.stderr, '')
  await gateway.end()
})

async function until(so: () => boolean, what: string, withinMs = 60_000): Promise<void> {
  for (const end = performance.now() + withinMs; !so(); await sleep(20)) assert.ok(performance.now() < end, what)
}

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { bytes, roughly } from '../../src/cli/amounts.ts'
import { percentile } from '../../src/cli/percentile.ts'
import { LiveGateway } from '../fixtures/gateway.ts'
import { backend, set } from './backend.ts'
import { person } from './running.ts'

test('every running gateway is shown with its client and calls', async test => {
  const someone = person(test)
  set(someone, { one: backend() })
  for (const name of ['cursor', 'claude-code']) {
    const gateway = new LiveGateway(test, { dir: someone.home, places: someone.context.places })
    await gateway.greet(name)
    await gateway.ask('tools/call', { name: 'one__echo' })
    await gateway.ask('tools/call', { name: 'one__fail' })
    await gateway.entry()
  }
  const { exit, out } = await someone.mcpgw('status')
  assert.equal(exit, 0)
  assert.match(out, /[0-9a-f]{8} +\d+ +cursor 1 +.* 1 of 1 +0 +2 +1 +/)
  assert.match(out, /claude-code 1/)
  assert.match(out, /\nstore: \d+ calls?, .*mcpgw\.db\nsettings: .*config\.json\n$/)
  const { gateways, store, settings } = JSON.parse((await someone.mcpgw('status', '--json')).out)
  assert.deepEqual(
    gateways.map((one: any) => [one.sessions[0].client.name, one.counters.calls, one.latency.count]),
    [
      ['cursor', 2, 2],
      ['claude-code', 2, 2],
    ],
  )
  assert.equal(typeof store.bytes, 'number')
  assert.equal(settings.file, someone.context.places.settings)
})

test('with no gateway running there is still the store, and what is wrong with the settings', async test => {
  const someone = person(test)
  writeFileSync(someone.context.places.settings, '{\n  "mcpServer": {}\n}')
  const { exit, out, err } = await someone.mcpgw('status')
  assert.equal(exit, 0)
  assert.match(err, /No gateway runs/)
  assert.match(out, /store: 0 calls/)
  assert.match(out, /problem: .*config\.json:2: unknown key mcpServer/)
})

test('amounts are as people read them', () => {
  assert.deepEqual([0, 999, 1000, 1234567, 99_960, 1e9].map(bytes), ['0 B', '999 B', '1.0 kB', '1.2 MB', '100 kB', '1.0 GB'])
  assert.deepEqual([0.42, 12.3, 999, 1500, 59_000, 100_000, 7_200_000, 200_000_000].map(roughly), [
    '0.4 ms',
    '12 ms',
    '999 ms',
    '1.5 s',
    '59 s',
    '2 min',
    '2 h',
    '2 d',
  ])
})

test('a percentile is a value that occurred', () => {
  assert.equal(percentile([5], 0.95), 5)
  assert.equal(percentile([4, 1, 3, 2], 0.5), 2)
  assert.equal(
    percentile(
      Array.from({ length: 100 }, (_, n) => n + 1),
      0.95,
    ),
    95,
  )
})

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { LiveGateway, until } from '../fixtures/gateway.ts'
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
  // The index follows the calls: then the totals are exact.
  const total = /\nstore: 4 calls, .*mcpgw\.db\never: 4 calls since \d{4}-\d\d-\d\d, 2 bad, 0 refused; \d+ B \(\d+ tokens\)\nsettings: .*config\.json\n$/
  await until(async () => total.test((await someone.mcpgw('status')).out), 'four calls, of them two bad, in the totals')
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

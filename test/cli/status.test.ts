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

test('calls that wait for a person are seen to, also one that has joined the question of another', async test => {
  const someone = person(test)
  const permissions = { rules: [{ effect: 'ask', tools: ['one__echo'] }] }
  writeFileSync(someone.context.places.settings, JSON.stringify({ mcpServers: { one: backend() }, permissions }))
  const gateway = new LiveGateway(test, { dir: someone.home, places: someone.context.places })
  await gateway.ask('initialize', { protocolVersion: '2025-11-25', capabilities: { elicitation: {} }, clientInfo: { name: 'cursor', version: '1' } })
  gateway.say({ method: 'notifications/initialized' })
  await gateway.ask('tools/list')
  for (const id of ['a', 'b']) gateway.say({ id, method: 'tools/call', params: { name: 'one__echo', arguments: { n: 1 } } })
  await until(() => gateway.heard.filter(({ method }) => method === 'elicitation/create').length === 2)
  await gateway.entry()
  assert.match((await someone.mcpgw('status')).out, / 2, 2 ask you /)
  const { gateways } = JSON.parse((await someone.mcpgw('status', '--json')).out)
  const [question] = JSON.parse((await someone.mcpgw('approvals', '--json')).out)
  assert.deepEqual(
    gateways[0].calls.map((one: any) => one.question),
    [question.id, question.id],
  )
  const { out, err } = await someone.mcpgw('log')
  assert.equal(out.match(/cursor +one +one__echo +asks you/g)?.length, 2)
  assert.match(err, /mcpgw approvals/)
  assert.doesNotMatch((await someone.mcpgw('log', '--backend', 'other')).out, /asks you/)
})

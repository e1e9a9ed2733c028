// Several gateways at once over one home: what they share, they share through the store, and nobody's calls are lost, doubled or anybody else's.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fault, Home, type Gateway } from './launch.ts'

const GATEWAYS = 5
const CALLS = 300

test(`${GATEWAYS} gateways under load, read meanwhile by commands: every call is on record once, under an id of its own`, async t => {
  const home = new Home(t)
  const seen = join(home.dir, 'seen')
  home.settings({ a: fault({ seen }), b: fault({ seen }) })
  const gateways = Array.from({ length: GATEWAYS }, () => home.launch())
  const work = gateways.map(async (gateway, at) => {
    await gateway.greet()
    await Promise.all(Array.from({ length: CALLS }, (_, call) => one(gateway, `${call % 2 ? 'a' : 'b'}`, `${at}-${call}`)))
  })
  const reading = Promise.all([home.log(), home.run('status', '--json'), home.log()])
  await Promise.all(work)
  const [, status] = await reading
  assert.equal(status!.code, 0, status!.stderr)
  // The last one goes while the others still run; nobody ends what belongs to somebody else.
  const last = gateways.pop()!
  for (const gateway of gateways) gateway.stdin.end()
  await Promise.all(gateways.map(gateway => gateway.exited()))
  await one(last, 'a', 'last')
  await last.end()
  gateways.forEach(gateway => gateway.pure())

  const records = await home.log()
  const keys = readFileSync(seen, 'utf8').trim().split('\n')
  assert.equal(keys.length, GATEWAYS * CALLS + 1)
  assert.equal(new Set(keys).size, keys.length)
  assert.equal(records.length, keys.length)
  assert.equal(new Set(records.map(({ id }) => id)).size, records.length)
  assert.equal(new Set(records.map(({ argumentsHash }) => argumentsHash)).size, records.length)
  assert.ok(records.every(({ outcome }) => JSON.stringify(outcome ?? null).includes('"answered"')))
})

test('of two gateways, one that is killed takes nothing from the other', async t => {
  const home = new Home(t, { a: fault({ stubborn: 1 }) })
  const [first, second] = [home.launch(), home.launch()]
  await Promise.all([first.greet(), second.greet()])
  await Promise.all([one(first, 'a', 1), one(second, 'a', 2)])
  first.kill('SIGKILL')
  await first.exited()
  assert.equal((await home.run('status')).code, 0)
  await one(second, 'a', 3)
  assert.equal((await home.log()).length, 3)
  await second.end()
})

async function one(gateway: Gateway, backend: string, key: string | number): Promise<void> {
  assert.equal((await gateway.call(`${backend}__echo`, { key })).result.content[0].text, JSON.stringify({ key }))
}

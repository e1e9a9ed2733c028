// Limits of several gateways over one home: they take from one budget, also when one of them is killed, and follow the settings while they run.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fault, Home, type Gateway } from './launch.ts'

const AMOUNT = 100

/** Calls until a call is refused, or so often; how often it got an answer. */
async function hammer(gateway: Gateway, who: string, times: number): Promise<number> {
  let answered = 0
  const answers = await Promise.all(Array.from({ length: times }, (_, n) => gateway.call('a__echo', { key: `${who}-${n}` })))
  for (const { result } of answers) {
    const refused = result._meta?.['mcpgw/fault']
    if (!refused) answered++
    else assert.ok(refused.code === 'rate_limited' && refused.retryAfterMs > 0, JSON.stringify(refused))
  }
  return answered
}

test('gateways take from one budget: together they get what is there, to the last call and not one more', async t => {
  const home = new Home(t)
  const seen = join(home.dir, 'seen')
  home.settings({ a: fault({ seen }) }, { limits: [{ scope: 'backend:a', rate: `${AMOUNT}/1d` }] })
  const gateways = Array.from({ length: 3 }, () => home.launch())
  const together = await Promise.all(
    gateways.map(async (gateway, at) => {
      await gateway.greet()
      return hammer(gateway, String(at), 60)
    }),
  )
  let [got, made] = [together.reduce((all, one) => all + one, 0), 180]
  assert.ok(got <= AMOUNT, `${got} of ${AMOUNT}`)
  // What one had taken ahead when it made its last call comes back a moment later: nobody loses it.
  while (got < AMOUNT) {
    await sleep(50)
    got += await hammer(gateways[0]!, `late-${made}`, 1)
    assert.ok(++made < 280, `${AMOUNT - got} never came back`)
  }
  assert.equal(await hammer(gateways[0]!, 'over', 1), 0)
  made++
  assert.equal(readFileSync(seen, 'utf8').trim().split('\n').length, AMOUNT)
  await Promise.all(gateways.map(gateway => gateway.end()))
  const records = await home.log()
  assert.equal(records.length, made)
  assert.equal(records.filter(({ outcome }) => JSON.stringify(outcome).includes('"rate_limited"')).length, made - AMOUNT)
  const { stdout } = await home.run('limits')
  assert.match(stdout, new RegExp(`backend:a +${AMOUNT}/1d +0 of ${AMOUNT} +in `))
})

test('gateways that are killed while they call have taken at least what their backends saw', async t => {
  const home = new Home(t)
  const seen = join(home.dir, 'seen')
  home.settings({ a: fault({ seen }) }, { limits: [{ scope: 'all', rate: `${AMOUNT}/1d`, burst: AMOUNT }] })
  for (let round = 0; round < 4; round++) {
    const gateway = home.launch()
    await gateway.greet()
    await gateway.call('a__echo', { key: `first-${round}` })
    void hammer(gateway, String(round), 60).catch(() => {})
    await sleep(round * 5)
    gateway.kill('SIGKILL')
    await gateway.exited()
  }
  const last = home.launch()
  await last.greet()
  await hammer(last, 'last', AMOUNT + 1)
  await last.end()
  assert.ok(readFileSync(seen, 'utf8').trim().split('\n').length <= AMOUNT)
})

test('a limit that is written holds in a running gateway, and one that is taken out no longer does', async t => {
  const home = new Home(t, { a: fault() })
  const gateway = home.launch()
  await gateway.greet()
  const refused = async () => (await gateway.call('a__echo', { key: 'x' })).result._meta?.['mcpgw/fault']?.code === 'rate_limited'
  const until = async (wanted: boolean) => {
    for (let turns = 0; (await refused()) !== wanted; turns++) {
      assert.ok(turns < 500)
      await sleep(20)
    }
  }
  await until(false)
  assert.equal((await home.run('limit', 'tool:a__*', '1/1d')).code, 0)
  await until(true)
  assert.equal((await home.run('limits', 'remove', 'tool:a__*')).code, 0)
  await until(false)
  await gateway.end()
})

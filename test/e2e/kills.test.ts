// kill -9 at random moments under load, many times: what a backend saw is on record, once; nothing that was left behind stays.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fault, Home, type Message } from './launch.ts'
import { commandOf } from './processes.ts'

const ROUNDS = 25
const hashOf = (key: string) => `sha256:${createHash('sha256').update(JSON.stringify({ key })).digest('hex')}`

test(`after ${ROUNDS} kills every call that a backend saw is on record once, and what was left running is ended by the next process`, async t => {
  const home = new Home(t)
  const seen = (name: string) => join(home.dir, `${name}.seen`)
  home.settings({
    honest: fault({ seen: seen('honest') }, { concurrency: 50 }),
    stubborn: fault({ seen: seen('stubborn'), stubborn: 1 }, { concurrency: 50 }),
  })
  const left = new Set<number>()
  for (let round = 0; round < ROUNDS; round++) {
    const gateway = home.launch()
    void gateway.greet().catch(() => {})
    // One in two is killed while it starts, the other while calls come back, however long the machine takes for a start.
    let end = round % 2 ? Infinity : performance.now() + Math.random() * 300
    if (round % 2) void gateway.until(isEcho, 'a call that came through').then(() => (end = performance.now() + Math.random() * 600))
    for (let call = 0; performance.now() < end; call++) {
      for (const name of ['honest', 'stubborn'])
        void gateway.say({ id: `${name}-${call}`, method: 'tools/call', params: { name: `${name}__echo`, arguments: { key: `${name}-${round}-${call}` } } })
      await sleep(end === Infinity ? 20 : 1)
    }
    gateway.kill('SIGKILL')
    await gateway.exited()
    await until(() => home.living().every(pid => commandOf(pid).includes('stubborn=1')), 'honest backends end with their stdin')
    home.living().forEach(pid => left.add(pid))
    if (round % 8 < 7 && round < ROUNDS - 1) continue

    const next = home.launch()
    await next.greet()
    await until(() => !home.living().some(pid => left.has(pid)), 'the next process ends what was left')
    assert.equal((await next.call('honest__echo', { key: `honest-${round}-next` })).result.isError, undefined)
    await next.end()
  }

  const records = await home.log()
  assert.equal(new Set(records.map(({ id }) => id)).size, records.length)
  const times = Map.groupBy(records, ({ argumentsHash }) => argumentsHash)
  const keys = ['honest', 'stubborn'].flatMap(name => (existsSync(seen(name)) ? readFileSync(seen(name), 'utf8').trim().split('\n') : []))
  assert.ok(keys.length > 100, `only ${keys.length} calls came through`)
  assert.equal(new Set(keys).size, keys.length, 'a backend saw a call twice')
  assert.deepEqual(
    keys.filter(key => times.get(hashOf(key))?.length !== 1),
    [],
  )
  t.diagnostic(`${keys.length} calls seen, ${records.length} on record, ${left.size} processes left behind and ended`)
})

const isEcho = ({ id, result }: Message): boolean => /^(honest|stubborn)-/.test(String(id)) && result?.isError === undefined && result?.content !== undefined

async function until(so: () => boolean, what: string): Promise<void> {
  for (const end = performance.now() + 20_000; !so(); await sleep(20)) assert.ok(performance.now() < end, what)
}

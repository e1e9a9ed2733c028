// Lifetimes nest: client, gateway, backends. However it ends, the process and everything under it is gone within two seconds.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fault, Home, type Entry, type Gateway } from './launch.ts'

const quoted = (entry: Entry): string => [entry['command'], ...(entry['args'] as string[])].map(word => `'${word}'`).join(' ')

/** Ways in which people start servers; each leaves processes that closing a pipe or ending one child does not end. */
const wrappers: Record<string, (entry: Entry) => Entry> = {
  'a plain server': entry => entry,
  'sh that waits for it': entry => ({ command: '/bin/sh', args: ['-c', `exec 3<&0; ${quoted(entry)} <&3 & wait`] }),
  'sh in sh': entry => ({ command: '/bin/sh', args: ['-c', `/bin/sh -c "${quoted(entry)}; true"; true`] }),
  'a wrapper as npx is: a node that spawns a shell that spawns it': entry => ({
    command: process.execPath,
    args: [
      '-e',
      `require('node:child_process').spawn('/bin/sh', ['-c', ${JSON.stringify(`${quoted(entry)}; true`)}], { stdio: 'inherit' }).on('exit', code => process.exit(code ?? 1))`,
    ],
  }),
  'a server with a helper of its own that sleeps': entry => ({ command: '/bin/sh', args: ['-c', `sleep 1000 >/dev/null & exec ${quoted(entry)}`] }),
}

/** How a client ends us. */
const endings: Record<string, (gateway: Gateway) => void> = {
  'stdin’s end': gateway => void gateway.stdin.end(),
  SIGINT: gateway => gateway.kill('SIGINT'),
  SIGTERM: gateway => gateway.kill('SIGTERM'),
  SIGHUP: gateway => gateway.kill('SIGHUP'),
  'a stdout that nobody reads any more': gateway => {
    gateway.stdout.destroy()
    void gateway.say({ id: 'last', method: 'ping' })
  },
}

async function running(t: TestContext, backends: Record<string, Entry>): Promise<Gateway> {
  const gateway = new Home(t, backends).launch()
  await gateway.greet()
  for (const name of Object.keys(backends)) assert.ok((await gateway.call(`${name}__echo`)).result, name)
  return gateway
}

describe('nothing is left', { concurrency: 3 }, () => {
  const all = (told: Record<string, number>) => Object.fromEntries(Object.values(wrappers).map((wrap, at) => [`b${at}`, wrap(fault(told))]))

  for (const [how, end] of Object.entries(endings)) {
    test(`after ${how}, of honest backends, however they are wrapped`, async t => {
      const gateway = await running(t, all({}))
      end(gateway)
      await gateway.gone()
    })

    test(`after ${how}, of backends that outlive their stdin and SIGTERM, however they are wrapped`, async t => {
      const gateway = await running(t, all({ stubborn: 1 }))
      end(gateway)
      await gateway.gone()
    })
  }

  test('when the client leaves while backends are only starting', async t => {
    const gateway = new Home(t, { slow: fault({ hang: 'initialize', stubborn: 1 }), other: fault({ hang: 'server/discover', stubborn: 1 }) }).launch()
    void gateway.say({ id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'e2e', version: '1' } } })
    void gateway.say({ id: 2, method: 'tools/list' })
    await gateway.until(({ id }) => id === 1, 'the greeting')
    await sleep(100)
    gateway.stdin.end()
    await gateway.gone()
  })

  test('when the client leaves at once, without a word', async t => {
    const gateway = new Home(t, { a: fault() }).launch()
    await gateway.end()
    assert.deepEqual(await gateway.exited(), { code: 0, signal: null })
  })

  test('when it is told to end twice', async t => {
    const gateway = await running(t, { a: fault({ stubborn: 1 }) })
    gateway.kill('SIGINT')
    gateway.kill('SIGTERM')
    gateway.stdin.end()
    await gateway.gone()
  })
})

describe('the exit code', () => {
  const codes = { 'stdin’s end': 0, SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }
  for (const [how, code] of Object.entries(codes))
    test(`after ${how} is ${code}`, async t => {
      const gateway = await running(t, { a: fault() })
      endings[how]!(gateway)
      assert.deepEqual(await gateway.exited(), { code, signal: null })
    })
})

describe('a call in flight at the end of stdin', () => {
  test('that is answered soon is answered still', async t => {
    const gateway = await running(t, { a: fault() })
    void gateway.say({ id: 'soon', method: 'tools/call', params: { name: 'a__sleep', arguments: { ms: 150 } } })
    gateway.stdin.end()
    const { message } = await gateway.until(({ id }) => id === 'soon', 'the answer')
    assert.equal(message.result.content[0].text, 'awake')
    await gateway.gone()
    gateway.pure()
  })

  test('that is being answered, with 30 MB, is answered to the end', async t => {
    const gateway = await running(t, { a: fault() })
    void gateway.say({ id: 'big', method: 'tools/call', params: { name: 'a__big', arguments: { bytes: 30e6 } } })
    await new Promise<void>(done => gateway.stdout.once('data', () => done()))
    gateway.stdin.end()
    const { message } = await gateway.until(({ id }) => id === 'big', 'the answer')
    assert.equal(message.result.content[0].text.length, 30e6)
    await gateway.gone()
    gateway.pure()
  })

  test('that is never answered holds nothing up, and is on record as cancelled', async t => {
    const home = new Home(t, { a: fault({ stubborn: 1 }) })
    const gateway = home.launch()
    await gateway.greet()
    void gateway.say({ id: 'never', method: 'tools/call', params: { name: 'a__hang' } })
    await gateway.call('a__echo')
    gateway.stdin.end()
    await gateway.gone()
    const never = (await home.log()).find(({ target }) => target === 'a__hang')
    assert.match(JSON.stringify(never), /cancelled/)
  })

  test('requests that were piped in are answered before it ends', async t => {
    const gateway = new Home(t, { a: fault() }).launch()
    const lines = [
      { id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'pipe', version: '1' } } },
      { method: 'notifications/initialized' },
      { id: 2, method: 'tools/list' },
    ]
    for (const line of lines) void gateway.say(line)
    gateway.stdin.end()
    await gateway.gone()
    assert.equal(gateway.answers(2)[0]?.result.tools.length > 0, true)
    gateway.pure()
  })
})

describe('a backend', () => {
  test('that ends leaves nothing of its group: its helpers go with it', async t => {
    const home = new Home(t, {
      a: { command: '/bin/sh', args: ['-c', `(trap '' TERM; sleep 1000) >/dev/null 2>&1 & echo $! > helper; exec ${quoted(fault())}`] },
    })
    const gateway = home.launch()
    await gateway.greet()
    const helper = () => readFileSync(join(home.dir, 'helper'), 'utf8').trim()
    assert.ok(existsSync(`/proc/${helper()}`))
    const first = helper()
    await gateway.call('a__crash')
    await gateway.call('a__echo')
    await sleep(1500)
    assert.ok(!home.living().includes(Number(first)), 'the helper of the first one lives')
    await gateway.end()
  })
})

import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { logFile } from '../../src/backends/logs.ts'
import { mcpgw, LiveGateway, until } from '../fixtures/gateway.ts'
import { backend, set } from './backend.ts'
import { person } from './running.ts'

describe('backends', () => {
  test('with no gateway running are what the settings and the store say', async test => {
    const someone = person(test)
    set(someone, { one: backend(), two: { ...backend(), enabled: false } })
    await someone.mcpgw('tools')
    const { out, err } = await someone.mcpgw('backends')
    assert.match(out, /one +stopped +- +legacy +0 +0 +- +- +- +0 +4\n/)
    assert.match(out, /two +disabled/)
    assert.match(err, /No gateway runs/)
  })

  test('of running gateways are shown, started, stopped and restarted there', async test => {
    const someone = person(test)
    set(someone, { one: backend() })
    const gateway = new LiveGateway(test, { dir: someone.home, places: someone.context.places })
    await gateway.greet('cursor')
    await gateway.entry()
    const state = async () => JSON.parse((await someone.mcpgw('backends', '--json')).out)[0]
    assert.deepEqual([(await state()).state, (await state()).client], ['stopped', 'cursor'])
    assert.deepEqual(await someone.mcpgw('backends', 'start', 'one'), { exit: 0, out: '', err: 'started "one" in 1 gateway\n' })
    const { pid } = await state()
    assert.equal((await state()).state, 'ready')
    assert.equal((await someone.mcpgw('backends', 'restart', 'one')).exit, 0)
    assert.notEqual((await state()).pid, pid)
    assert.equal((await someone.mcpgw('backends', 'stop', 'one')).exit, 0)
    assert.equal((await state()).state, 'stopped')
  })

  test('that can not be started say why', async test => {
    const someone = person(test)
    set(someone, { bad: { command: 'no-such-command-at-all' } })
    const gateway = new LiveGateway(test, { dir: someone.home, places: someone.context.places })
    await gateway.greet()
    await gateway.entry()
    const { exit, err } = await someone.mcpgw('backends', 'start', 'bad')
    assert.equal(exit, 1)
    assert.match(err, /could not start "bad"\n.*no-such-command-at-all/)
  })

  test('that nobody knows are not found', async test => {
    const someone = person(test)
    set(someone, { one: backend() })
    for (const verb of ['start', 'stop', 'restart', 'logs']) assert.equal((await someone.mcpgw('backends', verb, 'oen')).exit, 4)
    assert.match((await someone.mcpgw('backends', 'start', 'one')).err, /No gateway runs/)
  })
})

describe('the log of a backend', () => {
  test('is shown from its end, escaped, the older half too', async test => {
    const someone = person(test)
    set(someone, { one: backend() })
    const file = logFile(someone.context.places.logs, 'one')
    mkdirSync(someone.context.places.logs)
    writeFileSync(`${file}.1`, 'first\nsecond\n')
    writeFileSync(file, 'third \u001b[31mred\n')
    assert.equal((await someone.mcpgw('backends', 'logs', 'one', '-n', '2')).out, 'second\nthird \\x1b[31mred\n')
    assert.equal((await someone.mcpgw('backends', 'logs', 'one')).out, 'first\nsecond\nthird \\x1b[31mred\n')
    assert.equal((await someone.mcpgw('backends', 'logs', 'one', '-n', 'all')).exit, 2)
  })

  test('is what the backend has printed', async test => {
    const someone = person(test)
    set(someone, { one: backend() })
    assert.match((await someone.mcpgw('backends', 'logs', 'one')).err, /has printed nothing yet/)
    await someone.mcpgw('call', 'one__echo')
    assert.match((await someone.mcpgw('backends', 'logs', 'one')).out, /backend is up\n/)
  })

  test('is followed line by line, past the moment when its file is moved aside', async test => {
    const someone = person(test)
    set(someone, { one: backend() })
    const file = logFile(someone.context.places.logs, 'one')
    mkdirSync(someone.context.places.logs)
    writeFileSync(file, 'old\n')
    const child = mcpgw(someone.home, ['backends', 'logs', 'one', '-f'])
    test.after(() => child.kill('SIGKILL'))
    let seen = ''
    child.stdout!.setEncoding('utf8').on('data', (text: string) => (seen += text))
    await until(() => seen === 'old\n')
    appendFileSync(file, 'half')
    appendFileSync(file, ' and half\n')
    await until(() => seen === 'old\nhalf and half\n')
    writeFileSync(file, 'new\n')
    await until(() => seen === 'old\nhalf and half\nnew\n')
  })
})

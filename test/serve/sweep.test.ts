import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { processOf } from '../../src/serve/processes.ts'
import { entries, type Entry } from '../../src/serve/run.ts'
import { sweep } from '../../src/serve/sweep.ts'
import { home, LiveGateway, mcpgw, until } from '../fixtures/gateway.ts'

const backend = join(import.meta.dirname, '../fixtures/backend.mjs')
const command = (...args: string[]) => ({ command: process.execPath, args: [backend, ...args] })
const posix = process.platform !== 'win32'

/** The pids of a backend of this gateway, which starts it. */
async function pidsOf(gateway: LiveGateway, name: string): Promise<number[]> {
  await gateway.ask('tools/list')
  const { result } = await gateway.ask('tools/call', { name: `${name}__pid` })
  return JSON.parse(result.content[0].text) as number[]
}

const runs = async (pid: number): Promise<boolean> => (await processOf(pid)) !== undefined

function endAfter(t: TestContext, pids: readonly number[]): void {
  t.after(() => {
    for (const pid of pids)
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // gone, as it should be
      }
  })
}

describe('a gateway killed with kill -9', { skip: !posix && 'process groups are of POSIX' }, () => {
  test('leaves no honest backend: it ends with its stdin', async t => {
    const place = home(t, { honest: command() })
    const gateway = new LiveGateway(t, place)
    await gateway.greet()
    const pids = await pidsOf(gateway, 'honest')
    endAfter(t, pids)
    gateway.process.kill('SIGKILL')
    await until(async () => !(await runs(pids[0]!)))
  })

  test(
    'between the start of a backend and the note of it leaves one that the next gateway ends all the same',
    { skip: process.platform !== 'linux' },
    async t => {
      const { places } = home(t)
      const id = '0123abcd'
      const started = (number: number) =>
        spawn(process.execPath, [backend, 'stubborn'], { detached: true, stdio: 'ignore', env: { MCPGW_BACKEND: `${id}.${number}` } })
      const [daemon, unnoted, other] = [started(0), started(1), spawn(process.execPath, [backend, 'stubborn'], { detached: true, stdio: 'ignore' })]
      endAfter(t, [daemon.pid!, unnoted.pid!, other.pid!])
      mkdirSync(places.run, { recursive: true, mode: 0o700 })
      const dead = { v: 1, id, pid: 4194304, start: 'long ago', startedAt: 0, version: '0', socket: places.socket(id), token: '', groups: [], noted: 1 }
      writeFileSync(join(places.run, `${id}.json`), JSON.stringify(dead))
      assert.deepEqual(await sweep(places), [id])
      assert.deepEqual(await Promise.all([daemon, unnoted, other].map(one => runs(one.pid!))), [true, false, true])
    },
  )

  test('leaves a stubborn backend, which the next gateway ends', async t => {
    const place = home(t, { stubborn: command('stubborn') })
    const first = new LiveGateway(t, place)
    await first.greet()
    const [pid] = await pidsOf(first, 'stubborn')
    endAfter(t, [pid!])
    first.process.kill('SIGKILL')
    await first.exited()
    assert.ok(await runs(pid!), 'it has outlived its gateway')
    const second = new LiveGateway(t, place)
    await second.greet()
    await until(async () => !(await runs(pid!)))
    await until(() => entries(place.places.run).every(one => one.pid !== first.process.pid))
  })

  test('leaves a stubborn backend, which any command that looks at gateways ends', async t => {
    const place = home(t, { stubborn: command('stubborn') })
    const gateway = new LiveGateway(t, place)
    await gateway.greet()
    const [pid] = await pidsOf(gateway, 'stubborn')
    endAfter(t, [pid!])
    gateway.process.kill('SIGKILL')
    await gateway.exited()
    const status = mcpgw(place.dir, ['status'])
    assert.equal(await new Promise(done => status.on('exit', done)), 0)
    assert.equal(await runs(pid!), false)
  })

  test('leaves a stubborn child of an honest backend, which is ended although its group has no leader any more', async t => {
    const place = home(t, { parent: command('child') })
    const gateway = new LiveGateway(t, place)
    await gateway.greet()
    const [leader, child] = await pidsOf(gateway, 'parent')
    endAfter(t, [leader!, child!])
    await until(() => entries(place.places.run).some(one => one.groups.some(group => group.members?.some(member => member.pid === child))))
    gateway.process.kill('SIGKILL')
    await until(async () => !(await runs(leader!)))
    assert.ok(await runs(child!), 'it has outlived its group leader')
    await sweep(place.places)
    await until(async () => !(await runs(child!)))
  })

  test('is on record from the moment its backend runs', async t => {
    const place = home(t, { stubborn: command('stubborn') })
    const gateway = new LiveGateway(t, place)
    gateway.say({ id: 'x', method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'c', version: '1' } } })
    gateway.say({ id: 'y', method: 'tools/list' })
    const { pid } = await until(() => entries(place.places.run)[0]?.groups.find(one => one.start !== undefined))
    gateway.process.kill('SIGKILL')
    endAfter(t, [pid])
    await gateway.exited()
    await sweep(place.places)
    assert.equal(await runs(pid), false)
  })
})

describe('sweeping', () => {
  function write(run: string, entry: Partial<Entry>): string {
    mkdirSync(run, { recursive: true, mode: 0o700 })
    const whole = { v: 1, id: '0000aaaa', pid: 2 ** 22 - 1, startedAt: Date.now(), version: '0', socket: join(run, '0000aaaa.sock'), token: 't', groups: [] }
    const file = join(run, `${entry.id ?? whole.id}.json`)
    writeFileSync(file, JSON.stringify({ ...whole, ...entry }))
    return file
  }

  test('takes the entry of a process that is gone', async t => {
    const { places } = home(t)
    const file = write(places.run, {})
    assert.deepEqual(await sweep(places), ['0000aaaa'])
    assert.equal(existsSync(file), false)
  })

  test('leaves a process that is there and has no socket yet, for a minute', async t => {
    const { places } = home(t)
    const own = await processOf(process.pid)
    const file = write(places.run, { pid: process.pid, start: own?.start })
    assert.deepEqual(await sweep(places), [])
    assert.equal(existsSync(file), true)
    write(places.run, { pid: process.pid, start: own?.start, startedAt: Date.now() - 61_000 })
    assert.deepEqual(await sweep(places), ['0000aaaa'])
  })

  test('leaves a command that runs a gateway for itself, however long that takes', async t => {
    const { places } = home(t)
    const own = await processOf(process.pid)
    write(places.run, { pid: process.pid, start: own?.start, startedAt: 0, token: '' })
    assert.deepEqual(await sweep(places), [])
    write(places.run, { token: '' })
    assert.deepEqual(await sweep(places), ['0000aaaa'])
  })

  test('takes the entry of a process whose number has been given to another', { skip: !posix && 'start times are of POSIX' }, async t => {
    const { places } = home(t)
    write(places.run, { pid: process.pid, start: 'long ago' })
    assert.deepEqual(await sweep(places), ['0000aaaa'])
  })

  test('takes no silence for a refusal: a socket that listens and never answers stays', async t => {
    const { places } = home(t)
    const socket = places.socket('0000aaaa')
    mkdirSync(places.run, { recursive: true })
    const server = createServer(() => {}).listen(socket)
    t.after(() => server.close())
    await until(() => server.listening)
    const file = write(places.run, { socket, startedAt: 0 })
    assert.deepEqual(await sweep(places), [])
    assert.equal(existsSync(file), true)
  })

  test('never signals a group whose number was given to another process', { skip: !posix && 'process groups are of POSIX' }, async t => {
    const { places } = home(t)
    const innocent = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' })
    endAfter(t, [innocent.pid!])
    const groups = [{ pid: innocent.pid!, start: 'long ago', members: [{ pid: innocent.pid!, start: 'long ago' }] }, { pid: innocent.pid! }]
    write(places.run, { groups })
    assert.deepEqual(await sweep(places), ['0000aaaa'])
    assert.equal(innocent.signalCode, null)
    assert.ok(await runs(innocent.pid!))
  })

  test('leaves the backends of a gateway that still runs, even when its socket is lost', { skip: !posix && 'process groups are of POSIX' }, async t => {
    const { places } = home(t)
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' })
    endAfter(t, [child.pid!])
    const [own, started] = [await processOf(process.pid), await processOf(child.pid!)]
    write(places.run, { pid: process.pid, start: own?.start, startedAt: 0, groups: [{ pid: child.pid!, start: started!.start }] })
    await sweep(places)
    assert.ok(await runs(child.pid!))
  })

  test('touches nothing that is no entry, and no file that an entry calls its socket', async t => {
    const { dir, places } = home(t)
    mkdirSync(places.run, { recursive: true })
    const precious = join(dir, 'precious')
    writeFileSync(precious, '')
    write(places.run, { socket: precious })
    for (const [name, text] of [
      ['0000bbbb.json', '{'],
      ['notes.json', '{}'],
      ['0000cccc.json', '{"v":9}'],
      ['0000dddd.json', 'null'],
    ] as const)
      writeFileSync(join(places.run, name), text)
    assert.deepEqual(await sweep(places), ['0000aaaa'])
    assert.equal(existsSync(precious), true)
    assert.deepEqual(readdirSync(places.run).sort(), ['0000bbbb.json', '0000cccc.json', '0000dddd.json', 'notes.json'])
  })

  test('takes what was half written when its process died', async t => {
    const { places } = home(t)
    mkdirSync(places.run, { recursive: true })
    const half = join(places.run, '.0000aaaa.tmp')
    writeFileSync(half, '{')
    await sweep(places)
    assert.equal(existsSync(half), true, 'it may be being written')
    utimesSync(half, 0, 0)
    await sweep(places)
    assert.equal(existsSync(half), false)
  })

  test('finds nothing where no gateway ever ran', async t => {
    assert.deepEqual(await sweep(home(t).places), [])
  })
})

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { connect as dial } from 'node:net'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { Port } from '../../src/api/port.ts'
import { ApiProblem, connect } from '../../src/api/client.ts'
import type { Event } from '../../src/gateway/events.ts'
import { emptyState, reduce, type State } from '../../src/gateway/state.ts'
import { listener } from '../../src/cli/listener.ts'
import { places } from '../../src/config/paths.ts'
import { listen } from '../../src/serve/control.ts'
import { entries } from '../../src/serve/run.ts'
import { knock } from '../../src/serve/sweep.ts'
import { home, LiveGateway, until } from '../fixtures/gateway.ts'

const backend = { command: process.execPath, args: [join(import.meta.dirname, '../fixtures/backend.mjs')] }
const posix = process.platform !== 'win32'

describe('the control socket', () => {
  test('makes its app for the first request, and for nobody who only knocks', async t => {
    const socket = home(t).places.socket('0000aaaa')
    let made = 0
    const control = await listen({
      socket,
      app: async () => {
        made++
        return (_request, response) => response.end('{}')
      },
    })
    t.after(() => control.close())
    assert.equal(await knock(socket), 'open')
    assert.equal(made, 0)
    await Promise.all([connect({ socket, token: 't' }).status(), connect({ socket, token: 't' }).status()])
    assert.equal(made, 1)
    if (posix) assert.equal(statSync(socket).mode & 0o777, 0o600)
  })

  test('is not kept open by who says nothing, nor by who says half of a request', async t => {
    const socket = home(t).places.socket('0000aaaa')
    const control = await listen({ socket, headersMs: 50, app: async () => (_request, response) => response.end('{}') })
    t.after(() => control.close())
    for (const said of ['', 'GET /status HTTP/1.1\r\nHos']) {
      const slow = dial(socket)
      t.after(() => slow.destroy())
      if (said !== '') slow.write(said)
      await new Promise(done => slow.resume().once('close', done))
    }
  })

  test('cuts off a watcher that does not read, and keeps nothing for it', async t => {
    const socket = home(t).places.socket('0000aaaa')
    const watchers = new Set<(events: readonly Event[]) => void>()
    const port = {
      token: 't',
      state: () => emptyState(),
      watch: (watcher: (events: readonly Event[]) => void) => (watchers.add(watcher), () => watchers.delete(watcher)),
    } as unknown as Port
    const control = await listen({ socket, app: async () => listener(port) })
    t.after(() => control.close())
    const deaf = dial(socket)
    t.after(() => deaf.destroy())
    deaf.pause()
    deaf.write('GET /events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t\r\n\r\n')
    await until(() => watchers.size === 1)
    const event: Event = { v: 1, type: 'session.closed', at: 1, session: 'x'.repeat(100_000), reason: '' }
    await until(() => {
      for (const watcher of watchers) watcher([event])
      return watchers.size === 0
    })
    let bytes = 0
    deaf.on('data', chunk => (bytes += chunk.length)).resume()
    await new Promise(done => deaf.on('close', done).on('error', () => {}))
    assert.ok(bytes < 3_000_000, `${bytes} bytes were kept for it`)
  })

  test('does not keep its process alive, and is gone with it', async t => {
    const socket = home(t).places.socket('0000aaaa')
    const program = `import { listen } from ${JSON.stringify(join(import.meta.dirname, '../../src/serve/control.ts'))}
      await listen({ socket: ${JSON.stringify(socket)}, app: async () => () => {} }); console.log('up')`
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
    t.after(() => child.kill('SIGKILL'))
    const code = await new Promise(done => child.on('exit', done))
    assert.equal(code, 0)
    assert.equal(existsSync(socket), false)
  })

  test('lies elsewhere when the path of the folder is too long for it', { skip: !posix && 'paths of sockets are of POSIX' }, async t => {
    const dir = join(home(t).dir, 'x'.repeat(90))
    mkdirSync(dir)
    const far = places({ MCPGW_HOME: dir })
    assert.ok(Buffer.byteLength(far.socket('0000aaaa')) <= 100)
    const gateway = new LiveGateway(t, { dir, places: far })
    await gateway.greet()
    const entry = await gateway.entry()
    assert.equal(
      (
        await until(() =>
          connect(entry)
            .status()
            .catch(() => undefined),
        )
      ).pid,
      gateway.process.pid,
    )
  })
})

describe('a running gateway', () => {
  test('tells a client of its API what is live, and does as it is told', async t => {
    const place = home(t, { one: backend })
    const gateway = new LiveGateway(t, place)
    await gateway.greet('watched')
    const api = connect(await gateway.entry())
    const before = await until(() => api.status().catch(() => undefined))
    assert.equal(before.backends[0]?.state, 'stopped')
    assert.equal(before.sessions[0]?.client.name, 'watched')
    await api.act('one', 'start')
    assert.equal((await api.status()).backends[0]?.state, 'ready')
    await gateway.ask('tools/call', { name: 'one__echo' })
    await gateway.ask('tools/call', { name: 'one__fail' })
    const after = await api.status()
    assert.equal(after.counters.calls, 2)
    assert.equal(after.counters.errors, 1)
    assert.equal(after.latency?.count, 2)
    assert.equal(after.backends[0]?.calls, 2)
    const calls = await api.calls({ backend: 'one' })
    assert.deepEqual(
      calls.map(one => one.target),
      ['one__fail', 'one__echo'],
    )
    assert.equal((await api.call(calls[0]!.id)).target, 'one__fail')
    await api.act('one', 'stop')
    assert.equal((await api.status()).backends[0]?.state, 'stopped')
    await assert.rejects(api.act('two', 'start'), (problem: ApiProblem) => problem.code === 'not_found')
  })

  test('refuses a wrong token', async t => {
    const gateway = new LiveGateway(t, home(t))
    await gateway.greet()
    const { socket } = await gateway.entry()
    await until(() => existsSync(socket))
    await assert.rejects(connect({ socket, token: 'x' }).status(), (problem: ApiProblem) => problem.code === 'unauthenticated')
  })

  test('gives a watcher its state and then its events, which fold to the same', async t => {
    const place = home(t, { one: backend })
    const gateway = new LiveGateway(t, place)
    await gateway.greet()
    const api = connect(await gateway.entry())
    await until(() => api.status().catch(() => undefined))
    let state: State | undefined
    const seen: Event[] = []
    let ended: ApiProblem | undefined
    api.events({
      onState: first => (state = first),
      onEvents: events => {
        seen.push(...events)
        for (const event of events) state = reduce(state!, event)
      },
      onEnd: problem => (ended = problem),
    })
    await until(() => state)
    await gateway.ask('tools/call', { name: 'one__echo', arguments: { text: 'hi' } })
    await until(() => seen.some(event => event.type === 'call.settled'))
    assert.equal(state?.counters.calls, 1)
    assert.deepEqual(state?.calls, {})
    gateway.process.stdin!.end()
    assert.equal((await until(() => ended)).code, 'unreachable')
  })

  test('goes on while a watcher does not read', async t => {
    const place = home(t, { one: backend })
    const gateway = new LiveGateway(t, place)
    await gateway.greet()
    const { socket, token } = await gateway.entry()
    await until(() => existsSync(socket))
    const deaf = dial(socket)
    t.after(() => deaf.destroy())
    deaf.pause()
    deaf.write(`GET /events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`)
    for (let n = 0; n < 200; n++) await gateway.ask('tools/call', { name: 'one__echo', arguments: { n } })
    assert.equal((await connect({ socket, token }).status()).counters.calls, 200)
  })

  test('takes changed settings into use, and its client hears of it', async t => {
    const place = home(t, { one: backend })
    const gateway = new LiveGateway(t, place)
    await gateway.greet()
    assert.equal((await gateway.ask('tools/list')).result.tools.length, 4)
    const api = connect(await gateway.entry())
    await until(() => api.status().catch(() => undefined))
    place.settings({ mcpServers: { one: backend, two: { ...backend, args: [...backend.args, '--tools', 'added'] } } })
    await until(() => gateway.heard.find(one => one.method === 'notifications/tools/list_changed'))
    const { result } = await gateway.ask('tools/list')
    assert.ok(result.tools.some((tool: { name: string }) => tool.name === 'two__added'))
  })

  test('keeps its settings when they are edited badly, and says so', async t => {
    const place = home(t, { one: backend })
    const gateway = new LiveGateway(t, place)
    await gateway.greet()
    const api = connect(await gateway.entry())
    await until(() => api.status().catch(() => undefined))
    writeFileSync(place.places.settings, '{ "mcpServers": ')
    const { settingsProblem } = await until(async () => {
      const status = await api.status()
      return status.settingsProblem === undefined ? undefined : status
    })
    assert.match(settingsProblem!, /config\.json:1: /)
    assert.equal((await gateway.ask('tools/list')).result.tools.length, 4)
    place.settings({})
    await until(async () => (await api.status()).settingsProblem === undefined)
  })

  test('stands in the run folder with the process group of its backend', { skip: !posix && 'process groups are of POSIX' }, async t => {
    const place = home(t, { one: backend })
    const gateway = new LiveGateway(t, place)
    await gateway.greet()
    await gateway.ask('tools/list')
    const { result } = await gateway.ask('tools/call', { name: 'one__pid' })
    const [pid] = JSON.parse(result.content[0].text) as number[]
    assert.deepEqual(
      entries(place.places.run)[0]?.groups.map(group => group.pid),
      [pid],
    )
  })
})

import assert from 'node:assert/strict'
import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { entries, entryFile, privateFolder, Registration } from '../../src/serve/run.ts'
import { settled } from '../fixtures/clock.ts'
import { home, LiveGateway, until } from '../fixtures/gateway.ts'

const about = { id: '00c0ffee', startedAt: 1, version: '0' }
const posix = process.platform !== 'win32'

describe('the entry of a gateway', () => {
  test('is there for its user alone, and goes when it is removed', t => {
    const { places } = home(t)
    const registration = new Registration(places, about)
    t.after(() => registration.remove())
    const [entry] = entries(places.run)
    assert.equal(entry?.pid, process.pid)
    assert.equal(entry?.socket, places.socket('00c0ffee'))
    if (posix) {
      assert.equal(statSync(places.run).mode & 0o777, 0o700)
      assert.equal(statSync(entryFile(places.run, about.id)).mode & 0o777, 0o600)
    }
    registration.remove()
    assert.deepEqual(entries(places.run), [])
  })

  test('has a token once its socket listens', t => {
    const { places } = home(t)
    const registration = new Registration(places, about)
    t.after(() => registration.remove())
    assert.equal(entries(places.run)[0]?.token, '')
    registration.open()
    assert.match(registration.token, /^[0-9a-f]{64}$/)
    assert.equal(entries(places.run)[0]?.token, registration.token)
  })

  test('holds the groups of running backends; of those that it does not hold yet, the mark says that they are not noted', async t => {
    const { places } = home(t)
    const registration = new Registration(places, about)
    t.after(() => registration.remove())
    const { MCPGW_BACKEND: mark } = registration.mark
    registration.group(process.pid, true)
    const [entry] = entries(places.run)
    if (entry!.groups.length === 0) assert.equal(mark, `${entry!.id}.${entry!.noted}`)
    await until(() => entries(places.run)[0]?.groups[0]?.pid === process.pid)
    assert.equal(entries(places.run)[0]?.noted, 1)
    registration.group(process.pid, false)
    await until(() => entries(places.run)[0]?.groups.length === 0)
  })

  test('stays as it is while the system tells nothing of its processes', { skip: process.platform !== 'linux' && 'it is told by /proc there' }, async t => {
    const { places } = home(t)
    const registration = new Registration(places, about)
    t.after(() => registration.remove())
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const reading = t.mock.method(process.getBuiltinModule('node:fs'), 'readdirSync', () => {
      throw Object.assign(new Error('too many open files'), { code: 'EMFILE' })
    })
    registration.group(process.pid, true)
    t.mock.timers.tick(3000)
    await settled()
    assert.equal(reading.mock.callCount(), 1)
    assert.equal(entries(places.run)[0]?.groups[0]?.pid, process.pid)
  })

  test('is read although a newer version has added to it', t => {
    const { places } = home(t)
    mkdirSync(places.run, { recursive: true })
    const entry = { v: 2, id: '0000aaaa', pid: 1, startedAt: 1, version: '9', socket: 's', token: 't', groups: [], more: { of: 'it' } }
    writeFileSync(entryFile(places.run, '0000aaaa'), JSON.stringify(entry))
    assert.equal(entries(places.run)[0]?.version, '9')
  })

  test('is gone after its client has closed the pipe, and after a signal', async t => {
    for (const end of ['close', 'SIGTERM', 'SIGINT'] as const) {
      const place = home(t)
      const gateway = new LiveGateway(t, place)
      await gateway.greet(end)
      const entry = await gateway.entry()
      assert.equal((await until(() => entries(place.places.run)[0]?.client)).name, end)
      if (end === 'close') gateway.process.stdin!.end()
      else gateway.process.kill(end)
      await gateway.exited()
      assert.deepEqual(entries(place.places.run), [])
      assert.equal(statSync(entry.socket, { throwIfNoEntry: false }), undefined)
    }
  })

  test('is missing where the folder can not be written, and the gateway serves all the same', async t => {
    const place = home(t)
    writeFileSync(join(place.dir, 'run'), 'a file, not a folder')
    const gateway = new LiveGateway(t, place)
    await gateway.greet()
    assert.ok((await gateway.ask('tools/list')).result)
  })
})

describe('a private folder', { skip: !posix && 'modes are of POSIX' }, () => {
  test('is made 0700, and made so again when it is open to others', t => {
    const dir = join(home(t).dir, 'a')
    privateFolder(dir)
    assert.equal(statSync(dir).mode & 0o777, 0o700)
    mkdirSync(`${dir}/b`, { mode: 0o755 })
    privateFolder(`${dir}/b`)
    assert.equal(statSync(`${dir}/b`).mode & 0o777, 0o700)
  })

  test('is no link that somebody has put there', t => {
    const { dir } = home(t)
    symlinkSync('/tmp', join(dir, 'link'))
    assert.throws(() => privateFolder(join(dir, 'link')), /not a folder of this user/)
  })
})

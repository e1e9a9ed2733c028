// Claims about the credentials of a login, on links to a server that asks for them, and among processes that share them.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { ServerResponse } from 'node:http'
import { describe, test, type TestContext } from 'node:test'
import type { StoredLogin } from '../../src/config/login.ts'
import { MemoryLogins } from '../../src/store/logins.ts'
import { openStore } from '../../src/store/sqlite.ts'
import { authorization, type Authorization, type Wishes } from '../fixtures/authorization.ts'
import { connect } from '../fixtures/http-client.ts'
import { until } from '../fixtures/http-receiver.ts'
import { loggedIn } from '../fixtures/logged-in.ts'
import { folder } from '../store/calls.ts'

const running = async (t: TestContext, wishes: Wishes = {}): Promise<Authorization> => {
  const server = await authorization(wishes)
  t.after(() => server.close())
  return server
}

const refreshes = ({ seen }: Authorization): number => seen.filter(one => one === 'POST /token refresh_token').length
const status =
  (code: number, body: object | string = 'busy') =>
  (response: ServerResponse): void =>
    void response
      .writeHead(code, { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json' })
      .end(typeof body === 'string' ? body : JSON.stringify(body))

describe('a remote link with a login', () => {
  test('shows its token, and a request that meets its end is sent once more with the next', async t => {
    const server = await running(t)
    const here = await loggedIn(server)
    const { answered } = connect(t, server.url, { credentials: await here.process() })
    assert.match(await answered(1, 'tools/call', { name: 'read' }), /did read/)
    server.expire()
    assert.match(await answered(2, 'tools/call', { name: 'read' }), /did read/)
    assert.equal(refreshes(server), 1)
    assert.equal(server.called.length, 2, 'each call ran once')
    assert.notEqual(server.called[0], server.called[1])
    assert.deepEqual([...server.refresh.keys()], [(await here.stored()).tokens.refresh_token])
  })

  test('renews once for many requests that meet its end together', async t => {
    const server = await running(t, { tokenMs: 50 })
    const { answered } = connect(t, server.url, { credentials: await (await loggedIn(server)).process() })
    server.expire()
    const all = await Promise.all(Array.from({ length: 20 }, (_, n) => answered(n, 'tools/call', { name: 'read' })))
    assert.ok(all.every(text => /did read/.test(text)))
    assert.deepEqual([refreshes(server), server.called.length], [1, 20])
  })

  test('renews at 80 % of its life, and nobody waits for that', async t => {
    const server = await running(t, { expiresIn: 100, tokenMs: 30 })
    const here = await loggedIn(server)
    const credentials = await here.process()
    const first = credentials.authorization
    here.clock.aheadMs = 78_000
    assert.equal(credentials.authorization, first)
    assert.equal(refreshes(server), 0)
    here.clock.aheadMs = 81_000
    assert.equal(credentials.authorization, first, 'the old one serves on')
    await until(() => credentials.authorization !== first, 'another token')
    assert.equal(refreshes(server), 1)
    assert.deepEqual(
      here.notes.map(({ kind }) => kind),
      ['login.renewed'],
    )
  })

  test('that can not be renewed for now fails for now, and serves again', async t => {
    const server = await running(t, { refusals: [status(503), status(429), status(500, { error: 'temporarily_unavailable' })] })
    const here = await loggedIn(server)
    const { answered } = connect(t, server.url, { credentials: await here.process() })
    server.expire()
    assert.match(await answered(1, 'tools/call', { name: 'read' }), /^unsent: its login could not be renewed/)
    here.clock.aheadMs += 6000
    assert.match(await answered(2, 'tools/call', { name: 'read' }), /did read/)
    assert.deepEqual(server.called.length, 1)
  })

  test('rides out a short trouble of the authorization server', async t => {
    const server = await running(t, { refusals: [response => void response.destroy(), status(502, '<html>')] })
    const { answered } = connect(t, server.url, { credentials: await (await loggedIn(server)).process() })
    server.expire()
    assert.match(await answered(1, 'tools/call', { name: 'read' }), /did read/)
  })

  test('that is refused is refused in every process, until somebody logs in', async t => {
    const server = await running(t)
    const here = await loggedIn(server)
    const links = [await here.process(), await here.process()].map(credentials => connect(t, server.url, { credentials }))
    server.revokeAll()
    assert.match(await links[0]!.answered(1, 'tools/call', { name: 'read' }), /^unauthorized: .*invalid_grant/)
    assert.match(await links[1]!.answered(1, 'tools/call', { name: 'read' }), /^unauthorized: .*invalid_grant/)
    assert.equal(refreshes(server), 1, 'the second one asks nobody')
    assert.equal((await here.logins.all())[0]!.state, 'refused')
    await here.again()
    assert.match(await links[1]!.answered(2, 'tools/call', { name: 'read' }), /did read/)
  })

  test('without a refresh token ends with its access token', async t => {
    const server = await running(t, { refreshes: false })
    const here = await loggedIn(server)
    const { answered } = connect(t, server.url, { credentials: await here.process() })
    server.expire()
    assert.match(await answered(1, 'tools/call', { name: 'read' }), /^unauthorized: its access token has ended/)
    assert.equal((await here.logins.all())[0]!.state, 'refused')
  })

  test('that a person has taken back is over', async t => {
    const server = await running(t)
    const here = await loggedIn(server)
    const { answered } = connect(t, server.url, { credentials: await here.process() })
    server.revokeAll()
    await here.logins.drop((await here.logins.all())[0]!.id)
    assert.match(await answered(1, 'tools/call', { name: 'read' }), /^unauthorized: nobody is logged in/)
  })

  test('that does not reach far enough for one request says what that wants, and takes a wider login when there is one', async t => {
    const server = await running(t, { scope: 'read' })
    const here = await loggedIn(server)
    const { answered, seen } = connect(t, server.url, { credentials: await here.process() })
    assert.match(await answered(1, 'tools/call', { name: 'write' }), /^unauthorized: its login does not reach that far/)
    assert.equal(seen.failures.at(-1)!.failure.lacks, 'read write')
    assert.equal((await here.logins.all())[0]!.wanted, 'read write')
    assert.match(await answered(2, 'tools/call', { name: 'read' }), /did read/)
    server.wishes.scope = 'read write'
    await here.again()
    assert.match(await answered(3, 'tools/call', { name: 'write' }), /did write/)
  })

  test('tells its token to nobody, not even where the server repeats it', async t => {
    const server = await running(t)
    const here = await loggedIn(server)
    const credentials = await here.process()
    const { answered } = connect(t, server.url, { credentials })
    server.wishes.refusals = [status(400, { error: 'invalid_grant', error_description: `no: ${(await here.stored()).tokens.refresh_token}` })]
    const shown = credentials.authorization.slice('Bearer '.length)
    server.expire()
    const failure = await answered(1, 'tools/call', { name: 'read' })
    assert.match(failure, /no: \*\*\*/)
    for (const text of [failure, JSON.stringify(here.notes), here.log.join()]) assert.ok(!text.includes(shown) && !/refresh-/.test(text), text)
  })

  test('goes to no other address than the one it was granted for', async t => {
    const server = await running(t)
    const here = await loggedIn(server)
    assert.equal(await here.process({ url: 'http://localhost:1/mcp' }), undefined)
  })
})

describe('new tokens', () => {
  test('that can not be written yet are used, and written when that goes again', async t => {
    const server = await running(t)
    let broken = true
    class Broken extends MemoryLogins {
      override put(login: StoredLogin, who?: string): boolean {
        if (broken && login.version > 1) throw new Error('disk full')
        return super.put(login, who)
      }
    }
    const here = await loggedIn(server, new Broken())
    const credentials = await here.process()
    const { answered } = connect(t, server.url, { credentials })
    server.expire()
    assert.match(await answered(1, 'tools/call', { name: 'read' }), /did read/)
    assert.ok(here.log.some(line => /can't be written yet: disk full/.test(line)))
    assert.notEqual((await here.stored()).tokens.refresh_token, [...server.refresh.keys()][0])
    broken = false
    await credentials.close()
    assert.equal((await here.stored()).tokens.refresh_token, [...server.refresh.keys()][0])
  })

  test('are not asked for twice by processes that need them at once: each goes on with what one has got', async t => {
    const server = await running(t, { tokenMs: 30 })
    const dir = folder(t)
    const store = await openStore(join(dir, 'mcpgw.db'))
    t.after(() => store.close())
    const key = randomBytes(32)
    await loggedIn(server, store.logins, key)
    const rounds = 4
    const children = Array.from({ length: 3 }, (_, n) => {
      const args = ['--import', 'tsx', join(import.meta.dirname, 'oauth-child.ts'), join(dir, 'mcpgw.db'), server.url, `p${n}`, key.toString('hex')]
      const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
      const lines: string[] = []
      child.stdout.setEncoding('utf8').on('data', (text: string) => lines.push(...text.split('\n').filter(Boolean)))
      t.after(() => child.kill())
      return { child, lines }
    })
    await until(() => children.every(({ lines }) => lines.length === 1), 'three processes')
    for (let round = 1; round <= rounds; round++) {
      server.expire()
      for (const { child } of children) child.stdin.write('call\n')
      await until(() => children.every(({ lines }) => lines.length === round + 1), `round ${round}`)
    }
    for (const { child } of children) child.stdin.end()
    await Promise.all(children.map(({ child }) => child.exitCode ?? once(child, 'close')))
    for (const { lines } of children)
      assert.ok(
        lines.slice(1).every(line => /did read/.test(line)),
        lines.join('\n'),
      )
    assert.equal(refreshes(server), rounds, 'one renewal a round: no refresh token was used twice')
    assert.equal(server.called.length, 3 * rounds)
  })

  test('of a process that dies at it are lost, and the next one tries with what is there when its time is over', async t => {
    const server = await running(t)
    const here = await loggedIn(server)
    const [login] = await here.logins.all()
    assert.equal(await here.logins.lease(login!.id, login!.version, 'dead', here.clock.now(), here.clock.now() + 400), true)
    const { answered } = connect(t, server.url, { credentials: await here.process() })
    server.expire()
    assert.match(await answered(1, 'tools/call', { name: 'read' }), /did read/)
    assert.equal(refreshes(server), 1)
  })
})

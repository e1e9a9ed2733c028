// Logging in at a remote backend as a person does: a gateway runs and is told what to do, a command lets it in, the gateway goes on, and a second
// command takes it back.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { authorization, browse } from '../fixtures/authorization.ts'
import { Home, program } from './launch.ts'

/** `mcpgw login`, and a browser that goes where it says. */
async function logIn(home: Home, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const [file, ...first] = program
  const child = spawn(file, [...first, 'login', ...args, '--no-browser', '--timeout', '20s'], {
    env: home.env,
    cwd: home.dir,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { stdout: '', stderr: '' }
  let gone = false
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.stderr += text
    const [, address] = /^ {2}(http\S+)\n/m.exec(said.stderr) ?? []
    if (address && !gone) {
      gone = true
      void browse(new URL(address))
    }
  })
  const [code] = (await once(child, 'close')) as [number]
  return { code, ...said }
}

const text = (message: { result?: any }): string => String(message.result?.content?.[0]?.text)

test('a gateway says that a login is needed, goes on with it, and notices when it is taken back', async t => {
  const server = await authorization({ scope: 'read' })
  t.after(() => server.close())
  const home = new Home(t, { guarded: { url: server.url } })
  const gateway = home.launch()
  assert.deepEqual(await gateway.greet({}, []), [])
  const refused = await gateway.call('guarded__read')
  assert.equal(refused.error?.code ?? refused.result?._meta['mcpgw/fault'].code, -32602, 'nothing is known of it yet')

  const { code, stdout, stderr } = await logIn(home, 'guarded', '--json')
  assert.equal(code, 0, stderr)
  assert.deepEqual(
    { ...JSON.parse(stdout), expiresAt: '' },
    { backend: 'guarded', issuer: server.issuer, resource: server.url, scope: 'read', expiresAt: '', renewable: true },
  )

  await gateway.until(message => message.method === 'notifications/tools/list_changed', 'word of new tools')
  assert.deepEqual(await gateway.tools(), ['guarded__read', 'guarded__write'])
  assert.equal(text(await gateway.call('guarded__read')), 'did read')

  const lacking = await gateway.call('guarded__write')
  assert.equal(lacking.result._meta['mcpgw/fault'].code, 'backend_auth')
  assert.match(text(lacking), /wants more .*\(read write\).*mcpgw login guarded/)
  server.wishes.scope = undefined
  const again = await logIn(home, 'guarded')
  assert.equal(again.code, 0, again.stderr)
  assert.equal(text(await gateway.call('guarded__write')), 'did write', 'with the wider login, and no restart')

  server.expire()
  assert.equal(text(await gateway.call('guarded__read')), 'did read', 'renewed under way')

  assert.match((await home.run('list')).stdout, /guarded +enabled +http +logged in/)
  assert.equal(JSON.parse((await home.run('get', 'guarded', '--json')).stdout).login.state, 'granted')

  const out = await home.run('logout', 'guarded')
  assert.deepEqual([out.code, out.stdout], [0, 'logged out of guarded\n'])
  assert.deepEqual(server.seen.slice(-2), ['POST /revoke refresh_token', 'POST /revoke access_token'])
  assert.equal(server.access.size, 0)
  const over = await gateway.call('guarded__read')
  assert.equal(over.result._meta['mcpgw/fault'].code, 'backend_auth')
  assert.match(text(over), /wants a login .*The call was not executed.*mcpgw login guarded/)
  await gateway.end()

  const log = await home.run('log', 'verify')
  assert.equal(log.code, 0, log.stdout + log.stderr)
})

test("no token and no secret lies open on the disk, and the key is its owner's alone", async t => {
  const server = await authorization()
  t.after(() => server.close())
  const home = new Home(t, { guarded: { url: server.url } })
  const again = await logIn(home, 'guarded')
  assert.equal(again.code, 0, again.stderr)
  const called = await home.run('call', 'guarded__read')
  assert.equal(called.code, 0, called.stderr)
  server.expire()
  server.wishes.refusals = [response => void response.writeHead(503).end()]
  const renewed = await home.run('call', 'guarded__read')
  assert.equal(renewed.code, 0, `a command renews it, too, and waits for that: ${renewed.stderr}`)
  assert.equal(server.seen.filter(one => one === 'POST /token refresh_token').length, 2)
  const files = readdirSync(home.mcpgw, { recursive: true, withFileTypes: true }).filter(one => one.isFile())
  const secrets = [...server.access.keys(), ...server.refresh.keys(), ...server.called.map(one => one.slice('Bearer '.length))]
  assert.ok(secrets.length >= 3 && files.length > 2)
  for (const { parentPath, name } of files) {
    const bytes = readFileSync(join(parentPath, name))
    for (const secret of secrets) assert.ok(!bytes.includes(secret), `${name} holds a token`)
  }
  assert.equal(statSync(join(home.mcpgw, 'master.key')).mode & 0o777, 0o600)
})

// Planted secrets, looked for everywhere: what a call carries, what a backend says, what is in its settings. No file that a gateway writes, no answer of
// the control API and no command's output has one in clear; only the client gets what is the client's, and the backend what is the backend's.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { DatabaseSync } from 'node:sqlite'
import { program } from './launch.ts'
import { home, LiveGateway, until } from '../fixtures/gateway.ts'

const root = join(import.meta.dirname, '../..')

/** Each place has its own, so that a leak says where it comes from. */
const planted = {
  environment: 'envQ7Zp2LmX9vKtR4wYc8BnA1',
  argument: 'argQ7Zp2LmX9vKtR4wYc8BnA2',
  password: 'pwdQ7Zp2LmX9vKtR4wYc8BnA3',
  key: 'keyQ7Zp2LmX9vKtR4wYc8BnA4',
  error: 'errQ7Zp2LmX9vKtR4wYc8BnA5',
  header: 'hdrQ7Zp2LmX9vKtR4wYc8BnA6',
  body: 'bdyQ7Zp2LmX9vKtR4wYc8BnA7',
  uri: 'uriQ7Zp2LmX9vKtR4wYc8BnA8',
  nested: 'nstQ7Zp2LmX9vKtR4wYc8BnA9',
  shaped: `ghp_${'Zq7'.repeat(12)}`,
}

const found = (text: string): string[] => Object.entries(planted).flatMap(([name, secret]) => (text.includes(secret) ? [name] : []))

/** The whole of every file in a folder; what a database keeps in pages as its rows. */
function* written(dir: string): Iterable<[string, string]> {
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
    const path = join(dir, name)
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) yield [name, readFileSync(path, 'latin1')]
  }
  const db = new DatabaseSync(join(dir, 'mcpgw.db'), { readOnly: true })
  for (const { name } of db.prepare(`select name from sqlite_master where type = 'table'`).all())
    yield [`table ${String(name)}`, JSON.stringify(db.prepare(`select * from "${String(name)}"`).all())]
  db.close()
}

test('no planted secret is in clear in what a gateway writes, answers and shows', async t => {
  const remote = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(500, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ error: { message: `no luck with ${request.headers.authorization} and db_password=${planted.body}` } }))
    })
  })
  await new Promise<void>(done => remote.listen(0, '127.0.0.1', done))
  t.after(() => void (remote.closeAllConnections(), remote.close()))
  const own = home(t, {
    leaky: { command: process.execPath, args: [join(root, 'test/fixtures/leaky.mjs')], env: { TOKEN: planted.environment } },
    far: { url: `http://127.0.0.1:${(remote.address() as AddressInfo).port}/mcp`, headers: { Authorization: `Bearer ${planted.header}` } },
  })
  const gateway = new LiveGateway(t, own)
  let said = ''
  gateway.process.stderr!.setEncoding('utf8').on('data', (text: string) => (said += text))
  await gateway.greet()
  await until(async () => JSON.stringify(await gateway.ask('tools/list')).includes('leaky__tell'))

  const call = (name: string, given: object) => gateway.ask('tools/call', { name, arguments: given })
  const nested = JSON.stringify({ config: JSON.stringify({ client_secret: planted.nested }) })
  const told = await call('leaky__tell', { access_token: planted.argument, note: `use ${planted.shaped} please`, nested })
  assert.deepEqual(found(JSON.stringify(told)), ['environment', 'argument', 'nested', 'shaped'], "the client gets what is the client's")
  await call('leaky__fail', { api_key: planted.key, password: planted.password })
  await call('leaky__break', { token: planted.error })
  await call('leaky__die', {})
  await call('far__any', {})
  await gateway.ask('resources/read', { uri: `postgres://app:${planted.uri}@nobody/main?token=${planted.uri}` })
  await gateway.ask('resources/read', { uri: `postgres://app:${planted.uri}@db/main` })

  const { socket, token } = await gateway.entry()
  const ask = (path: string, until = /$/): Promise<string> =>
    new Promise((done, failed) => {
      let text = ''
      request({ socketPath: socket, path, headers: { Authorization: `Bearer ${token}` } }, response => {
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part
          if (until.source !== '$' && until.test(text)) (response.destroy(), done(text))
        })
        response.on('end', () => done(text))
      })
        .on('error', failed)
        .end()
    })
  const calls = JSON.parse(await ask('/calls')) as { id: string; target: string }[]
  assert.ok(calls.length >= 6)
  const answers = [await ask('/status'), await ask('/events', /event: state\ndata: .*\n/), await ask('/calls'), await ask('/limits'), await ask('/tools')]
  for (const { id } of calls) answers.push(await ask(`/calls/${id}`))
  for (const answer of answers) assert.deepEqual(found(answer), [], answer)
  assert.match(answers.join('\n'), /redacted:/)

  // Not synchronously: the remote backend is in this process, and answers meanwhile.
  const mcpgw = (...args: string[]): Promise<string> => {
    const env = { HOME: own.dir, PATH: process.env['PATH'], MCPGW_HOME: own.dir }
    const [file, ...before] = program
    return new Promise(done => execFile(file, [...before, ...args], { cwd: root, env }, (_, stdout, stderr) => done(stdout + stderr)).stdin!.end())
  }
  for (const args of [
    ['status'],
    ['status', '--json'],
    ['list'],
    ['get', 'leaky'],
    ['get', 'far', '--json'],
    ['backends'],
    ['backends', 'logs', 'leaky'],
    ['backends', 'logs', 'far'],
    ['log', '--json'],
    ['log', 'export', '--format', 'csv', '--payloads'],
    ['log', '--changes'],
    ['call', 'far__any'],
    ['tools'],
    ...calls.slice(0, 6).map(({ id }) => ['log', 'show', id]),
  ])
    assert.deepEqual(found(await mcpgw(...args)), [], args.join(' '))
  assert.match(await mcpgw('backends', 'logs', 'leaky'), /starting with TOKEN=\[redacted:token\][^]*\[redacted:private-key\][^]*end of the beginning/)

  gateway.process.stdin!.end()
  await gateway.exited()
  assert.deepEqual(found(said), [], 'stderr')
  for (const [name, text] of written(own.dir)) if (name !== 'config.json') assert.deepEqual(found(text), [], name)
})

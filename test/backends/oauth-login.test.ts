// Claims about the login flow, against an authorization server.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test, type TestContext } from 'node:test'
import { login, NoLogin, type LoginRequest } from '../../src/backends/oauth/login.ts'
import { fetchFor } from '../../src/backends/oauth/fetch.ts'
import { revoke } from '../../src/backends/oauth/revoke.ts'
import { authorization, browse, type Authorization, type Wishes } from '../fixtures/authorization.ts'

const running = async (t: TestContext, wishes: Wishes = {}): Promise<Authorization> => {
  const server = await authorization(wishes)
  t.after(() => server.close())
  return server
}

const request = ({ url }: { url: string }, more: Partial<LoginRequest> = {}): LoginRequest => ({
  url,
  headers: {},
  oauth: {},
  transport: 'http',
  proxyEnv: {},
  timeoutMs: 10_000,
  visit: to => void browse(to),
  ...more,
})

const no = (words: RegExp) => (error: unknown) => error instanceof NoLogin && words.test(error.message)

describe('a login', () => {
  test('finds the server, registers, and gets tokens for this backend alone', async t => {
    const server = await running(t, { scope: 'read' })
    const grant = await login(request(server))
    assert.deepEqual(server.seen, ['GET resource', 'GET metadata', 'POST /register', 'GET /authorize', 'POST /token authorization_code'])
    assert.equal(grant.issuer, server.issuer)
    assert.equal(grant.resource, server.url)
    assert.ok(server.access.has(grant.tokens.access_token) && server.refresh.has(grant.tokens.refresh_token!))
    for (const body of server.bodies) assert.equal(body['resource'], server.url)
    assert.equal(server.bodies[0]!['scope'], 'read')
    assert.equal(server.bodies[0]!['code_challenge_method'], 'S256')
    assert.match(server.bodies[0]!['redirect_uri']!, /^http:\/\/127\.0\.0\.1:\d+\/callback$/)
  })

  test('is who the settings say; then nothing is registered', async t => {
    const server = await running(t, { registers: false })
    const port = await freePort()
    server.clients.set('mine', { client_id: 'mine', client_secret: 'hidden', redirect_uris: [`http://localhost:${port}/callback`] })
    const grant = await login(request(server, { oauth: { clientId: 'mine', clientSecret: 'hidden', callbackPort: port, scopes: 'read write' } }))
    assert.equal(grant.client.client_id, 'mine')
    assert.equal(grant.tokens.scope, 'read write')
    assert.ok(!server.seen.includes('POST /register'))
  })

  test('is known by the address of its metadata document, where the server takes one', async t => {
    const server = await running(t, { metadata: { client_id_metadata_document_supported: true } })
    const oauth = { clientMetadataUrl: 'https://example.com/mcpgw.json' }
    assert.equal((await login(request(server, { oauth }))).client.client_id, 'https://example.com/mcpgw.json')
    assert.ok(!server.seen.includes('POST /register'))
    server.wishes.metadata = {}
    assert.match((await login(request(server, { oauth }))).client.client_id, /^client-/, 'and registers where it takes none')
  })

  test('after another one is the same client, on the same way back', async t => {
    const server = await running(t)
    const before = await login(request(server))
    const grant = await login(request(server, { before }))
    assert.equal(grant.client.client_id, before.client.client_id)
    assert.equal(grant.client.redirectUrl, before.client.redirectUrl)
    assert.equal(server.seen.filter(one => one === 'POST /register').length, 1)
  })

  test('asks for what the last one had and what was wanted since', async t => {
    const server = await running(t, { scope: 'read' })
    const before = await login(request(server))
    assert.equal((await login(request(server, { before, wanted: 'read write' }))).tokens.scope, 'read write')
  })

  test('goes to no server that does not say it checks the code challenge', async t => {
    for (const methods of [undefined, ['plain'], []]) {
      const server = await running(t, { metadata: { code_challenge_methods_supported: methods } })
      await assert.rejects(login(request(server)), no(/PKCE/))
      assert.ok(!server.seen.includes('GET /authorize') && !server.seen.includes('POST /register'))
    }
  })

  test('believes no answer of another server, and gives it no code', async t => {
    for (const iss of ['https://evil.example', '']) {
      const server = await running(t, { iss })
      await assert.rejects(login(request(server)), no(/^(?!.*evil).*not from http:\/\/localhost:\d+, whom we have asked/))
      assert.ok(!server.seen.some(one => one.startsWith('POST /token')))
    }
  })

  test('tells no error of another server', async t => {
    const server = await running(t, { iss: 'https://evil.example', denies: { error: 'call_me', error_description: 'at 555-1234' } })
    await assert.rejects(login(request(server)), (error: Error) => error instanceof NoLogin && !/555|evil/.test(error.message))
  })

  test('that is refused in the browser says so, with the words of the server made safe', async t => {
    const server = await running(t, { denies: { error: 'access_denied', error_description: 'not \u001b[31myou' } })
    await assert.rejects(login(request(server)), no(/^access_denied: not \[31myou$/))
  })

  test('takes metadata of nobody but the server it asks', async t => {
    const server = await running(t, { metadata: { issuer: 'https://evil.example' } })
    await assert.rejects(login(request(server)), no(/Issuer mismatch/))
  })

  test('gets no token for another resource', async t => {
    const server = await running(t, { resource: 'https://evil.example/mcp' })
    await assert.rejects(login(request(server)), no(/does not match/))
  })

  test('sends the browser to no file and no program', async t => {
    for (const address of ['file:///etc/passwd', 'vscode://do', 'http://example.com/login']) {
      const server = await running(t, { metadata: { authorization_endpoint: address } })
      let visited = false
      await assert.rejects(login(request(server, { visit: () => (visited = true) })), no(/https/))
      assert.equal(visited, false)
    }
  })

  test('of a backend from outside does not go to addresses of this machine', async () => {
    const fetch = fetchFor(new URL('https://mcp.example.com/mcp'), {})
    for (const url of ['http://localhost:1/x', 'http://127.0.0.1:1/x', 'https://[::1]/x', 'http://example.com/x'])
      await assert.rejects(fetch(url), /that needs https/)
  })

  test('has no use for tokens that are more than a header', async t => {
    const server = await running(t, { tokenType: 'DPoP' })
    await assert.rejects(login(request(server)), no(/DPoP/))
  })

  test('ends when nobody logs in', async t => {
    const server = await running(t)
    await assert.rejects(login(request(server, { timeoutMs: 50, visit: () => {} })), no(/nobody has logged in within 0.05 s/))
  })

  test('waits on when somebody else comes by who does not know its state', async t => {
    const server = await running(t)
    const said: string[] = []
    const visit: LoginRequest['visit'] = async to => {
      const back = to.searchParams.get('redirect_uri')!
      for (const query of ['?code=stolen', '?code=stolen&state=guess', '?error=access_denied']) said.push(await (await fetch(back + query)).text())
      said.push(String((await fetch(new URL('/', back))).status))
      await browse(to)
    }
    const grant = await login(request(server, { visit }))
    assert.ok(grant.tokens.access_token)
    assert.ok(said.slice(0, 3).every(text => /not the login/.test(text)) && said[3] === '404')
  })

  test('takes the address that a browser elsewhere has ended at', async t => {
    const server = await running(t)
    const visit: LoginRequest['visit'] = async (to, paste) => {
      const location = (await fetch(to, { redirect: 'manual' })).headers.get('location')!
      assert.equal(paste('what?'), false)
      assert.equal(paste('https://example.com/?state=x'), false)
      assert.equal(paste(location.replace('127.0.0.1', 'elsewhere')), true)
    }
    assert.ok((await login(request(server, { visit }))).tokens.access_token)
  })

  test('where nothing asks for one says that', async t => {
    const server = createServer((_, response) => response.writeHead(404).end())
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
    t.after(() => server.close())
    const { port } = server.address() as AddressInfo
    await assert.rejects(login(request({ url: `http://127.0.0.1:${port}/mcp` })), no(/says nothing of how to log in/))
    await assert.rejects(login(request({ url: 'http://127.0.0.1:1/mcp' })), no(/can not be reached/))
  })
})

describe('a grant is given back', () => {
  test('at the server, both tokens of it', async t => {
    const server = await running(t)
    const grant = await login(request(server))
    assert.equal(await revoke(grant, fetchFor(new URL(server.url), {})), 'revoked')
    assert.deepEqual(server.seen.slice(-2), ['POST /revoke refresh_token', 'POST /revoke access_token'])
    assert.equal(server.access.size + server.refresh.size, 0)
  })

  test('or it is said why not', async t => {
    const server = await running(t)
    const grant = await login(request(server))
    const { revocation_endpoint: _, ...metadata } = grant.server.metadata!
    assert.equal(await revoke({ ...grant, server: { ...grant.server, metadata } }, fetchFor(new URL(server.url), {})), 'unsupported')
    await server.close()
    assert.match(JSON.stringify(await revoke(grant, fetchFor(new URL(server.url), {}))), /can not be reached/)
  })
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise(done => server.close(done))
  return port
}

// The way back from the browser: for whoever knows the state, and for nobody else.

import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { callback } from '../../src/backends/oauth/callback.ts'

const visit = (port: string, path: string, method = 'GET'): Promise<number> =>
  new Promise((done, failed) =>
    request({ host: '127.0.0.1', port, path, method }, response => done((response.resume(), response.statusCode!)))
      .on('error', failed)
      .end(),
  )

test('whatever knocks there without the state ends nothing, and the browser is still let in', async t => {
  const back = await callback('state', undefined, false)
  t.after(() => back.close())
  const { port } = new URL(back.redirectUrl)
  for (const path of ['//', '///callback', '/callback', '/callback?state=other&code=x', '/callback?state=', 'http://[', '/%00', '/callback/..//?state=state'])
    assert.ok((await visit(port, path)) >= 400, path)
  assert.equal(await visit(port, '/callback?state=state&code=x', 'POST'), 404)
  assert.equal(await visit(port, '/callback?state=state&code=mine'), 200)
  assert.equal((await back.answer).get('code'), 'mine')
})

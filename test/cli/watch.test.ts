import assert from 'node:assert/strict'
import { test } from 'node:test'
import { home, LiveGateway, mcpgw, until } from '../fixtures/gateway.ts'
import { backend } from './backend.ts'

test('every event of every gateway is a line, from its state on to its end', async test => {
  const own = home(test, { one: backend() })
  const before = new LiveGateway(test, own)
  await before.greet('cursor')
  await before.entry()

  const watching = mcpgw(own.dir, ['watch', '--json'])
  test.after(() => watching.kill('SIGKILL'))
  let text = ''
  watching.stdout!.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  const told = () =>
    text
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line))
  const first = await until(() => told().find(one => one.type === 'gateway.state'))
  assert.equal(Object.values<any>(first.state.sessions)[0].client.name, 'cursor')

  const after = new LiveGateway(test, own)
  await after.greet('claude-code')
  const { id } = await after.entry()
  await until(() => told().some(one => one.type === 'gateway.state' && one.gateway === id))
  await after.ask('tools/call', { name: 'one__echo' })
  const settled = await until(() => told().find(one => one.type === 'call.settled'))
  assert.deepEqual([settled.gateway, settled.outcome], [id, 'answered'])

  after.process.stdin!.end()
  await until(() => told().some(one => one.type === 'gateway.gone' && one.gateway === id))
  watching.kill('SIGINT')
  assert.equal(await new Promise(done => watching.once('exit', done)), 0)
})

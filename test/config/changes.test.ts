import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { changesOf } from '../../src/config/changes.ts'

test('says which keys came, went and changed, and what can be no secret', () => {
  const was = { mcpServers: { a: { command: 'x', env: { TOKEN: 'old' }, enabled: true }, b: { url: 'y' } } }
  const becomes = { mcpServers: { a: { command: 'x', env: { TOKEN: 'new' }, enabled: false, timeoutMs: 5 } } }
  assert.deepEqual(changesOf(was, becomes), [
    { key: 'mcpServers.a.env.TOKEN', how: 'changed' },
    { key: 'mcpServers.a.enabled', how: 'changed', to: false },
    { key: 'mcpServers.a.timeoutMs', how: 'added', to: 5 },
    { key: 'mcpServers.b', how: 'removed' },
  ])
})

test('names rules and limits by what they are about', () => {
  const rule = { effect: 'deny' as const, tools: ['a__*'], clients: ['cursor'], when: [{ path: '/token', op: 'eq' as const, value: 'S3CRET' }] }
  const changes = changesOf({ permissions: { rules: [] }, limits: [] }, { permissions: { rules: [rule] }, limits: [{ scope: 'all', rate: '60/1m' }] })
  assert.deepEqual(
    changes.map(({ key, how, to }) => [key.replace(/\w+$/, ''), how, to]),
    [
      ['permissions.rules.', 'added', 'deny a__* for cursor'],
      ['limits.', 'added', 'all 60/1m'],
    ],
  )
})

test('never tells a text, and is bounded', () => {
  const server = fc.record({ command: fc.constant('S3CRET'), args: fc.array(fc.constant('S3CRET')), env: fc.dictionary(fc.string(), fc.constant('S3CRET')) })
  const servers = fc.record({ mcpServers: fc.dictionary(fc.string(), server) })
  fc.assert(fc.property(servers, servers, (was, becomes) => void assert.doesNotMatch(JSON.stringify(changesOf(was, becomes)), /S3CRET/)))
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`k${n}`, 1]))
  assert.equal(changesOf({}, many).length, 51)
})

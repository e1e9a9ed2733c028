// Rules on the road of a call.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { offered } from '../../src/gateway/decide.ts'
import { authorize, Rules, type Rule } from '../../src/gateway/rules.ts'
import { echoing, stage } from './stage.ts'

const names = (message: { result?: any }) => message.result.tools.map((tool: { name: string }) => tool.name)

function ruled(...rules: Rule[]) {
  const all = new Rules({ default: 'allow', rules })
  return stage({ a: echoing('read', 'drop') }, { policies: [offered, call => authorize(all, call, 0, false)], hides: origin => all.hidden(origin, () => 0) })
}

describe('a tool that is denied whatever its arguments', () => {
  const deny: Rule = { id: 'r1', effect: 'deny', tools: ['a__drop'] }

  test('is not listed, answers as unknown, and the record says why', async () => {
    const { client, journal, got } = ruled(deny)
    await client.greet()
    assert.deepEqual(names(await client.ask('tools/list')), ['a__read'])
    const { error } = await client.ask('tools/call', { name: 'a__drop' })
    assert.deepEqual([error.code, error.message], [-32602, 'Unknown tool: a__drop'])
    assert.equal(journal.lines[0]!.decision.by, 'rule:r1')
    assert.equal(
      got['a']!.some(message => message.method === 'tools/call'),
      false,
    )
  })

  test('of one client is there for another', async () => {
    const { client } = ruled({ ...deny, clients: ['cursor'] })
    await client.greet()
    assert.deepEqual(names(await client.ask('tools/list')), ['a__read', 'a__drop'])
    assert.ok((await client.ask('tools/call', { name: 'a__drop' })).result)
  })
})

describe('a tool that is denied for some arguments', () => {
  test('is listed, and a call that the rule is about is denied as a result that the model reads', async () => {
    const { client, journal } = ruled({ id: 'r2', effect: 'deny', tools: ['a__*'], when: [{ path: '/path', op: 'glob', value: '/etc/*' }] })
    await client.greet()
    assert.deepEqual(names(await client.ask('tools/list')), ['a__read', 'a__drop'])
    const { result } = await client.ask('tools/call', { name: 'a__read', arguments: { path: '/etc/passwd' } })
    assert.equal(result._meta['mcpgw/fault'].code, 'denied')
    assert.match(result.content[0].text, /the rule r2 denies "a__read"/)
    assert.ok((await client.ask('tools/call', { name: 'a__read', arguments: { path: '/tmp/x' } })).result.content)
    assert.deepEqual(journal.outcomes, ['refused', 'answered'])
  })
})

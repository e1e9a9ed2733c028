// Rules on the road of a call.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { offered } from '../../src/gateway/decide.ts'
import { authorize, Rules, type Permissions, type Rule } from '../../src/gateway/rules.ts'
import { settled } from '../fixtures/clock.ts'
import { echoing, server, stage, type Script } from './stage.ts'

const names = (message: { result?: any }) => message.result.tools.map((tool: { name: string }) => tool.name)

function ruled(...rules: Rule[]) {
  return permitted({ default: 'allow', rules })
}

function permitted(permissions: Permissions, script = echoing('read', 'drop')) {
  const all = new Rules(permissions)
  return stage({ a: script }, { policies: [offered, call => authorize(all, call, 0)], hides: origin => all.hidden(origin, () => 0) })
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

describe('by annotations', () => {
  const tools = [
    { name: 'look', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } },
    { name: 'almost', inputSchema: { type: 'object' }, annotations: { readOnlyHint: 'true' } },
    { name: 'silent', inputSchema: { type: 'object' } },
  ]
  const script = server(
    tools,
    ({ id, method }, say) => {
      if (method === 'prompts/list') say({ id, result: { prompts: [{ name: 'p' }] } })
      else if (method === 'prompts/get') say({ id, result: { messages: [] } })
      else say({ id, result: { content: [] } })
    },
    { tools: {}, prompts: {} },
  )

  test('a tool that its backend calls read-only is allowed, any other asks, and all are listed', async () => {
    const { client, journal } = permitted({ default: 'annotations', rules: [] }, script)
    await client.greet()
    assert.deepEqual(names(await client.ask('tools/list')), ['a__look', 'a__almost', 'a__silent'])
    for (const name of ['a__look', 'a__almost', 'a__silent']) await client.ask('tools/call', { name })
    assert.deepEqual(
      journal.lines.flatMap(line => (line.kind === 'open' ? [line.decision.kind] : [])),
      ['allow', 'ask', 'ask'],
    )
  })

  test('a prompt is read, whatever its backend says', async () => {
    const { client } = permitted({ default: 'annotations', rules: [] }, script)
    await client.greet()
    assert.ok((await client.ask('prompts/get', { name: 'a__p' })).result)
  })

  test('a rule that denies decides before what a backend says of itself', async () => {
    const { client, journal } = permitted({ default: 'annotations', rules: [{ id: 'r3', effect: 'deny', tools: ['a__look'] }] }, script)
    await client.greet()
    assert.equal((await client.ask('tools/call', { name: 'a__look' })).error.code, -32602)
    assert.equal(journal.lines[0]!.decision.kind, 'deny')
  })
})

describe('a method that nobody knows', () => {
  const any =
    (method: string) =>
    ({ id }: { id?: unknown }, say: (message: object) => void) =>
      say({ id, result: method === 'tools/call' ? { task: { taskId: 't1' } } : { ran: method } })
  const backend = (...tools: (string | object)[]): Script => server(tools, (message, say) => any(message.method!)(message, say))
  const ran = (got: Record<string, { method?: string }[]>, method: string) => got['a']!.some(one => one.method === method)

  test('only reads for nobody, whatever it names', async () => {
    const { client, got } = permitted({ default: 'annotations', rules: [] }, backend({ name: 'look', inputSchema: {}, annotations: { readOnlyHint: true } }))
    await client.greet()
    await client.ask('tools/list')
    assert.equal((await client.ask('tools/wipe', { name: 'a__look' })).error.data.code, 'approval_pending')
    assert.equal(ran(got, 'tools/wipe'), false)
  })

  test('is denied where a rule reads arguments: nobody knows which those are', async () => {
    const { client, got } = permitted(
      { default: 'allow', rules: [{ id: 'r', effect: 'deny', when: [{ path: '/path', op: 'glob', value: '/etc/*' }] }] },
      backend('read'),
    )
    await client.greet()
    await client.ask('tools/list')
    assert.equal((await client.ask('tools/run', { name: 'a__read', args: { path: '/etc/passwd' } })).error.data.code, 'denied')
    assert.equal(ran(got, 'tools/run'), false)
  })

  test('is not taken for a question about a task because it names one', async () => {
    const { client, got } = permitted({ default: 'allow', rules: [] }, backend('read'))
    await client.greet()
    await client.ask('tools/list')
    await client.ask('tools/call', { name: 'a__read', task: {} })
    assert.equal((await client.ask('wipe/all', { taskId: 't1' })).error.code, -32601)
    assert.equal(ran(got, 'wipe/all'), false)
    assert.ok((await client.ask('tasks/get', { taskId: 't1' })).result)
  })
})

describe('a completion', () => {
  const backend = server(
    [],
    ({ id, method }, say) => {
      if (method === 'prompts/list') say({ id, result: { prompts: [{ name: 'ok' }] } })
      else if (method === 'resources/templates/list') say({ id, result: { resourceTemplates: [{ name: 's', uriTemplate: 'secret://{x}' }] } })
      else say({ id, result: { resources: [], completion: { values: [] } } })
    },
    { prompts: {}, resources: {}, completions: {} },
  )
  for (const [what, ref] of [
    ['by its name', '{"type":"ref/resource","uri":"secret://{x}"}'],
    ['beside what is not', '{"type":"ref/resource","uri":"secret://{x}","name":"a__ok"}'],
    ['twice', '{"type":"ref/prompt","name":"hidden","name":"a__ok"}'],
  ] as const)
    test(`is none of what is hidden: ${what}`, async () => {
      const { client, got } = permitted({ default: 'allow', rules: [{ id: 'r', effect: 'deny', tools: ['secret:*'] }] }, backend)
      await client.greet()
      await client.ask('prompts/list')
      await client.ask('resources/templates/list')
      client.line(`{"jsonrpc":"2.0","id":"c","method":"completion/complete","params":{"ref":${ref},"argument":{"name":"x","value":""}}}`)
      await settled()
      assert.equal(client.answer('c')!.error.code, -32602)
      assert.equal(
        got['a']!.some(({ method }) => method === 'completion/complete'),
        false,
      )
    })
})

import assert from 'node:assert/strict'
import type { PassThrough } from 'node:stream'
import { describe, test } from 'node:test'
import { withMembers } from '../../src/cli/arguments.ts'
import { processOf } from '../../src/serve/processes.ts'
import { entries } from '../../src/serve/run.ts'
import { segmentsIn } from '../../src/store/segments.ts'
import { openStore } from '../../src/store/sqlite.ts'
import { mcpgw, until } from '../fixtures/gateway.ts'
import { backend, set } from './backend.ts'
import { person } from './running.ts'

describe('a call', () => {
  test('prints what the tool says, and ends its backend', async test => {
    const someone = person(test)
    set(someone, { one: backend() })
    assert.deepEqual(await someone.mcpgw('call', 'one__echo', '{"text":"hällo"}'), { exit: 0, out: '{"text":"hällo"}\n', err: '' })
    const [pid] = JSON.parse((await someone.mcpgw('call', 'one__pid')).out)
    assert.equal(await processOf(pid), undefined)
  })

  test('is on record as any call', async test => {
    const someone = person(test)
    set(someone, { one: backend() })
    await someone.mcpgw('call', 'one__echo')
    await someone.mcpgw('call', 'one__nope')
    const store = await openStore(someone.context.places.database)
    const calls = await store.calls()
    await store.close()
    assert.deepEqual(
      calls.map(call => [call.target, call.client.name, call.outcome?.kind]),
      [
        ['one__nope', 'mcpgw call', 'refused'],
        ['one__echo', 'mcpgw call', 'answered'],
      ],
    )
  })

  test('takes its arguments from stdin', async test => {
    const someone = person(test)
    set(someone, { one: backend() })
    ;(someone.context.stdin as unknown as PassThrough).end('{"n": 1}\n')
    assert.equal((await someone.mcpgw('call', 'one__echo', '-')).out, '{"n":1}\n')
  })

  test('takes its arguments one by one, in the types of the schema', async test => {
    const someone = person(test)
    set(someone, { one: backend() })
    const { out } = await someone.mcpgw('call', 'one__echo', '{"n":1}', '--arg', 'text=7', '-a', 'n=8', '-a', 'yes=true', '-a', 'list=[1,2]', '-a', 'more=a=b')
    assert.deepEqual(JSON.parse(out), { n: 8, text: '7', yes: true, list: [1, 2], more: 'a=b' })
  })

  test('exits with what its fault says', async test => {
    const someone = person(test)
    set(someone, { one: backend(), bad: { command: 'no-such-command-at-all' } })
    const failed = await someone.mcpgw('call', 'one__fail')
    assert.deepEqual([failed.exit, failed.out], [1, 'it can not be done\n'])
    const unknown = await someone.mcpgw('call', 'two__x')
    assert.deepEqual([unknown.exit, unknown.out, unknown.err], [4, '', 'mcpgw: Unknown tool: two__x\n'])
  })

  test('as JSON is what the tool gave, untouched', async test => {
    const someone = person(test)
    set(someone, { one: backend() })
    const { out } = await someone.mcpgw('call', 'one__echo', '{"text":"a"}', '--json')
    assert.equal(out, '{"content":[{"type":"text","text":"{\\"text\\":\\"a\\"}"}]}\n')
    const failed = await someone.mcpgw('call', 'one__fail', '--json')
    assert.deepEqual([failed.exit, JSON.parse(failed.out).isError], [1, true])
  })

  test('reaches a terminal escaped, a pipe as it is', async test => {
    const hostile = JSON.stringify({ text: '\u202e\u009b31m' })
    const piping = person(test)
    set(piping, { one: backend() })
    assert.equal((await piping.mcpgw('call', 'one__echo', hostile)).out, `${hostile}\n`)
    const looking = person(test, { columns: 80 })
    set(looking, { one: backend() })
    const { out } = await looking.mcpgw('call', 'one__echo', hostile)
    assert.equal(out, '{"text":"\\u{202e}\\x9b31m"}\n')
  })

  test('that takes long says so on stderr, and is cancelled when its time is over', async test => {
    const someone = person(test)
    set(someone, { one: backend() })
    const slow = await someone.mcpgw('call', 'one__slow', '{"n":1300}')
    assert.deepEqual([slow.exit, slow.out, slow.err], [0, 'slow\n', 'waiting for one__slow ...\n'])
    const late = await someone.mcpgw('call', 'one__slow', '{"n":60000}', '--timeout', '500ms')
    assert.equal(late.exit, 1)
    assert.match(late.err, /no answer within 0.5 s/)
  })

  test('that is interrupted is cancelled and on record, and its backend ended', async test => {
    const someone = person(test)
    const { places } = someone.context
    set(someone, { one: backend('stubborn') })
    await someone.mcpgw('tools')
    const child = mcpgw(someone.home, ['call', 'one__slow', '{"n":60000}'])
    test.after(() => child.kill('SIGKILL'))
    const group = await until(() => entries(places.run).find(one => one.pid === child.pid)?.groups[0])
    await until(() => segmentsIn(places.journal).size > 0)
    child.kill('SIGINT')
    assert.equal(await new Promise(done => child.on('exit', done)), 130)
    assert.equal(await processOf(group.pid), undefined)
    const store = await openStore(places.database)
    const [call] = await store.calls()
    await store.close()
    assert.deepEqual([call?.target, call?.outcome?.kind], ['one__slow', 'cancelled'])
  })

  for (const [what, args] of [
    ['arguments that are no JSON', ['{']],
    ['arguments that are no object', ['[1]']],
    ['a member without =', ['--arg', 'text']],
    ['a time without unit', ['--timeout', '5']],
  ] as const)
    test(`with ${what} is wrong usage, and nothing is called`, async test => {
      const someone = person(test)
      set(someone, { one: backend() })
      const { exit, out } = await someone.mcpgw('call', 'one__echo', ...args)
      assert.deepEqual([exit, out], [2, ''])
    })
})

describe('arguments one by one', () => {
  const schema = {
    properties: {
      s: { type: 'string' },
      i: { type: 'integer' },
      f: { type: 'number' },
      b: { type: ['boolean', 'null'] },
      u: { anyOf: [{ type: 'object' }, { type: 'string' }] },
    },
  }
  for (const [given, text] of [
    ['s=1', '"1"'],
    ['s="x"', '"\\"x\\""'],
    ['i=12345678901234567890', '12345678901234567890'],
    ['i=abc', '"abc"'],
    ['f=1.10', '1.10'],
    ['f=2', '2'],
    ['b=null', 'null'],
    ['b=1', '"1"'],
    ['u={"a":1}', '{"a":1}'],
    ['u=[1]', '"[1]"'],
    ['else={"a":1.0}', '{"a":1.0}'],
    ['else=text', '"text"'],
    ['constructor=1', '1'],
  ] as const)
    test(given, () => {
      const [key, value] = given.split(/=(.*)/s) as [string, string]
      assert.equal(withMembers('{}', [[key, value]], schema), `{${JSON.stringify(key)}:${text}}`)
    })

  test('leave the digits of the others alone', () => {
    assert.equal(withMembers('{"a": 1.000, "b": "ä"}', [['c', 'x']], undefined), '{"a":1.000,"b":"ä","c":"x"}')
  })
})

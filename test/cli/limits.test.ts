import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { budgetOf } from '../../src/gateway/limits.ts'
import { openStore } from '../../src/store/sqlite.ts'
import { backend } from './backend.ts'
import { person, type Person } from './running.ts'

const written = ({ context }: Person) => JSON.parse(readFileSync(context.places.settings, 'utf8'))
const set = ({ context }: Person, settings: object) => writeFileSync(context.places.settings, JSON.stringify(settings))

test('a limit is written, listed, and taken out again by its scope or the beginning of its id', async test => {
  const someone = person(test)
  const { exit, err } = await someone.mcpgw('limit', 'all', '1000/1d')
  assert.equal(exit, 0)
  const [, id] = /^([0-9a-f]{6}): all 1000\/1d\n$/.exec(err)!
  await someone.mcpgw('limit', 'tool:github__*', '200000 tokens/1d', '--burst', '5000')
  const { out } = await someone.mcpgw('limits')
  assert.match(out, new RegExp(`${id} +all +1000/1d +1000 of 1000 +- +-\n`))
  assert.match(out, /tool:github__\* +200000 tokens\/1d, burst 5000 +5000 of 5000/)
  assert.equal((await someone.mcpgw('limits', 'remove', id!.slice(0, 4))).exit, 0)
  assert.match((await someone.mcpgw('limits', 'remove', 'tool:github__*')).err, /removed [0-9a-f]{6}: tool:github__\*/)
  assert.deepEqual(JSON.parse((await someone.mcpgw('limits', '--json')).out), [])
  assert.match((await someone.mcpgw('limits')).err, /There are no limits/)
  assert.equal(written(someone).limits, undefined)
})

test('the same scope, unit and time is the same limit; another time is another one', async test => {
  const someone = person(test)
  for (const rate of ['60/1m', '100/60s', '1000/1d', '100 tokens/1m']) await someone.mcpgw('limit', 'client', rate)
  assert.deepEqual(
    written(someone).limits.map((one: { rate: string }) => one.rate),
    ['100/60s', '1000/1d', '100 tokens/1m'],
  )
})

test('what is no scope, no rate and no backend is refused, and nothing is written', async test => {
  const someone = person(test)
  for (const [args, exit, say] of [
    [['everything', '1/1m'], 2, /the scope can not be "everything": write all, key, key:NAME, client, client:NAME, backend:NAME or tool:GLOB/],
    [['key:ci', '1/1m'], 4, /there is no key ci/],
    [['key:', '1/1m'], 2, /the scope can not be "key:"/],
    [['all', '60'], 2, /the rate can not be "60": write 60\/1m/],
    [['all', '0/1m'], 2, /mcpgw deny/],
    [['all', '1/10ms'], 2, /less than 1s/],
    [['all', '1/1m', '--burst', '0'], 2, /whole number of 1 or more/],
    [['backend:github', '1/1m'], 4, /there is no backend "github"/],
  ] as const) {
    const told = await someone.mcpgw('limit', ...args)
    assert.equal(told.exit, exit, args.join(' '))
    assert.match(told.err, say)
  }
  assert.equal((await someone.mcpgw('limits', 'remove', 'all')).exit, 4)
  assert.deepEqual(JSON.parse((await someone.mcpgw('limits', '--json')).out), [])
})

test('settings with a limit that is none name line and key', async test => {
  const someone = person(test)
  writeFileSync(someone.context.places.settings, '{ "limits": [\n{ "scope": "all", "rate": "60/1m" },\n{ "scope": "all", "rate": "often" } ] }')
  assert.match((await someone.mcpgw('limits')).err, /config\.json:3: limits\[1\]\.rate can not be "often"/)
  set(someone, {
    limits: [
      { scope: 'all', rate: '1/1m' },
      { scope: 'all', rate: '2/60s' },
    ],
  })
  assert.match((await someone.mcpgw('limits')).err, /limits\[1\] counts the same as limits\[0\]/)
  set(someone, { limits: [{ scope: 'all' }] })
  assert.match((await someone.mcpgw('limits')).err, /limits\[0\] has no "rate"/)
  set(someone, { limits: [{ scope: 'all', rate: '1/1m', brust: 1 }] })
  assert.match((await someone.mcpgw('limits')).err, /limits\[0\]\.brust: did you mean "burst"\?/)
})

test('limits says what is left, when there is more, and who has used how much', async test => {
  const someone = person(test)
  set(someone, {
    limits: [
      { scope: 'all', rate: '3/1h' },
      { scope: 'client', rate: '60/1h', burst: 10 },
    ],
  })
  const [all, client] = someone.context.settings().limits
  const store = await openStore(someone.context.places.database)
  for (const who of ['cursor', 'cursor', 'claude']) await store.take([budgetOf(all!), budgetOf(client!, who)], who, Date.now())
  await store.close()
  const { out } = await someone.mcpgw('limits')
  assert.match(out, /all +3\/1h +0 of 3 +in \d+m +cursor 2, claude 1\n/)
  assert.match(out, /client:claude +60\/1h, burst 10 +9 of 10 +all in \d+s +claude 1\n/)
  assert.match(out, /client:cursor +8 of 10 +all in \d+s +cursor 2\n/)
  const [first] = JSON.parse((await someone.mcpgw('limits', '--json')).out)
  assert.deepEqual(
    [first.scope, first.rate, first.budgets[0].left, first.budgets[0].used],
    [
      'all',
      '3/1h',
      0,
      [
        { client: 'cursor', amount: 2 },
        { client: 'claude', amount: 1 },
      ],
    ],
  )
  assert.ok(first.budgets[0].nextAt > Date.now())
})

test('a call over its limit exits with 3, says when to come back, and is on record', async test => {
  const someone = person(test)
  set(someone, { mcpServers: { a: backend() }, limits: [{ scope: 'tool:a__*', rate: '1/1h' }] })
  const { out } = await someone.mcpgw('tools', '--json')
  const [{ name }] = JSON.parse(out)
  assert.notEqual((await someone.mcpgw('call', name)).exit, 3)
  const told = await someone.mcpgw('call', name)
  assert.equal(told.exit, 3)
  assert.match(told.out + told.err, /a__\* may have 1 call in 1h, and that is spent.*Repeat it in \d+m/s)
  assert.equal(JSON.parse((await someone.mcpgw('log', '--outcome', 'rate_limited', '--json')).out).length, 1)
})

test('limits shows the limit that a key carries, and each key under a limit for keys', async test => {
  const someone = person(test)
  set(someone, { mcpServers: { a: backend() }, limits: [{ scope: 'key', rate: '60/1h' }] })
  const key = (await someone.mcpgw('keys', 'create', 'ci', '--limit', '2/1h')).out
  await someone.mcpgw('keys', 'create', 'cd', '--limit', '5/1h')
  await someone.mcpgw('keys', 'create', 'gone', '--limit', '5/1h')
  await someone.mcpgw('keys', 'revoke', 'gone')
  someone.context.env['MCPGW_KEY'] = key
  for (const exit of [0, 0, 3]) assert.equal((await someone.mcpgw('call', 'a__echo')).exit, exit)
  const { out } = await someone.mcpgw('limits')
  assert.match(out, /key:ci +60\/1h +58 of 60 +all in \d+m +ci 2\n/)
  assert.match(out, /key:ci +key:ci +2\/1h +0 of 2 +in \d+m +ci 2\n/)
  assert.match(out, /key:cd +key:cd +5\/1h +5 of 5 +- +-\n/)
  assert.doesNotMatch(out, /gone/)
  const all = JSON.parse((await someone.mcpgw('limits', '--json')).out)
  assert.deepEqual(
    all.map(({ scope, budgets }: { scope: string; budgets: { key?: string; left: number }[] }) => [scope, budgets[0]!.key, budgets[0]!.left]),
    [
      ['key', 'ci', 58],
      ['key:cd', undefined, 5],
      ['key:ci', undefined, 0],
    ],
  )
})

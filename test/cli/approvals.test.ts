import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import { backend } from './backend.ts'
import { person, type Person } from './running.ts'

/** Somebody whose rule asks about a tool, and a call of it that waits. */
async function asked(t: TestContext, args = '{"text":"x","n":1}'): Promise<Person & { id: string; call(args?: string): ReturnType<Person['mcpgw']> }> {
  const someone = person(t)
  const permissions = { rules: [{ effect: 'ask', tools: ['a__echo'] }] }
  writeFileSync(someone.context.places.settings, JSON.stringify({ mcpServers: { a: backend() }, permissions }))
  const call = (given = args) => someone.mcpgw('call', 'a__echo', given)
  const { exit, out, err } = await call()
  assert.equal(exit, 3, out + err)
  const [, id] = /question ([0-9a-f]{8}) waits/.exec(out + err)!
  return { ...someone, id: id!, call }
}

test('a question is listed with all that will run, approved by the beginning of its id, and its call runs once', async t => {
  const { mcpgw, id, call } = await asked(t, '{"text":"x","n":9007199254740993,"password":"hunter22"}')
  const listed = await mcpgw('approvals')
  assert.match(
    listed.out,
    new RegExp(
      `^${id}  mcpgw call wants a__echo  \\d+s ago, 15m left\n  the rule [0-9a-f]{6} asks a person: ask a__echo\n  its backend does not say what it may do: .*\n  \\{"text":"x","n":9007199254740993,`,
    ),
  )
  assert.doesNotMatch(listed.out, /hunter22/)
  assert.match(listed.out, /a secret is not shown/)
  assert.match((await mcpgw('approvals', id.slice(0, 5), '--clear')).out, /hunter22/)
  const approved = await mcpgw('approve', id.slice(0, 5))
  assert.deepEqual([approved.exit, approved.err], [0, `${id}: mcpgw call may call a__echo\n`])
  assert.match((await mcpgw('approve', id)).err, /does not wait any more: it was answered with yes, by local:/)
  assert.equal((await call()).exit, 0)
  assert.equal((await call()).exit, 3)
  const all = JSON.parse((await mcpgw('approvals', '--all', '--json')).out)
  assert.deepEqual(
    all.map((one: { standing: string }) => one.standing),
    ['open', 'used'],
  )
  assert.ok(all[1].used.settledAt)
  assert.doesNotMatch(JSON.stringify(all), /hunter22/)
})

test('an answer is printed for programs as the question that it ended, without secrets', async t => {
  const { mcpgw, id, call } = await asked(t, '{"text":"x","password":"hunter22"}')
  const approved = await mcpgw('approve', id, '--json')
  const { id: given, standing, answer } = JSON.parse(approved.out)
  assert.deepEqual([approved.exit, approved.err, given, standing, answer.decision], [0, '', id, 'allowed', 'allow'])
  assert.doesNotMatch(approved.out, /hunter22/)
  await call()
  await call()
  const [{ id: second }] = JSON.parse((await mcpgw('approvals', '--json')).out)
  const refused = JSON.parse((await mcpgw('refuse', second, '--reason', 'no', '--json')).out)
  assert.deepEqual([refused.standing, refused.answer.reason], ['denied', 'no'])
})

test('a question is told for programs with its rule in words, what the tool may do, and until when its call may wait', async t => {
  const { mcpgw } = await asked(t, '{"text":"x"}')
  const [{ asks, risk, askedAt, heldUntilAt, update }] = JSON.parse((await mcpgw('approvals', '--json')).out)
  assert.deepEqual([asks, risk.kind, heldUntilAt - askedAt, update], ['ask a__echo', 'unknown', 45_000, undefined])
})

test('a question says what differs from the call like it that was allowed last, without secrets', async t => {
  const { mcpgw, id, call } = await asked(t, '{"text":"one\\ntwo\\nthree","n":9007199254740993,"password":"hunter22"}')
  const beforeOf = async () => JSON.parse((await mcpgw('approvals', '--json')).out)[0].before
  assert.equal(await beforeOf(), undefined)
  await mcpgw('approve', id)
  const allowed = JSON.parse((await call()).out.length > 0 ? (await mcpgw('log', '--json', '--limit', '1')).out : '[]')[0].id
  await call('{"password":"hunter23","text":"one\\n2\\nthree","n":9007199254740992}')
  const { difference, ...rest } = await beforeOf()
  assert.deepEqual([rest.approval, rest.call, rest.compared], [id, allowed, 'differs'])
  assert.ok(rest.by.startsWith('local:'))
  const shown = difference.map(({ kind, text }: { kind: string; text: string }) => `${{ was: '-', is: '+', same: ' ' }[kind]}${text}`).join('\n')
  assert.match(shown, /-  "n": 9007199254740993/)
  assert.match(shown, /\+  "n": 9007199254740992/)
  assert.match(shown, /-    two\n\+    2\n     three/)
  assert.doesNotMatch(shown, /hunter/)
  assert.doesNotMatch(shown, /^[-+].*password/m, 'what differs in a secret alone is no difference that could be shown')
  const { out } = await mcpgw('approvals')
  assert.match(out, /"n":9007199254740992\}\n  last time: allowed \d+s ago by local:\S+ \(\S+\); what differs:\n/)
  assert.match(out, /^  \+     2$/m)
  assert.doesNotMatch(out, /hunter/)
})

test('a question like one that was allowed says so when it differs in secrets alone, in nothing, and when nobody kept what ran', async t => {
  const { mcpgw, id, call, context } = await asked(t, '{"text":"x","password":"hunter22"}')
  const permissions = { rules: [{ effect: 'ask', tools: ['a__echo'] }] }
  const keep = (payloads: string) => writeFileSync(context.places.settings, JSON.stringify({ mcpServers: { a: backend() }, permissions, audit: { payloads } }))
  const compared = async (given: string) => {
    await call(given)
    const [one] = JSON.parse((await mcpgw('approvals', '--json')).out)
    assert.equal(one.before.difference, undefined)
    await mcpgw('approve', one.id)
    await call(given)
    return one.before.compared
  }
  await mcpgw('approve', id)
  keep('full')
  await call()
  assert.equal(await compared('{"text":"x","password":"hunter23"}'), 'hidden')
  keep('none')
  assert.equal(await compared('{ "password": "hunter23", "text": "x" }'), 'same')
  assert.equal(await compared('{"text":"y"}'), 'unknown')
})

test('what ran with other arguments than were asked for is what the next question is compared with', async t => {
  const { mcpgw, id, call, context, home } = await asked(t, '{"text":"draft"}')
  const file = join(home, 'editor.sh')
  writeFileSync(file, `echo '{"text":"final"}' > "$1"\n`)
  context.env['EDITOR'] = `sh ${file}`
  assert.equal((await mcpgw('approve', id, '--edit')).exit, 0)
  await call()
  await call('{"text":"later"}')
  const [{ before }] = JSON.parse((await mcpgw('approvals', '--json')).out)
  assert.deepEqual([before.compared, before.edited], ['differs', true])
  assert.match(JSON.stringify(before.difference), /final.*later/)
})

test('a no is read by the model, with its reason', async t => {
  const { mcpgw, id, call } = await asked(t)
  assert.equal((await mcpgw('refuse', id, '--reason', 'after the release')).exit, 0)
  const { exit, out, err } = await call()
  assert.equal(exit, 3)
  assert.match(out + err, /said no: "after the release"/)
  assert.match((await mcpgw('approvals')).err, /No question waits/)
})

test('what was answered is on record, with who answered, and the record is whole', async t => {
  const { mcpgw, id, call } = await asked(t)
  await mcpgw('approve', id, '--reason', 'fine')
  await call()
  const [record] = JSON.parse((await mcpgw('log', '--json', '--limit', '1')).out)
  assert.equal(record.decision.by, `approval:${id}`)
  assert.match(record.decision.approver, /^local:/)
  assert.match((await mcpgw('log', 'show', record.id)).out, new RegExp(`decision +allow by approval:${id}\napprover +local:`))
  const changes = JSON.parse((await mcpgw('log', '--changes', '--json')).out)
  assert.deepEqual(
    changes
      .filter((one: { note: string }) => one.note.startsWith('approvals.'))
      .map((one: { note: string; detail: { approval: string } }) => [one.note, one.detail.approval]),
    [
      ['approvals.asked', id],
      ['approvals.answered', id],
    ],
  )
  assert.match((await mcpgw('log', '--changes')).out, new RegExp(`yes to ${id}: a__echo`))
  assert.equal((await mcpgw('log', 'verify')).exit, 0)
})

test('a remembered answer spares later questions, is listed and explained beside the rules, and ended like one', async t => {
  const { mcpgw, id, call } = await asked(t)
  assert.equal((await mcpgw('approve', id, '--pin', '/text')).exit, 2)
  assert.equal((await mcpgw('approve', id, '--for', 'soon')).exit, 2)
  assert.equal((await mcpgw('approve', id, '--for', '5m', '--pin', 'text')).exit, 2)
  const { exit, err } = await mcpgw('approve', id, '--for', 'always', '--pin', '/text')
  assert.equal(exit, 0, err)
  assert.match((await mcpgw('log', '--changes')).out, /remembered as [0-9a-f]{8} always with the same \/text/)
  const [, answer] = /To end that: mcpgw rules remove ([0-9a-f]{8})/.exec(err)!
  assert.equal((await call()).exit, 0)
  assert.equal((await call('{"text":"x","n":2}')).exit, 0)
  assert.equal((await call('{"text":"y","n":2}')).exit, 3)
  assert.match((await mcpgw('rules')).out, new RegExp(`${answer} +allow +allow a__echo for mcpgw call with /text = "x" always`))
  assert.match((await mcpgw('explain', 'a__echo')).out, new RegExp(`asks a person by .*\nNot asked again: ${answer}`))
  assert.equal((await mcpgw('rules', 'remove', answer!.slice(0, 6))).exit, 0)
  assert.equal((await call('{"text":"x","n":3}')).exit, 3)
  assert.deepEqual(JSON.parse((await mcpgw('rules', '--json')).out).answers, [])
})

test('a remembered answer is for the backend as it was configured: another command under its name asks anew, and the list says so', async t => {
  const { mcpgw, id, call, context } = await asked(t)
  assert.equal((await mcpgw('approve', id, '--for', 'always')).exit, 0)
  assert.equal((await call()).exit, 0)
  const permissions = { rules: [{ effect: 'ask', tools: ['a__echo'] }] }
  const write = (mcpServers: object) => writeFileSync(context.places.settings, JSON.stringify({ mcpServers, permissions }))
  write({ a: backend('--another') })
  assert.equal((await call()).exit, 3)
  assert.equal((await call('{"text":"x","n":2}')).exit, 3)
  assert.match((await mcpgw('rules')).out, /allow a__echo for mcpgw call always .* - holds no more: "a" is configured otherwise now/)
  assert.doesNotMatch((await mcpgw('explain', 'a__echo')).out, /Not asked again/)
  write({})
  assert.match((await mcpgw('rules')).out, /- holds no more: "a" is not in the settings any more/)
  write({ a: backend() })
  assert.equal((await call('{"text":"x","n":2}')).exit, 0)
  const db = new DatabaseSync(context.places.database)
  db.exec('update answers set config = null')
  db.close()
  assert.equal((await call('{"text":"x","n":3}')).exit, 3)
  assert.match((await mcpgw('rules')).out, /- holds no more: an older mcpgw has not noted how "a" is configured/)
})

test('changed arguments are checked against the schema of the tool, and run', async t => {
  const { mcpgw, id, call, context, home } = await asked(t)
  const editor = (text: string) => {
    const file = join(home, 'editor.sh')
    writeFileSync(file, `cat > "$1" <<'END'\n${text}\nEND\n`)
    context.env['EDITOR'] = `sh ${file}`
  }
  editor('{"text": 5}')
  const refused = await mcpgw('approve', id, '--edit')
  assert.deepEqual([refused.exit, /the tool does not take such arguments: \/text: .*string/.test(refused.err)], [2, true], refused.err)
  editor('{"text": "two  words",\n  "n": 9007199254740993 }')
  assert.equal((await mcpgw('approve', id, '--edit', '--for', '5m')).exit, 2)
  assert.equal((await mcpgw('approve', id, '--edit')).exit, 0)
  const { exit, out } = await call()
  assert.equal(exit, 0)
  assert.match(out, /A person changed the arguments.*\{"text":"two  words","n":9007199254740993\}/s)
})

test('nothing is answered that nobody asks', async t => {
  const { mcpgw } = await asked(t)
  assert.equal((await mcpgw('approve', 'ffffffffff')).exit, 4)
  assert.equal((await mcpgw('refuse', 'ffffffffff')).exit, 4)
  assert.equal((await mcpgw('approvals', 'ffffffffff')).exit, 4)
  assert.deepEqual(JSON.parse((await person(t).mcpgw('approvals', '--json')).out), [])
})

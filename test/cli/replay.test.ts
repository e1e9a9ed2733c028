import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { DatabaseSync } from 'node:sqlite'
import { backend, set } from './backend.ts'
import { person, type Person } from './running.ts'

const SECRET = 'q7Zp2LmX9vKtR4wYc8Bn'

const audit = ({ context }: Person, audit: object): void => writeFileSync(context.places.settings, JSON.stringify({ mcpServers: { one: backend() }, audit }))

const lastOf = async ({ mcpgw }: Person): Promise<any> => JSON.parse((await mcpgw('log', '--json', '-n', '1')).out)[0]

describe('what a call carried', () => {
  test('is shown with it, found by its words and exported with it, without its secrets', async t => {
    const someone = person(t)
    set(someone, { one: backend() })
    await someone.mcpgw('call', 'one__echo', `{"text":"a rare word\\nand more","token":"${SECRET}","n":9007199254740993}`)
    await someone.mcpgw('call', 'one__echo', '{"text":"another"}')
    const [call] = JSON.parse((await someone.mcpgw('log', '--json', 'RARE')).out)
    assert.equal(JSON.parse((await someone.mcpgw('log', '--json', 'rare', 'another')).out).length, 0)
    const { out } = await someone.mcpgw('log', 'show', call.id)
    assert.match(out, /^arguments {2,}\d+ B \(about \d+ tokens\), sha256:/m)
    assert.match(
      out,
      /^arguments \(\d+ B, 1 secret redacted\)\n {2}\{\n {4}"text": \|\n {6}a rare word\n {6}and more\n {4}"token": "\[redacted:token\]",\n {4}"n": 9007199254740993\n {2}\}/m,
    )
    assert.match(out, /^result \(\d+ B, 1 secret redacted\)\n/m)
    const data = JSON.parse((await someone.mcpgw('log', 'show', call.id, '--json')).out)
    assert.deepEqual(
      data.payloads.map((one: any) => [one.part, one.redactions, one.cut]),
      [
        ['arguments', 1, false],
        ['result', 1, false],
      ],
    )
    const exported = (await someone.mcpgw('log', 'export', '--format', 'jsonl', '--payloads', 'rare')).out
    assert.match(JSON.parse(exported).arguments, /"token":"\[redacted:token\]"/)
    assert.equal(JSON.parse((await someone.mcpgw('log', 'export', '--format', 'jsonl', 'rare')).out).arguments, null)
    for (const text of [out, exported, JSON.stringify(data)]) assert.ok(!text.includes(SECRET))
    assert.equal((await someone.mcpgw('log', 'verify')).exit, 0)
  })

  test('is shown as the frames that it was part of, as far as they are on record', async t => {
    const someone = person(t)
    set(someone, { one: backend() })
    await someone.mcpgw('call', 'one__echo', '{"n": 9007199254740993}')
    const { id } = await lastOf(someone)
    const { exit, out } = await someone.mcpgw('log', 'show', id, '--raw')
    assert.equal(exit, 0)
    const [request, answer] = out.trimEnd().split('\n')
    assert.ok(request!.startsWith('{"jsonrpc":"2.0","method":"tools/call","params":{"name":"one__echo","arguments":{"n":9007199254740993}}'), out)
    assert.equal(JSON.parse(answer!).result.content[0].type, 'text')
  })

  test('is not kept where the settings say so, and the log says that', async t => {
    const someone = person(t)
    audit(someone, { payloads: 'none' })
    await someone.mcpgw('call', 'one__echo', '{"text":"a rare word"}')
    assert.match((await someone.mcpgw('log', 'show', (await lastOf(someone)).id)).out, /^arguments .*, not kept$/m)
    assert.equal((await someone.mcpgw('log', '--json', 'rare')).out, '[]\n')
  })
})

describe('mcpgw replay', () => {
  test('makes the call again, on record, and says that the result is the same', async t => {
    const someone = person(t)
    set(someone, { one: backend() })
    await someone.mcpgw('call', 'one__echo', '{"text":"hällo", "n": 9007199254740993}')
    const { id } = await lastOf(someone)
    const { exit, out, err } = await someone.mcpgw('replay', id)
    assert.deepEqual([exit, out], [0, 'The result is the same.\n'])
    const again = await lastOf(someone)
    assert.deepEqual([again.client.name, again.target], ['mcpgw replay', 'one__echo'])
    assert.equal(err, `one__echo: ${id} again, as ${again.id}\n`)
    assert.equal(again.argumentsHash, JSON.parse((await someone.mcpgw('log', 'show', id, '--json')).out).argumentsHash, 'byte for byte')
  })

  test('shows what differs in the result', async t => {
    const someone = person(t)
    set(someone, { one: backend() })
    await someone.mcpgw('call', 'one__pid')
    const { id } = await lastOf(someone)
    const { exit, out } = await someone.mcpgw('replay', id)
    assert.equal(exit, 0)
    assert.match(out, /^--- then\n\+\+\+ now\n@@ -\d+,\d+ \+\d+,\d+ @@\n/)
    assert.match(out, /^-.*\d+/m)
    assert.match(out, /^\+.*\d+/m)
    const data = JSON.parse((await someone.mcpgw('replay', id, '--json')).out)
    assert.deepEqual([data.call, data.same, data.difference[0]], [id, false, '--- then'])
  })

  test('shows what differs also where only the beginning was kept', async t => {
    const someone = person(t)
    const settings = { mcpServers: { one: backend('child') }, audit: { maxBytes: 46 } }
    writeFileSync(someone.context.places.settings, JSON.stringify(settings))
    await someone.mcpgw('call', 'one__pid')
    const { id } = await lastOf(someone)
    assert.equal(JSON.parse((await someone.mcpgw('log', 'show', id, '--json')).out).payloads.at(-1).cut, true)
    assert.match((await someone.mcpgw('replay', id)).out, /^--- then\n\+\+\+ now\n/)
  })

  test('is refused where the arguments were redacted, cut off or not kept, and says what to do', async t => {
    const someone = person(t)
    for (const [settings, text, why] of [
      [{}, `{"token":"${SECRET}"}`, /secrets in its arguments were redacted/],
      [{ maxBytes: 10 }, '{"text":"a long text"}', /only the beginning of its arguments/],
      [{ payloads: 'none' }, '{"text":"x"}', /its arguments were not kept/],
    ] as const) {
      audit(someone, settings)
      await someone.mcpgw('call', 'one__echo', text)
      const { exit, out, err } = await someone.mcpgw('replay', (await lastOf(someone)).id)
      assert.deepEqual([exit, out], [3, ''])
      assert.match(err, why)
      assert.match(err, /mcpgw call one__echo.*\n.*"payloads": "full"/)
    }
    assert.equal((await someone.mcpgw('replay', 'nope')).exit, 4)
  })

  test('sends secrets again where all of it was kept', async t => {
    const someone = person(t)
    audit(someone, { payloads: 'full' })
    await someone.mcpgw('call', 'one__echo', `{"token":"${SECRET}"}`)
    const { id } = await lastOf(someone)
    assert.deepEqual((await someone.mcpgw('replay', id)).out, 'The result is the same.\n')
  })

  test('sends nothing that is not what was sent: what is kept must fit the hash in the record', async t => {
    const someone = person(t)
    set(someone, { one: backend() })
    await someone.mcpgw('call', 'one__echo', '{"text":"hello"}')
    const { id } = await lastOf(someone)
    const db = new DatabaseSync(someone.context.places.database)
    db.exec(`update notes set line = replace(line, 'hello', 'other') where note = 'payload'`)
    db.close()
    const { exit, err } = await someone.mcpgw('replay', id)
    assert.equal(exit, 1)
    assert.match(err, /is not what was sent\n.*mcpgw log verify/)
  })

  test('is decided on as any call: a rule that came since refuses it', async t => {
    const someone = person(t)
    set(someone, { one: backend() })
    await someone.mcpgw('call', 'one__echo', '{"text":"hello"}')
    const { id } = await lastOf(someone)
    await someone.mcpgw('deny', 'one__echo', '--when', '/text=hello')
    const { exit, err } = await someone.mcpgw('replay', id)
    assert.equal(exit, 3)
    assert.match(err, /denied/i)
  })
})

// A rule asks, real clients of both eras call, by either door: who is asked, where, what an answer does, and that a yes is used once.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { fault, Home } from './launch.ts'
import { person, said, waiting, window, type Answering, type Door, type Era, type Person } from './person.ts'

interface Stage {
  readonly home: Home
  readonly client: Person
  /** What the backend has been told to do, by the key of each call. */
  seen(): string[]
}

const doors = {
  stdio: async () => 'stdio' as Door,
  serve: async (home: Home) => ({ url: (await home.serve()).url }) as Door,
}

async function stage(t: TestContext, era: Era, door: keyof typeof doors, answering?: Answering): Promise<Stage> {
  const home = new Home(t)
  const file = join(home.dir, 'seen')
  home.settings({ a: fault({ seen: file }) }, { permissions: { rules: [{ effect: 'ask', tools: ['a__echo'] }] } })
  const client = await person(home, era, await doors[door](home), answering)
  t.after(() => client.close())
  await client.sees('a__echo')
  return { home, client, seen: () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []) }
}

const choose = (...answers: string[]): Answering => {
  const left = [...answers]
  return () => ({ action: 'accept', content: { answer: left.shift() ?? assert.fail('asked once more') } })
}
const code = (result: { _meta?: { 'mcpgw/fault'?: { code: string } } }) => result._meta?.['mcpgw/fault']?.code

for (const era of ['legacy', 'modern'] as const)
  for (const door of Object.keys(doors) as (keyof typeof doors)[])
    describe(`a ${era} client over ${door}`, { concurrency: 2 }, () => {
      test('shows its person what will run; a yes runs it once, a no not at all, and each is on record', async t => {
        const { home, client, seen } = await stage(t, era, door, choose('once', 'no', 'once'))
        assert.match(said(await client.call('a__echo', { key: 'one' })), /one/)
        assert.match(client.asked[0]!.message, /a__echo[\s\S]*"key": ?"one"/)
        assert.equal(code(await client.call('a__echo', { key: 'two' })), 'approval_denied')
        // a yes was for one call: the same again is asked again
        assert.match(said(await client.call('a__echo', { key: 'one' })), /one/)
        assert.equal(client.asked.length, 3)
        assert.deepEqual(seen(), ['one', 'one'])
        const all = JSON.parse((await home.run('approvals', '--all', '--json')).stdout)
        assert.deepEqual(
          all.map(({ standing, answer }: { standing: string; answer: { via: string } }) => [standing, answer.via]),
          [
            ['used', 'client'],
            ['denied', 'client'],
            ['used', 'client'],
          ],
        )
        assert.equal((await home.log()).length, 3)
      })

      test('is not asked twice where its person has said yes for the session, until that is revoked', async t => {
        const { home, client, seen } = await stage(t, era, door, choose('session', 'no'))
        for (const key of ['one', 'two']) assert.match(said(await client.call('a__echo', { key })), new RegExp(key))
        assert.equal(client.asked.length, 1)
        const { answers } = JSON.parse((await home.run('rules', '--json')).stdout)
        assert.deepEqual(
          answers.map(({ target, span }: { target: string; span: string }) => [target, span]),
          [['a__echo', 'session']],
        )
        const removed = await home.run('rules', 'remove', answers[0].id)
        assert.equal(removed.code, 0, removed.stderr)
        assert.equal(code(await client.call('a__echo', { key: 'three' })), 'approval_denied')
        assert.equal(client.asked.length, 2)
        assert.deepEqual(seen(), ['one', 'two'])
      })

      test('waits while somebody is at a window, and goes on when another process says yes', async t => {
        const { home, client, seen } = await stage(t, era, door, choose())
        t.after(await window(home))
        const calling = client.call('a__echo', { key: 'one' })
        const { id, target } = await waiting(home)
        assert.equal(target, 'a__echo')
        assert.deepEqual(seen(), [])
        const approved = await home.run('approve', id)
        assert.equal(approved.code, 0, approved.stderr)
        assert.match(said(await calling), /one/)
        assert.deepEqual([seen(), client.asked.length], [['one'], 0])
        assert.equal((await home.run('approve', id)).code, 1, 'it was answered')
      })

      test('gives up before anybody has answered; a yes then runs nothing, and the same call again runs, once', async t => {
        const { home, client, seen } = await stage(t, era, door)
        const close = await window(home)
        const gaveUp = assert.rejects(client.call('a__echo', { key: 'one' }, 4000), /timed out|timeout/i)
        const { id } = await waiting(home)
        await gaveUp
        assert.equal((await waiting(home)).id, id, 'the question outlives the call')
        assert.equal((await home.run('approve', id)).code, 0)
        assert.deepEqual(seen(), [])
        assert.match(said(await client.call('a__echo', { key: 'one' })), /one/)
        close()
        const again = await client.call('a__echo', { key: 'one' })
        assert.equal(code(again), 'approval_pending')
        assert.deepEqual(seen(), ['one'])
      })
    })

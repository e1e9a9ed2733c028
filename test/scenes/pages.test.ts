// Lists in pages: a backend's cursors go back to it as it wrote them, whatever is in them, and it can't keep anybody busy with them. A client gets one page.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { settled } from '../fixtures/clock.ts'
import { Caller, ERAS, peer, type Era } from './peers.ts'
import { stage, type Script } from './stage.ts'

/** A server of tools in pages: `next` writes the cursor behind page n, or nothing. */
function paged(era: Era, next: (page: number) => string | undefined, broken = -1): { script: Script; asked: () => number } {
  const base = peer(era)
  let page = 0
  const script: Script = (message, say, hangUp) => {
    if (message.method !== 'tools/list') return base.script(message, say, hangUp)
    if (message.params?.cursor === undefined) page = 0
    const id = JSON.stringify(message.id)
    if (page === broken) return say({ id: message.id, error: { code: -32602, message: 'Invalid cursor' } })
    const cursor = next(page)
    const type = era === 'modern' ? '"resultType":"complete","ttlMs":0,"cacheScope":"private",' : ''
    const tools = `"tools":[{"name":"t${page++}","inputSchema":{}}]`
    say(`{"jsonrpc":"2.0","id":${id},"result":{${type}${tools}${cursor === undefined ? '' : `,"nextCursor":${cursor}`}}}`)
  }
  return { script, asked: () => page }
}

for (const front of ERAS)
  for (const back of ERAS)
    describe(`a ${front} client, a ${back} backend`, () => {
      const listed = async (script: Script) => {
        const staged = stage({ p: script, other: peer('legacy').script })
        const caller = new Caller(staged.client, front)
        await caller.greet()
        const id = caller.say('tools/list')
        for (let turn = 0; turn < 60 && !staged.client.answer(id); turn++) {
          await settled(20)
          await staged.clock.pass(20)
        }
        // What was not there in time is told of, and there at the next look.
        await settled(4000)
        const { result } = await caller.ask('tools/list')
        const names = (of: string) => result.tools.flatMap(({ name }: { name: string }) => (name.startsWith(of) ? [name] : []))
        return { ...staged, caller, tools: names('p__'), others: names('other__'), nextCursor: result.nextCursor }
      }

      test('a cursor goes back as it was written', async () => {
        const cursors = ['"\\u0041"', '"\\ud800"', '"é😀"', '"__proto__"', '"},{\\"id\\":9"', '"\\u0000\\n"', `"${'x'.repeat(100_000)}"`, '""']
        const { tools, lines, nextCursor } = await listed(paged(back, page => cursors[page]).script)
        assert.equal(tools.length, cursors.length + 1)
        assert.equal(nextCursor, undefined)
        const sent = lines['p']!.filter(line => line.includes('"tools/list"') && line.includes('"cursor"'))
        cursors.forEach((cursor, index) => assert.ok(sent[index]!.includes(`"cursor":${cursor}`), cursor.slice(0, 20)))
      })

      for (const odd of ['null', '7', '{}', '[]', 'false'])
        test(`${odd} is no cursor`, async () => assert.deepEqual((await listed(paged(back, () => odd).script)).tools, ['p__t0']))

      for (const [how, next] of Object.entries<(page: number) => string>({
        'repeats itself': () => '"again"',
        'goes in a circle': page => `"${page % 3}"`,
        'never ends': page => `"${page}"`,
      }))
        test(`a backend that ${how} is cut off; what it said counts, and nobody waits for it`, async () => {
          const backend = paged(back, next)
          const { tools, others } = await listed(backend.script)
          assert.ok(tools.length > 0 && tools.length <= 500, String(tools.length))
          assert.equal(others.length, peer('legacy').tools.length)
          assert.ok(backend.asked() <= 500)
        })

      test('a backend that does not know its own cursor: what came before counts', async () =>
        assert.deepEqual((await listed(paged(back, page => `"${page}"`, 2).script)).tools, ['p__t0', 'p__t1']))

      test('a client has no cursor to give; null is none', async () => {
        const { caller, got } = await listed(paged(back, () => undefined).script)
        const before = got['p']!.length
        for (const method of ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list']) {
          for (const cursor of ['x', '', 0, {}, [], false]) assert.equal((await caller.ask(method, { cursor })).error.code, -32602)
          assert.ok((await caller.ask(method, { cursor: null })).result)
        }
        assert.equal(got['p']!.length, before)
      })
    })

// The 2.x SDK's client, which is modern here, over the gateway, by either door, before a legacy server and a modern one: whatever they want to know
// it is asked by answers, and comes back.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { Home, program, root, server } from './launch.ts'

type Result = any

const doors = {
  stdio(home: Home) {
    const [command, ...args] = program
    return new StdioClientTransport({ command, args: [...args, 'stdio'], env: home.env, cwd: home.dir, stderr: 'ignore' })
  },
  http: async (home: Home) => new StreamableHTTPClientTransport(new URL((await home.serve()).url)),
}

for (const [door, connect] of Object.entries(doors))
  describe(`a client of the 2.x SDK over ${door}`, () => {
    const client = new Client(
      { name: 'sdk2', version: '1' },
      { capabilities: { roots: {}, sampling: {}, elicitation: { form: {} } }, versionNegotiation: { mode: { pin: '2026-07-28' } } },
    )
    const asked: string[] = []
    const ends: (() => void | Promise<void>)[] = []
    const call = async (name: string, args: Record<string, unknown> = {}): Promise<string> => {
      const { content }: Result = await client.callTool({ name, arguments: args })
      return content.map(({ text }: { text?: string }) => text).join('\n')
    }

    before(async () => {
      const home = new Home(
        { after: act => ends.push(act) },
        { everything: server('mcp-server-everything'), modern: { command: process.execPath, args: [join(root, 'test/fixtures/modern.mjs')] } },
      )
      const said = (method: string, result: object) => client.setRequestHandler(method as 'roots/list', () => (asked.push(method), result as never))
      said('roots/list', { roots: [{ uri: 'file:///one', name: 'one' }] })
      said('sampling/createMessage', { model: 'none', role: 'assistant', content: { type: 'text', text: 'sampled' } })
      said('elicitation/create', { action: 'accept', content: { name: 'Ada' } })
      await client.connect(await connect(home))
      const needed = ['everything__trigger-sampling-request', 'everything__trigger-elicitation-request', 'everything__get-roots-list', 'modern__ask']
      for (let turns = 0; ; turns++) {
        const names = (await client.listTools()).tools.map(({ name }) => name)
        if (needed.every(name => names.includes(name))) break
        assert.ok(turns < 300, `the tools of both: ${names.join(' ')}`)
        await sleep(50)
      }
    })
    after(async () => {
      await client.close()
      for (const end of ends) await end()
    })

    test('is asked to sample by a legacy server, within the call that needs it', async () => {
      assert.match(await call('everything__trigger-sampling-request', { prompt: 'why' }), /sampled/)
      assert.ok(asked.includes('sampling/createMessage'))
    })

    test('is asked for input by a legacy server, and by a modern one, alike', async () => {
      assert.match(await call('everything__trigger-elicitation-request'), /accept|Ada/i)
      assert.equal(await call('modern__ask'), 'hello Ada')
    })

    test('is asked for its roots by a legacy server', async () => {
      assert.match(await call('everything__get-roots-list'), /file:\/\/\/one/)
    })
  })

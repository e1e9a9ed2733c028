// The 1.x SDK's client, which knows nothing of 2026-07-28, over the gateway, by either door: everything that a session can do, with servers of
// both eras.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
  LoggingMessageNotificationSchema,
  ResourceUpdatedNotificationSchema,
  ToolListChangedNotificationSchema,
  type Progress,
} from '@modelcontextprotocol/sdk/types.js'
import { Home, program, root, server } from './launch.ts'

type Result = any

const said = (result: Result): string => result.content[0].text

async function until(so: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const end = performance.now() + 15_000; !(await so()); await sleep(50)) assert.ok(performance.now() < end, `${what} did not happen`)
}

const doors = {
  stdio(home: Home) {
    const [command, ...args] = program
    return new StdioClientTransport({ command, args: [...args, 'stdio'], env: home.env, cwd: home.dir, stderr: 'ignore' })
  },
  http: async (home: Home) => new StreamableHTTPClientTransport(new URL((await home.serve()).url)),
}

for (const [door, connect] of Object.entries(doors))
  describe(`a client of the 1.x SDK over ${door}`, () => {
    const client = new Client({ name: 'sdk1', version: '1' }, { capabilities: { roots: { listChanged: true }, sampling: {}, elicitation: { form: {} } } })
    const logged: unknown[] = []
    const updated: string[] = []
    const asked: { method: string; params: any }[] = []
    let roots = [{ uri: 'file:///one', name: 'one' }]
    let changes = 0
    const ends: (() => void | Promise<void>)[] = []
    let home: Home
    const call = (name: string, args: Record<string, unknown> = {}, options = {}): Promise<Result> =>
      client.callTool({ name, arguments: args }, undefined, options)
    const tools = async () => (await client.listTools()).tools.map(tool => tool.name)

    before(async () => {
      home = new Home(
        { after: act => ends.push(act) },
        {
          everything: server('mcp-server-everything'),
          modern: { command: process.execPath, args: [join(root, 'test/fixtures/modern.mjs')] },
        },
      )
      client.setRequestHandler(ListRootsRequestSchema, () => ({ roots }))
      client.setRequestHandler(CreateMessageRequestSchema, ({ method, params }) => {
        asked.push({ method, params })
        return { model: 'none', role: 'assistant', content: { type: 'text', text: 'sampled' } }
      })
      client.setRequestHandler(ElicitRequestSchema, ({ method, params }) => {
        asked.push({ method, params })
        return { action: 'accept', content: { name: 'Ada' } }
      })
      client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void logged.push(params.data))
      client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => void updated.push(params.uri))
      client.setNotificationHandler(ToolListChangedNotificationSchema, () => void changes++)
      await client.connect(await connect(home))
      const needed = ['everything__trigger-sampling-request', 'everything__trigger-elicitation-request', 'everything__get-roots-list', 'modern__ask']
      await until(() => tools().then(all => needed.every(name => all.includes(name))), 'the tools of both')
    })
    after(async () => {
      await client.close()
      for (const end of ends) await end()
    })

    test('is greeted, and told what there can be', async () => {
      assert.equal(client.getServerVersion()?.name, 'mcpgw')
      assert.deepEqual(Object.keys(client.getServerCapabilities()!).sort(), ['completions', 'logging', 'prompts', 'resources', 'tasks', 'tools'])
      await client.ping()
    })

    test('gets results that its own schema check accepts', async () => {
      assert.equal(said(await call('everything__echo', { message: 'grüße' })), 'Echo: grüße')
      const { structuredContent } = await call('everything__get-structured-content', { location: 'New York' })
      assert.equal(typeof structuredContent.temperature, 'number')
      assert.equal((await call('everything__get-tiny-image')).content[1].type, 'image')
    })

    test('hears the progress of its call, in order, before the answer', async () => {
      const heard: Progress[] = []
      const options = { onprogress: (progress: Progress) => heard.push(progress) }
      await call('everything__trigger-long-running-operation', { duration: 0.4, steps: 4 }, options)
      // The last one may come in one piece with the answer; then this SDK has forgotten the token, also without a gateway.
      assert.deepEqual(
        heard.slice(0, 3).map(({ progress, total }) => [progress, total]),
        [1, 2, 3].map(step => [step, 4]),
      )
    })

    test('cancels a call, which is on record as cancelled, and the next is answered', async () => {
      const stop = new AbortController()
      const long = call('everything__trigger-long-running-operation', { duration: 60, steps: 60 }, { signal: stop.signal })
      await sleep(100)
      stop.abort('enough')
      await assert.rejects(long)
      assert.equal(said(await call('everything__echo', { message: 'next' })), 'Echo: next')
      await until(
        async () => (await home.log()).some(({ target, outcome }) => /long-running/.test(target) && /cancelled/.test(JSON.stringify(outcome ?? null))),
        'the record',
      )
    })

    test('is asked for its roots, and again when they change', async () => {
      assert.match(said(await call('everything__get-roots-list')), /file:\/\/\/one/)
      roots = [{ uri: 'file:///two', name: 'two' }]
      await client.sendRootsListChanged()
      await until(async () => /file:\/\/\/two/.test(said(await call('everything__get-roots-list'))), 'the news of the roots')
    })

    test('is asked to sample, within the call that needs it', async () => {
      assert.match(said(await call('everything__trigger-sampling-request', { prompt: 'why' })), /sampled/)
      assert.match(JSON.stringify(asked.at(-1)), /sampling\/createMessage.*why/)
    })

    test('is asked for input by a legacy server, and by a modern one, alike', async () => {
      assert.match((await call('everything__trigger-elicitation-request')).content.map(({ text }: { text: string }) => text).join('\n'), /accept|Ada/i)
      assert.equal(said(await call('modern__ask')), 'hello Ada')
      assert.deepEqual(
        asked.slice(-2).map(({ method }) => method),
        ['elicitation/create', 'elicitation/create'],
      )
      assert.equal(asked.at(-1)!.params.message, 'Who?')
    })

    test('hears of a resource that it follows, and no more when it does not', async () => {
      const uri = 'demo://resource/dynamic/text/3'
      await client.subscribeResource({ uri })
      await call('everything__toggle-subscriber-updates')
      await until(() => updated.includes(uri), 'the update')
      await call('everything__toggle-subscriber-updates')
      await client.unsubscribeResource({ uri })
    })

    test('hears what a server logs, at the level that it chose', async () => {
      await client.setLoggingLevel('debug')
      await call('everything__toggle-simulated-logging')
      await until(() => logged.some(data => /-level message|level-message/.test(String(data))), 'a log message')
      await call('everything__toggle-simulated-logging')
    })

    test('completes the argument of a prompt, and of a template', async () => {
      const prompt = await client.complete({
        ref: { type: 'ref/prompt', name: 'everything__completable-prompt' },
        argument: { name: 'department', value: 'E' },
      })
      assert.deepEqual(prompt.completion.values, ['Engineering'])
      const template = await client.complete({
        ref: { type: 'ref/resource', uri: 'demo://resource/dynamic/text/{resourceId}' },
        argument: { name: 'resourceId', value: '1' },
      })
      assert.ok(Array.isArray(template.completion.values))
    })

    test('reads a modern server’s prompts, resources and progress', async () => {
      assert.equal((await client.getPrompt({ name: 'modern__greeting' })).messages.length, 1)
      assert.deepEqual((await client.readResource({ uri: 'modern://one' })).contents, [{ uri: 'modern://one', text: 'one' }])
      const heard: number[] = []
      assert.equal(said(await call('modern__progress', {}, { onprogress: ({ progress }: Progress) => heard.push(progress) })), 'done')
      assert.deepEqual(heard, [1, 2, 3].slice(0, heard.length))
    })

    test('is told what it did wrong as its protocol wants', async () => {
      await assert.rejects(call('everything__nothing'), /-32602/)
      assert.equal((await call('everything__get-sum', { a: 'x' })).isError, true)
      await assert.rejects(client.readResource({ uri: 'nowhere://at/all' }), /-32602/)
    })

    test('is not told of changes of lists that it has seen', () => assert.ok(changes < 6, `${changes} times list_changed`))
  })

// The official inspector's command line as the client, the official servers as backends: through the gateway they are what they are directly.

import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { Home, program, root, server, type Entry } from './launch.ts'

type Json = any

interface Stage {
  readonly servers: Record<string, Entry>
  /** A folder that the filesystem server may read. */
  readonly files: string
  /** One request through the gateway. */
  gateway(...args: string[]): Promise<Json>
  /** The same to one of its backends. */
  direct(name: string, ...args: string[]): Promise<Json>
  /** In which eras calls came. */
  eras(): Promise<string[]>
}

function stage(t: TestContext): Stage {
  const home = new Home(t)
  const files = join(home.dir, 'files')
  mkdirSync(files)
  writeFileSync(join(files, 'note.txt'), 'grüße\n')
  const servers = {
    everything: server('mcp-server-everything'),
    files: server('mcp-server-filesystem', [files]),
    memory: server('mcp-server-memory', [], { env: { MEMORY_FILE_PATH: join(home.dir, 'memory.json') } }),
  }
  home.settings(servers)
  const inspect = async (target: readonly string[], args: readonly string[]) => {
    const cli = [join(root, 'node_modules/.bin/mcp-inspector'), '--cli', '-q', '-e', `MCPGW_HOME=${home.mcpgw}`]
    const { code, stdout, stderr } = await home.exec(process.execPath, [...cli, ...args, '--', ...target])
    assert.equal(code, 0, stderr)
    return JSON.parse(stdout)
  }
  return {
    servers,
    files,
    eras: async () => [...new Set((await home.log()).map(call => call.era))],
    gateway: (...args) => inspect([...program, 'stdio'], args),
    direct: (name, ...args) => inspect([process.execPath, ...(servers[name as keyof typeof servers]['args'] as string[])], args),
  }
}

/** One list, each item under its public name. */
const named = (prefix: string, items: Json[]): Json[] => items.map(item => ({ ...item, name: `${prefix}__${item.name}` }))

describe('the inspector sees through the gateway', { concurrency: 2 }, () => {
  test('the tools of all backends, each exactly as its server defines it', async t => {
    const { servers, gateway, direct } = stage(t)
    const { tools } = await gateway('--method', 'tools/list')
    const own = await Promise.all(Object.keys(servers).map(async name => named(name, (await direct(name, '--method', 'tools/list')).tools)))
    assert.deepEqual(tools, own.flat())
    const modern = await gateway('--protocol-era', 'modern', '--method', 'tools/list')
    assert.deepEqual(
      modern.tools.map((tool: Json) => tool.name),
      tools.map((tool: Json) => tool.name),
    )
  })

  for (const era of ['legacy', 'modern', 'auto'])
    test(`the results of calls (${era})`, async t => {
      const { gateway, files, eras } = stage(t)
      const call = (name: string, args: object) =>
        gateway('--protocol-era', era, '--method', 'tools/call', '--tool-name', name, '--tool-args-json', JSON.stringify(args))
      assert.deepEqual((await call('everything__get-sum', { a: 19, b: 23 })).content, [{ type: 'text', text: 'The sum of 19 and 23 is 42.' }])
      assert.equal((await call('files__read_text_file', { path: join(files, 'note.txt') })).content[0].text, 'grüße\n')
      const entity = { name: 'mcpgw', entityType: 'program', observations: ['é'] }
      assert.deepEqual((await call('memory__create_entities', { entities: [entity] })).structuredContent, { entities: [entity] })
      assert.deepEqual((await call('memory__read_graph', {})).structuredContent.entities, [entity])
      // who may choose finds that it speaks the newer one
      assert.deepEqual(await eras(), [era === 'legacy' ? 'legacy' : 'modern'])
    })

  test('prompts, and what they give', async t => {
    const { gateway, direct } = stage(t)
    const [all, own] = await Promise.all([gateway('--method', 'prompts/list'), direct('everything', '--method', 'prompts/list')])
    assert.deepEqual(all.prompts, named('everything', own.prompts))
    const get = ['--method', 'prompts/get', '--prompt-args', 'city=Bern', '--prompt-name']
    assert.match(JSON.stringify(await gateway(...get, 'everything__args-prompt')), /Bern/)
  })

  test('resources under their own addresses, templates, and what they hold', async t => {
    const { gateway, direct } = stage(t)
    const { resources } = await gateway('--method', 'resources/list')
    assert.equal(resources.at(-1).uri, 'memory://knowledge-graph')
    const read = ['--method', 'resources/read', '--uri', resources[0].uri]
    assert.deepEqual(await gateway(...read), await direct('everything', ...read))
    const { resourceTemplates } = await gateway('--method', 'resources/templates/list')
    assert.ok(resourceTemplates.some((one: Json) => one.uriTemplate === 'demo://resource/dynamic/text/{resourceId}'))
    const { contents } = await gateway('--protocol-era', 'modern', '--method', 'resources/read', '--uri', 'demo://resource/dynamic/text/7')
    assert.equal(contents[0].uri, 'demo://resource/dynamic/text/7')
  })
})

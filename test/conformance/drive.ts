// A gateway with one remote backend, as a person and a client use it: whatever the backend offers is called; where it wants a login, `mcpgw login` is
// what lets it in, with a browser that says yes. Nothing here knows what a scenario is about.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { Booted } from '../../src/boot.ts'
import { settingsOf, type Context, type Output } from '../../src/cli/context.ts'
import { run } from '../../src/cli/program.ts'
import { load } from '../../src/config/load.ts'
import { places as placesOf } from '../../src/config/paths.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { compose, parse, type Frame } from '../../src/rpc/frame.ts'
import { pair } from '../../src/rpc/pair.ts'
import { Requests } from '../../src/rpc/requests.ts'
import { encode } from '../../src/rpc/wire.ts'
import { browse } from '../fixtures/authorization.ts'

export interface Task {
  readonly url: string
  readonly scenario: string
  readonly context?: { readonly client_id?: string; readonly client_secret?: string; readonly toolCalls?: readonly { name: string; arguments: object }[] }
}

/** Logins that a person would go through for one and the same call. */
const PATIENCE = 3

/** Uses a server as a person and a client would. Throws what a client would see as an error. */
export async function drive({ url, context = {} }: Task): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'mcpgw-conformance-'))
  const oauth = {
    clientMetadataUrl: 'https://conformance-test.local/client-metadata.json',
    ...(context.client_id && { clientId: context.client_id }),
    ...(context.client_id && context.client_secret && { clientSecret: context.client_secret }),
  }
  const places = placesOf({ MCPGW_HOME: home })
  writeFileSync(places.settings, JSON.stringify({ version: 1, mcpServers: { server: { url, oauth, startTimeoutMs: 8000 } } }))
  const loaded = load(places.settings)
  if ('problem' in loaded) throw new Error(loaded.problem.message)
  const booted = new Booted({ settings: loaded.settings, places, env: { MCPGW_HOME: home } })
  const [front, back] = pair()
  const session = booted.serve(front, { bare: 'server' })
  const requests: Requests = new Requests(back, systemClock, {
    request: frame => requests.respond([`{"jsonrpc":"2.0","id":`, frame.id, `,"result":`, encode(answered(frame)), '}']),
    notification: () => {},
    malformed: () => {},
    oversize: () => {},
    closed: () => {},
  })
  const ask = async (method: string, params: object): Promise<Record<string, any>> => {
    const ended = await requests.send(parse(encode({ jsonrpc: '2.0', id: 0, method, params })) as Frame, [], { timeoutMs: 15_000 })
    if (ended.kind !== 'reply') throw new Error(`${method}: ${ended.kind}`)
    if (ended.reply.error) throw new Error(`${method}: ${JSON.stringify(ended.reply.value)}`)
    return ended.reply.value as Record<string, any>
  }
  try {
    const capabilities = { elicitation: { form: {}, applyDefaults: true }, sampling: {}, roots: {} }
    await ask('initialize', { protocolVersion: '2025-11-25', capabilities, clientInfo: { name: 'conformance', version: '1' } })
    requests.notify(compose({ method: 'notifications/initialized' }), [])
    const backend = booted.backends[0]!.get('server')!
    let lists = await backend.lists()
    for (let logins = 0; 'code' in lists && lists.code === 'backend_auth' && logins < PATIENCE; logins++) {
      await login(home)
      await backend.start()
      lists = await backend.lists()
    }
    if ('code' in lists) throw new Error(lists.message)
    const [first] = lists.tools
    const calls = context.toolCalls ?? lists.tools.map(({ key, text }) => ({ name: key, arguments: argumentsOf(JSON.parse(text), first!.text) }))
    for (const call of calls) {
      for (let tries = 1; ; tries++) {
        const result = await ask('tools/call', call)
        if (result._meta?.['mcpgw/fault']?.code !== 'backend_auth') break
        if (tries === PATIENCE) throw new Error(result.content[0].text)
        await login(home)
        await backend.start()
      }
    }
  } finally {
    session.close('the scenario is over')
    await booted.close()
    rmSync(home, { recursive: true, force: true })
  }
}

/** What a tool takes, made from its schema; one that takes a schema gets that of the first tool. */
function argumentsOf({ inputSchema }: { inputSchema?: { properties?: Record<string, { type?: string }>; required?: string[] } }, first: string): object {
  const values: Record<string, unknown> = { string: 'text', number: 2, integer: 2, boolean: true, array: [], object: {} }
  if (inputSchema?.properties?.['schema']) return { schema: (JSON.parse(first) as { inputSchema: object }).inputSchema }
  return Object.fromEntries((inputSchema?.required ?? []).map(name => [name, values[inputSchema?.properties?.[name]?.type ?? 'string']]))
}

/** What the client answers to a server's questions: yes, with the defaults. */
function answered({ method, params }: Frame): object {
  if (method === 'roots/list') return { roots: [] }
  if (method === 'sampling/createMessage') return { role: 'assistant', content: { type: 'text', text: 'yes' }, model: 'none', stopReason: 'endTurn' }
  const { properties = {} } = (params['requestedSchema'] ?? {}) as { properties?: Record<string, { default?: unknown; type?: string }> }
  const made: Record<string, unknown> = { string: 'text', number: 2, integer: 2, boolean: true }
  const content = Object.entries(properties).map(([name, one]) => [name, one.default ?? made[one.type ?? 'string']])
  return { action: 'accept', content: Object.fromEntries(content) }
}

/** `mcpgw login server --no-browser`, and somebody who opens what it prints. */
async function login(home: string): Promise<void> {
  let said = ''
  const output = (hear: (text: string) => void): Output => ({ write: hear, isTTY: false, columns: Infinity, colours: false })
  let visited: Promise<unknown> | undefined
  const hear = (text: string): void => {
    said += text
    const [, address] = /^ {2}(http\S+)$/m.exec(said) ?? []
    if (address) visited ??= browse(new URL(address)).catch((error: unknown) => error)
  }
  const places = placesOf({ MCPGW_HOME: home })
  const context: Context = {
    env: { MCPGW_HOME: home },
    cwd: home,
    places,
    stdin: new PassThrough() as unknown as NodeJS.ReadStream,
    out: output(() => {}),
    err: output(hear),
    settings: () => settingsOf(places.settings),
    configure: () => {},
    // The gateway that is under test starts it.
    check: async () => ({
      tools: [],
      prompts: [],
      resources: [],
      templates: [],
      era: 'legacy',
      revision: '',
      capabilities: {},
      info: { name: '', version: '' },
      at: 0,
      problems: [],
    }),
    exitCode: 0,
  }
  const exit = await run(['login', 'server', '--no-browser', '--timeout', '10s'], context)
  if (exit !== 0) throw new Error(said)
}

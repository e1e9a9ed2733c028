// A person at a real client: of the 1.x SDK, which is legacy, or the 2.x SDK, modern here; by either door. What the client is asked is noted, and
// answered as the person says. And somebody at a window, who is there to answer and says nothing by himself.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client as Modern, StreamableHTTPClientTransport as ModernHttp } from '@modelcontextprotocol/client'
import { StdioClientTransport as ModernStdio } from '@modelcontextprotocol/client/stdio'
import { Client as Legacy } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as LegacyStdio } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport as LegacyHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { connect } from '../../src/api/client.ts'
import { entries } from '../../src/serve/run.ts'
import { program, type Home } from './launch.ts'

export type Era = 'legacy' | 'modern'
/** A URL is that of `mcpgw serve`. */
export type Door = 'stdio' | { readonly url: string; readonly key?: string }

/** A form as the client shows it. */
export interface Form {
  readonly message: string
  readonly requestedSchema: { readonly properties: Record<string, unknown> }
}

/** What the person does with it; the client has no forms where there is nobody to answer them. */
export type Answering = (form: Form) => { readonly action: 'accept' | 'decline' | 'cancel'; readonly content?: Record<string, string> }

export interface Result {
  readonly content: readonly { readonly type: string; readonly text: string }[]
  readonly isError?: boolean
  readonly _meta?: { readonly 'mcpgw/fault'?: { readonly code: string; readonly approvalId?: string } }
}

export interface Person {
  /** Every form so far. */
  readonly asked: Form[]
  /** `timeoutMs`: the client gives the call up after so long. */
  call(name: string, args?: Record<string, unknown>, timeoutMs?: number): Promise<Result>
  /** Waits until these tools are listed. */
  sees(...names: string[]): Promise<void>
  close(): Promise<void>
}

export async function person(home: Home, era: Era, door: Door, answering?: Answering): Promise<Person> {
  const asked: Form[] = []
  const answer = ({ params }: { params: unknown }) => {
    asked.push(params as Form)
    return answering!(params as Form) as { action: 'accept'; content?: Record<string, string> }
  }
  const about = { name: `person-${era}`, version: '1' }
  const capabilities = answering ? { elicitation: { form: {} } } : {}
  const [command, ...args] = program
  const launched = { command, args: [...args, 'stdio'], env: home.env, cwd: home.dir, stderr: 'ignore' as const }
  const to = door === 'stdio' ? undefined : new URL(door.url)
  const options = door !== 'stdio' && door.key ? { requestInit: { headers: { authorization: `Bearer ${door.key}` } } } : {}
  const client = era === 'legacy' ? legacy() : modern()
  await client.connect()
  return {
    asked,
    call: client.call,
    close: client.close,
    async sees(...names) {
      for (const end = performance.now() + 60_000; ; await sleep(100)) {
        const listed = await client.names()
        if (names.every(name => listed.includes(name))) return
        assert.ok(performance.now() < end, `listed are only ${listed.join(' ')}`)
      }
    },
  }

  function legacy() {
    const client = new Legacy(about, { capabilities })
    if (answering) client.setRequestHandler(ElicitRequestSchema, answer)
    return {
      connect: () => client.connect(to ? new LegacyHttp(to, options) : new LegacyStdio(launched)),
      close: () => client.close(),
      names: async () => (await client.listTools()).tools.map(({ name }) => name),
      call: (name: string, args = {}, timeout = 60_000) =>
        client.callTool({ name, arguments: args }, undefined, { timeout }) as Promise<unknown> as Promise<Result>,
    }
  }

  function modern() {
    const client = new Modern(about, { capabilities, versionNegotiation: { mode: { pin: '2026-07-28' } } })
    if (answering) client.setRequestHandler('elicitation/create', answer)
    return {
      connect: () => client.connect(to ? new ModernHttp(to, options) : new ModernStdio(launched)),
      close: () => client.close(),
      names: async () => (await client.listTools()).tools.map(({ name }) => name),
      call: (name: string, args = {}, timeout = 60_000) => client.callTool({ name, arguments: args }, { timeout }) as Promise<unknown> as Promise<Result>,
    }
  }
}

/** All text of a result. */
export const said = ({ content }: Result): string => content.map(({ text }) => text).join('\n')

/** Somebody opens a window on the gateway that runs here: settles when it has shown itself. Gives the way to close it. */
export async function window(home: Home): Promise<() => void> {
  for (const end = performance.now() + 30_000; ; await sleep(20)) {
    // an entry has no token before its socket listens
    const entry = entries(join(home.mcpgw, 'run')).find(({ token }) => token !== '')
    if (entry)
      return new Promise((open, failed) => {
        const close = connect(entry).events({ answers: true, onState: () => open(close), onEvents: () => {}, onEnd: failed })
      })
    assert.ok(performance.now() < end, 'no gateway listens')
  }
}

export interface Question {
  readonly id: string
  readonly standing: string
  readonly target: string
  readonly client: string
  readonly answer?: { readonly decision: string; readonly by: string; readonly via: string }
}

/** The question that waits, seen by another process. */
export async function waiting(home: Home): Promise<Question> {
  for (const end = performance.now() + 30_000; ; await sleep(50)) {
    const [question] = JSON.parse((await home.run('approvals', '--json')).stdout) as Question[]
    if (question) return question
    assert.ok(performance.now() < end, 'nothing was asked')
  }
}

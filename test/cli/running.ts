// A command run in the test's own process: an empty home, a context that keeps what is written, and what a person would see.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import type { TestContext } from 'node:test'
import { settingsOf, type Context, type Output } from '../../src/cli/context.ts'
import { run } from '../../src/cli/program.ts'
import { places } from '../../src/config/paths.ts'
import type { Fault } from '../../src/gateway/faults.ts'
import type { Item, Lists } from '../../src/gateway/types.ts'

export interface Told {
  readonly exit: number
  readonly out: string
  readonly err: string
}

export interface Person {
  readonly home: string
  readonly context: Context
  /** Types a command. */
  mcpgw(...args: readonly string[]): Promise<Told>
}

export interface Given {
  readonly env?: Record<string, string>
  readonly columns?: number
  readonly colours?: boolean
  readonly check?: (name: string) => Promise<Lists | Fault>
}

/** Somebody at a terminal of their own. */
export function person(test: TestContext, { env = {}, columns = Infinity, colours = false, check }: Given = {}): Person {
  const home = mkdtempSync(join(tmpdir(), 'mcpgw-cli-'))
  test.after(() => rmSync(home, { recursive: true, force: true }))
  const written = { out: '', err: '' }
  const output = (where: 'out' | 'err'): Output => ({ write: text => void (written[where] += text), isTTY: columns !== Infinity, columns, colours })
  let named = false
  let all = places({ ...env, MCPGW_HOME: home })
  const context: Context = {
    env: { PATH: process.env['PATH'], ...env, MCPGW_HOME: home },
    cwd: home,
    get places() {
      return all
    },
    stdin: new PassThrough() as unknown as NodeJS.ReadStream,
    out: output('out'),
    err: output('err'),
    settings: () => settingsOf(all.settings, named),
    configure(file) {
      all = { ...all, settings: file }
      named = true
    },
    check: (_, name) => (check ? check(name) : Promise.reject(new Error('nobody expects a check'))),
    exitCode: 0,
  }
  return {
    home,
    context,
    async mcpgw(...args) {
      Object.assign(written, { out: '', err: '' })
      context.exitCode = 0
      const exit = await run(args, context)
      return { exit, ...written }
    },
  }
}

/** What a backend with these tools says. */
export function offering(tools: readonly string[], rest: Partial<Lists> = {}): Lists {
  const items = tools.map((key): Item => ({ key, text: JSON.stringify({ name: key, inputSchema: { type: 'object' } }) }))
  return {
    tools: items,
    prompts: [],
    resources: [],
    templates: [],
    era: 'legacy',
    revision: '2025-11-25',
    capabilities: { tools: {} },
    info: { name: 'some-server', version: '1.0.0' },
    at: 0,
    problems: [],
    ...rest,
  }
}

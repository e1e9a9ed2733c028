// What nobody foresaw, in whole processes: it is on record and said, and ends those only that it has to.

import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, test, type TestContext } from 'node:test'
import { entries } from '../../src/serve/run.ts'
import { home, mcpgw, until } from '../fixtures/gateway.ts'

const fault = join(import.meta.dirname, '../fixtures/fault.mjs')
const mishap = pathToFileURL(join(import.meta.dirname, '../fixtures/mishap.mjs')).href
const hello = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'c', version: '1' } },
}
const call = (id: number, tool: string) => ({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: `a__${tool}`, arguments: {} } })
const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

interface Running {
  readonly process: ChildProcess
  /** One request or notification; its answer, where it is one. */
  say(message: object): Promise<any>
  /** What it says on stderr. */
  readonly err: () => string
  /** Lines of its journal of this kind. */
  records(kind: string): any[]
  /** What a command says afterwards. */
  command(...args: readonly string[]): Promise<string>
  /** Its backends' processes. */
  backends(): Promise<readonly number[]>
  exited(): Promise<number | null>
}

function running(t: TestContext, args: readonly string[], say: (child: ChildProcess, out: () => string) => Running['say']): Running {
  const { dir, places } = home(t, { a: { command: process.execPath, args: [fault] } })
  const child = mcpgw(dir, args, { NODE_OPTIONS: `--import ${mishap}` })
  t.after(() => child.kill('SIGKILL'))
  let [out, err] = ['', '']
  child.stdout!.setEncoding('utf8').on('data', text => (out += text))
  child.stderr!.setEncoding('utf8').on('data', text => (err += text))
  return {
    process: child,
    say: say(child, () => out),
    err: () => err,
    records: kind =>
      readdirSync(places.journal).flatMap(name =>
        readFileSync(join(places.journal, name), 'utf8')
          .split('\n')
          .flatMap(line => (line.includes(`"${kind}"`) ? [JSON.parse(line)] : [])),
      ),
    async command(...command) {
      const other = mcpgw(dir, command)
      let said = ''
      other.stdout!.setEncoding('utf8').on('data', text => (said += text))
      await once(other, 'close')
      return said
    },
    backends: async () => {
      const entry = await until(() => entries(places.run).find(({ pid, groups }) => pid === child.pid && groups.length > 0))
      return entry.groups.map(({ pid }) => pid)
    },
    exited: () => until(() => child.exitCode !== null || child.signalCode !== null).then(() => child.exitCode),
  }
}

const kinds: Record<string, (t: TestContext) => Running> = {
  'mcpgw serve': t =>
    running(t, ['serve', '--port', '0'], (_, out) => {
      let session: Record<string, string> = {}
      return async message => {
        const url = await until(() => /^http\S+/.exec(out())?.[0])
        const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...session }
        const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(message) })
        session = { 'mcp-session-id': response.headers.get('mcp-session-id') ?? session['mcp-session-id']! }
        const text = await response.text()
        return text === '' ? undefined : JSON.parse(/^(?:data: )?(\{.*"id".*)$/m.exec(text)![1]!)
      }
    }),
  'a client’s own gateway': t =>
    running(t, ['stdio'], (child, out) => message => {
      child.stdin!.write(`${JSON.stringify(message)}\n`)
      const { id } = message as { id?: number }
      const answer = () =>
        out()
          .split('\n')
          .slice(0, -1)
          .map(line => JSON.parse(line))
          .find(one => one.id === id)
      return id === undefined ? Promise.resolve() : until(answer)
    }),
}

for (const [what, begin] of Object.entries(kinds))
  describe(what, { skip: process.platform === 'win32' && 'it is told by signals' }, () => {
    test('goes on after a rejected promise that nobody waits for: it is on record, and said, without secrets', async t => {
      const gateway = begin(t)
      await gateway.say(hello)
      assert.ok((await gateway.say(call(1, 'echo'))).result)
      gateway.process.kill('SIGUSR2')
      const [line] = await until(() => (gateway.records('gateway.failed').length > 0 ? gateway.records('gateway.failed') : undefined))
      const { because, where, ends } = line.detail
      assert.deepEqual([because.replace(/\[.*?\]|\*+/, '...').slice(0, 20), ends], ['it stumbled over ...\x1b'.slice(0, 20), false])
      assert.match(where, /mishap\.mjs:\d+/)
      await until(() =>
        /should not have happened: it stumbled over .*Nobody waited for it: mcpgw goes on. It is on record: mcpgw log --changes\n$/.test(gateway.err()),
      )
      assert.doesNotMatch(JSON.stringify(line) + gateway.err(), /ghp_abc|\x1b/)
      assert.ok((await gateway.say(call(2, 'echo'))).result)
    })

    test('ends with its backends after something was thrown past everybody: what was under way is settled on record, and it says 1', async t => {
      const gateway = begin(t)
      await gateway.say(hello)
      assert.ok((await gateway.say(call(1, 'echo'))).result)
      gateway.say(call(2, 'hang')).catch(() => {})
      const backends = await gateway.backends()
      await until(() => gateway.records('open').length === 2)
      gateway.process.kill('SIGWINCH')
      assert.equal(await gateway.exited(), 1)
      assert.deepEqual(backends.filter(alive), [])
      const calls = JSON.parse(await gateway.command('log', '--json')) as { outcome: { kind: string } }[]
      assert.deepEqual(calls.map(({ outcome }) => outcome.kind).sort(), ['answered', 'cancelled'])
      const changes = JSON.parse(await gateway.command('log', '--changes', '--json')) as { note: string; detail: { ends: boolean } }[]
      assert.deepEqual(
        changes.flatMap(({ note, detail }) => (note === 'gateway.failed' ? [detail.ends] : [])),
        [true],
      )
      assert.match(gateway.err(), /it fell over .*mcpgw ends, with its backends: start it again/)
      assert.doesNotMatch(gateway.err(), /ghp_abc/)
    })
  })

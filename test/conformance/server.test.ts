// The gateway is what stands behind it: the official suites find through it what they find at the server itself, check by check. What differs stands
// in differences.json with its reason; a row there that is not so any more fails.

import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Home, program } from '../e2e/launch.ts'
import { address, run, type Counts, type Suite } from './suites.ts'

interface Difference {
  readonly way: string
  readonly suite: Suite
  readonly scenario: string
  readonly direct: string
  readonly through: string
  readonly why: string
}

const differences = JSON.parse(readFileSync(join(import.meta.dirname, 'differences.json'), 'utf8')) as Difference[]
const node = process.execPath
/** Which server it is that a suite is run against directly. */
const itself = { '0.1.16': 'legacy', '2025-11-25': 'legacy', '2026-07-28': 'modern' } as const
const fixture = (name: string) => join(import.meta.dirname, `${name}.mjs`)

/** Starts the backend of modern clients that are who the suite says it is and can do this: some of its checks wait no longer than half a second. */
async function warm(url: string, abilities: object): Promise<void> {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'conformance-client', version: '1.0.0' },
    'io.modelcontextprotocol/clientCapabilities': abilities,
  }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'test_simple_text', _meta: meta } })
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'test_simple_text' }
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: { ...headers, 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
  })
  assert.match(await response.text(), /simple text/)
}

describe('conformance through the gateway', { concurrency: 3 }, () => {
  const children: ChildProcess[] = []
  const ends: (() => void | Promise<void>)[] = []
  const direct: Partial<Record<Suite, Promise<Counts>>> = {}
  const urls: Record<string, string> = {}
  const started = (child: ChildProcess) => void children.push(child)

  before(async () => {
    const [legacy, modern] = await Promise.all(['legacy.mjs', 'modern.mjs'].map(file => address(file, ['http'], started)))
    const home = new Home({ after: act => ends.push(act) })
    home.settings({
      'legacy-http': { url: legacy },
      'legacy-stdio': { command: node, args: [fixture('legacy'), 'stdio'] },
      'modern-http': { url: modern },
      'modern-stdio': { command: node, args: [fixture('modern'), 'stdio'] },
    })
    // What a backend offers is known from its first start on; the suites don't ask for lists before they call.
    await home.run('tools')
    const { url } = await home.serve()
    for (const back of home.backends) {
      urls[`http to ${back}`] = `${url}/${back}`
      urls[`stdio to ${back}`] = await address('bridge.mjs', [...program, 'stdio', '--bare', back], started, home.env)
    }
    const slow = ['http to modern-stdio', 'http to legacy-stdio', 'stdio to modern-stdio'].flatMap(way =>
      [{}, { elicitation: {} }].map(abilities => warm(urls[way]!, abilities)),
    )
    await Promise.all(slow)
    Object.assign(urls, { legacy, modern })
  })
  after(async () => {
    for (const child of children) child.kill()
    for (const end of ends) await end()
  })

  const ways: [way: string, ...suites: Suite[]][] = [
    ['http to legacy-http', '0.1.16', '2025-11-25'],
    ['http to legacy-stdio', '0.1.16', '2025-11-25', '2026-07-28'],
    ['stdio to legacy-http', '0.1.16'],
    ['stdio to legacy-stdio', '2025-11-25'],
    ['http to modern-http', '2026-07-28'],
    ['http to modern-stdio', '2026-07-28'],
    ['stdio to modern-stdio', '2026-07-28'],
  ]
  for (const [way, ...suites] of ways)
    for (const suite of suites)
      test(`${suite}, ${way}`, async () => {
        const [own, through] = await Promise.all([(direct[suite] ??= run(suite, urls[itself[suite]]!)), run(suite, urls[way]!)])
        const rows = differences.filter(one => one.way === way && one.suite === suite)
        // In a crowd what waits for half a second may wait too short: what is not as it should be is looked at alone before it is believed.
        for (const scenario of Object.keys(own)) {
          const row = rows.find(one => one.scenario === scenario)
          if (row && own[scenario] !== row.direct) Object.assign(own, await run(suite, urls[itself[suite]]!, scenario))
          if (through[scenario] !== (row?.through ?? own[scenario])) Object.assign(through, await run(suite, urls[way]!, scenario))
          if (through[scenario] !== (row?.through ?? own[scenario])) Object.assign(own, await run(suite, urls[itself[suite]]!, scenario))
        }
        assert.ok(Object.keys(own).length > 20, 'the suite ran')
        const expected = { ...own }
        for (const row of rows) {
          assert.equal(own[row.scenario], row.direct, `${row.scenario}, directly: differences.json is stale`)
          assert.notEqual(row.direct, row.through)
          expected[row.scenario] = row.through
        }
        assert.deepEqual(through, expected)
      })
})

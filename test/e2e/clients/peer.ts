// A client of our own, as plain as can be: raw lines over pipes, one request after another. It speaks to a server directly and to mcpgw alike, so
// what comes by both roads can be compared byte by byte. It probes as the specification says: `server/discover` first, else `initialize`.

import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { parseTree, type Node } from 'jsonc-parser'

export interface Answer {
  /** The line as it came. */
  readonly text: string
  readonly result?: any
  readonly error?: any
}

const VERSION = 'io.modelcontextprotocol/protocolVersion'
const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities'
const clientInfo = { name: 'e2e', version: '1' }

export class Peer {
  era: 'legacy' | 'modern' = 'legacy'
  stderr = ''
  /** How often it said that its tools have changed. */
  changes = 0
  readonly #child: ChildProcess
  readonly #exit: Promise<unknown>
  readonly #waiting = new Map<number, (answer: Answer) => void>()
  #id = 0

  constructor(file: string, args: readonly string[], env: Record<string, string>, cwd: string) {
    this.#child = spawn(file, args, { env, cwd, stdio: 'pipe' })
    this.#child.stderr!.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()))
    this.#child.stdin!.on('error', () => {})
    this.#exit = new Promise(done => this.#child.once('close', done).once('error', done))
    createInterface({ input: this.#child.stdout!, crlfDelay: Infinity }).on('line', text => this.#line(text))
  }

  /** Greets it, in its own era; `eras` says which of them this client speaks. */
  async greet(eras: 'legacy' | 'both' = 'both'): Promise<void> {
    if (eras === 'both') {
      this.era = 'modern'
      const { result, error } = await this.ask('server/discover')
      if (result?.supportedVersions?.includes('2026-07-28') || error?.code === -32022) return
      this.era = 'legacy'
    }
    const { result } = await this.ask('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo })
    assert.equal(typeof result?.protocolVersion, 'string')
    this.tell('notifications/initialized')
  }

  tell(method: string): void {
    this.#say({ method })
  }

  async ask(method: string, params: Record<string, unknown> = {}, withinMs = 60_000): Promise<Answer> {
    const id = ++this.#id
    const _meta = { [VERSION]: '2026-07-28', [CAPABILITIES]: {}, 'io.modelcontextprotocol/clientInfo': clientInfo }
    this.#say({ id, method, params: this.era === 'modern' ? { ...params, _meta } : params })
    let timer: NodeJS.Timeout
    const late = new Promise<never>((_, fail) => {
      timer = setTimeout(() => fail(new Error(`no answer to ${method} in ${withinMs} ms. stderr: ${this.stderr.slice(-2000)}`)), withinMs)
    })
    const gone = this.#exit.then(() => assert.fail(`it has ended before it answered ${method}. stderr: ${this.stderr.slice(-2000)}`))
    const answer = new Promise<Answer>(done => this.#waiting.set(id, done))
    return Promise.race([answer, late, gone]).finally(() => clearTimeout(timer))
  }

  /** Every tool, each as the bytes that it was sent in, by name. */
  async tools(): Promise<Map<string, string>> {
    const tools = new Map<string, string>()
    for (let cursor: string | undefined; ;) {
      const { text, result } = await this.ask('tools/list', cursor === undefined ? {} : { cursor })
      assert.ok(result, text.slice(0, 2000))
      for (const tool of valueAt(text, 'result', 'tools')?.children ?? []) tools.set(...named(sliced(text, tool)))
      cursor = result.nextCursor
      if (cursor === undefined) return tools
    }
  }

  /** Calls a tool: the bytes of the result, or of the error. */
  async call(name: string, args: object): Promise<string> {
    const { text } = await this.ask('tools/call', { name, arguments: args })
    return sliced(text, (valueAt(text, 'result') ?? valueAt(text, 'error'))!)
  }

  /** Closes its stdin, as a client does that is done, and waits for its end. */
  async end(withinMs = 5000): Promise<void> {
    this.#child.stdin!.end()
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), withinMs)
    await this.#exit
    clearTimeout(timer)
  }

  #say(message: object): void {
    this.#child.stdin!.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  }

  #line(text: string): void {
    const message = JSON.parse(text)
    if (message.method === undefined) return void this.#waiting.get(message.id)?.({ text, ...message })
    if (message.method === 'notifications/tools/list_changed') this.changes++
    // it has declared nothing, so nobody may ask it for more than a sign of life
    if (message.id !== undefined)
      this.#say(message.method === 'ping' ? { id: message.id, result: {} } : { id: message.id, error: { code: -32601, message: 'no' } })
  }
}

const sliced = (text: string, { offset, length }: Node): string => text.slice(offset, offset + length)

const valueAt = (text: string, ...path: string[]): Node | undefined =>
  path.reduce<Node | undefined>((node, key) => node?.children?.find(member => member.children?.[0]?.value === key)?.children?.[1], parseTree(text))

/** A tool's name, and its bytes with nothing where the name was. */
function named(tool: string): [name: string, bytes: string] {
  const { value, offset, length } = valueAt(tool, 'name')!
  return [value, `${tool.slice(0, offset)}${tool.slice(offset + length)}`]
}

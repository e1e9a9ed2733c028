// An MCP client for measuring: JSON-RPC by hand over the pipes of the program it launches, the same for every target.

import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { Volley, type Measured } from './volley.ts'

export interface Launch {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Record<string, string>
}

const NEWLINE = 0x0a
const PATIENCE_MS = 60_000
const END_MS = 4000
const HEAD = 64
/** Where `{"jsonrpc":"2.0","id"` and `{"jsonrpc":"2.0","method"` begin to differ. */
const ID_AT = 18
const ID = 'i'.charCodeAt(0)

/** One answer, as it came. */
export class Answer {
  readonly #parts: readonly Buffer[]

  constructor(parts: readonly Buffer[]) {
    this.#parts = parts
  }

  get bytes(): number {
    return this.#parts.reduce((sum, part) => sum + part.length, 0)
  }

  /** Its result; throws when it is an error. */
  get result(): Record<string, unknown> {
    const { result, error } = JSON.parse(Buffer.concat(this.#parts).toString()) as { result?: Record<string, unknown>; error?: unknown }
    if (!result || result['isError']) throw new Error(`an error for an answer: ${JSON.stringify(error ?? result)}`)
    return result
  }
}

export class Client {
  readonly #at = performance.now()
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #waiting = new Map<string, (answer: Answer) => void>()
  readonly #ended: Promise<void>
  #heardChange: () => void = () => {}
  #parts: Buffer[] = []
  #volley: Volley | undefined
  #lastId = 0
  #stderr = ''

  constructor({ command, args, env }: Launch) {
    this.#child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child.stdout.on('data', (chunk: Buffer) => this.#read(chunk))
    this.#child.stderr.on('data', (chunk: Buffer) => (this.#stderr = (this.#stderr + chunk.toString()).slice(-2000)))
    this.#child.stdin.on('error', () => {})
    this.#ended = new Promise(done => this.#child.on('error', error => ((this.#stderr += error.message), done())).on('close', () => done()))
  }

  get pid(): number {
    return this.#child.pid!
  }

  get sinceLaunchMs(): number {
    return performance.now() - this.#at
  }

  request(method: string, params: object = {}): Promise<Answer> {
    const id = ++this.#lastId
    const answered = new Promise<Answer>(settle => this.#waiting.set(String(id), settle))
    this.#child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`)
    return this.#inTime(method, answered)
  }

  async initialize(): Promise<void> {
    await this.request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1' } })
    this.#child.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n')
  }

  /** The names of a list of so many tools at least; where there are fewer, it is asked for again when the server says that it has changed. */
  async list(tools: number): Promise<string[]> {
    for (;;) {
      const change = new Promise<void>(heard => (this.#heardChange = heard))
      const answer = await this.request('tools/list')
      const names = (answer.result['tools'] as { name: string }[]).map(one => one.name)
      if (names.length >= tools) return names
      await this.#inTime(`a list of ${tools} tools (there are ${names.length})`, change)
    }
  }

  call(name: string, args: object): Promise<Answer> {
    return this.request('tools/call', { name, arguments: args })
  }

  calls(count: number, atOnce: number, tool: string, args: object): Promise<Measured> {
    const firstId = this.#lastId + 1
    this.#lastId += count
    const measured = new Promise<Measured>(settle => {
      const done = (result: Measured) => ((this.#volley = undefined), settle(result))
      this.#volley = new Volley({ count, atOnce, firstId, tool, args, done, write: text => this.#child.stdin.write(text, 'latin1') })
      this.#volley.send()
    })
    return this.#inTime(`${count} calls`, measured)
  }

  /** Closes its stdin and waits until it is over. */
  async close(): Promise<void> {
    this.#child.stdin.end()
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), END_MS)
    await this.#ended
    clearTimeout(timer)
  }

  #inTime<T>(what: string, promise: Promise<T>): Promise<T> {
    const name = this.#child.spawnargs.join(' ')
    return new Promise((settle, fail) => {
      const timer = setTimeout(() => fail(new Error(`${name}: nothing within ${PATIENCE_MS / 1000} s for ${what}. ${this.#stderr}`)), PATIENCE_MS)
      void this.#ended.then(() => fail(new Error(`${name} ended before it answered ${what}. ${this.#stderr}`)))
      void promise.then(settle).finally(() => clearTimeout(timer))
    })
  }

  #read(chunk: Buffer): void {
    const volley = this.#volley
    let from = 0
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      if (volley && this.#parts.length === 0 && chunk[from + ID_AT] === ID) volley.answered(chunk.toString('utf8', from, at))
      else {
        const parts = [...this.#parts, chunk.subarray(from, at)]
        this.#parts = []
        this.#line(parts)
      }
      from = at + 1
    }
    if (from < chunk.length) this.#parts.push(chunk.subarray(from))
    volley?.send()
  }

  #line(parts: readonly Buffer[]): void {
    const head = (parts[0]!.length >= HEAD ? parts[0]! : Buffer.concat(parts)).toString('latin1', 0, HEAD)
    const id = /^\{"jsonrpc":"2\.0","id":(\d+),/.exec(head)?.[1]
    if (id === undefined) return head.includes('list_changed') ? this.#heardChange() : undefined
    const settle = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (settle) settle(new Answer(parts))
    else this.#volley?.answered(Buffer.concat(parts).toString())
  }
}

// An MCP client for measuring over HTTP: requests by hand on one connection that stays open, so that little of what is measured is the client's.

import { connect, type Socket } from 'node:net'
import { spawn, type ChildProcess } from 'node:child_process'
import type { Launch } from './client.ts'

const PATIENCE_MS = 60_000

/** A gateway that serves HTTP, and one session of it. */
export class HttpClient {
  readonly #child: ChildProcess
  #socket!: Socket
  #head = ''
  #id = 0
  #text = ''
  #answered: (body: string) => void = () => {}

  constructor({ command, args, env }: Launch) {
    this.#child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'ignore'] })
  }

  get pid(): number {
    return this.#child.pid!
  }

  async initialize(): Promise<void> {
    const url = new URL(await new Promise<string>(done => this.#child.stdout!.once('data', (text: Buffer) => done(text.toString().trim()))))
    this.#socket = connect(Number(url.port), url.hostname)
    this.#socket
      .setNoDelay(true)
      .setEncoding('latin1')
      .on('data', (text: string) => this.#read(text))
    const common = `POST /mcp HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/json\r\naccept: application/json, text/event-stream\r\n`
    this.#head = common
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1' } }
    const greeting = await this.#exchange(JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params }))
    const session = /^mcp-session-id: (\S+)\r$/im.exec(greeting)?.[1]
    if (session === undefined) throw new Error(`no session: ${greeting}`)
    this.#head = `${common}mcp-session-id: ${session}\r\nmcp-protocol-version: 2025-11-25\r\n`
    await this.#exchange('{"jsonrpc":"2.0","method":"notifications/initialized"}')
  }

  /** The answer's whole response. */
  request(method: string, params: object): Promise<string> {
    return this.#exchange(JSON.stringify({ jsonrpc: '2.0', id: ++this.#id, method, params }))
  }

  /** So many calls, one after the other: how long each took, ms. */
  async calls(count: number, tool: string, args: object): Promise<number[]> {
    const latencies: number[] = []
    for (let call = 0; call < count; call++) {
      const began = performance.now()
      await this.request('tools/call', { name: tool, arguments: args })
      latencies.push(performance.now() - began)
    }
    return latencies
  }

  async close(): Promise<void> {
    this.#socket.destroy()
    const ended = new Promise(done => this.#child.once('exit', done))
    this.#child.kill()
    await ended
  }

  #exchange(body: string): Promise<string> {
    return new Promise((done, failed) => {
      const timer = setTimeout(() => failed(new Error(`no answer within ${PATIENCE_MS / 1000} s: ${this.#text}`)), PATIENCE_MS)
      this.#answered = text => {
        clearTimeout(timer)
        done(text)
      }
      this.#socket.write(`${this.#head}content-length: ${body.length}\r\n\r\n${body}`, 'latin1')
    })
  }

  /** A response ends where its length says, or with its last chunk. */
  #read(text: string): void {
    this.#text += text
    const head = this.#text.indexOf('\r\n\r\n')
    if (head < 0) return
    const length = /\r\ncontent-length: (\d+)/i.exec(this.#text.slice(0, head + 2))?.[1]
    const whole = length === undefined ? this.#text.endsWith('\r\n0\r\n\r\n') : this.#text.length >= head + 4 + Number(length)
    if (!whole) return
    const response = this.#text
    this.#text = ''
    this.#answered(response)
  }
}

// The program as a client launches it: a process with its own home folder and little environment, spoken to in lines over real pipes.
// When a test is over, every line of its stdout was a message, and no process that it started or caused is left.

import assert from 'node:assert/strict'
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { commandOf, endProcess, livingIn, memoryOf } from './processes.ts'

export const root = resolve(import.meta.dirname, '../..')
const binary = process.env['MCPGW_BINARY'] ?? join(root, 'dist', process.platform === 'win32' ? 'mcpgw.exe' : 'mcpgw')

export const built = existsSync(binary)

/** How the program under test is started: the binary where it is built, else its sources. */
export const program: readonly [string, ...string[]] = built ? [binary] : [process.execPath, '--import', import.meta.resolve('tsx'), join(root, 'src/main.ts')]

/** An entry of `mcpServers`. */
export type Entry = Record<string, unknown>

/** The fault backend, told what to do by KEY=VALUE. */
export const fault = (told: Record<string, string | number> = {}, more: Entry = {}): Entry => ({
  command: process.execPath,
  args: [join(root, 'test/fixtures/fault.mjs'), ...Object.entries(told).map(([key, value]) => `${key}=${value}`)],
  ...more,
})

/** A program out of node_modules/.bin, as a backend. */
export const server = (name: string, args: readonly string[] = [], more: Entry = {}): Entry => ({
  command: process.execPath,
  args: [join(root, 'node_modules/.bin', name), ...args],
  ...more,
})

/** Nothing may be left after so long. */
const GONE_MS = 8000

export interface Message {
  readonly id?: unknown
  readonly method?: string
  readonly params?: any
  readonly result?: any
  readonly error?: any
}

export interface Heard {
  /** The line as it came. */
  readonly text: string
  readonly message: Message
}

/** A call on record. */
export interface Logged {
  readonly id: string
  readonly backend: string
  readonly target: string
  readonly argumentsHash: string
  readonly principal: { readonly id: string }
  readonly era: string
  readonly outcome: unknown
}

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A test, or whatever else ends. */
export interface Ends {
  after(act: () => void | Promise<void>): void
}

/** A folder that is HOME and MCPGW_HOME of a test. Every process that runs in it can be found by it. */
export class Home {
  readonly dir = mkdtempSync(join(tmpdir(), 'mcpgw-e2e-'))
  readonly env: Record<string, string>
  readonly mcpgw = join(this.dir, 'mcpgw')
  backends: readonly string[] = []
  readonly #last: (() => void)[] = []

  constructor(t: Ends, backends: Record<string, Entry> = {}, settings: Record<string, unknown> = {}) {
    mkdirSync(this.mcpgw, { mode: 0o700 })
    this.settings(backends, settings)
    this.env = { HOME: this.dir, MCPGW_HOME: this.mcpgw, PATH: process.env['PATH'] ?? '' }
    t.after(async () => {
      while (this.living().length) {
        this.living().forEach(endProcess)
        await sleep(10)
      }
      for (const last of this.#last) last()
      rmSync(this.dir, { recursive: true, force: true, maxRetries: 5 })
    })
  }

  /** Done when nobody lives here any more, before the folder goes. */
  after(act: () => void): void {
    this.#last.push(act)
  }

  /** Writes the settings. */
  settings(mcpServers: Record<string, Entry>, more: Record<string, unknown> = {}): void {
    this.backends = Object.keys(mcpServers)
    writeFileSync(join(this.mcpgw, 'config.json'), JSON.stringify({ version: 1, mcpServers, ...more }), { mode: 0o600 })
  }

  /** Every process that runs here. */
  living(): number[] {
    return livingIn(this.dir)
  }

  /** Runs a program here to its end. */
  exec(file: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
    return new Promise(done => {
      const options = { env: { ...this.env, ...env }, cwd: this.dir, maxBuffer: 1e9, timeout: 60_000 }
      const child = execFile(file, args, options, (error, stdout, stderr) => done({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }))
      child.stdin!.end()
    })
  }

  /** Runs a command of mcpgw to its end. */
  run(...args: string[]): Promise<Ran> {
    const [file, ...first] = program
    return this.exec(file, [...first, ...args])
  }

  /** Every call on record, as `mcpgw log` says it. */
  async log(): Promise<Logged[]> {
    const { code, stdout, stderr } = await this.run('log', '--json', '--limit', '1000000')
    assert.equal(code, 0, stderr)
    return JSON.parse(stdout)
  }

  /** Starts `mcpgw serve`; settles when clients may come. */
  async serve(...args: string[]): Promise<Serving> {
    const [file, ...first] = program
    const serving = new Serving(spawn(file, [...first, 'serve', '--port', '0', ...args], { env: this.env, cwd: this.dir, stdio: 'pipe' }))
    await serving.listening
    return serving
  }

  /** Launches the gateway; `command` is all of it, where something stands before. */
  launch(args: readonly string[] = ['stdio'], env: Record<string, string> = {}, command: readonly string[] = [...program, ...args]): Gateway {
    return new Gateway(this, command, env)
  }
}

/** A running `mcpgw serve`. */
export class Serving {
  url = ''
  stderr = ''
  readonly listening: Promise<void>
  readonly exited: Promise<number | null>
  readonly #child: ChildProcess

  constructor(child: ChildProcess) {
    this.#child = child
    this.exited = new Promise(done => child.once('exit', done))
    child.stderr!.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()))
    this.listening = new Promise((done, failed) => {
      child.stdout!.once('data', (chunk: Buffer) => {
        this.url = chunk.toString().trim()
        done()
      })
      void this.exited.then(code => failed(new Error(`mcpgw serve ended with ${code}: ${this.stderr}`)))
    })
  }

  get pid(): number {
    return this.#child.pid!
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }
}

const NEWLINE = 0x0a

/** A running gateway, and the client at the other end of its pipes. */
export class Gateway {
  readonly heard: Heard[] = []
  stderr = ''
  readonly #home: Home
  readonly #child: ChildProcess
  readonly #waiting = new Set<() => void>()
  readonly #exit: Promise<{ code: number | null; signal: string | null }>
  #parts: Buffer[] = []
  #impure: string[] = []
  #id = 0

  constructor(home: Home, [file, ...args]: readonly string[], env: Record<string, string>) {
    this.#home = home
    this.#child = spawn(file!, args, { env: { ...home.env, ...env }, cwd: home.dir, stdio: 'pipe' })
    this.#child.stdout!.on('data', (chunk: Buffer) => this.#read(chunk))
    this.#child.stderr!.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()))
    this.stdin.setMaxListeners(0).on('error', () => {})
    this.#exit = new Promise(done => this.#child.once('exit', (code, signal) => done({ code, signal })))
    void this.#exit.then(() => this.#tell())
  }

  get pid(): number {
    return this.#child.pid!
  }

  get stdin() {
    return this.#child.stdin!
  }

  get stdout() {
    return this.#child.stdout!
  }

  /** Writes bytes as they are. Settles when the pipe has room again. */
  async raw(bytes: string | Buffer): Promise<void> {
    if (!this.stdin.write(bytes)) await Promise.race([new Promise<void>(done => this.stdin.once('drain', done)), this.#exit])
  }

  /** Says one line, as it is. */
  line(text: string): Promise<void> {
    return this.raw(`${text}\n`)
  }

  /** Says one message. */
  say(message: object): Promise<void> {
    return this.line(JSON.stringify({ jsonrpc: '2.0', ...message }))
  }

  /** Asks, and waits for the answer. */
  async ask(method: string, params: object = {}, id: unknown = `r${++this.#id}`): Promise<Message> {
    void this.say({ id, method, params })
    return (await this.until(message => message.id === id && message.method === undefined, `an answer to ${method}`)).message
  }

  /** Calls a tool, and waits for the answer. */
  call(name: string, args: object = {}, id?: unknown): Promise<Message> {
    return this.ask('tools/call', { name, arguments: args }, id)
  }

  /** The legacy handshake, then the tools by name, once these backends are listed: on a machine that is busy the first list may be too early. */
  async greet(capabilities: object = {}, listed: readonly string[] = this.#home.backends): Promise<string[]> {
    await this.ask('initialize', { protocolVersion: '2025-11-25', capabilities, clientInfo: { name: 'e2e', version: '1' } })
    void this.say({ method: 'notifications/initialized' })
    for (const end = performance.now() + 20_000; ; await sleep(100)) {
      const tools = await this.tools()
      const missing = listed.filter(name => !tools.some(tool => tool.startsWith(`${name}__`)))
      if (missing.length === 0) return tools
      assert.ok(performance.now() < end, `not listed: ${missing}`)
    }
  }

  async tools(): Promise<string[]> {
    return (await this.ask('tools/list')).result.tools.map((tool: { name: string }) => tool.name)
  }

  /** The first message that is so, heard already or to come. */
  async until(so: (message: Message) => boolean, what: string, withinMs = 30_000): Promise<Heard> {
    const end = performance.now() + withinMs
    for (let from = 0; ;) {
      for (; from < this.heard.length; from++) if (so(this.heard[from]!.message)) return this.heard[from]!
      const left = end - performance.now()
      assert.ok(left > 0, `${what} did not come. stderr: ${this.stderr.slice(-2000)}`)
      assert.ok(this.running, `${what} can not come: the gateway is over. stderr: ${this.stderr.slice(-2000)}`)
      await this.#news(left)
    }
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** All answers to that id. */
  answers(id: unknown): Message[] {
    return this.heard.flatMap(({ message }) => (message.id === id && message.method === undefined ? [message] : []))
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** How it exited. */
  exited(): Promise<{ code: number | null; signal: string | null }> {
    return this.#exit
  }

  /** Ends it as a client does, by closing its stdin; nothing may be left then, and stdout must have been pure. */
  async end(): Promise<void> {
    this.stdin.end()
    await this.gone()
    this.pure()
  }

  /** Waits until it and everything under it is gone: within 2 s, as promised; on a machine that is busy a frame of 30 MB alone takes longer. */
  async gone(): Promise<void> {
    const until = performance.now() + GONE_MS
    while (this.#home.living().length > 0 && performance.now() < until) await sleep(10)
    assert.deepEqual(this.#home.living().map(commandOf), [], `left after ${GONE_MS / 1000} s`)
    await this.#exit
  }

  /** Fails when something on stdout was no message. */
  pure(): void {
    assert.deepEqual(this.#impure, [])
    assert.equal(Buffer.concat(this.#parts).toString(), '', 'stdout ended within a line')
  }

  /** Memory in MB: the peak so far, or what is held now. */
  memory(of: 'VmHWM' | 'VmRSS'): number {
    return memoryOf(this.pid, of)
  }

  async #news(withinMs: number): Promise<void> {
    await new Promise<void>(done => {
      const told = () => {
        clearTimeout(timer)
        this.#waiting.delete(told)
        done()
      }
      const timer = setTimeout(told, withinMs)
      this.#waiting.add(told)
    })
  }

  #read(chunk: Buffer): void {
    for (let from = 0; ;) {
      const end = chunk.indexOf(NEWLINE, from)
      this.#parts.push(chunk.subarray(from, end < 0 ? undefined : end))
      if (end < 0) break
      this.#line(Buffer.concat(this.#parts).toString())
      this.#parts = []
      from = end + 1
    }
  }

  #line(text: string): void {
    try {
      const message = JSON.parse(text)
      for (const one of [message].flat()) assert.equal(one.jsonrpc, '2.0')
      this.heard.push({ text, message })
    } catch {
      this.#impure.push(text.slice(0, 500))
    }
    this.#tell()
  }

  #tell(): void {
    for (const told of [...this.#waiting]) told()
  }
}

// What backends print on stderr, and what happened to them, without secrets: one bounded file each, the older half moved aside when it is full.
// Nothing is lost to a full disk but the log itself.

import type { WriteStream } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { redactor, type Redactor } from '../gateway/redact/lazy.ts'

const MAX_BYTES = 1024 * 1024

/** The log file of a backend; its older half is beside it, with `.1`. */
export function logFile(dir: string, backend: string): string {
  const plain = backend.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 40)
  return join(dir, plain === backend ? `${plain}.log` : `${plain}-${createHash('sha256').update(backend).digest('hex').slice(0, 6)}.log`)
}

interface Log {
  readonly file: string
  stream: WriteStream
  bytes: number
  /** Not redacted yet; the longest that may be. */
  waiting: string[]
  waitingLength: number
  readonly decoder: TextDecoder
  lines: InstanceType<Redactor['RedactedLines']> | undefined
}

/** So much is redacted at a time: who prints more than that in a turn of the event loop waits for the next one. */
const PIECE = 32 * 1024

export class BackendLogs {
  readonly #dir: string
  readonly #logs = new Map<string, Log>()
  readonly #busy = new Set<Log>()
  #redactor: Redactor | undefined
  #draining = false

  constructor(dir: string) {
    this.#dir = dir
  }

  /** Bytes of its stderr, as they come. While redaction or the disk is slower than the backend, what doesn't fit is dropped. */
  write(backend: string, chunk: Buffer | string): void {
    const log = this.#logs.get(backend) ?? this.#open(backend)
    if (!log || log.stream.writableLength + log.waitingLength > MAX_BYTES) return
    const text = typeof chunk === 'string' ? chunk : log.decoder.decode(chunk, { stream: true })
    log.waiting.push(text)
    log.waitingLength += text.length
    this.#busy.add(log)
    if (this.#draining) return
    this.#draining = true
    if (this.#redactor) setImmediate(this.#drain)
    else void this.#load().then(this.#drain)
  }

  /** A line of ours about it. */
  line(backend: string, text: string): void {
    this.write(backend, `${new Date().toISOString()} ${text.replace(/[\r\n]+/g, ' ')}\n`)
  }

  async close(): Promise<void> {
    if (this.#logs.size === 0) return
    await this.#load()
    for (const log of this.#logs.values()) {
      this.#redact(log, Infinity)
      this.#put(log, log.lines?.end() ?? '')
      log.stream.end()
    }
    this.#logs.clear()
    this.#busy.clear()
  }

  async #load(): Promise<void> {
    this.#redactor ??= await redactor()
  }

  readonly #drain = (): void => {
    for (const log of this.#busy) if (this.#redact(log, PIECE)) this.#busy.delete(log)
    this.#draining = this.#busy.size > 0
    if (this.#draining) setImmediate(this.#drain)
  }

  /** Writes what waits, up to so much of it; says whether that was all. */
  #redact(log: Log, most: number): boolean {
    const text = log.waiting.join('')
    const rest = text.slice(most)
    log.waiting = rest === '' ? [] : [rest]
    log.waitingLength = rest.length
    log.lines ??= new this.#redactor!.RedactedLines()
    this.#put(log, log.lines.push(text.slice(0, most)))
    return rest === ''
  }

  #put(log: Log, text: string): void {
    if (text === '') return
    const bytes = Buffer.from(text)
    if (log.bytes + bytes.length > MAX_BYTES) this.#turn(log)
    log.bytes += bytes.length
    log.stream.write(bytes)
  }

  #open(backend: string): Log | undefined {
    const fs = process.getBuiltinModule('node:fs')
    const file = logFile(this.#dir, backend)
    try {
      fs.mkdirSync(this.#dir, { recursive: true, mode: 0o700 })
      const bytes = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0
      const log: Log = { file, stream: this.#stream(file), bytes, waiting: [], waitingLength: 0, decoder: new TextDecoder(), lines: undefined }
      this.#logs.set(backend, log)
      return log
    } catch {
      return undefined
    }
  }

  #stream(file: string): WriteStream {
    return process
      .getBuiltinModule('node:fs')
      .createWriteStream(file, { flags: 'a', mode: 0o600 })
      .on('error', () => {})
  }

  #turn(log: Log): void {
    log.stream.end()
    try {
      process.getBuiltinModule('node:fs').renameSync(log.file, `${log.file}.1`)
    } catch {
      // another process of ours has just done it
    }
    log.stream = this.#stream(log.file)
    log.bytes = 0
  }
}

// What backends print on stderr, and what happened to them: one bounded file each, the older half moved aside when it is full. Nothing is lost to
// a full disk but the log itself.

import type { WriteStream } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'

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
}

export class BackendLogs {
  readonly #dir: string
  readonly #logs = new Map<string, Log>()

  constructor(dir: string) {
    this.#dir = dir
  }

  /** Bytes of its stderr, as they come. While the disk is slower than the backend, what doesn't fit is dropped. */
  write(backend: string, chunk: Buffer | string): void {
    const log = this.#logs.get(backend) ?? this.#open(backend)
    if (!log || log.stream.writableLength > MAX_BYTES) return
    if (log.bytes + chunk.length > MAX_BYTES) this.#turn(log)
    log.bytes += chunk.length
    log.stream.write(chunk)
  }

  /** A line of ours about it. */
  line(backend: string, text: string): void {
    this.write(backend, `${new Date().toISOString()} ${text.replace(/[\r\n]+/g, ' ')}\n`)
  }

  close(): void {
    for (const log of this.#logs.values()) log.stream.end()
    this.#logs.clear()
  }

  #open(backend: string): Log | undefined {
    const fs = process.getBuiltinModule('node:fs')
    const file = logFile(this.#dir, backend)
    try {
      fs.mkdirSync(this.#dir, { recursive: true, mode: 0o700 })
      const log = { file, stream: this.#stream(file), bytes: fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0 }
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

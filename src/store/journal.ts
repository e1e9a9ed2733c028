// A process's own append-only record: segment files `<process>.<n>.jsonl`, made at the first line, 0600 in a 0700 folder.
// Invariant: a line that returned true stands whole in the file, once; one that returned false does not stand there, and the next starts on a fresh line.
// Full, read-only and broken disks are a false, never a throw; each line tries again, so the journal comes back when the disk does.

import * as fs from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../lib/clock.ts'
import type { Call, CallRecord, Decision, Journal, Outcome, Payload } from '../gateway/types.ts'
import { closed, legBody, link, noteBody, openBody, payloadBody, segmentLine, settleBody } from './line.ts'
import { segmentName } from './segments.ts'

/** What a journal asks of a disk; a test hands in one that fails. */
export interface Disk {
  /** Makes the folder where it is missing. */
  prepare(dir: string): void
  /** Opens a new file for appending; throws EEXIST where one stands. */
  create(path: string): number
  /** How many bytes were taken: perhaps not all. */
  write(fd: number, text: string): number
  sync(fd: number): void
  truncate(fd: number, size: number): void
  close(fd: number): void
}

export const disk: Disk = {
  prepare: dir => void fs.mkdirSync(dir, { recursive: true, mode: 0o700 }),
  create: path => fs.openSync(path, 'ax', 0o600),
  write: (fd, text) => fs.writeSync(fd, text),
  sync: fd => fs.fdatasyncSync(fd),
  truncate: (fd, size) => fs.ftruncateSync(fd, size),
  close: fd => fs.closeSync(fd),
}

export interface JournalOptions {
  readonly dir: string
  /** The process's own id, the one of its run file. */
  readonly id: string
  readonly clock: Clock
  /** An fsync for each line. */
  readonly sync: boolean
  readonly maxSegmentBytes?: number
  readonly disk?: Disk
}

/** Where a journal's end is. */
export interface Position {
  readonly segment: number
  readonly bytes: number
  readonly seq: number
  /** Bytes of all segments so far. */
  readonly total: number
}

/** After so long nobody writes into the same file: others may have taken it away by then (the indexer waits twice as long). */
const SILENT_MS = 12 * 60 * 60 * 1000

/** Prepares a journal; its first line makes its first file. */
export const openJournal = (options: JournalOptions): FileJournal => new FileJournal(options)

export class FileJournal implements Journal {
  readonly id: string
  readonly dir: string
  readonly #clock: Clock
  readonly #sync: boolean
  readonly #maxBytes: number
  readonly #disk: Disk
  /** Calls whose opening line failed: their settling line brings it along. */
  readonly #unopened = new WeakSet<Call>()
  #fd: number | undefined
  #segment = 1
  #size = 0
  #total = 0
  #seq = 0
  #at = 0
  #hash: string

  constructor({ dir, id, clock, sync, maxSegmentBytes = 8 * 1024 * 1024, disk: given = disk }: JournalOptions) {
    this.id = id
    this.dir = dir
    this.#clock = clock
    this.#sync = sync
    this.#maxBytes = maxSegmentBytes
    this.#disk = given
    this.#hash = id // the chain begins at the journal's name: no line of another journal fits in
  }

  open(call: Call, decision: Decision): boolean {
    const time = this.#clock.now()
    if (this.#line(time, openBody(this.#seq + 1, time, call, decision))) return true
    this.#unopened.add(call)
    return false
  }

  leg(call: Call, outcome: Outcome): boolean {
    const time = this.#clock.now()
    return this.#line(time, legBody(this.#seq + 1, time, call, outcome))
  }

  settle(record: CallRecord): boolean {
    const time = this.#clock.now()
    return this.#unopened.has(record.call) ? this.#both(time, record) : this.#line(time, settleBody(this.#seq + 1, time, record))
  }

  note(kind: string, detail: Record<string, unknown>): boolean {
    const time = this.#clock.now()
    return this.#line(time, noteBody(this.#seq + 1, time, kind, detail))
  }

  payloads(parts: readonly Payload[]): boolean {
    const time = this.#clock.now()
    let [text, hash, seq] = ['', this.#hash, this.#seq]
    for (const part of parts) {
      const body = payloadBody(++seq, time, part)
      hash = link(hash, body)
      text += closed(body, hash)
    }
    return parts.length === 0 || this.#append(time, text, parts.length, hash)
  }

  /** Where the next line will stand. */
  position(): Position {
    return { segment: this.#segment, bytes: this.#size, seq: this.#seq, total: this.#total }
  }

  /** Ends the current segment; the next line begins another. */
  rotate(): void {
    if (this.#fd === undefined) return
    this.#leave()
    this.#segment++
  }

  close(): void {
    this.rotate()
  }

  #line(time: number, body: string): boolean {
    const hash = link(this.#hash, body)
    return this.#append(time, closed(body, hash), 1, hash)
  }

  /** Opening and settling in one write: both or neither. */
  #both(time: number, record: CallRecord): boolean {
    const first = openBody(this.#seq + 1, time, record.call, record.decision)
    const between = link(this.#hash, first)
    const second = settleBody(this.#seq + 2, time, record)
    const hash = link(between, second)
    if (!this.#append(time, closed(first, between) + closed(second, hash), 2, hash)) return false
    this.#unopened.delete(record.call)
    return true
  }

  #append(time: number, lines: string, count: number, hash: string): boolean {
    if (this.#size > 0 && (this.#size + lines.length > this.#maxBytes || time - this.#at > SILENT_MS)) this.rotate()
    try {
      this.#fd ??= this.#create()
    } catch {
      return false
    }
    const text = this.#size > 0 ? lines : segmentLine(this.id, this.#segment, this.#seq + 1, this.#hash, time) + lines
    if (!this.#write(this.#fd, text)) return false
    this.#size += text.length
    this.#total += text.length
    this.#seq += count
    this.#hash = hash
    this.#at = time
    return true
  }

  #create(): number {
    this.#disk.prepare(this.dir)
    for (;;) {
      try {
        return this.#disk.create(join(this.dir, segmentName(this.id, this.#segment)))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
        this.#segment++
      }
    }
  }

  /** All of it or nothing: what was half written is taken back; where even that fails, the file is left and a new one begun. */
  #write(fd: number, text: string): boolean {
    try {
      let written = this.#disk.write(fd, text)
      while (written < text.length) {
        const more = this.#disk.write(fd, text.slice(written))
        if (more === 0) throw new Error('nothing written')
        written += more
      }
      if (this.#sync) this.#disk.sync(fd)
      return true
    } catch {
      try {
        this.#disk.truncate(fd, this.#size)
      } catch {
        this.rotate()
      }
      return false
    }
  }

  #leave(): void {
    try {
      this.#disk.close(this.#fd!)
    } catch {
      // a descriptor that can't be closed is gone all the same
    }
    this.#fd = undefined
    this.#size = 0
  }
}

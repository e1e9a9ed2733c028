// A process's own append-only record: segment files `<process>.<n>.jsonl`, made at the first line, 0600 in a 0700 folder.
// Invariant: a line that returned true stands whole in the file, once; one that returned false does not stand there, and the next starts on a fresh line.
// Full, read-only and broken disks are a false, never a throw; each line tries again, so the journal comes back when the disk does.

import * as fs from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../lib/clock.ts'
import type { Call, CallRecord, Decision, Journal, Outcome, Payload } from '../gateway/types.ts'
import {
  inLines,
  legBody,
  lengthOf,
  noteAbout,
  noteBody,
  openAbout,
  openBody,
  payloadAbout,
  payloadBody,
  segmentLine,
  settleAbout,
  settleBody,
  writeLine,
  writeLines,
} from './line.ts'
import type { About } from './line.ts'
import { Recent, type Room } from './recent.ts'
import { segmentName } from './segments.ts'

/** What a journal asks of a disk; a test hands in one that fails. */
export interface Disk {
  /** Makes the folder where it is missing. */
  prepare(dir: string): void
  /** Opens a new file for appending; throws EEXIST where one stands. */
  create(path: string): number
  /** How many of these bytes were taken: perhaps not all. */
  write(fd: number, bytes: Buffer, from: number, to: number): number
  sync(fd: number): void
  truncate(fd: number, size: number): void
  close(fd: number): void
}

export const disk: Disk = {
  prepare: dir => void fs.mkdirSync(dir, { recursive: true, mode: 0o700 }),
  create: path => fs.openSync(path, 'ax', 0o600),
  write: (fd, bytes, from, to) => fs.writeSync(fd, bytes, from, to - from),
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
  /** What this process need not read back. */
  readonly recent = new Recent()
  #fd: number | undefined
  #segment = 1
  #size = 0
  /** Where the segment before this one ends. */
  #ended = 0
  #total = 0
  #seq = 0
  #at = 0
  #hash: string
  /** Of the segment that the next line begins. */
  #head = ''

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
    if (this.#line(time, openBody(this.#seq + 1, time, call, decision), openAbout(call))) return true
    this.#unopened.add(call)
    return false
  }

  leg(call: Call, outcome: Outcome, result?: string | Buffer): boolean {
    const time = this.#clock.now()
    return this.#line(time, legBody(this.#seq + 1, time, call, outcome, result), noteAbout('leg'))
  }

  settle(record: CallRecord): boolean {
    const time = this.#clock.now()
    if (this.#unopened.has(record.call)) return this.#both(time, record)
    return this.#line(time, settleBody(this.#seq + 1, time, record), settleAbout(record))
  }

  note(kind: string, detail: Record<string, unknown>): boolean {
    const time = this.#clock.now()
    return this.#line(time, noteBody(this.#seq + 1, time, kind, detail), noteAbout(kind))
  }

  payloads(parts: readonly Payload[]): boolean {
    const time = this.#clock.now()
    const lines = inLines(parts)
    const bodies = lines.map((line, n) => payloadBody(this.#seq + 1 + n, time, line))
    return parts.length === 0 || this.#lines(time, bodies, lines.map(payloadAbout))
  }

  /** Where the next line will stand. */
  position(): Position {
    return { segment: this.#segment, bytes: this.#size, seq: this.#seq, total: this.#total }
  }

  /** Where a segment of its own ends, as far as is still known. */
  endOf(segment: number): number | undefined {
    return segment === this.#segment ? this.#size : segment === this.#segment - 1 ? this.#ended : undefined
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

  #line(time: number, body: string, about: About): boolean {
    const length = lengthOf(body)
    const room = this.#room(time, length)
    if (!room) return false
    const hash = writeLine(room.into, room.at, this.#hash, body)
    if (!this.#append(time, room, length, 1, hash)) return false
    this.recent.keep(about, time, room.at, length)
    return true
  }

  /** In one write: all of them or none. */
  #lines(time: number, bodies: readonly string[], abouts: readonly About[]): boolean {
    let length = 0
    for (const body of bodies) length += lengthOf(body)
    const room = this.#room(time, length)
    if (!room) return false
    const hash = writeLines(room.into, room.at, this.#hash, bodies)
    if (!this.#append(time, room, length, bodies.length, hash)) return false
    let at = room.at
    for (const [n, body] of bodies.entries()) {
      this.recent.keep(abouts[n]!, time, at, lengthOf(body))
      at += lengthOf(body)
    }
    return true
  }

  /** Opening and settling together. */
  #both(time: number, record: CallRecord): boolean {
    const bodies = [openBody(this.#seq + 1, time, record.call, record.decision), settleBody(this.#seq + 2, time, record)]
    if (!this.#lines(time, bodies, [openAbout(record.call), settleAbout(record)])) return false
    this.#unopened.delete(record.call)
    return true
  }

  /** Where lines of so many bytes are made: behind them they are the end of a file that is open. */
  #room(time: number, length: number): Room | undefined {
    if (this.#size > 0 && (this.#size + length > this.#maxBytes || time - this.#at > SILENT_MS)) this.rotate()
    try {
      this.#fd ??= this.#create()
    } catch {
      return undefined
    }
    this.#head = this.#size > 0 ? '' : segmentLine(this.id, this.#segment, this.#seq + 1, this.#hash, time)
    return this.recent.room({ segment: this.#segment, bytes: this.#size, seq: this.#seq, hash: this.#hash }, this.#head.length, length)
  }

  #append(time: number, { into, at }: Room, length: number, count: number, hash: string): boolean {
    const head = this.#head
    const whole = head === '' ? undefined : Buffer.concat([Buffer.from(head), into.subarray(at, at + length)])
    if (!(whole ? this.#write(whole, 0, whole.length) : this.#write(into, at, at + length))) return false
    this.#size += head.length + length
    this.#total += head.length + length
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
  #write(bytes: Buffer, from: number, to: number): boolean {
    const fd = this.#fd!
    try {
      let written = from + this.#disk.write(fd, bytes, from, to)
      while (written < to) {
        const more = this.#disk.write(fd, bytes, written, to)
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
    this.#ended = this.#size
    this.#size = 0
  }
}

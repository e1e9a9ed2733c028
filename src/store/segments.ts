// Journal files as a reader sees them: found by name, read in whole lines from where one stopped. What stands after the last line's end is a
// line still being written, or one that a killed process did not finish; it is no line.

import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fieldsOf } from './stored.ts'

const NEWLINE = 0x0a
/** No line of ours is that long: what is, is damage, and is passed over in pieces of this size. */
const LONGEST = 1024 * 1024

export const segmentName = (journal: string, segment: number): string => `${journal}.${segment}.jsonl`

export interface Line {
  /** Without its end. One character a byte. */
  readonly text: string
  /** Where it begins. */
  readonly offset: number
}

export interface Piece {
  readonly lines: readonly Line[]
  /** Where to go on. */
  readonly to: number
}

/** The segments of every journal in a folder, in their order. */
export function segmentsIn(dir: string): Map<string, number[]> {
  const found = new Map<string, number[]>()
  for (const name of names(dir)) {
    const [, journal, segment] = /^([\w-]{1,64})\.(\d{1,9})\.jsonl$/.exec(name) ?? []
    if (!journal) continue
    const numbers = found.get(journal)
    if (numbers) numbers.push(Number(segment))
    else found.set(journal, [Number(segment)])
  }
  for (const numbers of found.values()) numbers.sort((a, b) => a - b)
  return found
}

function names(dir: string): string[] {
  try {
    return readdirSync(dir)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code))) return []
    throw error
  }
}

/** Size and last change of a segment; undefined when it is gone. */
export function stateOf(dir: string, journal: string, segment: number): { size: number; changedAt: number } | undefined {
  const found = statSync(join(dir, segmentName(journal, segment)), { throwIfNoEntry: false })
  return found && { size: found.size, changedAt: found.mtimeMs }
}

/** The process that said it writes a segment. */
export function writerOf(dir: string, journal: string, segment: number): number | undefined {
  const head = readSegment(dir, journal, segment, 0, 1024)?.lines[0]?.text ?? ''
  const { kind, pid } = fieldsOf(head)
  return kind === 'segment' && typeof pid === 'number' ? pid : undefined
}

/** The whole lines from an offset on, up to so many bytes; undefined when the segment is gone. */
export function readSegment(dir: string, journal: string, segment: number, from: number, most: number): Piece | undefined {
  const fd = open(join(dir, segmentName(journal, segment)))
  if (fd === undefined) return undefined
  try {
    for (let size = most; ; size = LONGEST) {
      const bytes = fill(fd, Buffer.allocUnsafe(size), from)
      const end = bytes.lastIndexOf(NEWLINE)
      if (end >= 0) return { lines: [...split(bytes.toString('latin1', 0, end), from)], to: from + end + 1 }
      if (bytes.length < size) return { lines: [], to: from }
      if (size >= LONGEST) return { lines: [{ text: bytes.toString('latin1'), offset: from }], to: from + size }
    }
  } finally {
    closeSync(fd)
  }
}

function open(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function fill(fd: number, into: Buffer, from: number): Buffer {
  let filled = 0
  while (filled < into.length) {
    const read = readSync(fd, into, filled, into.length - filled, from + filled)
    if (read === 0) break
    filled += read
  }
  return into.subarray(0, filled)
}

function* split(text: string, from: number): Iterable<Line> {
  for (let start = 0; start <= text.length;) {
    const found = text.indexOf('\n', start)
    const end = found < 0 ? text.length : found
    if (end > start) yield { text: text.slice(start, end), offset: from + start }
    start = end + 1
  }
}

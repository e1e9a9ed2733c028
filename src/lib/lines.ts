// Bytes to lines: cut at 0x0A alone (U+2028 and friends end nothing). A line that comes in several chunks is gathered in one block, which grows
// by leaps: what is not written to yet is no memory yet. A line over the limit is dropped as it comes; its first and last bytes are kept.

const NEWLINE = 0x0a
const EDGE = 256
const BLOCK = 16 * 1024
const LEAP = 4

export interface LineReceiver {
  /** One line without its end: a latin1 string below `large` bytes, else a Buffer. */
  line(line: string | Buffer): void
  oversize(head: string, tail: string, bytes: number): void
}

/** Cuts a stream of chunks into lines. A chunk is ours from then on: its memory may be given back before it is collected. */
export class Lines {
  readonly #to: LineReceiver
  readonly #limit: number
  readonly #large: number
  #block: Buffer | undefined
  #size = 0
  #head = ''
  #tail = ''
  #first = true

  constructor(to: LineReceiver, limit: number, large: number) {
    this.#to = to
    this.#limit = limit
    this.#large = large
  }

  push(chunk: Buffer): void {
    let from = 0
    if (this.#first && chunk.length > 0) {
      this.#first = false
      if (chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) from = 3
    }
    for (let at = chunk.indexOf(NEWLINE, from); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      if (this.#size === 0) this.#whole(chunk, from, at)
      else {
        this.#keep(chunk.subarray(from, at))
        this.#end()
      }
      from = at + 1
    }
    if (from < chunk.length) this.#keep(from === 0 ? chunk : chunk.subarray(from))
  }

  /** The stream is over: what stands there without a newline is the last line. */
  end(): void {
    if (this.#size > 0) this.#end()
  }

  #keep(part: Buffer): void {
    const used = this.#size
    this.#size += part.length
    if (this.#size > this.#limit) return this.#drop(part, used)
    if (!this.#block || this.#size > this.#block.length) this.#grow(used)
    part.copy(this.#block!, used)
    if (this.#size >= this.#large) giveBack(part)
  }

  #grow(used: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(BLOCK, Math.min(this.#size * LEAP, this.#limit)))
    if (this.#block) {
      this.#block.copy(grown, 0, 0, used)
      giveBack(this.#block)
    }
    this.#block = grown
  }

  #drop(part: Buffer, used: number): void {
    if (this.#head === '') {
      const kept = this.#block?.subarray(0, used) ?? part.subarray(0, 0)
      this.#head = (kept.toString('latin1', 0, EDGE) + part.toString('latin1', 0, EDGE)).slice(0, EDGE)
      this.#tail = kept.subarray(-EDGE).toString('latin1')
      this.#block = undefined
    }
    this.#tail = (this.#tail + part.subarray(-EDGE).toString('latin1')).slice(-EDGE)
  }

  #end(): void {
    const block = this.#block
    const size = this.#size
    const head = this.#head
    this.#size = 0
    this.#head = ''
    if (size > this.#limit) return this.#to.oversize(head, this.#tail.trimEnd(), size)
    // Small lines leave as strings, and the block stays; a large one takes its block along.
    if (size >= this.#large) this.#block = undefined
    this.#whole(block!, 0, size, this.#block === undefined)
  }

  #whole(bytes: Buffer, from: number, to: number, alone = false): void {
    if (bytes[to - 1] === 0x0d && to > from) to--
    if (to === from) return
    if (to - from > this.#limit)
      this.#to.oversize(bytes.toString('latin1', from, from + EDGE), bytes.toString('latin1', Math.max(from, to - EDGE), to), to - from)
    else if (to - from < this.#large) this.#to.line(bytes.toString('latin1', from, to))
    else {
      const line = bytes.subarray(from, to)
      if (alone) alones.add(line)
      this.#to.line(line)
    }
  }
}

/** Large lines that are all there is in their memory. */
const alones = new WeakSet<Buffer>()

/** A line that nobody will read again: its memory is given back now, where it has it to itself. */
export function spend(line: Buffer): void {
  if (alones.delete(line)) (line as Buffer<ArrayBuffer>).buffer.transfer(0)
}

/** Garbage is collected by what the heap holds, and a Buffer holds next to nothing there: a hundred megabytes of them would wait. */
function giveBack(part: Buffer): void {
  const { buffer } = part as Buffer<ArrayBuffer>
  if (part.length === buffer.byteLength) buffer.transfer(0)
}

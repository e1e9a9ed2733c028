// Bytes to lines: cut at 0x0A alone (U+2028 and friends end nothing), over a list of chunks that is joined once, when the line is whole.
// A line over the limit is dropped as it comes; its first and last bytes are kept, and the lines after it are read as ever.

const NEWLINE = 0x0a
const EDGE = 256
/** Pieces below this are copied together: a program that drips single bytes costs what it sends, and not a Buffer for each. */
const SMALL = 1024
const BLOCK = 16 * 1024

export interface LineReceiver {
  /** One line without its end: a latin1 string below `large` bytes, else a Buffer. */
  line(line: string | Buffer): void
  oversize(head: string, tail: string, bytes: number): void
}

/** Cuts a stream of chunks into lines. */
export class Lines {
  readonly #to: LineReceiver
  readonly #limit: number
  readonly #large: number
  #parts: Buffer[] = []
  #block: Buffer | undefined
  #used = 0
  #size = 0
  #head = ''
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
    this.#size += part.length
    if (this.#size <= this.#limit) {
      if (part.length >= SMALL || this.#parts.length === 0) {
        this.#leaveBlock()
        this.#parts.push(part)
      } else this.#copy(part)
      return
    }
    this.#leaveBlock()
    if (!this.#head) this.#head = Buffer.concat([...this.#parts.slice(0, 8), part].map(one => one.subarray(0, EDGE))).toString('latin1', 0, EDGE)
    const last = this.#parts.at(-1)
    this.#parts = [part.length >= EDGE || !last ? part.subarray(-EDGE) : Buffer.concat([last.subarray(-EDGE), part]).subarray(-EDGE)]
  }

  #copy(part: Buffer): void {
    if (this.#block && this.#used + part.length > BLOCK) this.#leaveBlock()
    this.#block ??= Buffer.allocUnsafe(BLOCK)
    this.#used += part.copy(this.#block, this.#used)
  }

  #leaveBlock(): void {
    if (this.#block) this.#parts.push(this.#block.subarray(0, this.#used))
    this.#block = undefined
    this.#used = 0
  }

  #end(): void {
    this.#leaveBlock()
    const parts = this.#parts
    const size = this.#size
    const head = this.#head
    this.#parts = []
    this.#size = 0
    this.#head = ''
    if (size > this.#limit) this.#to.oversize(head, Buffer.concat(parts).subarray(-EDGE).toString('latin1').trimEnd(), size)
    else if (parts.length === 1) this.#whole(parts[0]!, 0, size)
    else {
      const joined = Buffer.concat(parts, size)
      parts.length = 0
      this.#whole(joined, 0, size)
    }
  }

  #whole(bytes: Buffer, from: number, to: number): void {
    if (bytes[to - 1] === 0x0d && to > from) to--
    if (to === from) return
    if (to - from > this.#limit)
      this.#to.oversize(bytes.toString('latin1', from, from + EDGE), bytes.toString('latin1', Math.max(from, to - EDGE), to), to - from)
    else if (to - from < this.#large) this.#to.line(bytes.toString('latin1', from, to))
    else this.#to.line(bytes.subarray(from, to))
  }
}

// Texts that wait for a moment, in one block of bytes, first in, first out. As strings they would outlive two collections of the young generation
// and lie among what is old until all of that is collected: after some thousand calls, 20 MB of them.

const BYTES = 2.5 * 1024 * 1024

export class Shelf {
  readonly #bytes: number
  #block: Buffer<ArrayBuffer> | undefined
  #held = 0
  /** Where the oldest begins, and where the next one goes: behind it, or once the block is full, before it. */
  #first = 0
  #next = 0

  constructor(bytes: number = BYTES) {
    this.#bytes = bytes
  }

  /** Where these now lie, one behind the other, a byte for each character; -1 where no room is. */
  put(one: string, other: string): number {
    const size = one.length + other.length
    const at = this.#room(size)
    if (at < 0) return at
    // Pages that nothing was written to are no memory yet.
    this.#block ??= Buffer.allocUnsafeSlow(this.#bytes)
    this.#block.write(one, at, 'latin1')
    this.#block.write(other, at + one.length, 'latin1')
    this.#held++
    this.#next = at + size
    return at
  }

  /** The oldest, which lies there: its bytes, until something else is put there. */
  take(at: number, size: number): Buffer {
    this.#held--
    this.#first = at + size
    return this.#block!.subarray(at, at + size)
  }

  /** Gives the memory back, when nothing lies here. */
  clear(): void {
    if (this.#held > 0 || !this.#block) return
    this.#block.buffer.transfer(0)
    this.#block = undefined
  }

  #room(size: number): number {
    if (this.#held === 0) this.#first = this.#next = 0
    const behind = this.#next >= this.#first
    if (behind && this.#next + size <= this.#bytes) return this.#next
    if (behind) return size < this.#first ? 0 : -1
    return this.#next + size < this.#first ? this.#next : -1
  }
}

// Events that a client may ask for once more, because its connection broke (MCP 2025-11-25, transports, resumability): the latest of all streams,
// up to so many bytes. What is older is gone, and whoever asks for it is told.

/** Whose events they are. */
export interface Keeper {
  /** Its oldest event was forgotten. */
  forgot(): void
}

interface Entry {
  readonly of: Keeper
  readonly bytes: number
}

export class Replay {
  readonly #limit: number
  /** In the order in which they came. */
  readonly #entries = new Set<Entry>()
  #bytes = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Makes room for so many bytes of this stream. Gives the way to give them back. */
  keep(of: Keeper, bytes: number): () => void {
    const entry = { of, bytes }
    this.#entries.add(entry)
    this.#bytes += bytes
    for (const oldest of this.#entries) {
      if (this.#bytes <= this.#limit) break
      this.#drop(oldest)
      oldest.of.forgot()
    }
    return () => this.#drop(entry)
  }

  #drop(entry: Entry): void {
    if (this.#entries.delete(entry)) this.#bytes -= entry.bytes
  }
}

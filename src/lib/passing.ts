// Things by key that come and go by the thousand. Not a Map: each table that a Map has outgrown leads to the next one, and once one of them is
// old, V8 keeps all that ever stood in the later ones until the next full collection: 7 KB a call, measured.

/** A small Map for what passes through. Values are never undefined. */
export class Passing<Value> {
  readonly #values: Record<string, Value> = Object.create(null)
  #size = 0

  get size(): number {
    return this.#size
  }

  has(key: string): boolean {
    return this.#values[key] !== undefined
  }

  get(key: string): Value | undefined {
    return this.#values[key]
  }

  set(key: string, value: Value): void {
    if (this.#values[key] === undefined) this.#size++
    this.#values[key] = value
  }

  /** Takes it out; gives what there was. */
  take(key: string): Value | undefined {
    const value = this.#values[key]
    if (value === undefined) return undefined
    this.#size--
    delete this.#values[key]
    return value
  }

  entries(): [string, Value][] {
    return Object.entries(this.#values)
  }

  values(): Value[] {
    return Object.values(this.#values)
  }
}

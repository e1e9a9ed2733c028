// A way to say "stop" to one piece of work. Every call carries one, so it is lighter than an AbortController; adapters that need that make one from it.

/** Told once; who listens later is told at once. */
export class Stop {
  reason: string | undefined
  #listeners: ((reason: string) => void)[] | undefined

  get stopped(): boolean {
    return this.reason !== undefined
  }

  stop(reason: string): void {
    if (this.reason !== undefined) return
    this.reason = reason
    const listeners = this.#listeners
    this.#listeners = undefined
    for (const listener of listeners ?? []) listener(reason)
  }

  /** Calls `listener` when the work shall stop. */
  on(listener: (reason: string) => void): void {
    if (this.reason !== undefined) listener(this.reason)
    else (this.#listeners ??= []).push(listener)
  }
}

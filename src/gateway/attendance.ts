// Who is there to answer questions: windows that follow this gateway and say so. It knows how many, and tells when somebody comes or goes.

export class Attendance {
  #present = 0
  readonly #listeners = new Set<() => void>()

  get somebody(): boolean {
    return this.#present > 0
  }

  /** Somebody is there from now on. Gives the way to go; gone once is gone. */
  enter(): () => void {
    let here = true
    this.#move(1)
    return () => {
      if (here) this.#move(-1)
      here = false
    }
  }

  /** Calls `listener` when somebody comes or goes, until it is told to stop. */
  on(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #move(by: number): void {
    this.#present += by
    for (const listener of [...this.#listeners]) listener()
  }
}

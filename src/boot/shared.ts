// What the processes of this machine share, as one of them opens it: when it is first wanted, and not before.

import type { Environment, Places } from '../config/paths.ts'
import type { Keyring } from '../gateway/principals.ts'
import type { Seal } from '../lib/seal.ts'
import { openStore } from '../store/sqlite.ts'
import type { Store } from '../store/store.ts'

export class Shared {
  readonly #places: Places
  readonly #env: Environment
  #store: Promise<Store> | undefined
  #isOpen = false
  #seal: Promise<Seal> | undefined

  constructor(places: Places, env: Environment) {
    this.#places = places
    this.#env = env
  }

  /** The store is opened already: what is asked of it is answered at once. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  readonly store = (): Promise<Store> => {
    if (!this.#store) {
      this.#store = openStore(this.#places.database)
      void this.#store.then(
        () => (this.#isOpen = true),
        () => {},
      )
    }
    return this.#store
  }

  /** Whether there is a store: making one takes as long as a backend's start, and a new one holds nothing. */
  readonly exists = (): boolean => {
    try {
      return process.getBuiltinModule('node:fs').statSync(this.#places.database, { throwIfNoEntry: false }) !== undefined
    } catch {
      return true // nobody can tell, and what can't be read is not nothing
    }
  }

  /** What seals and opens what is kept encrypted; asked again where the key could not be had. */
  readonly seal = (): Promise<Seal> => {
    const open = async () => (await import('../config/master.ts')).openSeal({ places: this.#places, env: this.#env, notes: await this.store() })
    const asked = (this.#seal ??= open())
    asked.catch(() => asked === this.#seal && (this.#seal = undefined))
    return asked
  }

  readonly keyring = async (): Promise<Keyring> => {
    const store = await this.store()
    return { version: () => store.version(), find: key => store.keys.find(key), used: (name, at) => store.keys.used(name, at) }
  }

  async close(): Promise<void> {
    const store = await this.#store?.catch(() => undefined)
    await store?.close()
  }
}

// The pins of the backends in the settings, for commands: read from the store, and decided on record in a journal of the command's own.

import { existsSync } from 'node:fs'
import { fingerprintOf } from '../config/fingerprint.ts'
import { pinName } from '../gateway/names.ts'
import { closest } from '../lib/closest.ts'
import { Book } from '../store/pin-book.ts'
import type { StoredPin } from '../store/pins.ts'
import { openStore } from '../store/sqlite.ts'
import type { Store } from '../store/store.ts'
import type { Context } from './context.ts'
import { Failure } from './failure.ts'

/** The pins in this store. */
export function pinsIn(context: Context, store: () => Promise<Store>): { readonly book: Book; readonly backends: readonly string[] } {
  const { places } = context
  const { backends, audit } = context.settings()
  const book = new Book({
    store,
    exists: () => existsSync(places.database),
    configOf: (name, salt) => fingerprintOf(backends, name, salt),
    // Where it can't be noted and must be, this throws.
    note: async (kind, detail) => {
      const { noted } = await import('./recorded.ts')
      await noted(context, kind, detail)
      return true
    },
    required: () => audit.required,
    now: Date.now,
  })
  return { book, backends: backends.map(one => one.name) }
}

/** Opens the pins, does something with them, and closes the store. */
export async function withPins<T>(context: Context, act: (book: Book, backends: readonly string[]) => Promise<T>): Promise<T> {
  const store = openStore(context.places.database)
  const { book, backends } = pinsIn(context, () => store)
  try {
    return await act(book, backends)
  } finally {
    await (await store).close()
  }
}

/** The public name of a pinned tool. */
export const nameOf = ({ backend, tool }: StoredPin): string => pinName(backend, tool)

/** Pins by the name of a backend, or of one tool as clients see it. */
export function named(all: readonly StoredPin[], name: string): readonly StoredPin[] {
  const tool = all.filter(pin => nameOf(pin) === name)
  const found = tool.length > 0 ? tool : all.filter(({ backend }) => backend === name)
  if (found.length > 0) return found
  const near = closest(name, [...new Set(all.flatMap(pin => [pin.backend, nameOf(pin)]))])
  throw new Failure(4, `nothing is pinned of "${name}"`, near === undefined ? 'To see what is: mcpgw pins --all' : `Did you mean ${near}?`)
}

/** Whether a person has to decide on it. */
export const waits = ({ state }: StoredPin): boolean => state === 'changed' || state === 'quarantined'

/** What somebody means who has seen these hashes offered: all of it waits, and is still what they saw. */
export function meant(
  all: readonly StoredPin[],
  name: string,
  offered: Readonly<Record<string, string>>,
): { readonly pins: readonly StoredPin[] } | { readonly code: 'not_found' | 'differs'; readonly message: string } {
  const waiting = all.filter(pin => (pin.backend === name || nameOf(pin) === name) && pin.offered !== undefined)
  if (waiting.length === 0) return { code: 'not_found', message: `nothing of "${name}" is other than it was accepted` }
  const same = waiting.every(pin => offered[nameOf(pin)] === pin.offered!.hash)
  return same ? { pins: waiting } : { code: 'differs', message: 'what is offered is not what was seen' }
}

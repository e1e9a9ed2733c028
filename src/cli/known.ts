// A backend by the name that somebody typed.

import type { BackendSettings, Settings } from '../config/settings.ts'
import { closest } from '../lib/closest.ts'
import { Failure } from './failure.ts'

/** The backend `name`; a failure that says which one was meant when there is none. */
export function known({ backends }: Settings, name: string): BackendSettings {
  return (
    backends.find(one => one.name === name) ??
    unknown(
      name,
      backends.map(one => one.name),
    )
  )
}

/** There is no such backend. */
export function unknown(name: string, names: readonly string[]): never {
  const near = closest(name, names)
  if (near !== undefined) throw new Failure(4, `there is no backend "${name}"`, `Did you mean ${near}?`)
  throw new Failure(
    4,
    `there is no backend "${name}"`,
    names.length ? `There are: ${names.join(', ')}` : 'There is none at all yet. To add one: mcpgw add --help',
  )
}

// Logins as far as they can be looked at without asking anybody: those that ended, those that lack something, and the key that seals them all.

import { existsSync } from 'node:fs'
import { NoMasterKey, openSeal } from '../../config/master.ts'
import { openStore } from '../../store/sqlite.ts'
import type { Context } from '../context.ts'
import type { LoginShown } from '../logins.ts'
import { worthKnowing, wrong, type Finding } from './finding.ts'

/** What is wrong with the logins of backends, by name. */
export const logins = (all: ReadonlyMap<string, LoginShown>): Finding[] =>
  [...all].flatMap(([name, { state, reason, wanted }]) => [
    ...(state === 'granted' ? [] : [wrong(name, `its login has ended: ${reason ?? 'unknown'}`, `log in again: mcpgw login ${name}`)]),
    ...(wanted === undefined ? [] : [worthKnowing(name, `a call wanted more than its login allows (${wanted})`, `to allow it: mcpgw login ${name}`)]),
  ])

/** Whether the key can be had, where there is one; none is made. */
export async function key({ places, env }: Context): Promise<Finding[]> {
  if (!existsSync(places.database)) return []
  try {
    const store = await openStore(places.database)
    try {
      if (await store.masterKey()) await openSeal({ places, env, notes: store })
    } finally {
      await store.close()
    }
    return []
  } catch (error) {
    // What ails the store itself is told elsewhere.
    return error instanceof NoMasterKey ? [wrong('master key', error.message, 'without it nobody is logged in anywhere, and what waits can not be read')] : []
  }
}

// A change of the settings, for commands. What writes and records is loaded only when something is written.

import type { Document, Servers } from '../config/write.ts'
import type { Context } from './context.ts'

/** Changes the backends in the settings file, on record; a failure when that can't be done, and then nothing is written. */
export async function alter(context: Context, change: (servers: Servers) => Servers): Promise<void> {
  const [write, { recorded }] = await Promise.all([import('../config/write.ts'), import('./recorded.ts')])
  await recorded(context, before => write.change(context.places, change, before))
}

/** Changes anything in the settings file, likewise. */
export async function alterAll(context: Context, change: (said: Document) => Document): Promise<void> {
  const [write, { recorded }] = await Promise.all([import('../config/write.ts'), import('./recorded.ts')])
  await recorded(context, before => write.changeAll(context.places, change, before))
}

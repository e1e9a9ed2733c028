// A change of the settings, for commands. What writes is loaded only when something is written.

import type { Said, Servers } from '../config/write.ts'
import { unusable, type Context } from './context.ts'

/** Changes the backends in the settings file; a failure when that can't be done, and then nothing is written. */
export async function alter({ places }: Context, change: (servers: Servers) => Servers): Promise<void> {
  const write = await import('../config/write.ts')
  const problem = write.change(places, change)
  if (problem) throw unusable(problem)
}

/** Changes anything in the settings file, likewise. */
export async function alterAll({ places }: Context, change: (said: Said) => Said): Promise<void> {
  const write = await import('../config/write.ts')
  const problem = write.changeAll(places, change)
  if (problem) throw unusable(problem)
}

// When a client is done, nothing that it caused is left.

import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Home } from '../launch.ts'
import { commandOf } from '../processes.ts'

/** Fails when something that runs in this home is still there after so long. */
export async function leavesNothing(home: Home, withinMs = 5000): Promise<void> {
  const end = performance.now() + withinMs
  while (home.living().length > 0 && performance.now() < end) await sleep(20)
  assert.deepEqual(home.living().map(commandOf), [], `left after ${withinMs} ms`)
}

// Targets that stay open while they are compared, warm, and what one call of theirs costs.

import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from './client.ts'
import { median } from './measure.ts'
import { cpuUs } from './processes.ts'
import { direct, gateway, publicName } from './targets.ts'

/** Whom to call, and which tool. */
export interface Target {
  readonly client: Client
  readonly tool: string
}

/** The arguments of a call of 1 KB; as much comes back. */
export const KILOBYTE = { text: 'x'.repeat(1024) }
const WARM_UP = 3000
const ONE_BY_ONE = 2000
const QUIET_MS = 500

export const backend = (): Target => ({ client: direct(), tool: 'echo' })

/** The backend behind the gateway of this home. */
export const behind = (at: string): Target => ({ client: gateway(at), tool: publicName(0, 'echo') })

/** Warms all of them up, acts, and closes them whatever comes of it. */
export async function withWarm<Name extends string, T>(targets: Record<Name, Target>, act: (targets: Record<Name, Target>) => Promise<T>): Promise<T> {
  const all = Object.values<Target>(targets)
  try {
    for (const { client, tool } of all) {
      await client.initialize()
      await client.list(3)
      const { content } = (await client.call(tool, KILOBYTE)).result as { content: { text: string }[] }
      if (content[0]?.text !== KILOBYTE.text) throw new Error('not the answer that was asked for')
      await client.calls(WARM_UP, 8, tool, KILOBYTE)
    }
    return await act(targets)
  } finally {
    await Promise.all(all.map(({ client }) => client.close()))
  }
}

/** What follows calls (what they carried, the index) is over then: nobody who is measured next pays for it. */
export const quiet = (): Promise<void> => pause(QUIET_MS)

/** What most calls take, one after the other, ms. */
export async function p50({ client, tool }: Target, args: object = KILOBYTE, calls = ONE_BY_ONE): Promise<number> {
  const { latencies } = await client.calls(calls, 1, tool, args)
  await quiet()
  return median([...latencies])
}

/** What a gateway takes of a processor for each of so many calls, µs. */
export async function cpuPerCall({ client, tool }: Target, calls: number, atOnce: number, args: object = KILOBYTE): Promise<number> {
  const before = cpuUs(client.pid)
  await client.calls(calls, atOnce, tool, args)
  return (cpuUs(client.pid) - before) / calls
}

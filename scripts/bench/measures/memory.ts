// Our own memory: of the gateway's process alone, with five backends running.

import { setTimeout as pause } from 'node:timers/promises'
import { interleaved, type Measure } from '../measure.ts'
import { CALM_MS, linux, residentMiB } from '../processes.ts'
import { freshBinary, gateway, home, publicName } from '../targets.ts'

const BACKENDS = 5
const CALLS = 10_000

export const memory: Measure = {
  name: 'memory',
  about: 'resident memory, idle and after 10,000 calls',
  async run(rounds) {
    if (!linux) return []
    const file = freshBinary()
    const after: number[] = []
    const { idle } = await interleaved(
      rounds.of(5),
      {
        idle: async () => {
          const client = gateway(home(Array(BACKENDS).fill({})), file)
          await client.initialize()
          await client.list(BACKENDS * 3)
          await pause(CALM_MS)
          const found = residentMiB(client.pid)
          for (let backend = 0; backend < BACKENDS; backend++) await client.calls(CALLS / BACKENDS, 8, publicName(backend, 'echo'), { text: 'x'.repeat(1024) })
          await pause(CALM_MS)
          after.push(residentMiB(client.pid))
          await client.close()
          return found
        },
      },
      { warmUp: 0 },
    )
    return [
      { title: 'our own memory (RSS), 5 backends, idle', reach: { most: 60 }, unit: 'MiB', samples: idle },
      { title: 'the same after 10,000 calls', reach: { most: 75 }, unit: 'MiB', samples: after },
    ]
  },
}

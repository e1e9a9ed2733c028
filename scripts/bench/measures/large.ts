// What is large: results of megabytes, and a list of a thousand tools.

import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from '../client.ts'
import { interleaved, median, ratios, type Measure, type Row, type Rounds } from '../measure.ts'
import { linux, peakMiB } from '../processes.ts'
import { direct, gateway, home, publicName, relayed, type BackendOptions } from '../targets.ts'

const MB = 1_000_000

interface Target {
  readonly client: Client
  readonly tool: string
}
type Targets = Record<'direct' | 'relay' | 'own', Target>

async function compared(
  rounds: number,
  options: BackendOptions,
  tools: number,
  act: (target: Target) => Promise<void>,
): Promise<Record<keyof Targets, number[]>> {
  const targets: Targets = {
    direct: { client: direct(options), tool: 'big' },
    relay: { client: relayed(options), tool: 'big' },
    own: { client: gateway(home([options])), tool: publicName(0, 'big') },
  }
  for (const { client } of Object.values(targets)) {
    await client.initialize()
    await client.list(tools)
  }
  const timed = async (target: Target) => {
    const at = performance.now()
    await act(target)
    return performance.now() - at
  }
  const found = await interleaved(
    rounds,
    { direct: () => timed(targets.direct), relay: () => timed(targets.relay), own: () => timed(targets.own) },
    { warmUp: Math.ceil(rounds / 4) },
  )
  await Promise.all(Object.values(targets).map(({ client }) => client.close()))
  return found
}

const row = (title: string, most: number, found: Record<keyof Targets, number[]>): Row => ({
  title,
  reach: { most },
  unit: '×',
  samples: ratios(found.own, found.direct),
  relay: ratios(found.relay, found.direct),
  one: `${median(found.direct).toFixed(2)} ms`,
})

async function result(rounds: Rounds, megabytes: number, usual: number, most: number): Promise<Row> {
  const bytes = megabytes * MB
  const found = await compared(rounds.of(usual), {}, 3, async ({ client, tool }) => {
    const answer = await client.call(tool, { bytes })
    if (answer.bytes < bytes) throw new Error(`${answer.bytes} bytes for ${bytes}`)
  })
  return row(`result of ${megabytes} MB`, most, found)
}

/** The most memory that a gateway of its own takes for one result, per MiB that is allowed: 4 times its size and 80 MB. */
async function peak(rounds: Rounds, megabytes: number): Promise<Row> {
  const bytes = megabytes * MB
  const { own } = await interleaved(
    rounds.of(3),
    {
      own: async () => {
        const client = gateway(home([{}]))
        await client.initialize()
        await client.list(3)
        const answer = await client.call(publicName(0, 'big'), { bytes })
        if ((answer.result['content'] as { text: string }[])[0]!.text.length !== bytes) throw new Error('not the result that was asked for')
        await pause(100)
        const found = linux ? peakMiB(client.pid) : 0
        await client.close()
        return found
      },
    },
    { warmUp: 0 },
  )
  const allowed = Math.floor((4 * bytes + 80 * MB) / (1024 * 1024))
  return {
    title: `a result of ${megabytes} MB works, with a peak (VmHWM) of at most 4 × its size + 80 MB`,
    reach: { most: allowed },
    unit: 'MiB',
    samples: own,
  }
}

export const large: Measure = {
  name: 'large',
  about: 'results of 1 to 100 MB, and a list of 1,000 tools',
  async run(rounds) {
    const again = await compared(rounds.of(200), { tools: 1000 }, 1000, async ({ client }) => void (await client.request('tools/list')))
    return [
      await result(rounds, 1, 60, 3.5),
      await result(rounds, 10, 20, 4),
      await peak(rounds, 12),
      await peak(rounds, 100),
      row('`tools/list` of 1,000 tools, again', 1.3, again),
    ]
  },
}

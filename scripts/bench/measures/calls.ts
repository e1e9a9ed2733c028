// What a call costs: 1 KB there, 1 KB back, the audit on. All targets stay open and warm; each round gives every one its turn.

import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from '../client.ts'
import { interleaved, median, ratios, type Measure, type Row, type Rounds } from '../measure.ts'
import { pinned } from '../pinned.ts'
import { cpuUs, linux } from '../processes.ts'
import { direct, gateway, home, publicName, relayed } from '../targets.ts'

const args = { text: 'x'.repeat(1024) }
const WARM_UP = 3000
const CALLS = 20_000

interface Target {
  readonly client: Client
  readonly tool: string
}
type Targets = Record<'direct' | 'relay' | 'own', Target>

async function open(): Promise<Targets> {
  const targets: Targets = {
    direct: { client: direct(), tool: 'echo' },
    relay: { client: relayed(), tool: 'echo' },
    own: { client: gateway(home([{}])), tool: publicName(0, 'echo') },
  }
  for (const { client, tool } of Object.values(targets)) {
    await client.initialize()
    await client.list(3)
    const { content } = (await client.call(tool, args)).result as { content: { text: string }[] }
    if (content[0]?.text.length !== 1024) throw new Error('not the answer that was asked for')
    await client.calls(WARM_UP, 8, tool, args)
  }
  return targets
}

async function withTargets<T>(act: (targets: Targets) => Promise<T>): Promise<T> {
  const targets = await open()
  try {
    return await act(targets)
  } finally {
    await Promise.all(Object.values(targets).map(({ client }) => client.close()))
  }
}

/** What each of the targets gives, in rounds. */
const compared = (rounds: number, targets: Targets, act: (target: Target) => Promise<number>): Promise<Record<keyof Targets, number[]>> =>
  interleaved(rounds, { direct: () => act(targets.direct), relay: () => act(targets.relay), own: () => act(targets.own) })

/** Runs in a process that is held on one core, as is what it starts: see `pinned`. */
export const oneCore = (rounds: Rounds, on: string): Promise<Row[]> =>
  withTargets(async targets => {
    const found = await compared(rounds.of(15), targets, async ({ client, tool }) => median([...(await client.calls(2000, 1, tool, args)).latencies]))
    return [
      {
        title: `call p50, 1 KB, client, gateway and backend on ${on}, audit on`,
        reach: { most: 2.8 },
        unit: '×',
        samples: ratios(found.own, found.direct),
        relay: ratios(found.relay, found.direct),
        one: `${(median(found.direct) * 1000).toFixed(1)} µs`,
      },
    ]
  })

const throughput = (targets: Targets, rounds: Rounds, atOnce: number, reach: number): Promise<Row> =>
  compared(rounds.of(11), targets, async ({ client, tool }) => CALLS / (await client.calls(CALLS, atOnce, tool, args)).ms).then(found => ({
    title: `calls/s, ${atOnce} at once, audit on`,
    reach: { least: reach },
    unit: '×',
    samples: ratios(found.own, found.direct),
    relay: ratios(found.relay, found.direct),
    one: `${Math.round(median(found.direct))} calls/ms`,
  }))

/** The index follows the journal when it is quiet. */
const INDEXED_MS = 2000

/** Our own time on a processor for one call; then with what follows, until the index has the call too. */
async function cpu({ own, relay }: Targets, rounds: Rounds): Promise<Row[]> {
  const withIndex: number[] = []
  const cost = async ({ client, tool }: Target) => {
    const before = cpuUs(client.pid)
    await client.calls(CALLS, 8, tool, args)
    return (cpuUs(client.pid) - before) / CALLS
  }
  await pause(INDEXED_MS)
  const found = await interleaved(rounds.of(7), {
    own: async () => {
      const before = cpuUs(own.client.pid)
      const during = await cost(own)
      await pause(INDEXED_MS)
      withIndex.push((cpuUs(own.client.pid) - before) / CALLS)
      return during
    },
    relay: () => cost(relay),
  })
  return [
    { title: 'our own CPU per call, 8 at once', reach: { most: 28 }, unit: 'µs', samples: found.own, relay: found.relay },
    { title: 'the same with the index that follows', unit: 'µs', samples: withIndex.slice(1) },
  ]
}

export const calls: Measure = {
  name: 'calls',
  about: 'latency, throughput and CPU of calls of 1 KB',
  async run(rounds) {
    const one = await pinned('calls', oneCore, rounds)
    const rest = await withTargets(async targets => [
      await throughput(targets, rounds, 16, 0.3),
      await throughput(targets, rounds, 64, 0.25),
      ...(linux ? await cpu(targets, rounds) : []),
    ])
    return [...one, ...rest]
  },
}

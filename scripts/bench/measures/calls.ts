// What a call costs: 1 KB there, 1 KB back, the audit on. All targets stay open and warm; each round gives every one its turn.

import { setTimeout as pause } from 'node:timers/promises'
import { interleaved, median, ratios, type Measure, type Row, type Rounds } from '../measure.ts'
import { cpuUs, linux } from '../processes.ts'
import { home, relayed } from '../targets.ts'
import { backend, behind, cpuPerCall, KILOBYTE, p50, withWarm, type Target } from '../warm.ts'

const CALLS = 20_000
const AT_ONCE = 8

type Targets = Record<'direct' | 'relay' | 'own', Target>

const targets = (): Targets => ({ direct: backend(), relay: { client: relayed(), tool: 'echo' }, own: behind(home([{}])) })

/** What each of the targets gives, in rounds. */
const compared = (rounds: number, targets: Targets, act: (target: Target) => Promise<number>): Promise<Record<keyof Targets, number[]>> =>
  interleaved(rounds, { direct: () => act(targets.direct), relay: () => act(targets.relay), own: () => act(targets.own) })

const throughput = (targets: Targets, rounds: Rounds, atOnce: number, reach: number): Promise<Row> =>
  compared(rounds.of(11), targets, async ({ client, tool }) => CALLS / (await client.calls(CALLS, atOnce, tool, KILOBYTE)).ms).then(found => ({
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
  const cost = (target: Target) => cpuPerCall(target, CALLS, AT_ONCE)
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
  oneCore: (rounds, on) =>
    withWarm(targets(), async targets => {
      const found = await compared(rounds.of(15), targets, target => p50(target))
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
    }),
  run: rounds =>
    withWarm(targets(), async targets => [
      await throughput(targets, rounds, 16, 0.3),
      await throughput(targets, rounds, 64, 0.25),
      ...(linux ? await cpu(targets, rounds) : []),
    ]),
}

// What `mcpgw serve` costs: a call of 1 KB over HTTP against the direct connection over pipes, and its memory.

import { setTimeout as pause } from 'node:timers/promises'
import { interleaved, median, ratios, type Measure, type Row, type Rounds } from '../measure.ts'
import { CALM_MS, linux, residentMiB } from '../processes.ts'
import { direct, freshBinary, home, publicName, served } from '../targets.ts'
import { quiet } from '../warm.ts'

const args = { text: 'x'.repeat(1024) }
const tool = publicName(0, 'echo')
const WARM_UP = 3000
const CALLS = 10_000
const BACKENDS = 5

async function oneCore(rounds: Rounds, on: string): Promise<Row[]> {
  const one = direct()
  const own = served(home([{}]))
  try {
    await Promise.all([one.initialize(), own.initialize()])
    await own.request('tools/list', {})
    await one.calls(WARM_UP, 1, 'echo', args)
    await own.calls(WARM_UP, tool, args)
    if (!(await own.request('tools/call', { name: tool, arguments: args })).includes(args.text)) throw new Error('not the answer that was asked for')
    const found = await interleaved(rounds.of(15), {
      direct: async () => median([...(await one.calls(2000, 1, 'echo', args)).latencies]),
      own: async () => {
        const latencies = await own.calls(2000, tool, args)
        await quiet()
        return median(latencies)
      },
    })
    return [
      {
        title: `call p50 over HTTP (serve), 1 KB, client, gateway and backend on ${on}, audit on, against the direct connection over pipes`,
        reach: { most: 6 },
        unit: '×',
        samples: ratios(found.own, found.direct),
        one: `${(median(found.direct) * 1000).toFixed(1)} µs`,
      },
    ]
  } finally {
    await Promise.all([one.close(), own.close()])
  }
}

async function memory(rounds: Rounds): Promise<Row[]> {
  const file = freshBinary()
  const after: number[] = []
  const measured = async () => {
    const client = served(home(Array(BACKENDS).fill({})), file)
    await client.initialize()
    await client.request('tools/list', {})
    await pause(CALM_MS)
    const idle = residentMiB(client.pid)
    for (let backend = 0; backend < BACKENDS; backend++) await client.calls(CALLS / BACKENDS, publicName(backend, 'echo'), args)
    await pause(CALM_MS)
    after.push(residentMiB(client.pid))
    await client.close()
    return idle
  }
  const { idle } = await interleaved(rounds.of(5), { idle: measured }, { warmUp: 0 })
  return [
    { title: 'memory of `mcpgw serve` (RSS), one session, 5 backends, idle', reach: { most: 75 }, unit: 'MiB', samples: idle },
    { title: 'the same after 10,000 calls', reach: { most: 100 }, unit: 'MiB', samples: after },
  ]
}

export const serve: Measure = {
  name: 'serve',
  about: 'latency of calls over HTTP, and memory of mcpgw serve',
  oneCore,
  run: async rounds => (linux ? memory(rounds) : []),
}

// How long a client waits for its first answer: from exec to the answer of `initialize`.

import { spawn } from 'node:child_process'
import { interleaved, median, ratios, type Measure } from '../measure.ts'
import { direct, gateway, nodeAlone, relayed, remembered } from '../targets.ts'
import type { Client } from '../client.ts'

async function toInitialize(client: Client): Promise<number> {
  await client.initialize()
  const ms = client.sinceLaunchMs
  await client.close()
  return ms
}

function toExit(): Promise<number> {
  const { command, args, env } = nodeAlone()
  const at = performance.now()
  return new Promise((settle, fail) =>
    spawn(command, args, { env, stdio: 'ignore' })
      .on('error', fail)
      .on('exit', () => settle(performance.now() - at)),
  )
}

export const start: Measure = {
  name: 'start',
  about: 'exec to the answer of initialize',
  async run(rounds) {
    const one = await remembered([{}], 3)
    const fifty = await remembered(Array(50).fill({}), 150)
    const found = await interleaved(rounds.of(25), {
      node: toExit,
      direct: () => toInitialize(direct()),
      relay: () => toInitialize(relayed()),
      one: () => toInitialize(gateway(one)),
      fifty: () => toInitialize(gateway(fifty)),
    })
    const ms = (values: readonly number[]) => `${median(values).toFixed(1)} ms`
    return [
      {
        title: 'exec to the answer of `initialize`, 1 remembered backend, against the backend started directly',
        reach: { most: 1.5 },
        unit: '×',
        samples: ratios(found.one, found.direct),
        relay: ratios(found.relay, found.direct),
        one: ms(found.direct),
      },
      {
        title: 'the same, against `node -e 0`',
        reach: { most: 1.8 },
        unit: '×',
        samples: ratios(found.one, found.node),
        relay: ratios(found.relay, found.node),
        one: ms(found.node),
      },
      {
        title: 'the same with 50 remembered backends, against own with 1',
        reach: { most: 1.2 },
        unit: '×',
        samples: ratios(found.fifty, found.one),
        one: ms(found.one),
      },
    ]
  },
}

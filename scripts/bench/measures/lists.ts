// How long a client waits for all tools: from exec to a `tools/list` that has every one. Directly means: all backends started side by side by the
// client itself, each initialized and listed. An early list that misses some does not count; it is asked for again when the gateway says so.

import { readFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from '../client.ts'
import { interleaved, median, ratios, type Measure, type Reach, type Row, type Rounds } from '../measure.ts'
import { direct, gateway, home, publicName, remembered, room, type BackendOptions } from '../targets.ts'

const TOOLS = 3
const SLOW_MS = 500

async function initializedAndListed(client: Client, tools: number): Promise<void> {
  await client.initialize()
  await client.list(tools)
}

async function sideBySide(count: number, options: BackendOptions = {}): Promise<number> {
  const at = performance.now()
  const clients = Array.from({ length: count }, () => direct(options))
  await Promise.all(clients.map(client => initializedAndListed(client, TOOLS)))
  const ms = performance.now() - at
  await Promise.all(clients.map(client => client.close()))
  return ms
}

async function through(client: Client, tools: number): Promise<number> {
  await initializedAndListed(client, tools)
  const ms = client.sinceLaunchMs
  await client.close()
  return ms
}

const seconds = (values: readonly number[]) => `${(median(values) / 1000).toFixed(2)} s`

async function neverSeen(rounds: number, title: string, reach: Reach, count: number, options: BackendOptions = {}): Promise<Row> {
  const found = await interleaved(rounds, {
    direct: () => sideBySide(count, options),
    own: () => through(gateway(home(Array(count).fill(options))), count * TOOLS),
  })
  return { title, reach, unit: '×', samples: ratios(found.own, found.direct), one: seconds(found.direct) }
}

async function rememberedList(rounds: Rounds): Promise<Row> {
  const at = await remembered(Array(50).fill({}), 50 * TOOLS)
  const found = await interleaved(rounds.of(7), {
    direct: () => sideBySide(50),
    own: () => through(gateway(at), 50 * TOOLS),
  })
  return {
    title: 'exec to the complete `tools/list`, 50 remembered backends, against starting and listing the 50 directly',
    reach: { most: 0.06 },
    unit: '×',
    samples: ratios(found.own, found.direct),
    one: seconds(found.direct),
  }
}

export const lists: Measure = {
  name: 'lists',
  about: 'exec to the complete tools/list, remembered and never seen before',
  async run(rounds) {
    const title = 'the same, never seen before,'
    return [
      await rememberedList(rounds),
      await neverSeen(rounds.of(11), `${title} 5 backends`, { most: 1.6 }, 5),
      await neverSeen(rounds.of(7), `${title} 20 backends`, { most: 1.2 }, 20),
      await neverSeen(rounds.of(7), `${title} 50 backends`, { most: 1.1 }, 50),
    ]
  },
}

export const slow: Measure = {
  name: 'slow',
  about: 'ten backends that take half a second each',
  async run(rounds) {
    return [await neverSeen(rounds.of(7), 'ten backends that take 500 ms each to answer, never seen before', { most: 1.1 }, 10, { delay: SLOW_MS })]
  },
}

/** From the moment when the four are up until the client has their tools, s. */
async function fourListed(): Promise<number> {
  const folder = room()
  const files = [0, 1, 2, 3].map(index => join(folder, String(index)))
  const client = gateway(home([...files.map(up => ({ up })), { silent: 1 }]))
  await client.initialize()
  const names = await client.list(4 * TOOLS)
  const listedAt = performance.timeOrigin + performance.now()
  for (const index of files.keys()) if (!names.includes(publicName(index, 'echo'))) throw new Error(`b${index} is not listed`)
  const up = files.map(file => (existsSync(file) ? Number(readFileSync(file, 'utf8')) : listedAt))
  await client.close()
  return (listedAt - Math.max(...up)) / 1000
}

export const silent: Measure = {
  name: 'silent',
  about: 'five backends of which one never answers',
  async run(rounds) {
    const { own } = await interleaved(rounds.of(7), { own: fourListed })
    return [
      {
        title: '5 backends of which one never answers, never seen before: the other four listed, after they are up',
        reach: { most: 0.5 },
        unit: 's',
        samples: own,
      },
    ]
  },
}

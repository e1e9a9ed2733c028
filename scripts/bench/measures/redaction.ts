// What it costs to keep what calls carry, without its secrets, which is done behind the calls: beside the same gateway that keeps nothing of it.

import { setTimeout as pause } from 'node:timers/promises'
import { interleaved, median, ratios, type Measure, type Row, type Rounds } from '../measure.ts'
import { cpuUs, linux } from '../processes.ts'
import { home } from '../targets.ts'
import { behind, p50, withWarm, type Target } from '../warm.ts'

/** 1 KB as tools have it: paths, hashes, addresses, prose; and a secret. */
const entry = (index: number): string =>
  `2026-11-0${index} 12:00:0${index} src/app/module_${index}.ts:${index}0 commit 9fceb02d0ae598e95dc970b74767f19372d61af${index} ` +
  `GET https://example.com/api/items/5f0c${index}?page=${index} 200, request 6ba7b810-9dad-11d1-80b4-00c04fd430c${index}\n`
const secret = 'password=' + 'correct-Horse7-battery'
const args = { text: (Array.from({ length: 10 }, (_, index) => entry(index)).join('') + 'x'.repeat(1024)).slice(0, 1000) + secret }

/** As few as can wait at once: else some would be dropped, and what is dropped costs nothing. */
const CALLS = 900
const AT_ONCE = 8
const KEPT_MS = 400
const BATCHES = 4
const INDEXED_MS = 2000

type Targets = Record<'none' | 'redacted', Target>

const targets = (): Targets => ({
  none: behind(home([{}], { audit: { payloads: 'none' } })),
  redacted: behind(home([{}], { audit: { payloads: 'redacted' } })),
})

const each = (rounds: number, { none, redacted }: Targets, act: (target: Target) => Promise<number>) =>
  interleaved(rounds, { none: () => act(none), redacted: () => act(redacted) })

const row = (title: string, found: Record<keyof Targets, number[]>, one: string): Row => ({
  title,
  unit: '×',
  samples: ratios(found.redacted, found.none),
  one,
})

/** All of our time on a processor for one call, with what follows until it is in the index. */
async function cpu({ client, tool }: Target): Promise<number> {
  const before = cpuUs(client.pid)
  for (let batch = 0; batch < BATCHES; batch++) {
    await client.calls(CALLS, AT_ONCE, tool, args)
    await pause(KEPT_MS)
  }
  await pause(INDEXED_MS)
  return (cpuUs(client.pid) - before) / CALLS / BATCHES
}

export const redaction: Measure = {
  name: 'redaction',
  about: 'what it costs to keep what calls carry, without its secrets',
  oneCore: (rounds: Rounds, on) =>
    withWarm(targets(), async targets => {
      await pause(INDEXED_MS)
      const found = await each(rounds.of(25), targets, target => p50(target, args, CALLS))
      return [
        row(
          `call p50, on ${on}, with what calls carry kept without its secrets (the default), against nothing of it kept`,
          found,
          `${(median(found.none) * 1000).toFixed(1)} µs`,
        ),
      ]
    }),
  run: async rounds =>
    linux
      ? withWarm(targets(), async targets => {
          const found = await each(rounds.of(7), targets, cpu)
          return [row('our own CPU for such a call, with all that follows, the index too, likewise', found, `${median(found.none).toFixed(1)} µs`)]
        })
      : [],
}

// What it costs a call that others look on: the same gateway with two followers (`mcpgw watch`, on another core) and without, side by side.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { interleaved, median, ratios, type Measure, type Row } from '../measure.ts'
import { onAnotherCore } from '../processes.ts'
import { home, watching } from '../targets.ts'
import { behind, KILOBYTE, p50, withWarm } from '../warm.ts'

const FOLLOWERS = 2
const CALLS = 2000

/** One that follows every event of this home's gateways, and how many calls it has seen settle. */
class Follower {
  readonly #child: ChildProcess
  readonly #attached: Promise<unknown>
  settled = 0

  constructor(at: string, prefix: readonly string[]) {
    const { command, args, env } = watching(at)
    const [first, ...rest] = [...prefix, command, ...args]
    this.#child = spawn(first!, rest, { env, stdio: ['ignore', 'pipe', 'inherit'] })
    // Unlike what else is started here it has no stdin to end with.
    process.once('exit', () => this.#child.kill())
    this.#attached = once(this.#child.stdout!, 'data')
    this.#child.stdout!.on('data', (text: Buffer) => (this.settled += text.toString('latin1').split('"call.settled"').length - 1))
  }

  attached(): Promise<unknown> {
    return this.#attached
  }

  close(): void {
    this.#child.kill()
  }
}

export const windows: Measure = {
  name: 'windows',
  about: 'what a call costs while two followers are attached',
  async oneCore(rounds, on): Promise<Row[]> {
    const prefix = onAnotherCore()
    if (!prefix) return []
    const followed = home([{}])
    return withWarm({ alone: behind(home([{}])), followed: behind(followed) }, async targets => {
      const followers = Array.from({ length: FOLLOWERS }, () => new Follower(followed, prefix))
      try {
        await Promise.all(followers.map(one => one.attached()))
        const before = followers.map(one => one.settled)
        const found = await interleaved(rounds.of(25), {
          alone: () => p50(targets.alone, KILOBYTE, CALLS),
          followed: () => p50(targets.followed, KILOBYTE, CALLS),
        })
        const seen = followers.map((one, index) => one.settled - before[index]!)
        if (seen.some(calls => calls < (CALLS * found.followed.length) / 2)) throw new Error(`the followers saw too little: ${seen.join(' and ')} calls`)
        return [
          {
            title: `call p50 while two followers (\`mcpgw watch\`, on another core) are attached, the rest on ${on}, against none`,
            reach: { most: 1.1 },
            unit: '×',
            samples: ratios(found.followed, found.alone),
            one: `${(median(found.alone) * 1000).toFixed(1)} µs`,
          },
        ]
      } finally {
        for (const one of followers) one.close()
      }
    })
  },
}

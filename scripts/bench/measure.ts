// What a measure is: it runs in rounds, everything that is compared once in each, in random order, and gives rows of samples, one a round.
// A ratio is taken within its round, so that a machine that slows down slows both sides.

/** What must be reached: at most or at least so much. */
export type Reach = { readonly most: number } | { readonly least: number }

export type Unit = '×' | 'µs' | 's' | 'MiB'

export interface Row {
  readonly title: string
  /** Absent where the figure stands beside others for honesty's sake. */
  readonly reach?: Reach
  readonly unit: Unit
  /** One a round. */
  readonly samples: readonly number[]
  /** The same of a bare relay, where there is one to compare with. */
  readonly relay?: readonly number[]
  /** The absolute value that stands for 1 ×. */
  readonly one?: string
}

export interface Measure {
  readonly name: string
  readonly about: string
  /** What of it is held on one core, with everything that it starts: it runs in a process of its own. `on` says where, in words. */
  oneCore?(rounds: Rounds, on: string): Promise<Row[]>
  /** The rest. */
  run?(rounds: Rounds): Promise<Row[]>
}

export interface Rounds {
  readonly quick: boolean
  /** How many rounds, of the usual number. */
  of(usual: number): number
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Runs each of these once a round, in random order, and collects what they give. The first round is warm-up where one is asked for. */
export async function interleaved<Name extends string>(
  rounds: number,
  tries: Record<Name, () => Promise<number>>,
  { warmUp = 1 } = {},
): Promise<Record<Name, number[]>> {
  const names = Object.keys(tries) as Name[]
  const samples = Object.fromEntries(names.map(name => [name, [] as number[]])) as Record<Name, number[]>
  for (let round = -warmUp; round < rounds; round++) {
    const order = names.map(name => ({ name, at: Math.random() })).sort((a, b) => a.at - b.at)
    for (const { name } of order) {
      const value = await tries[name]()
      if (round >= 0) samples[name].push(value)
    }
  }
  return samples
}

/** One by the other, round by round. */
export const ratios = (values: readonly number[], ones: readonly number[]): number[] => values.map((value, round) => value / ones[round]!)

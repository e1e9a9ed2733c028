// Pins in this process alone.

import { decide, type Sight } from '../gateway/pins.ts'
import { keeps, MOST_CONFIGS, MOST_PINS, type KeptPins, type SeenPin, type StoredPin, type StoredPins } from './pins.ts'

const seenAt = ({ firstAt, offeredAt = 0, decidedAt = 0 }: StoredPin): number => Math.max(firstAt, offeredAt, decidedAt)

export class MemoryPins implements StoredPins {
  readonly #rows = new Map<string, Map<string, StoredPin>>()
  readonly #changed: () => void

  constructor(changed: () => void) {
    this.#changed = changed
  }

  of(configs: readonly string[], held = false): readonly StoredPin[] {
    const rows = configs.flatMap(config => [...(this.#rows.get(config)?.values() ?? [])])
    return rows.filter(({ state }) => !held || state !== 'pinned').sort((a, b) => (a.tool < b.tool ? -1 : 1))
  }

  keep(config: string, backend: string, sights: readonly Sight[]): KeptPins {
    const rows = this.#rows.get(config) ?? new Map<string, StoredPin>()
    this.#rows.set(config, rows)
    const kept = sights.filter(one => keeps(rows.get(one.pin.tool), one))
    for (const { pin } of kept) rows.set(pin.tool, { ...pin, config, backend })
    const old = [...rows.values()].sort((a, b) => b.firstAt - a.firstAt).slice(MOST_PINS)
    for (const { tool } of old) rows.delete(tool)
    const mine = [...this.#rows].filter(([, all]) => [...all.values()][0]?.backend === backend)
    const latest = (all: Map<string, StoredPin>) => Math.max(...[...all.values()].map(seenAt))
    for (const [gone] of mine.sort(([, a], [, b]) => latest(b) - latest(a)).slice(MOST_CONFIGS)) this.#rows.delete(gone)
    this.#changed()
    return kept.length === sights.length ? 'done' : 'differs'
  }

  decide({ config, tool, offered }: SeenPin, verdict: 'accept' | 'refuse', by: string, now: number): StoredPin | undefined {
    const pin = this.#rows.get(config)?.get(tool)
    if (!pin || pin.offered?.hash !== offered) return undefined
    const decided = { ...decide(pin, verdict, by, now), config, backend: pin.backend }
    this.#rows.get(config)!.set(tool, decided)
    this.#changed()
    return decided
  }
}

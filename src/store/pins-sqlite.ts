// Pins in SQLite: the statements, each naming its columns.

import { decide, type PinState, type Sight } from '../gateway/pins.ts'
import type { Database, Row, Value } from './database.ts'
import { keeps, MOST_CONFIGS, MOST_PINS, type KeptPins, type SeenPin, type StoredPin, type StoredPins } from './pins.ts'

const columns = 'config, tool, backend, state, hash, definition, earlier, offered_hash, offered, why, first_at, offered_at, decided_at, decided_by'

const some = `select ${columns} from pins where config in (select value from json_each(:configs))`

const one = `select ${columns} from pins where config = :config and tool = :tool`

const put = `insert into pins (${columns})
  values (:config, :tool, :backend, :state, :hash, :definition, :earlier, :offeredHash, :offered, :why, :first, :offeredAt, :decidedAt, :by)
  on conflict (config, tool) do update set state = excluded.state, hash = excluded.hash, definition = excluded.definition,
    earlier = excluded.earlier, offered_hash = excluded.offered_hash, offered = excluded.offered, why = excluded.why,
    offered_at = excluded.offered_at, decided_at = excluded.decided_at, decided_by = excluded.decided_by`

const forgetTools = `delete from pins where config = :config and tool in
  (select tool from pins where config = :config order by first_at desc, tool limit -1 offset :kept)`

const forgetConfigs = `delete from pins where backend = :backend and config not in
  (select config from pins where backend = :backend group by config
    order by max(max(first_at, coalesce(offered_at, 0), coalesce(decided_at, 0))) desc limit :kept)`

export class SqlitePins implements StoredPins {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  of(configs: readonly string[], held = false): readonly StoredPin[] {
    return this.#db.all(`${some}${held ? ` and state <> 'pinned'` : ''} order by tool`, { configs: JSON.stringify(configs) }).map(pinOf)
  }

  keep(config: string, backend: string, sights: readonly Sight[]): KeptPins {
    return this.#db.atOnce<KeptPins>('busy', db => {
      const there = this.#db.statement(db, one)
      let differs = false
      for (const sight of sights) {
        const { pin } = sight
        const row = there.get({ config, tool: pin.tool }) as Row | undefined
        if (keeps(row && pinOf(row), sight)) this.#db.run(put, valuesOf({ ...pin, config, backend }))
        else differs = true
      }
      this.#db.run(forgetTools, { config, kept: MOST_PINS })
      this.#db.run(forgetConfigs, { backend, kept: MOST_CONFIGS })
      return differs ? 'differs' : 'done'
    })
  }

  decide({ config, tool, offered }: SeenPin, verdict: 'accept' | 'refuse', by: string, now: number): StoredPin | undefined {
    return this.#db.inOneStep(() => {
      const [row] = this.#db.all(one, { config, tool })
      const pin = row && pinOf(row)
      if (!pin || pin.offered?.hash !== offered) return undefined
      const decided = { ...decide(pin, verdict, by, now), config, backend: pin.backend }
      this.#db.run(put, valuesOf(decided))
      return decided
    })
  }
}

const states: readonly PinState[] = ['pinned', 'changed', 'quarantined', 'refused']

const pinOf = (row: Row): StoredPin => ({
  config: String(row.config),
  backend: String(row.backend),
  tool: String(row.tool),
  // what a newer version calls otherwise is nothing that anybody has accepted
  state: states.find(state => state === row.state) ?? 'quarantined',
  ...(row.hash !== null && { accepted: { hash: String(row.hash), text: String(row.definition) } }),
  earlier: JSON.parse(String(row.earlier)) as string[],
  ...(row.offered_hash !== null && { offered: { hash: String(row.offered_hash), text: String(row.offered) } }),
  ...(row.why !== null && { why: String(row.why) }),
  firstAt: Number(row.first_at),
  ...(row.offered_at !== null && { offeredAt: Number(row.offered_at) }),
  ...(row.decided_at !== null && { decidedAt: Number(row.decided_at) }),
  ...(row.decided_by !== null && { decidedBy: String(row.decided_by) }),
})

const valuesOf = ({
  config,
  backend,
  tool,
  state,
  accepted,
  earlier,
  offered,
  why,
  firstAt,
  offeredAt,
  decidedAt,
  decidedBy,
}: StoredPin): Record<string, Value> => ({
  ...{ config, backend, tool, state, earlier: JSON.stringify(earlier), first: firstAt },
  hash: accepted?.hash ?? null,
  definition: accepted?.text ?? null,
  offeredHash: offered?.hash ?? null,
  offered: offered?.text ?? null,
  why: why ?? null,
  offeredAt: offeredAt ?? null,
  decidedAt: decidedAt ?? null,
  by: decidedBy ?? null,
})

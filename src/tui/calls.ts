// The calls that the window knows, oldest first: those on record when it came, and every one since. Live events and records are about the same
// calls, so each is one row, whoever spoke of it first. Bounded: the oldest are forgotten, the record has them.

import type { StoredCall } from '../api/client.ts'
import type { Event } from '../gateway/events.ts'
import type { CallState } from '../gateway/state.ts'

/** A row is what the list holds: thousands are not made anew for each frame. */
export interface Row {
  readonly kind: 'call'
  /** Its id. */
  readonly key: string
  /** Counts rows as they came; what is paused shows none beyond one of them. */
  readonly n: number
  readonly at: number
  readonly gateway: string
  readonly client: string
  readonly principal?: string
  readonly project?: string
  readonly backend: string
  readonly target: string
  /** How it ended: answered, error, refused, failed, cancelled, waiting; absent while nobody has said so. */
  outcome?: string
  fault?: string
  ms?: number
  bytes?: number
}

const MOST = 5000

export class Calls {
  readonly rows: Row[] = []
  readonly #byId = new Map<string, Row>()
  #n = 0

  get last(): number {
    return this.#n
  }

  find(id: string): Row | undefined {
    return this.#byId.get(id)
  }

  /** A call in flight. */
  started(gateway: string, { id, at, client, principal, project, backend, target }: CallState): void {
    if (!this.#byId.has(id)) this.#add({ kind: 'call', key: id, n: ++this.#n, at, gateway, client, principal, project, backend, target })
  }

  settled({ id, outcome, fault, bytes, durationMs }: Event & { type: 'call.settled' }): void {
    const row = this.#byId.get(id)
    if (row) Object.assign(row, { outcome, fault, bytes, ms: durationMs })
  }

  /** What is on record, in any order. */
  recorded(calls: readonly StoredCall[]): void {
    for (const call of [...calls].reverse()) this.#recorded(call)
    this.rows.sort((one, other) => one.at - other.at || one.n - other.n)
  }

  /** A gateway says which calls it has in flight: of its others that are open here nobody has said how they ended. Says whether there are such. */
  standing(gateway: string, open: Readonly<Record<string, CallState>>): boolean {
    for (const call of Object.values(open)) this.started(gateway, call)
    return this.rows.some(row => row.gateway === gateway && row.outcome === undefined && !(row.key in open))
  }

  #recorded(call: StoredCall): void {
    const { id, journal: gateway, startedAt: at, client, principal, project, backend, target, outcome, durationMs: ms } = call
    let row = this.#byId.get(id)
    if (!row) {
      row = { kind: 'call', key: id, n: ++this.#n, at, gateway, client: client.id ?? client.name, principal: principal.id, project, backend, target }
      this.#add(row)
    }
    if (outcome) Object.assign(row, { outcome: outcome.isError ? 'error' : outcome.kind, fault: outcome.fault, bytes: outcome.bytes, ms })
  }

  #add(row: Row): void {
    this.rows.push(row)
    this.#byId.set(row.key, row)
    // A tenth at a time: taking one from the front of so many costs as much.
    if (this.rows.length > MOST * 1.1) for (const old of this.rows.splice(0, this.rows.length - MOST)) this.#byId.delete(old.key)
  }
}

// What a backend offers, as it said it last, and when it is read again: what changes within a moment is read once, one reading at a time. A backend
// that cries "changed" and changes nothing is listened to less and less.

import type { BackendSettings } from '../config/settings.ts'
import { KINDS } from '../gateway/catalog.ts'
import type { Fault } from '../gateway/faults.ts'
import type { Lists, Outgoing } from '../gateway/types.ts'
import type { Clock, Timer } from '../lib/clock.ts'
import type { Stop } from '../lib/signal.ts'
import type { LinkFailure } from '../rpc/link.ts'
import type { Running } from './running.ts'
import * as trouble from './trouble.ts'

const MOMENT_MS = 100
const LIMIT_MS = 10_000
/** A call waits so long for what its backend says first. */
const HEARD_MS = 5000

/** The backend's life around the reading of its lists. */
export interface RelistingHooks {
  running(): Running | undefined
  park(failure: LinkFailure): Fault
  lastError(): string | undefined
  onerror(error: string): void
  /** It offers something else than before. */
  onlists(lists: Lists): void
  /** Asks whether a tool may still be called; undefined: nobody wants to know. */
  held(tool: string): (() => Promise<Fault | undefined>) | undefined
}

/** `again`: it did not come to an end, and what was to be read still is. */
interface Reading {
  readonly result: Lists | Fault
  readonly differs: boolean
  readonly again?: boolean
}

export class Relisting {
  /** Since it was started; undefined until it has said it. */
  last: Lists | undefined
  readonly #settings: Pick<BackendSettings, 'name' | 'timeoutMs'>
  readonly #clock: Clock
  readonly #hooks: RelistingHooks
  #changed = new Set<string>()
  #timer: Timer | undefined
  #reading: Promise<Lists | Fault> | undefined
  #pauseMs = MOMENT_MS
  #closed = false

  constructor(settings: Pick<BackendSettings, 'name' | 'timeoutMs'>, clock: Clock, hooks: RelistingHooks) {
    this.#settings = settings
    this.#clock = clock
    this.#hooks = hooks
  }

  /** These kinds must be read again, soon. */
  changed(kinds: Iterable<string>, withinMs = this.#pauseMs): void {
    for (const kind of kinds) this.#changed.add(kind)
    if (this.#reading || this.#timer || this.#closed) return
    this.#timer = this.#clock.after(withinMs, () => void this.now())
  }

  /** Whether a notification said that a list has changed. */
  heard(method: string): boolean {
    const [, kind] = /^notifications\/(tools|prompts|resources)\/list_changed$/.exec(method) ?? []
    if (kind !== undefined) this.changed([kind])
    return kind !== undefined
  }

  /** Reads what has changed at once, or joins the reading under way. */
  now(): Promise<Lists | Fault> {
    if (this.#reading) return this.#reading
    this.#timer?.cancel()
    this.#timer = undefined
    const kinds = this.#changed
    this.#changed = new Set()
    // What nobody foresaw in a list ends this reading, not the next one.
    const failed = (error: unknown): Reading => ({ result: this.#unlisted(`mcpgw failed over them: ${String(error)}`), differs: false })
    this.#reading = this.#read(kinds)
      .catch(failed)
      .then(({ result, differs, again }) => {
        this.#reading = undefined
        if (again) for (const kind of kinds) this.#changed.add(kind)
        this.#pauseMs = differs ? MOMENT_MS : Math.min(LIMIT_MS, this.#pauseMs * 2)
        if (this.#changed.size > 0) this.changed([])
        return result
      })
    return this.#reading
  }

  /** A call that its start was for was decided on before it has said anything: waits for that, and says what stands in the way of the call then. */
  stands({ frame, name }: Outgoing, stop: Stop): Promise<Fault | undefined> | undefined {
    if (this.last || frame.method !== 'tools/call' || name === undefined) return undefined
    const held = this.#hooks.held(name)
    return held && this.#heard(HEARD_MS, stop).then(fault => fault ?? held())
  }

  /** It does not run any more. */
  forget(): void {
    this.last = undefined
  }

  close(): void {
    this.#closed = true
    this.#timer?.cancel()
  }

  /** Why it has not said what it offers, in so long at most. What stops the call ends the waiting, too. */
  async #heard(withinMs: number, stop: Stop): Promise<Fault | undefined> {
    let timer: Timer | undefined
    const over = new Promise<Fault | undefined>(settle => {
      timer = this.#clock.after(withinMs, () => settle(trouble.unheard(this.#settings.name, withinMs)))
      stop.on(() => settle(undefined))
    })
    const said = this.now().then(lists => ('code' in lists ? lists : undefined))
    return Promise.race([said, over]).finally(() => timer!.cancel())
  }

  async #read(kinds: ReadonlySet<string>): Promise<Reading> {
    const { timeoutMs } = this.#settings
    const { lastError, park, onlists } = this.#hooks
    const running = this.#hooks.running()
    const before = this.last
    const found = running ? await running.lists(timeoutMs, this.#clock.now(), before, kinds) : (lastError() ?? 'it is not running')
    const runs = running !== undefined && running === this.#hooks.running()
    if (running?.refused && runs) return { result: park(running.refused), differs: false }
    if (typeof found === 'string') return { result: this.#unlisted(found), differs: false, again: runs }
    if (!runs) return { result: found, differs: false }
    this.last = found
    const differs = !before || !sameLists(before, found)
    if (differs || !sameRemarks(before, found)) onlists(found)
    return { result: found, differs }
  }

  #unlisted(reason: string): Fault {
    const fault = trouble.unlisted(this.#settings.name, reason)
    this.#hooks.onerror(fault.message)
    return fault
  }
}

const sameRemarks = (a: Lists, b: Lists): boolean => JSON.stringify(a.remarks) === JSON.stringify(b.remarks)

const sameLists = (a: Lists, b: Lists): boolean =>
  KINDS.every(kind => a[kind].length === b[kind].length && a[kind].every((item, index) => item.text === b[kind][index]!.text))

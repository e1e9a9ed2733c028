// What calls carried, on its way into the record: behind the call, never before its answer, when nothing else is to be done. Where calls come faster
// than that, a little of the time is spent on it, and of what piles up the oldest is dropped, and that is on record; never a call.

import type { Clock } from '../lib/clock.ts'
import { cut, fromWire, toWire, type Wire } from '../rpc/wire.ts'
import type { Redactor } from './redact/lazy.ts'
import { Shelf } from './shelf.ts'
import type { CallRecord, Journal, Payload } from './types.ts'

export interface PayloadSettings {
  readonly payloads: 'none' | 'redacted' | 'full'
  /** Of each part. */
  readonly maxBytes: number
}

export interface PayloadsOptions {
  readonly journal: Pick<Journal, 'payloads' | 'note'>
  readonly clock: Clock
  readonly redactor: () => Redactor | Promise<Redactor>
  /** Which share of the time since it was last asked nothing was to be done. */
  readonly spare?: () => number
}

interface Waiting {
  readonly id: string
  /** Where both lie on the shelf; where it has no room for them they stand here. */
  readonly at: number
  readonly sent: Wire
  readonly got: Wire
  /** What a person put in its place. */
  readonly edited: string | undefined
  /** What is here of `sent`, and of both. */
  readonly sentHere: number
  readonly bytes: number
  readonly sentBytes: number
  readonly gotBytes: number
}

const LOOK_MS = 50
/** A turn of it while calls come, and once none comes. */
const BUSY_MS = 2
const IDLE_MS = 6
/** Calls come, and yet half of the time nothing is to be done: then the next turn is soon. */
const SPARE = 0.5
const SOON_MS = 5
/** What redacts could not be loaded. */
const AGAIN_MS = 1000
const MOST_CALLS = 1024
const MOST_BYTES = 8 * 1024 * 1024
/** One write to the journal. */
const BATCH_BYTES = 128 * 1024
/** A word that stands where a text is cut goes, so long it may be: it may be half a secret. */
const WORD = 2048

export class Payloads {
  readonly #options: PayloadsOptions
  #settings: PayloadSettings
  #redactor: Redactor | undefined
  /** Oldest first; those before `#first` are done. */
  #waiting: Waiting[] = []
  #first = 0
  #bytes = 0
  readonly #shelf = new Shelf()
  #dropped = 0
  #kept = 0
  #seen = 0
  #looking = false

  constructor(settings: PayloadSettings, options: PayloadsOptions) {
    this.#settings = settings
    this.#options = options
  }

  /** From now on; where nothing is to be kept, what waits is not kept either. */
  use(settings: PayloadSettings): void {
    this.#settings = settings
    while (settings.payloads === 'none' && this.#first < this.#waiting.length) this.#take()
  }

  /** What this call carried is to be kept. Costs the call nothing but a place in a list. */
  readonly keep = ({ call: { id, argumentsText: sent }, decision, result: got }: CallRecord): void => {
    if (this.#settings.payloads === 'none') return
    const most = this.#settings.maxBytes + WORD
    const [sentBytes, gotBytes] = [sent.length, got?.length ?? 0]
    const edited = decision.kind === 'allow' ? decision.edited : undefined
    if (sentBytes + gotBytes === 0 && edited === undefined) return
    const [sentHere, gotHere] = [beginning(sent, most), beginning(got ?? '', most)]
    const bytes = sentHere.length + gotHere.length
    const at = typeof sentHere === 'string' && typeof gotHere === 'string' ? this.#shelf.put(sentHere, gotHere) : -1
    const held = at < 0 ? { sent: sentHere, got: gotHere } : nothing
    this.#waiting.push({ id, at, sent: held.sent, got: held.got, edited, sentHere: sentHere.length, bytes, sentBytes, gotBytes })
    this.#bytes += bytes
    this.#kept++
    while (this.#bytes > MOST_BYTES || this.#waiting.length - this.#first > MOST_CALLS) {
      this.#take()
      this.#dropped++
    }
    if (this.#looking) return
    this.#looking = true
    this.#options.clock.after(LOOK_MS, this.#look)
  }

  /** All that waits, now: at the end of a process. */
  async flush(): Promise<void> {
    if (this.#first === this.#waiting.length) return
    this.#redactor ??= await this.#options.redactor()
    this.#work(Infinity)
  }

  readonly #look = (): void => {
    if (!this.#redactor && this.#settings.payloads === 'redacted') {
      const asked = this.#options.redactor()
      // What can't be redacted now waits, and nothing of it is written.
      const later = (): void => void this.#options.clock.after(AGAIN_MS, this.#look)
      if (asked instanceof Promise) return void asked.then(made => ((this.#redactor = made), this.#look()), later)
      this.#redactor = asked
    }
    const busy = this.#kept !== this.#seen
    this.#seen = this.#kept
    if (this.#first < this.#waiting.length) this.#work(busy ? BUSY_MS : IDLE_MS)
    const more = this.#first < this.#waiting.length
    // Who was busy may go on; who was not has no use for the shelf.
    this.#looking = more || busy
    if (!this.#looking) return this.#shelf.clear()
    const spare = this.#options.spare?.() ?? 0
    this.#options.clock.after(!busy ? 1 : more && spare >= SPARE ? SOON_MS : LOOK_MS, this.#look)
  }

  #work(forMs: number): void {
    const { clock, journal } = this.#options
    const until = clock.tick() + forMs
    do {
      const batch: Payload[] = []
      let calls = 0
      for (let size = 0; size < BATCH_BYTES && this.#first < this.#waiting.length && (calls === 0 || clock.tick() < until); calls++)
        for (const payload of this.#parts(this.#take())) {
          batch.push(payload)
          size += payload.text.length
        }
      if (!journal.payloads(batch)) this.#dropped += calls
    } while (this.#first < this.#waiting.length && clock.tick() < until)
    if (this.#dropped === 0) return
    const because = `what ${this.#dropped} calls carried was not kept: more came than could be written`
    if (journal.note('payloads.dropped', { by: 'gateway', calls: this.#dropped, because })) this.#dropped = 0
  }

  #take(): Waiting {
    const one = this.#waiting[this.#first]!
    this.#waiting[this.#first++] = nothing
    this.#bytes -= one.bytes
    if (this.#first === this.#waiting.length || this.#first >= MOST_CALLS) {
      this.#waiting = this.#waiting.slice(this.#first)
      this.#first = 0
    }
    if (one.at < 0) return one
    const both = this.#shelf.take(one.at, one.bytes)
    return { ...one, sent: both.subarray(0, one.sentHere), got: both.subarray(one.sentHere) }
  }

  /** What we fail over is dropped: no call depends on it. */
  #parts({ id, sent, edited, got, sentBytes, gotBytes }: Waiting): readonly Payload[] {
    const parts: Payload[] = []
    const add = (part: Payload['part'], wire: Wire, bytes: number) => parts.push({ id, part, ...kept(wire, bytes, this.#settings, this.#redactor) })
    try {
      if (sentBytes > 0) add('arguments', sent, sentBytes)
      if (edited !== undefined) add('edited', toWire(edited), Buffer.byteLength(edited))
      if (gotBytes > 0) add('result', got, gotBytes)
      return parts
    } catch {
      this.#dropped++
      return []
    }
  }
}

const nothing: Waiting = { id: '', at: -1, sent: '', got: '', edited: undefined, sentHere: 0, bytes: 0, sentBytes: 0, gotBytes: 0 }

/** Of what is large only the beginning, and of bytes a copy: a part of them would keep all of them. */
const beginning = (wire: Wire, most: number): Wire => (typeof wire === 'string' ? wire.slice(0, most) : Buffer.from(wire.subarray(0, most)))

/** What the record keeps of JSON: without secrets, and no more than the settings say. Without a redactor it fails, but for what is kept in full. */
export function kept(wire: Wire, bytes: number, { payloads, maxBytes }: PayloadSettings, redactor: Redactor | undefined): Omit<Payload, 'id' | 'part'> {
  const whole = bytes <= maxBytes
  const text = fromWire(whole ? wire : cut(wire, 0, maxBytes))
  const from = whole ? text : wordless(text)
  const { text: clean, count } = payloads === 'full' ? { text: from, count: 0 } : redactor!.redactJson(from)
  const fits = whole && clean.length <= maxBytes
  return { text: fits ? clean : clean.slice(0, maxBytes), bytes, redactions: count, cut: !fits }
}

/** Without the word, or the half of a character, that stands at its end. */
function wordless(text: string): string {
  let end = text.length
  while (end > text.length - WORD && end > 0 && !/[\s",]/.test(text[end - 1]!)) end--
  return text.slice(0, end)
}
